//! The Lambda handler against a server on loopback that speaks just enough
//! HTTP, written here so that the bytes on the wire are what is tested.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a panic is how a test fails")]

use std::collections::BTreeSet;
use std::sync::Arc;

use asl_parser::{Options, StateKind};
use asl_runtime::{Execution, ExecutionIdentity, Limits, Problem, Start, StartTask, TaskReport, Timestamp};
use asl_value::Payload;
use sfn_driver::{TaskContext, TaskHandler, TaskOrigin};
use sfn_integrations::{Endpoint, Lambda, Mocks, Router};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

const FUNCTION: &str = "arn:aws:lambda:us-east-1:123456789012:function:f:live";
const INVOKE: &str = "arn:aws:states:::lambda:invoke";

/// The task that a Task state with this resource and these parameters starts.
fn task(resource: &str, parameters: &str) -> StartTask {
    let text = format!(
        r#"{{"StartAt":"Call","States":{{"Call":{{"Type":"Task","Resource":"{resource}","Parameters":{parameters},"End":true}}}}}}"#
    );
    let parsed = asl_parser::parse(&text, &Options::default());
    let definition = parsed.definition.unwrap_or_else(|| panic!("{:?}", parsed.diagnostics));
    assert!(matches!(definition.state(definition.start().unwrap()).unwrap().kind, StateKind::Task(_)));
    let start = Start {
        input: Payload::parse("{}").unwrap(),
        execution: ExecutionIdentity {
            arn: "e".into(),
            name: "e".into(),
            role_arn: "r".into(),
            state_machine_arn: "m".into(),
            state_machine_name: "m".into(),
            state_machine_version_arn: None,
            state_machine_alias_arn: None,
            region: "us-east-1".into(),
            redrive_count: 0,
        },
        seed: 1,
        limits: Limits::default(),
        processor_of: None,
        missing_activities: BTreeSet::new(),
    };
    let (_, step) = Execution::start(Arc::new(definition), start, Timestamp::UNIX_EPOCH);
    let started = step.effects.into_iter().find_map(|effect| match effect {
        asl_runtime::Effect::StartTask(task) => Some(task),
        _ => None,
    });
    started.expect("the state starts a task")
}

fn context(task: &StartTask, test_case: Option<&str>) -> TaskContext {
    let origin = TaskOrigin {
        execution_arn: "e".into(),
        state_machine_name: "m".into(),
        test_case: test_case.map(Arc::from),
    };
    TaskContext::unheard(origin, task)
}

async fn run(handler: &dyn TaskHandler, task: StartTask) -> TaskReport {
    let context = context(&task, None);
    handler.run(task, context).await
}

/// Answers one request with `answer`, and gives what was asked.
async fn serve_once(answer: &'static str) -> (Lambda, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = Endpoint::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let served = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        loop {
            let mut bytes = [0; 1024];
            let count = stream.read(&mut bytes).await.unwrap();
            request.extend_from_slice(&bytes[..count]);
            let text = String::from_utf8_lossy(&request);
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                if count == 0 || body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                    break;
                }
            }
        }
        stream.write_all(answer.as_bytes()).await.unwrap();
        String::from_utf8(request).unwrap()
    });
    (Lambda::new(endpoint), served)
}

#[tokio::test]
async fn a_function_is_invoked_with_its_input() {
    let (lambda, served) = serve_once("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{\"b\":  2}").await;
    let report = run(&lambda, task(FUNCTION, r#"{"a":1}"#)).await;
    let TaskReport::Succeeded { output } = report else { panic!("{report:?}") };
    assert_eq!(output.text(), "{\"b\":  2}", "its text is kept");
    let request = served.await.unwrap();
    assert!(
        request.starts_with("POST /2015-03-31/functions/f/invocations?Qualifier=live HTTP/1.1\r\n"),
        "{request}"
    );
    assert!(request.ends_with("\r\n\r\n{\"a\":1}"), "{request}");
}

#[tokio::test]
async fn the_service_answers_with_the_whole_answer() {
    let (lambda, served) = serve_once(
        "HTTP/1.1 200 OK\r\nX-Amz-Executed-Version: $LATEST\r\nx-amzn-RequestId: r1\r\n\
         Content-Type: application/json\r\nContent-Length: 4\r\n\r\n\"hi\"",
    )
    .await;
    let parameters = r#"{"FunctionName":"f","Payload":{"a":1},"LogType":"Tail"}"#;
    let report = run(&lambda, task(INVOKE, parameters)).await;
    let want = r#"{"ExecutedVersion":"$LATEST","Payload":"hi","SdkHttpMetadata":{
        "AllHttpHeaders":{"X-Amz-Executed-Version":["$LATEST"],"x-amzn-RequestId":["r1"],
            "Content-Type":["application/json"],"Content-Length":["4"]},
        "HttpHeaders":{"X-Amz-Executed-Version":"$LATEST","x-amzn-RequestId":"r1",
            "Content-Type":"application/json","Content-Length":"4"},
        "HttpStatusCode":200},"SdkResponseMetadata":{"RequestId":"r1"},"StatusCode":200}"#;
    assert_eq!(report, TaskReport::Succeeded { output: Payload::parse(want).unwrap() });
    let request = served.await.unwrap();
    assert!(request.contains("x-amz-log-type: Tail\r\n"), "{request}");
    assert!(request.ends_with("\r\n\r\n{\"a\":1}"), "{request}");
}

#[tokio::test]
async fn function_errors_fail_the_task() {
    let (lambda, _served) = serve_once(
        "HTTP/1.1 200 OK\r\nX-Amz-Function-Error: Unhandled\r\nContent-Length: 44\r\n\r\n\
         {\"errorMessage\": \"m\", \"errorType\": \"Broken\"}",
    )
    .await;
    let report = run(&lambda, task(FUNCTION, "{}")).await;
    let cause = "{\"errorMessage\": \"m\", \"errorType\": \"Broken\"}";
    assert_eq!(report, TaskReport::Failed(Problem::new("Broken", cause)));
}

#[tokio::test]
async fn an_endpoint_that_is_not_there_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let lambda = Lambda::new(Endpoint::parse(&format!("http://{address}")).unwrap());
    let report = run(&lambda, task(FUNCTION, "{}")).await;
    let TaskReport::Failed(Problem { error, cause }) = report else { panic!("{report:?}") };
    assert_eq!(error.as_deref(), Some("Lambda.SdkClientException"));
    let cause = cause.unwrap();
    assert!(cause.starts_with(&format!("Unable to execute HTTP request: http://{address}: ")), "{cause}");
    assert!(cause.to_lowercase().contains("refused"), "{cause}");
}

#[tokio::test]
async fn an_answer_that_breaks_off_fails_the_task() {
    let (lambda, _served) = serve_once("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{").await;
    let TaskReport::Failed(problem) = run(&lambda, task(FUNCTION, "{}")).await else {
        panic!("it broke off")
    };
    assert_eq!(problem.error.as_deref(), Some("Lambda.SdkClientException"));
}

#[tokio::test]
async fn the_router_names_what_it_does_not_know() {
    let router = Router::new();
    for (resource, parameters, want) in [
        (FUNCTION, "{}", "needs an endpoint of AWS Lambda, and none is configured"),
        (
            "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            r#"{"QueueUrl":"q","MessageBody.$":"$$.Task.Token"}"#,
            "the integration sqs:sendMessage.waitForTaskToken is not supported \
             (resource arn:aws:states:::sqs:sendMessage.waitForTaskToken)",
        ),
    ] {
        let TaskReport::Failed(problem) = run(&router, task(resource, parameters)).await else {
            panic!("{resource} has nobody")
        };
        assert_eq!(problem.error.as_deref(), Some("States.Runtime"));
        assert!(problem.cause.as_ref().is_some_and(|cause| cause.contains(want)), "{problem:?}");
    }
}

#[tokio::test]
async fn test_cases_come_first() {
    let mocks = Mocks::parse(
        r#"{"StateMachines":{"m":{"TestCases":{"Happy":{"Call":"One"},"Real":{}}}},
            "MockedResponses":{"One":{"0":{"Return":1}}}}"#,
    )
    .unwrap();
    let router = Router::new().with_mocks(mocks);
    for (test_case, want) in [
        (Some("Happy"), "1"),
        (Some("Real"), "none is configured"),
        (Some("Missing"), "has no test case 'Missing'"),
        (None, "none is configured"),
    ] {
        let task = task(FUNCTION, "{}");
        let context = context(&task, test_case);
        let text = match router.run(task, context).await {
            TaskReport::Succeeded { output } => output.text().to_owned(),
            TaskReport::Failed(problem) => problem.cause.unwrap_or_default(),
            other => panic!("{other:?}"),
        };
        assert!(text.contains(want), "{test_case:?}: {text}");
    }
}
