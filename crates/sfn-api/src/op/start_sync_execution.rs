//! `StartSyncExecution`: runs an Express execution and answers how it ended.

use asl_runtime::Outcome;
use serde::{Deserialize, Serialize};
use sfn_store::MachineType;

use super::start_execution::express_start;
use crate::shape::configuration::METADATA_ONLY;
use crate::shape::execution::DataDetails;
use crate::shape::time::Epoch;
use crate::{Api, ApiError, Operation, json, model, start};

/// Executions are billed by so many milliseconds.
const BILLED_STEP_MILLISECONDS: i64 = 100;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    #[serde(flatten)]
    start: start::Request,
    included_data: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Response<'a> {
    execution_arn: &'a str,
    state_machine_arn: &'a str,
    name: &'a str,
    start_date: Epoch,
    stop_date: Epoch,
    status: &'static str,
    #[serde(flatten)]
    data: Option<Data<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_header: Option<&'a str>,
    billing_details: BillingDetails,
}

/// What `METADATA_ONLY` leaves out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Data<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<&'a str>,
    input: &'a str,
    input_details: DataDetails,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<&'a str>,
    output_details: DataDetails,
}

/// `BillingDetails`
#[derive(Serialize)]
struct BillingDetails {
    #[serde(rename = "billedMemoryUsedInMB")]
    memory_megabytes: i64,
    #[serde(rename = "billedDurationInMilliseconds")]
    duration_milliseconds: i64,
}

pub(crate) async fn call(api: &Api, body: &[u8], trace_header: Option<&str>) -> Result<Vec<u8>, ApiError> {
    let request: Request = model::read(Operation::StartSyncExecution, body)?;
    let checked = request.start.checked(api, trace_header).await?;
    if checked.machine.machine_type == MachineType::Standard {
        return Err(ApiError::wrong_type());
    }
    let (arn, execution) = express_start(api, &checked)?;
    let end = api.host.run_express(execution).await;
    let (status, output, error, cause) = match &end.outcome {
        Outcome::Succeeded { output } => ("SUCCEEDED", Some(output.text()), None, None),
        Outcome::TimedOut { error, cause } => ("TIMED_OUT", None, error.as_deref(), cause.as_deref()),
        Outcome::Failed { error, cause } | Outcome::Aborted { error, cause } => {
            ("FAILED", None, error.as_deref(), cause.as_deref())
        }
    };
    let data = Data {
        error,
        cause,
        input: checked.input.text(),
        input_details: DataDetails::INCLUDED,
        output,
        output_details: DataDetails::INCLUDED,
    };
    let took = (end.stopped_at - end.started_at).num_milliseconds().max(1);
    let steps = took.saturating_add(BILLED_STEP_MILLISECONDS - 1) / BILLED_STEP_MILLISECONDS;
    json::write(&Response {
        execution_arn: &arn,
        state_machine_arn: checked.machine.arn.as_str(),
        name: checked.name.as_str(),
        start_date: Epoch(end.started_at),
        stop_date: Epoch(end.stopped_at),
        status,
        data: (request.included_data.as_deref() != Some(METADATA_ONLY)).then_some(data),
        trace_header: checked.trace_header.as_deref(),
        billing_details: BillingDetails {
            memory_megabytes: 64,
            duration_milliseconds: steps.saturating_mul(BILLED_STEP_MILLISECONDS),
        },
    })
}
