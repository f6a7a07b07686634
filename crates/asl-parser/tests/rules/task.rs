//! Task states: error handlers, resources.

use asl_parser::{MachineType, Options, Profile, parse};

use crate::{check_state, findings};

#[test]
fn tasks_and_error_handlers() {
    let check_task = |name: &str, fields: &str, want: &[&str]| {
        check_state(
            name,
            &format!(r#""Type":"Task","Resource":"arn:aws:states:::lambda:invoke","End":true,{fields}"#),
            want,
        );
    };
    for (name, fields, want) in [
        ("empty lists", r#""Retry":[],"Catch":[]"#, &[][..]),
        (
            "all of a retrier",
            r#""Retry":[{"ErrorEquals":["E"],"IntervalSeconds":1,"MaxAttempts":0,"BackoffRate":1.0,"MaxDelaySeconds":2,"JitterStrategy":"FULL","Comment":"c"}]"#,
            &[],
        ),
        (
            "unknown field",
            r#""Retry":[{"ErrorEquals":["E"],"Times":1}]"#,
            &["SCHEMA_VALIDATION_FAILED: Field 'Times' is not supported at /States/A/Retry[0]"],
        ),
        (
            "no errors",
            r#""Retry":[{"MaxAttempts":1}]"#,
            &["SCHEMA_VALIDATION_FAILED: These fields are required: [ErrorEquals] at /States/A/Retry[0]"],
        ),
        (
            "empty errors",
            r#""Retry":[{"ErrorEquals":[]}]"#,
            &["SCHEMA_VALIDATION_FAILED: Value cannot be empty at /States/A/Retry[0]/ErrorEquals"],
        ),
        (
            "error is a number",
            r#""Retry":[{"ErrorEquals":[1]}]"#,
            &[
                "SCHEMA_VALIDATION_FAILED: Expected value of type [STRING] at /States/A/Retry[0]/ErrorEquals[0]",
            ],
        ),
        (
            "interval of 0",
            r#""Retry":[{"ErrorEquals":["E"],"IntervalSeconds":-1}]"#,
            &["SCHEMA_VALIDATION_FAILED: Minimum value is 0 at /States/A/Retry[0]/IntervalSeconds"],
        ),
        (
            "backoff below 1",
            r#""Retry":[{"ErrorEquals":["E"],"BackoffRate":0.5}]"#,
            &["SCHEMA_VALIDATION_FAILED: Minimum value is 1.0 at /States/A/Retry[0]/BackoffRate"],
        ),
        (
            "jitter",
            r#""Retry":[{"ErrorEquals":["E"],"JitterStrategy":"HALF"}]"#,
            &[
                "SCHEMA_VALIDATION_FAILED: Value should be one of the following: [NONE, FULL] at /States/A/Retry[0]/JitterStrategy",
            ],
        ),
        (
            "ALL not last",
            r#""Retry":[{"ErrorEquals":["States.ALL"]},{"ErrorEquals":["E"]}]"#,
            &[
                "SCHEMA_VALIDATION_FAILED: States.ALL must appear alone and at end of list at /States/A/Retry[0]/ErrorEquals",
            ],
        ),
        (
            "ALL not alone",
            r#""Catch":[{"ErrorEquals":["E","States.ALL"],"Next":"B"}]"#,
            &[
                "SCHEMA_VALIDATION_FAILED: States.ALL must appear alone and at end of list at /States/A/Catch[0]/ErrorEquals",
            ],
        ),
        (
            "catcher without next",
            r#""Catch":[{"ErrorEquals":["E"]}]"#,
            &["SCHEMA_VALIDATION_FAILED: These fields are required: [Next] at /States/A/Catch[0]"],
        ),
        (
            "catcher with output",
            r#""Catch":[{"ErrorEquals":["E"],"Next":"B","Output":1}]"#,
            &[
                "SCHEMA_VALIDATION_FAILED: The QueryLanguage is set to 'JSONPath', but field 'Output' is only supported for the 'JSONata' QueryLanguage at /States/A/Catch[0]",
            ],
        ),
        (
            "catcher leads nowhere",
            r#""Catch":[{"ErrorEquals":["E"],"Next":"N"}]"#,
            &["MISSING_TRANSITION_TARGET: Missing 'Next' target: N at /States/A/Catch[0]/Next"],
        ),
        (
            "both timeouts",
            r#""TimeoutSeconds":1,"TimeoutSecondsPath":"$.t""#,
            &[
                "SCHEMA_VALIDATION_FAILED: There should only be one of the following fields: [TimeoutSeconds, TimeoutSecondsPath] at /States/A",
            ],
        ),
        (
            "heartbeat",
            r#""TimeoutSeconds":5,"HeartbeatSeconds":6"#,
            &[
                "SCHEMA_VALIDATION_FAILED: HeartbeatSeconds (6) must be smaller than TimeoutSeconds (5) at /States/A/HeartbeatSeconds",
            ],
        ),
        (
            "timeout of 0",
            r#""TimeoutSeconds":0"#,
            &["SCHEMA_VALIDATION_FAILED: Minimum value is 1 at /States/A/TimeoutSeconds"],
        ),
        (
            "timeout too long",
            r#""TimeoutSeconds":100000000"#,
            &["SCHEMA_VALIDATION_FAILED: Maximum value is 99999999 at /States/A/TimeoutSeconds"],
        ),
        (
            "timeout from several values",
            r#""TimeoutSecondsPath":"$..t""#,
            &["SCHEMA_VALIDATION_FAILED: Value is not a Reference Path at /States/A/TimeoutSecondsPath"],
        ),
        ("timeout from the context", r#""TimeoutSecondsPath":"$$.Execution.Input.t""#, &[]),
        (
            "timeout false",
            r#""TimeoutSeconds":false"#,
            &["SCHEMA_VALIDATION_FAILED: Expected value of type Integer at /States/A/TimeoutSeconds"],
        ),
        ("role by path", r#""Credentials":{"RoleArn.$":"$.role"}"#, &[]),
        (
            "role that is no text",
            r#""Credentials":{"RoleArn":1}"#,
            &["SCHEMA_VALIDATION_FAILED: Expected value of type [STRING] at /States/A/Credentials/RoleArn"],
        ),
        (
            "role misspelt",
            r#""Credentials":{"roleArn":"r"}"#,
            &[
                "SCHEMA_VALIDATION_FAILED: The field 'RoleArn' is required but was missing at /States/A/Credentials",
            ],
        ),
        (
            "credentials null",
            r#""Credentials":null"#,
            &["SCHEMA_VALIDATION_FAILED: Expected value of type [OBJECT] at /States/A/Credentials"],
        ),
    ] {
        check_task(name, fields, want);
    }
}

#[test]
fn resources_by_profile_and_type() {
    let express = Options { machine_type: MachineType::Express, ..Options::default() };
    let language = Options { profile: Profile::Language, ..Options::default() };
    let standard = Options::default();
    for (name, resource, options, want) in [
        ("not an arn", "mock-arn", &standard, "Value is not a valid resource ARN"),
        ("not an arn, by the language", "mock-arn", &language, ""),
        ("any service", "arn:aws:swf:us-east-1:123456789012:task:X", &standard, ""),
        (
            "unknown integration",
            "arn:aws:states:::magic:do",
            &standard,
            "The resource provided arn:aws:states:::magic:do is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.",
        ),
        (
            "lambda as a job",
            "arn:aws:states:::lambda:invoke.sync",
            &standard,
            "The resource provided arn:aws:states:::lambda:invoke.sync is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.",
        ),
        (
            "job in its second version",
            "arn:aws:states:::glue:startJobRun.sync:2",
            &standard,
            "The resource provided arn:aws:states:::glue:startJobRun.sync:2 is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.",
        ),
        (
            "callback from a table",
            "arn:aws:states:::dynamodb:putItem.waitForTaskToken",
            &standard,
            "The resource provided arn:aws:states:::dynamodb:putItem.waitForTaskToken is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.",
        ),
        (
            "unknown action",
            "arn:aws:states:::sagemaker:createCoffee",
            &standard,
            "The resource provided arn:aws:states:::sagemaker:createCoffee is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.",
        ),
        (
            "a map's reader is no task",
            "arn:aws:states:::s3:getObject",
            &standard,
            "The resource provided arn:aws:states:::s3:getObject is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.",
        ),
        (
            "a web request as a job",
            "arn:aws:states:::http:invoke.sync",
            &standard,
            "The resource provided arn:aws:states:::http:invoke.sync is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.",
        ),
        (
            "a web request with a callback",
            "arn:aws:states:::http:invoke.waitForTaskToken",
            &standard,
            "The resource provided arn:aws:states:::http:invoke.waitForTaskToken is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.",
        ),
        ("a cluster", "arn:aws:states:::eks:createCluster.sync", &standard, ""),
        ("callback from an sdk", "arn:aws:states:::aws-sdk:sqs:sendMessage.waitForTaskToken", &standard, ""),
        ("sdk integration", "arn:aws:states:::aws-sdk:magic:do", &standard, ""),
        (
            "job",
            "arn:aws:states:::states:startExecution.sync:2",
            &express,
            "Express state machine does not support '.sync' service integration",
        ),
        (
            "callback",
            "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            &express,
            "Express state machine does not support '.waitForTaskToken' service integration ",
        ),
        (
            "activity",
            "arn:aws:states:us-east-1:123456789012:activity:a",
            &express,
            "Express state machine does not support Activity ARN",
        ),
        ("request", "arn:aws:states:::lambda:invoke", &express, ""),
    ] {
        let text = format!(
            r#"{{"StartAt":"A","States":{{"A":{{"Type":"Task","Resource":"{resource}","End":true}}}}}}"#
        );
        let found: Vec<String> =
            parse(&text, options).diagnostics.into_iter().map(|found| found.message).collect();
        assert_eq!(found.join(""), want, "{name}");
    }
}

#[test]
fn children_of_a_distributed_map_have_a_type_of_their_own() {
    let map = |execution_type: &str| {
        format!(
            r#"{{"StartAt":"A","States":{{"A":{{"Type":"Map","End":true,"ItemProcessor":{{"ProcessorConfig":{{"Mode":"DISTRIBUTED","ExecutionType":"{execution_type}"}},"StartAt":"I","States":{{"I":{{"Type":"Task","Resource":"arn:aws:states:::batch:submitJob.sync","End":true}}}}}}}}}}}}"#
        )
    };
    assert_eq!(findings(&map("STANDARD"), &Options::default()), [] as [String; 0]);
    assert_eq!(
        findings(&map("EXPRESS"), &Options::default()),
        [
            "SCHEMA_VALIDATION_FAILED: Express state machine does not support '.sync' service integration at /States/A/ItemProcessor/States/I/Resource"
        ]
    );
}
