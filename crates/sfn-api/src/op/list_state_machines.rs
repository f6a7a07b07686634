//! `ListStateMachines`: newest first.

use serde::Serialize;

use crate::shape::time::Epoch;
use crate::{Api, ApiError, Operation, json, model, paging};

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

/// What page tokens are bound to.
const OPERATION: &str = "ListStateMachines";

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: paging::Request = model::read(Operation::ListStateMachines, body)?;
    let page = api.store.list_state_machines(request.page(api, OPERATION)?).await?;
    let state_machines = page.items.iter().map(|machine| Item {
        state_machine_arn: machine.arn.as_str(),
        name: machine.arn.name(),
        r#type: machine.machine_type.as_str(),
        creation_date: Epoch(machine.created_at),
    });
    json::write(&Response {
        state_machines: state_machines.collect(),
        next_token: api.next_token(&[OPERATION], page.next),
    })
}
