//! Distributed Map states: what the engine says of their map runs, and how a
//! [`MapRun`] makes children of items.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use asl_runtime::{
    Execution, MapRun, MapRunChild, MapRunReport, MapRunSettings, Problem, Refused, Signal, TaskKey,
};
use support::{Run, at, payload};

/// A machine whose only state is a distributed Map with these fields.
fn machine(fields: &str) -> String {
    support::one(&format!(
        r#"{{ "Type": "Map", {fields} "Label": "L", "End": true, "ItemProcessor": {{
            "ProcessorConfig": {{ "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" }}, "StartAt": "I",
            "States": {{ "I": {{ "Type": "Pass", "End": true }} }} }} }}"#
    ))
}

fn begun(run: &Run) -> (TaskKey, MapRun) {
    let start = run.map_runs.back().expect("a map run was started");
    (start.key, run.execution.map_run(start.key).expect("it is under way"))
}

fn report(run: &mut Run, report: MapRunReport) {
    let map_run = run.map_runs.back().unwrap().key;
    let step = run.execution.step(run.now, Signal::MapRun { map_run, report }).unwrap();
    run.take(step);
}

/// The inputs of all children of these items.
fn children(map_run: &mut MapRun, items: &str) -> Vec<MapRunChild> {
    let items = payload(items);
    map_run.push_items(items.value().as_array().unwrap().iter().cloned()).unwrap();
    map_run.end_items();
    std::iter::from_fn(|| map_run.next_child().unwrap()).collect()
}

fn inputs(children: &[MapRunChild]) -> Vec<String> {
    children.iter().map(|child| child.start.input.text().to_owned()).collect()
}

#[test]
fn a_map_run_is_started_and_its_result_leaves_the_state() {
    let mut run = Run::start(&machine(""), "[1, 2]");
    assert!(!run.execution.has_running_tasks(), "a map run is no task");
    report(&mut run, MapRunReport::Succeeded { output: payload("[3]") });
    assert_eq!(run.result(), "[3]");
    assert_eq!(
        run.trace(),
        [
            "1 0 ExecutionStarted",
            "2 0 MapEntered",
            "3 2 MapStarted",
            "4 3 MapRunStarted",
            "5 4 MapRunSucceeded",
            "6 5 MapSucceeded",
            "7 4 MapExited",
            "8 7 ExecutionSucceeded"
        ]
    );
}

#[test]
fn a_failed_map_run_fails_its_state() {
    let mut run = Run::start(&machine(""), "[1, 2]");
    let (_, map_run) = begun(&run);
    report(&mut run, MapRunReport::Failed(map_run.exceeded()));
    assert_eq!(
        run.result(),
        "States.ExceedToleratedFailureThreshold: The specified tolerated failure threshold was exceeded"
    );
    let trace = run.trace();
    assert_eq!(trace[4..], ["5 4 MapRunFailed", "6 5 MapFailed", "7 6 ExecutionFailed"]);
}

#[test]
fn a_failed_map_run_can_be_retried_and_caught() {
    let fields = r#""Retry": [{ "ErrorEquals": ["E"], "MaxAttempts": 1 }],
                    "Catch": [{ "ErrorEquals": ["E"], "Next": "S" }],"#;
    let text = machine(fields)
        .replace(r#""Next": "S""#, r#""Next": "T""#)
        .replace(r#""States": { "S": "#, r#""States": { "T": { "Type": "Succeed" }, "S": "#);
    let mut run = Run::start(&text, "[1]");
    let (first, _) = begun(&run);
    report(&mut run, MapRunReport::Failed(Problem::new("E", "once")));
    run.wake();
    let (second, _) = begun(&run);
    assert_ne!(first, second);
    assert_ne!(run.map_runs[0].arn, run.map_runs[1].arn);
    report(&mut run, MapRunReport::Failed(Problem::new("E", "twice")));
    assert_eq!(run.result(), r#"{"Error":"E","Cause":"twice"}"#);
}

#[test]
fn a_result_that_is_too_large_fails_the_state() {
    let mut run = Run::start(&machine(""), "[1]");
    report(&mut run, MapRunReport::TooLarge);
    assert!(
        run.result().starts_with("States.DataLimitExceeded: The state/task 'S' returned"),
        "{}",
        run.result()
    );
}

#[test]
fn reports_of_other_attempts_are_refused() {
    let run = Run::start(&machine(""), "[1]");
    let wrong: TaskKey = "0.0.7".parse().unwrap();
    let mut execution = run.execution;
    let signal = Signal::MapRun { map_run: wrong, report: MapRunReport::TooLarge };
    assert_eq!(execution.step(at(0), signal), Err(Refused::NoSuchTask(wrong)));
}

#[test]
fn a_stop_cancels_the_map_run() {
    let mut run = Run::start(&machine(""), "[1]");
    let (key, _) = begun(&run);
    let step = run.execution.step(at(1), Signal::Stop { error: None, cause: None }).unwrap();
    run.take(step);
    assert_eq!(run.cancelled, [key]);
    assert!(run.execution.map_run(key).is_none());
}

#[test]
fn items_become_the_inputs_of_children() {
    for (case, fields, input, items, want) in [
        ("as they are", "", "[1]", r#"[1, { "a": 2 }]"#, &["1", r#"{"a":2}"#][..]),
        (
            "selected",
            r#""ItemsPath": "$.list", "ItemSelector": { "i.$": "$$.Map.Item.Index", "v.$": "$$.Map.Item.Value",
               "of.$": "$.of" },"#,
            r#"{ "list": [1], "of": "x" }"#,
            "[7, 8]",
            &[r#"{"i":0,"v":7,"of":"x"}"#, r#"{"i":1,"v":8,"of":"x"}"#],
        ),
        (
            "in batches",
            r#""ItemBatcher": { "MaxItemsPerBatch": 2 },"#,
            "[1]",
            "[1, 2, 3]",
            &[r#"{"Items":[1,2]}"#, r#"{"Items":[3]}"#],
        ),
        (
            "in batches with an input of their own",
            r#""ItemsPath": "$.list", "ItemBatcher": { "MaxItemsPerBatchPath": "$.max",
               "BatchInput": { "of.$": "$.of" } },"#,
            r#"{ "list": [1], "max": 3, "of": "x" }"#,
            "[1, 2]",
            &[r#"{"BatchInput":{"of":"x"},"Items":[1,2]}"#],
        ),
        (
            "in batches of so many bytes",
            r#""ItemBatcher": { "MaxInputBytesPerBatch": 17 },"#,
            "[1]",
            r#"["ab", "cd", "ef"]"#,
            &[r#"{"Items":["ab"]}"#, r#"{"Items":["cd"]}"#, r#"{"Items":["ef"]}"#],
        ),
    ] {
        let run = Run::start(&machine(fields), input);
        let (_, mut map_run) = begun(&run);
        assert_eq!(inputs(&children(&mut map_run, items)), want, "{case}");
    }
}

#[test]
fn a_batch_waits_until_it_is_full_or_nothing_more_comes() {
    let run = Run::start(&machine(r#""ItemBatcher": { "MaxItemsPerBatch": 2 },"#), "[]");
    let (_, mut map_run) = begun(&run);
    map_run.push_items([1.into()]).unwrap();
    assert!(map_run.next_child().unwrap().is_none());
    map_run.push_items([2.into(), 3.into()]).unwrap();
    assert_eq!(map_run.next_child().unwrap().unwrap().items, 2);
    assert!(map_run.next_child().unwrap().is_none());
    assert_eq!(map_run.items_total(), None);
    map_run.end_items();
    assert_eq!(map_run.next_child().unwrap().unwrap().items, 1);
    assert_eq!((map_run.items_total(), map_run.children()), (Some(3), 2));
}

#[test]
fn children_are_the_same_whenever_they_are_made() {
    let run = Run::start(&machine(""), "[1, 2]");
    let (key, mut map_run) = begun(&run);
    let first = children(&mut map_run, "[1, 2]");
    let resumed = Execution::resume(run.definition.clone(), &run.execution.snapshot()).unwrap();
    let again = children(&mut resumed.map_run(key).unwrap(), "[1, 2]");
    let names = |children: &[MapRunChild]| -> Vec<_> {
        children.iter().map(|child| (child.start.execution.clone(), child.start.seed)).collect()
    };
    assert_eq!(names(&first), names(&again));
    let [one, other] = &first[..] else { panic!("two children") };
    assert_ne!(one.start.seed, other.start.seed);
    assert_eq!(&*one.start.execution.state_machine_name, "example/L");
    let arn =
        format!("arn:aws:states:us-east-1:123456789012:execution:example/L:{}", one.start.execution.name);
    assert_eq!(*one.start.execution.arn, *arn);
}

#[test]
fn a_child_runs_the_processor_alone() {
    let run = Run::start(&machine(""), "[1, 2]");
    let (_, mut map_run) = begun(&run);
    let child = children(&mut map_run, "[5]").remove(0);
    let (execution, step) = Execution::start(run.definition, child.start, at(0));
    assert_eq!(step.outcome, Some(asl_runtime::Outcome::Succeeded { output: payload("5") }));
    assert_eq!(execution.last_event_id().0, 4);
}

#[test]
fn a_reader_is_asked_for_the_items() {
    let fields = r#""ItemReader": { "Resource": "arn:aws:states:::s3:getObject",
        "Parameters": { "Bucket.$": "$.b", "Key": "k" }, "ReaderConfig": { "InputType": "JSON", "MaxItems": 5 } },"#;
    let run = Run::start(&machine(fields), r#"{ "b": "x" }"#);
    let (_, mut map_run) = begun(&run);
    let Some(read) = map_run.begin().unwrap() else { panic!("a reader") };
    assert_eq!(read.arguments.to_string(), r#"{"Bucket":"x","Key":"k"}"#);
    assert_eq!(read.max_items, Some(5));
    assert_eq!(&*read.resource.text, "arn:aws:states:::s3:getObject");
}

#[test]
fn settings_are_judged_once_the_state_has_begun() {
    let reader = |max: &str| {
        format!(
            r#""ItemReader": {{ "Resource": "arn:aws:states:::s3:getObject", "Parameters": {{ "Key": "k" }},
               "ReaderConfig": {{ "InputType": "JSON", "MaxItemsPath": "{max}" }} }},"#
        )
    };
    let located =
        "States.Runtime: An error occurred while executing the state 'S' (entered at the event id #2). ";
    for (case, fields, want, last) in [
        (
            "a negative count",
            r#""ItemsPath": "$.list", "ToleratedFailureCountPath": "$.minus","#.to_owned(),
            format!("{located}ToleratedFailureCount cannot be negative."),
            "4 3 ExecutionFailed",
        ),
        (
            "a share above all",
            r#""ItemsPath": "$.list", "ToleratedFailurePercentagePath": "$.above","#.to_owned(),
            format!("{located}ToleratedFailurePercentage must be between 0 and 100."),
            "4 3 ExecutionFailed",
        ),
        (
            "a share that is none",
            r#""ItemsPath": "$.list", "ToleratedFailurePercentagePath": "$.text","#.to_owned(),
            format!(
                "{located}The ToleratedFailurePercentagePath field refers to value \"x\" which is not a valid float: $.text"
            ),
            "4 3 ExecutionFailed",
        ),
        (
            "less than no items",
            reader("$.minus"),
            "States.ItemReaderFailed: field MaxItems must be positive".to_owned(),
            "7 6 ExecutionFailed",
        ),
    ] {
        let input = r#"{ "list": [1], "minus": -1, "above": 100.1, "text": "x" }"#;
        let run = Run::start(&machine(&fields), input);
        assert_eq!(run.result(), want, "{case}");
        assert_eq!(run.trace().last().unwrap(), last, "{case}");
    }
}

#[test]
fn tolerance_counts_failed_items() {
    let settings = |count, percentage| MapRunSettings {
        max_concurrency: 0,
        tolerated_failure_count: count,
        tolerated_failure_percentage: percentage,
    };
    for (case, settings, failed, total, want) in [
        ("none may fail", settings(None, None), 1, None, true),
        ("none did", settings(None, None), 0, Some(9), false),
        ("one may", settings(Some(1), None), 1, None, false),
        ("two did", settings(Some(1), None), 2, None, true),
        ("a share that is not known yet", settings(None, Some(10.0)), 5, None, false),
        ("a share just met", settings(None, Some(10.0)), 1, Some(10), false),
        ("a share exceeded", settings(None, Some(10.0)), 2, Some(10), true),
        ("either is enough: the share", settings(Some(5), Some(10.0)), 2, Some(10), true),
        ("either is enough: the count", settings(Some(1), Some(90.0)), 2, Some(10), true),
        ("all may fail", settings(None, Some(100.0)), 10, Some(10), false),
    ] {
        assert_eq!(settings.is_exceeded_by(failed, total), want, "{case}");
    }
}
