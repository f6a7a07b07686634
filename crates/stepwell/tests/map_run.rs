//! Distributed Map states in process: their children are part of the run.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use stepwell::{Begin, Outcome, Payload, Problem, Progress, Value, Workflow};

fn workflow(fields: &str, state: &str) -> Workflow {
    let text = format!(
        r#"{{ "StartAt": "M", "States": {{ "M": {{ "Type": "Map", {fields} "End": true, "ItemProcessor": {{
            "ProcessorConfig": {{ "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" }},
            "StartAt": "I", "States": {{ "I": {state} }} }} }} }} }}"#
    );
    Workflow::parse(&text).unwrap()
}

const CALL: &str = r#"{ "Type": "Task", "Resource": "double", "End": true }"#;
const READER: &str = r#""ItemReader": { "Resource": "arn:aws:states:::s3:getObject",
    "Parameters": { "Bucket": "b", "Key": "k" }, "ReaderConfig": { "InputType": "JSON", "MaxItems": 2 } },"#;

fn payload(text: &str) -> Payload {
    Payload::parse(text).unwrap()
}

fn output(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Succeeded { output } => output.text().to_owned(),
        other => format!("{other:?}"),
    }
}

#[test]
fn children_run_as_many_at_once_as_may() {
    let workflow = workflow(r#""MaxConcurrency": 2,"#, CALL);
    let mut run = workflow.begin(Begin::new(payload("[1, 2, 3]")));
    let Progress::Task { id: first, .. } = run.progress() else { panic!("a task") };
    let Progress::Task { id: second, task } = run.progress() else { panic!("another task") };
    assert_eq!(task.input.text(), "2");
    assert!(matches!(run.progress(), Progress::Waiting { .. }), "no more than two");
    run.answer(second, Ok(payload("4"))).unwrap();
    let Progress::Task { id: third, .. } = run.progress() else { panic!("the third task") };
    run.answer(first, Ok(payload("2"))).unwrap();
    assert!(run.answer(first, Ok(payload("2"))).is_err(), "a task is answered once");
    run.answer(third, Ok(payload("6"))).unwrap();
    assert_eq!(output(run.outcome().unwrap()), "[2,4,6]");
    assert!(run.history().iter().any(|event| event.kind.name() == "MapRunSucceeded"));
}

#[test]
fn what_goes_wrong_ends_the_other_children() {
    let mut run = workflow("", CALL).begin(Begin::new(payload("[1, 2, 3]")));
    let Progress::Task { id, .. } = run.progress() else { panic!("a task") };
    run.answer(id, Err(Problem::new("E", "c"))).unwrap();
    let outcome = run.outcome().unwrap();
    assert!(format!("{outcome:?}").contains("States.ExceedToleratedFailureThreshold"), "{outcome:?}");
    assert_eq!(run.open_tasks(), 0);
}

#[test]
fn children_wait_in_virtual_time_and_are_stopped_with_the_run() {
    let wait = r#"{ "Type": "Wait", "Seconds": 86400, "End": true }"#;
    let mut run = workflow("", wait).begin(Begin::new(payload("[1, 2]")));
    let Progress::Waiting { until: Some(tomorrow) } = run.progress() else { panic!("it waits") };
    run.advance_to(tomorrow);
    assert_eq!(output(run.outcome().unwrap()), "[1,2]");

    let mut run = workflow("", wait).begin(Begin::new(payload("[1, 2]")));
    run.stop(None, None).unwrap();
    assert!(matches!(run.progress(), Progress::Finished(Outcome::Aborted { .. })));
}

#[test]
fn map_runs_in_map_runs() {
    let inner = r#"{ "Type": "Map", "End": true, "ItemProcessor": {
        "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS" },
        "StartAt": "J", "States": { "J": { "Type": "Pass", "End": true } } } }"#;
    let mut run = workflow("", inner).begin(Begin::new(payload("[[1], [2, 3], []]")));
    assert_eq!(output(&run.finish(|_| panic!("no tasks")).unwrap()), "[[1],[2,3],[]]");
}

#[test]
fn nobody_reads_unless_somebody_was_given() {
    let mut run = workflow(READER, CALL).begin(Begin::new(payload("{}")));
    let Progress::Read { read, .. } = run.progress() else { panic!("items are to be read") };
    assert_eq!(read.arguments.to_string(), r#"{"Bucket":"b","Key":"k"}"#);
    let mut run = workflow(READER, CALL).begin(Begin::new(payload("{}")));
    let outcome = run.finish(|_| panic!("no tasks")).unwrap();
    assert!(format!("{outcome:?}").contains("States.ItemReaderFailed"), "{outcome:?}");
}

#[tokio::test]
async fn a_reader_reads_for_a_workflow() {
    let workflow = workflow(READER, CALL)
        .items(|_| async { Ok((1..=5_u64).map(Value::from).collect()) })
        .task("double", |task| async move {
            Ok(Value::from(task.input.value().as_i64().unwrap_or_default() * 2))
        });
    let finished = workflow.run_in_virtual_time(payload("{}")).await;
    assert_eq!(finished.output().map(Payload::text), Some("[2,4]"));
}
