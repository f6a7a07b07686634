//! `DeleteStateMachineVersion`: refused while an alias leads to it; deleting
//! what is not there succeeds.

use serde::Deserialize;
use sfn_store::DeleteVersionError;

use crate::constraint::Constraints;
use crate::{Api, ApiError, ErrorCode, arn_rules, json};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    state_machine_version_arn: Option<String>,
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = json::read(body)?;
    let text = request.state_machine_version_arn.as_deref();
    let mut constraints = Constraints::default();
    constraints.required_length("stateMachineVersionArn", text, 1..=2000);
    constraints.finish()?;
    let (machine, number) = arn_rules::version(text.unwrap_or_default())?;
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
