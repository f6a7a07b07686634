//! `ListExecutions`: newest first.

use serde::{Deserialize, Serialize};
use sfn_store::{ExecutionQuery, ExecutionStatus, ExecutionsOf, MachineType};

use crate::shape::time::Epoch;
use crate::{Api, ApiError, Operation, Reason, arn_rules, json, model};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    state_machine_arn: Option<String>,
    status_filter: Option<String>,
    max_results: Option<i64>,
    next_token: Option<String>,
    map_run_arn: Option<String>,
    redrive_filter: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Response<'a> {
    executions: Vec<Item<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// `ExecutionListItem`
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Item<'a> {
    execution_arn: &'a str,
    state_machine_arn: String,
    name: &'a str,
    status: &'static str,
    start_date: Epoch,
    #[serde(skip_serializing_if = "Option::is_none")]
    stop_date: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    map_run_arn: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(rename = "itemCount")]
    items: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state_machine_version_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state_machine_alias_arn: Option<String>,
    redrive_count: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    redrive_date: Option<Epoch>,
}

impl Request {
    fn check(&self) -> Result<(), ApiError> {
        match (&self.state_machine_arn, &self.map_run_arn) {
            (Some(_), Some(_)) => {
                Err(ApiError::validation("Only one of stateMachineArn and mapRunArn can be specified"))
            }
            (None, None) => {
                let text = "One of stateMachineArn and mapRunArn must be specified";
                Err(ApiError::because(Reason::MissingParameter, text))
            }
            (Some(_), None) if self.status() == Some(ExecutionStatus::PendingRedrive) => {
                Err(ApiError::validation("The status PENDING_REDRIVE is supported only with a mapRunArn"))
            }
            (Some(_), None) | (None, Some(_)) => Ok(()),
        }
    }

    fn status(&self) -> Option<ExecutionStatus> {
        self.status_filter.as_deref().and_then(ExecutionStatus::from_name)
    }

    /// Whose executions are asked for: somebody's who is there.
    async fn of(&self, api: &Api) -> Result<ExecutionsOf, ApiError> {
        if let Some(text) = &self.map_run_arn {
            let map_run = api.map_run(&arn_rules::map_run(text)?).await?;
            return Ok(ExecutionsOf::MapRun(map_run.arn));
        }
        let arn = arn_rules::state_machine(self.state_machine_arn.as_deref().unwrap_or_default())?;
        if api.qualified(&arn).await?.machine_type == MachineType::Express {
            return Err(ApiError::wrong_type());
        }
        Ok(ExecutionsOf::StateMachine(arn))
    }
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = model::read(Operation::ListExecutions, body)?;
    request.check()?;
    let of = request.of(api).await?;
    let status = request.status_filter.as_deref();
    let redriven = request.redrive_filter.as_deref();
    let subject = request.state_machine_arn.as_deref().or(request.map_run_arn.as_deref());
    let arguments = [Some("ListExecutions"), subject, status, redriven].map(Option::unwrap_or_default);
    let page = api.page(&arguments, request.max_results, request.next_token.as_deref())?;
    let query = ExecutionQuery {
        of,
        status: request.status(),
        redriven: redriven.map(|filter| filter == "REDRIVEN"),
        page,
    };
    let page = api.store.list_executions(query).await?;
    let executions = page.items.iter().map(|execution| Item {
        execution_arn: execution.arn.as_str(),
        state_machine_arn: execution.arn.labelled_state_machine(),
        name: execution.arn.name(),
        status: execution.status.as_str(),
        start_date: Epoch(execution.started_at),
        stop_date: execution.stopped_at.map(Epoch),
        map_run_arn: execution.map_run.as_ref().map(|link| link.map_run.as_str()),
        items: execution.map_run.as_ref().map(|link| link.items),
        state_machine_version_arn: execution
            .started_on
            .as_ref()
            .map(|it| it.version_arn(&execution.arn.state_machine()).to_string()),
        state_machine_alias_arn: execution
            .started_on
            .as_ref()
            .and_then(|it| it.alias_arn(&execution.arn.state_machine()))
            .map(|arn| arn.to_string()),
        redrive_count: execution.redrive_count,
        redrive_date: execution.redriven_at.map(Epoch),
    });
    json::write(&Response {
        executions: executions.collect(),
        next_token: api.next_token(&arguments, page.next),
    })
}
