//! State machines: creation, change, description, lists, deletion, tags.

mod support;

use serde_json::{Value, json};
use sfn_api::Operation::*;
use support::{ROLE, World, pass, text, wait};

const ARN: &str = "arn:aws:states:us-east-1:123456789012:stateMachine:m";

#[test]
fn a_description_tells_what_was_created() {
    let world = World::new();
    let definition = pass().to_string();
    let created =
        world.call(CreateStateMachine, json!({ "name": "m", "definition": definition, "roleArn": ROLE }));
    assert_eq!(created, json!({ "stateMachineArn": ARN, "creationDate": 1_700_000_000.0 }));
    let described = world.call(DescribeStateMachine, json!({ "stateMachineArn": ARN }));
    let want = json!({
        "stateMachineArn": ARN, "name": "m", "status": "ACTIVE", "type": "STANDARD",
        "creationDate": 1_700_000_000.0, "definition": definition, "roleArn": ROLE,
        "loggingConfiguration": { "level": "OFF", "includeExecutionData": false },
        "tracingConfiguration": { "enabled": false },
        "encryptionConfiguration": { "type": "AWS_OWNED_KEY" },
    });
    assert_eq!(described, want);
}

#[test]
fn creation_is_idempotent_but_for_role_and_tags() {
    let world = World::new();
    let first = json!({ "name": "m", "definition": pass().to_string(), "roleArn": ROLE });
    world.call(CreateStateMachine, first.clone());
    let with = |member: &str, value: Value| {
        let mut request = first.clone();
        request[member] = value;
        request
    };
    let exists = "State Machine Already Exists: 'arn:aws:states:us-east-1:123456789012:stateMachine:m'";
    let spaced = serde_json::to_string_pretty(&pass()).unwrap();
    let cases = [
        ("the same", first.clone(), true),
        ("another role", with("roleArn", json!("arn:aws:iam::1:role/other")), true),
        ("other tags", with("tags", json!([{ "key": "k", "value": "v" }])), true),
        ("the default given", with("type", json!("STANDARD")), true),
        ("another format", with("definition", json!(spaced)), false),
        ("another definition", with("definition", json!(wait().to_string())), false),
        ("another type", with("type", json!("EXPRESS")), false),
        ("tracing", with("tracingConfiguration", json!({ "enabled": true })), false),
    ];
    for (name, request, same) in cases {
        if same {
            assert_eq!(text(&world.call(CreateStateMachine, request), "stateMachineArn"), ARN, "{name}");
        } else {
            let refusal = world.refusal(CreateStateMachine, request);
            assert_eq!(refusal, ("StateMachineAlreadyExists".to_owned(), exists.to_owned()), "{name}");
        }
    }
    let tags = world.call(ListTagsForResource, json!({ "resourceArn": ARN }));
    assert_eq!(tags, json!({ "tags": [] }), "a second creation changes no tags");
}

#[test]
fn what_cannot_be_created_is_refused_in_the_words_of_aws() {
    let world = World::new();
    let with = |changes: Value| {
        let mut request = json!({ "name": "m", "definition": pass().to_string(), "roleArn": ROLE });
        for (member, value) in changes.as_object().unwrap() {
            request[member] = value.clone();
        }
        request
    };
    let one_destination = "Invalid Logging Configuration: Must specify exactly one Log Destination.";
    let no_states = json!({ "StartAt": "A" }).to_string();
    let group =
        json!({ "cloudWatchLogsLogGroup": { "logGroupArn": "arn:aws:logs:us-east-1:1:log-group:g:*" } });
    let cases = [
        ("name", with(json!({ "name": "a b" })), "InvalidName", "Invalid Name: 'a b'"),
        (
            "long name",
            with(json!({ "name": "a".repeat(81) })),
            "ValidationException",
            &format!(
                "1 validation error detected: Value '{}' at 'name' failed to satisfy constraint: Member must have length less than or equal to 80",
                "a".repeat(81)
            ),
        ),
        (
            "no members",
            json!({}),
            "ValidationException",
            "3 validation errors detected: Value null at 'name' failed to satisfy constraint: Member must not be null; Value null at 'definition' failed to satisfy constraint: Member must not be null; Value null at 'roleArn' failed to satisfy constraint: Member must not be null",
        ),
        (
            "definition",
            with(json!({ "definition": no_states })),
            "InvalidDefinition",
            "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: These fields are required: [States] at /'",
        ),
        (
            "no destination",
            with(json!({ "loggingConfiguration": { "level": "ALL" } })),
            "InvalidLoggingConfiguration",
            one_destination,
        ),
        (
            "two destinations",
            with(json!({ "loggingConfiguration": { "level": "ALL", "destinations": [group, group] } })),
            "InvalidLoggingConfiguration",
            one_destination,
        ),
        (
            "version description",
            with(json!({ "versionDescription": "v" })),
            "ValidationException",
            "Version description can only be set when publish is true",
        ),
        (
            "role",
            with(json!({ "roleArn": "nothing" })),
            "InvalidArn",
            "Invalid Arn: 'Invalid ARN prefix: nothing'",
        ),
    ];
    for (name, request, code, message) in cases {
        let refusal = world.refusal(CreateStateMachine, request);
        assert_eq!(refusal, (code.to_owned(), message.to_owned()), "{name}");
    }
}

#[test]
fn express_state_machines_refuse_what_only_standard_ones_can_do() {
    let world = World::new();
    let cases = [
        ("arn:aws:states:::states:startExecution.sync", "'.sync' service integration"),
        ("arn:aws:states:::sns:publish.waitForTaskToken", "'.waitForTaskToken' service integration "),
        ("arn:aws:states:us-east-1:123456789012:activity:a", "Activity ARN"),
    ];
    for (resource, what) in cases {
        let definition = support::task(resource).to_string();
        let request = json!({ "name": "m", "definition": definition, "roleArn": ROLE, "type": "EXPRESS" });
        let text = format!(
            "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: Express state machine does not support {what} at /States/A/Resource'"
        );
        assert_eq!(world.refusal(CreateStateMachine, request), ("InvalidDefinition".to_owned(), text));
    }
}

#[test]
fn an_update_makes_a_revision_unless_nothing_differs() {
    let world = World::new();
    world.machine("m", &pass());
    let same = world.call(UpdateStateMachine, json!({ "stateMachineArn": ARN, "roleArn": ROLE }));
    assert_eq!(same, json!({ "updateDate": 1_700_000_000.0 }), "the first revision has no id to show");
    let update = json!({ "stateMachineArn": ARN, "definition": wait().to_string() });
    let first = world.call(UpdateStateMachine, update.clone());
    let again = world.call(UpdateStateMachine, update);
    assert_eq!(first["revisionId"], again["revisionId"]);
    let described = world.call(DescribeStateMachine, json!({ "stateMachineArn": ARN }));
    assert_eq!(described["revisionId"], first["revisionId"]);
    assert_eq!(text(&described, "definition"), wait().to_string());
    let role = "arn:aws:iam::123456789012:role/other";
    let second = world.call(UpdateStateMachine, json!({ "stateMachineArn": ARN, "roleArn": role }));
    assert_ne!(second["revisionId"], first["revisionId"]);
}

#[test]
fn an_update_must_change_something_that_is_there() {
    let world = World::new();
    world.machine("m", &pass());
    let missing = "Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified";
    let version = format!("{ARN}:2");
    let cases = [
        (json!({ "stateMachineArn": ARN }), "MissingRequiredParameter", missing.to_owned()),
        (
            json!({ "stateMachineArn": version, "roleArn": ROLE }),
            "StateMachineDoesNotExist",
            format!("State Machine Does Not Exist: '{version}'"),
        ),
        (
            json!({ "stateMachineArn": ARN, "loggingConfiguration": { "level": "ERROR" } }),
            "InvalidLoggingConfiguration",
            "Invalid Logging Configuration: Must specify exactly one Log Destination.".to_owned(),
        ),
    ];
    for (request, code, message) in cases {
        assert_eq!(world.refusal(UpdateStateMachine, request), (code.to_owned(), message));
    }
}

#[test]
fn what_is_not_there_is_told_and_deleting_it_succeeds() {
    let world = World::new();
    let absent = "arn:aws:states:us-east-1:123456789012:stateMachine:none";
    assert_eq!(
        world.refusal(DescribeStateMachine, json!({ "stateMachineArn": absent })),
        ("StateMachineDoesNotExist".to_owned(), format!("State Machine Does Not Exist: '{absent}'"))
    );
    assert_eq!(
        world.refusal(DescribeStateMachine, json!({ "stateMachineArn": "not_a_valid_arn" })),
        ("InvalidArn".to_owned(), "Invalid Arn: 'Invalid ARN prefix: not_a_valid_arn'".to_owned())
    );
    assert_eq!(world.call(DeleteStateMachine, json!({ "stateMachineArn": absent })), json!({}));
}

#[test]
fn a_deleted_state_machine_is_gone_once_its_executions_have_ended() {
    let world = World::new();
    let machine = world.machine("m", &wait());
    let execution = world.start(&machine, "{}");
    world.call(DeleteStateMachine, json!({ "stateMachineArn": machine }));
    let described = world.call(DescribeExecution, json!({ "executionArn": execution }));
    assert_eq!(described["status"], "ABORTED");
    let refusal = world.refusal(DescribeStateMachine, json!({ "stateMachineArn": machine }));
    assert_eq!(refusal.0, "StateMachineDoesNotExist");
}

#[test]
fn lists_come_in_pages_whose_tokens_are_bound_to_the_list() {
    let world = World::new();
    for name in ["a", "b", "c"] {
        world.machine(name, &pass());
        world.activity(name);
    }
    for (operation, member) in [(ListStateMachines, "stateMachines"), (ListActivities, "activities")] {
        let all = world.call(operation, json!({ "maxResults": 0 }));
        assert_eq!(all[member].as_array().unwrap().len(), 3);
        assert_eq!(all.get("nextToken"), None);
        let first = world.call(operation, json!({ "maxResults": 2 }));
        let rest = world.call(operation, json!({ "maxResults": 5, "nextToken": first["nextToken"] }));
        let mut both = first[member].as_array().unwrap().clone();
        both.extend(rest[member].as_array().unwrap().iter().cloned());
        assert_eq!(json!(both), all[member]);
        let other = if operation == ListActivities { ListStateMachines } else { ListActivities };
        assert_eq!(
            world.refusal(other, json!({ "nextToken": first["nextToken"] })),
            ("InvalidToken".to_owned(), "Invalid Token: 'Invalid token'".to_owned())
        );
        let long = "x".repeat(1025);
        let cases = [
            (json!({ "maxResults": 1001 }), "Value '1001' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 1000".to_owned()),
            (json!({ "nextToken": long }), format!("Value '{long}' at 'nextToken' failed to satisfy constraint: Member must have length less than or equal to 1024")),
        ];
        for (request, want) in cases {
            let refusal = world.refusal(operation, request);
            assert_eq!(
                refusal,
                ("ValidationException".to_owned(), format!("1 validation error detected: {want}"))
            );
        }
    }
}

#[test]
fn tags_replace_their_namesakes_and_go_by_key() {
    let world = World::new();
    let resource = world.machine("m", &pass());
    let tag = |key: &str, value: &str| json!({ "key": key, "value": value });
    let tags = || world.call(ListTagsForResource, json!({ "resourceArn": resource }))["tags"].clone();
    assert_eq!(world.call(TagResource, json!({ "resourceArn": resource, "tags": [] })), json!({}));
    assert_eq!(tags(), json!([]));
    world.call(TagResource, json!({ "resourceArn": resource, "tags": [tag("key1", "a"), tag("key2", "b")] }));
    world.call(TagResource, json!({ "resourceArn": resource, "tags": [tag("key1", "c")] }));
    assert_eq!(tags(), json!([tag("key1", "c"), tag("key2", "b")]));
    world.call(UntagResource, json!({ "resourceArn": resource, "tagKeys": ["key1", "key1", "none"] }));
    assert_eq!(tags(), json!([tag("key2", "b")]));
}

#[test]
fn tags_are_refused_where_they_do_not_belong() {
    let world = World::new();
    let machine = world.machine("m", &pass());
    let version = format!("{machine}:1");
    let absent = format!("{machine}2");
    let many: Vec<_> = (0..51).map(|n| json!({ "key": n.to_string(), "value": "" })).collect();
    let tags = json!([{ "key": "k", "value": "v" }]);
    let cases = [
        (
            json!({ "resourceArn": version, "tags": tags }),
            "ResourceNotFound",
            format!("Resource not found: '{version}'"),
        ),
        (
            json!({ "resourceArn": absent, "tags": tags }),
            "ResourceNotFound",
            format!("Resource not found: '{absent}'"),
        ),
        (
            json!({ "resourceArn": "x", "tags": tags }),
            "InvalidArn",
            "Invalid Arn: 'Invalid ARN prefix: x'".to_owned(),
        ),
        (
            json!({ "resourceArn": machine, "tags": many }),
            "TooManyTags",
            format!("Too many tags: '{machine}'"),
        ),
    ];
    for (request, code, message) in cases {
        assert_eq!(world.refusal(TagResource, request), (code.to_owned(), message));
    }
}

#[test]
fn validation_tells_what_is_wrong_and_never_fails() {
    let world = World::new();
    let source = "[Source: (String)\"not a definition\"; line: 1, column: 4]";
    let unknown = "Unrecognized token 'not': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
    let schema = |message: &str| json!({ "severity": "ERROR", "code": "SCHEMA_VALIDATION_FAILED", "message": message });
    let mut fields = schema("These fields are required: [States, StartAt]");
    fields["location"] = json!("/");
    let cases = [
        (pass().to_string(), "OK", json!([])),
        ("{}".to_owned(), "FAIL", json!([fields])),
        (" ".to_owned(), "FAIL", json!([schema("Definition must be a valid JSON object")])),
        (
            "not a definition".to_owned(),
            "FAIL",
            json!([{ "severity": "ERROR", "code": "INVALID_JSON_DESCRIPTION", "location": source, "message": format!("{unknown}\n at {source}") }]),
        ),
    ];
    for (definition, result, diagnostics) in cases {
        let answer = world.call(ValidateStateMachineDefinition, json!({ "definition": definition }));
        let want = json!({ "result": result, "diagnostics": diagnostics, "truncated": false });
        assert_eq!(answer, want, "{definition}");
    }
}
