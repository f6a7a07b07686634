//! `ListStateMachineVersions`: newest first. What is not there has none: the
//! model knows no error for it.

use serde::{Deserialize, Serialize};

use crate::shape::time::Epoch;
use crate::{Api, ApiError, Operation, arn_rules, json, model};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    state_machine_arn: String,
    max_results: Option<i64>,
    next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    state_machine_versions: Vec<Item>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// `StateMachineVersionListItem`
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    state_machine_version_arn: String,
    creation_date: Epoch,
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = model::read(Operation::ListStateMachineVersions, body)?;
    let arn = arn_rules::state_machine(&request.state_machine_arn)?;
    if arn.qualifier.is_some() {
        return Err(ApiError::invalid_arn(format_args!("Invalid ARN: {arn}")));
    }
    let machine = arn.state_machine;
    let arguments = ["ListStateMachineVersions", machine.as_str()];
    let page = api.page(&arguments, request.max_results, request.next_token.as_deref())?;
    let page = api.store.list_versions(&machine, page).await?;
    let versions = page.items.iter().map(|version| Item {
        state_machine_version_arn: machine.version(version.number).to_string(),
        creation_date: Epoch(version.created_at),
    });
    json::write(&Response {
        state_machine_versions: versions.collect(),
        next_token: api.next_token(&arguments, page.next),
    })
}
