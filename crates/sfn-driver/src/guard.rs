//! Work that ends with who waits for it.

use tokio::task::AbortHandle;

/// Aborts a job of the runtime when it is dropped.
#[derive(Debug)]
pub(crate) struct AbortOnDrop(pub(crate) AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
