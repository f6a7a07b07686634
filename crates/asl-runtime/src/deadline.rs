//! Deadlines: ordered by time, then frame, then kind, so that a step that is
//! late fires them as if it had not been.

use std::collections::BTreeSet;

use crate::Timestamp;
use crate::frame::{Frame, Rest};
use crate::task::FrameId;

/// Something that happens by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Deadline {
    pub(crate) at: Timestamp,
    pub(crate) frame: FrameId,
    pub(crate) kind: DeadlineKind,
}

/// What happens at a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum DeadlineKind {
    /// A Wait state or a backoff ends.
    Continue,
    /// A task's `HeartbeatSeconds` have passed.
    Heartbeat,
    /// A task's `TimeoutSeconds` have passed.
    Timeout,
    /// The machine's `TimeoutSeconds` have passed.
    Execution,
}

/// All deadlines of an execution.
#[derive(Clone, Debug, Default)]
pub(crate) struct Deadlines(BTreeSet<Deadline>);

impl Deadlines {
    pub(crate) fn insert(&mut self, deadline: Deadline) {
        self.0.insert(deadline);
    }

    /// Adds those of a frame that comes to rest.
    pub(crate) fn watch(&mut self, frame: &Frame) {
        for deadline in of(frame).into_iter().flatten() {
            self.0.insert(deadline);
        }
    }

    /// Removes those of a frame that no longer rests so.
    pub(crate) fn forget(&mut self, frame: &Frame) {
        for deadline in of(frame).into_iter().flatten() {
            self.0.remove(&deadline);
        }
    }

    /// When the first is due.
    pub(crate) fn first(&self) -> Option<Timestamp> {
        self.0.first().map(|deadline| deadline.at)
    }

    /// Takes the first if it is due.
    pub(crate) fn pop_due(&mut self, now: Timestamp) -> Option<Deadline> {
        let due = self.0.first().is_some_and(|deadline| deadline.at <= now);
        if due { self.0.pop_first() } else { None }
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

fn of(frame: &Frame) -> [Option<Deadline>; 2] {
    let deadline = |at, kind| Deadline { at, frame: frame.id, kind };
    match &frame.rest {
        Rest::Waiting(waiting) => [Some(deadline(waiting.until, DeadlineKind::Continue)), None],
        Rest::BackingOff(backing_off) => [Some(deadline(backing_off.until, DeadlineKind::Continue)), None],
        Rest::Running(running) => [
            running.timeout_at.map(|at| deadline(at, DeadlineKind::Timeout)),
            running.heartbeat_at.map(|at| deadline(at, DeadlineKind::Heartbeat)),
        ],
        Rest::Ready | Rest::Again | Rest::Branching(_) | Rest::Mapping(_) | Rest::Distributing(_) => {
            [None, None]
        }
    }
}
