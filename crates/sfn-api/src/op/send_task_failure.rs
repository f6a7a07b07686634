//! `SendTaskFailure`: without an error the task fails all the same.

use asl_runtime::{Problem, TaskReport};
use serde::Deserialize;
use sfn_store::AnswerKind;

use crate::constraint::Constraints;
use crate::{Api, ApiError, json, task_report};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    task_token: Option<String>,
    error: Option<String>,
    cause: Option<String>,
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = json::read(body)?;
    let mut constraints = Constraints::default();
    task_report::check_token(&mut constraints, request.task_token.as_deref());
    constraints.sensitive_length("error", request.error.as_deref(), 0..=256);
    constraints.sensitive_length("cause", request.cause.as_deref(), 0..=32_768);
    constraints.finish()?;
    let problem = Problem { error: request.error, cause: request.cause };
    let token = request.task_token.as_deref().unwrap_or_default();
    api.answer_task(token, AnswerKind::Final, &TaskReport::Failed(problem)).await?;
    json::write(&json::Empty {})
}
