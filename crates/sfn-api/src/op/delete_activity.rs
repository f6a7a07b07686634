//! `DeleteActivity`: deleting what is not there succeeds.

use serde::Deserialize;

use crate::{Api, ApiError, Operation, arn_rules, json, model};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    activity_arn: String,
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = model::read(Operation::DeleteActivity, body)?;
    let arn = arn_rules::activity(&request.activity_arn)?;
    api.store.delete_activity(&arn).await?;
    json::write(&json::Empty {})
}
