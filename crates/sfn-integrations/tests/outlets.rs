//! Log records and events of status changes on their way to files and to
//! services on loopback that speak just enough HTTP.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::path::Path;
use std::sync::{Arc, Mutex};

use asl_runtime::{EventId, EventKind, ExecutionRedriven, ExecutionStarted, HistoryEvent, Output, Timestamp};
use asl_value::Payload;
use serde_json::{Value, json};
use sfn_api::LogGroups as _;
use sfn_driver::{Entropy, Observation, ObservedExecution, Observer as _};
use sfn_integrations::{CloudWatchLogs, Credentials, Destination, Endpoint, Outlets, OutletsConfig};
use sfn_store::{Closed, Failure, MachineType, Outcome};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

const EXECUTION: &str = "arn:aws:states:us-east-1:123456789012:execution:m:e";

/// One call as it came: operation, headers and JSON.
#[derive(Clone, Debug)]
struct Call {
    operation: String,
    head: String,
    body: Value,
}

/// A service that answers each call as `answer` says, and keeps what it was
/// asked.
async fn service(
    answer: impl Fn(&Call, usize) -> (u16, Value) + Send + Sync + 'static,
) -> (Endpoint, Arc<Mutex<Vec<Call>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = Endpoint::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let calls = Arc::<Mutex<Vec<Call>>>::default();
    let kept = Arc::clone(&calls);
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            let call = loop {
                let mut bytes = [0; 4096];
                let count = stream.read(&mut bytes).await.unwrap();
                request.extend_from_slice(&bytes[..count]);
                if let Some(call) = whole(&request) {
                    break call;
                }
                assert!(count > 0, "the request broke off");
            };
            let (status, body) = answer(&call, kept.lock().unwrap().len());
            kept.lock().unwrap().push(call);
            let body = body.to_string();
            let answer = format!(
                "HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (endpoint, calls)
}

fn whole(request: &[u8]) -> Option<Call> {
    let text = std::str::from_utf8(request).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let header = |name: &str| {
        head.lines().find_map(|line| line.split_once(": ").filter(|(it, _)| it.eq_ignore_ascii_case(name)))
    };
    let length: usize = header("content-length")?.1.parse().unwrap();
    (body.len() >= length).then(|| Call {
        operation: header("x-amz-target").unwrap().1.to_owned(),
        head: head.to_owned(),
        body: serde_json::from_str(body).unwrap(),
    })
}

fn config(logs: Option<Destination>, events: Option<Destination>) -> OutletsConfig {
    let credentials = Credentials {
        access_key_id: "AKIDEXAMPLE".to_owned(),
        secret_access_key: "secret".to_owned(),
        session_token: None,
    };
    OutletsConfig {
        logs,
        events,
        region: "us-east-1".to_owned(),
        credentials: Some(credentials),
        entropy: Entropy::new(|| 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef),
    }
}

fn execution(level: &str) -> ObservedExecution {
    let logging = json!({
        "level": level,
        "includeExecutionData": true,
        "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": "arn:aws:logs:us-east-1:1:log-group:/g/h:*"}}],
    });
    ObservedExecution {
        arn: EXECUTION.into(),
        name: "e".into(),
        machine_type: MachineType::Standard,
        state_machine_arn: "arn:aws:states:us-east-1:123456789012:stateMachine:m".into(),
        state_machine_version_arn: None,
        state_machine_alias_arn: None,
        input: "{}".into(),
        started_at: at(1_000),
        redrive_count: 0,
        redriven_at: None,
        is_child: false,
        logging: Some(logging.to_string().into()),
    }
}

fn at(milliseconds: i64) -> Timestamp {
    Timestamp::from_timestamp_millis(milliseconds).unwrap()
}

fn event(id: u64, kind: EventKind) -> HistoryEvent {
    HistoryEvent { id: EventId(id), previous_event_id: EventId(id - 1), timestamp: at(1_000), kind }
}

fn started() -> HistoryEvent {
    let input = Payload::parse("{}").unwrap();
    event(
        1,
        EventKind::ExecutionStarted(ExecutionStarted {
            input,
            role_arn: "r".into(),
            state_machine_version_arn: None,
            state_machine_alias_arn: None,
        }),
    )
}

fn succeeded(id: u64) -> HistoryEvent {
    event(id, EventKind::ExecutionSucceeded(Output { output: Payload::parse("7").unwrap() }))
}

fn closed(outcome: Outcome) -> Closed {
    Closed { stopped_at: at(2_500), outcome }
}

/// An execution that begins and succeeds in two commits.
fn two_commits() -> [Observation; 2] {
    let outcome = Outcome::Succeeded { output: "7".into() };
    [
        Observation { events: vec![started()], is_start: true, closed: None },
        Observation { events: vec![succeeded(2)], is_start: false, closed: Some(closed(outcome)) },
    ]
}

/// Tells outlets of an execution, and has all of it passed on; their counts.
async fn tell(
    config: &OutletsConfig,
    execution: &ObservedExecution,
    observations: impl IntoIterator<Item = Observation>,
) -> Vec<u64> {
    let outlets = Outlets::start(config).unwrap();
    let observer = outlets.attend(execution).expect("it is observed");
    observations.into_iter().for_each(|observation| observer.hear(observation));
    outlets.release();
    outlets.stop().await;
    outlets.counts().into_iter().map(|(_, count)| count).collect()
}

fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn files_take_records_and_events_line_by_line() {
    let folder = tempfile::tempdir().unwrap();
    let (logs, events) = (folder.path().join("logs"), folder.path().join("events"));
    std::fs::write(&logs, "{\"kept\":true}\n").unwrap();
    let config = config(Some(Destination::File(logs.clone())), Some(Destination::File(events.clone())));
    assert_eq!(tell(&config, &execution("ALL"), two_commits()).await, [2, 0, 2, 0]);
    let records = lines(&logs);
    assert_eq!(records[0], json!({"kept": true}), "it was appended to");
    let types: Vec<_> = records[1..].iter().map(|record| record["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["ExecutionStarted", "ExecutionSucceeded"]);
    assert_eq!(records[1]["execution_arn"], EXECUTION);
    let events = lines(&events);
    let statuses: Vec<_> = events.iter().map(|event| event["detail"]["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["RUNNING", "SUCCEEDED"]);
    assert_eq!(events[1]["time"], "1970-01-01T00:00:02Z");
    assert_eq!((&events[1]["account"], &events[1]["region"]), (&json!("123456789012"), &json!("us-east-1")));
    assert_eq!(events[1]["resources"], json!([EXECUTION]));
}

#[tokio::test]
async fn nobody_attends_what_logs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let logs = Some(Destination::File(folder.path().join("logs")));
    let outlets = Outlets::start(&config(logs, None)).unwrap();
    assert!(outlets.attend(&execution("OFF")).is_none());
    assert!(outlets.attend(&ObservedExecution { logging: None, ..execution("ALL") }).is_none());
    let express = ObservedExecution { machine_type: MachineType::Express, ..execution("OFF") };
    let events = Some(Destination::File(folder.path().join("events")));
    assert!(Outlets::start(&config(None, events)).unwrap().attend(&express).is_none());
}

#[tokio::test]
async fn levels_filter() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("logs");
    let config = config(Some(Destination::File(file.clone())), None);
    assert_eq!(tell(&config, &execution("ERROR"), two_commits()).await, [0, 0]);
    assert!(lines(&file).is_empty());
}

#[tokio::test]
async fn a_redrive_is_told_as_running_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events");
    let config = config(None, Some(Destination::File(file.clone())));
    let redriven = ObservedExecution { redrive_count: 1, redriven_at: Some(at(9_000)), ..execution("OFF") };
    let kind = EventKind::ExecutionRedriven(ExecutionRedriven { redrive_count: 1 });
    let observation = Observation {
        events: vec![event(6, kind)],
        is_start: false,
        closed: Some(closed(Outcome::Aborted(Failure::default()))),
    };
    assert_eq!(tell(&config, &redriven, [observation]).await, [2, 0]);
    let events = lines(&file);
    let told = |event: &Value| {
        let detail = &event["detail"];
        [&detail["status"], &detail["redriveCount"], &detail["redriveDate"]].map(Clone::clone)
    };
    assert_eq!(told(&events[0]), [json!("RUNNING"), json!(1), json!(9_000)]);
    assert_eq!(told(&events[1]), [json!("ABORTED"), json!(1), json!(9_000)]);
}

#[tokio::test]
async fn cloud_watch_logs_takes_signed_batches_of_a_stream() {
    let (endpoint, calls) = service(|_, _| (200, json!({}))).await;
    let config = config(Some(Destination::Endpoint(endpoint)), None);
    assert_eq!(tell(&config, &execution("ALL"), two_commits()).await, [2, 0]);
    let calls = calls.lock().unwrap().clone();
    let [create, put] = &calls[..] else { panic!("{calls:?}") };
    assert_eq!(create.operation, "Logs_20140328.CreateLogStream");
    let stream = create.body["logStreamName"].as_str().unwrap();
    assert!(stream.starts_with("states/m/") && stream.ends_with("/01234567"), "{stream}");
    assert_eq!(put.operation, "Logs_20140328.PutLogEvents");
    assert_eq!((&put.body["logGroupName"], &put.body["logStreamName"]), (&json!("/g/h"), &json!(stream)));
    let events = put.body["logEvents"].as_array().unwrap();
    assert_eq!((events.len(), &events[0]["timestamp"]), (2, &json!(1_000)));
    let record: Value = serde_json::from_str(events[1]["message"].as_str().unwrap()).unwrap();
    assert_eq!(record["details"]["output"], "7");
    assert!(put.head.contains("/us-east-1/logs/aws4_request"), "{}", put.head);
    assert!(put.head.contains("content-type: application/x-amz-json-1.1"), "{}", put.head);
}

#[tokio::test]
async fn a_stream_that_is_gone_is_made_again_and_throttling_waited_for() {
    let (endpoint, calls) = service(|_, number| match number {
        1 => (400, json!({"__type": "ThrottlingException", "message": "Rate exceeded"})),
        3 => (400, json!({"__type": "ResourceNotFoundException", "message": "no stream"})),
        4 => (400, json!({"__type": "x#ResourceAlreadyExistsException", "message": "there"})),
        _ => (200, json!({})),
    })
    .await;
    let outlets = Outlets::start(&config(Some(Destination::Endpoint(endpoint)), None)).unwrap();
    let observer = outlets.attend(&execution("ALL")).unwrap();
    outlets.release();
    for observation in two_commits() {
        observer.hear(observation);
        outlets.stop().await;
    }
    let operations: Vec<_> = calls
        .lock()
        .unwrap()
        .iter()
        .map(|call| call.operation.rsplit('.').next().unwrap().to_owned())
        .collect();
    assert_eq!(
        operations,
        [
            "CreateLogStream",
            "PutLogEvents",
            "PutLogEvents",
            "PutLogEvents",
            "CreateLogStream",
            "PutLogEvents"
        ]
    );
    assert_eq!(outlets.counts()[0].1, 2);
}

#[tokio::test]
async fn what_is_refused_is_dropped_and_counted() {
    let (endpoint, calls) = service(|_, _| (400, json!({"__type": "ResourceNotFoundException"}))).await;
    let config = config(Some(Destination::Endpoint(endpoint)), None);
    assert_eq!(tell(&config, &execution("ALL"), two_commits()).await, [0, 2]);
    assert_eq!(calls.lock().unwrap().len(), 1, "a group that is not there is not tried again");
}

#[tokio::test]
async fn event_bridge_takes_entries_and_says_which_it_did_not() {
    let (endpoint, calls) = service(|call, _| {
        let entries = call.body["Entries"].as_array().unwrap().len();
        let mut answers = vec![json!({"EventId": "1"}); entries];
        answers[0] = json!({"ErrorCode": "InternalFailure", "ErrorMessage": "later"});
        (200, json!({"FailedEntryCount": 1, "Entries": answers}))
    })
    .await;
    let config = config(None, Some(Destination::Endpoint(endpoint)));
    assert_eq!(tell(&config, &execution("OFF"), two_commits()).await, [1, 1]);
    let calls = calls.lock().unwrap().clone();
    let [put] = &calls[..] else { panic!("{calls:?}") };
    assert_eq!(put.operation, "AWSEvents.PutEvents");
    assert!(put.head.contains("/us-east-1/events/aws4_request"), "{}", put.head);
    let entry = &put.body["Entries"][1];
    assert_eq!((&entry["Source"], &entry["Time"]), (&json!("aws.states"), &json!(2)));
    assert_eq!(entry["DetailType"], "Step Functions Execution Status Change");
    assert_eq!(entry["Resources"], json!([EXECUTION]));
    let detail: Value = serde_json::from_str(entry["Detail"].as_str().unwrap()).unwrap();
    assert_eq!((&detail["status"], &detail["stopDate"]), (&json!("SUCCEEDED"), &json!(2_500)));
}

#[tokio::test]
async fn log_groups_are_looked_up_page_by_page() {
    let (endpoint, calls) = service(|call, _| match call.body["nextToken"].as_str() {
        None => (200, json!({"logGroups": [{"logGroupName": "there-too"}], "nextToken": "2"})),
        Some(_) => (200, json!({"logGroups": [{"logGroupName": "there"}]})),
    })
    .await;
    let logs = CloudWatchLogs::at(endpoint, "us-east-1");
    assert!(logs.exists("arn:aws:logs:us-east-1:1:log-group:there:*").await);
    assert!(!logs.exists("arn:aws:logs:us-east-1:1:log-group:the:*").await);
    assert!(!logs.exists("arn:aws:s3:::there").await, "no log group");
    assert_eq!(calls.lock().unwrap()[1].body, json!({"logGroupNamePrefix": "there", "nextToken": "2"}));
}

#[tokio::test]
async fn who_cannot_be_asked_is_no_reason_to_refuse() {
    let (endpoint, _) = service(|_, _| (403, json!({"__type": "AccessDeniedException"}))).await;
    let logs = CloudWatchLogs::at(endpoint, "us-east-1");
    assert!(logs.exists("arn:aws:logs:us-east-1:1:log-group:g:*").await);
}
