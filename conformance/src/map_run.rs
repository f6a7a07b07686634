//! Map runs of history cases, played one child after the other.

use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use asl_parser::Definition;
use asl_runtime::{
    ChildResult, Execution, MapRun, MapRunReport, Outcome, Problem, ReadItems, TaskKey, Timestamp,
};
use asl_value::{Payload, Value};
use serde::Deserialize;

use crate::engine::{Rest, play_child};

/// A call to another service that a case makes first.
#[derive(Clone, Debug, Deserialize)]
pub struct SetupCall {
    /// The service.
    pub service: String,
    /// The operation.
    pub op: String,
    /// The request.
    pub request: serde_json::Value,
}

impl SetupCall {
    pub(crate) fn text(&self, member: &str) -> &str {
        self.request.get(member).and_then(serde_json::Value::as_str).unwrap_or_default()
    }

    fn is_object_in(&self, bucket: &str) -> bool {
        self.service == "s3" && self.op == "PutObject" && self.text("Bucket") == bucket
    }
}

/// Runs a map run to its end.
pub(crate) fn run(
    definition: &Arc<Definition>,
    execution: &Execution,
    key: TaskKey,
    setup: &[SetupCall],
    rest: Rest,
) -> anyhow::Result<MapRunReport> {
    let mut map_run = execution.map_run(key).context("the map run is not under way")?;
    let unselected = |problem: Problem| anyhow!("an item cannot be selected: {problem:?}");
    if let Some(read) = map_run.begin().map_err(unselected)? {
        match items(&read, setup)? {
            Ok(items) => map_run.push_items(items).map_err(unselected)?,
            Err(problem) => return Ok(MapRunReport::Failed(problem)),
        }
        map_run.end_items();
    }
    let (mut failed, mut output) =
        (0, map_run.output().map_err(|problem| anyhow!("no output: {problem:?}"))?);
    while let Some(child) = map_run.next_child().map_err(|problem| anyhow!("no child: {problem:?}"))? {
        let outcome = play_child(definition, child.start.clone(), setup, rest)?;
        if !matches!(outcome, Outcome::Succeeded { .. }) {
            failed += child.items;
        }
        let time = Timestamp::UNIX_EPOCH;
        output.push(&ChildResult::ended(&child.start, time, time, &outcome));
        if map_run.settings().is_exceeded_by(failed, map_run.items_total()) {
            return Ok(MapRunReport::Failed(map_run.exceeded()));
        }
    }
    Ok(match map_run.writer() {
        None => output.into_report(map_run.output_bytes_max()),
        Some(writer) => MapRunReport::Succeeded { output: written(&map_run, &writer.arguments) },
    })
}

fn items(read: &ReadItems, setup: &[SetupCall]) -> anyhow::Result<Result<Vec<Value>, Problem>> {
    let ReadItems { resource, arguments, config, .. } = read;
    let argument = |name: &str| arguments.get(name).and_then(Value::as_str).unwrap_or_default();
    let mut objects = setup.iter().filter(|call| call.is_object_in(argument("Bucket")));
    if resource.text.ends_with(":s3:listObjectsV2") {
        return Ok(Ok(objects.map(listed).collect()));
    }
    let object = objects.find(|call| call.text("Key") == argument("Key")).context("no such object")?;
    Ok(sfn_integrations::parse_items(config, [object.text("Body").as_bytes()]))
}

fn listed(object: &SetupCall) -> Value {
    Value::object([
        ("Etag", Value::from("\"etag\"")),
        ("Key", Value::from(object.text("Key"))),
        ("LastModified", Value::from(1_700_000_000_u64)),
        ("Size", Value::from(object.text("Body").len() as u64)),
        ("StorageClass", Value::from("STANDARD")),
    ])
}

/// What the state hands on when its results are in a bucket.
fn written(map_run: &MapRun, arguments: &Value) -> Payload {
    let argument = |name: &str| arguments.get(name).and_then(Value::as_str).unwrap_or_default();
    let unique = map_run.arn().rsplit(':').next().unwrap_or_default();
    let key = format!("{}/{unique}/manifest.json", argument("Prefix"));
    let details = Value::object([("Bucket", Value::from(argument("Bucket"))), ("Key", Value::from(key))]);
    Payload::new(Value::object([
        ("MapRunArn", Value::from(map_run.arn().to_string())),
        ("ResultWriterDetails", details),
    ]))
}
