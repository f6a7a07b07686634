//! `PublishStateMachineVersion`: idempotent while the revision stays.

use serde::{Deserialize, Serialize};
use sfn_store::StateMachineStatus;

use crate::shape::configuration;
use crate::shape::time::Epoch;
use crate::{Api, ApiError, ErrorCode, Operation, arn_rules, json, model};

/// How a request names the revision that has no id yet. API reference,
/// `revisionId`.
const INITIAL: &str = "INITIAL";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    state_machine_arn: String,
    revision_id: Option<String>,
    description: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    creation_date: Epoch,
    state_machine_version_arn: String,
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = model::read(Operation::PublishStateMachineVersion, body)?;
    let machine = api.state_machine(&arn_rules::state_machine(&request.state_machine_arn)?).await?;
    if machine.status == StateMachineStatus::Deleting {
        return Err(ApiError::deleting(&machine.arn));
    }
    let current = configuration::shown_revision(&machine.revision).unwrap_or(INITIAL);
    if let Some(revision) = request.revision_id.as_deref().filter(|revision| *revision != current) {
        return Err(ApiError::new(
            ErrorCode::ConflictException,
            format!(
                "Failed to publish the State Machine version for revision {revision}. The current State Machine revision is {current}."
            ),
        ));
    }
    let version = api.publish(&machine, request.description.as_deref()).await?.into_record();
    json::write(&Response {
        creation_date: Epoch(version.created_at),
        state_machine_version_arn: version.arn().to_string(),
    })
}
