//! Redrive: what goes on after an execution that has failed, and what stays.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use asl_runtime::{Execution, MapRunReport, Problem, Refused, Signal};
use support::{Run, at, fail, succeed};

const TASK: &str = r#"{ "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true }"#;

fn redrive(run: &mut Run) {
    // As a store would have kept it.
    run.execution = Execution::resume(run.definition.clone(), &run.execution.snapshot()).unwrap();
    run.outcomes.clear();
    let step = run.execution.step(run.now, Signal::Redrive).unwrap();
    run.take(step);
}

#[test]
fn a_failed_task_is_tried_again_with_its_input() {
    let mut run = Run::start(&support::one(TASK), r#"{ "a": 1 }"#);
    run.report(fail("E", "c"));
    assert_eq!(run.result(), "E: c");
    redrive(&mut run);
    assert_eq!(run.open.front().unwrap().input.text(), r#"{ "a": 1 }"#);
    run.report(succeed("2"));
    assert_eq!(run.result(), "2");
    assert_eq!(
        run.trace()[5..],
        [
            "6 5 ExecutionFailed",
            "7 6 ExecutionRedriven",
            "8 7 TaskScheduled",
            "9 8 TaskStarted",
            "10 9 TaskSucceeded",
            "11 10 TaskExited",
            "12 11 ExecutionSucceeded"
        ]
    );
}

#[test]
fn the_context_tells_of_the_redrive() {
    let task = TASK.replace(
        r#""End""#,
        r#""ResultSelector": { "count.$": "$$.Execution.RedriveCount", "at.$": "$$.Execution['RedriveTime','Id']" }, "End""#,
    );
    let mut run = Run::start(&support::one(&task), "{}");
    run.report(fail("E", "c"));
    redrive(&mut run);
    let redriven_at = run.now.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    run.now += chrono::TimeDelta::seconds(5);
    run.report(succeed("1"));
    let output = run.result();
    assert!(output.contains(r#""count":1"#), "{output}");
    assert!(output.contains(&format!(r#""RedriveTime":"{redriven_at}""#)), "{output}");
}

#[test]
fn branches_that_have_succeeded_stay() {
    let text = support::one(&format!(
        r#"{{ "Type": "Parallel", "End": true, "Branches": [
            {{ "StartAt": "A", "States": {{ "A": {TASK} }} }},
            {{ "StartAt": "B", "States": {{ "B": {TASK} }} }},
            {{ "StartAt": "C", "States": {{ "C": {TASK} }} }} ] }}"#
    ));
    let mut run = Run::start(&text, "{}");
    run.report(succeed("\"a\""));
    run.report(fail("E", "b"));
    // The third branch was under way, and was ended.
    assert_eq!(run.result(), "E: b");
    assert_eq!(run.cancelled.len(), 1);
    run.open.clear();
    redrive(&mut run);
    let again: Vec<_> = run.open.iter().map(|task| task.state_name.to_string()).collect();
    assert_eq!(again, ["B", "C"]);
    run.report(succeed("\"b\""));
    run.report(succeed("\"c\""));
    assert_eq!(run.result(), r#"["a","b","c"]"#);
}

#[test]
fn iterations_that_were_not_reached_follow() {
    let text = support::one(&format!(
        r#"{{ "Type": "Map", "MaxConcurrency": 1, "End": true, "ItemProcessor": {{ "StartAt": "I",
            "States": {{ "I": {TASK} }} }} }}"#
    ));
    let mut run = Run::start(&text, "[1, 2, 3]");
    run.report(succeed("10"));
    run.report(fail("E", "c"));
    assert_eq!(run.result(), "E: c");
    redrive(&mut run);
    run.report(succeed("20"));
    run.report(succeed("30"));
    assert_eq!(run.result(), "[10,20,30]");
}

#[test]
fn retries_count_anew() {
    let task = TASK.replace('{', r#"{ "Retry": [{ "ErrorEquals": ["States.ALL"], "MaxAttempts": 1 }],"#);
    let mut run = Run::start(&support::one(&task), "{}").finish([fail("E", "1"), fail("E", "2")]);
    assert_eq!(run.result(), "E: 2");
    redrive(&mut run);
    run.report(fail("E", "3"));
    assert!(run.outcomes.is_empty(), "it is retried");
    run.wake();
    run.report(succeed("4"));
    assert_eq!(run.result(), "4");
}

#[test]
fn a_stopped_execution_goes_on_where_it_was() {
    let text = support::one(r#"{ "Type": "Wait", "Seconds": 10, "End": true }"#);
    let mut run = Run::start(&text, "{}");
    let step = run.execution.step(at(1), Signal::Stop { error: None, cause: None }).unwrap();
    run.take(step);
    redrive(&mut run);
    run.wake();
    assert_eq!(run.result(), "{}");
}

#[test]
fn the_time_out_counts_anew() {
    let text = r#"{ "StartAt": "S", "TimeoutSeconds": 5, "States": { "S": {
        "Type": "Wait", "Seconds": 8, "End": true } } }"#;
    let mut run = Run::start(text, "{}");
    run.wake();
    assert_eq!(run.now, at(5));
    run.pass(100);
    redrive(&mut run);
    assert_eq!(run.wake_at, Some(at(110)));
}

#[test]
fn a_map_run_is_redriven() {
    let text = support::one(
        r#"{ "Type": "Map", "End": true, "ItemProcessor": {
            "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" }, "StartAt": "I",
            "States": { "I": { "Type": "Pass", "End": true } } } }"#,
    );
    let mut run = Run::start(&text, "[1]");
    let first = run.map_runs[0].clone();
    let report = MapRunReport::Failed(Problem::new("E", "c"));
    let step = run.execution.step(run.now, Signal::MapRun { map_run: first.key, report }).unwrap();
    run.take(step);
    redrive(&mut run);
    let second = run.map_runs[1].clone();
    assert_eq!((second.redrive_count, &second.arn), (1, &first.arn));
    assert_eq!(run.trace()[7..], ["8 7 ExecutionRedriven", "9 8 MapRunRedriven"]);
}

#[test]
fn what_runs_or_has_succeeded_is_not_redriven() {
    let mut run = Run::start(&support::one(TASK), "{}");
    assert_eq!(run.execution.step(at(0), Signal::Redrive), Err(Refused::NotRedrivable));
    run.report(succeed("1"));
    assert_eq!(run.execution.step(at(0), Signal::Redrive), Err(Refused::NotRedrivable));
}
