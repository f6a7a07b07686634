//! What happens at each bound.

mod support;

use asl_runtime::{Limits, Start};
use support::{Run, one};

fn run(text: &str, input: &str, limits: Limits) -> Run {
    Run::start_with(text, Start { limits, ..support::start(input) })
}

/// Goes round for ever, with two events each time.
const LOOP: &str = r#"{ "StartAt": "A", "States": { "A": { "Type": "Choice", "Default": "Z",
    "Choices": [{ "Variable": "$", "IsPresent": true, "Next": "A" }] }, "Z": { "Type": "Succeed" } } }"#;

#[test]
fn the_last_event_says_that_the_history_is_full() {
    let mut endless = run(LOOP, "{}", Limits { events_max: 100, ..Limits::default() });
    assert_eq!(endless.events.len(), 100);
    assert_eq!(endless.trace().last().map(String::as_str), Some("100 99 ExecutionFailed"));
    let want = "States.Runtime: The execution reached the maximum number of history events (100).";
    assert_eq!(endless.result(), want);
    assert!(endless.execution.step(endless.now, asl_runtime::Signal::Tick).is_err());
}

#[test]
fn a_history_that_just_fits_ends_well() {
    let text = one(r#"{ "Type": "Pass", "End": true }"#);
    let fits = run(&text, "{}", Limits { events_max: 4, ..Limits::default() });
    assert_eq!(fits.outcome().status(), "SUCCEEDED");
    let full = run(&text, "{}", Limits { events_max: 3, ..Limits::default() });
    assert_eq!(full.outcome().status(), "FAILED");
    assert_eq!(full.events.len(), 3);
}

#[test]
fn executions_last_no_longer_than_the_quota() {
    let waits = one(r#"{ "Type": "Wait", "Seconds": 1000, "End": true }"#);
    let limited = waits.replacen('{', r#"{ "TimeoutSeconds": 200,"#, 1);
    for (what, text, quota, seconds) in [
        ("the quota alone", &waits, 300, Some(300)),
        ("less than the quota", &limited, 300, Some(200)),
        ("more than the quota", &limited, 100, Some(100)),
        ("in time", &waits, 1001, None),
    ] {
        let run = run(text, "{}", Limits { execution_seconds_max: quota, ..Limits::default() });
        let started_at = run.now;
        let run = run.finish([]);
        let status = if seconds.is_some() { "TIMED_OUT" } else { "SUCCEEDED" };
        assert_eq!(run.outcome().status(), status, "{what}");
        assert_eq!((run.now - started_at).num_seconds(), seconds.unwrap_or(1000), "{what}");
    }
}

#[test]
fn a_busy_step_asks_to_go_on_at_once() {
    let limits = Limits { transitions_per_step_max: 10, ..Limits::default() };
    let mut busy = run(LOOP, "{}", limits);
    for steps in 1..4 {
        assert_eq!(busy.events.len(), 1 + steps * 20);
        assert_eq!(busy.wake_at, Some(busy.now));
        busy.tick();
    }
}

#[test]
fn documents_are_bounded() {
    let limits = || Limits { payload_bytes_max: 20, ..Limits::default() };
    let cause = "The state/task 'S' returned a result with a size exceeding the maximum number of bytes service limit.";
    let pass =
        run(&one(r#"{ "Type": "Pass", "Result": "123456789012345678901", "End": true }"#), "{}", limits());
    assert_eq!(pass.result(), format!("States.DataLimitExceeded: {cause}"));
    assert_eq!(pass.trace().last().map(String::as_str), Some("3 2 ExecutionFailed"));

    let task = r#""Type": "Task", "Resource": "arn:aws:states:::lambda:invoke""#;
    let large = support::succeed("\"1234567890123456789\"");
    let plain = run(&one(&format!("{{ {task}, \"End\": true }}")), "{}", limits()).finish([large.clone()]);
    assert_eq!(plain.result(), format!("States.DataLimitExceeded: {}", cause.replace("'S'", "'lambda'")));
    assert_eq!(plain.events.get(4).map(|event| event.kind.name()), Some("TaskFailed"));
    let caught = format!(
        r#"{{ "StartAt": "S", "States": {{ "C": {{ "Type": "Pass", "Result": 1, "End": true }},
            "S": {{ {task}, "Catch": [{{ "ErrorEquals": ["States.ALL"], "ResultPath": null, "Next": "C" }}], "End": true }} }} }}"#
    );
    assert_eq!(run(&caught, "{}", limits()).finish([large]).result(), "1");
}

#[test]
fn iterations_begin_as_others_end() {
    let map = one(r#"{ "Type": "Map", "End": true, "ItemProcessor": { "StartAt": "W", "States": {
            "W": { "Type": "Wait", "Seconds": 1, "End": true } } } }"#);
    let mut few = run(&map, "[1, 2, 3, 4, 5]", Limits { map_concurrency_max: 2, ..Limits::default() });
    let begun =
        |run: &Run| run.events.iter().filter(|event| event.kind.name() == "MapIterationStarted").count();
    for want in [2, 4, 5] {
        assert_eq!(begun(&few), want);
        few.wake();
    }
    assert_eq!(few.result(), "[1,2,3,4,5]");
}

#[test]
fn nesting_and_frames_are_bounded() {
    let inner = r#"{ "StartAt": "I", "States": { "I": { "Type": "Pass", "End": true } } }"#;
    let map = one(&format!(r#"{{ "Type": "Map", "End": true, "ItemProcessor": {inner} }}"#));
    let shallow = run(&map, "[1]", Limits { nesting_max: 0, ..Limits::default() });
    assert!(shallow.result().ends_with("Map and Parallel states are nested more than 0 deep."));
    let few = run(&map, "[1, 2, 3]", Limits { frames_max: 2, ..Limits::default() });
    assert!(few.result().ends_with("More than 2 branches and iterations run at once."), "{}", few.result());
}

#[test]
fn variables_are_bounded() {
    let text = r#"{ "StartAt": "A", "States": {
        "A": { "Type": "Pass", "Assign": { "x": "1234567890" }, "Next": "B" },
        "B": { "Type": "Pass", "Assign": { "y": "1234567890" }, "End": true } } }"#;
    let of_all = |bytes| Limits { variables_bytes_max: bytes, ..Limits::default() };
    let whole = run(text, "{}", of_all(23));
    assert!(whole.result().starts_with("States.DataLimitExceeded: The state/task 'B' "));
    assert_eq!(run(text, "{}", of_all(24)).result(), "{}");
    // What is set anew makes room for itself.
    let again = text.replace("\"y\"", "\"x\"");
    assert_eq!(run(&again, "{}", of_all(12)).result(), "{}");
    // Branches share the room with each other and with what is around them, for
    // as long as they run.
    let branch = |name: &str| {
        format!(
            r#"{{ "StartAt": "{name}", "States": {{ "{name}": {{ "Type": "Pass", "Assign": {{ "v{name}": "12345678" }},
                "Next": "{name}2" }}, "{name}2": {{ "Type": "Wait", "Seconds": 1, "End": true }} }} }}"#
        )
    };
    let branches = format!(
        r#"{{ "StartAt": "A", "States": {{ "A": {{ "Type": "Pass", "Assign": {{ "x": "1234567890" }}, "Next": "P" }},
            "P": {{ "Type": "Parallel", "Branches": [{}, {}], "ResultPath": null, "Next": "Z" }},
            "Z": {{ "Type": "Pass", "Assign": {{ "z": "1234567890" }}, "End": true }} }} }}"#,
        branch("B"),
        branch("C")
    );
    let mut together = run(&branches, "{}", of_all(32));
    together.wake();
    assert_eq!(together.result(), "{}");
    let too_much = run(&branches, "{}", of_all(31));
    assert!(too_much.result().contains("States.DataLimitExceeded"), "{}", too_much.result());
    let state = run(text, "{}", Limits { assign_bytes_max: 11, ..Limits::default() });
    assert!(state.result().starts_with("States.DataLimitExceeded: The state/task 'A' "));
}

#[test]
fn time_never_goes_back() {
    let mut run = run(&one(r#"{ "Type": "Wait", "Seconds": 5, "End": true }"#), "{}", Limits::default());
    run.pass(3);
    run.tick();
    run.now = support::at(-100);
    run.tick();
    assert_eq!(run.wake_at, Some(support::at(5)));
    run.wake();
    assert!(run.events.is_sorted_by_key(|event| event.timestamp));
}

#[test]
fn a_waiting_execution_is_small() {
    let run = run(&one(r#"{ "Type": "Wait", "Seconds": 600, "End": true }"#), "{}", Limits::default());
    let bytes = run.execution.snapshot().into_bytes().len();
    assert!(bytes < 2048, "{bytes} bytes");
}
