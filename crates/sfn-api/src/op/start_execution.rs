//! `StartExecution`: idempotent on name and input while the first one runs;
//! executions of an Express state machine start each time.

use std::sync::Arc;

use serde::Serialize;
use sfn_store::id::Name;
use sfn_store::{CreateExecutionError, Creation, ExecutionRecord, MachineType, NewExecution};

use crate::shape::time::Epoch;
use crate::start::{Checked, Request};
use crate::{
    Api, ApiError, ErrorCode, ExpressStart, Operation, StandardStart, Timestamp, json, lookup, model,
};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Response<'a> {
    execution_arn: &'a str,
    start_date: Epoch,
}

pub(crate) async fn call(api: &Api, body: &[u8], trace_header: Option<&str>) -> Result<Vec<u8>, ApiError> {
    let request: Request = model::read(Operation::StartExecution, body)?;
    let checked = request.checked(api, trace_header).await?;
    match checked.machine.machine_type {
        MachineType::Standard => standard(api, checked).await,
        MachineType::Express => express(api, &checked),
    }
}

fn answer(execution_arn: &str, started_at: Timestamp) -> Result<Vec<u8>, ApiError> {
    json::write(&Response { execution_arn, start_date: Epoch(started_at) })
}

async fn standard(api: &Api, checked: Checked) -> Result<Vec<u8>, ApiError> {
    let machine = &checked.machine;
    let arn = machine.arn.execution(&checked.name);
    let definition =
        api.definitions.parsed(&machine.revision.definition, lookup::parser_type(machine.machine_type))?;
    let execution = StandardStart {
        new: NewExecution {
            arn: arn.clone(),
            revision: machine.revision.id.clone(),
            started_on: checked.started_on.clone(),
            input: Arc::clone(checked.input.shared_text()),
            trace_header: checked.trace_header.clone(),
            test_case: checked.test_case.clone(),
            map_run: None,
            started_at: api.host.now(),
            first: None,
            lease: None,
        },
        definition,
        start: checked.engine_start(arn.shared(), api),
        logging: machine.revision.logging.clone(),
    };
    match api.host.start_execution(execution).await {
        Ok(Creation::Created(record)) => answer(record.arn.as_str(), record.started_at),
        Ok(Creation::Existing(record)) => existing(&record, &checked),
        Err(CreateExecutionError::NoSuchStateMachine | CreateExecutionError::NoSuchRevision) => {
            Err(ApiError::no_state_machine(&machine.arn))
        }
        Err(CreateExecutionError::StateMachineDeleting) => Err(ApiError::deleting(&machine.arn)),
        Err(
            fault @ (CreateExecutionError::FirstStep
            | CreateExecutionError::MapRunNotRunning
            | CreateExecutionError::TokenInUse
            | CreateExecutionError::Fault(_)),
        ) => Err(ApiError::fault(fault)),
    }
}

/// The answer when the name is taken.
fn existing(record: &ExecutionRecord, checked: &Checked) -> Result<Vec<u8>, ApiError> {
    if record.closed.is_none() && *record.input == *checked.input.text() {
        return answer(record.arn.as_str(), record.started_at);
    }
    Err(ApiError::new(
        ErrorCode::ExecutionAlreadyExists,
        format!("Execution Already Exists: '{}'", record.arn),
    ))
}

fn express(api: &Api, checked: &Checked) -> Result<Vec<u8>, ApiError> {
    let (arn, execution) = express_start(api, checked)?;
    // It runs whether or not anybody waits for the end.
    drop(api.host.run_express(execution));
    answer(&arn, api.host.now())
}

/// An Express execution and its ARN.
pub(super) fn express_start(api: &Api, checked: &Checked) -> Result<(Arc<str>, ExpressStart), ApiError> {
    let machine = &checked.machine;
    let unique = Name::new(api.uuid().to_string()).map_err(ApiError::fault)?;
    let arn = Arc::clone(machine.arn.express_execution(&checked.name, &unique).shared());
    let definition =
        api.definitions.parsed(&machine.revision.definition, lookup::parser_type(machine.machine_type))?;
    let start = checked.engine_start(&arn, api);
    let logging = machine.revision.logging.clone();
    Ok((arn, ExpressStart { definition, start, test_case: checked.test_case.clone(), logging }))
}
