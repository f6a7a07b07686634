//! Structures of the service model that several operations share.

pub(crate) mod configuration;
pub(crate) mod execution;
pub(crate) mod routing;
pub(crate) mod tag;
pub(crate) mod time;
