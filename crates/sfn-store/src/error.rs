//! What may go wrong in any store, whatever the operation.

use std::sync::Arc;

/// The store itself failed: nothing is wrong with the request, and whether it
/// took effect is unknown. Repeating it is safe where the operation says so.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The store has been shut down.
    #[error("the store is shut down")]
    ShutDown,
    /// The operation panicked; nothing was done.
    #[error("the operation was interrupted by a panic")]
    Interrupted,
    /// Too many operations wait; nothing was done.
    #[error("the store is overloaded: {waiting} operations wait")]
    Overloaded {
        /// How many wait.
        waiting: usize,
    },
    /// The database, file system or network below failed.
    #[error("the store failed to {action}")]
    Backend {
        /// What was being done.
        action: &'static str,
        /// Why it failed.
        source: Arc<dyn std::error::Error + Send + Sync>,
    },
}

impl Fault {
    /// A failure of what is below the store.
    pub fn backend(action: &'static str, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Backend { action, source: Arc::new(source) }
    }
}
