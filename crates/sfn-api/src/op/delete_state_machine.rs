//! `DeleteStateMachine`: deleting what is not there succeeds. Running
//! executions are stopped; the state machine goes with the last of them.

use asl_runtime::Signal;
use serde::Deserialize;
use sfn_store::DeleteStateMachine;

use crate::constraint::Constraints;
use crate::{Api, ApiError, arn_rules, json};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    state_machine_arn: Option<String>,
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = json::read(body)?;
    let text = request.state_machine_arn.as_deref();
    let mut constraints = Constraints::default();
    constraints.required_length("stateMachineArn", text, 1..=256);
    constraints.finish()?;
    let arn = arn_rules::state_machine(text.unwrap_or_default())?;
    if arn.qualifier.is_some() {
        return Err(ApiError::no_state_machine(&arn));
    }
    let deletion = DeleteStateMachine { arn: arn.state_machine, stop: Signal::STOP.to_message().into() };
    api.store.delete_state_machine(deletion).await?;
    json::write(&json::Empty {})
}
