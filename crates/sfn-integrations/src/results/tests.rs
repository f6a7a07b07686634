use std::fs;
use std::sync::Arc;

use asl_parser::WriterConfig;
use asl_runtime::{ChildResult, Timestamp};

use super::*;

const MAP_RUN: &str = "arn:aws:states:us-east-1:123456789012:mapRun:m/L:id-1";

fn child(status: &'static str, output: Option<&str>) -> ChildResult {
    let failed = status == "FAILED";
    let time = |millis| Timestamp::from_timestamp_millis(millis).unwrap();
    let started = status != "PENDING";
    ChildResult {
        execution_arn: "e".into(),
        name: "n".into(),
        state_machine_arn: "m".into(),
        status,
        input: r#"{"a": 1}"#.into(),
        output: output.map(Arc::from),
        error: failed.then(|| "E".into()),
        cause: failed.then(|| "C".into()),
        started_at: started.then(|| time(1_738_633_790_099)),
        stopped_at: started.then(|| time(1_738_633_790_163)),
        redrive_count: 0,
    }
}

const SUCCEEDED: &str = r#"{"ExecutionArn":"e","Input":"{\"a\": 1}","InputDetails":{"Included":true},"Name":"n","Output":"[1, 2]","OutputDetails":{"Included":true},"RedriveCount":0,"RedriveStatus":"NOT_REDRIVABLE","RedriveStatusReason":"Execution is SUCCEEDED and cannot be redriven","StartDate":"2025-02-04T01:49:50.099Z","StateMachineArn":"m","Status":"SUCCEEDED","StopDate":"2025-02-04T01:49:50.163Z"}"#;
const FAILED: &str = r#"{"Cause":"C","Error":"E","ExecutionArn":"e","Input":"{\"a\": 1}","InputDetails":{"Included":true},"Name":"n","OutputDetails":{"Included":true},"RedriveCount":0,"RedriveStatus":"REDRIVABLE_BY_MAP_RUN","StartDate":"2025-02-04T01:49:50.099Z","StateMachineArn":"m","Status":"FAILED","StopDate":"2025-02-04T01:49:50.163Z"}"#;
const PENDING: &str = r#"{"ExecutionArn":"e","Input":"{\"a\": 1}","InputDetails":{"Included":true},"Name":"n","StateMachineArn":"m","Status":"PENDING"}"#;

fn config(transformation: &str, output_type: &str) -> WriterConfig {
    WriterConfig { transformation: Some(transformation.into()), output_type: Some(output_type.into()) }
}

fn write(resource: Resource, arguments: Value, config: Option<WriterConfig>) -> WriteResults {
    WriteResults { map_run_arn: MAP_RUN.into(), resource, arguments, config }
}

fn resource(text: &str) -> Resource {
    let definition = format!(
        r#"{{"StartAt":"T","States":{{"T":{{"Type":"Task","Resource":"{text}","Parameters":{{}},"End":true}}}}}}"#
    );
    let options = asl_parser::Options { profile: asl_parser::Profile::Language, ..Default::default() };
    let definition = asl_parser::parse(&definition, &options).definition.unwrap();
    match &definition.state(definition.start().unwrap()).unwrap().kind {
        asl_parser::StateKind::Task(task) => task.resource.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_not_known_is_refused() {
    let writers = ResultWriters::default();
    let bucket = Value::object([("Bucket", Value::from("b"))]);
    for (resource_text, arguments, want) in [
        (
            "arn:aws:states:::s3:getObject",
            bucket,
            "the resource arn:aws:states:::s3:getObject writes no results; expected s3:putObject",
        ),
        ("arn:aws:states:::s3:putObject", Value::Null, "The field 'Bucket' is required but was missing"),
    ] {
        let write = write(resource(resource_text), arguments, None);
        let problem = writers.begin(&write).unwrap_err();
        assert_eq!(problem, Problem::new("States.ResultWriterFailed", want));
    }
}

/// Writes results to a folder; tells its files and their contents.
async fn written(
    prefix: &str,
    config: Option<WriterConfig>,
    file_bytes: usize,
    children: &[ChildResult],
) -> Vec<(String, String)> {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("b")).unwrap();
    let writers = ResultWriters::new(Buckets::new().with_files(root.path()));
    let arguments = Value::object([("Bucket", Value::from("file:b")), ("Prefix", Value::from(prefix))]);
    let write = write(resource("arn:aws:states:::s3:putObject"), arguments, config);
    let mut sink = writers.begin(&write).unwrap();
    sink.file_bytes = file_bytes;
    for child in children {
        sink.push(child).await.unwrap();
    }
    let output = sink.finish().await.unwrap();
    let details = output.value().get("ResultWriterDetails").unwrap();
    let detail = |name: &str| details.get(name).and_then(Value::as_str).unwrap();
    assert_eq!(detail("Bucket"), "file:b");
    let folder = root.path().join("b").join(detail("Key").strip_suffix("/manifest.json").unwrap());
    let mut files: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            let key = entry.path().strip_prefix(root.path().join("b")).unwrap().to_str().unwrap().to_owned();
            (key, fs::read_to_string(entry.path()).unwrap())
        })
        .collect();
    files.sort();
    files
}

#[tokio::test]
async fn files_are_laid_out_as_documented() {
    let timed_out = ChildResult { status: "TIMED_OUT", error: None, cause: None, ..child("FAILED", None) };
    let children =
        [child("SUCCEEDED", Some("[1, 2]")), child("FAILED", None), timed_out, child("PENDING", None)];
    let timed_out = FAILED.replace(r#""Cause":"C","Error":"E","#, "").replace("FAILED", "TIMED_OUT");
    let failed = format!("[{FAILED},{timed_out}]");
    let size = |text: &str| text.len();
    let manifest = format!(
        r#"{{"DestinationBucket":"file:b","MapRunArn":"{MAP_RUN}","ResultFiles":{{"FAILED":[{{"Key":"p/id-1/FAILED_0.json","Size":{}}}],"PENDING":[{{"Key":"p/id-1/PENDING_0.json","Size":{}}}],"SUCCEEDED":[{{"Key":"p/id-1/SUCCEEDED_0.json","Size":{}}}]}}}}"#,
        size(&failed),
        size(PENDING) + 2,
        size(SUCCEEDED) + 2,
    );
    let want = [
        ("p/id-1/FAILED_0.json", failed),
        ("p/id-1/PENDING_0.json", format!("[{PENDING}]")),
        ("p/id-1/SUCCEEDED_0.json", format!("[{SUCCEEDED}]")),
        ("p/id-1/manifest.json", manifest),
    ]
    .map(|(key, text)| (key.to_owned(), text));
    assert_eq!(written("p", None, 1 << 20, &children).await, want);
    let slashed = written("p/", None, 1 << 20, &children).await;
    assert_eq!(slashed, want);
}

#[tokio::test]
async fn a_full_file_is_followed_by_the_next() {
    let children = ["1", "2", "3"].map(|output| child("SUCCEEDED", Some(output)));
    let files = written("", Some(config("COMPACT", "JSON")), 4, &children).await;
    let told: Vec<_> = files.iter().map(|(key, text)| (&**key, &**text)).collect();
    let manifest = format!(
        r#"{{"DestinationBucket":"file:b","MapRunArn":"{MAP_RUN}","ResultFiles":{{"FAILED":[],"PENDING":[],"SUCCEEDED":[{{"Key":"id-1/SUCCEEDED_0.json","Size":5}},{{"Key":"id-1/SUCCEEDED_1.json","Size":3}}]}}}}"#
    );
    let want = [
        ("id-1/SUCCEEDED_0.json", "[1,2]"),
        ("id-1/SUCCEEDED_1.json", "[3]"),
        ("id-1/manifest.json", &*manifest),
    ];
    assert_eq!(told, want);
}

#[tokio::test]
async fn lines_hold_one_result_each() {
    let children = [child("SUCCEEDED", Some("{\n\"a\": [1]}")), child("SUCCEEDED", Some("[2, 3]"))];
    for (transformation, want) in [("COMPACT", "{\"a\": [1]}\n[2, 3]\n"), ("FLATTEN", "{\"a\": [1]}\n2\n3\n")]
    {
        let files = written("p", Some(config(transformation, "JSONL")), 1 << 20, &children).await;
        assert_eq!(files.first().unwrap().1, want, "{transformation}");
    }
}

#[tokio::test]
async fn a_bucket_that_is_not_there_fails_the_map() {
    let root = tempfile::tempdir().unwrap();
    let writers = ResultWriters::new(Buckets::new().with_files(root.path()));
    let resource = resource("arn:aws:states:::s3:putObject");
    let missing = "The specified bucket does not exist (Service: S3, Status Code: 404, Request ID: null, \
        Extended Request ID: null)";
    for (bucket, want) in [
        ("file:b", missing),
        ("b", "the bucket needs an endpoint of Amazon S3, and none is configured"),
        ("file:../b", "expected a name inside the root folder of 'file:' buckets, found '../b'"),
    ] {
        let arguments = Value::object([("Bucket", Value::from(bucket))]);
        let write = write(resource.clone(), arguments, None);
        let sink = writers.begin(&write).unwrap();
        let want = Problem::new("States.ResultWriterFailed", want);
        assert_eq!(sink.finish().await.unwrap_err(), want, "{bucket}");
    }
}
