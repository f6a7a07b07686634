//! Messages into executions, and tasks that are answered by token.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

use crate::Fault;
use crate::id::{ActivityArn, ExecutionArn, InboxSequence, TaskKey, TaskToken};

/// Most messages that may wait for one execution.
pub const INBOX_MESSAGES_MAX: u64 = 100_000;

/// Why a message was not delivered.
#[derive(Debug, thiserror::Error)]
pub enum DeliverError {
    /// There is no such execution.
    #[error("no such execution")]
    NoSuchExecution,
    /// It has ended.
    #[error("the execution has closed")]
    Closed,
    /// [`INBOX_MESSAGES_MAX`] messages wait already.
    #[error("expected at most {INBOX_MESSAGES_MAX} waiting messages")]
    InboxFull,
    /// The store failed; the message may or may not have been delivered.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Makes the message about a task once the store has found which it is.
#[derive(Clone)]
pub struct TaskMessage(Arc<dyn Fn(&TaskKey) -> Bytes + Send + Sync>);

impl TaskMessage {
    /// The message that `make` makes. It may be called more than once, on
    /// another thread, and must be quick.
    pub fn new(make: impl Fn(&TaskKey) -> Bytes + Send + Sync + 'static) -> Self {
        Self(Arc::new(make))
    }

    /// The message about this task.
    pub fn about(&self, key: &TaskKey) -> Bytes {
        (self.0)(key)
    }
}

impl fmt::Debug for TaskMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TaskMessage(..)")
    }
}

/// An answer to a task.
#[derive(Clone, Debug)]
pub struct TaskAnswer {
    /// The task's token.
    pub token: TaskToken,
    /// Whether more answers may follow.
    pub kind: AnswerKind,
    /// The message into the execution's inbox.
    pub message: TaskMessage,
}

/// Whether more answers to a task may follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerKind {
    /// A sign of life: the task stays open.
    Heartbeat,
    /// The end: the task is closed to others.
    Final,
}

/// Where a message went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// The execution.
    pub execution: ExecutionArn,
    /// The message's place in its inbox.
    pub sequence: InboxSequence,
}

/// Why an answer was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// No task ever had this token.
    #[error("no such task")]
    NoSuchTask,
    /// The task was answered or given up, or its execution has ended.
    #[error("the task is closed")]
    Closed,
    /// [`INBOX_MESSAGES_MAX`] messages wait for the execution already.
    #[error("expected at most {INBOX_MESSAGES_MAX} waiting messages")]
    InboxFull,
    /// The store failed; the answer may or may not have been accepted.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<DeliverError> for AnswerError {
    /// A task whose execution is gone is as closed as one that has ended.
    fn from(error: DeliverError) -> Self {
        match error {
            DeliverError::NoSuchExecution | DeliverError::Closed => Self::Closed,
            DeliverError::InboxFull => Self::InboxFull,
            DeliverError::Fault(fault) => Self::Fault(fault),
        }
    }
}

/// A worker's wish for a task of an activity.
#[derive(Clone, Debug)]
pub struct TakeActivityTask {
    /// The activity.
    pub activity: ActivityArn,
    /// The message into the execution's inbox: the task has started.
    pub message: TaskMessage,
}

/// A task that a worker has taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivityTask {
    /// What to answer it with.
    pub token: TaskToken,
    /// The text of its input.
    pub input: Arc<str>,
}

/// Why no task could be taken.
#[derive(Debug, thiserror::Error)]
pub enum TakeError {
    /// There is no such activity.
    #[error("no such activity")]
    NoSuchActivity,
    /// The store failed; a task may have been taken.
    #[error(transparent)]
    Fault(#[from] Fault),
}
