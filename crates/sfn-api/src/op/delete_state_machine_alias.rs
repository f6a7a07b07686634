//! `DeleteStateMachineAlias`: deleting what is not there succeeds.

use serde::Deserialize;

use crate::constraint::Constraints;
use crate::{Api, ApiError, arn_rules, json};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    state_machine_alias_arn: Option<String>,
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = json::read(body)?;
    let text = request.state_machine_alias_arn.as_deref();
    let mut constraints = Constraints::default();
    constraints.required_length("stateMachineAliasArn", text, 1..=256);
    constraints.finish()?;
    let (machine, name) = arn_rules::alias(text.unwrap_or_default())?;
    api.store.delete_alias(&machine, &name).await?;
    json::write(&json::Empty {})
}
