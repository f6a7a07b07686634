//! `DescribeStateMachine`

use serde::{Deserialize, Serialize};

use crate::constraint::Constraints;
use crate::shape::configuration::{Description, METADATA_ONLY};
use crate::shape::execution::INCLUDED_DATA;
use crate::shape::time::Epoch;
use crate::{Api, ApiError, arn_rules, json};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    state_machine_arn: Option<String>,
    included_data: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Response<'a> {
    state_machine_arn: &'a str,
    name: &'a str,
    status: &'static str,
    r#type: &'static str,
    creation_date: Epoch,
    #[serde(flatten)]
    description: Description<'a>,
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = json::read(body)?;
    let text = request.state_machine_arn.as_deref();
    let mut constraints = Constraints::default();
    constraints.required_length("stateMachineArn", text, 1..=256);
    constraints.one_of("includedData", request.included_data.as_deref(), &INCLUDED_DATA);
    constraints.finish()?;
    let machine = api.state_machine(&arn_rules::state_machine(text.unwrap_or_default())?).await?;
    let metadata_only = request.included_data.as_deref() == Some(METADATA_ONLY);
    json::write(&Response {
        state_machine_arn: machine.arn.as_str(),
        name: machine.arn.name(),
        status: machine.status.as_str(),
        r#type: machine.machine_type.as_str(),
        creation_date: Epoch(machine.created_at),
        description: Description::of(&machine.revision, metadata_only)?,
    })
}
