//! `UpdateStateMachineAlias`

use serde::{Deserialize, Serialize};
use sfn_store::UpdateAlias;

use crate::shape::routing::{self, RoutingItem};
use crate::shape::time::Epoch;
use crate::{Api, ApiError, Operation, Reason, arn_rules, json, model, publishing};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    state_machine_alias_arn: String,
    description: Option<String>,
    routing_configuration: Option<Vec<RoutingItem>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    update_date: Epoch,
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = model::read(Operation::UpdateStateMachineAlias, body)?;
    let (machine, name) = arn_rules::alias(&request.state_machine_alias_arn)?;
    if request.description.is_none() && request.routing_configuration.is_none() {
        return Err(ApiError::because(
            Reason::MissingParameter,
            "Either the description or the routing configuration must be specified",
        ));
    }
    let routing = match request.routing_configuration.as_deref().map(routing::read).transpose()? {
        Some((other, _)) if other != machine => {
            return Err(ApiError::because(
                Reason::Routing,
                format!(
                    "Routing configuration must contain versions of the state machine of the alias. Received: [{other}]"
                ),
            ));
        }
        read => read.map(|(_, routing)| routing),
    };
    let update = UpdateAlias {
        machine: machine.clone(),
        name,
        description: request.description.map(Into::into),
        routing,
        updated_at: api.host.now(),
    };
    let alias = api.store.update_alias(update).await;
    let alias = alias.map_err(|error| publishing::refused(error, &machine))?;
    json::write(&Response { update_date: Epoch(alias.updated_at) })
}
