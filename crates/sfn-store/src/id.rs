//! Ids as types: each has a constructor that checks, and none is a bare
//! string or number.

mod arn;
mod name;
mod number;
mod text;

pub use arn::{
    ActivityArn, ArnError, ArnScope, ExecutionArn, ExpressExecutionArn, MapRunArn, QualifiedStateMachineArn,
    Qualifier, ResourceArn, StateMachineArn,
};
pub use name::{Name, NameError};
pub use number::{EventId, InboxSequence, LeaseEpoch};
pub use text::{IdError, NodeId, RevisionId, TaskKey, TaskToken};
