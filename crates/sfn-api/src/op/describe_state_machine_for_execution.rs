//! `DescribeStateMachineForExecution`: the revision that an execution runs.

use asl_value::Value;
use serde::{Deserialize, Serialize};

use crate::shape::configuration::{Description, METADATA_ONLY};
use crate::shape::time::Epoch;
use crate::{Api, ApiError, Operation, arn_rules, json, model};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    execution_arn: String,
    included_data: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Response<'a> {
    state_machine_arn: String,
    name: &'a str,
    update_date: Epoch,
    #[serde(skip_serializing_if = "Option::is_none")]
    map_run_arn: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    #[serde(flatten)]
    description: Description<'a>,
}

/// The store keeps the revisions of all its executions, so this is a fault.
#[derive(Debug, thiserror::Error)]
#[error("the revision of an execution is not in the store")]
struct MissingRevision;

/// The processor of the Map state of this name, which its children run.
fn processor(definition: &str, state_name: &str) -> Option<String> {
    let definition = asl_value::parse(definition).ok()?;
    let mut pending = vec![definition];
    while let Some(scope) = pending.pop() {
        let states = scope.get("States").and_then(|states| states.as_object().cloned()).unwrap_or_default();
        let processor_of =
            |state: &Value| state.get("ItemProcessor").or_else(|| state.get("Iterator")).cloned();
        if let Some(processor) = states.get(state_name).and_then(processor_of) {
            return Some(processor.to_string());
        }
        for state in states.values() {
            pending.extend(processor_of(state));
            let branches = state.get("Branches").and_then(|branches| branches.as_array());
            pending.extend(branches.into_iter().flat_map(|branches| branches.iter().cloned()));
        }
    }
    None
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = model::read(Operation::DescribeStateMachineForExecution, body)?;
    let execution = api.execution(&arn_rules::execution(&request.execution_arn)?).await?;
    let revision = api.store.revision(&execution.revision).await?;
    let revision = revision.ok_or_else(|| ApiError::fault(MissingRevision))?;
    let machine = execution.arn.state_machine();
    let metadata_only = request.included_data.as_deref() == Some(METADATA_ONLY);
    let mut description = Description::of(&revision, metadata_only)?;
    if let Some(link) = execution.map_run.as_ref().filter(|_| !metadata_only) {
        let map_run = api.map_run(&link.map_run).await?;
        if let Some(processor) = processor(&revision.definition, &map_run.state_name) {
            description = description.with_definition(processor);
        }
    }
    json::write(&Response {
        state_machine_arn: execution.arn.labelled_state_machine(),
        name: machine.name(),
        update_date: Epoch(revision.updated_at),
        map_run_arn: execution.map_run.as_ref().map(|link| link.map_run.as_str()),
        label: execution.arn.label(),
        description,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_processor_is_found_wherever_its_state_is() {
        let inner = r#"{"StartAt":"I","States":{"I":{"Type":"Pass","End":true}}}"#;
        let map = format!(r#"{{"Type":"Map","ItemProcessor":{inner},"End":true}}"#);
        let around = |state: &str| format!(r#"{{"StartAt":"X","States":{{"X":{state}}}}}"#);
        let here = format!(r#"{{"StartAt":"M","States":{{"M":{map}}}}}"#);
        for (case, definition) in [
            ("in the machine", here.clone()),
            ("in a branch", around(&format!(r#"{{"Type":"Parallel","Branches":[{inner},{here}]}}"#))),
            ("in another processor", around(&format!(r#"{{"Type":"Map","Iterator":{here}}}"#))),
        ] {
            assert_eq!(processor(&definition, "M").as_deref(), Some(inner), "{case}");
        }
        assert_eq!(processor(&here, "I"), None);
    }
}
