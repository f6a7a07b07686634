//! `ListStateMachines`: newest first.

use serde::{Deserialize, Serialize};

use crate::constraint::Constraints;
use crate::shape::time::Epoch;
use crate::{Api, ApiError, json, paging};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    max_results: Option<i64>,
    next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Response<'a> {
    state_machines: Vec<Item<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// `StateMachineListItem`
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Item<'a> {
    state_machine_arn: &'a str,
    name: &'a str,
    r#type: &'static str,
    creation_date: Epoch,
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = json::read(body)?;
    let mut constraints = Constraints::default();
    paging::check(&mut constraints, request.max_results, request.next_token.as_deref(), 1024);
    constraints.finish()?;
    let arguments = ["ListStateMachines"];
    let page = api.page(&arguments, request.max_results, request.next_token.as_deref())?;
    let page = api.store.list_state_machines(page).await?;
    let state_machines = page.items.iter().map(|machine| Item {
        state_machine_arn: machine.arn.as_str(),
        name: machine.arn.name(),
        r#type: machine.machine_type.as_str(),
        creation_date: Epoch(machine.created_at),
    });
    json::write(&Response {
        state_machines: state_machines.collect(),
        next_token: api.next_token(&arguments, page.next),
    })
}
