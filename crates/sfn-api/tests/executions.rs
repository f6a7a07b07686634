//! Executions: start, description, history, lists, stopping, Express.

mod support;

use serde_json::{Value, json};
use sfn_api::Operation::*;
use support::{World, pass, text, wait};

#[test]
fn an_execution_is_described_as_aws_does() {
    let world = World::new();
    let machine = world.machine("m", &pass());
    let request =
        json!({ "stateMachineArn": machine, "name": "e", "input": "{ \"x\": 1 }", "traceHeader": "Root=1" });
    let started = world.call(StartExecution, request);
    let arn = "arn:aws:states:us-east-1:123456789012:execution:m:e";
    assert_eq!(started, json!({ "executionArn": arn, "startDate": 1_700_000_000.0 }));
    let described = world.call(DescribeExecution, json!({ "executionArn": arn }));
    let want = json!({
        "executionArn": arn, "stateMachineArn": machine, "name": "e", "status": "SUCCEEDED",
        "startDate": 1_700_000_000.0, "stopDate": 1_700_000_000.0,
        "input": "{ \"x\": 1 }", "inputDetails": { "included": true },
        "output": "{\"a\":1}", "outputDetails": { "included": true },
        "traceHeader": "Root=1",
        "redriveCount": 0, "redriveStatus": "NOT_REDRIVABLE",
        "redriveStatusReason": "Execution is SUCCEEDED and cannot be redriven",
    });
    assert_eq!(described, want);
    let request = json!({ "executionArn": arn, "includedData": "METADATA_ONLY" });
    let described = world.call(DescribeExecution, request);
    assert_eq!((described.get("input"), described.get("outputDetails")), (None, None));
}

#[test]
fn the_machine_for_an_execution_is_the_revision_it_runs() {
    let world = World::new();
    let machine = world.machine("m", &wait());
    let execution = world.start(&machine, "{}");
    world.call(UpdateStateMachine, json!({ "stateMachineArn": machine, "definition": pass().to_string() }));
    let described = world.call(DescribeStateMachineForExecution, json!({ "executionArn": execution }));
    let want = json!({
        "stateMachineArn": machine, "name": "m", "definition": wait().to_string(), "roleArn": support::ROLE,
        "updateDate": 1_700_000_000.0,
        "loggingConfiguration": { "level": "OFF", "includeExecutionData": false },
        "tracingConfiguration": { "enabled": false },
        "encryptionConfiguration": { "type": "AWS_OWNED_KEY" },
    });
    assert_eq!(described, want);
}

#[test]
fn a_start_is_idempotent_while_the_first_runs() {
    let world = World::new();
    let machine = world.machine("m", &wait());
    let start = |name: &str, input: &str| json!({ "stateMachineArn": machine, "name": name, "input": input });
    let first = world.call(StartExecution, start("e", "{\"a\":1}"));
    world.host.advance(std::time::Duration::from_secs(5));
    assert_eq!(world.call(StartExecution, start("e", "{\"a\":1}")), first, "the same start again");
    let exists = (
        "ExecutionAlreadyExists".to_owned(),
        format!("Execution Already Exists: '{}'", text(&first, "executionArn")),
    );
    assert_eq!(world.refusal(StartExecution, start("e", "{\"a\":2}")), exists, "another input");
    world.call(StopExecution, json!({ "executionArn": first["executionArn"] }));
    assert_eq!(world.refusal(StartExecution, start("e", "{\"a\":1}")), exists, "after it closed");
}

#[test]
fn starts_are_refused_in_the_words_of_aws() {
    let world = World::new();
    let machine = world.machine("m", &pass());
    let absent = "arn:aws:states:us-east-1:123456789012:stateMachine:none";
    let input = |text: &str| json!({ "stateMachineArn": machine, "input": text });
    let cases = [
        (
            json!({ "stateMachineArn": absent }),
            "StateMachineDoesNotExist",
            format!("State Machine Does Not Exist: '{absent}'"),
        ),
        (
            input(""),
            "InvalidExecutionInput",
            "Invalid State Machine Execution Input: 'Invalid execution input.'".to_owned(),
        ),
        (
            input("not some json"),
            "InvalidExecutionInput",
            "Invalid State Machine Execution Input: 'Unrecognized token 'not': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')'".to_owned(),
        ),
        (
            input("{'not': 'json'"),
            "InvalidExecutionInput",
            "Invalid State Machine Execution Input: 'Unexpected character (''' (code 39)): was expecting double-quote to start field name'".to_owned(),
        ),
        (
            input(&"1".repeat(262_145)),
            "ValidationException",
            "1 validation error detected: Value at 'input' failed to satisfy constraint: Member must have length less than or equal to 262144".to_owned(),
        ),
        (
            json!({ "stateMachineArn": machine, "name": "a/b" }),
            "InvalidName",
            "Invalid Name: 'a/b'".to_owned(),
        ),
    ];
    for (request, code, message) in cases {
        assert_eq!(world.refusal(StartExecution, request), (code.to_owned(), message));
    }
    for text in ["2", "\"some text\"", "null"] {
        world.call(StartExecution, input(text));
    }
}

#[test]
fn executions_that_are_not_there_are_told_by_each_operation() {
    let world = World::new();
    let absent = "arn:aws:states:us-east-1:123456789012:execution:m:none";
    let express = "arn:aws:states:us-east-1:123456789012:express:m:e:1";
    for operation in [DescribeExecution, DescribeStateMachineForExecution, StopExecution, GetExecutionHistory]
    {
        let cases = [
            (
                "invalid_state_machine_arn",
                "InvalidArn",
                "Invalid Arn: 'Invalid ARN prefix: invalid_state_machine_arn'".to_owned(),
            ),
            (
                express,
                "InvalidArn",
                "Invalid Arn: 'Resource type not valid in this context: express'".to_owned(),
            ),
            (absent, "ExecutionDoesNotExist", format!("Execution Does Not Exist: '{absent}'")),
        ];
        for (arn, code, message) in cases {
            let refusal = world.refusal(operation, json!({ "executionArn": arn }));
            assert_eq!(refusal, (code.to_owned(), message), "{operation}");
        }
    }
}

#[test]
fn a_history_reads_in_both_orders_and_in_pages() {
    let world = World::new();
    let machine = world.machine("m", &pass());
    let arn = world.start(&machine, "{}");
    let history = |more: Value| {
        let mut request = json!({ "executionArn": arn });
        for (member, value) in more.as_object().unwrap() {
            request[member] = value.clone();
        }
        world.call(GetExecutionHistory, request)
    };
    let whole = history(json!({}))["events"].clone();
    let want = json!([
        { "id": 1, "previousEventId": 0, "timestamp": 1_700_000_000.0, "type": "ExecutionStarted",
          "executionStartedEventDetails": { "input": "{}", "inputDetails": { "truncated": false }, "roleArn": support::ROLE } },
        { "id": 2, "previousEventId": 0, "timestamp": 1_700_000_000.0, "type": "PassStateEntered",
          "stateEnteredEventDetails": { "name": "A", "input": "{}", "inputDetails": { "truncated": false } } },
        { "id": 3, "previousEventId": 2, "timestamp": 1_700_000_000.0, "type": "PassStateExited",
          "stateExitedEventDetails": { "name": "A", "output": "{\"a\":1}", "outputDetails": { "truncated": false } } },
        { "id": 4, "previousEventId": 3, "timestamp": 1_700_000_000.0, "type": "ExecutionSucceeded",
          "executionSucceededEventDetails": { "output": "{\"a\":1}", "outputDetails": { "truncated": false } } },
    ]);
    assert_eq!(whole, want);
    for reverse in [false, true] {
        let mut pages = Vec::new();
        let mut token = Value::Null;
        loop {
            let page = history(json!({ "reverseOrder": reverse, "maxResults": 3, "nextToken": token }));
            pages.extend(page["events"].as_array().unwrap().iter().cloned());
            match page.get("nextToken") {
                Some(next) => token = next.clone(),
                None => break,
            }
        }
        if reverse {
            pages.reverse();
        }
        assert_eq!(json!(pages), want, "reverse: {reverse}");
    }
    let bare = history(json!({ "includeExecutionData": false }));
    assert_eq!(bare["events"][1]["stateEnteredEventDetails"], json!({ "name": "A" }));
}

/// The ids of a history in pages of `max_results`, and how many pages it took.
fn paged_ids(world: &World, execution: &str, max_results: u64) -> (Vec<u64>, usize) {
    let (mut ids, mut pages, mut token) = (Vec::new(), 0, Value::Null);
    loop {
        let request = json!({ "executionArn": execution, "maxResults": max_results, "nextToken": token });
        let page = world.call(GetExecutionHistory, request);
        let events = page["events"].as_array().into_iter().flatten();
        ids.extend(events.filter_map(|event| event["id"].as_u64()));
        pages += 1;
        match page.get("nextToken") {
            Some(next) => token = next.clone(),
            None => return (ids, pages),
        }
    }
}

fn chain(length: usize) -> Value {
    let state = |n: usize| match n + 1 {
        next if next == length => json!({ "Type": "Pass", "End": true }),
        next => json!({ "Type": "Pass", "Next": format!("S{next}") }),
    };
    let states: serde_json::Map<_, _> = (0..length).map(|n| (format!("S{n}"), state(n))).collect();
    json!({ "StartAt": "S0", "States": states })
}

#[test]
fn a_long_history_has_no_gap_between_pages_and_reads() {
    let world = World::new();
    let machine = world.machine("m", &chain(300));
    let arn = world.start(&machine, "{}");
    for (max_results, pages) in [(1000, 1), (602, 1), (601, 2), (256, 3), (100, 7)] {
        let want = ((1..=602).collect(), pages);
        assert_eq!(paged_ids(&world, &arn, max_results), want, "{max_results} at a time");
    }
}

#[test]
fn large_documents_end_a_page_early() {
    let world = World::new();
    let machine = world.machine("m", &chain(20));
    // 42 events carry it, 16 of them fill four MiB.
    let arn = world.start(&machine, &format!("\"{}\"", "x".repeat(256_000)));
    assert_eq!(paged_ids(&world, &arn, 1000), ((1..=42).collect(), 3));
}

#[test]
fn a_page_token_is_bound_to_its_request_and_its_day() {
    let world = World::new();
    let machine = world.machine("m", &pass());
    let arn = world.start(&machine, "{}");
    let page = world.call(GetExecutionHistory, json!({ "executionArn": arn, "maxResults": 1 }));
    let with =
        |more: Value| json!({ "executionArn": arn, "nextToken": page["nextToken"], "reverseOrder": more });
    let invalid = ("InvalidToken".to_owned(), "Invalid Token: 'Invalid token'".to_owned());
    assert_eq!(world.refusal(GetExecutionHistory, with(json!(true))), invalid, "another order");
    world.call(GetExecutionHistory, with(json!(false)));
    world.host.advance(std::time::Duration::from_hours(24));
    assert_eq!(world.refusal(GetExecutionHistory, with(json!(false))), invalid, "a day later");
    let made_up = json!({ "executionArn": arn, "nextToken": "made-up" });
    assert_eq!(world.refusal(GetExecutionHistory, made_up), invalid);
}

#[test]
fn executions_are_listed_by_status_newest_first() {
    let world = World::new();
    let machine = world.machine("m", &wait());
    let first = world.start(&machine, "{}");
    let second = world.start(&machine, "{}");
    world.call(StopExecution, json!({ "executionArn": first }));
    let list = |status: Value| {
        let answer =
            world.call(ListExecutions, json!({ "stateMachineArn": machine, "statusFilter": status }));
        let arns = answer["executions"].as_array().unwrap().iter().map(|e| text(e, "executionArn"));
        arns.collect::<Vec<_>>()
    };
    assert_eq!(list(Value::Null), [second.clone(), first.clone()]);
    assert_eq!(list(json!("RUNNING")), [second]);
    assert_eq!(list(json!("ABORTED")), [first]);
    assert_eq!(list(json!("SUCCEEDED")), [""; 0]);
    let item = &world.call(ListExecutions, json!({ "stateMachineArn": machine }))["executions"][0];
    assert_eq!(
        (&item["redriveCount"], &item["status"], item.get("stopDate")),
        (&json!(0), &json!("RUNNING"), None)
    );
}

#[test]
fn lists_of_executions_are_refused_in_the_words_of_aws() {
    let world = World::new();
    let machine = world.machine("m", &pass());
    let express = world.machine_of_type("x", &pass(), "EXPRESS");
    let absent = "arn:aws:states:us-east-1:123456789012:stateMachine:none";
    let long = "x".repeat(3097);
    let one = |text: &str| format!("1 validation error detected: {text}");
    let cases = [
        (
            json!({ "stateMachineArn": "invalid_state_machine_arn" }),
            "InvalidArn",
            "Invalid Arn: 'Invalid ARN prefix: invalid_state_machine_arn'".to_owned(),
        ),
        (
            json!({ "stateMachineArn": absent }),
            "StateMachineDoesNotExist",
            format!("State Machine Does Not Exist: '{absent}'"),
        ),
        (
            json!({ "stateMachineArn": express }),
            "StateMachineTypeNotSupported",
            "This operation is not supported by this type of state machine".to_owned(),
        ),
        (
            json!({ "stateMachineArn": machine, "maxResults": 1001 }),
            "ValidationException",
            one(
                "Value '1001' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 1000",
            ),
        ),
        (
            json!({ "stateMachineArn": machine, "nextToken": long }),
            "ValidationException",
            one(&format!(
                "Value '{long}' at 'nextToken' failed to satisfy constraint: Member must have length less than or equal to 3096"
            )),
        ),
        (
            json!({ "stateMachineArn": machine, "statusFilter": "succeeded" }),
            "ValidationException",
            one(
                "Value 'succeeded' at 'statusFilter' failed to satisfy constraint: Member must satisfy enum value set: [SUCCEEDED, TIMED_OUT, PENDING_REDRIVE, ABORTED, FAILED, RUNNING]",
            ),
        ),
    ];
    for (request, code, message) in cases {
        assert_eq!(world.refusal(ListExecutions, request), (code.to_owned(), message));
    }
}

#[test]
fn a_stopped_execution_tells_error_and_cause() {
    let world = World::new();
    let machine = world.machine("m", &wait());
    let arn = world.start(&machine, "{}");
    world.call(StopExecution, json!({ "executionArn": arn, "error": "E", "cause": "because" }));
    let described = world.call(DescribeExecution, json!({ "executionArn": arn }));
    assert_eq!(
        (&described["status"], &described["error"], &described["cause"], &described["redriveStatus"]),
        (&json!("ABORTED"), &json!("E"), &json!("because"), &json!("REDRIVABLE"))
    );
    world.host.advance(std::time::Duration::from_secs(9));
    let again = world.call(StopExecution, json!({ "executionArn": arn }));
    assert_eq!(again["stopDate"], described["stopDate"], "stopping again changes nothing");
}

#[test]
fn express_executions_answer_at_once_and_leave_nothing() {
    let world = World::new();
    let machine = world.machine_of_type("m", &pass(), "EXPRESS");
    let request = json!({ "stateMachineArn": machine, "name": "e", "input": "{\"x\":1}" });
    let answer = world.call(StartSyncExecution, request.clone());
    let arn = text(&answer, "executionArn");
    assert!(arn.starts_with("arn:aws:states:us-east-1:123456789012:express:m:e:"), "{arn}");
    let want = json!({
        "executionArn": arn, "stateMachineArn": machine, "name": "e", "status": "SUCCEEDED",
        "startDate": 1_700_000_000.0, "stopDate": 1_700_000_000.0,
        "input": "{\"x\":1}", "inputDetails": { "included": true },
        "output": "{\"a\":1}", "outputDetails": { "included": true },
        "billingDetails": { "billedMemoryUsedInMB": 64, "billedDurationInMilliseconds": 100 },
    });
    assert_eq!(answer, want);
    let first = world.call(StartExecution, request.clone());
    let second = world.call(StartExecution, request);
    assert_ne!(first["executionArn"], second["executionArn"], "names may be used again at once");
}

#[test]
fn a_failed_express_execution_answers_with_output_details_but_no_output() {
    let world = World::new();
    let fail = json!({ "StartAt": "F", "States": { "F": { "Type": "Fail", "Error": "E", "Cause": "c" } } });
    let machine = world.machine_of_type("m", &fail, "EXPRESS");
    let answer = world.call(StartSyncExecution, json!({ "stateMachineArn": machine }));
    assert_eq!(
        (
            &answer["status"],
            &answer["error"],
            &answer["cause"],
            &answer["outputDetails"],
            answer.get("output")
        ),
        (&json!("FAILED"), &json!("E"), &json!("c"), &json!({ "included": true }), None)
    );
    let standard = world.machine("s", &pass());
    assert_eq!(
        world.refusal(StartSyncExecution, json!({ "stateMachineArn": standard })),
        (
            "StateMachineTypeNotSupported".to_owned(),
            "This operation is not supported by this type of state machine".to_owned()
        )
    );
}
