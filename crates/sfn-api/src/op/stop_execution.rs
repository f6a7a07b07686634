//! `StopExecution`: stopping what has ended answers when it ended.

use std::time::Duration;

use asl_runtime::Signal;
use serde::{Deserialize, Serialize};
use sfn_store::DeliverError;

use crate::shape::time::Epoch;
use crate::{Api, ApiError, Operation, Subject, arn_rules, json, model};

/// How long to wait until the execution has ended. Its stopping is durable
/// before; waiting only makes the answer's date exact, and the next
/// description show it.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    execution_arn: String,
    error: Option<String>,
    cause: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    stop_date: Epoch,
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = model::read(Operation::StopExecution, body)?;
    let arn = arn_rules::execution(&request.execution_arn)?;
    let stop = Signal::Stop { error: request.error, cause: request.cause };
    let mut watch = api.host.watch(Subject::Closed(arn.clone()), PATIENCE);
    let asked_at = api.host.now();
    match api.store.deliver(&arn, stop.to_message().into()).await {
        Ok(_) | Err(DeliverError::Closed) => {}
        Err(DeliverError::NoSuchExecution) => return Err(ApiError::no_execution(&arn)),
        Err(DeliverError::InboxFull) => return Err(ApiError::throttled()),
        Err(DeliverError::Fault(fault)) => return Err(fault.into()),
    }
    loop {
        if let Some(closed) = api.execution(&arn).await?.closed {
            return json::write(&Response { stop_date: Epoch(closed.stopped_at) });
        }
        if !watch.happened().await {
            return json::write(&Response { stop_date: Epoch(asked_at) });
        }
    }
}
