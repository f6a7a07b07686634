//! Executions as they are stored, described and listed.

use std::sync::Arc;

use bytes::Bytes;

use crate::id::{EventId, ExecutionArn, MapRunArn, NodeId, QualifiedStateMachineArn, RevisionId};
use crate::lease::Lease;
use crate::map_run::{MapRunLink, MapRunRecord, MapRunStatus};
use crate::progress::Progress;
use crate::{Creation, Fault, PageRequest, StartedOn, Timestamp};

/// An execution without its snapshot, history and inbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecutionRecord {
    /// Its ARN, which holds its name and its state machine's ARN.
    pub arn: ExecutionArn,
    /// What it runs: see [`Store::revision`](crate::Store::revision).
    pub revision: RevisionId,
    /// The published version that it was started on, if on one.
    pub started_on: Option<StartedOn>,
    /// The text of its input.
    pub input: Arc<str>,
    /// The X-Ray trace header that it was started with.
    pub trace_header: Option<Arc<str>>,
    /// The mock test case that its tasks are answered from.
    pub test_case: Option<Arc<str>>,
    /// What it does for a map run, if it is a child of one.
    pub map_run: Option<MapRunLink>,
    /// When it was started.
    pub started_at: Timestamp,
    /// How often it was redriven.
    pub redrive_count: u32,
    /// When it was last redriven.
    pub redriven_at: Option<Timestamp>,
    /// The last event of its history; [`EventId::NONE`] before the first step.
    pub last_event_id: EventId,
    /// How it ended; `None` while it runs.
    pub closed: Option<Closed>,
}

impl ExecutionRecord {
    /// Its status.
    pub fn status(&self) -> ExecutionStatus {
        status_of(self.closed.as_ref())
    }

    /// Its status as the child of this map run. One that has failed waits for
    /// its map run to redrive it, if that was redriven after it began.
    pub fn status_in(&self, map_run: &MapRunRecord) -> ExecutionStatus {
        let status = self.status();
        let began_at = self.redriven_at.unwrap_or(self.started_at);
        let is_redriven = map_run.status == MapRunStatus::Running
            && map_run.redriven_at.is_some_and(|redriven_at| began_at < redriven_at);
        if is_redriven && status.is_unsuccessful() { ExecutionStatus::PendingRedrive } else { status }
    }
}

/// The status of an execution with this end.
fn status_of(closed: Option<&Closed>) -> ExecutionStatus {
    closed.map_or(ExecutionStatus::Running, |closed| closed.outcome.status())
}

/// The end of an execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// When it ended.
    pub stopped_at: Timestamp,
    /// How it ended.
    pub outcome: Outcome,
}

/// How an execution ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// With an output.
    Succeeded {
        /// Its text.
        output: Arc<str>,
    },
    /// With an error that nothing caught.
    Failed(Failure),
    /// Past its `TimeoutSeconds`.
    TimedOut(Failure),
    /// Stopped from outside.
    Aborted(Failure),
}

/// What an execution that did not succeed tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Failure {
    /// The error name.
    pub error: Option<Arc<str>>,
    /// The cause, for people.
    pub cause: Option<Arc<str>>,
}

impl Outcome {
    /// The status of an execution that ended so.
    pub fn status(&self) -> ExecutionStatus {
        match self {
            Self::Succeeded { .. } => ExecutionStatus::Succeeded,
            Self::Failed(_) => ExecutionStatus::Failed,
            Self::TimedOut(_) => ExecutionStatus::TimedOut,
            Self::Aborted(_) => ExecutionStatus::Aborted,
        }
    }

    /// The output, if it succeeded.
    pub fn output(&self) -> Option<&Arc<str>> {
        match self {
            Self::Succeeded { output } => Some(output),
            Self::Failed(_) | Self::TimedOut(_) | Self::Aborted(_) => None,
        }
    }

    /// Error and cause, if it did not succeed.
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Succeeded { .. } => None,
            Self::Failed(failure) | Self::TimedOut(failure) | Self::Aborted(failure) => Some(failure),
        }
    }
}

/// The status of an execution. API reference, `ExecutionStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ExecutionStatus {
    /// It has not ended.
    Running,
    /// It ended with an output.
    Succeeded,
    /// It ended with an error.
    Failed,
    /// It took longer than it may.
    TimedOut,
    /// It was stopped.
    Aborted,
    /// It did not succeed, and its redriven map run is still to redrive it.
    PendingRedrive,
}

impl ExecutionStatus {
    /// All statuses.
    pub const ALL: [Self; 6] =
        [Self::Running, Self::Succeeded, Self::Failed, Self::TimedOut, Self::Aborted, Self::PendingRedrive];

    /// AWS's name of it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::TimedOut => "TIMED_OUT",
            Self::Aborted => "ABORTED",
            Self::PendingRedrive => "PENDING_REDRIVE",
        }
    }

    /// Whether it is the status of an execution that has ended without success.
    pub fn is_unsuccessful(self) -> bool {
        !matches!(self, Self::Running | Self::Succeeded)
    }

    /// The status of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == name)
    }
}

/// An execution to create.
#[derive(Clone, Debug, PartialEq)]
pub struct NewExecution {
    /// Its ARN. Its state machine must exist and not be in deletion, but for
    /// the child of a map run, whose own execution goes on.
    pub arn: ExecutionArn,
    /// What it runs: a revision of that state machine.
    pub revision: RevisionId,
    /// The published version that it was started on, if on one.
    pub started_on: Option<StartedOn>,
    /// The text of its input.
    pub input: Arc<str>,
    /// The X-Ray trace header of the request.
    pub trace_header: Option<Arc<str>>,
    /// The mock test case that its tasks are answered from.
    pub test_case: Option<Arc<str>>,
    /// What it does for a map run, if it is a child of one.
    pub map_run: Option<MapRunLink>,
    /// When it is started.
    pub started_at: Timestamp,
    /// Its first step, to be committed with it. Without one it is due at once.
    pub first: Option<Progress>,
    /// Gives the creator the lease, unless the first step closes the execution.
    pub lease: Option<LeaseRequest>,
}

/// Who wants a lease, and for how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaseRequest {
    /// The node.
    pub node: NodeId,
    /// How long the lease lasts on the store's clock if it is not renewed.
    pub ttl: std::time::Duration,
}

/// What came of [`NewExecution`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecutionCreation {
    /// The execution, new or not.
    pub execution: Creation<ExecutionRecord>,
    /// The lease, if it is new and one was wanted.
    pub lease: Option<Lease>,
}

/// Why an execution was not created.
#[derive(Debug, thiserror::Error)]
pub enum CreateExecutionError {
    /// Its state machine does not exist.
    #[error("no such state machine")]
    NoSuchStateMachine,
    /// Its state machine is being deleted.
    #[error("the state machine is being deleted")]
    StateMachineDeleting,
    /// The revision is not one of its state machine.
    #[error("no such revision of the state machine")]
    NoSuchRevision,
    /// The first step's events do not begin with event 1, or have no last.
    #[error("expected a first step whose events begin with event 1")]
    FirstStep,
    /// Its map run does not exist or has ended.
    #[error("the map run does not run")]
    MapRunNotRunning,
    /// A task's token is taken by another task.
    #[error("a task token is used twice")]
    TokenInUse,
    /// The store failed; creating it again is safe.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Which executions to list, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecutionQuery {
    /// Whose executions.
    pub of: ExecutionsOf,
    /// Only those of this status: see [`ExecutionRecord::status_in`] for the
    /// children of map runs.
    pub status: Option<ExecutionStatus>,
    /// Only those that were redriven, or that were not.
    pub redriven: Option<bool>,
    /// Which part of the list.
    pub page: PageRequest,
}

/// Whose executions to list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExecutionsOf {
    /// A state machine's, without children of map runs; none if it does not
    /// exist. With a qualifier, only those that were started on this version,
    /// by an alias or not, or by this alias.
    StateMachine(QualifiedStateMachineArn),
    /// The children of a map run.
    MapRun(MapRunArn),
}

impl ExecutionQuery {
    /// Whether qualifier and redrive filter let this execution pass.
    pub fn wants(&self, execution: &ExecutionRecord) -> bool {
        let is_on = match &self.of {
            ExecutionsOf::StateMachine(QualifiedStateMachineArn { qualifier: Some(qualifier), .. }) => {
                execution.started_on.as_ref().is_some_and(|it| it.is_of(qualifier))
            }
            ExecutionsOf::StateMachine(_) | ExecutionsOf::MapRun(_) => true,
        };
        is_on && self.redriven.is_none_or(|wanted| wanted == (execution.redrive_count > 0))
    }
}

/// An execution to run again from where it failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedriveExecution {
    /// The execution: it has ended, and not with success.
    pub arn: ExecutionArn,
    /// When it is redriven.
    pub at: Timestamp,
    /// The message into its inbox.
    pub message: Bytes,
    /// Most events that its history may have.
    pub events_max: u64,
}

/// Why an execution was not redriven.
#[derive(Debug, thiserror::Error)]
pub enum RedriveError {
    /// There is no such execution.
    #[error("no such execution")]
    NoSuchExecution,
    /// It has not ended.
    #[error("the execution still runs")]
    StillRunning,
    /// It ended with success.
    #[error("the execution has succeeded")]
    Succeeded,
    /// Its state machine is gone, or is being deleted.
    #[error("the state machine is gone or is being deleted")]
    StateMachineGone,
    /// It is the child of a map run that has ended.
    #[error("the map run does not run")]
    MapRunNotRunning,
    /// Nothing was kept that it could be resumed from.
    #[error("the execution has no snapshot")]
    NoSnapshot,
    /// Its history has more events than it may.
    #[error("expected at most {events_max} events, found {last_event_id}")]
    HistoryTooLong {
        /// The last event of its history.
        last_event_id: EventId,
        /// The most that it may have.
        events_max: u64,
    },
    /// The store failed; it may or may not have been redriven.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// A line of the list of executions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecutionSummary {
    /// Its ARN, which holds its name and its state machine's ARN.
    pub arn: ExecutionArn,
    /// The published version that it was started on, if on one.
    pub started_on: Option<StartedOn>,
    /// Its status.
    pub status: ExecutionStatus,
    /// When it was started.
    pub started_at: Timestamp,
    /// When it ended.
    pub stopped_at: Option<Timestamp>,
    /// How often it was redriven.
    pub redrive_count: u32,
    /// When it was last redriven.
    pub redriven_at: Option<Timestamp>,
    /// What it does for a map run, if it is a child of one.
    pub map_run: Option<MapRunLink>,
}

impl From<&ExecutionRecord> for ExecutionSummary {
    fn from(record: &ExecutionRecord) -> Self {
        Self {
            arn: record.arn.clone(),
            started_on: record.started_on.clone(),
            status: record.status(),
            started_at: record.started_at,
            stopped_at: record.closed.as_ref().map(|closed| closed.stopped_at),
            redrive_count: record.redrive_count,
            redriven_at: record.redriven_at,
            map_run: record.map_run.clone(),
        }
    }
}

/// The events of one commit, in the engine's own encoding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// The first event in it.
    pub first_event_id: EventId,
    /// The last event in it.
    pub last_event_id: EventId,
    /// The encoded events.
    pub events: Bytes,
}

impl Segment {
    /// How many of its events a query asks for.
    pub fn events_of(&self, query: &HistoryQuery) -> u64 {
        let (first, last) = match (query.order, query.from) {
            (_, None) => (self.first_event_id, self.last_event_id),
            (HistoryOrder::Forward, Some(from)) => (self.first_event_id.max(from), self.last_event_id),
            (HistoryOrder::Reverse, Some(from)) => (self.first_event_id, self.last_event_id.min(from)),
        };
        last.next().get().saturating_sub(first.get())
    }
}

/// Which part of a history to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryQuery {
    /// The execution.
    pub execution: ExecutionArn,
    /// The first event to read, in the order of reading; `None` is where the
    /// history begins in that order.
    pub from: Option<EventId>,
    /// How many events are wanted at the least, if there are as many. The
    /// segments at both ends may hold more.
    pub limit: u32,
    /// Which way to read.
    pub order: HistoryOrder,
}

/// Which way a history is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryOrder {
    /// From the first event to the last.
    Forward,
    /// From the last event to the first; the segments come last first, the
    /// events in a segment stay in order.
    Reverse,
}
