//! `RedriveExecution`: an execution goes on from where it failed. Idempotent on
//! the client token.

use asl_runtime::{Limits, Signal};
use serde::{Deserialize, Serialize};
use sfn_store::{RedriveError, RedriveExecution};

use crate::shape::execution::Redrive;
use crate::shape::time::Epoch;
use crate::{Api, ApiError, ErrorCode, Operation, arn_rules, json, model};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    execution_arn: String,
    client_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    redrive_date: Epoch,
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = model::read(Operation::RedriveExecution, body)?;
    let token = request.client_token.as_deref();
    let arn = arn_rules::execution(&request.execution_arn)?;
    let now = api.host.now();
    if let Some(at) = token.and_then(|token| api.redrive_tokens.redriven_at(&arn, token, now)) {
        return json::write(&Response { redrive_date: Epoch(at) });
    }
    let execution = api.execution(&arn).await?;
    let redrive = Redrive::of(api, &execution).await?;
    if let Some(reason) = redrive.reason() {
        return Err(not_redrivable(reason));
    }
    if execution.map_run.is_some() {
        return Err(not_redrivable("Child executions are redriven with the execution of their Map Run"));
    }
    let redrive = RedriveExecution {
        arn: arn.clone(),
        at: now,
        message: Signal::Redrive.to_message().into(),
        events_max: Limits::REDRIVE_EVENTS_MAX,
    };
    match api.store.redrive_execution(redrive).await {
        Ok(record) => {
            let at = record.redriven_at.unwrap_or(now);
            if let Some(token) = token {
                api.redrive_tokens.note(&arn, token, now, at);
            }
            json::write(&Response { redrive_date: Epoch(at) })
        }
        Err(RedriveError::NoSuchExecution) => Err(ApiError::no_execution(&arn)),
        Err(RedriveError::StillRunning) => Err(not_redrivable("Execution is RUNNING and cannot be redriven")),
        Err(RedriveError::Succeeded) => Err(not_redrivable("Execution is SUCCEEDED and cannot be redriven")),
        Err(RedriveError::HistoryTooLong { .. }) => {
            Err(not_redrivable("Execution history event limit exceeded"))
        }
        Err(RedriveError::StateMachineGone) => Err(not_redrivable("State machine is in DELETING status")),
        Err(error @ (RedriveError::MapRunNotRunning | RedriveError::NoSnapshot)) => {
            Err(ApiError::fault(error))
        }
        Err(RedriveError::Fault(fault)) => Err(fault.into()),
    }
}

fn not_redrivable(reason: &str) -> ApiError {
    ApiError::new(ErrorCode::ExecutionNotRedrivable, reason)
}
