//! No body, however wrong, makes an operation panic.

mod support;

use proptest::prelude::*;
use serde_json::{Value, json};
use sfn_api::{ErrorCode, Operation};
use support::{World, now_or_never, pass};

/// Members that operations know, so that random requests get past the first check.
const MEMBERS: [&str; 23] = [
    "stateMachineArn",
    "executionArn",
    "activityArn",
    "resourceArn",
    "name",
    "definition",
    "roleArn",
    "type",
    "input",
    "taskToken",
    "output",
    "nextToken",
    "maxResults",
    "tags",
    "tagKeys",
    "loggingConfiguration",
    "statusFilter",
    "reverseOrder",
    "publish",
    "versionDescription",
    "stateMachineVersionArn",
    "stateMachineAliasArn",
    "routingConfiguration",
];

fn value() -> impl Strategy<Value = Value> {
    let arn = |kind: &str| json!(format!("arn:aws:states:us-east-1:123456789012:{kind}"));
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,20}".prop_map(Value::from),
        Just(arn("stateMachine:m")),
        Just(arn("stateMachine:m:1")),
        Just(arn("stateMachine:m:live")),
        Just(json!([{ "stateMachineVersionArn": arn("stateMachine:m:1"), "weight": 100 }, {}])),
        Just(arn("stateMachine:m/l#c")),
        Just(arn("execution:m:e")),
        Just(arn("activity:a")),
        Just(json!(pass().to_string())),
        Just(json!("{}")),
        Just(json!([{ "key": "k", "value": "v" }, {}])),
        Just(json!({ "level": "ALL", "destinations": [{}] })),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn operations_answer_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        let world = World::new();
        for operation in Operation::ALL {
            let _answer = now_or_never(world.api.call(*operation, &bytes));
        }
    }

    #[test]
    fn operations_answer_any_members(members in prop::collection::vec((prop::sample::select(&MEMBERS[..]), value()), 0..6)) {
        let world = World::new();
        world.machine("m", &pass());
        world.activity("a");
        let request: serde_json::Map<_, _> = members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        for operation in Operation::ALL {
            if let Err(error) = world.try_call(*operation, Value::Object(request.clone())) {
                prop_assert!(error.source.is_none(), "{operation}: a request cannot cause a fault: {error}");
                let is_known = operation.errors().contains(&error.code)
                    || error.code == ErrorCode::ValidationException
                    || ErrorCode::COMMON.contains(&error.code);
                prop_assert!(is_known, "{operation}: the model does not name {error}");
            }
        }
    }
}
