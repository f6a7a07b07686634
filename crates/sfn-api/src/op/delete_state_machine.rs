//! `DeleteStateMachine`: deleting what is not there succeeds. Running
//! executions are stopped; the state machine goes with the last of them.

use asl_runtime::Signal;
use serde::Deserialize;
use sfn_store::DeleteStateMachine;

use crate::{Api, ApiError, Operation, arn_rules, json, model};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    state_machine_arn: String,
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = model::read(Operation::DeleteStateMachine, body)?;
    let arn = arn_rules::state_machine(&request.state_machine_arn)?;
    if arn.qualifier.is_some() {
        return Err(ApiError::validation(format!(
            "A version or an alias is not deleted by this operation. Received: {arn}"
        )));
    }
    let deletion = DeleteStateMachine { arn: arn.state_machine, stop: Signal::STOP.to_message().into() };
    api.store.delete_state_machine(deletion).await?;
    json::write(&json::Empty {})
}
