//! Runs history cases that log on a server, and compares the records with what
//! the server wrote to a file.

use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow, bail, ensure};
use serde_json::{Value, json};

use crate::case::{Case, HistoryCase, Run};
use crate::engine::REGION;
use crate::http::call;
use crate::json::compare;
use crate::recorded_text;
use crate::server::{ACCOUNT, Server};
use crate::text::{Bindings, Placeholders};

/// How long a record may take to be written.
const WRITTEN_WITHIN: Duration = Duration::from_secs(20);

/// Pause between two looks.
const PAUSE: Duration = Duration::from_millis(5);

/// The types of events that end an execution.
const ENDS: [&str; 4] = ["ExecutionSucceeded", "ExecutionFailed", "ExecutionAborted", "ExecutionTimedOut"];

/// Runs the case's execution on a server of its own; the error says which
/// record differs first. A case that does not log is none of these.
pub fn run(program: &Path, case: &Case, history: &HistoryCase) -> anyhow::Result<()> {
    let Some(logging) = &history.logging else { return Ok(()) };
    ensure!(history.single.mocks.is_empty(), "a case that logs and has tasks cannot be run on a server");
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("records.jsonl");
    let server = Server::start_with(program, &["--execution-logs", &format!("file:{}", file.display())])?;
    let definition = history.definition.as_ref().context("the case has no definition")?;
    let machine = create(&server, "case", &history.r#type, definition, logging)?;
    let execution = start(&server, &machine, &history.single)?;
    if history.r#type == "EXPRESS" {
        ended_record(&file, &execution)?;
    } else {
        ended(&server, &execution)?;
    }
    mark(&server, &file)?;
    let written: Vec<Value> = records(&file)?.into_iter().filter(|it| is_of(it, &execution)).collect();
    let placeholders = Placeholders::new(&case.placeholders, REGION, ACCOUNT);
    agree(&placeholders, history, &written)
}

/// Runs an execution that logs its end. What was told before is in the file
/// before that, because records are written in order.
fn mark(server: &Server, file: &Path) -> anyhow::Result<()> {
    let definition = json!({"StartAt": "Last", "States": {"Last": {"Type": "Succeed"}}});
    let logging = json!({"level": "ALL", "includeExecutionData": false});
    let machine = create(server, "marker", "STANDARD", &definition, &logging)?;
    let execution = start(server, &machine, &Run::default())?;
    ended_record(file, &execution)
}

fn create(
    server: &Server,
    name: &str,
    machine_type: &str,
    definition: &Value,
    logging: &Value,
) -> anyhow::Result<Value> {
    let mut logging = logging.clone();
    let group = format!("arn:aws:logs:{REGION}:{ACCOUNT}:log-group:conformance:*");
    logging["destinations"] = json!([{"cloudWatchLogsLogGroup": {"logGroupArn": group}}]);
    let request = json!({
        "name": name,
        "type": machine_type,
        "definition": recorded_text::spaced(definition),
        "roleArn": format!("arn:aws:iam::{ACCOUNT}:role/stepwell"),
        "loggingConfiguration": logging,
    });
    answered(server, "CreateStateMachine", &request, "stateMachineArn")
}

fn start(server: &Server, machine: &Value, run: &Run) -> anyhow::Result<String> {
    let input = run.input.as_ref().map_or_else(|| "{}".to_owned(), recorded_text::spaced);
    let request = json!({"stateMachineArn": machine, "input": input});
    let arn = answered(server, "StartExecution", &request, "executionArn")?;
    Ok(arn.as_str().unwrap_or_default().to_owned())
}

/// A member of the answer to a call, which must succeed.
fn answered(server: &Server, operation: &str, request: &Value, member: &str) -> anyhow::Result<Value> {
    let mut response = call(&server.address, operation, request)?;
    ensure!(response.status == 200, "{operation}: {} {}", response.status, response.body);
    let member = response.body.get_mut(member).with_context(|| format!("{operation} answers no {member}"))?;
    Ok(member.take())
}

/// Waits until a Standard execution has ended.
fn ended(server: &Server, execution: &str) -> anyhow::Result<()> {
    let request = json!({"executionArn": execution});
    within(|| Ok(answered(server, "DescribeExecution", &request, "status")? != "RUNNING"))
}

/// Waits until the record of an execution's end is written.
fn ended_record(file: &Path, execution: &str) -> anyhow::Result<()> {
    let is_end = |record: &Value| {
        let kind = record.get("type").and_then(Value::as_str).unwrap_or_default();
        is_of(record, execution) && ENDS.contains(&kind)
    };
    within(|| Ok(records(file)?.iter().any(is_end)))
}

fn within(mut holds: impl FnMut() -> anyhow::Result<bool>) -> anyhow::Result<()> {
    let give_up = Instant::now() + WRITTEN_WITHIN;
    while !holds()? {
        if Instant::now() >= give_up {
            bail!("the execution's end was neither told nor written in {} s", WRITTEN_WITHIN.as_secs());
        }
        sleep(PAUSE);
    }
    Ok(())
}

fn is_of(record: &Value, execution: &str) -> bool {
    record.get("execution_arn").and_then(Value::as_str) == Some(execution)
}

/// The whole lines of the file.
fn records(file: &Path) -> anyhow::Result<Vec<Value>> {
    let text = std::fs::read_to_string(file)?;
    let whole = text.rfind('\n').and_then(|end| text.get(..end)).unwrap_or_default();
    let parse = |line| serde_json::from_str(line).with_context(|| format!("no JSON record: {line}"));
    whole.lines().map(parse).collect()
}

/// Whether the records are those of the case: all of them, or the last where
/// only that is known.
fn agree(placeholders: &Placeholders, history: &HistoryCase, written: &[Value]) -> anyhow::Result<()> {
    let mut bindings = Bindings::new();
    let expected = history.single.expected.as_ref();
    if let Some(last) = expected.and_then(|expected| expected.log_end_event.as_ref()) {
        let actual = written.last().context("nothing was logged")?;
        return compare(placeholders, last, actual, &mut bindings)
            .map_err(|mismatch| anyhow!("the last log record {mismatch}"));
    }
    let recorded = history.also_recorded.logged_execution_events.as_deref().unwrap_or_default();
    for (place, (expected, actual)) in recorded.iter().zip(written).enumerate() {
        compare(placeholders, expected, actual, &mut bindings)
            .map_err(|mismatch| anyhow!("log record {place} {mismatch}"))?;
    }
    ensure!(
        recorded.len() == written.len(),
        "{} log records were expected, {} were written: {written:?}",
        recorded.len(),
        written.len()
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(body: &str) -> HistoryCase {
        serde_json::from_str(body).unwrap()
    }

    fn agrees(history: &HistoryCase, written: &[Value]) -> bool {
        agree(&Placeholders::new(&[], REGION, ACCOUNT), history, written).is_ok()
    }

    #[test]
    fn all_records_count() {
        let two = history(r#"{"also_recorded": {"logged_execution_events": [{"id": "1"}, {"id": "2"}]}}"#);
        assert!(agrees(&two, &[json!({"id": "1"}), json!({"id": "2"})]));
        assert!(!agrees(&two, &[json!({"id": "1"})]), "one is missing");
        assert!(!agrees(&two, &[json!({"id": "1"}), json!({"id": "3"})]), "one differs");
        assert!(agrees(&history("{}"), &[]));
        assert!(!agrees(&history("{}"), &[json!({"id": "1"})]), "one too many");
    }

    #[test]
    fn the_last_record_counts_where_only_that_is_known() {
        let last = history(r#"{"expected": {"log_end_event": {"id": "2"}}}"#);
        assert!(agrees(&last, &[json!({"id": "1"}), json!({"id": "2"})]));
        assert!(!agrees(&last, &[json!({"id": "2"}), json!({"id": "1"})]));
        assert!(!agrees(&last, &[]));
    }
}
