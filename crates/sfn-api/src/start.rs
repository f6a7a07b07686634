//! What `StartExecution` and `StartSyncExecution` have in common.

use std::collections::BTreeSet;
use std::sync::Arc;

use asl_runtime::{ExecutionIdentity, Start};
use asl_value::Payload;
use serde::Deserialize;
use sfn_store::id::{Name, StateMachineArn};
use sfn_store::{StartedOn, StateMachineRecord, StateMachineStatus};

use crate::{Api, ApiError, arn_rules, document};

/// The members that both operations know, within the model's constraints.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Request {
    state_machine_arn: String,
    name: Option<String>,
    input: Option<String>,
    trace_header: Option<String>,
}

/// A request that has passed all checks.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) machine: StateMachineRecord,
    pub(crate) started_on: Option<StartedOn>,
    pub(crate) name: Name,
    pub(crate) input: Payload,
    pub(crate) trace_header: Option<Arc<str>>,
    pub(crate) test_case: Option<Arc<str>>,
}

impl Request {
    /// Finds the state machine and reads name and input. `trace_header` is
    /// that of the HTTP request, which wins.
    pub(crate) async fn checked(self, api: &Api, trace_header: Option<&str>) -> Result<Checked, ApiError> {
        let (text, test_case) = arn_rules::without_test_case(&self.state_machine_arn);
        let arn = arn_rules::state_machine(text)?;
        let name = match &self.name {
            Some(name) => arn_rules::name(name)?,
            None => arn_rules::name(&api.uuid().to_string())?,
        };
        let (machine, started_on) = api.drawn(&arn).await?;
        if machine.status == StateMachineStatus::Deleting {
            return Err(ApiError::deleting(&machine.arn));
        }
        Ok(Checked {
            machine,
            started_on,
            name,
            input: document::input(self.input.as_deref())?,
            trace_header: trace_header.map(Arc::from).or_else(|| self.trace_header.map(Arc::from)),
            test_case: test_case.map(Arc::from),
        })
    }
}

impl Checked {
    /// What the engine starts with, for an execution of this ARN.
    pub(crate) fn engine_start(&self, arn: &Arc<str>, api: &Api) -> Start {
        let machine: &StateMachineArn = &self.machine.arn;
        let started_on = self.started_on.as_ref();
        let version = started_on.map(|it| it.version_arn(machine));
        let alias = started_on.and_then(|it| it.alias_arn(machine));
        Start {
            input: self.input.clone(),
            execution: ExecutionIdentity {
                arn: Arc::clone(arn),
                name: Arc::clone(self.name.shared()),
                role_arn: Arc::clone(&self.machine.revision.role_arn),
                state_machine_arn: Arc::clone(machine.shared()),
                state_machine_name: Arc::from(machine.name()),
                state_machine_version_arn: version.map(|arn| Arc::from(arn.to_string())),
                state_machine_alias_arn: alias.map(|arn| Arc::from(arn.to_string())),
                region: Arc::from(machine.region()),
                redrive_count: 0,
            },
            seed: api.host.entropy(),
            limits: api.limits.clone(),
            processor_of: None,
            missing_activities: BTreeSet::new(),
        }
    }
}
