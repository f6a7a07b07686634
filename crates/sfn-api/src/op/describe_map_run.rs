//! `DescribeMapRun`

use asl_runtime::Limits;
use serde::{Deserialize, Serialize};
use sfn_store::{CountMapRun, StatusCounts};

use crate::shape::time::Epoch;
use crate::{Api, ApiError, Operation, arn_rules, json, model};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    map_run_arn: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Response<'a> {
    map_run_arn: &'a str,
    execution_arn: &'a str,
    status: &'static str,
    start_date: Epoch,
    #[serde(skip_serializing_if = "Option::is_none")]
    stop_date: Option<Epoch>,
    max_concurrency: u64,
    tolerated_failure_percentage: f64,
    tolerated_failure_count: u64,
    item_counts: Counts,
    execution_counts: Counts,
    redrive_count: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    redrive_date: Option<Epoch>,
}

/// `MapRunItemCounts` and `MapRunExecutionCounts`
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Counts {
    pending: u64,
    running: u64,
    succeeded: u64,
    failed: u64,
    timed_out: u64,
    aborted: u64,
    total: u64,
    results_written: u64,
    failures_not_redrivable: u64,
    pending_redrive: u64,
}

impl Counts {
    fn of(counts: &StatusCounts, total: u64, results_written: bool) -> Self {
        let StatusCounts { running, succeeded, failed, timed_out, aborted, .. } = *counts;
        Self {
            pending: total.saturating_sub(counts.total()),
            running,
            succeeded,
            failed,
            timed_out,
            aborted,
            total: total.max(counts.total()),
            results_written: if results_written { counts.total().saturating_sub(running) } else { 0 },
            failures_not_redrivable: counts.not_redrivable,
            pending_redrive: counts.pending_redrive,
        }
    }
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = model::read(Operation::DescribeMapRun, body)?;
    let map_run = api.map_run(&arn_rules::map_run(&request.map_run_arn)?).await?;
    let count = CountMapRun { arn: map_run.arn.clone(), redrive_events_max: Limits::REDRIVE_EVENTS_MAX };
    let counts = api.store.map_run_counts(count).await?;
    let is_written = map_run.results_written;
    json::write(&Response {
        map_run_arn: map_run.arn.as_str(),
        execution_arn: map_run.execution.as_str(),
        status: map_run.status.as_str(),
        start_date: Epoch(map_run.started_at),
        stop_date: map_run.stopped_at.map(Epoch),
        max_concurrency: map_run.settings.max_concurrency,
        tolerated_failure_percentage: map_run.settings.tolerated_failure_percentage.unwrap_or(0.0),
        tolerated_failure_count: map_run.settings.tolerated_failure_count.unwrap_or(0),
        item_counts: Counts::of(&counts.items, map_run.items_total, is_written),
        execution_counts: Counts::of(&counts.executions, 0, is_written),
        redrive_count: map_run.redrive_count,
        redrive_date: map_run.redriven_at.map(Epoch),
    })
}
