//! `DescribeStateMachineForExecution`: the revision that an execution runs.

use serde::{Deserialize, Serialize};

use crate::constraint::Constraints;
use crate::shape::configuration::{Description, METADATA_ONLY};
use crate::shape::execution::INCLUDED_DATA;
use crate::shape::time::Epoch;
use crate::{Api, ApiError, arn_rules, json};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    execution_arn: Option<String>,
    included_data: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Response<'a> {
    state_machine_arn: &'a str,
    name: &'a str,
    update_date: Epoch,
    #[serde(flatten)]
    description: Description<'a>,
}

/// The store keeps the revisions of all its executions, so this is a fault.
#[derive(Debug, thiserror::Error)]
#[error("the revision of an execution is not in the store")]
struct MissingRevision;

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = json::read(body)?;
    let text = request.execution_arn.as_deref();
    let mut constraints = Constraints::default();
    constraints.required_length("executionArn", text, 1..=256);
    constraints.one_of("includedData", request.included_data.as_deref(), &INCLUDED_DATA);
    constraints.finish()?;
    let execution = api.execution(&arn_rules::execution(text.unwrap_or_default())?).await?;
    let revision = api.store.revision(&execution.revision).await?;
    let revision = revision.ok_or_else(|| ApiError::fault(MissingRevision))?;
    let machine = execution.arn.state_machine();
    let metadata_only = request.included_data.as_deref() == Some(METADATA_ONLY);
    json::write(&Response {
        state_machine_arn: machine.as_str(),
        name: machine.name(),
        update_date: Epoch(revision.updated_at),
        description: Description::of(&revision, metadata_only)?,
    })
}
