//! Requests read by the model.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::check;
use crate::constraint::Constraints;
use crate::{ApiError, ErrorCode, Operation};

/// Reads a request of an operation, whose members then satisfy the model. An
/// empty body is a request without members.
pub(crate) fn read<T: DeserializeOwned>(operation: Operation, body: &[u8]) -> Result<T, ApiError> {
    let mut object = object(body)?;
    let members = operation.input();
    check::conform(members, &mut object)?;
    let mut constraints = Constraints::default();
    check::constrain(members, &object, &mut constraints);
    constraints.finish()?;
    serde_json::from_value(Value::Object(object)).map_err(|e| unreadable(&e))
}

fn object(body: &[u8]) -> Result<Map<String, Value>, ApiError> {
    if body.trim_ascii().is_empty() {
        return Ok(Map::new());
    }
    match serde_json::from_slice(body).map_err(|e| unreadable(&e))? {
        Value::Object(object) => Ok(object),
        Value::Array(_) => Err(refused("Start of list found where not expected")),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            Err(refused("Expected map or null"))
        }
    }
}

fn refused(message: impl Into<String>) -> ApiError {
    ApiError::new(ErrorCode::SerializationException, message)
}

fn unreadable(error: &serde_json::Error) -> ApiError {
    refused(error.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refusal(operation: Operation, request: &Value) -> String {
        match read::<Value>(operation, request.to_string().as_bytes()) {
            Ok(_) => String::new(),
            Err(error) => format!("{}: {}", error.code, error.message),
        }
    }

    #[test]
    fn wrong_types_are_refused_in_the_services_words() {
        let wrong = |what: &str| format!("SerializationException: {what}");
        for (operation, request, want) in [
            (
                Operation::CreateActivity,
                json!({ "name": 1 }),
                "NUMBER_VALUE can not be converted to a String",
            ),
            (
                Operation::CreateActivity,
                json!({ "name": true }),
                "TRUE_VALUE can not be converted to a String",
            ),
            (Operation::CreateActivity, json!({ "name": [] }), "Start of list found where not expected"),
            (
                Operation::CreateActivity,
                json!({ "name": {} }),
                "Start of structure or map found where not expected.",
            ),
            (Operation::CreateActivity, json!({ "name": "a", "tags": "b" }), "Expected list or null"),
            (
                Operation::CreateActivity,
                json!({ "name": "a", "tags": [{ "key": 1 }] }),
                "NUMBER_VALUE can not be converted to a String",
            ),
            (
                Operation::ListActivities,
                json!({ "maxResults": "5" }),
                "STRING_VALUE can not be converted to an Integer",
            ),
            (
                Operation::CreateStateMachine,
                json!({ "publish": "true" }),
                "STRING_VALUE can not be converted to a Boolean",
            ),
            (Operation::CreateStateMachine, json!({ "tracingConfiguration": 1 }), "Expected map or null"),
            (Operation::CreateActivity, json!([]), "Start of list found where not expected"),
            (Operation::CreateActivity, json!(1), "Expected map or null"),
        ] {
            assert_eq!(refusal(operation, &request), wrong(want), "{operation} {request}");
        }
        assert!(read::<Value>(Operation::CreateActivity, b"{").is_err());
        for empty in [&b""[..], b" \n"] {
            assert_eq!(read::<Value>(Operation::ListActivities, empty).unwrap(), json!({}));
        }
    }

    #[test]
    fn nulls_are_absent_fractions_cut_off_and_unknown_members_let_be() {
        let request = br#"{"maxResults":5.9,"nextToken":null,"other":{"a":[null]}}"#;
        let read: Value = read(Operation::ListActivities, request).unwrap();
        assert_eq!(read, json!({ "maxResults": 5, "other": { "a": [null] } }));
    }

    #[test]
    fn all_violations_are_listed_in_the_order_of_the_model() {
        let broken = |constraint: &str| format!("failed to satisfy constraint: Member must {constraint}");
        for (operation, request, want) in [
            (
                Operation::CreateStateMachine,
                json!({ "roleArn": "", "type": "FAST", "tags": [{ "key": "a;" }, null] }),
                [
                    format!("6 validation errors detected: Value null at 'name' {}", broken("not be null")),
                    format!("Value null at 'definition' {}", broken("not be null")),
                    format!("Value '' at 'roleArn' {}", broken("have length greater than or equal to 1")),
                    format!(
                        "Value 'FAST' at 'type' {}",
                        broken("satisfy enum value set: [STANDARD, EXPRESS]")
                    ),
                    String::new(),
                ],
            ),
            (
                Operation::CreateStateMachineAlias,
                json!({ "name": "", "routingConfiguration": [], "description": "x".repeat(257) }),
                [
                    format!(
                        "4 validation errors detected: Value at 'description' {}",
                        broken("have length less than or equal to 256")
                    ),
                    format!(
                        "Value '' at 'name' {}",
                        broken(r"satisfy regular expression pattern: ^(?=.*[a-zA-Z_\-\.])[a-zA-Z0-9_\-\.]+$")
                    ),
                    format!("Value '' at 'name' {}", broken("have length greater than or equal to 1")),
                    format!(
                        "Value '[]' at 'routingConfiguration' {}",
                        broken("have length greater than or equal to 1")
                    ),
                    String::new(),
                ],
            ),
        ] {
            let want: Vec<_> = want.into_iter().filter(|text| !text.is_empty()).collect();
            let got = refusal(operation, &request);
            let got = got.strip_prefix("ValidationException: ").unwrap_or(&got);
            assert!(got.starts_with(&want.join("; ")), "{got}");
        }
    }

    #[test]
    fn lengths_count_utf16_units_and_those_of_documents_bytes() {
        let named = |name: &str| refusal(Operation::CreateActivity, &json!({ "name": name }));
        assert_eq!(named(&"é".repeat(80)), "");
        assert_eq!(named(&"𝄞".repeat(40)), "");
        assert!(named(&"𝄞".repeat(41)).contains("length less than or equal to 80"));
        let output = |output: &str| {
            refusal(Operation::SendTaskSuccess, &json!({ "taskToken": "t", "output": output }))
        };
        assert_eq!(output(&"x".repeat(262_144)), "");
        assert!(output(&"é".repeat(131_073)).contains("Value at 'output' failed"));
    }
}
