//! Those who wait for something to happen: long polls and callers of
//! synchronous operations.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sfn_store::id::{ActivityArn, ExecutionArn};
use tokio::sync::watch;
use tokio::time::Instant;

/// What to watch for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A task waits for a worker of the activity.
    ActivityTask(ActivityArn),
    /// The execution has ended.
    Closed(ExecutionArn),
}

/// A watch for one subject, from the moment when it was set.
#[derive(Debug)]
pub struct Watch {
    subject: Subject,
    /// Only `None` while being dropped.
    changes: Option<watch::Receiver<()>>,
    deadline: Instant,
    watchers: Arc<Watchers>,
}

impl Watch {
    /// Waits until it may have happened, since the watch was set or since the
    /// last time: look into the store. False when the time is up or the driver
    /// shuts down.
    pub async fn happened(&mut self) -> bool {
        let Some(changes) = &mut self.changes else { return false };
        matches!(tokio::time::timeout_at(self.deadline, changes.changed()).await, Ok(Ok(())))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.changes = None;
        self.watchers.forget(&self.subject);
    }
}

/// All watches of one driver.
#[derive(Debug, Default)]
pub(crate) struct Watchers(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    is_closed: bool,
    subjects: BTreeMap<Subject, watch::Sender<()>>,
}

impl Watchers {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets a watch. After [`Watchers::close`] it ends at once.
    pub(crate) fn watch(self: &Arc<Self>, subject: Subject, timeout: Duration) -> Watch {
        let mut state = self.state();
        let changes = if state.is_closed {
            watch::channel(()).1
        } else {
            let sender = state.subjects.entry(subject.clone()).or_insert_with(|| watch::channel(()).0);
            sender.subscribe()
        };
        drop(state);
        Watch {
            subject,
            changes: Some(changes),
            deadline: Instant::now() + timeout,
            watchers: Arc::clone(self),
        }
    }

    /// Tells those who watch it.
    pub(crate) fn tell(&self, subject: &Subject) {
        if let Some(sender) = self.state().subjects.get(subject) {
            sender.send_replace(());
        }
    }

    /// Ends all watches.
    pub(crate) fn close(&self) {
        let mut state = self.state();
        state.is_closed = true;
        state.subjects.clear();
    }

    fn forget(&self, subject: &Subject) {
        let mut state = self.state();
        if state.subjects.get(subject).is_some_and(|sender| sender.receiver_count() == 0) {
            state.subjects.remove(subject);
        }
    }
}

#[cfg(test)]
mod tests {
    use sfn_store::id::{ArnScope, Name};

    use super::*;

    fn subject(name: &str) -> Subject {
        let scope = ArnScope::new("us-east-1", "123456789012").unwrap();
        Subject::ActivityTask(scope.activity(&Name::new(name).unwrap()))
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_missed_between_watch_and_wait() {
        let watchers = Arc::new(Watchers::default());
        let mut watch = watchers.watch(subject("a"), Duration::from_mins(1));
        watchers.tell(&subject("a"));
        assert!(watch.happened().await);
        watchers.tell(&subject("b"));
        assert!(!watch.happened().await, "another subject is no reason, so the time runs out");
    }

    #[tokio::test(start_paused = true)]
    async fn watches_leave_nothing_behind_and_end_at_shutdown() {
        let watchers = Arc::new(Watchers::default());
        drop(watchers.watch(subject("a"), Duration::from_mins(1)));
        assert!(watchers.state().subjects.is_empty());
        let mut early = watchers.watch(subject("a"), Duration::from_mins(1));
        watchers.close();
        let mut late = watchers.watch(subject("a"), Duration::from_mins(1));
        assert!(!early.happened().await);
        assert!(!late.happened().await);
    }
}
