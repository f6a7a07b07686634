//! `ListMapRuns`: of one execution, newest first.

use serde::{Deserialize, Serialize};

use crate::shape::time::Epoch;
use crate::{Api, ApiError, Operation, arn_rules, json, model};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    execution_arn: String,
    max_results: Option<i64>,
    next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Response<'a> {
    map_runs: Vec<Item<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// `MapRunListItem`
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Item<'a> {
    execution_arn: &'a str,
    map_run_arn: &'a str,
    state_machine_arn: String,
    start_date: Epoch,
    #[serde(skip_serializing_if = "Option::is_none")]
    stop_date: Option<Epoch>,
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = model::read(Operation::ListMapRuns, body)?;
    let execution = api.execution(&arn_rules::execution(&request.execution_arn)?).await?;
    let arguments = ["ListMapRuns", execution.arn.as_str()];
    let page = api.page(&arguments, request.max_results, request.next_token.as_deref())?;
    let page = api.store.list_map_runs(&execution.arn, page).await?;
    let map_runs = page.items.iter().map(|map_run| Item {
        execution_arn: map_run.execution.as_str(),
        map_run_arn: map_run.arn.as_str(),
        state_machine_arn: execution.arn.labelled_state_machine(),
        start_date: Epoch(map_run.started_at),
        stop_date: map_run.stopped_at.map(Epoch),
    });
    json::write(&Response { map_runs: map_runs.collect(), next_token: api.next_token(&arguments, page.next) })
}
