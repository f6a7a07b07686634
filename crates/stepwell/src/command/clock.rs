//! The clock on the wall.

use stepwell::Timestamp;

/// The present, in milliseconds.
pub(crate) fn now() -> Timestamp {
    sfn_store::Clock::default().now()
}
