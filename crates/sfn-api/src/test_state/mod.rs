//! What `TestState` needs: mocks and what they are checked against, the
//! context object, and the shape of what an inspection shows.

pub(crate) mod context;
pub(crate) mod inspection;
pub(crate) mod mock;
mod model;
