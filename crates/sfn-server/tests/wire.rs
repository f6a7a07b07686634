//! The server over real sockets: what clients send and what they get.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use asl_runtime::{StartTask, TaskReport};
use serde_json::{Value, json};
use sfn_driver::{TaskContext, TaskHandler};
use sfn_server::{Config, Credential, Server, StoreUrl};
use sfn_store::BoxFuture;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Answers each task with its own input.
#[derive(Debug)]
struct Echo;

impl TaskHandler for Echo {
    fn run(&self, task: StartTask, _: TaskContext) -> BoxFuture<TaskReport> {
        Box::pin(async move { TaskReport::Succeeded { output: task.input } })
    }
}

/// A server in this process, and the means to stop it.
struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<()>,
}

impl Running {
    async fn start(change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            store: StoreUrl::Memory,
            ..Config::default()
        };
        change(&mut config);
        let server = Server::bind(config, Arc::new(Echo)).await.unwrap();
        let address = server.address();
        let (stop, stopped) = oneshot::channel();
        let ended = tokio::spawn(server.run(async {
            let _sender_gone_counts_too = stopped.await;
        }));
        Self { address, stop, ended }
    }

    async fn stop(self) {
        self.stop.send(()).unwrap();
        tokio::time::timeout(Duration::from_secs(20), self.ended).await.unwrap().unwrap();
    }

    /// Sends a request as it stands and gives status, head and body.
    async fn send(&self, request: &str) -> (u16, String, String) {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, head.to_ascii_lowercase(), body.to_owned())
    }

    async fn get(&self, path: &str) -> (u16, String, String) {
        self.send(&format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).await
    }

    /// Calls an operation with a raw body.
    async fn post(&self, target: &str, body: &str) -> (u16, String, String) {
        self.send(&format!(
            "POST / HTTP/1.1\r\nHost: sync-localhost\r\nContent-Type: application/x-amz-json-1.0\r\nX-Amz-Target: {target}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        ))
        .await
    }

    async fn call(&self, operation: &str, request: Value) -> (u16, Value) {
        let (status, _, body) =
            self.post(&format!("AWSStepFunctions.{operation}"), &request.to_string()).await;
        (status, serde_json::from_str(&body).unwrap())
    }
}

impl Running {
    /// The description of an execution once it has ended.
    async fn closed(&self, execution_arn: &Value) -> Value {
        loop {
            let (_, described) =
                self.call("DescribeExecution", json!({ "executionArn": execution_arn })).await;
            if described["status"] != "RUNNING" {
                return described;
            }
            tokio::task::yield_now().await;
        }
    }
}

fn pass_machine(name: &str, machine_type: &str) -> Value {
    let definition =
        json!({ "StartAt": "A", "States": { "A": { "Type": "Pass", "Result": { "a": 1 }, "End": true } } });
    json!({
        "name": name,
        "definition": definition.to_string(),
        "roleArn": "arn:aws:iam::123456789012:role/r",
        "type": machine_type,
    })
}

#[tokio::test]
async fn an_execution_runs_and_shows_its_history() {
    let server = Running::start(|_| {}).await;
    let (status, machine) = server.call("CreateStateMachine", pass_machine("m", "STANDARD")).await;
    assert_eq!(
        (status, &machine["stateMachineArn"]),
        (200, &json!("arn:aws:states:us-east-1:123456789012:stateMachine:m"))
    );
    let start =
        json!({ "stateMachineArn": machine["stateMachineArn"], "name": "e", "input": "{ \"x\": 1 }" });
    let (status, started) = server.call("StartExecution", start).await;
    assert_eq!(status, 200, "{started}");
    let described = server.closed(&started["executionArn"]).await;
    assert_eq!((&described["status"], &described["output"]), (&json!("SUCCEEDED"), &json!("{\"a\":1}")));
    let (_, history) =
        server.call("GetExecutionHistory", json!({ "executionArn": started["executionArn"] })).await;
    let types: Vec<_> =
        history["events"].as_array().unwrap().iter().map(|e| e["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["ExecutionStarted", "PassStateEntered", "PassStateExited", "ExecutionSucceeded"]);
    server.stop().await;
}

#[tokio::test]
async fn an_express_execution_answers_its_output() {
    let server = Running::start(|_| {}).await;
    let (_, machine) = server.call("CreateStateMachine", pass_machine("m", "EXPRESS")).await;
    let (status, answer) =
        server.call("StartSyncExecution", json!({ "stateMachineArn": machine["stateMachineArn"] })).await;
    assert_eq!(
        (status, &answer["status"], &answer["output"]),
        (200, &json!("SUCCEEDED"), &json!("{\"a\":1}")),
        "{answer}"
    );
    server.stop().await;
}

#[tokio::test]
async fn answers_carry_the_headers_of_the_protocol() {
    let server = Running::start(|_| {}).await;
    let (status, head, _) = server.post("AWSStepFunctions.ListStateMachines", "{}").await;
    assert_eq!(status, 200);
    assert!(head.contains("content-type: application/x-amz-json-1.0"), "{head}");
    assert!(head.contains("x-amzn-requestid: "), "{head}");
    server.stop().await;
}

#[tokio::test]
async fn what_is_no_call_is_refused_in_the_envelope() {
    let server = Running::start(|config| config.body_bytes_max = 100).await;
    let long = format!("{{\"name\":\"{}\"}}", "x".repeat(200));
    let cases = [
        ("AWSStepFunctions.NoSuchThing", "{}", 400, "UnknownOperationException"),
        ("Other.CreateActivity", "{}", 400, "UnknownOperationException"),
        ("AWSStepFunctions.CreateActivity", "{", 400, "SerializationException"),
        ("AWSStepFunctions.CreateActivity", "{\"name\":7}", 400, "SerializationException"),
        ("AWSStepFunctions.CreateActivity", "{\"name\":\"a b\"}", 400, "InvalidName"),
        ("AWSStepFunctions.RedriveExecution", "{}", 400, "ValidationException"),
        ("AWSStepFunctions.CreateActivity", &long, 413, "RequestEntityTooLargeException"),
    ];
    for (target, body, want_status, want_type) in cases {
        let (status, _, answer) = server.post(target, body).await;
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!((status, &answer["__type"]), (want_status, &json!(want_type)), "{target} {body}");
        assert!(answer["message"].is_string(), "{answer}");
    }
    server.stop().await;
}

#[tokio::test]
async fn pages_beside_the_api() {
    let server = Running::start(|_| {}).await;
    server.call("ListActivities", json!({})).await;
    let cases = [
        ("/health", 200, "ok"),
        ("/metrics", 200, "stepwell_api_requests_total{operation=\"ListActivities\",code=\"OK\"} 1"),
        ("/", 200, "disableHostPrefix"),
        ("/nothing", 404, "not found"),
    ];
    for (path, want_status, want) in cases {
        let (status, _, body) = server.get(path).await;
        assert_eq!(status, want_status, "{path}");
        assert!(body.contains(want), "{path}: {body}");
    }
    let (status, head, _) = server.send("DELETE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    assert_eq!(status, 405);
    assert!(head.contains("allow: "), "{head}");
    server.stop().await;
}

#[tokio::test]
async fn with_keys_unsigned_requests_are_refused() {
    let server = Running::start(|config| {
        config.credentials =
            vec![Credential { access_key_id: "AKID".to_owned(), secret_access_key: "secret".to_owned() }];
    })
    .await;
    let (status, answer) = server.call("ListActivities", json!({})).await;
    assert_eq!((status, &answer["__type"]), (403, &json!("MissingAuthenticationTokenException")));
    server.stop().await;
}

#[tokio::test]
async fn shutting_down_ends_long_polls_with_an_empty_answer() {
    let server = Running::start(|_| {}).await;
    let (_, activity) = server.call("CreateActivity", json!({ "name": "a" })).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let body = json!({ "activityArn": activity["activityArn"] }).to_string();
    let request = format!(
        "POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: AWSStepFunctions.GetActivityTask\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    // The poll has been taken in once the counter shows it.
    while !server.get("/metrics").await.2.contains("stepwell_api_requests_in_flight 1") {
        tokio::task::yield_now().await;
    }
    server.stop().await;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.contains("{\"taskToken\":null}"), "{answer}");
}

#[tokio::test]
async fn a_restarted_server_goes_on_with_what_it_had() {
    let folder = tempfile::tempdir().unwrap();
    let store = StoreUrl::Sqlite(folder.path().join("stepwell.db"));
    let server = Running::start(|config| config.store = store.clone()).await;
    let activity = server.call("CreateActivity", json!({ "name": "a" })).await.1["activityArn"].clone();
    let definition =
        json!({ "StartAt": "T", "States": { "T": { "Type": "Task", "Resource": activity, "End": true } } });
    let mut machine = pass_machine("m", "STANDARD");
    machine["definition"] = json!(definition.to_string());
    let (_, machine) = server.call("CreateStateMachine", machine).await;
    let start = json!({ "stateMachineArn": machine["stateMachineArn"], "input": "[7]" });
    let (_, started) = server.call("StartExecution", start).await;
    server.stop().await;

    let server = Running::start(|config| config.store = store.clone()).await;
    let (_, task) = server.call("GetActivityTask", json!({ "activityArn": activity })).await;
    assert_eq!(task["input"], json!("[7]"), "{task}");
    let answer = json!({ "taskToken": task["taskToken"], "output": "8" });
    assert_eq!(server.call("SendTaskSuccess", answer).await, (200, json!({})));
    let described = server.closed(&started["executionArn"]).await;
    assert_eq!((&described["status"], &described["output"]), (&json!("SUCCEEDED"), &json!("8")));
    server.stop().await;
}

#[tokio::test]
async fn a_stopped_execution_is_aborted_when_the_answer_is_there() {
    let server = Running::start(|_| {}).await;
    let definition =
        json!({ "StartAt": "W", "States": { "W": { "Type": "Wait", "Seconds": 3600, "End": true } } });
    let mut machine = pass_machine("m", "STANDARD");
    machine["definition"] = json!(definition.to_string());
    let (_, machine) = server.call("CreateStateMachine", machine).await;
    let (_, started) =
        server.call("StartExecution", json!({ "stateMachineArn": machine["stateMachineArn"] })).await;
    let arn = json!({ "executionArn": started["executionArn"] });
    let (status, stopped) = server.call("StopExecution", arn.clone()).await;
    assert_eq!(status, 200, "{stopped}");
    let (_, described) = server.call("DescribeExecution", arn).await;
    assert_eq!((&described["status"], &described["stopDate"]), (&json!("ABORTED"), &stopped["stopDate"]));
    server.stop().await;
}

#[tokio::test]
async fn in_virtual_time_a_day_passes_at_once() {
    let server = Running::start(|config| config.virtual_time = true).await;
    let definition =
        json!({ "StartAt": "W", "States": { "W": { "Type": "Wait", "Seconds": 86_400, "End": true } } });
    let mut machine = pass_machine("m", "STANDARD");
    machine["definition"] = json!(definition.to_string());
    let (_, machine) = server.call("CreateStateMachine", machine).await;
    let (_, started) =
        server.call("StartExecution", json!({ "stateMachineArn": machine["stateMachineArn"] })).await;
    let arn = &started["executionArn"];
    let described = tokio::time::timeout(Duration::from_secs(1), server.closed(arn)).await.unwrap();
    assert_eq!(described["status"], "SUCCEEDED", "{described}");
    let (_, history) = server.call("GetExecutionHistory", json!({ "executionArn": arn })).await;
    let timestamp_of = |kind: &str| {
        let events = history["events"].as_array().unwrap();
        events.iter().find(|event| event["type"] == kind).unwrap()["timestamp"].as_f64().unwrap()
    };
    let waited = timestamp_of("WaitStateExited") - timestamp_of("WaitStateEntered");
    assert!((86_400.0..86_401.0).contains(&waited), "{waited}");
    server.stop().await;
}

/// The target says what is called; the body is JSON whatever the content type.
#[tokio::test]
async fn neither_content_type_nor_an_empty_body_matters() {
    let server = Running::start(|_| {}).await;
    let types =
        ["application/x-amz-json-1.0", "application/x-amz-json-1.1", "application/json", "text/plain"];
    for (content_type, body) in types.into_iter().flat_map(|name| [(name, "{}"), (name, ""), (name, " ")]) {
        let (status, head, answer) = server
            .send(&format!(
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: {content_type}\r\nX-Amz-Target: AWSStepFunctions.ListActivities\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            ))
            .await;
        assert_eq!((status, answer.as_str()), (200, r#"{"activities":[]}"#), "{content_type} {body:?}");
        assert!(head.contains("content-type: application/x-amz-json-1.0"), "{head}");
    }
    server.stop().await;
}
