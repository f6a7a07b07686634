//! What the driver gets for a map run, out of a folder and into it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a panic is how a test fails")]

use std::fs;

use asl_parser::{Options, Profile, ReaderConfig, Resource, StateKind, WriterConfig};
use asl_runtime::{Problem, ReadItems, Timestamp, WriteResults};
use asl_value::Value;
use sfn_driver::{ResultSink, TaskHandler as _};
use sfn_integrations::{Buckets, Router};
use sfn_store::id::{EventId, MapRunArn, RevisionId};
use sfn_store::{Closed, ExecutionRecord, Failure, Outcome};

const MAP_RUN: &str = "arn:aws:states:us-east-1:123456789012:mapRun:m/L:run-1";

fn resource(action: &str) -> Resource {
    let text = format!(
        r#"{{"StartAt":"T","States":{{"T":{{"Type":"Task","Resource":"arn:aws:states:::s3:{action}","Parameters":{{}},"End":true}}}}}}"#
    );
    let options = Options { profile: Profile::Language, ..Options::default() };
    let definition = asl_parser::parse(&text, &options).definition.unwrap();
    match &definition.state(definition.start().unwrap()).unwrap().kind {
        StateKind::Task(task) => task.resource.clone(),
        other => panic!("{other:?}"),
    }
}

fn value(json: &str) -> Value {
    asl_value::parse(json).unwrap()
}

/// A router over a folder that has a bucket.
fn router() -> (tempfile::TempDir, Router) {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("b")).unwrap();
    fs::write(root.path().join("b/in.jsonl"), "1\n2\n3\n").unwrap();
    let router = Router::new().with_buckets(Buckets::new().with_files(root.path()));
    (root, router)
}

fn child(name: &str, outcome: Outcome) -> ExecutionRecord {
    ExecutionRecord {
        arn: format!("arn:aws:states:us-east-1:123456789012:execution:m/L:{name}").parse().unwrap(),
        revision: RevisionId::new("r").unwrap(),
        started_on: None,
        input: "1".into(),
        trace_header: None,
        test_case: None,
        map_run: None,
        started_at: Timestamp::UNIX_EPOCH,
        redrive_count: 0,
        redriven_at: None,
        last_event_id: EventId::NONE,
        closed: Some(Closed { stopped_at: Timestamp::UNIX_EPOCH, outcome }),
    }
}

fn succeeded(output: &str) -> Outcome {
    Outcome::Succeeded { output: output.into() }
}

async fn push(sink: &mut Box<dyn ResultSink>, child: ExecutionRecord) {
    sink.push(&child).await.unwrap();
}

#[tokio::test]
async fn items_are_read() {
    let (_root, router) = router();
    let read = ReadItems {
        resource: resource("getObject"),
        arguments: value(r#"{"Bucket":"file:b","Key":"in.jsonl"}"#),
        config: ReaderConfig { input_type: Some("JSONL".into()), ..ReaderConfig::default() },
        max_items: Some(2),
    };
    let mut items = router.open_items(read.clone()).await.unwrap();
    assert_eq!(items.next(9).await.unwrap(), [1, 2].map(Value::from));
    assert_eq!(items.next(9).await.unwrap(), []);
    let elsewhere = ReadItems { arguments: value(r#"{"Bucket":"b","Key":"in.jsonl"}"#), ..read };
    let Err(problem) = router.open_items(elsewhere).await else { panic!("there is no such bucket") };
    let want = "the bucket needs an endpoint of Amazon S3, and none is configured";
    assert_eq!(problem, Problem::new("States.ItemReaderFailed", want));
}

#[tokio::test]
async fn results_are_exported() {
    let (root, router) = router();
    let write = WriteResults {
        resource: Some(resource("putObject")),
        arguments: value(r#"{"Bucket":"file:b","Prefix":"out"}"#),
        config: None,
    };
    let map_run: MapRunArn = MAP_RUN.parse().unwrap();
    let mut sink = router.open_results(write, map_run).await.unwrap();
    push(&mut sink, child("c0", succeeded("[7]"))).await;
    let failure = Failure { error: Some("E".into()), cause: None };
    push(&mut sink, child("c1", Outcome::TimedOut(failure))).await;
    let output = sink.finish().await.unwrap();
    let want = format!(
        r#"{{"MapRunArn":"{MAP_RUN}","ResultWriterDetails":{{"Bucket":"file:b","Key":"out/run-1/manifest.json"}}}}"#
    );
    assert_eq!(output.text(), want);
    let records = |name: &str| {
        let text = fs::read_to_string(root.path().join("b/out/run-1").join(name)).unwrap();
        value(&text).at(0).cloned().unwrap()
    };
    let record = records("SUCCEEDED_0.json");
    for (name, want) in [
        ("ExecutionArn", "arn:aws:states:us-east-1:123456789012:execution:m/L:c0"),
        ("Name", "c0"),
        ("StateMachineArn", "arn:aws:states:us-east-1:123456789012:stateMachine:m/L"),
        ("Input", "1"),
        ("Output", "[7]"),
        ("StopDate", "1970-01-01T00:00:00.000Z"),
    ] {
        assert_eq!(record.get(name), Some(&Value::from(want)), "{name}");
    }
    let record = records("FAILED_0.json");
    for (name, want) in [("Status", "TIMED_OUT"), ("Error", "E")] {
        assert_eq!(record.get(name), Some(&Value::from(want)), "{name}");
    }
}

#[tokio::test]
async fn results_that_go_nowhere_are_the_output() {
    let (_root, router) = router();
    let config = WriterConfig { transformation: Some("FLATTEN".into()), output_type: None };
    let write = WriteResults { resource: None, arguments: Value::Null, config: Some(config) };
    let mut sink = router.open_results(write.clone(), MAP_RUN.parse().unwrap()).await.unwrap();
    push(&mut sink, child("c0", succeeded("[1, 2]"))).await;
    push(&mut sink, child("c1", succeeded("3"))).await;
    assert_eq!(sink.finish().await.unwrap().text(), "[1,2,3]");
    // An output that is too large stays so, and does not grow for ever.
    let mut sink = router.open_results(write, MAP_RUN.parse().unwrap()).await.unwrap();
    let large = format!("\"{}\"", "x".repeat(1 << 20));
    for number in 0..9 {
        push(&mut sink, child(&format!("c{number}"), succeeded(&large))).await;
    }
    let bytes = sink.finish().await.unwrap().text().len();
    assert!((2 << 20..4 << 20).contains(&bytes), "{bytes}");
}
