//! Documents in requests: inputs and outputs as JSON texts.

use asl_value::Payload;

use crate::{ApiError, ErrorCode, input_text};

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
