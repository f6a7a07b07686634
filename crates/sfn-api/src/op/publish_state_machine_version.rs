//! `PublishStateMachineVersion`: idempotent while the revision stays.

use serde::{Deserialize, Serialize};
use sfn_store::StateMachineStatus;

use crate::constraint::Constraints;
use crate::shape::configuration;
use crate::shape::time::Epoch;
use crate::{Api, ApiError, ErrorCode, arn_rules, json};

/// How a request names the revision that has no id yet. API reference,
/// `revisionId`.
const INITIAL: &str = "INITIAL";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    state_machine_arn: Option<String>,
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
    let request: Request = json::read(body)?;
    let text = request.state_machine_arn.as_deref();
    let mut constraints = Constraints::default();
    constraints.required_length("stateMachineArn", text, 1..=256);
    constraints.sensitive_length("description", request.description.as_deref(), 0..=256);
    constraints.finish()?;
    let machine = api.state_machine(&arn_rules::state_machine(text.unwrap_or_default())?).await?;
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
