//! `CreateStateMachineAlias`: idempotent on all its members.

use serde::{Deserialize, Serialize};
use sfn_store::{AliasRecord, Creation};

use crate::shape::routing::{self, RoutingItem};
use crate::shape::time::Epoch;
use crate::{Api, ApiError, ErrorCode, Operation, arn_rules, json, model, publishing};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    description: Option<String>,
    name: String,
    routing_configuration: Vec<RoutingItem>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    state_machine_alias_arn: String,
    creation_date: Epoch,
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = model::read(Operation::CreateStateMachineAlias, body)?;
    let (machine, routing) = routing::read(&request.routing_configuration)?;
    let now = api.host.now();
    let alias = AliasRecord {
        machine,
        name: arn_rules::name(&request.name)?,
        description: request.description.map(Into::into),
        routing,
        created_at: now,
        updated_at: now,
    };
    let creation = api.store.create_alias(alias.clone()).await;
    let alias = match creation.map_err(|error| publishing::refused(error, &alias.machine))? {
        Creation::Created(created) => created,
        Creation::Existing(present)
            if present.description == alias.description && present.routing == alias.routing =>
        {
            present
        }
        Creation::Existing(_) => {
            return Err(ApiError::new(
                ErrorCode::ConflictException,
                "Failed to create alias because an alias with the same name and a different routing configuration already exists.",
            ));
        }
    };
    json::write(&Response {
        state_machine_alias_arn: alias.arn().to_string(),
        creation_date: Epoch(alias.created_at),
    })
}
