//! What leaves the engine: a step, its effects, and the end.

use std::sync::Arc;

use asl_parser::Resource;
use asl_value::Payload;
use thiserror::Error;

use crate::Timestamp;
use crate::history::HistoryEvent;
use crate::task::{TaskKey, TaskToken};

/// What one signal led to.
#[must_use = "commit the step before carrying out its effects"]
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Step {
    /// New events; their ids follow the last committed one.
    pub events: Vec<HistoryEvent>,
    /// What to do after the commit, in order.
    pub effects: Vec<Effect>,
    /// When to send [`Signal::Tick`](crate::Signal::Tick) at the latest.
    pub wake_at: Option<Timestamp>,
    /// How the execution ended; set once, by its last step.
    pub outcome: Option<Outcome>,
}

/// What is to be done outside the engine once its step is committed.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Effect {
    /// Start a task; report what becomes of it.
    StartTask(StartTask),
    /// The execution no longer waits for the task or the map run; an answer
    /// will be refused.
    CancelTask(TaskKey),
    /// Start a map run, or go on with one; report how it ends.
    StartMapRun(StartMapRun),
}

/// A task to be started.
#[derive(Clone, Debug, PartialEq)]
pub struct StartTask {
    /// Carried by every report.
    pub key: TaskKey,
    /// The Task state's name.
    pub state_name: Arc<str>,
    /// What to call.
    pub resource: Resource,
    /// What it gets.
    pub input: Payload,
    /// `$$.Task.Token`, which names the task to workers: given for activities,
    /// `.waitForTaskToken` and `.sync`.
    pub task_token: Option<TaskToken>,
    /// `TimeoutSeconds` of the state. The engine keeps this deadline itself.
    pub timeout_seconds: Option<u64>,
    /// `HeartbeatSeconds` of the state. The engine keeps this deadline itself.
    pub heartbeat_seconds: Option<u64>,
    /// ARN of the role to assume, from the state's `Credentials`.
    pub role_arn: Option<Arc<str>>,
    /// Retries before this attempt, for mocks and logs: 0 at first.
    pub retry_count: u32,
    /// Set when a `.sync` task is picked up again after a resume: the answer
    /// that its request got. Watch it, do not start it again.
    pub submitted: Option<Payload>,
}

/// A map run to be started: [`Execution::map_run`](crate::Execution::map_run)
/// tells what it is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartMapRun {
    /// Carried by the report.
    pub key: TaskKey,
    /// ARN of the map run.
    pub arn: Arc<str>,
    /// How often it was redriven: 0 at first.
    pub redrive_count: u64,
}

/// How an execution ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// SUCCEEDED
    Succeeded {
        /// The output.
        output: Payload,
    },
    /// FAILED
    Failed {
        /// The error name.
        error: Option<Arc<str>>,
        /// What led to it.
        cause: Option<Arc<str>>,
    },
    /// `TIMED_OUT`, by the machine's `TimeoutSeconds`.
    TimedOut {
        /// The error name.
        error: Option<Arc<str>>,
        /// What led to it.
        cause: Option<Arc<str>>,
    },
    /// ABORTED, by `StopExecution`.
    Aborted {
        /// The error name given.
        error: Option<Arc<str>>,
        /// The cause given.
        cause: Option<Arc<str>>,
    },
}

impl Outcome {
    /// The status as the API writes it.
    pub fn status(&self) -> &'static str {
        match self {
            Self::Succeeded { .. } => "SUCCEEDED",
            Self::Failed { .. } => "FAILED",
            Self::TimedOut { .. } => "TIMED_OUT",
            Self::Aborted { .. } => "ABORTED",
        }
    }
}

/// Why a signal was refused. The execution is as it was.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refused {
    /// The execution has ended.
    #[error("the execution has ended")]
    Closed,
    /// No such attempt is running: it has ended, timed out, or been cancelled.
    #[error("no running task has the key {0}")]
    NoSuchTask(TaskKey),
    /// The execution runs or has succeeded: there is nothing to redrive.
    #[error("expected an execution that has ended without success")]
    NotRedrivable,
    /// The report does not fit: started or submitted twice, or submitted
    /// though nothing more is to come.
    #[error("task {0} cannot be reported as {1} now")]
    OutOfOrder(TaskKey, &'static str),
}
