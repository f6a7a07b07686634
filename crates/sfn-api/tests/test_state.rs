//! `TestState`: what it takes, what it refuses, and what it shows.

mod support;

use serde_json::{Value, json};
use sfn_api::Operation;
use support::{ROLE, World};

fn tested(request: Value) -> Value {
    World::new().call(Operation::TestState, request)
}

fn refusal(request: Value) -> String {
    let (code, message) = World::new().refusal(Operation::TestState, request);
    format!("{code}: {message}")
}

fn task(resource: &str) -> String {
    json!({"Type": "Task", "Resource": format!("arn:aws:states:::{resource}"), "End": true}).to_string()
}

const PASS: &str = r#"{"Type":"Pass","End":true}"#;
fn branch(name: &str) -> Value {
    json!({"StartAt": name, "States": {name: {"Type": "Pass", "End": true}}})
}

fn parallel() -> String {
    json!({"Type": "Parallel", "Branches": [branch("A"), branch("B")], "End": true}).to_string()
}

fn map() -> String {
    json!({"Type": "Map", "ItemProcessor": branch("A"), "End": true}).to_string()
}

#[test]
fn requests_are_refused_in_the_service_s_words() {
    let mock = |result: &str| json!({"result": result});
    for (name, request, want) in [
        (
            "no definition",
            json!({}),
            "ValidationException: 1 validation error detected: Value null at 'definition' failed to satisfy constraint: Member must not be null",
        ),
        (
            "no such state",
            json!({"definition": r#"{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}"#, "stateName": "B"}),
            "ValidationException: State not found in definition",
        ),
        (
            "a wrong definition",
            json!({"definition": r#"{"Type":"Parallel","Branches":[],"End":true}"#}),
            "InvalidDefinition: Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: Value cannot be empty at /States/StateName/Branches'",
        ),
        (
            "no role",
            json!({"definition": task("sqs:sendMessage")}),
            "ValidationException: RoleArn must be specified when testing a Task state",
        ),
        (
            "no mock for a Map state",
            json!({"definition": map()}),
            "InvalidDefinition: TestState API does not support Map or Parallel states. Supported state types include: [Task, Wait, Pass, Succeed, Fail, Choice]",
        ),
        (
            "a count without a mock comes first",
            json!({"definition": map(), "stateConfiguration": {"mapIterationFailureCount": 0}}),
            "ValidationException: TestState does not support MapIterationFailureCount when a mock is not specified.",
        ),
        (
            "result and error",
            json!({"definition": map(), "mock": {"result": "1", "errorOutput": {"error": "E"}}}),
            "ValidationException: A test mock should have only one of the following fields: [result, errorOutput].",
        ),
        (
            "secrets of a mock",
            json!({"definition": map(), "mock": mock("[]"), "revealSecrets": true}),
            "ValidationException: TestState does not support RevealSecrets when a mock is specified.",
        ),
        (
            "a mock for a Pass state",
            json!({"definition": PASS, "mock": mock("{}")}),
            "ValidationException: State type 'Pass' is not supported when a mock is specified",
        ),
        (
            "no JSON",
            json!({"definition": map(), "mock": mock("[")}),
            "ValidationException: Mocked result must be valid JSON",
        ),
        (
            "no array",
            json!({"definition": map(), "mock": mock("{}")}),
            "ValidationException: Mocked result must be an array.",
        ),
        (
            "another number of branches",
            json!({"definition": parallel(), "mock": mock("[1]")}),
            "ValidationException: Mocked result must contain the same number of items as number of Parallel branches.",
        ),
        (
            "more failures than iterations",
            json!({"definition": map(), "mock": mock("[1]"), "stateConfiguration": {"mapIterationFailureCount": 2}}),
            "ValidationException: Map iteration failure count must be less than or equal to the number of Map iterations",
        ),
        (
            "a result that is no answer",
            json!({"definition": task("sqs:sendMessage"), "mock": mock(r#"{"MessageId":1}"#)}),
            "ValidationException: Mock result schema validation error: Field 'MessageId' must be a string",
        ),
        (
            "a context that is none",
            json!({"definition": task("sqs:sendMessage"), "mock": mock("{}"), "context": r#"{"X":1}"#}),
            "ValidationException: Invalid Context object provided: Field 'X' is not allowed",
        ),
    ] {
        assert_eq!(refusal(request), want, "{name}");
    }
}

#[test]
fn levels_say_how_much_is_shown() {
    for (level, want) in [("INFO", false), ("DEBUG", true), ("TRACE", true)] {
        let shown = tested(json!({"definition": PASS, "input": "[1]", "inspectionLevel": level}));
        assert_eq!(shown["output"], "[1]");
        assert_eq!(shown.get("inspectionData").is_some(), want, "{level}");
    }
    assert!(tested(json!({"definition": PASS})).get("inspectionData").is_none(), "INFO is the default");
}

#[test]
fn stages_are_shown_by_the_type_of_the_state() {
    let result = r#"{"Type":"Pass","Result":1,"ResultPath":"$.r","End":true}"#;
    for (name, definition, mock, want) in [
        (
            "pass",
            PASS.to_owned(),
            None,
            json!({"input": "{}", "afterInputPath": "{}", "afterParameters": "{}", "afterResultSelector": "{}", "afterResultPath": "{}"}),
        ),
        (
            "pass with a result",
            result.to_owned(),
            None,
            json!({"input": "{}", "result": "1", "afterResultSelector": "1", "afterResultPath": r#"{"r":1}"#}),
        ),
        ("succeed", r#"{"Type":"Succeed"}"#.to_owned(), None, json!({"input": "{}", "afterInputPath": "{}"})),
        (
            "jsonata",
            r#"{"Type":"Succeed","QueryLanguage":"JSONata"}"#.to_owned(),
            None,
            json!({"input": "{}"}),
        ),
        (
            "parallel",
            parallel(),
            Some("[1, 2]"),
            json!({"input": "{}", "afterResultSelector": "[1, 2]", "afterResultPath": "[1, 2]"}),
        ),
    ] {
        let mock = mock.map(|result| json!({ "result": result }));
        let shown = tested(json!({"definition": definition, "inspectionLevel": "DEBUG", "mock": mock}));
        assert_eq!(shown["inspectionData"], want, "{name}");
    }
}

#[test]
fn a_machine_s_state_is_tested_by_name() {
    let machine = json!({"StartAt": "A", "States": {
        "A": {"Type": "Pass", "Next": "B"},
        "B": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "C", "States": {"C": {"Type": "Pass", "Result": 3, "End": true}}}},
    }});
    let request = |name: &str| json!({"definition": machine.to_string(), "stateName": name});
    assert_eq!(tested(request("A")), json!({"output": "{}", "nextState": "B", "status": "SUCCEEDED"}));
    assert_eq!(tested(request("C")), json!({"output": "3", "status": "SUCCEEDED"}));
}

#[test]
fn a_task_without_a_mock_is_carried_out() {
    let request =
        json!({"definition": task("sqs:sendMessage"), "roleArn": ROLE, "input": r#"{"MessageBody":"m"}"#});
    assert_eq!(tested(request), json!({"output": r#"{"MessageBody":"m"}"#, "status": "SUCCEEDED"}));
}

#[test]
fn the_context_is_that_of_an_express_execution() {
    let state = r#"{"Type":"Pass","Parameters":{"c.$":"$$"},"End":true}"#;
    let shown = tested(json!({"definition": state}));
    let output: Value = serde_json::from_str(shown["output"].as_str().unwrap()).unwrap();
    let execution = &output["c"]["Execution"];
    let id = execution["Id"].as_str().unwrap();
    assert!(id.starts_with("arn:aws:states:us-east-1:123456789012:express:"), "{id}");
    assert_eq!(id.split(':').count(), 8);
    assert_eq!(execution["RoleArn"], Value::Null);
    assert_eq!(output["c"]["State"]["Name"], "StateName");
    assert!(execution.get("RedriveCount").is_none());
}

#[test]
fn a_retry_shows_its_place_and_delay() {
    let state = json!({"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": true,
        "Retry": [{"ErrorEquals": ["E"], "IntervalSeconds": 2, "BackoffRate": 3, "MaxAttempts": 2}]});
    let shown = |count: u32| {
        tested(json!({"definition": state.to_string(), "inspectionLevel": "DEBUG",
            "mock": {"errorOutput": {"error": "E"}}, "stateConfiguration": {"retrierRetryCount": count}}))
    };
    let (first, last) = (shown(1), shown(2));
    assert_eq!(first["status"], "RETRIABLE");
    assert_eq!(
        first["inspectionData"]["errorDetails"],
        json!({"retryIndex": 0, "retryBackoffIntervalSeconds": 6})
    );
    assert_eq!(last["status"], "FAILED");
    assert_eq!(last["inspectionData"]["errorDetails"], json!({"retryIndex": 0}));
}
