//! `CreateStateMachineAlias`: idempotent on all its members.

use serde::{Deserialize, Serialize};
use sfn_store::{AliasRecord, Creation};

use crate::constraint::Constraints;
use crate::shape::routing::{self, RoutingItem};
use crate::shape::time::Epoch;
use crate::{Api, ApiError, ErrorCode, arn_rules, json, publishing};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    description: Option<String>,
    name: Option<String>,
    routing_configuration: Option<Vec<RoutingItem>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    state_machine_alias_arn: String,
    creation_date: Epoch,
}

/// Whether a name tells an alias from a version. API reference,
/// `CharacterRestrictedName`.
fn is_alias_name(name: &str) -> bool {
    let is_sign = |b: u8| matches!(b, b'_' | b'-' | b'.');
    name.bytes().all(|b| b.is_ascii_alphanumeric() || is_sign(b)) && name.bytes().any(|b| !b.is_ascii_digit())
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = json::read(body)?;
    let name = request.name.as_deref();
    let mut constraints = Constraints::default();
    constraints.sensitive_length("description", request.description.as_deref(), 0..=256);
    constraints.required_length("name", name, 1..=80);
    constraints.pattern("name", name, r"^(?=.*[a-zA-Z_\-\.])[a-zA-Z0-9_\-\.]+$", is_alias_name);
    constraints.required("routingConfiguration", request.routing_configuration.as_ref());
    routing::check(&mut constraints, request.routing_configuration.as_deref());
    constraints.finish()?;
    let (machine, routing) = routing::read(request.routing_configuration.as_deref().unwrap_or_default())?;
    let now = api.host.now();
    let alias = AliasRecord {
        machine,
        name: arn_rules::name(name.unwrap_or_default())?,
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
