//! The Pass state.

use asl_value::Payload;

use crate::definition::transition::Next;

/// A Pass state.
#[derive(Clone, Debug)]
pub struct Pass {
    /// `Result`: the state's result in place of its input. JSONPath only.
    pub result: Option<Payload>,
    /// Where it leads.
    pub next: Next,
}
