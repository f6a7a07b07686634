//! A turn of one execution: what came for it goes through the engine into the
//! store, and only then its effects are carried out.

use std::collections::VecDeque;
use std::sync::Arc;

use asl_runtime::{Execution, ExecutionIdentity, Snapshot, Start};
use asl_value::Payload;
use sfn_store::id::InboxSequence;
use sfn_store::{Claimed, Commit, CommitError, ExecutionRecord, Lease, Message, Then};
use tokio::sync::mpsc;

use crate::activity;
use crate::chronicle::Chronicle;
use crate::definitions::Defined;
use crate::dispatch::carry_out;
use crate::live::{Batch, Kin, Live, guarded};
use crate::node::{Incoming, TurnEnd};
use crate::run::{Event, told};
use crate::shared::Shared;
use crate::task::TaskOrigin;
use crate::task_metric::look_back;

/// What a turn leaves in memory, and how it ended.
pub(crate) type Turned = (Option<Box<Live>>, TurnEnd);

const FAILED: Turned = (None, TurnEnd::Failed);

/// Gives an execution in memory a turn.
pub(crate) async fn turn(
    shared: &Arc<Shared>,
    live: Box<Live>,
    lease: &Lease,
    incoming: Vec<Incoming>,
    events: &mpsc::Sender<Event>,
) -> Turned {
    let mut turn = Turn { shared, live, lease, events, incoming: incoming.into() };
    turn.run(None).await.map_or_else(|end| (None, end), |end| (Some(turn.live), end))
}

/// Takes a claimed execution up, begins it if it never was, and gives it a turn.
pub(crate) async fn resume(shared: &Arc<Shared>, claimed: Claimed, events: &mpsc::Sender<Event>) -> Turned {
    let Claimed { record, snapshot, consumed_through, inbox, lease } = claimed;
    let defined = match shared.definitions.of(&*shared.store, &record.revision).await {
        Ok(defined) => defined,
        Err(error) => {
            tracing::error!(execution = %record.arn, %error, "no definition to go on with");
            return FAILED;
        }
    };
    let origin = Arc::new(TaskOrigin::of(&record.arn, record.test_case.clone()));
    let chronicle = Chronicle::resume(shared, &record, defined.logging.as_ref());
    let kin = Kin {
        revision: record.revision.clone(),
        started_on: record.started_on.clone(),
        logging: defined.logging.clone(),
    };
    let mut incoming: VecDeque<_> = inbox.into_iter().map(Incoming::Message).collect();
    let (live, first) = if let Some(snapshot) = snapshot {
        let snapshot = Snapshot::from_bytes(&*snapshot);
        let resumed = guarded(&shared.metrics, || Execution::resume(defined.definition, &snapshot));
        let execution = match resumed {
            Ok(Ok(execution)) => execution,
            Ok(Err(error)) => {
                tracing::error!(execution = %record.arn, %error, "cannot resume");
                return FAILED;
            }
            Err(_) => return FAILED,
        };
        let (mut live, effects) =
            Live::resumed(execution, origin, kin, chronicle, record.last_event_id, consumed_through);
        carry_out(shared, &mut live, &record.arn, effects, events);
        // The engine tells with any step when it wants to be woken.
        incoming.push_front(Incoming::Tick);
        (live, None)
    } else {
        let Some(start) = start(shared, &record, &defined).await else { return FAILED };
        let begun = guarded(&shared.metrics, || Execution::start(defined.definition, start, shared.now()));
        let Ok((execution, step)) = begun else { return FAILED };
        let (live, first) = Live::begun(execution, origin, kin, chronicle, step);
        (live, Some(first))
    };
    let mut turn = Turn { shared, live: Box::new(live), lease: &lease, events, incoming };
    turn.run(first).await.map_or_else(|end| (None, end), |end| (Some(turn.live), end))
}

/// What the engine starts with, for an execution that was stored without its
/// first step.
async fn start(shared: &Shared, record: &ExecutionRecord, defined: &Defined) -> Option<Start> {
    let machine = record.arn.state_machine();
    let input = Payload::parse(&*record.input)
        .inspect_err(|error| tracing::error!(execution = %record.arn, %error, "unreadable input"))
        .ok()?;
    let map_run = match &record.map_run {
        Some(link) => Some(told("read a map run", shared.store.map_run(&link.map_run).await)??),
        None => None,
    };
    let activities = defined.definition.activities();
    let missing_activities =
        told("look up activities", activity::missing(&*shared.store, &activities).await)?;
    let started_on = record.started_on.as_ref();
    let version = started_on.map(|it| it.version_arn(&machine));
    let alias = started_on.and_then(|it| it.alias_arn(&machine));
    let execution = ExecutionIdentity {
        arn: Arc::clone(record.arn.shared()),
        name: Arc::from(record.arn.name()),
        role_arn: Arc::clone(&defined.role_arn),
        state_machine_arn: Arc::from(record.arn.labelled_state_machine()),
        state_machine_name: Arc::from(record.arn.labelled_name()),
        state_machine_version_arn: version.map(|arn| Arc::from(arn.to_string())),
        state_machine_alias_arn: alias.map(|arn| Arc::from(arn.to_string())),
        region: Arc::from(machine.region()),
        redrive_count: u64::from(record.redrive_count),
    };
    Some(Start {
        input,
        execution,
        seed: shared.entropy.draw(),
        limits: shared.limits.clone(),
        processor_of: map_run.map(|map_run| map_run.state_name),
        missing_activities,
    })
}

struct Turn<'t> {
    shared: &'t Arc<Shared>,
    live: Box<Live>,
    lease: &'t Lease,
    events: &'t mpsc::Sender<Event>,
    incoming: VecDeque<Incoming>,
}

impl Turn<'_> {
    /// Feeds and commits until nothing is left. `Err` if the execution is not
    /// to stay in memory.
    async fn run(&mut self, mut first: Option<Batch>) -> Result<TurnEnd, TurnEnd> {
        let shared = self.shared;
        loop {
            let now = shared.now();
            if first.is_none() && !self.incoming.is_empty() {
                self.look_up_activities().await?;
            }
            let batch = match first.take() {
                Some(batch) => Ok(batch),
                None => {
                    guarded(&shared.metrics, || self.live.take_in(&mut self.incoming, now, &shared.metrics))
                }
            };
            let mut batch = batch.map_err(|_| TurnEnd::Failed)?;
            let is_resting = self.incoming.is_empty()
                && !self.live.is_busy(&batch)
                && !shared.is_soon(self.live.wake_at, now);
            if !batch.is_empty() || is_resting {
                self.commit(&mut batch, if is_resting { Then::Release } else { Then::Keep }).await?;
            }
            if self.incoming.is_empty() {
                let Live { consumed_through, wake_at, .. } = *self.live;
                return Ok(TurnEnd::Kept { consumed_through, wake_at });
            }
            // Answers of a store in memory are always ready: let others in.
            tokio::task::yield_now().await;
        }
    }

    /// Tells the engine which activities are missing before it takes a step.
    async fn look_up_activities(&mut self) -> Result<(), TurnEnd> {
        if !self.live.activities.is_empty() {
            let found = activity::missing(&*self.shared.store, &self.live.activities).await;
            let missing = told("look up activities", found).ok_or(TurnEnd::Failed)?;
            self.live.execution.set_missing_activities(missing);
        }
        Ok(())
    }

    /// Makes a batch durable, and then carries its effects out.
    async fn commit(&mut self, batch: &mut Batch, then: Then) -> Result<(), TurnEnd> {
        let shared = self.shared;
        let progress = guarded(&shared.metrics, || self.live.progress(batch, shared.now()));
        let commit = Commit {
            lease: self.lease.clone(),
            expected_last_event_id: self.live.committed,
            consumed_through: self.live.consumed_through,
            progress: progress.map_err(|_| TurnEnd::Failed)?,
            then,
        };
        match shared.store.commit(commit).await {
            Ok(committed) => {
                shared.metrics.commits.add(1);
                self.live.committed = self.live.last_event_id();
                let events = batch.take_events();
                let orphans = self.live.chronicle.count(shared, &events);
                if !orphans.is_empty() {
                    look_back(shared, &self.lease.execution, orphans);
                }
                self.live.chronicle.tell(events, batch.outcome(), shared.now());
                if batch.is_closing() {
                    shared.metrics.closed.add(1);
                    return Err(TurnEnd::Closed);
                }
                let effects = std::mem::take(&mut batch.effects);
                carry_out(shared, &mut self.live, &self.lease.execution, effects, self.events);
                if committed.released {
                    return Err(TurnEnd::Released { consumed_through: self.live.consumed_through });
                }
                self.take_over(committed.inbox);
                Ok(())
            }
            Err(CommitError::LeaseLost) => {
                shared.metrics.leases_lost.add(1);
                Err(TurnEnd::LeaseLost)
            }
            Err(error @ (CommitError::Conflict { .. } | CommitError::TokenInUse | CommitError::Fault(_))) => {
                shared.metrics.commit_faults.add(1);
                tracing::error!(execution = %self.lease.execution, %error, "commit failed");
                Err(TurnEnd::Failed)
            }
        }
    }

    /// Queues the messages that came meanwhile.
    fn take_over(&mut self, inbox: Vec<Message>) {
        let queued = self.incoming.iter().filter_map(|incoming| match incoming {
            Incoming::Message(message) => Some(message.sequence),
            Incoming::Tick | Incoming::Report(_) => None,
        });
        let last: InboxSequence = queued.max().unwrap_or_default().max(self.live.consumed_through);
        let new = inbox.into_iter().filter(|message| message.sequence > last);
        self.incoming.extend(new.map(Incoming::Message));
    }
}
