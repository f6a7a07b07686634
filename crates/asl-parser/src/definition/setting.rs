//! Single settings that are literal or computed.

use std::sync::Arc;

use asl_jsonpath::{Path, PathOrIntrinsic};

use super::expression::LocatedExpression;

/// A setting such as `TimeoutSeconds`, and its form with `Path`.
#[derive(Clone, Debug)]
pub enum Setting<T> {
    /// Written down.
    Literal(T),
    /// Read from the state's input by the field whose name ends in `Path`.
    Path(Path),
    /// A JSONata expression in a JSONata state.
    Expression(LocatedExpression),
}

/// `Error` or `Cause` of a Fail state.
#[derive(Clone, Debug)]
pub enum TextSetting {
    /// Written down.
    Literal(Arc<str>),
    /// `ErrorPath` or `CausePath`: a path or an intrinsic.
    Path(PathOrIntrinsic),
    /// A JSONata expression in a JSONata state.
    Expression(LocatedExpression),
}
