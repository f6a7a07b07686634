//! `DeleteStateMachineVersion`: refused while an alias leads to it; deleting
//! what is not there succeeds.

use serde::Deserialize;
use sfn_store::DeleteVersionError;

use crate::{Api, ApiError, ErrorCode, Operation, arn_rules, json, model};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    state_machine_version_arn: String,
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = model::read(Operation::DeleteStateMachineVersion, body)?;
    let (machine, number) = arn_rules::version(&request.state_machine_version_arn)?;
    match api.store.delete_version(&machine, number).await {
        Ok(()) => json::write(&json::Empty {}),
        Err(DeleteVersionError::Referenced { aliases }) => {
            let aliases: Vec<_> = aliases.iter().map(AsRef::as_ref).collect();
            Err(ApiError::new(
                ErrorCode::ConflictException,
                format!(
                    "Version to be deleted must not be referenced by an alias. Current list of aliases referencing this version: [{}]",
                    aliases.join(", ")
                ),
            ))
        }
        Err(DeleteVersionError::Fault(fault)) => Err(fault.into()),
    }
}
