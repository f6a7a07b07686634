//! Map runs: what distributed Map states start, with executions as children.

use std::sync::Arc;

use bytes::Bytes;

use crate::id::{ExecutionArn, MapRunArn};
use crate::{ExecutionStatus, Fault, Timestamp};

/// A map run.
#[derive(Clone, Debug, PartialEq)]
pub struct MapRunRecord {
    /// Its ARN, which holds its state machine's name and the state's label.
    pub arn: MapRunArn,
    /// The execution that started it.
    pub execution: ExecutionArn,
    /// The name of the Map state.
    pub state_name: Arc<str>,
    /// Its status.
    pub status: MapRunStatus,
    /// When it was started.
    pub started_at: Timestamp,
    /// When it ended; `None` while it runs.
    pub stopped_at: Option<Timestamp>,
    /// How it runs its children.
    pub settings: MapRunSettings,
    /// How often it was redriven.
    pub redrive_count: u32,
    /// When it was last redriven.
    pub redriven_at: Option<Timestamp>,
    /// How many items it has, as far as they are counted.
    pub items_total: u64,
    /// Whether the results are written where its `ResultWriter` says.
    pub results_written: bool,
}

/// How a map run runs its children, and which failures it bears.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MapRunSettings {
    /// Most children at once; 0 is no limit but the quota.
    pub max_concurrency: u64,
    /// Most items that may fail.
    pub tolerated_failure_count: Option<u64>,
    /// How much of the items may fail, from 0 to 100.
    pub tolerated_failure_percentage: Option<f64>,
}

/// The status of a map run. API reference, `MapRunStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MapRunStatus {
    /// It has not ended.
    Running,
    /// It ended well.
    Succeeded,
    /// More failed than it bears, or it could not do its own work.
    Failed,
    /// Its execution ended before it.
    Aborted,
}

impl MapRunStatus {
    /// All statuses.
    pub const ALL: [Self; 4] = [Self::Running, Self::Succeeded, Self::Failed, Self::Aborted];

    /// AWS's name of it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::Aborted => "ABORTED",
        }
    }
}

/// A change of one of an execution's map runs, as part of a step. A map run of
/// another execution is left alone.
#[derive(Clone, Debug, PartialEq)]
pub enum MapRunChange {
    /// It begins. One of this ARN that exists stays as it is.
    Start(NewMapRun),
    /// It ended, and runs again.
    Redrive {
        /// The map run; one that runs stays as it is.
        arn: MapRunArn,
        /// When.
        at: Timestamp,
    },
    /// It ends: no child can be created from now on.
    End {
        /// The map run; one that has ended stays as it is.
        arn: MapRunArn,
        /// How it ended.
        status: MapRunStatus,
        /// When.
        at: Timestamp,
        /// The message into the inbox of each child that still runs, however
        /// many messages wait there.
        stop_children: Option<Bytes>,
    },
}

/// A map run to begin.
#[derive(Clone, Debug, PartialEq)]
pub struct NewMapRun {
    /// Its ARN.
    pub arn: MapRunArn,
    /// The name of the Map state.
    pub state_name: Arc<str>,
    /// How it runs its children.
    pub settings: MapRunSettings,
    /// When it is started.
    pub started_at: Timestamp,
}

/// What makes an execution the child of a map run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapRunLink {
    /// The map run.
    pub map_run: MapRunArn,
    /// Its place among the children, from 0. A child that is started again in
    /// a redrive has the place of the one before.
    pub number: u64,
    /// How many items it works on.
    pub items: u64,
}

/// New settings for a running map run; `None` leaves one as it is.
#[derive(Clone, Debug, PartialEq)]
pub struct UpdateMapRun {
    /// The map run.
    pub arn: MapRunArn,
    /// See [`MapRunSettings::max_concurrency`].
    pub max_concurrency: Option<u64>,
    /// See [`MapRunSettings::tolerated_failure_count`].
    pub tolerated_failure_count: Option<u64>,
    /// See [`MapRunSettings::tolerated_failure_percentage`].
    pub tolerated_failure_percentage: Option<f64>,
}

impl UpdateMapRun {
    /// The settings after the update.
    pub fn apply(&self, settings: MapRunSettings) -> MapRunSettings {
        let (count, percentage) = (self.tolerated_failure_count, self.tolerated_failure_percentage);
        MapRunSettings {
            max_concurrency: self.max_concurrency.unwrap_or(settings.max_concurrency),
            tolerated_failure_count: count.or(settings.tolerated_failure_count),
            tolerated_failure_percentage: percentage.or(settings.tolerated_failure_percentage),
        }
    }
}

/// Something that became known of a running map run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapRunNote {
    /// See [`MapRunRecord::items_total`].
    ItemsTotal(u64),
    /// See [`MapRunRecord::results_written`]. A redrive takes it back.
    ResultsWritten,
}

/// Why a map run was not changed.
#[derive(Debug, thiserror::Error)]
pub enum MapRunError {
    /// There is none of this ARN.
    #[error("no such map run")]
    NoSuchMapRun,
    /// It has ended.
    #[error("the map run has ended")]
    NotRunning,
    /// The store failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Which children of a map run to read, in the order of their places. Of
/// several of one place it is the last that was created: the others were
/// redriven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapRunChildren {
    /// The map run.
    pub arn: MapRunArn,
    /// Only those of later places than this.
    pub after: Option<u64>,
    /// Most children to answer.
    pub limit: u32,
}

/// How many children a map run has started, and how many items these have. A
/// child that was started again in a redrive counts once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MapRunCounts {
    /// The items, by the status of their execution.
    pub items: StatusCounts,
    /// The executions.
    pub executions: StatusCounts,
}

impl MapRunCounts {
    /// Counts this many more executions of a status, with so many items.
    pub fn add(&mut self, status: ExecutionStatus, executions: u64, items: u64) {
        self.executions.add(status, executions);
        self.items.add(status, items);
    }

    /// Counts this many more that no redrive takes up.
    pub fn add_not_redrivable(&mut self, executions: u64, items: u64) {
        let (of_executions, of_items) = (&mut self.executions.not_redrivable, &mut self.items.not_redrivable);
        *of_executions = of_executions.saturating_add(executions);
        *of_items = of_items.saturating_add(items);
    }
}

/// Whose children to count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountMapRun {
    /// The map run.
    pub arn: MapRunArn,
    /// Most events of a history that can be redriven.
    pub redrive_events_max: u64,
}

/// How many there are of each status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StatusCounts {
    /// Of executions that have not ended.
    pub running: u64,
    /// Of executions that ended with an output.
    pub succeeded: u64,
    /// Of executions that ended with an error.
    pub failed: u64,
    /// Of executions that took longer than they may.
    pub timed_out: u64,
    /// Of executions that were stopped.
    pub aborted: u64,
    /// Of executions that ended without success and are still to be redriven.
    pub pending_redrive: u64,
    /// Of those of the four above that cannot be redriven: their history is too
    /// long.
    pub not_redrivable: u64,
}

impl StatusCounts {
    /// Counts this many more of a status.
    pub fn add(&mut self, status: ExecutionStatus, count: u64) {
        let sum = match status {
            ExecutionStatus::Running => &mut self.running,
            ExecutionStatus::Succeeded => &mut self.succeeded,
            ExecutionStatus::Failed => &mut self.failed,
            ExecutionStatus::TimedOut => &mut self.timed_out,
            ExecutionStatus::Aborted => &mut self.aborted,
            ExecutionStatus::PendingRedrive => &mut self.pending_redrive,
        };
        *sum = sum.saturating_add(count);
    }

    /// How many there are.
    pub fn total(&self) -> u64 {
        let Self { running, succeeded, failed, timed_out, aborted, pending_redrive, .. } = *self;
        [succeeded, failed, timed_out, aborted, pending_redrive]
            .into_iter()
            .fold(running, u64::saturating_add)
    }
}
