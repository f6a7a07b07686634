//! Mocks: which states take one, and what it must look like.

use asl_parser::{Map, State, StateKind};
use asl_runtime::{Problem, TaskReport};
use asl_value::{Kind, Payload};
use serde::Deserialize;

use super::model::{Answers, Strictness};
use crate::ApiError;

/// `MockInput`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Mock {
    result: Option<String>,
    error_output: Option<ErrorOutput>,
    field_validation_mode: Option<String>,
}

/// `MockErrorOutput`
#[derive(Debug, Deserialize)]
struct ErrorOutput {
    error: Option<String>,
    cause: Option<String>,
}

impl Mock {
    /// A mock is a result or an error, which has a name. API reference,
    /// `MockErrorOutput`.
    pub(crate) fn check_choice(&self) -> Result<(), ApiError> {
        if self.result.is_some() == self.error_output.is_some() {
            return Err(ApiError::validation(
                "A test mock should have only one of the following fields: [result, errorOutput].",
            ));
        }
        if self.error_output.as_ref().is_some_and(|output| output.error.is_none()) {
            return Err(ApiError::validation("A test mock's errorOutput must have an error."));
        }
        Ok(())
    }

    /// What the state's work comes to.
    pub(crate) fn report(
        self,
        state: &State,
        failed_iterations: Option<u64>,
    ) -> Result<TaskReport, ApiError> {
        if !matches!(state.kind, StateKind::Task(_) | StateKind::Parallel(_) | StateKind::Map(_)) {
            return Err(ApiError::validation(format!(
                "State type '{}' is not supported when a mock is specified",
                state.state_type()
            )));
        }
        if let Some(ErrorOutput { error, cause }) = self.error_output {
            return Ok(TaskReport::Failed(Problem { error, cause }));
        }
        let result = Payload::parse(self.result.unwrap_or_default())
            .map_err(|_| ApiError::validation("Mocked result must be valid JSON"))?;
        match &state.kind {
            StateKind::Parallel(parallel) => {
                if array_length(&result)? != parallel.branches.len() {
                    return Err(ApiError::validation(
                        "Mocked result must contain the same number of items as number of Parallel branches.",
                    ));
                }
            }
            StateKind::Map(map) => check_map(map, &result, failed_iterations)?,
            StateKind::Task(task) => {
                let strictness = match self.field_validation_mode.as_deref() {
                    Some("NONE") => None,
                    Some("PRESENT") => Some(Strictness::Present),
                    _ => Some(Strictness::Required),
                };
                let answers = Answers::of(&task.resource.kind).map_err(ApiError::fault)?;
                if let Some((strictness, answers)) = strictness.zip(answers) {
                    check_object(&result)?;
                    answers.check(result.value(), strictness).map_err(|difference| {
                        ApiError::validation(format!("Mock result schema validation error: {difference}"))
                    })?;
                }
            }
            StateKind::Pass(_)
            | StateKind::Choice(_)
            | StateKind::Wait(_)
            | StateKind::Succeed
            | StateKind::Fail(_) => {}
        }
        Ok(TaskReport::Succeeded { output: result })
    }
}

/// The result of a Map state is the array of its outputs, or what tells where
/// they were written to.
fn check_map(map: &Map, result: &Payload, failed_iterations: Option<u64>) -> Result<(), ApiError> {
    if map.result_writer.as_ref().is_some_and(|writer| writer.resource.is_some()) {
        return check_object(result);
    }
    let length = array_length(result)?;
    if failed_iterations.is_some_and(|failed| failed > length as u64) {
        return Err(ApiError::validation(
            "Map iteration failure count must be less than or equal to the number of Map iterations",
        ));
    }
    Ok(())
}

fn check_object(result: &Payload) -> Result<(), ApiError> {
    if result.value().kind() == Kind::Object {
        return Ok(());
    }
    Err(ApiError::validation("Mocked result must be a JSON object."))
}

fn array_length(result: &Payload) -> Result<usize, ApiError> {
    let items = result.value().as_array();
    items.map(|items| items.len()).ok_or_else(|| ApiError::validation("Mocked result must be an array."))
}
