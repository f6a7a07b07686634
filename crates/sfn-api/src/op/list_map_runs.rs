//! `ListMapRuns`: of one execution, newest first.

use serde::{Deserialize, Serialize};

use crate::constraint::Constraints;
use crate::shape::time::Epoch;
use crate::{Api, ApiError, arn_rules, json, paging};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    execution_arn: Option<String>,
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
    let request: Request = json::read(body)?;
    let text = request.execution_arn.as_deref();
    let mut constraints = Constraints::default();
    constraints.required_length("executionArn", text, 1..=256);
    paging::check(&mut constraints, request.max_results, request.next_token.as_deref(), 1024);
    constraints.finish()?;
    let execution = api.execution(&arn_rules::execution(text.unwrap_or_default())?).await?;
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
