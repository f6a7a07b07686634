//! `CreateStateMachine`: idempotent when all but role and tags are the same.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sfn_store::id::StateMachineArn;
use sfn_store::{
    Creation, FirstVersion, MachineType, NewStateMachine, Revision, StateMachineRecord, StateMachineStatus,
};

use crate::shape::configuration::{self, Settings};
use crate::shape::tag::{self, Tag};
use crate::shape::time::Epoch;
use crate::{Api, ApiError, ErrorCode, Operation, arn_rules, json, lookup, model};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    name: String,
    definition: String,
    role_arn: String,
    r#type: Option<String>,
    tags: Option<Vec<Tag>>,
    publish: Option<bool>,
    version_description: Option<String>,
    #[serde(flatten)]
    settings: Settings,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Response<'a> {
    state_machine_arn: &'a str,
    creation_date: Epoch,
    #[serde(skip_serializing_if = "Option::is_none")]
    state_machine_version_arn: Option<String>,
}

impl Request {
    fn check(&self) -> Result<(), ApiError> {
        arn_rules::check_role(&self.role_arn)?;
        configuration::check_publish(self.publish, self.version_description.as_deref())
    }
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = model::read(Operation::CreateStateMachine, body)?;
    request.check()?;
    let name = arn_rules::name(&request.name)?;
    let machine_type = request.r#type.as_deref().and_then(MachineType::from_name);
    let machine_type = machine_type.unwrap_or(MachineType::Standard);
    let settings = request.settings.or_defaults();
    settings.check()?;
    let definition = api.definitions.parsed(&request.definition, lookup::parser_type(machine_type))?;
    settings.check_log_group(api).await?;
    let now = api.host.now();
    let arn = api.scope.state_machine(&name);
    let tags = tag::of_new(request.tags.unwrap_or_default(), arn.as_str())?;
    let revision = Revision {
        id: api.revision_id()?,
        number: 1,
        updated_at: now,
        definition: Arc::clone(&definition.text),
        role_arn: request.role_arn.into(),
        logging: settings.logging_text()?,
        tracing: settings.tracing_text()?,
        encryption: settings.encryption_text()?,
    };
    let record = StateMachineRecord {
        arn,
        machine_type,
        status: StateMachineStatus::Active,
        created_at: now,
        revision: Arc::new(revision),
    };
    let description = request.version_description.map(Arc::from);
    let version = (request.publish == Some(true)).then_some(FirstVersion { description });
    let new = NewStateMachine { record: record.clone(), tags, version: version.clone() };
    let machine = match api.store.create_state_machine(new).await? {
        Creation::Existing(present) => {
            let present = the_same(present, &record)?;
            if first_version(api, &present).await? != version {
                return Err(exists(&present.arn));
            }
            present
        }
        Creation::Created(created) => created,
    };
    json::write(&Response {
        state_machine_arn: machine.arn.as_str(),
        creation_date: Epoch(machine.created_at),
        state_machine_version_arn: version.map(|_| machine.arn.version(1).to_string()),
    })
}

/// The version that a state machine was created with. One that is deleted is
/// forgotten.
async fn first_version(api: &Api, machine: &StateMachineRecord) -> Result<Option<FirstVersion>, ApiError> {
    let version = api.store.version(&machine.arn, 1).await?;
    let version = version.filter(|version| version.is_created_with_machine);
    Ok(version.map(|version| FirstVersion { description: version.description }))
}

/// The state machine that is there, if it is what was asked for but for its role.
fn the_same(present: StateMachineRecord, asked: &StateMachineRecord) -> Result<StateMachineRecord, ApiError> {
    if present.status == StateMachineStatus::Deleting {
        return Err(ApiError::deleting(&present.arn));
    }
    let (old, new) = (&present.revision, &asked.revision);
    let same = present.machine_type == asked.machine_type
        && old.definition == new.definition
        && old.logging == new.logging
        && old.tracing == new.tracing
        && old.encryption == new.encryption;
    if same { Ok(present) } else { Err(exists(&present.arn)) }
}

fn exists(arn: &StateMachineArn) -> ApiError {
    ApiError::new(ErrorCode::StateMachineAlreadyExists, format!("State Machine Already Exists: '{arn}'"))
}
