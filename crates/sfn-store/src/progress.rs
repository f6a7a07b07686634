//! What one step changes, and the commit that makes it durable.

use std::sync::Arc;

use bytes::Bytes;

use crate::execution::{Closed, Segment};
use crate::id::{ActivityArn, EventId, InboxSequence, TaskKey, TaskToken};
use crate::lease::Lease;
use crate::map_run::MapRunChange;
use crate::{Fault, Timestamp};

/// What one step of an execution changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    /// The new events. They follow the last committed one without a gap.
    pub events: Option<Segment>,
    /// The new snapshot; `None` leaves the last one. That of an execution
    /// which succeeded is dropped in any case, for nothing resumes it.
    pub snapshot: Option<Bytes>,
    /// When the execution must be stepped at the latest.
    pub wake_at: Option<Timestamp>,
    /// How it ended. Closing also closes its tasks and gives up the lease.
    pub closed: Option<Closed>,
    /// Tasks that now wait for an answer by token.
    pub open_tasks: Vec<OpenTask>,
    /// Tasks of this execution that no longer do; others do not matter.
    pub close_tasks: Vec<TaskKey>,
    /// What happens to its map runs, in order. An execution that closes must
    /// end those that still run.
    pub map_runs: Vec<MapRunChange>,
}

impl Progress {
    /// The last event after this step, if its events follow `last`; `None` if
    /// they leave a gap or repeat.
    pub fn last_event_after(&self, last: EventId) -> Option<EventId> {
        let Some(events) = &self.events else { return Some(last) };
        let follows = events.first_event_id == last.next() && events.first_event_id <= events.last_event_id;
        follows.then_some(events.last_event_id)
    }
}

/// A task that waits for an answer by token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenTask {
    /// What it is answered with; unique in the store.
    pub token: TaskToken,
    /// Which task of the execution it is.
    pub key: TaskKey,
    /// Who does it.
    pub work: Work,
}

/// Who does a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Work {
    /// Whoever was given the token (`.waitForTaskToken`).
    Callback,
    /// A worker that polls an activity; the task waits in its queue.
    Activity {
        /// The activity.
        activity: ActivityArn,
        /// The text of the task's input.
        input: Arc<str>,
    },
}

/// One step to make durable: whole or not at all.
#[derive(Clone, Debug, PartialEq)]
pub struct Commit {
    /// The lease. One that ran out, but was not taken by another, is good.
    pub lease: Lease,
    /// The last event before this step; another one is a conflict.
    pub expected_last_event_id: EventId,
    /// The last message that went into this step, or into one before.
    pub consumed_through: InboxSequence,
    /// What the step changes.
    pub progress: Progress,
    /// What happens to the lease.
    pub then: Then,
}

/// What happens to the lease after a commit that does not close the execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// It is kept.
    Keep,
    /// It is given up if no message waits: until a message comes or `wake_at`
    /// is due, nobody needs to think of the execution.
    Release,
}

/// What a commit answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// The messages that wait, oldest first.
    pub inbox: Vec<Message>,
    /// Whether the lease is given up: the execution closed, or
    /// [`Then::Release`] met an empty inbox.
    pub released: bool,
}

/// A message in an execution's inbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its place. An execution's messages are numbered without a gap.
    pub sequence: InboxSequence,
    /// What it says, in the engine's own encoding.
    pub body: Bytes,
}

/// Why nothing was committed.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// Another node has the lease, or the execution was released or has closed.
    #[error("the lease is lost")]
    LeaseLost,
    /// The step does not follow from what is stored: its events leave a gap or
    /// repeat, or it consumed a message that never came. A bug, or two drivers
    /// under one lease.
    #[error("the step does not follow event {last_event_id} and message {last_message}")]
    Conflict {
        /// The last event that is stored.
        last_event_id: EventId,
        /// The last message that came.
        last_message: InboxSequence,
    },
    /// A task's token is taken by another task.
    #[error("a task token is used twice")]
    TokenInUse,
    /// The store failed. Whether the step was committed is unknown: the
    /// execution must be claimed again.
    #[error(transparent)]
    Fault(#[from] Fault),
}
