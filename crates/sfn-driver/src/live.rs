//! An execution in memory: the engine's part, what is committed of it, and the
//! tasks that run here for it.

use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use asl_parser::{Pattern, Resource, ResourceKind};
use asl_runtime::{
    Effect, Execution, HistoryEvent, Outcome, Signal, StartTask, Step, TaskKey, TaskReport, segment,
};
use chrono::SubsecRound;
use sfn_store::id::{ActivityArn, EventId, InboxSequence, TaskKey as StoredKey, TaskToken};
use sfn_store::{Bytes, Closed, Failure, OpenTask, Progress, Segment, Timestamp, Work};
use tokio::task::AbortHandle;

use crate::metric::Metrics;
use crate::node::Incoming;
use crate::task::TaskOrigin;

/// Most signals whose effects one commit makes durable together.
const SIGNALS_PER_COMMIT_MAX: usize = 64;

/// An execution in memory.
#[derive(Debug)]
pub(crate) struct Live {
    execution: Execution,
    pub(crate) origin: Arc<TaskOrigin>,
    /// The last event that is committed.
    pub(crate) committed: EventId,
    /// The last message that a step has taken, committed or not.
    pub(crate) consumed_through: InboxSequence,
    /// When the engine wants to be woken.
    pub(crate) wake_at: Option<Timestamp>,
    /// The tasks that run here.
    pub(crate) running: BTreeMap<TaskKey, AbortHandle>,
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
    pub(crate) fn begun(execution: Execution, origin: Arc<TaskOrigin>, first: Step) -> (Self, Batch) {
        let (batch, wake_at) = Batch::from_first(first);
        let live = Self {
            execution,
            origin,
            committed: EventId::NONE,
            consumed_through: InboxSequence::NONE,
            wake_at,
            running: BTreeMap::new(),
        };
        (live, batch)
    }

    /// An execution that was resumed, and what must be started again for it.
    pub(crate) fn resumed(
        execution: Execution,
        origin: Arc<TaskOrigin>,
        committed: EventId,
        consumed_through: InboxSequence,
    ) -> (Self, Vec<Effect>) {
        let mut effects = execution.outstanding();
        let live =
            Self { execution, origin, committed, consumed_through, wake_at: None, running: BTreeMap::new() };
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
                    if let Incoming::Report(report) = &next
                        && is_end(&report.report)
                    {
                        batch.ended.push(report.task);
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
                Some(Signal::Task { task: report.task, report: report.report.clone() })
            }
            Incoming::Message(message) => {
                if message.sequence <= self.consumed_through {
                    return None;
                }
                self.consumed_through = message.sequence;
                batch.has_consumed = true;
                serde_json::from_slice(&message.body)
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
                Effect::CancelTask(key) => ended.push(*key),
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
        }
    }

    /// The number of the last event, committed or not.
    pub(crate) fn last_event_id(&self) -> EventId {
        EventId::new(self.execution.last_event_id().0)
    }

    /// Whether a task of it is under way, here or elsewhere.
    pub(crate) fn has_running_tasks(&self) -> bool {
        self.execution.has_running_tasks()
    }

    /// Whether something runs here for it, or will after this commit.
    pub(crate) fn is_busy(&self, batch: &Batch) -> bool {
        let is_cancelled = |key: &TaskKey| batch.effects.contains(&Effect::CancelTask(*key));
        self.running.keys().any(|key| !is_cancelled(key)) || batch.effects.iter().any(is_done_here)
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        for task in self.running.values() {
            task.abort();
        }
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

/// Whether a handler does it here; workers poll for the tasks of activities.
pub(crate) fn is_done_here(effect: &Effect) -> bool {
    matches!(effect, Effect::StartTask(task) if task.resource.kind != ResourceKind::Activity)
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

fn events(events: &[HistoryEvent]) -> Option<Segment> {
    let (first, last) = (events.first()?, events.last()?);
    Some(Segment {
        first_event_id: EventId::new(first.id.0),
        last_event_id: EventId::new(last.id.0),
        events: Bytes::from(segment::encode(events)),
    })
}

/// The end of an execution, at the time of its last event.
fn closed(outcome: &Outcome, events: &[HistoryEvent], now: Timestamp) -> Closed {
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
