//! Activities, and tasks that are answered by token.

mod support;

use serde_json::{Value, json};
use sfn_api::Operation::*;
use support::{World, task, text};

fn taken(world: &World, activity: &str) -> Value {
    world.call(GetActivityTask, json!({ "activityArn": activity, "workerName": "w" }))
}

/// An execution that waits for a worker, and the token of its task.
fn waiting(world: &World) -> (String, String) {
    let activity = world.activity("a");
    let machine = world.machine("m", &task(&activity));
    let execution = world.start(&machine, "{ \"x\": 1 }");
    let taken = taken(world, &activity);
    assert_eq!(taken["input"], "{ \"x\": 1 }");
    (execution, text(&taken, "taskToken"))
}

#[test]
fn an_activity_comes_and_goes() {
    let world = World::new();
    let arn = "arn:aws:states:us-east-1:123456789012:activity:a";
    let created = world.call(CreateActivity, json!({ "name": "a" }));
    assert_eq!(created, json!({ "activityArn": arn, "creationDate": 1_700_000_000.0 }));
    world.host.advance(std::time::Duration::from_secs(7));
    assert_eq!(world.call(CreateActivity, json!({ "name": "a" })), created);
    let described = world.call(DescribeActivity, json!({ "activityArn": arn }));
    let want = json!({
        "activityArn": arn, "name": "a", "creationDate": 1_700_000_000.0,
        "encryptionConfiguration": { "type": "AWS_OWNED_KEY" },
    });
    assert_eq!(described, want);
    for _ in 0..2 {
        assert_eq!(world.call(DeleteActivity, json!({ "activityArn": arn })), json!({}));
    }
    for operation in [DescribeActivity, GetActivityTask] {
        let cases = [
            (arn, "ActivityDoesNotExist", format!("Activity Does Not Exist: '{arn}'")),
            (
                "no_an_activity_arn",
                "InvalidArn",
                "Invalid Arn: 'Invalid ARN prefix: no_an_activity_arn'".to_owned(),
            ),
        ];
        for (arn, code, message) in cases {
            let refusal = world.refusal(operation, json!({ "activityArn": arn }));
            assert_eq!(refusal, (code.to_owned(), message), "{operation}");
        }
    }
}

#[test]
fn a_poll_without_a_task_answers_a_null_token() {
    let world = World::new();
    let activity = world.activity("a");
    assert_eq!(taken(&world, &activity), json!({ "taskToken": null }));
}

#[test]
fn a_worker_takes_a_task_and_answers_it() {
    let cases = [
        (
            "success",
            SendTaskSuccess,
            json!({ "output": "{ \"y\": 2 }" }),
            "SUCCEEDED",
            json!("{ \"y\": 2 }"),
            Value::Null,
        ),
        (
            "failure",
            SendTaskFailure,
            json!({ "error": "E", "cause": "c" }),
            "FAILED",
            Value::Null,
            json!("E"),
        ),
        ("failure without error", SendTaskFailure, json!({}), "FAILED", Value::Null, Value::Null),
    ];
    for (name, operation, mut answer, status, output, error) in cases {
        let world = World::new();
        let (execution, token) = waiting(&world);
        answer["taskToken"] = json!(token);
        assert_eq!(world.call(SendTaskHeartbeat, json!({ "taskToken": token })), json!({}), "{name}");
        assert_eq!(world.call(operation, answer), json!({}), "{name}");
        let described = world.call(DescribeExecution, json!({ "executionArn": execution }));
        assert_eq!(
            (&described["status"], &described["output"], &described["error"]),
            (&json!(status), &output, &error),
            "{name}"
        );
        let history = world.call(GetExecutionHistory, json!({ "executionArn": execution }));
        let started =
            history["events"].as_array().unwrap().iter().find(|e| e["type"] == "ActivityStarted").unwrap();
        assert_eq!(started["activityStartedEventDetails"], json!({ "workerName": "w" }), "{name}");
    }
}

#[test]
fn answers_are_refused_in_the_words_of_aws() {
    let world = World::new();
    let (_, token) = waiting(&world);
    let invalid = ("InvalidToken".to_owned(), "Invalid Token: 'Invalid token'".to_owned());
    assert_eq!(world.refusal(SendTaskSuccess, json!({ "taskToken": "made up", "output": "{}" })), invalid);
    assert_eq!(world.refusal(SendTaskHeartbeat, json!({ "taskToken": "made up" })), invalid);
    let (code, _) = world.refusal(SendTaskSuccess, json!({ "taskToken": token, "output": "no json" }));
    assert_eq!(code, "InvalidOutput");
    let (code, message) =
        world.refusal(SendTaskFailure, json!({ "taskToken": token, "error": "e".repeat(257) }));
    assert_eq!(code, "ValidationException");
    assert_eq!(
        message,
        "1 validation error detected: Value at 'error' failed to satisfy constraint: Member must have length less than or equal to 256"
    );
    world.call(SendTaskSuccess, json!({ "taskToken": token, "output": "{}" }));
    let closed =
        ("TaskTimedOut".to_owned(), "Task Timed Out: 'Provided task does not exist anymore'".to_owned());
    for operation in [SendTaskSuccess, SendTaskFailure, SendTaskHeartbeat] {
        let request = json!({ "taskToken": token, "output": "{}" });
        assert_eq!(world.refusal(operation, request), closed, "{operation}");
    }
}
