//! One file per verb.
//!
//! Exit codes: 0 for a success, 1 where what was asked about failed (the
//! execution, the definition), 2 where the command itself could not be done.

pub(crate) mod clock;
pub(crate) mod entropy;
pub(crate) mod eval;
pub(crate) mod outlets;
pub(crate) mod run;
pub(crate) mod serve;
pub(crate) mod source;
pub(crate) mod tasks;
pub(crate) mod validate;
