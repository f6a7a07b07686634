//! `SendTaskSuccess`

use asl_runtime::TaskReport;
use serde::Deserialize;
use sfn_store::AnswerKind;

use crate::{Api, ApiError, Operation, document, json, model};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    task_token: String,
    output: String,
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = model::read(Operation::SendTaskSuccess, body)?;
    let output = document::output(&request.output)?;
    api.answer_task(&request.task_token, AnswerKind::Final, &TaskReport::Succeeded { output }).await?;
    json::write(&json::Empty {})
}
