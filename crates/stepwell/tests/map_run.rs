//! Distributed Map states in process: their children are part of the run.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use stepwell::{Begin, Outcome, Payload, Problem, Progress, ResultForm, ResultText, Value, Workflow};

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

const WRITER: &str = r#""ResultWriter": { "Resource": "arn:aws:states:::s3:putObject",
    "Parameters": { "Bucket": "b", "Prefix": "p" }, "WriterConfig": { "Transformation": "COMPACT", "OutputType": "JSON" } },"#;

#[test]
fn failures_that_are_tolerated_have_their_place() {
    let mut run = workflow(r#""ToleratedFailureCount": 1,"#, CALL).begin(Begin::new(payload("[1, 2, 3]")));
    let outcome = run.finish(|task| match task.input.text() {
        "2" => Err(Problem::new("E", "c")),
        _ => Ok(task.input.clone()),
    });
    let output = output(&outcome.unwrap());
    let (start, end) = (
        r#"[1,{"Cause":"c","Error":"E","ExecutionArn":"#,
        r#","Status":"FAILED","StopDate":"1970-01-01T00:00:00.000Z"},3]"#,
    );
    assert!(output.starts_with(start) && output.ends_with(end), "{output}");
}

#[test]
fn results_are_handed_out_and_tell_what_was_stopped() {
    let fields = format!(r#"{WRITER} "MaxConcurrency": 2,"#);
    let mut run = workflow(&fields, CALL).begin(Begin::new(payload("[1, 2, 3, 4]")));
    let Progress::Task { .. } = run.progress() else { panic!("a task") };
    let Progress::Task { id, .. } = run.progress() else { panic!("another task") };
    run.answer(id, Err(Problem::new("E", "c"))).unwrap();
    let Progress::Write { id, write, results } = run.progress() else { panic!("results are to be written") };
    assert_eq!(write.arguments.to_string(), r#"{"Bucket":"b","Prefix":"p"}"#);
    let told: Vec<_> = results.iter().map(|child| (child.status, &*child.input)).collect();
    assert_eq!(told, [("ABORTED", "1"), ("FAILED", "2"), ("PENDING", "3"), ("PENDING", "4")]);
    assert_eq!(run.open_tasks(), 0);
    run.written(id, Ok(payload("{}")));
    let outcome = run.outcome().unwrap();
    assert!(format!("{outcome:?}").contains("States.ExceedToleratedFailureThreshold"), "{outcome:?}");
}

#[tokio::test]
async fn a_writer_writes_for_a_workflow() {
    let nobody = workflow(WRITER, CALL).task("double", |task| async move { Ok(task.input) });
    let finished = nobody.clone().run_in_virtual_time(payload("[1, 2]")).await;
    assert!(
        format!("{:?}", finished.outcome).contains("States.ResultWriterFailed"),
        "{:?}",
        finished.outcome
    );
    let somebody = nobody.results(|write, results| async move {
        let mut text = ResultText::new(ResultForm::of_files(write.config.as_ref())?);
        for child in &results {
            text.push(child);
        }
        Ok(Payload::new(Value::from(text.take())))
    });
    let finished = somebody.run_in_virtual_time(payload("[1, 2]")).await;
    assert_eq!(finished.output().map(Payload::text), Some(r#""[1,2]""#));
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
