//! `DescribeStateMachineAlias`

use serde::{Deserialize, Serialize};

use crate::shape::routing::{self, RoutingItem};
use crate::shape::time::Epoch;
use crate::{Api, ApiError, Operation, arn_rules, json, model, publishing};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    state_machine_alias_arn: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Response<'a> {
    state_machine_alias_arn: String,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    routing_configuration: Vec<RoutingItem>,
    creation_date: Epoch,
    update_date: Epoch,
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = model::read(Operation::DescribeStateMachineAlias, body)?;
    let (machine, name) = arn_rules::alias(&request.state_machine_alias_arn)?;
    let alias = api.store.alias(&machine, &name).await?.ok_or_else(publishing::not_there)?;
    json::write(&Response {
        state_machine_alias_arn: alias.arn().to_string(),
        name: alias.name.as_str(),
        description: alias.description.as_deref(),
        routing_configuration: routing::shown(&alias),
        creation_date: Epoch(alias.created_at),
        update_date: Epoch(alias.updated_at),
    })
}
