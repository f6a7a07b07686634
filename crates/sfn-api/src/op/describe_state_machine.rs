//! `DescribeStateMachine`

use serde::{Deserialize, Serialize};
use sfn_store::id::Qualifier;

use crate::shape::configuration::{Description, METADATA_ONLY};
use crate::shape::time::Epoch;
use crate::{Api, ApiError, Operation, arn_rules, json, model};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    state_machine_arn: String,
    included_data: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Response<'a> {
    state_machine_arn: String,
    name: &'a str,
    status: &'static str,
    r#type: &'static str,
    creation_date: Epoch,
    /// Of the version.
    #[serde(rename = "description", skip_serializing_if = "Option::is_none")]
    version_description: Option<&'a str>,
    #[serde(flatten)]
    description: Description<'a>,
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = model::read(Operation::DescribeStateMachine, body)?;
    let arn = arn_rules::state_machine(&request.state_machine_arn)?;
    let machine = api.qualified(&arn).await?;
    let version = match arn.qualifier {
        None => None,
        Some(Qualifier::Version(number)) => api.store.version(&machine.arn, number).await?,
        Some(Qualifier::Alias(_) | Qualifier::MapLabel(_)) => return Err(ApiError::no_state_machine(&arn)),
    };
    let created_at = version.as_ref().map_or(machine.created_at, |version| version.created_at);
    let revision = version.as_ref().map_or(&machine.revision, |version| &version.revision);
    let metadata_only = request.included_data.as_deref() == Some(METADATA_ONLY);
    json::write(&Response {
        state_machine_arn: arn.to_string(),
        name: machine.arn.name(),
        status: machine.status.as_str(),
        r#type: machine.machine_type.as_str(),
        creation_date: Epoch(created_at),
        version_description: version.as_ref().and_then(|version| version.description.as_deref()),
        description: Description::of(revision, metadata_only)?,
    })
}
