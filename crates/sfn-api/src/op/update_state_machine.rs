//! `UpdateStateMachine`: a new revision, unless nothing differs.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sfn_store::{Revision, StateMachineRecord, StateMachineStatus, UpdateError};

use crate::shape::configuration::{self, Settings};
use crate::shape::time::Epoch;
use crate::{Api, ApiError, ErrorCode, Operation, Timestamp, arn_rules, json, lookup, model};

/// How often to begin again because somebody else updated the state machine
/// in between.
const ATTEMPTS_MAX: u32 = 10;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    state_machine_arn: String,
    definition: Option<String>,
    role_arn: Option<String>,
    publish: Option<bool>,
    version_description: Option<String>,
    #[serde(flatten)]
    settings: Settings,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Response<'a> {
    update_date: Epoch,
    #[serde(skip_serializing_if = "Option::is_none")]
    revision_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state_machine_version_arn: Option<String>,
}

impl Request {
    /// The checks that AWS makes once it has found the state machine.
    fn check_change(&self) -> Result<(), ApiError> {
        if self.definition.is_none() && self.role_arn.is_none() && self.settings.is_empty() {
            return Err(ApiError::new(
                ErrorCode::MissingRequiredParameter,
                "Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified",
            ));
        }
        if let Some(role_arn) = &self.role_arn {
            arn_rules::check_role(role_arn)?;
        }
        self.settings.check()?;
        configuration::check_publish(self.publish, self.version_description.as_deref())
    }

    /// The revision that this request makes of the present one.
    fn applied_to(&self, machine: &StateMachineRecord, api: &Api) -> Result<Revision, ApiError> {
        let present = &*machine.revision;
        let definition = match &self.definition {
            Some(text) => {
                let parsed = api.definitions.parsed(text, lookup::parser_type(machine.machine_type))?;
                Arc::clone(&parsed.text)
            }
            None => Arc::clone(&present.definition),
        };
        Ok(Revision {
            id: present.id.clone(),
            number: present.number,
            updated_at: present.updated_at,
            definition,
            role_arn: self.role_arn.as_deref().map_or_else(|| Arc::clone(&present.role_arn), Arc::from),
            logging: self.settings.logging_text()?.or_else(|| present.logging.clone()),
            tracing: self.settings.tracing_text()?.or_else(|| present.tracing.clone()),
            encryption: self.settings.encryption_text()?.or_else(|| present.encryption.clone()),
        })
    }

    /// Publishes if that is wanted, and answers. The revision is published even
    /// if it is no longer the current one, as if the next update came later.
    async fn answer(
        &self,
        api: &Api,
        now: Timestamp,
        machine: &StateMachineRecord,
    ) -> Result<Vec<u8>, ApiError> {
        let version = match self.publish {
            Some(true) => {
                Some(api.publish(machine, self.version_description.as_deref()).await?.into_record())
            }
            Some(false) | None => None,
        };
        json::write(&Response {
            update_date: Epoch(now),
            revision_id: configuration::shown_revision(&machine.revision),
            state_machine_version_arn: version.map(|version| version.arn().to_string()),
        })
    }
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = model::read(Operation::UpdateStateMachine, body)?;
    let arn = arn_rules::state_machine(&request.state_machine_arn)?;
    for _ in 0..ATTEMPTS_MAX {
        let machine = api.state_machine(&arn).await?;
        if machine.status == StateMachineStatus::Deleting {
            return Err(ApiError::deleting(&arn));
        }
        request.check_change()?;
        request.settings.check_log_group(api).await?;
        let mut revision = request.applied_to(&machine, api)?;
        let now = api.host.now();
        if revision == *machine.revision {
            return request.answer(api, now, &machine).await;
        }
        revision.id = api.revision_id()?;
        revision.number = revision.number.saturating_add(1);
        revision.updated_at = now;
        let update = sfn_store::UpdateStateMachine {
            arn: machine.arn,
            expected: machine.revision.id.clone(),
            revision: Arc::new(revision),
        };
        match api.store.update_state_machine(update).await {
            Ok(machine) => return request.answer(api, now, &machine).await,
            Err(UpdateError::Conflict { .. }) => {}
            Err(UpdateError::NoSuchStateMachine) => return Err(ApiError::no_state_machine(&arn)),
            Err(UpdateError::Deleting) => return Err(ApiError::deleting(&arn)),
            Err(UpdateError::Fault(fault)) => return Err(fault.into()),
        }
    }
    Err(ApiError::new(
        ErrorCode::ConflictException,
        "The state machine is being updated by others. Try again.",
    ))
}
