//! Replays calls cases over HTTP against a server of their own.

use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{anyhow, bail};
use serde_json::Value;

use crate::case::{Call, CallExpectation, CallsCase, Case};
use crate::engine::REGION;
use crate::http::{Response, call};
use crate::json::{Mismatch, compare};
use crate::log_groups::LogGroups;
use crate::server::{ACCOUNT, Server};
use crate::text::{Bindings, Placeholders};

/// How long what a call awaits may take.
const AWAIT_MAX: Duration = Duration::from_secs(10);

/// Pause between two looks.
const AWAIT_PAUSE: Duration = Duration::from_millis(5);

/// Replays a case; the error names the first call that was answered otherwise.
pub fn run(program: &Path, case: &Case, calls: &CallsCase) -> anyhow::Result<()> {
    let has_log_groups = calls.setup_services.iter().any(|service| service == "logs");
    let log_groups = has_log_groups.then(|| LogGroups::after(&calls.setup)).transpose()?;
    let server = match &log_groups {
        Some(log_groups) => Server::start_with(program, &["--execution-logs", &log_groups.url()])?,
        None => Server::start_with(program, &[])?,
    };
    let later = calls.members_since();
    let placeholders = Placeholders::new(&case.placeholders, REGION, ACCOUNT);
    let mut bindings = Bindings::new();
    let mut responses: Vec<Option<Value>> = Vec::new();
    for (number, step) in calls.calls.iter().enumerate() {
        if step.client_side_error.is_some() {
            responses.push(None);
            continue;
        }
        let request = resolve(step, &responses);
        let (response, met) = repeat(&server, step, &request, &later, &placeholders, &mut bindings)?;
        met.map_err(|problem| anyhow!("call {number} {}: {problem}", step.op))?;
        responses.push(Some(response.body));
    }
    Ok(())
}

/// The request with what earlier responses gave.
fn resolve(step: &Call, responses: &[Option<Value>]) -> Value {
    let mut request = step.request.clone();
    for reference in &step.refs {
        let given = responses.get(reference.step).and_then(Option::as_ref);
        let Some(Value::String(given)) = given.and_then(|response| response.pointer(&reference.from)) else {
            continue;
        };
        if let Some(target) = request.pointer_mut(&reference.at) {
            let text = match (&reference.replace, target.as_str()) {
                (Some(part), Some(text)) => text.replace(part, given),
                _ => given.clone(),
            };
            *target = text.into();
        }
    }
    request
}

type Met = Result<(), String>;

fn repeat(
    server: &Server,
    step: &Call,
    request: &Value,
    later: &[&str],
    placeholders: &Placeholders,
    bindings: &mut Bindings,
) -> anyhow::Result<(Response, Met)> {
    let give_up = Instant::now() + AWAIT_MAX;
    loop {
        let mut response = call(&server.address, &step.op, request)?;
        if let Some(body) = response.body.as_object_mut() {
            body.retain(|member, _| !later.contains(&member.as_str()));
            let items = body.values_mut().filter_map(Value::as_array_mut).flatten();
            for item in items.filter_map(Value::as_object_mut) {
                item.retain(|member, _| !later.contains(&member.as_str()));
            }
        }
        let mut bound = bindings.clone();
        let met = answered(step, &response, placeholders, &mut bound);
        let awaited =
            step.r#await.as_deref().is_some_and(|name| met.is_err() || !holds(name, &response.body));
        if !awaited {
            *bindings = bound;
            return Ok((response, met));
        }
        if Instant::now() >= give_up {
            let problem = met.err().unwrap_or_else(|| "what it awaits never came".to_owned());
            return Ok((response, Err(problem)));
        }
        sleep(AWAIT_PAUSE);
    }
}

/// Whether what a call waits for is there; conditions on the response itself
/// are its expectations.
fn holds(name: &str, body: &Value) -> bool {
    let text = |value: &Value, member: &str| {
        value.get(member).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    match name {
        "await_execution_terminated" | "await_execution_success" => {
            let ends = ["ExecutionSucceeded", "ExecutionFailed", "ExecutionTimedOut", "ExecutionAborted"];
            let last = body.get("events").and_then(Value::as_array).and_then(|events| events.last());
            let status = text(body, "status");
            last.is_some_and(|event| ends.contains(&text(event, "type").as_str()))
                || (!status.is_empty() && status != "RUNNING")
        }
        "await_list_execution_status" | "await_execution_lists_terminated" => {
            let executions = body.get("executions").and_then(Value::as_array);
            executions
                .is_some_and(|all| !all.is_empty() && all.iter().all(|one| text(one, "status") != "RUNNING"))
        }
        _ => true,
    }
}

fn answered(step: &Call, response: &Response, placeholders: &Placeholders, bindings: &mut Bindings) -> Met {
    if step.expect.is_empty() && response.status != 200 && step.failed_in_capture.is_none() {
        return Err(format!("status {}: {}", response.status, response.body));
    }
    for expectation in &step.expect {
        check(expectation, response, placeholders, bindings).map_err(|mismatch| mismatch.to_string())?;
    }
    Ok(())
}

fn check(
    expectation: &CallExpectation,
    response: &Response,
    placeholders: &Placeholders,
    bindings: &mut Bindings,
) -> Result<(), Mismatch> {
    if let Some(error) = &expectation.error {
        let code = response.body.get("__type").and_then(Value::as_str).unwrap_or_default();
        let code = code.rsplit('#').next().unwrap_or_default();
        if code != error.code {
            return Err(Mismatch::new(
                "error",
                format!("{}: {:?}", error.code, error.message),
                &response.body,
            ));
        }
        if let Some(message) = &error.message {
            let actual = response.body.get("message").or_else(|| response.body.get("Message"));
            let actual = actual.unwrap_or(&Value::Null);
            compare(placeholders, &Value::from(message.as_str()), actual, bindings)
                .map_err(|mismatch| mismatch.below("message"))?;
        }
    }
    if let Some(status) = expectation.http_status
        && status != response.status
    {
        return Err(Mismatch::new("status", status, format!("{}: {}", response.status, response.body)));
    }
    match &expectation.body {
        Some(body) if expectation.error.is_none() => {
            let at = expectation.at.as_deref().unwrap_or_default();
            let Some(part) = response.body.pointer(at) else {
                return Err(Mismatch::new(at, body, &response.body));
            };
            compare(placeholders, body, part, bindings)
        }
        Some(_) | None => Ok(()),
    }
}

/// Whether a case can be scored at all.
pub fn scorable(calls: &CallsCase) -> anyhow::Result<()> {
    if calls.unlinked.is_some() {
        bail!("recorded without links between its calls");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn step(value: Value) -> Call {
        serde_json::from_value(value).unwrap()
    }

    fn met(expect: &Value, status: u16, body: Value) -> Met {
        let step = step(json!({"op": "Op", "request": {}, "expect": [expect]}));
        let placeholders = Placeholders::new(&[], REGION, ACCOUNT);
        answered(&step, &Response { status, body }, &placeholders, &mut Bindings::new())
    }

    #[test]
    fn expectations() {
        let error =
            json!({"error": {"code": "InvalidName", "message": "Invalid Name: 'x'"}, "http_status": 400});
        let body = |code: &str, message: &str| json!({"__type": code, "message": message});
        assert!(met(&error, 400, body("InvalidName", "Invalid Name: 'x'")).is_ok());
        assert!(met(&error, 400, body("com.amazonaws.states#InvalidName", "Invalid Name: 'x'")).is_ok());
        assert!(met(&error, 400, body("InvalidArn", "Invalid Name: 'x'")).is_err(), "other code");
        assert!(met(&error, 400, body("InvalidName", "Invalid Name")).is_err(), "other message");
        assert!(met(&error, 500, body("InvalidName", "Invalid Name: 'x'")).is_err(), "other status");
        assert!(met(&error, 200, json!({})).is_err(), "no error");
        assert!(met(&json!({"body": {"a": 1}}), 200, json!({"a": 1})).is_ok());
        assert!(met(&json!({"body": {"a": 1}}), 200, json!({"a": 2})).is_err(), "other body");
        assert!(met(&json!({"body": [1], "at": "/events"}), 200, json!({"events": [1]})).is_ok());
        assert!(met(&json!({"body": [1], "at": "/events"}), 200, json!({})).is_err(), "no such part");
    }

    #[test]
    fn a_call_without_expectation_must_succeed_unless_it_failed_before() {
        let placeholders = Placeholders::new(&[], REGION, ACCOUNT);
        let refused = Response { status: 400, body: json!({}) };
        let plain = step(json!({"op": "Op", "request": {}}));
        assert!(answered(&plain, &refused, &placeholders, &mut Bindings::new()).is_err());
        let failed = step(json!({"op": "Op", "request": {}, "failed_in_capture": "InvalidName"}));
        assert!(answered(&failed, &refused, &placeholders, &mut Bindings::new()).is_ok());
    }

    #[test]
    fn references_are_filled_in() {
        let call = step(json!({"op": "Op", "request": {"arn": "old", "text": "is old."}, "refs": [
            {"at": "/arn", "step": 1, "from": "/made/arn"},
            {"at": "/text", "step": 1, "from": "/made/arn", "replace": "old"},
            {"at": "/arn", "step": 0, "from": "/never/answered"},
        ]}));
        let responses = [None, Some(json!({"made": {"arn": "new"}}))];
        assert_eq!(resolve(&call, &responses), json!({"arn": "new", "text": "is new."}));
    }

    #[test]
    fn what_calls_wait_for() {
        let running = json!({"events": [{"type": "ExecutionStarted"}]});
        let ended = json!({"events": [{"type": "ExecutionStarted"}, {"type": "ExecutionFailed"}]});
        assert!(!holds("await_execution_terminated", &running));
        assert!(holds("await_execution_terminated", &ended));
        assert!(!holds("await_execution_terminated", &json!({"status": "RUNNING"})));
        assert!(holds("await_execution_terminated", &json!({"status": "ABORTED"})));
        assert!(!holds("await_execution_lists_terminated", &json!({"executions": []})));
        assert!(!holds("await_execution_lists_terminated", &json!({"executions": [{"status": "RUNNING"}]})));
        assert!(holds("await_execution_lists_terminated", &json!({"executions": [{"status": "FAILED"}]})));
    }
}
