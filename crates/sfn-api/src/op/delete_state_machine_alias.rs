//! `DeleteStateMachineAlias`: deleting what is not there succeeds.

use serde::Deserialize;

use crate::{Api, ApiError, Operation, arn_rules, json, model};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    state_machine_alias_arn: String,
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = model::read(Operation::DeleteStateMachineAlias, body)?;
    let (machine, name) = arn_rules::alias(&request.state_machine_alias_arn)?;
    api.store.delete_alias(&machine, &name).await?;
    json::write(&json::Empty {})
}
