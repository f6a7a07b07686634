//! Hints that something happened, for those in the same process.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use crate::Timestamp;
use crate::id::{ActivityArn, ExecutionArn};
use crate::progress::Message;

/// Something that was made durable. A hint may be missing, and none is needed
/// for correctness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hint {
    /// A message came for an execution, leased or not. Hints of one execution
    /// may arrive out of order; the sequence tells.
    Inbox {
        /// The execution.
        execution: ExecutionArn,
        /// The message.
        message: Message,
    },
    /// An execution that nobody has leased became due, or will at this time.
    Due {
        /// When; `None` is now.
        at: Option<Timestamp>,
    },
    /// An activity has a new task.
    ActivityTask(ActivityArn),
    /// An execution ended.
    Closed(ExecutionArn),
}

/// Hears hints. It is called on the store's threads, must be quick, and must
/// not wait for the store.
#[derive(Clone)]
pub struct Listener(Arc<dyn Fn(Hint) + Send + Sync>);

impl Listener {
    /// Calls `hear` with each hint.
    pub fn new(hear: impl Fn(Hint) + Send + Sync + 'static) -> Self {
        Self(Arc::new(hear))
    }

    /// Tells one hint.
    pub fn hear(&self, hint: Hint) {
        (self.0)(hint);
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Listener(..)")
    }
}

/// The listeners of one store, for those who implement one.
#[derive(Debug, Default)]
pub struct Listeners(RwLock<Vec<Listener>>);

impl Listeners {
    /// Adds a listener.
    pub fn add(&self, listener: Listener) {
        let mut listeners = self.0.write().unwrap_or_else(PoisonError::into_inner);
        listeners.push(listener);
    }

    /// Tells each listener each hint, in order.
    pub fn tell(&self, hints: impl IntoIterator<Item = Hint>) {
        let listeners = self.0.read().unwrap_or_else(PoisonError::into_inner);
        for hint in hints {
            for listener in listeners.iter() {
                listener.hear(hint.clone());
            }
        }
    }
}
