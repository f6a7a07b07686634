//! An execution in memory: the engine's part, what is committed of it, and the
//! tasks that run here for it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use asl_parser::{Pattern, Resource, ResourceKind};
use asl_runtime::{
    Effect, Execution, HistoryEvent, MapRunReport, Outcome, Signal, StartMapRun, StartTask, Step, TaskKey,
    TaskReport, segment,
};
use chrono::SubsecRound;
use sfn_store::id::{
    ActivityArn, EventId, InboxSequence, MapRunArn, RevisionId, TaskKey as StoredKey, TaskToken,
};
use sfn_store::{
    Bytes, Closed, Failure, MapRunChange, MapRunSettings, MapRunStatus, NewMapRun, OpenTask, Progress,
    Segment, StartedOn, Timestamp, Work,
};
use tokio::task::AbortHandle;

use crate::chronicle::Chronicle;
use crate::express::ExpressEnd;
use crate::metric::Metrics;
use crate::node::Incoming;
use crate::task::{Reported, TaskOrigin};

/// Most signals whose effects one commit makes durable together.
const SIGNALS_PER_COMMIT_MAX: usize = 64;

/// What an execution hands on to its children.
#[derive(Clone, Debug)]
pub(crate) struct Kin {
    pub(crate) revision: RevisionId,
    pub(crate) started_on: Option<StartedOn>,
    /// `loggingConfiguration` as JSON text.
    pub(crate) logging: Option<Arc<str>>,
}

/// An execution in memory.
#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) execution: Execution,
    /// The activities that its definition names.
    pub(crate) activities: BTreeSet<Arc<str>>,
    pub(crate) origin: Arc<TaskOrigin>,
    pub(crate) kin: Kin,
    pub(crate) chronicle: Chronicle,
    /// The last event that is committed.
    pub(crate) committed: EventId,
    /// The last message that a step has taken, committed or not.
    pub(crate) consumed_through: InboxSequence,
    /// When the engine wants to be woken.
    pub(crate) wake_at: Option<Timestamp>,
    /// The tasks that run here.
    pub(crate) running: BTreeMap<TaskKey, AbortHandle>,
    /// Its map runs, and those who run them here.
    pub(crate) map_runs: BTreeMap<TaskKey, (MapRunArn, Option<AbortHandle>)>,
}

/// One or more steps on their way into the store.
#[derive(Debug, Default)]
#[must_use = "commit it before carrying out its effects"]
pub(crate) struct Batch {
    events: Vec<HistoryEvent>,
    /// What to do after the commit, in order.
    pub(crate) effects: Vec<Effect>,
    outcome: Option<Outcome>,
    /// Tasks that ended here.
    ended: Vec<TaskKey>,
    /// Map runs that ended, and how.
    ended_map_runs: Vec<(TaskKey, MapRunStatus)>,
    /// Whether a message was consumed, if only to be refused.
    has_consumed: bool,
    /// Whether the engine is no longer where its last snapshot was taken.
    has_moved: bool,
}

impl Batch {
    /// Whether there is nothing to make durable.
    pub(crate) fn is_empty(&self) -> bool {
        !self.has_consumed && !self.has_moved
    }

    /// Its events, and how the execution ends with it, if it does.
    pub(crate) fn into_parts(self) -> (Vec<HistoryEvent>, Option<Outcome>) {
        (self.events, self.outcome)
    }

    /// Its events, for whoever observes them once they are committed.
    pub(crate) fn take_events(&mut self) -> Vec<HistoryEvent> {
        std::mem::take(&mut self.events)
    }

    /// How the execution ends with it, if it does.
    pub(crate) fn outcome(&self) -> Option<&Outcome> {
        self.outcome.as_ref()
    }

    /// Whether it ends the execution.
    pub(crate) fn is_closing(&self) -> bool {
        self.outcome.is_some()
    }

    fn from_first(step: Step) -> (Self, Option<Timestamp>) {
        let Step { events, effects, wake_at, outcome } = step;
        (Self { events, effects, outcome, has_moved: true, ..Self::default() }, wake_at)
    }

    /// Adds the step that `signal` led to.
    fn add(&mut self, step: Step, signal: &Incoming, wake_at: &mut Option<Timestamp>) {
        let is_idle = step.events.is_empty() && step.effects.is_empty() && step.outcome.is_none();
        // A tick that changed nothing need not be made durable.
        self.has_moved |= !is_idle || *signal != Incoming::Tick;
        self.events.extend(step.events);
        self.effects.extend(step.effects);
        self.outcome = step.outcome;
        *wake_at = step.wake_at;
    }
}

/// The engine panicked. The execution must be dropped.
#[derive(Debug)]
pub(crate) struct Panicked;

/// Runs the engine, which may have defects: they cost one turn.
pub(crate) fn guarded<T>(metrics: &Metrics, run: impl FnOnce() -> T) -> Result<T, Panicked> {
    // Whatever was half changed is dropped by the caller.
    catch_unwind(AssertUnwindSafe(run)).map_err(|_| {
        metrics.panics.add(1);
        Panicked
    })
}

impl Live {
    /// An execution that has made its first step.
    pub(crate) fn begun(
        execution: Execution,
        origin: Arc<TaskOrigin>,
        kin: Kin,
        chronicle: Chronicle,
        first: Step,
    ) -> (Self, Batch) {
        let (batch, wake_at) = Batch::from_first(first);
        let live = Self {
            activities: execution.definition().activities(),
            execution,
            origin,
            kin,
            chronicle,
            committed: EventId::NONE,
            consumed_through: InboxSequence::NONE,
            wake_at,
            running: BTreeMap::new(),
            map_runs: BTreeMap::new(),
        };
        (live, batch)
    }

    /// An execution that was resumed, and what must be started again for it.
    pub(crate) fn resumed(
        execution: Execution,
        origin: Arc<TaskOrigin>,
        kin: Kin,
        chronicle: Chronicle,
        committed: EventId,
        consumed_through: InboxSequence,
    ) -> (Self, Vec<Effect>) {
        let mut effects = execution.outstanding();
        let map_runs = effects.iter().filter_map(|effect| match effect {
            Effect::StartMapRun(start) => Some((start.key, (start.arn.parse().ok()?, None))),
            _ => None,
        });
        let map_runs = map_runs.collect();
        let live = Self {
            activities: execution.definition().activities(),
            execution,
            origin,
            kin,
            chronicle,
            committed,
            consumed_through,
            wake_at: None,
            running: BTreeMap::new(),
            map_runs,
        };
        effects.retain(is_done_here);
        (live, effects)
    }

    /// Feeds what came, in order, until an effect or the end asks for a
    /// commit. What is left stays in `incoming`.
    pub(crate) fn take_in(
        &mut self,
        incoming: &mut VecDeque<Incoming>,
        now: Timestamp,
        metrics: &Metrics,
    ) -> Batch {
        let mut batch = Batch::default();
        for _ in 0..SIGNALS_PER_COMMIT_MAX {
            if !batch.effects.is_empty() || batch.is_closing() {
                break;
            }
            let Some(next) = incoming.pop_front() else { break };
            let Some(signal) = self.signal(&next, &mut batch) else { continue };
            match self.execution.step(now, signal) {
                Ok(step) => {
                    metrics.signals.add(1);
                    batch.add(step, &next, &mut self.wake_at);
                    if let Incoming::Report(report) = &next {
                        match &report.report {
                            Reported::Task(task) if is_end(task) => batch.ended.push(report.task),
                            Reported::Task(_) => {}
                            Reported::MapRun(end) => batch.ended_map_runs.push((report.task, status(end))),
                        }
                    }
                }
                Err(refused) => {
                    metrics.refused.add(1);
                    tracing::debug!(execution = %self.origin.execution_arn, %refused, "signal refused");
                }
            }
        }
        batch
    }

    /// The signal that something means, if it means one.
    fn signal(&mut self, incoming: &Incoming, batch: &mut Batch) -> Option<Signal> {
        match incoming {
            Incoming::Tick => Some(Signal::Tick),
            Incoming::Report(report) => {
                if report.is_last {
                    self.running.remove(&report.task);
                }
                Some(match report.report.clone() {
                    Reported::Task(task) => Signal::Task { task: report.task, report: task },
                    Reported::MapRun(end) => Signal::MapRun { map_run: report.task, report: end },
                })
            }
            Incoming::Message(message) => {
                if message.sequence <= self.consumed_through {
                    return None;
                }
                self.consumed_through = message.sequence;
                batch.has_consumed = true;
                Signal::from_message(&message.body)
                    .inspect_err(|error| {
                        tracing::error!(execution = %self.origin.execution_arn, %error, "unreadable message");
                    })
                    .ok()
            }
        }
    }

    /// What the store is to make durable.
    pub(crate) fn progress(&mut self, batch: &mut Batch, now: Timestamp) -> Progress {
        let events = events(&batch.events);
        let is_success = matches!(batch.outcome, Some(Outcome::Succeeded { .. }));
        let needs_snapshot = batch.has_moved && !is_success;
        let mut open_tasks = Vec::new();
        let mut ended = std::mem::take(&mut batch.ended);
        for effect in &batch.effects {
            match effect {
                Effect::StartTask(task) => {
                    if answers_by_token(&task.resource) {
                        open_tasks.extend(open_task(task));
                    }
                }
                Effect::CancelTask(key) if self.map_runs.contains_key(key) => {
                    batch.ended_map_runs.push((*key, MapRunStatus::Aborted));
                }
                Effect::CancelTask(key) => ended.push(*key),
                Effect::StartMapRun(_) => {}
                other => tracing::error!(?other, "an effect that this driver does not know"),
            }
        }
        Progress {
            events,
            snapshot: needs_snapshot.then(|| Bytes::from(self.execution.snapshot().into_bytes())),
            wake_at: self.wake_at,
            closed: batch.outcome.as_ref().map(|outcome| closed(outcome, &batch.events, now)),
            open_tasks,
            close_tasks: ended.iter().filter_map(stored_key).collect(),
            map_runs: self.map_run_changes(batch, now),
        }
    }

    /// What happens to the execution's map runs: old ones end before new ones
    /// begin.
    fn map_run_changes(&mut self, batch: &mut Batch, now: Timestamp) -> Vec<MapRunChange> {
        let mut changes = Vec::new();
        for (key, status) in std::mem::take(&mut batch.ended_map_runs) {
            let Some((arn, job)) = self.map_runs.remove(&key) else { continue };
            if let Some(job) = job {
                job.abort();
            }
            let stop_children =
                (status != MapRunStatus::Succeeded).then(|| Bytes::from(Signal::STOP.to_message()));
            changes.push(MapRunChange::End { arn, status, at: now, stop_children });
        }
        for effect in &batch.effects {
            if let Effect::StartMapRun(start) = effect
                && let Some(change) = self.map_run_begun(start, now)
            {
                changes.push(change);
            }
        }
        changes
    }

    fn map_run_begun(&mut self, start: &StartMapRun, now: Timestamp) -> Option<MapRunChange> {
        let arn: MapRunArn = start.arn.parse().ok()?;
        // The same step may have ended it.
        let map_run = self.execution.map_run(start.key)?;
        self.map_runs.insert(start.key, (arn.clone(), None));
        if start.redrive_count > 0 {
            return Some(MapRunChange::Redrive { arn, at: now });
        }
        let settings = map_run.settings();
        Some(MapRunChange::Start(NewMapRun {
            arn,
            state_name: Arc::clone(map_run.state_name()),
            settings: MapRunSettings {
                max_concurrency: settings.max_concurrency,
                tolerated_failure_count: settings.tolerated_failure_count,
                tolerated_failure_percentage: settings.tolerated_failure_percentage,
            },
            started_at: now,
        }))
    }

    /// The number of the last event, committed or not.
    pub(crate) fn last_event_id(&self) -> EventId {
        EventId::new(self.execution.last_event_id().0)
    }

    /// Whether a task or a map run of it is under way, here or elsewhere.
    pub(crate) fn waits_for_others(&self) -> bool {
        self.execution.has_running_tasks() || !self.map_runs.is_empty()
    }

    /// Whether something runs here for it, or will after this commit.
    pub(crate) fn is_busy(&self, batch: &Batch) -> bool {
        let is_cancelled = |key: &TaskKey| batch.effects.contains(&Effect::CancelTask(*key));
        let mut here = self.running.keys().chain(self.map_runs.keys());
        here.any(|key| !is_cancelled(key)) || batch.effects.iter().any(is_done_here)
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        let map_runs = self.map_runs.values().filter_map(|(_, job)| job.as_ref());
        for task in self.running.values().chain(map_runs) {
            task.abort();
        }
    }
}

fn status(report: &MapRunReport) -> MapRunStatus {
    match report {
        MapRunReport::Succeeded { .. } => MapRunStatus::Succeeded,
        MapRunReport::TooLarge | MapRunReport::Failed(_) => MapRunStatus::Failed,
    }
}

/// Whether somebody who has the task's token may answer it.
fn answers_by_token(resource: &Resource) -> bool {
    match &resource.kind {
        ResourceKind::Activity => true,
        ResourceKind::Service { pattern, .. } => *pattern == Pattern::WaitForTaskToken,
        ResourceKind::LambdaFunction | ResourceKind::Unknown => false,
    }
}

/// Whether it is done here; workers poll for the tasks of activities.
pub(crate) fn is_done_here(effect: &Effect) -> bool {
    match effect {
        Effect::StartTask(task) => task.resource.kind != ResourceKind::Activity,
        Effect::StartMapRun(_) => true,
        _ => false,
    }
}

/// Whether a report ends its task.
fn is_end(report: &TaskReport) -> bool {
    match report {
        TaskReport::Started { .. } | TaskReport::Submitted { .. } | TaskReport::Heartbeat => false,
        TaskReport::ScheduleFailed(_)
        | TaskReport::StartFailed(_)
        | TaskReport::SubmitFailed(_)
        | TaskReport::Succeeded { .. }
        | TaskReport::Failed(_)
        | TaskReport::TimedOut(_) => true,
    }
}

fn stored_key(key: &TaskKey) -> Option<StoredKey> {
    StoredKey::new(key.to_string()).ok()
}

fn open_task(task: &StartTask) -> Option<OpenTask> {
    let token = TaskToken::new(Arc::clone(task.task_token.as_ref()?.shared())).ok()?;
    let key = stored_key(&task.key)?;
    let work = match &task.resource.kind {
        ResourceKind::Activity => Work::Activity {
            activity: task.resource.text.parse::<ActivityArn>().ok()?,
            input: Arc::clone(task.input.shared_text()),
        },
        ResourceKind::Service { .. } | ResourceKind::LambdaFunction | ResourceKind::Unknown => Work::Callback,
    };
    Some(OpenTask { token, key, work })
}

/// What the store is to keep of an execution that ran in memory.
pub(crate) fn ended(end: &ExpressEnd) -> Progress {
    Progress {
        events: events(&end.events),
        closed: Some(closed(&end.outcome, &end.events, end.stopped_at)),
        ..Progress::default()
    }
}

fn events(events: &[HistoryEvent]) -> Option<Segment> {
    let (first, last) = (events.first()?, events.last()?);
    Some(Segment {
        first_event_id: EventId::new(first.id.0),
        last_event_id: EventId::new(last.id.0),
        events: Bytes::from(segment::encode(events)),
    })
}

/// The end of an execution, at the time of its last event.
pub(crate) fn closed(outcome: &Outcome, events: &[HistoryEvent], now: Timestamp) -> Closed {
    let failure = |error: &Option<Arc<str>>, cause: &Option<Arc<str>>| Failure {
        error: error.clone(),
        cause: cause.clone(),
    };
    let stopped_at = events.last().map_or(now, |event| event.timestamp);
    let outcome = match outcome {
        Outcome::Succeeded { output } => {
            sfn_store::Outcome::Succeeded { output: Arc::clone(output.shared_text()) }
        }
        Outcome::Failed { error, cause } => sfn_store::Outcome::Failed(failure(error, cause)),
        Outcome::TimedOut { error, cause } => sfn_store::Outcome::TimedOut(failure(error, cause)),
        Outcome::Aborted { error, cause } => sfn_store::Outcome::Aborted(failure(error, cause)),
    };
    Closed { stopped_at: stopped_at.trunc_subsecs(3), outcome }
}
