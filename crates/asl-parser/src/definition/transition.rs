//! Where a state leads, after success and after an error.

use std::sync::Arc;

use super::data_flow::{AnyTemplate, ResultPath};
use super::expression::ExpressionTemplate;
use super::graph::StateIndex;

/// `Next` or `End`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// On to a state of the same scope.
    State(StateIndex),
    /// `"End": true`.
    End,
}

/// One retrier of `Retry`, with the defaults of the language filled in.
#[derive(Clone, Debug, PartialEq)]
pub struct Retrier {
    /// The error names that it answers, never empty; `States.ALL` stands alone.
    pub error_equals: Vec<Arc<str>>,
    /// Delay before the first retry, at least 1.
    pub interval_seconds: u64,
    /// Retries before the error goes on; 0 is none.
    pub max_attempts: u32,
    /// Factor on the delay after each retry, at least 1.
    pub backoff_rate: f64,
    /// Upper bound of the delay.
    pub max_delay_seconds: Option<u64>,
    /// Whether the delay is randomised.
    pub jitter: Jitter,
}

/// `JitterStrategy`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Jitter {
    /// `NONE`: the delay as computed.
    #[default]
    None,
    /// `FULL`: anything between nothing and the delay.
    Full,
}

/// One catcher of `Catch`.
#[derive(Clone, Debug)]
pub struct Catcher {
    /// The error names that it answers, never empty; `States.ALL` stands alone.
    pub error_equals: Vec<Arc<str>>,
    /// Where it leads.
    pub next: StateIndex,
    /// JSONPath states: where the error output goes in the state's input.
    pub result_path: ResultPath,
    /// JSONata states: what goes on in place of the error output.
    pub output: Option<ExpressionTemplate>,
    /// Variables set on the way.
    pub assign: Option<AnyTemplate>,
}
