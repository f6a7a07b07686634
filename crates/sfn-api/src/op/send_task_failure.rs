//! `SendTaskFailure`: without an error the task fails all the same.

use asl_runtime::{Problem, TaskReport};
use serde::Deserialize;
use sfn_store::AnswerKind;

use crate::{Api, ApiError, Operation, json, model};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    task_token: String,
    error: Option<String>,
    cause: Option<String>,
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = model::read(Operation::SendTaskFailure, body)?;
    let problem = Problem { error: request.error, cause: request.cause };
    api.answer_task(&request.task_token, AnswerKind::Final, &TaskReport::Failed(problem)).await?;
    json::write(&json::Empty {})
}
