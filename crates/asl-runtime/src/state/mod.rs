//! One file per state type: what it does when it is entered, and when what it
//! waits for has come.

pub(crate) mod choice;
pub(crate) mod distributed_map;
pub(crate) mod fail;
pub(crate) mod map;
pub(crate) mod parallel;
pub(crate) mod pass;
pub(crate) mod succeed;
pub(crate) mod task;
mod task_event;
pub(crate) mod wait;
