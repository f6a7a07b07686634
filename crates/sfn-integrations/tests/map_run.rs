//! What the driver gets for a map run, out of a folder and into it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a panic is how a test fails")]

use std::fs;

use asl_parser::{Options, Profile, ReaderConfig, Resource, StateKind};
use asl_runtime::{ChildResult, Problem, ReadItems, Timestamp, WriteResults};
use asl_value::Value;
use sfn_driver::TaskHandler as _;
use sfn_integrations::{Buckets, Router};

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

fn child(status: &'static str, output: Option<&str>, error: Option<&str>) -> ChildResult {
    ChildResult {
        execution_arn: "e".into(),
        name: "n".into(),
        state_machine_arn: "m".into(),
        status,
        input: "1".into(),
        output: output.map(Into::into),
        error: error.map(Into::into),
        cause: None,
        started_at: Some(Timestamp::UNIX_EPOCH),
        stopped_at: Some(Timestamp::UNIX_EPOCH),
        redrive_count: 0,
    }
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
        map_run_arn: MAP_RUN.into(),
        resource: resource("putObject"),
        arguments: value(r#"{"Bucket":"file:b","Prefix":"out"}"#),
        config: None,
    };
    let mut sink = router.open_results(write).await.unwrap();
    sink.push(child("SUCCEEDED", Some("[7]"), None)).await.unwrap();
    sink.push(child("TIMED_OUT", None, Some("E"))).await.unwrap();
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
        ("ExecutionArn", "e"),
        ("Name", "n"),
        ("StateMachineArn", "m"),
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
