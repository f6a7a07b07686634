//! Items and results against a real S3 server. `./test s3` starts one and runs
//! these; its endpoint is in `STEPWELL_TEST_S3`.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a panic is how a test fails")]

use std::io::Write as _;

use asl_parser::{Options, Profile, ReaderConfig, Resource, StateKind, WriterConfig};
use asl_runtime::{ChildResult, Problem, Timestamp, WriteResults};
use asl_value::{Payload, Value};
use sfn_integrations::{Buckets, Credentials, Endpoint, ItemReaders, ResultWriters, S3};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const GET: &str = "arn:aws:states:::s3:getObject";
const LIST: &str = "arn:aws:states:::s3:listObjectsV2";
const PUT: &str = "arn:aws:states:::s3:putObject";

fn endpoint() -> String {
    std::env::var("STEPWELL_TEST_S3").expect("STEPWELL_TEST_S3 is the endpoint of an S3 server")
}

/// With credentials, so that requests are signed.
fn buckets_at(endpoint: &str) -> Buckets {
    let credentials = Credentials {
        access_key_id: "AKIDEXAMPLE".to_owned(),
        secret_access_key: "secret".to_owned(),
        session_token: None,
    };
    let s3 = S3::at(Endpoint::parse(endpoint).unwrap(), "us-east-1").with_credentials(credentials);
    Buckets::new().with_s3(s3)
}

fn buckets() -> Buckets {
    buckets_at(&endpoint())
}

/// Puts a bucket or an object in place, by a request that owes nothing to the
/// code under test.
async fn put(path: &str, content: &[u8]) {
    let host = endpoint().replace("http://", "");
    let mut stream = TcpStream::connect(&host).await.unwrap();
    let length = content.len();
    let head = format!(
        "PUT /{path} HTTP/1.1\r\nhost: {host}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(content).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

fn resource(text: &str) -> Resource {
    let definition = format!(
        r#"{{"StartAt":"T","States":{{"T":{{"Type":"Task","Resource":"{text}","Parameters":{{}},"End":true}}}}}}"#
    );
    let options = Options { profile: Profile::Language, ..Options::default() };
    let definition = asl_parser::parse(&definition, &options).definition.unwrap();
    match &definition.state(definition.start().unwrap()).unwrap().kind {
        StateKind::Task(task) => task.resource.clone(),
        other => panic!("{other:?}"),
    }
}

fn value(json: &str) -> Value {
    asl_value::parse(json).unwrap()
}

fn input(input_type: &str) -> ReaderConfig {
    ReaderConfig { input_type: Some(input_type.into()), ..ReaderConfig::default() }
}

/// All items, asked for a few at a time.
async fn read(
    action: &str,
    arguments: &str,
    config: ReaderConfig,
    max_items: Option<u64>,
) -> Result<Vec<Value>, Problem> {
    let readers = ItemReaders::new(buckets());
    let mut stream = readers.open(&resource(action), &value(arguments), &config, max_items).await?;
    let mut items = Vec::new();
    loop {
        let next = stream.next(100).await?;
        assert!(next.len() <= 100);
        if next.is_empty() {
            return Ok(items);
        }
        items.extend(next);
    }
}

#[tokio::test]
#[ignore = "needs an S3 server"]
async fn csv_is_streamed() {
    put("csv", b"").await;
    let rows: Vec<String> = (0..20_000).map(|row| format!("{row},row {row}\n")).collect();
    put("csv/in/rows.csv", format!("id,name\n{}", rows.concat()).as_bytes()).await;
    let arguments = r#"{"Bucket":"csv","Key":"in/rows.csv"}"#;
    let items = read(GET, arguments, input("CSV"), None).await.unwrap();
    assert_eq!(items.len(), 20_000);
    assert_eq!(items.last().unwrap(), &value(r#"{"id":"19999","name":"row 19999"}"#));
    let few = read(GET, arguments, input("CSV"), Some(250)).await.unwrap();
    assert_eq!(few, items[..250]);
}

#[tokio::test]
#[ignore = "needs an S3 server"]
async fn keys_of_all_kinds_are_reached() {
    put("keys", b"").await;
    for (key, path) in [
        ("plain", "plain"),
        ("a b+c/é&?#.json", "a%20b%2Bc/%C3%A9%26%3F%23.json"),
        ("p=%20~(x)'*!;:@$,", "p%3D%2520~%28x%29%27%2A%21%3B%3A%40%24%2C"),
    ] {
        put(&format!("keys/{path}"), b"[1]").await;
        let arguments = Value::object([("Bucket", Value::from("keys")), ("Key", Value::from(key))]);
        let items = read(GET, &arguments.to_string(), ReaderConfig::default(), None).await;
        assert_eq!(items, Ok(vec![Value::from(1)]), "{key}");
    }
    let items = read(LIST, r#"{"Bucket":"keys","Prefix":"a b+c/é"}"#, ReaderConfig::default(), None).await;
    let keys: Vec<_> = items.unwrap().iter().map(|item| item.get("Key").cloned().unwrap()).collect();
    assert_eq!(keys, [Value::from("a b+c/é&?#.json")]);
}

#[tokio::test]
#[ignore = "needs an S3 server"]
async fn listings_have_all_pages() {
    put("pages", b"").await;
    // The server is told to put ten on a page.
    for place in 0..25 {
        put(&format!("pages/in/{place:04}"), b"0HelloWorld!").await;
    }
    put("pages/other", b"").await;
    let items =
        read(LIST, r#"{"Bucket":"pages","Prefix":"in/"}"#, ReaderConfig::default(), None).await.unwrap();
    assert_eq!(items.len(), 25);
    let first = items.first().unwrap();
    let names: Vec<&str> = first.as_object().unwrap().keys().map(|name| &**name).collect();
    assert_eq!(names, ["Etag", "LastModified", "Key", "Size", "StorageClass"]);
    assert_eq!(first.get("Key"), Some(&Value::from("in/0000")));
    assert_eq!(first.get("Size"), Some(&Value::from(12)));
    assert_eq!(first.get("StorageClass"), Some(&Value::from("STANDARD")));
    assert_eq!(first.get("Etag"), Some(&Value::from("\"26c6f5d46cc21753686a70d9344a5b4a\"")));
    assert!(first.get("LastModified").unwrap().as_i64().unwrap() > 1_700_000_000);
}

#[tokio::test]
#[ignore = "needs an S3 server"]
async fn folders_of_lines_are_loaded() {
    put("flat", b"").await;
    put("flat/in/", b"").await;
    put("flat/in/a.jsonl", b"1\n2\n").await;
    put("flat/in/b.jsonl", b"").await;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(b"3\n").unwrap();
    put("flat/in/c.jsonl.gz", &packed.finish().unwrap()).await;
    let config = ReaderConfig { transformation: Some("LOAD_AND_FLATTEN".into()), ..input("JSONL") };
    let items = read(LIST, r#"{"Bucket":"flat","Prefix":"in/"}"#, config, None).await.unwrap();
    assert_eq!(items, [1, 2, 3].map(Value::from));
}

#[tokio::test]
#[ignore = "needs an S3 server"]
async fn inventories_are_followed() {
    put("inventory", b"").await;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(b"\"src\",\"a/b.csv\",\"3953\"\n\"src\",\"c\",\"0\"\n").unwrap();
    put("inventory/data/1.csv.gz", &packed.finish().unwrap()).await;
    let manifest = r#"{"sourceBucket":"src","destinationBucket":"arn:aws:s3:::inventory","fileFormat":"CSV",
        "fileSchema":"Bucket, Key, Size","files":[{"key":"data/1.csv.gz","size":1,"MD5checksum":"x"}]}"#;
    put("inventory/manifest.json", manifest.as_bytes()).await;
    let arguments = r#"{"Bucket":"inventory","Key":"manifest.json"}"#;
    let items = read(GET, arguments, input("MANIFEST"), None).await.unwrap();
    let want = r#"[{"Bucket":"src","Key":"a/b.csv","Size":"3953"},{"Bucket":"src","Key":"c","Size":"0"}]"#;
    assert_eq!(Value::from(items), value(want));
}

#[tokio::test]
#[ignore = "needs an S3 server"]
async fn what_is_missing_is_named_in_the_words_of_the_service() {
    put("missing", b"").await;
    for (arguments, want) in [
        (r#"{"Bucket":"missing","Key":"k"}"#, "The specified key does not exist."),
        (r#"{"Bucket":"no-such-bucket","Key":"k"}"#, "The specified bucket does not exist"),
    ] {
        let problem = read(GET, arguments, ReaderConfig::default(), None).await.unwrap_err();
        assert_eq!(problem.error.as_deref(), Some("States.ItemReaderFailed"));
        let cause = problem.cause.unwrap();
        let start = format!("{want} (Service: S3, Status Code: 404, Request ID: ");
        assert!(cause.starts_with(&start), "{cause}");
        assert!(cause.contains(", Extended Request ID: ") && cause.ends_with(')'), "{cause}");
    }
}

#[tokio::test]
#[ignore = "needs an S3 server"]
async fn results_are_written_and_can_be_read() {
    put("results", b"").await;
    let arguments = value(r#"{"Bucket":"results","Prefix":"mapJobs"}"#);
    let config = WriterConfig { transformation: Some("COMPACT".into()), output_type: None };
    let map_run = "arn:aws:states:us-east-1:123456789012:mapRun:m/L:run-1";
    let writers = ResultWriters::new(buckets());
    let write = WriteResults {
        map_run_arn: map_run.into(),
        resource: resource(PUT),
        arguments,
        config: Some(config),
    };
    let mut sink = writers.begin(&write).unwrap();
    for output in ["1", r#"{"a":"é"}"#] {
        let child = ChildResult {
            execution_arn: "e".into(),
            name: "n".into(),
            state_machine_arn: "m".into(),
            status: "SUCCEEDED",
            input: "{}".into(),
            output: Some(output.into()),
            error: None,
            cause: None,
            started_at: Some(Timestamp::UNIX_EPOCH),
            stopped_at: Some(Timestamp::UNIX_EPOCH),
            redrive_count: 0,
        };
        sink.push(&child).await.unwrap();
    }
    let output = sink.finish().await.unwrap();
    let details = r#"{"Bucket":"results","Key":"mapJobs/run-1/manifest.json"}"#;
    assert_eq!(output.value().get("ResultWriterDetails"), Some(&value(details)));
    let at = |key: &str| format!(r#"{{"Bucket":"results","Key":"{key}"}}"#);
    let files =
        ReaderConfig { items_pointer: Some("/ResultFiles/SUCCEEDED".into()), ..ReaderConfig::default() };
    let files = read(GET, details, files, None).await.unwrap();
    let want = r#"[{"Key":"mapJobs/run-1/SUCCEEDED_0.json","Size":14}]"#;
    assert_eq!(Payload::new(Value::from(files)).text(), want);
    let items = read(GET, &at("mapJobs/run-1/SUCCEEDED_0.json"), ReaderConfig::default(), None).await;
    assert_eq!(items.unwrap(), [Value::from(1), value(r#"{"a":"é"}"#)]);
}

#[tokio::test]
#[ignore = "needs an S3 server"]
async fn endpoints_may_be_secure() {
    put("tls", b"").await;
    put("tls/k", b"[1]").await;
    let endpoint = std::env::var("STEPWELL_TEST_S3_TLS").expect("the endpoint that speaks TLS");
    let arguments = value(r#"{"Bucket":"tls","Key":"k"}"#);
    let open = |endpoint: String| {
        let (arguments, config) = (arguments.clone(), ReaderConfig::default());
        async move {
            ItemReaders::new(buckets_at(&endpoint)).open(&resource(GET), &arguments, &config, None).await
        }
    };
    let mut items = open(endpoint.clone()).await.unwrap();
    assert_eq!(items.next(9).await.unwrap(), [Value::from(1)]);
    // The certificate is for the address alone.
    let other_name = endpoint.replace("127.0.0.1", "localhost");
    let cause = open(other_name).await.unwrap_err().cause.unwrap();
    assert!(cause.starts_with("Unable to execute HTTP request: https://localhost:"), "{cause}");
    assert!(cause.contains("certificate"), "{cause}");
}
