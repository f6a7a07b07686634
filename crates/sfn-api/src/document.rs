//! Documents in requests: inputs and outputs as JSON texts.

use asl_value::Payload;

use crate::constraint::Constraints;
use crate::{ApiError, ErrorCode, input_text};

/// The longest document, in bytes. Developer guide, *Quotas*.
const BYTES_MAX: usize = 262_144;

/// A document must not be longer than the service takes.
pub(crate) fn check(constraints: &mut Constraints, member: &str, text: Option<&str>) {
    if text.is_some_and(|text| text.len() > BYTES_MAX) {
        constraints.broken_sensitive(member, format_args!("have length less than or equal to {BYTES_MAX}"));
    }
}

/// The input of an execution; `{}` if none was given.
pub(crate) fn input(text: Option<&str>) -> Result<Payload, ApiError> {
    let text = text.unwrap_or("{}");
    Payload::parse(text).map_err(|_| {
        ApiError::new(
            ErrorCode::InvalidExecutionInput,
            format!("Invalid State Machine Execution Input: '{}'", input_text::refusal(text)),
        )
    })
}

/// The output of a task.
pub(crate) fn output(text: &str) -> Result<Payload, ApiError> {
    Payload::parse(text).map_err(|_| {
        ApiError::new(ErrorCode::InvalidOutput, format!("Invalid Output: '{}'", input_text::refusal(text)))
    })
}
