//! `RedriveExecution`: an execution goes on from where it failed.

use asl_runtime::{Limits, Signal};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use sfn_store::{RedriveError, RedriveExecution};

use crate::constraint::Constraints;
use crate::shape::execution::Redrive;
use crate::shape::time::Epoch;
use crate::{Api, ApiError, ErrorCode, arn_rules, json};

/// How long after its end an execution may be redriven. API reference,
/// `RedriveExecution`.
const PERIOD: TimeDelta = TimeDelta::days(14);

/// How long after its start.
const AGE: TimeDelta = TimeDelta::days(365);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    execution_arn: Option<String>,
    client_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    redrive_date: Epoch,
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = json::read(body)?;
    let text = request.execution_arn.as_deref();
    let token = request.client_token.as_deref();
    let mut constraints = Constraints::default();
    constraints.required_length("executionArn", text, 1..=256);
    constraints.length("clientToken", token, 1..=64);
    constraints.pattern("clientToken", token, "[!-~]+", |token| token.bytes().all(|b| b.is_ascii_graphic()));
    constraints.finish()?;
    let arn = arn_rules::execution(text.unwrap_or_default())?;
    let execution = api.execution(&arn).await?;
    let now = api.host.now();
    let redrive = Redrive::of(&execution);
    if let Some(reason) = redrive.reason() {
        return Err(not_redrivable(reason));
    }
    if execution.map_run.is_some() {
        return Err(not_redrivable("Child executions are redriven with the execution of their Map Run"));
    }
    let ended_at = execution.closed.as_ref().map_or(now, |closed| closed.stopped_at);
    if now - ended_at > PERIOD || now - execution.started_at > AGE {
        return Err(not_redrivable("Execution redrive period exceeded"));
    }
    let redrive = RedriveExecution {
        arn: arn.clone(),
        at: now,
        message: Signal::Redrive.to_message().into(),
        events_max: Limits::REDRIVE_EVENTS_MAX,
    };
    match api.store.redrive_execution(redrive).await {
        Ok(record) => json::write(&Response { redrive_date: Epoch(record.redriven_at.unwrap_or(now)) }),
        Err(RedriveError::NoSuchExecution) => Err(ApiError::no_execution(&arn)),
        Err(RedriveError::StillRunning) => Err(not_redrivable("Execution is RUNNING and cannot be redriven")),
        Err(RedriveError::Succeeded) => Err(not_redrivable("Execution is SUCCEEDED and cannot be redriven")),
        Err(RedriveError::HistoryTooLong { .. }) => {
            Err(not_redrivable("Execution history event limit exceeded"))
        }
        Err(RedriveError::StateMachineGone) => {
            Err(not_redrivable("The state machine of the execution has been deleted"))
        }
        Err(error @ (RedriveError::MapRunNotRunning | RedriveError::NoSnapshot)) => {
            Err(ApiError::fault(error))
        }
        Err(RedriveError::Fault(fault)) => Err(fault.into()),
    }
}

fn not_redrivable(reason: &str) -> ApiError {
    ApiError::new(ErrorCode::ExecutionNotRedrivable, reason)
}
