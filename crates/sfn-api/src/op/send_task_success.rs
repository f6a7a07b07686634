//! `SendTaskSuccess`

use asl_runtime::TaskReport;
use serde::Deserialize;
use sfn_store::AnswerKind;

use crate::constraint::Constraints;
use crate::{Api, ApiError, document, json, task_report};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    task_token: Option<String>,
    output: Option<String>,
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = json::read(body)?;
    let mut constraints = Constraints::default();
    task_report::check_token(&mut constraints, request.task_token.as_deref());
    constraints.required("output", request.output.as_ref());
    document::check(&mut constraints, "output", request.output.as_deref());
    constraints.finish()?;
    let output = document::output(request.output.as_deref().unwrap_or_default())?;
    let token = request.task_token.as_deref().unwrap_or_default();
    api.answer_task(token, AnswerKind::Final, &TaskReport::Succeeded { output }).await?;
    json::write(&json::Empty {})
}
