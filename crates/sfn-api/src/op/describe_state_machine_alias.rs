//! `DescribeStateMachineAlias`

use serde::{Deserialize, Serialize};

use crate::constraint::Constraints;
use crate::shape::routing::{self, RoutingItem};
use crate::shape::time::Epoch;
use crate::{Api, ApiError, arn_rules, json, publishing};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    state_machine_alias_arn: Option<String>,
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
    let request: Request = json::read(body)?;
    let text = request.state_machine_alias_arn.as_deref();
    let mut constraints = Constraints::default();
    constraints.required_length("stateMachineAliasArn", text, 1..=256);
    constraints.finish()?;
    let (machine, name) = arn_rules::alias(text.unwrap_or_default())?;
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
