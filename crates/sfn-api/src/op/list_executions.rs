//! `ListExecutions`: newest first.

use serde::{Deserialize, Serialize};
use sfn_store::{ExecutionQuery, ExecutionStatus, MachineType};

use crate::constraint::Constraints;
use crate::shape::execution::STATUSES;
use crate::shape::time::Epoch;
use crate::{Api, ApiError, ErrorCode, arn_rules, json, paging};

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
    state_machine_arn: &'a str,
    name: &'a str,
    status: &'static str,
    start_date: Epoch,
    #[serde(skip_serializing_if = "Option::is_none")]
    stop_date: Option<Epoch>,
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
        let mut constraints = Constraints::default();
        constraints.length("stateMachineArn", self.state_machine_arn.as_deref(), 1..=256);
        constraints.one_of("statusFilter", self.status_filter.as_deref(), &STATUSES);
        paging::check(&mut constraints, self.max_results, self.next_token.as_deref(), 3096);
        constraints.length("mapRunArn", self.map_run_arn.as_deref(), 1..=2000);
        constraints.one_of("redriveFilter", self.redrive_filter.as_deref(), &["REDRIVEN", "NOT_REDRIVEN"]);
        constraints.finish()?;
        match (&self.state_machine_arn, &self.map_run_arn) {
            (Some(_), Some(_)) => {
                Err(ApiError::validation("Only one of stateMachineArn and mapRunArn can be specified"))
            }
            (None, None) => {
                Err(ApiError::validation("One of stateMachineArn and mapRunArn must be specified"))
            }
            (None, Some(map_run)) => {
                Err(ApiError::new(ErrorCode::ResourceNotFound, format!("Resource not found: '{map_run}'")))
            }
            (Some(_), None) if self.status_filter.as_deref() == Some("PENDING_REDRIVE") => {
                Err(ApiError::validation("The status PENDING_REDRIVE is supported only with a mapRunArn"))
            }
            (Some(_), None) => Ok(()),
        }
    }
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = json::read(body)?;
    request.check()?;
    let text = request.state_machine_arn.as_deref().unwrap_or_default();
    let arn = arn_rules::state_machine(text)?;
    let machine = api.qualified(&arn).await?;
    if machine.machine_type == MachineType::Express {
        return Err(ApiError::wrong_type());
    }
    let status = request.status_filter.as_deref();
    let redriven = request.redrive_filter.as_deref();
    let arguments = ["ListExecutions", text, status.unwrap_or_default(), redriven.unwrap_or_default()];
    let page = api.page(&arguments, request.max_results, request.next_token.as_deref())?;
    let query = ExecutionQuery {
        state_machine: machine.arn.clone(),
        qualifier: arn.qualifier,
        status: status.and_then(ExecutionStatus::from_name),
        page,
    };
    let page = api.store.list_executions(query).await?;
    let executions = page.items.iter().filter(|execution| match redriven {
        Some("REDRIVEN") => execution.redrive_count > 0,
        Some(_) => execution.redrive_count == 0,
        None => true,
    });
    let executions = executions.map(|execution| Item {
        execution_arn: execution.arn.as_str(),
        state_machine_arn: machine.arn.as_str(),
        name: execution.arn.name(),
        status: execution.status.as_str(),
        start_date: Epoch(execution.started_at),
        stop_date: execution.stopped_at.map(Epoch),
        state_machine_version_arn: execution
            .started_on
            .as_ref()
            .map(|it| it.version_arn(&machine.arn).to_string()),
        state_machine_alias_arn: execution
            .started_on
            .as_ref()
            .and_then(|it| it.alias_arn(&machine.arn))
            .map(|arn| arn.to_string()),
        redrive_count: execution.redrive_count,
        redrive_date: execution.redriven_at.map(Epoch),
    });
    json::write(&Response {
        executions: executions.collect(),
        next_token: api.next_token(&arguments, page.next),
    })
}
