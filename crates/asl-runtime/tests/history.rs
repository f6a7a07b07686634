//! The order of events and the events that they follow.

mod support;

use support::{Run, fail, succeed};

const TASK: &str = r#""Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage""#;

#[track_caller]
fn check(run: &Run, want: &str) {
    let want: Vec<&str> = want.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(run.trace(), want);
}

#[test]
fn the_first_state_follows_nothing() {
    let run = Run::start(
        r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Next": "B" }, "B": { "Type": "Succeed" } } }"#,
        "{}",
    );
    check(
        &run,
        "1 0 ExecutionStarted
         2 0 PassEntered
         3 2 PassExited
         4 3 SucceedEntered
         5 4 SucceedExited
         6 5 ExecutionSucceeded",
    );
}

#[test]
fn a_fail_state_is_entered_only() {
    let run = Run::start(&support::one(r#"{ "Type": "Fail", "Error": "E" }"#), "{}");
    check(&run, "1 0 ExecutionStarted\n 2 0 FailEntered\n 3 2 ExecutionFailed");
    assert_eq!(run.result(), "E: -");
}

#[test]
fn sequential_iterations_hang_off_the_one_before() {
    let run = Run::start(
        &support::one(
            r#"{ "Type": "Map", "MaxConcurrency": 1, "End": true, "ItemProcessor": {
                "StartAt": "I", "States": { "I": { "Type": "Pass", "End": true } } } }"#,
        ),
        "[1, 2]",
    );
    check(
        &run,
        "1 0 ExecutionStarted
         2 0 MapEntered
         3 2 MapStarted
         4 3 MapIterationStarted
         5 4 PassEntered
         6 5 PassExited
         7 6 MapIterationSucceeded
         8 6 MapIterationStarted
         9 8 PassEntered
         10 9 PassExited
         11 10 MapIterationSucceeded
         12 11 MapSucceeded
         13 11 MapExited
         14 13 ExecutionSucceeded",
    );
    assert_eq!(run.result(), "[1,2]");
}

#[test]
fn concurrent_iterations_hang_off_the_state() {
    let run = Run::start(
        &support::one(
            r#"{ "Type": "Map", "End": true, "ItemProcessor": {
                "StartAt": "I", "States": { "I": { "Type": "Pass", "End": true } } } }"#,
        ),
        "[1, 2]",
    );
    check(
        &run,
        "1 0 ExecutionStarted
         2 0 MapEntered
         3 2 MapStarted
         4 3 MapIterationStarted
         5 3 MapIterationStarted
         6 4 PassEntered
         7 6 PassExited
         8 7 MapIterationSucceeded
         9 5 PassEntered
         10 9 PassExited
         11 10 MapIterationSucceeded
         12 11 MapSucceeded
         13 11 MapExited
         14 13 ExecutionSucceeded",
    );
}

#[test]
fn an_empty_map_has_no_iterations() {
    let run = Run::start(
        &support::one(
            r#"{ "Type": "Map", "End": true, "ItemProcessor": {
                "StartAt": "I", "States": { "I": { "Type": "Pass", "End": true } } } }"#,
        ),
        "[]",
    );
    check(
        &run,
        "1 0 ExecutionStarted
         2 0 MapEntered
         3 2 MapStarted
         4 3 MapSucceeded
         5 3 MapExited
         6 5 ExecutionSucceeded",
    );
    assert_eq!(run.result(), "[]");
}

#[test]
fn a_failed_iteration_is_a_sibling_of_the_failed_state() {
    let run = Run::start(
        &support::one(
            r#"{ "Type": "Map", "End": true, "MaxConcurrency": 1, "ItemProcessor": {
                "StartAt": "F", "States": { "F": { "Type": "Fail" } } } }"#,
        ),
        "[1]",
    );
    check(
        &run,
        "1 0 ExecutionStarted
         2 0 MapEntered
         3 2 MapStarted
         4 3 MapIterationStarted
         5 4 FailEntered
         6 5 MapIterationFailed
         7 5 MapFailed
         8 7 ExecutionFailed",
    );
}

#[test]
fn a_retried_map_starts_again_without_failing() {
    let run = Run::start(
        &support::one(
            r#"{ "Type": "Map", "End": true, "MaxConcurrency": 1,
                "Retry": [{ "ErrorEquals": ["E"], "MaxAttempts": 1 }],
                "ItemProcessor": { "StartAt": "F", "States": { "F": { "Type": "Fail", "Error": "E" } } } }"#,
        ),
        "[1]",
    )
    .finish([]);
    check(
        &run,
        "1 0 ExecutionStarted
         2 0 MapEntered
         3 2 MapStarted
         4 3 MapIterationStarted
         5 4 FailEntered
         6 5 MapIterationFailed
         7 5 MapStarted
         8 7 MapIterationStarted
         9 8 FailEntered
         10 9 MapIterationFailed
         11 9 MapFailed
         12 11 ExecutionFailed",
    );
}

#[test]
fn branches_join_in_the_parallel_state() {
    let run = Run::start(
        &support::one(
            r#"{ "Type": "Parallel", "End": true, "Branches": [
                { "StartAt": "A", "States": { "A": { "Type": "Pass", "Result": 1, "End": true } } },
                { "StartAt": "B", "States": { "B": { "Type": "Pass", "Result": 2, "End": true } } } ] }"#,
        ),
        "{}",
    );
    check(
        &run,
        "1 0 ExecutionStarted
         2 0 ParallelEntered
         3 2 ParallelStarted
         4 3 PassEntered
         5 4 PassExited
         6 3 PassEntered
         7 6 PassExited
         8 7 ParallelSucceeded
         9 7 ParallelExited
         10 9 ExecutionSucceeded",
    );
    assert_eq!(run.result(), "[1,2]");
}

#[test]
fn a_failed_branch_aborts_the_others() {
    let run = Run::start(
        &support::one(&format!(
            r#"{{ "Type": "Parallel", "End": true, "Branches": [
                {{ "StartAt": "A", "States": {{ "A": {{ {TASK}, "End": true }} }} }},
                {{ "StartAt": "B", "States": {{ "B": {{ "Type": "Wait", "Seconds": 9, "End": true }} }} }},
                {{ "StartAt": "C", "States": {{ "C": {{ {TASK}, "End": true }} }} }} ] }}"#
        )),
        "{}",
    )
    .finish([fail("E", "why")]);
    check(
        &run,
        "1 0 ExecutionStarted
         2 0 ParallelEntered
         3 2 ParallelStarted
         4 3 TaskEntered
         5 4 TaskScheduled
         6 3 WaitEntered
         7 3 TaskEntered
         8 7 TaskScheduled
         9 5 TaskStarted
         10 9 TaskFailed
         11 10 TaskAborted
         12 6 WaitAborted
         13 8 TaskAborted
         14 10 ParallelFailed
         15 14 ExecutionFailed",
    );
    assert_eq!(run.cancelled.len(), 1);
    assert_eq!(run.result(), "E: why");
}

#[test]
fn iterations_are_aborted_innermost_first() {
    let run = Run::start(
        &support::one(&format!(
            r#"{{ "Type": "Map", "End": true, "ItemProcessor": {{ "StartAt": "P", "States": {{
                "P": {{ "Type": "Parallel", "End": true, "Branches": [
                    {{ "StartAt": "T", "States": {{ "T": {{ {TASK}, "End": true }} }} }} ] }} }} }} }}"#
        )),
        "[1, 2]",
    )
    .finish([fail("E", "why")]);
    let tail: Vec<String> = run.trace().split_off(13);
    assert_eq!(
        tail,
        [
            "14 11 TaskStarted",
            "15 14 TaskFailed",
            "16 15 TaskAborted",
            "17 15 ParallelFailed",
            "18 17 MapIterationFailed",
            "19 13 TaskAborted",
            "20 9 ParallelAborted",
            "21 9 MapIterationAborted",
            "22 17 MapFailed",
            "23 22 ExecutionFailed"
        ]
    );
}

#[test]
fn a_caught_parallel_exits_after_its_failure() {
    let run = Run::start(
        r#"{ "StartAt": "P", "States": { "P": { "Type": "Parallel", "End": true,
            "Catch": [{ "ErrorEquals": ["E"], "ResultPath": "$.error", "Next": "C" }],
            "Branches": [{ "StartAt": "F", "States": { "F": { "Type": "Fail", "Error": "E", "Cause": "why" } } }] },
            "C": { "Type": "Succeed" } } }"#,
        r#"{ "in": 1 }"#,
    );
    check(
        &run,
        "1 0 ExecutionStarted
         2 0 ParallelEntered
         3 2 ParallelStarted
         4 3 FailEntered
         5 4 ParallelFailed
         6 5 ParallelExited
         7 6 SucceedEntered
         8 7 SucceedExited
         9 8 ExecutionSucceeded",
    );
    assert_eq!(run.result(), r#"{"in":1,"error":{"Error":"E","Cause":"why"}}"#);
}

#[test]
fn a_retried_task_is_scheduled_again_after_its_failure() {
    let run = Run::start(
        &support::one(&format!(
            r#"{{ {TASK}, "Retry": [{{ "ErrorEquals": ["States.ALL"] }}], "End": true }}"#
        )),
        "{}",
    )
    .finish([fail("E", ""), succeed("1")]);
    check(
        &run,
        "1 0 ExecutionStarted
         2 0 TaskEntered
         3 2 TaskScheduled
         4 3 TaskStarted
         5 4 TaskFailed
         6 5 TaskScheduled
         7 6 TaskStarted
         8 7 TaskSucceeded
         9 8 TaskExited
         10 9 ExecutionSucceeded",
    );
}

#[test]
fn an_evaluation_fails_before_its_state_but_after_a_wait() {
    let machine = |state: &str| {
        format!(r#"{{ "QueryLanguage": "JSONata", "StartAt": "S", "States": {{ "S": {state} }} }}"#)
    };
    let run = Run::start(&machine(r#"{ "Type": "Pass", "Output": "{% $nothing %}", "End": true }"#), "{}");
    check(&run, "1 0 ExecutionStarted\n 2 0 PassEntered\n 3 0 EvaluationFailed\n 4 3 ExecutionFailed");
    let run = Run::start(&machine(r#"{ "Type": "Wait", "Timestamp": "{% 'soon' %}", "End": true }"#), "{}");
    check(&run, "1 0 ExecutionStarted\n 2 0 WaitEntered\n 3 2 EvaluationFailed\n 4 3 ExecutionFailed");
}

#[test]
fn a_stopped_execution_ends_with_nothing_before() {
    let mut run = Run::start(&support::one(r#"{ "Type": "Wait", "Seconds": 9, "End": true }"#), "{}");
    let signal = asl_runtime::Signal::Stop { error: Some("E".into()), cause: None };
    let step = run.execution.step(run.now, signal).expect("it runs");
    run.take(step);
    check(&run, "1 0 ExecutionStarted\n 2 0 WaitEntered\n 3 0 ExecutionAborted");
    assert_eq!(run.outcome().status(), "ABORTED");
    assert_eq!(run.result(), "E: -");
}
