//! What the documentation of the API says beside the model: idempotency,
//! metadata, redrives, tags. Each test names the page it follows.

mod support;

use std::time::Duration;

use serde_json::{Value, json};
use sfn_api::Operation::*;
use support::{ROLE, World, pass, task, text, wait};

const DAY: Duration = Duration::from_hours(24);

fn aborted(world: &World, machine: &str) -> String {
    let execution = world.start(machine, "{}");
    world.call(StopExecution, json!({ "executionArn": execution }));
    execution
}

/// API reference, `DescribeStateMachine`, `definition`.
#[test]
fn metadata_shows_neither_definition_nor_variables() {
    let world = World::new();
    let definition = json!({
        "QueryLanguage": "JSONata", "StartAt": "A",
        "States": {
            "A": { "Type": "Pass", "Assign": { "x": 1 }, "Next": "B" },
            "B": { "Type": "Pass", "Output": "{% $x %}", "End": true },
        },
    });
    let machine = world.machine("m", &definition);
    let execution = world.start(&machine, "{}");
    for (operation, request) in [
        (DescribeStateMachine, json!({ "stateMachineArn": machine })),
        (DescribeStateMachineForExecution, json!({ "executionArn": execution })),
    ] {
        let all = world.call(operation, request.clone());
        assert_eq!(all["definition"], definition.to_string());
        assert_eq!(all["variableReferences"], json!({ "B": ["x"] }), "{operation}");
        let mut request = request;
        request["includedData"] = json!("METADATA_ONLY");
        let metadata = world.call(operation, request);
        assert_eq!((&metadata["definition"], metadata.get("variableReferences")), (&json!("{}"), None));
        assert_eq!(metadata["roleArn"], ROLE);
    }
}

/// API reference, `CreateActivity`: idempotent on the name;
/// `ActivityAlreadyExists`: encryption cannot be updated.
#[test]
fn an_activity_is_created_once_and_keeps_its_settings() {
    let world = World::new();
    let keys = json!({ "type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": "k" });
    let create = |settings: Value| {
        let mut request = settings;
        request["name"] = json!("a");
        world.try_call(CreateActivity, request).map_err(|error| (error.code.name(), error.message))
    };
    let first = create(json!({ "encryptionConfiguration": keys })).unwrap();
    let again = json!({ "encryptionConfiguration": keys, "tags": [{ "key": "k", "value": "v" }] });
    assert_eq!(create(again).unwrap(), first);
    let arn = text(&first, "activityArn");
    assert_eq!(world.call(ListTagsForResource, json!({ "resourceArn": arn })), json!({ "tags": [] }));
    assert_eq!(
        create(json!({})).unwrap_err(),
        ("ActivityAlreadyExists", format!("Activity Already Exists: '{arn}'"))
    );
    let described = world.call(DescribeActivity, json!({ "activityArn": arn }));
    assert_eq!(described["encryptionConfiguration"], keys);
}

/// API reference, `RedriveExecution`, `clientToken`.
#[test]
fn a_redrive_is_idempotent_on_its_token() {
    let world = World::new();
    let execution = aborted(&world, &world.machine("m", &wait()));
    let redrive = |token: &str| {
        world.try_call(RedriveExecution, json!({ "executionArn": execution, "clientToken": token }))
    };
    let first = redrive("one").unwrap();
    world.host.advance(Duration::from_mins(1));
    assert_eq!(redrive("one").unwrap(), first);
    assert_eq!(redrive("two").unwrap_err().code.name(), "ExecutionNotRedrivable");
    let count =
        || world.call(DescribeExecution, json!({ "executionArn": execution }))["redriveCount"].clone();
    assert_eq!(count(), 1);
    world.host.advance(Duration::from_mins(14));
    assert_eq!(redrive("one").unwrap_err().message, "Execution is RUNNING and cannot be redriven");
    world.call(StopExecution, json!({ "executionArn": execution }));
    assert_ne!(redrive("one").unwrap(), first);
    assert_eq!(count(), 2);
}

/// API reference, `DescribeExecution`, `redriveStatusReason`: the status is
/// what `RedriveExecution` would say.
#[test]
fn a_description_tells_whether_a_redrive_would_be_refused() {
    let world = World::new();
    let kept = world.machine("kept", &wait());
    let deleted = world.machine("deleted", &wait());
    let (late, orphan) = (aborted(&world, &kept), aborted(&world, &deleted));
    // One that runs on keeps the machine in its state.
    world.start(&deleted, "{}");
    let delete = json!({ "stateMachineArn": deleted }).to_string();
    support::now_or_never(world.api.call(DeleteStateMachine, delete.as_bytes())).unwrap();
    let status = |execution: &str| {
        let request = json!({ "executionArn": execution }).to_string();
        let answer = support::now_or_never(world.api.call(DescribeExecution, request.as_bytes())).unwrap();
        let described: Value = serde_json::from_slice(&answer).unwrap();
        let refused = support::now_or_never(world.api.call(RedriveExecution, request.as_bytes())).err();
        let reason = described.get("redriveStatusReason").and_then(Value::as_str).map(str::to_owned);
        assert_eq!(
            described["redriveStatus"],
            if refused.is_some() { "NOT_REDRIVABLE" } else { "REDRIVABLE" }
        );
        assert_eq!(reason, refused.map(|error| error.message), "{execution}");
        reason.unwrap_or_default()
    };
    assert_eq!(status(&orphan), "State machine is in DELETING status");
    world.host.advance(15 * DAY);
    assert_eq!(status(&late), "Execution redrivable period exceeded");
    let recent = aborted(&world, &kept);
    world.host.advance(14 * DAY);
    assert_eq!(status(&recent), "");
}

/// API reference, `TagResource`: characters; *Tag naming limits and
/// requirements*: the reserved prefix.
#[test]
fn tags_have_rules_wherever_they_are_set() {
    let world = World::new();
    let machine = world.machine("m", &pass());
    let activity = world.activity("a");
    let set = |tag: Value| {
        [
            (TagResource, json!({ "resourceArn": machine })),
            (TagResource, json!({ "resourceArn": activity })),
            (CreateActivity, json!({ "name": "b" })),
            (CreateStateMachine, json!({ "name": "n", "definition": pass().to_string(), "roleArn": ROLE })),
        ]
        .map(|(operation, mut request)| {
            request["tags"] = json!([tag]);
            world.try_call(operation, request).map_or_else(|error| error.message, |_| String::new())
        })
    };
    for (tag, want) in [
        (json!({ "key": "Kostenstelle für_1.2:3/4=5+6-7@8", "value": "ß" }), ""),
        (json!({ "key": "no value" }), ""),
        (json!({ "key": "semi;colon", "value": "v" }), "Value 'semi;colon' at 'tags.1.member.key'"),
        (json!({ "key": "k", "value": "{}" }), "Value '{}' at 'tags.1.member.value'"),
        (json!({ "key": "AWS:k", "value": "v" }), "Tag keys that begin with 'aws:' are reserved"),
    ] {
        for message in set(tag.clone()) {
            assert!(message.contains(want) && message.is_empty() == want.is_empty(), "{tag}: {message}");
        }
    }
}

/// API reference, `GetActivityTask`: a worker's name is any text.
#[test]
fn a_worker_may_have_any_name() {
    let world = World::new();
    let activity = world.activity("a");
    world.start(&world.machine("m", &task(&activity)), "{}");
    let request = json!({ "activityArn": activity, "workerName": "worker 1: [host]" });
    assert!(world.call(GetActivityTask, request)["taskToken"].is_string());
}

/// The model knows no error for a state machine that is not there.
#[test]
fn versions_of_nothing_are_none() {
    let world = World::new();
    let arn = "arn:aws:states:us-east-1:123456789012:stateMachine:gone";
    let listed = world.call(ListStateMachineVersions, json!({ "stateMachineArn": arn }));
    assert_eq!(listed, json!({ "stateMachineVersions": [] }));
}

/// API reference, `TestState`, `revealSecrets`: the secrets are those of HTTP
/// Tasks; `MockErrorOutput`: an error has a name.
#[test]
fn a_state_is_tested_with_what_it_has() {
    let world = World::new();
    let state = r#"{"Type":"Pass","End":true}"#;
    let request = json!({ "definition": state, "revealSecrets": true });
    assert_eq!(world.refusal(TestState, request).1, "TestState supports RevealSecrets for HTTP Tasks only.");
    let lambda = r#"{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Arguments":{},"End":true,"QueryLanguage":"JSONata"}"#;
    let request = json!({ "definition": lambda, "mock": { "errorOutput": { "cause": "c" } } });
    assert_eq!(world.refusal(TestState, request).1, "A test mock's errorOutput must have an error.");
}

/// API reference, `ValidationExceptionReason`.
#[test]
fn validation_gives_its_reason() {
    let world = World::new();
    let machine = world.machine("m", &pass());
    world.call(PublishStateMachineVersion, json!({ "stateMachineArn": machine }));
    let route = |weight: u32| json!([{ "stateMachineVersionArn": format!("{machine}:1"), "weight": weight }]);
    world.call(CreateStateMachineAlias, json!({ "name": "a", "routingConfiguration": route(100) }));
    for (operation, request, want) in [
        (
            StartExecution,
            json!({ "stateMachineArn": format!("{machine}/label") }),
            Some("API_DOES_NOT_SUPPORT_LABELED_ARNS"),
        ),
        (ListExecutions, json!({}), Some("MISSING_REQUIRED_PARAMETER")),
        (
            UpdateStateMachineAlias,
            json!({ "stateMachineAliasArn": format!("{machine}:a") }),
            Some("MISSING_REQUIRED_PARAMETER"),
        ),
        (
            CreateStateMachineAlias,
            json!({ "name": "b", "routingConfiguration": route(99) }),
            Some("INVALID_ROUTING_CONFIGURATION"),
        ),
        (CreateActivity, json!({ "name": "" }), None),
    ] {
        let error = world.try_call(operation, request).unwrap_err();
        let body: Value = serde_json::from_slice(&error.to_body()).unwrap();
        assert_eq!(body["__type"], "ValidationException", "{operation}");
        assert_eq!(body.get("reason").and_then(Value::as_str), want, "{operation}");
    }
}
