//! `DescribeExecution`

use serde::{Deserialize, Serialize};

use crate::shape::configuration::METADATA_ONLY;
use crate::shape::execution::{DataDetails, Redrive};
use crate::shape::time::Epoch;
use crate::{Api, ApiError, Operation, arn_rules, json, model};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    execution_arn: String,
    included_data: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Response<'a> {
    execution_arn: &'a str,
    state_machine_arn: String,
    name: &'a str,
    status: &'static str,
    start_date: Epoch,
    #[serde(skip_serializing_if = "Option::is_none")]
    stop_date: Option<Epoch>,
    #[serde(flatten)]
    data: Option<Data<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_header: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    map_run_arn: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state_machine_version_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state_machine_alias_arn: Option<String>,
    redrive_count: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    redrive_date: Option<Epoch>,
    #[serde(flatten)]
    redrive: Redrive,
}

/// What `METADATA_ONLY` leaves out.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Data<'a> {
    input: &'a str,
    input_details: DataDetails,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_details: Option<DataDetails>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<&'a str>,
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = model::read(Operation::DescribeExecution, body)?;
    let execution = api.execution(&arn_rules::execution(&request.execution_arn)?).await?;
    let map_run = match &execution.map_run {
        Some(link) => api.store.map_run(&link.map_run).await?,
        None => None,
    };
    let status = map_run.map_or_else(|| execution.status(), |map_run| execution.status_in(&map_run));
    let outcome = execution.closed.as_ref().map(|closed| &closed.outcome);
    let output = outcome.and_then(|outcome| outcome.output());
    let failure = outcome.and_then(|outcome| outcome.failure());
    let data = Data {
        input: &execution.input,
        input_details: DataDetails::INCLUDED,
        output: output.map(AsRef::as_ref),
        output_details: output.map(|_| DataDetails::INCLUDED),
        error: failure.and_then(|failure| failure.error.as_deref()),
        cause: failure.and_then(|failure| failure.cause.as_deref()),
    };
    let machine = execution.arn.state_machine();
    let started_on = execution.started_on.as_ref();
    json::write(&Response {
        execution_arn: execution.arn.as_str(),
        state_machine_arn: execution.arn.labelled_state_machine(),
        name: execution.arn.name(),
        status: status.as_str(),
        start_date: Epoch(execution.started_at),
        stop_date: execution.closed.as_ref().map(|closed| Epoch(closed.stopped_at)),
        data: (request.included_data.as_deref() != Some(METADATA_ONLY)).then_some(data),
        trace_header: execution.trace_header.as_deref(),
        map_run_arn: execution.map_run.as_ref().map(|link| link.map_run.as_str()),
        state_machine_version_arn: started_on.map(|it| it.version_arn(&machine).to_string()),
        state_machine_alias_arn: started_on.and_then(|it| it.alias_arn(&machine)).map(|arn| arn.to_string()),
        redrive_count: execution.redrive_count,
        redrive_date: execution.redriven_at.map(Epoch),
        redrive: Redrive::of(api, &execution).await?,
    })
}
