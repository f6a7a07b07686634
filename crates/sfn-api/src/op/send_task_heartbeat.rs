//! `SendTaskHeartbeat`

use asl_runtime::TaskReport;
use serde::Deserialize;
use sfn_store::AnswerKind;

use crate::constraint::Constraints;
use crate::{Api, ApiError, json, task_report};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    task_token: Option<String>,
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = json::read(body)?;
    let mut constraints = Constraints::default();
    task_report::check_token(&mut constraints, request.task_token.as_deref());
    constraints.finish()?;
    let token = request.task_token.as_deref().unwrap_or_default();
    api.answer_task(token, AnswerKind::Heartbeat, &TaskReport::Heartbeat).await?;
    json::write(&json::Empty {})
}
