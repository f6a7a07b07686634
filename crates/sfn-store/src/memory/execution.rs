//! Executions: creation, reading, leases and commits.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{Index, State};
use crate::id::{EventId, ExecutionArn, InboxSequence, LeaseEpoch, MapRunArn, NodeId, TaskKey, TaskToken};
use crate::{
    Bytes, ClaimRequest, Claimed, Claims, Clock, Closed, Commit, CommitError, Committed,
    CreateExecutionError, Creation, DeliverError, Delivered, ExecutionCreation, ExecutionQuery,
    ExecutionRecord, ExecutionStatus, ExecutionSummary, ExecutionsOf, Hint, HistoryOrder, HistoryQuery,
    INBOX_MESSAGES_MAX, Lease, LeaseError, LeaseRequest, Message, NewExecution, Outcome, Page, Position,
    Progress, RedriveError, RedriveExecution, Renew, Renewal, Segment, StateMachineStatus, Then, Timestamp,
};

/// Long before any execution: due at once.
const AT_ONCE: Timestamp = Timestamp::MIN_UTC;

#[derive(Debug)]
pub(super) struct Execution {
    number: u64,
    machine: u64,
    /// The number of the list that it is in: its state machine's, or that of
    /// the map run that it is a child of.
    list: u64,
    pub(super) record: ExecutionRecord,
    snapshot: Option<Bytes>,
    segments: Vec<Segment>,
    inbox: VecDeque<Message>,
    last_message: InboxSequence,
    consumed_through: InboxSequence,
    epoch: LeaseEpoch,
    turn: Turn,
    pub(super) open_tasks: BTreeMap<TaskKey, BTreeSet<TaskToken>>,
    /// Its map runs by their number.
    pub(super) map_runs: BTreeMap<u64, MapRunArn>,
}

/// Whose turn it is to step an execution.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Turn {
    /// Nobody's, until a message comes.
    Nobody,
    /// Anybody's, from this time on.
    Due(Timestamp),
    /// This node's, and anybody's after this time.
    Leased(NodeId, Timestamp),
}

impl Execution {
    fn new(number: u64, machine: u64, list: u64, new: &NewExecution) -> Self {
        Self {
            number,
            machine,
            list,
            record: ExecutionRecord {
                arn: new.arn.clone(),
                revision: new.revision.clone(),
                started_on: new.started_on.clone(),
                input: new.input.clone(),
                trace_header: new.trace_header.clone(),
                test_case: new.test_case.clone(),
                map_run: new.map_run.clone(),
                started_at: new.started_at,
                redrive_count: 0,
                redriven_at: None,
                last_event_id: EventId::NONE,
                closed: None,
            },
            snapshot: None,
            segments: Vec::new(),
            inbox: VecDeque::new(),
            last_message: InboxSequence::NONE,
            consumed_through: InboxSequence::NONE,
            epoch: LeaseEpoch::NONE,
            turn: Turn::Nobody,
            open_tasks: BTreeMap::new(),
            map_runs: BTreeMap::new(),
        }
    }

    fn is_leased_by(&self, lease: &Lease) -> bool {
        matches!(&self.turn, Turn::Leased(node, _) if *node == lease.node) && self.epoch == lease.epoch
    }

    fn inbox_after(&self, after: InboxSequence) -> Vec<Message> {
        self.inbox.iter().filter(|message| message.sequence > after).cloned().collect()
    }

    /// Why no message can be put into the inbox.
    pub(super) fn check_inbox(&self) -> Result<(), DeliverError> {
        if self.record.closed.is_some() {
            return Err(DeliverError::Closed);
        }
        if self.inbox.len() as u64 >= INBOX_MESSAGES_MAX {
            return Err(DeliverError::InboxFull);
        }
        Ok(())
    }
}

impl Index {
    fn set_turn(&mut self, execution: &mut Execution, turn: Turn) {
        let arn = &execution.record.arn;
        match &execution.turn {
            Turn::Nobody => {}
            Turn::Due(at) => drop(self.due.remove(&(*at, arn.clone()))),
            Turn::Leased(_, until) => drop(self.leased.remove(&(*until, arn.clone()))),
        }
        match &turn {
            Turn::Nobody => {}
            Turn::Due(at) => drop(self.due.insert((*at, arn.clone()))),
            Turn::Leased(_, until) => drop(self.leased.insert((*until, arn.clone()))),
        }
        execution.turn = turn;
    }

    fn lease(&mut self, execution: &mut Execution, request: &LeaseRequest, clock: &Clock) -> Lease {
        execution.epoch = execution.epoch.next();
        let turn = Turn::Leased(request.node.clone(), clock.after(request.ttl));
        self.set_turn(execution, turn);
        Lease { execution: execution.record.arn.clone(), node: request.node.clone(), epoch: execution.epoch }
    }

    /// The running executions in the list of this number.
    pub(super) fn running_of(&self, list: u64) -> Vec<ExecutionArn> {
        let running = ExecutionStatus::Running;
        let range = (list, running, 0)..=(list, running, u64::MAX);
        self.by_status.range(range).map(|(_, arn)| arn.clone()).collect()
    }

    /// Whether an execution of this state machine runs.
    pub(super) fn is_used(&self, machine: u64) -> bool {
        let running = ExecutionStatus::Running;
        let mut running = self.by_status.range((machine, running, 0)..=(machine, running, u64::MAX));
        let mut children = self.running_children.range((machine, 0)..=(machine, u64::MAX));
        running.next().is_some() || children.next().is_some()
    }

    /// Puts an execution among those of this status, and nowhere else.
    fn set_status(&mut self, execution: &Execution, status: ExecutionStatus) {
        let Execution { machine, list, number, .. } = *execution;
        self.by_status.remove(&(list, execution.record.status(), number));
        self.by_status.insert((list, status, number), execution.record.arn.clone());
        if list != machine && status == ExecutionStatus::Running {
            self.running_children.insert((machine, number));
        } else if list != machine {
            self.running_children.remove(&(machine, number));
        }
    }

    /// Gives up the lease until `wake_at`, or until a message comes.
    fn rest(&mut self, execution: &mut Execution, wake_at: Option<Timestamp>, hints: &mut Vec<Hint>) {
        self.set_turn(execution, wake_at.map_or(Turn::Nobody, Turn::Due));
        if let Some(at) = wake_at {
            hints.push(Hint::Due { at: (at != AT_ONCE).then_some(at) });
        }
    }

    /// Puts a message into the inbox of a running execution.
    pub(super) fn put_message(
        &mut self,
        execution: &mut Execution,
        body: Bytes,
        hints: &mut Vec<Hint>,
    ) -> Delivered {
        execution.last_message = execution.last_message.next();
        let message = Message { sequence: execution.last_message, body };
        execution.inbox.push_back(message.clone());
        if !matches!(execution.turn, Turn::Leased(..)) {
            self.set_turn(execution, Turn::Due(AT_ONCE));
        }
        let arn = execution.record.arn.clone();
        let delivered = Delivered { execution: arn.clone(), sequence: message.sequence };
        hints.push(Hint::Inbox { execution: arn, message });
        delivered
    }

    /// Applies a checked step.
    fn progress(
        &mut self,
        execution: &mut Execution,
        progress: Progress,
        last_event_id: EventId,
        hints: &mut Vec<Hint>,
    ) {
        execution.record.last_event_id = last_event_id;
        execution.segments.extend(progress.events);
        if progress.snapshot.is_some() {
            execution.snapshot = progress.snapshot;
        }
        for task in progress.open_tasks {
            self.open_task(execution, task, hints);
        }
        for key in &progress.close_tasks {
            for token in execution.open_tasks.remove(key).unwrap_or_default() {
                self.close_task(&token);
            }
        }
        if let Some(closed) = progress.closed {
            self.close(execution, closed, hints);
        }
    }

    fn close(&mut self, execution: &mut Execution, closed: Closed, hints: &mut Vec<Hint>) {
        for token in std::mem::take(&mut execution.open_tasks).into_values().flatten() {
            self.close_task(&token);
        }
        if matches!(closed.outcome, Outcome::Succeeded { .. }) {
            execution.snapshot = None;
        }
        // All messages count as consumed: none will be.
        execution.inbox = VecDeque::new();
        execution.consumed_through = execution.last_message;
        self.set_turn(execution, Turn::Nobody);
        self.set_status(execution, closed.outcome.status());
        execution.record.closed = Some(closed);
        hints.push(Hint::Closed(execution.record.arn.clone()));
    }
}

impl State {
    pub(super) fn create_execution(
        &mut self,
        new: NewExecution,
        clock: &Clock,
        hints: &mut Vec<Hint>,
    ) -> Result<ExecutionCreation, CreateExecutionError> {
        if let Some(execution) = self.executions.get(&new.arn) {
            let execution = Creation::Existing(execution.record.clone());
            return Ok(ExecutionCreation { execution, lease: None });
        }
        let machine_arn = new.arn.state_machine();
        let machine = self.machines.get(&machine_arn).ok_or(CreateExecutionError::NoSuchStateMachine)?;
        if machine.record.status == StateMachineStatus::Deleting && new.map_run.is_none() {
            return Err(CreateExecutionError::StateMachineDeleting);
        }
        if self.revisions.get(&new.revision).is_none_or(|(owner, _)| *owner != machine_arn) {
            return Err(CreateExecutionError::NoSuchRevision);
        }
        let machine = machine.number;
        let list = match &new.map_run {
            None => machine,
            Some(link) => self.running_map_run(link).ok_or(CreateExecutionError::MapRunNotRunning)?,
        };
        let mut first =
            new.first.clone().unwrap_or_else(|| Progress { wake_at: Some(AT_ONCE), ..Progress::default() });
        let last_event_id = first.last_event_after(EventId::NONE).ok_or(CreateExecutionError::FirstStep)?;
        if !self.index.are_new_tokens(&first.open_tasks) {
            return Err(CreateExecutionError::TokenInUse);
        }

        let number = self.next_number();
        let mut execution = Execution::new(number, machine, list, &new);
        self.index.set_status(&execution, ExecutionStatus::Running);
        if let Some(link) = &new.map_run {
            let place = self.index.by_place.entry((list, link.number)).or_default();
            place.insert(number, new.arn.clone());
        }
        let lease = match &new.lease {
            _ if first.closed.is_some() => None,
            Some(request) => Some(self.index.lease(&mut execution, request, clock)),
            None => {
                self.index.rest(&mut execution, first.wake_at, hints);
                None
            }
        };
        let map_runs = std::mem::take(&mut first.map_runs);
        self.index.progress(&mut execution, first, last_event_id, hints);
        let record = execution.record.clone();
        self.executions.insert(new.arn, execution);
        self.change_map_runs(&record.arn, map_runs, hints);
        Ok(ExecutionCreation { execution: Creation::Created(record), lease })
    }

    pub(super) fn list_executions(&self, query: &ExecutionQuery) -> Page<ExecutionSummary> {
        let list = match &query.of {
            ExecutionsOf::StateMachine(arn) => self.machines.get(&arn.state_machine).map(|it| it.number),
            ExecutionsOf::MapRun(arn) => self.map_runs.get(arn).map(|it| it.number),
        };
        let Some(list) = list else {
            return Page { items: Vec::new(), next: None };
        };
        let before = query.page.after.map_or(u64::MAX, Position::get);
        let wanted = (query.page.limit as usize).saturating_add(1);
        let may_have = |status: &ExecutionStatus| match query.status {
            None => true,
            Some(ExecutionStatus::PendingRedrive) => status.is_unsuccessful(),
            Some(wanted) => wanted == *status,
        };
        let mut candidates: Vec<_> = ExecutionStatus::ALL
            .into_iter()
            .filter(may_have)
            .flat_map(|status| {
                let range = (list, status, 0)..(list, status, before);
                let newest_first = self.index.by_status.range(range).rev();
                newest_first
                    .filter_map(|((_, _, number), arn)| {
                        let record = &self.executions.get(arn)?.record;
                        Some((Position::new(*number), record, self.status_of_child(record)))
                    })
                    .filter(|(_, record, _)| query.wants(record))
                    .filter(|(_, _, status)| query.status.is_none_or(|wanted| wanted == *status))
                    .take(wanted)
            })
            .collect();
        candidates.sort_unstable_by_key(|(position, ..)| std::cmp::Reverse(*position));
        let candidates = candidates.into_iter().map(|(position, record, status)| {
            (position, ExecutionSummary { status, ..ExecutionSummary::from(record) })
        });
        Page::from_candidates(query.page.limit, candidates)
    }

    pub(super) fn redrive_execution(
        &mut self,
        redrive: RedriveExecution,
        hints: &mut Vec<Hint>,
    ) -> Result<ExecutionRecord, RedriveError> {
        let execution = self.executions.get(&redrive.arn).ok_or(RedriveError::NoSuchExecution)?;
        match execution.record.status() {
            ExecutionStatus::Running => return Err(RedriveError::StillRunning),
            ExecutionStatus::Succeeded => return Err(RedriveError::Succeeded),
            ExecutionStatus::Failed
            | ExecutionStatus::TimedOut
            | ExecutionStatus::Aborted
            | ExecutionStatus::PendingRedrive => {}
        }
        let machine = self.machines_by_number.get(&execution.machine);
        let machine = machine.and_then(|arn| self.machines.get(arn)).ok_or(RedriveError::StateMachineGone)?;
        match &execution.record.map_run {
            Some(link) if self.running_map_run(link).is_none() => return Err(RedriveError::MapRunNotRunning),
            None if machine.record.status == StateMachineStatus::Deleting => {
                return Err(RedriveError::StateMachineGone);
            }
            Some(_) | None => {}
        }
        if execution.snapshot.is_none() {
            return Err(RedriveError::NoSnapshot);
        }
        let (last_event_id, events_max) = (execution.record.last_event_id, redrive.events_max);
        if last_event_id.get() > events_max {
            return Err(RedriveError::HistoryTooLong { last_event_id, events_max });
        }

        let execution = self.executions.get_mut(&redrive.arn).ok_or(RedriveError::NoSuchExecution)?;
        self.index.set_status(execution, ExecutionStatus::Running);
        execution.record.closed = None;
        execution.record.redrive_count += 1;
        execution.record.redriven_at = Some(redrive.at);
        self.index.put_message(execution, redrive.message, hints);
        Ok(execution.record.clone())
    }

    pub(super) fn history(&self, query: &HistoryQuery) -> Option<Vec<Segment>> {
        let segments = &self.executions.get(&query.execution)?.segments;
        let wanted: Box<dyn Iterator<Item = &Segment>> = match query.order {
            HistoryOrder::Forward => {
                let from = query.from.unwrap_or(EventId::NONE);
                let begin = segments.partition_point(|segment| segment.last_event_id < from);
                Box::new(segments.iter().skip(begin))
            }
            HistoryOrder::Reverse => {
                let from = query.from.unwrap_or(EventId::new(u64::MAX));
                let end = segments.partition_point(|segment| segment.first_event_id <= from);
                Box::new(segments.iter().take(end).rev())
            }
        };
        let mut missing = u64::from(query.limit);
        let mut found = Vec::new();
        for segment in wanted {
            if missing == 0 {
                break;
            }
            missing = missing.saturating_sub(segment.events_of(query));
            found.push(segment.clone());
        }
        Some(found)
    }

    pub(super) fn claim(&mut self, request: &ClaimRequest, clock: &Clock) -> Claims {
        let limit = request.limit as usize;
        let is_over = clock.now();
        let abandoned = self.index.leased.iter().take_while(|(until, _)| *until <= is_over);
        let due = self.index.due.iter().take_while(|(at, _)| *at <= request.now);
        let arns: Vec<ExecutionArn> = abandoned.chain(due).take(limit).map(|(_, arn)| arn.clone()).collect();
        let mut claimed = Vec::with_capacity(arns.len());
        for arn in arns {
            if let Some(execution) = self.executions.get_mut(&arn) {
                let lease = self.index.lease(execution, &request.lease, clock);
                claimed.push(Claimed {
                    record: execution.record.clone(),
                    snapshot: execution.snapshot.clone(),
                    consumed_through: execution.consumed_through,
                    inbox: execution.inbox_after(InboxSequence::NONE),
                    lease,
                });
            }
        }
        let next_wake_at = self.index.due.first().map(|(at, _)| *at);
        Claims { claimed, next_wake_at }
    }

    fn leased(&self, lease: &Lease) -> Option<&Execution> {
        self.executions.get(&lease.execution).filter(|it| it.is_leased_by(lease))
    }

    pub(super) fn commit(
        &mut self,
        mut commit: Commit,
        hints: &mut Vec<Hint>,
    ) -> Result<Committed, CommitError> {
        let execution = self.executions.get_mut(&commit.lease.execution);
        let execution = execution
            .filter(|execution| execution.is_leased_by(&commit.lease))
            .ok_or(CommitError::LeaseLost)?;
        let last_event_id = execution.record.last_event_id;
        let last_message = execution.last_message;
        let follows = last_event_id == commit.expected_last_event_id
            && (execution.consumed_through..=last_message).contains(&commit.consumed_through);
        let last_event_id = commit
            .progress
            .last_event_after(last_event_id)
            .filter(|_| follows)
            .ok_or(CommitError::Conflict { last_event_id, last_message })?;
        if !self.index.are_new_tokens(&commit.progress.open_tasks) {
            return Err(CommitError::TokenInUse);
        }

        execution.consumed_through = commit.consumed_through;
        while execution.inbox.front().is_some_and(|it| it.sequence <= commit.consumed_through) {
            execution.inbox.pop_front();
        }
        let is_closed = commit.progress.closed.is_some();
        let wake_at = commit.progress.wake_at;
        let map_runs = std::mem::take(&mut commit.progress.map_runs);
        self.index.progress(execution, commit.progress, last_event_id, hints);
        let inbox = execution.inbox_after(InboxSequence::NONE);
        let is_resting = !is_closed && commit.then == Then::Release && inbox.is_empty();
        if is_resting {
            self.index.rest(execution, wake_at, hints);
        }
        let machine = execution.machine;
        self.change_map_runs(&commit.lease.execution, map_runs, hints);
        if is_closed {
            self.remove_if_deserted(machine);
        }
        Ok(Committed { inbox, released: is_closed || is_resting })
    }

    pub(super) fn renew(&mut self, renew: &Renew, until: Timestamp) -> Vec<Renewal> {
        let mut renewals = Vec::with_capacity(renew.leases.len());
        for lease in &renew.leases {
            let execution = self.executions.get_mut(&lease.execution);
            renewals.push(match execution.filter(|execution| execution.is_leased_by(lease)) {
                Some(execution) => {
                    self.index.set_turn(execution, Turn::Leased(lease.node.clone(), until));
                    Renewal::Held { last_message: execution.last_message }
                }
                None => Renewal::Lost,
            });
        }
        renewals
    }

    pub(super) fn release(
        &mut self,
        lease: &Lease,
        wake_at: Option<Timestamp>,
        hints: &mut Vec<Hint>,
    ) -> Result<(), LeaseError> {
        let execution = self.executions.get_mut(&lease.execution);
        let execution =
            execution.filter(|execution| execution.is_leased_by(lease)).ok_or(LeaseError::LeaseLost)?;
        self.index.rest(execution, Some(wake_at.unwrap_or(AT_ONCE)), hints);
        Ok(())
    }

    pub(super) fn inbox(&self, lease: &Lease, after: InboxSequence) -> Result<Vec<Message>, LeaseError> {
        let execution = self.leased(lease).ok_or(LeaseError::LeaseLost)?;
        Ok(execution.inbox_after(after))
    }
}
