//! States by themselves: what they show, and how they end.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use asl_parser::{Options, parse_state};
use asl_runtime::{
    ExecutionIdentity, Handled, Limits, Probe, ProbeEnd, ProbeProgress, ProbeStart, Probed, Stage, StartTask,
    TaskReport,
};
use asl_value::{Object, Value};
use std::sync::Arc;
use support::{at, fail, payload, succeed};

fn probe_start(input: &str) -> ProbeStart {
    ProbeStart {
        state_name: "S".into(),
        input: payload(input),
        variables: Object::default(),
        context: payload(r#"{"Execution":{"Input":{"all":[1,2]}}}"#).value().clone(),
        execution: ExecutionIdentity::example(),
        retry_count: 0,
        failed_iterations: 0,
        items_read: None,
        seed: 7,
        limits: Limits::default(),
    }
}

fn run(state: &str, start: ProbeStart) -> ProbeProgress {
    let parsed = parse_state(state, &Options::default());
    let definition = Arc::new(parsed.definition.unwrap_or_else(|| panic!("{:#?}", parsed.diagnostics)));
    Probe::run(&definition, definition.start().unwrap(), start, at(0))
}

fn ended(state: &str, start: ProbeStart) -> Probed {
    match run(state, start) {
        ProbeProgress::Ended(probed) => *probed,
        ProbeProgress::Waits(..) => panic!("{state} waits"),
    }
}

fn waiting(state: &str, start: ProbeStart) -> (Probe, Option<Box<StartTask>>) {
    match run(state, start) {
        ProbeProgress::Waits(probe, task) => (*probe, task),
        ProbeProgress::Ended(probed) => panic!("{state} ended: {probed:?}"),
    }
}

fn answered(state: &str, start: ProbeStart, report: TaskReport) -> Probed {
    waiting(state, start).0.answer(report)
}

/// How it ended in a line: status, output or error, next state.
fn line(probed: &Probed) -> String {
    let name = |name: &Option<Arc<str>>| name.as_deref().unwrap_or("-").to_owned();
    match &probed.end {
        ProbeEnd::Succeeded { output, next } => format!("succeeded {output} {}", name(next)),
        ProbeEnd::Failed(failure) => format!("failed {}", name(&failure.error)),
        ProbeEnd::Retriable(failure) => format!("retriable {}", name(&failure.error)),
        ProbeEnd::Caught { failure, output, next } => {
            format!("caught {} {output} {}", name(&failure.error), name(next))
        }
    }
}

fn shown(probed: &Probed, stage: Stage) -> &str {
    probed.stages.get(&stage).map_or("-", |document| document.text())
}

#[test]
fn states_without_work_end_at_once() {
    for (name, state, want) in [
        ("pass", r#"{"Type":"Pass","Next":"N"}"#, r#"succeeded {"a":1} N"#),
        (
            "last",
            r#"{"Type":"Pass","Result":7,"ResultPath":"$.b","End":true}"#,
            r#"succeeded {"a":1,"b":7} -"#,
        ),
        ("succeed", r#"{"Type":"Succeed"}"#, r#"succeeded {"a":1} -"#),
        ("fail", r#"{"Type":"Fail","Error":"E"}"#, "failed E"),
        (
            "choice",
            r#"{"Type":"Choice","Choices":[{"Variable":"$.a","NumericEquals":1,"Next":"One"}],"Default":"D"}"#,
            r#"succeeded {"a":1} One"#,
        ),
        (
            "no choice",
            r#"{"Type":"Choice","Choices":[{"Variable":"$.a","NumericEquals":2,"Next":"T"}]}"#,
            "failed States.NoChoiceMatched",
        ),
        ("wait is over at once", r#"{"Type":"Wait","Seconds":86400,"Next":"N"}"#, r#"succeeded {"a":1} N"#),
        (
            "jsonata",
            r#"{"Type":"Pass","QueryLanguage":"JSONata","Output":"{% $states.input.a + 1 %}","End":true}"#,
            "succeeded 2 -",
        ),
        ("nothing there", r#"{"Type":"Pass","InputPath":"$.b","End":true}"#, "failed States.Runtime"),
    ] {
        assert_eq!(line(&ended(state, probe_start(r#"{"a":1}"#))), want, "{name}");
    }
}

#[test]
fn each_stage_is_shown() {
    let state = r#"{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","InputPath":"$.in",
        "Parameters":{"FunctionName":"f","p.$":"$.x","all.$":"$$.Execution.Input.all"},
        "ResultSelector":{"s.$":"$.r"},"ResultPath":"$.out","Next":"N"}"#;
    let (probe, task) = waiting(state, probe_start(r#"{"in":{"x":1}}"#));
    assert_eq!(task.unwrap().input.text(), r#"{"FunctionName":"f","p":1,"all":[1,2]}"#);
    let probed = probe.answer(succeed(r#"{"r":2}"#));
    assert_eq!(line(&probed), r#"succeeded {"in":{"x":1},"out":{"s":2}} N"#);
    for (stage, want) in [
        (Stage::AfterInputPath, r#"{"x":1}"#),
        (Stage::AfterParameters, r#"{"FunctionName":"f","p":1,"all":[1,2]}"#),
        (Stage::AfterArguments, "-"),
        (Stage::Result, r#"{"r":2}"#),
        (Stage::AfterResultSelector, r#"{"s":2}"#),
        (Stage::AfterResultPath, r#"{"in":{"x":1},"out":{"s":2}}"#),
    ] {
        assert_eq!(shown(&probed, stage), want, "{stage:?}");
    }
}

#[test]
fn a_map_shows_its_items_and_what_is_made_of_them() {
    let state = r#"{"Type":"Map","ItemsPath":"$.v","MaxConcurrency":3,
        "ItemSelector":{"i.$":"$$.Map.Item.Value"},
        "ItemBatcher":{"MaxItemsPerBatch":2},
        "ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},
            "StartAt":"P","States":{"P":{"Type":"Pass","End":true}}},
        "ToleratedFailurePercentage":50,"End":true}"#;
    let start = |failed| ProbeStart { failed_iterations: failed, ..probe_start(r#"{"v":[1,2,3]}"#) };
    let probed = answered(state, start(1), succeed("[7]"));
    assert_eq!(line(&probed), "succeeded [7] -");
    assert_eq!(shown(&probed, Stage::AfterItemsPath), "[1,2,3]");
    assert_eq!(shown(&probed, Stage::AfterItemSelector), r#"[{"i":1},{"i":2},{"i":3}]"#);
    assert_eq!(
        shown(&probed, Stage::AfterItemBatcher),
        r#"[{"Items":[{"i":1},{"i":2}]},{"Items":[{"i":3}]}]"#
    );
    let settings = probed.map.unwrap();
    assert_eq!((settings.max_concurrency, settings.tolerated_failure_percentage), (3, Some(50.0)));
    // Two of three are more than half.
    let probed = answered(state, start(2), succeed("[7]"));
    assert_eq!(line(&probed), "failed States.ExceedToleratedFailureThreshold");
}

#[test]
fn what_a_reader_has_read_is_pointed_into() {
    let state = r#"{"Type":"Map","ItemReader":{"Resource":"arn:aws:states:::s3:getObject",
            "ReaderConfig":{"InputType":"JSON","ItemsPointer":"/a~1b/1"},"Parameters":{"Bucket":"b","Key":"k"}},
        "ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},
            "StartAt":"P","States":{"P":{"Type":"Pass","End":true}}},"End":true}"#;
    let start = |read: &str| ProbeStart { items_read: Some(payload(read)), ..probe_start("{}") };
    let probed = answered(state, start(r#"{"a/b":[0,[5,6]]}"#), succeed("[]"));
    assert_eq!(shown(&probed, Stage::AfterItemsPointer), "[5,6]");
    assert_eq!(line(&ended(state, start(r#"{"a/b":[0,{}]}"#))), "failed States.Runtime");
}

#[test]
fn errors_are_retried_and_caught() {
    let state = r#"{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"f"},
        "Retry":[{"ErrorEquals":["A"]},{"ErrorEquals":["B"],"IntervalSeconds":3,"MaxAttempts":2}],
        "Catch":[{"ErrorEquals":["C"],"Next":"X"},{"ErrorEquals":["States.ALL"],"ResultPath":"$.e","Next":"Y"}],
        "End":true}"#;
    let none = Handled::default();
    for (name, error, retry_count, want, handled) in [
        (
            "first retry",
            "B",
            0,
            "retriable B",
            Handled { retry_index: Some(1), retry_delay_seconds: Some(3), ..none },
        ),
        (
            "second retry",
            "B",
            1,
            "retriable B",
            Handled { retry_index: Some(1), retry_delay_seconds: Some(6), ..none },
        ),
        (
            "no retries left",
            "B",
            2,
            r#"caught B {"e":{"Error":"B","Cause":"c"}} Y"#,
            Handled { retry_index: Some(1), catch_index: Some(1), ..none },
        ),
        (
            "caught",
            "C",
            0,
            r#"caught C {"Error":"C","Cause":"c"} X"#,
            Handled { catch_index: Some(0), ..none },
        ),
    ] {
        let probed = answered(state, ProbeStart { retry_count, ..probe_start("{}") }, fail(error, "c"));
        assert_eq!((line(&probed).as_str(), probed.handled), (want, handled), "{name}");
    }
    let plain = r#"{"Type":"Parallel","Branches":[{"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}}],"End":true}"#;
    let probed = answered(plain, probe_start("{}"), fail("E", "c"));
    assert_eq!((line(&probed).as_str(), probed.handled), ("failed E", none));
}

#[test]
fn variables_are_those_after_the_state() {
    let state = r#"{"Type":"Pass","Assign":{"x.$":"$.a","z":3},"End":true}"#;
    let variables = Object::from_iter([("x".into(), Value::from(1)), ("y".into(), Value::from(2))]);
    let probed = ended(state, ProbeStart { variables, ..probe_start(r#"{"a":9}"#) });
    assert_eq!(probed.variables.text(), r#"{"x":9,"y":2,"z":3}"#);
}
