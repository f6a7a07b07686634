//! `ListStateMachineVersions`: newest first.

use serde::{Deserialize, Serialize};

use crate::constraint::Constraints;
use crate::shape::time::Epoch;
use crate::{Api, ApiError, arn_rules, json, paging};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    state_machine_arn: Option<String>,
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
    let request: Request = json::read(body)?;
    let text = request.state_machine_arn.as_deref();
    let mut constraints = Constraints::default();
    constraints.required_length("stateMachineArn", text, 1..=256);
    paging::check(&mut constraints, request.max_results, request.next_token.as_deref(), 1024);
    constraints.finish()?;
    let machine = api.state_machine(&arn_rules::state_machine(text.unwrap_or_default())?).await?.arn;
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
