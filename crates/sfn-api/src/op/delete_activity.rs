//! `DeleteActivity`: deleting what is not there succeeds.

use serde::Deserialize;

use crate::constraint::Constraints;
use crate::{Api, ApiError, arn_rules, json};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    activity_arn: Option<String>,
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = json::read(body)?;
    let text = request.activity_arn.as_deref();
    let mut constraints = Constraints::default();
    constraints.required_length("activityArn", text, 1..=256);
    constraints.finish()?;
    let arn = arn_rules::activity(text.unwrap_or_default())?;
    api.store.delete_activity(&arn).await?;
    json::write(&json::Empty {})
}
