//! `SendTaskHeartbeat`

use asl_runtime::TaskReport;
use serde::Deserialize;
use sfn_store::AnswerKind;

use crate::{Api, ApiError, Operation, json, model};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    task_token: String,
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = model::read(Operation::SendTaskHeartbeat, body)?;
    api.answer_task(&request.task_token, AnswerKind::Heartbeat, &TaskReport::Heartbeat).await?;
    json::write(&json::Empty {})
}
