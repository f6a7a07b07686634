//! Cases on disk: their schema, and where they are found.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::Deserialize;
use serde_json::Value;

use crate::events::Ordering;
use crate::map_run::SetupCall;

/// One case file.
#[derive(Clone, Debug, Deserialize)]
pub struct Case {
    /// Area and name, unique among all cases.
    pub id: String,
    /// The part of the product that it is about.
    pub area: String,
    /// The rule that it shows and where the rule comes from; recorded cases
    /// have none.
    pub source: Option<String>,
    /// Strings that stand for something else.
    #[serde(default)]
    pub placeholders: Vec<String>,
    /// What to do.
    #[serde(flatten)]
    pub body: Body,
}

/// What a case does.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Body {
    /// Runs executions and compares what comes of them.
    History(Box<HistoryCase>),
    /// Replays calls of the API.
    Calls(CallsCase),
}

/// Executions of one definition.
#[derive(Clone, Debug, Deserialize)]
pub struct HistoryCase {
    /// The definition of every run that has none of its own.
    pub definition: Option<Value>,
    /// `STANDARD` or `EXPRESS`.
    #[serde(default = "standard")]
    pub r#type: String,
    /// Calls to other services to make first.
    #[serde(default)]
    pub setup: Vec<SetupCall>,
    /// `loggingConfiguration` without its destinations, if it logs.
    pub logging: Option<Value>,
    /// What else was recorded.
    #[serde(default)]
    pub also_recorded: AlsoRecorded,
    /// The only execution, where there is only one.
    #[serde(flatten)]
    pub single: Run,
    /// The executions, where there are several.
    #[serde(default)]
    pub runs: Vec<Run>,
}

/// What was recorded besides an execution.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct AlsoRecorded {
    /// The records in its log; none if it logged nothing.
    pub logged_execution_events: Option<Vec<Value>>,
}

fn standard() -> String {
    "STANDARD".to_owned()
}

impl HistoryCase {
    /// The executions of the case, each with its definition.
    pub fn runs(&self) -> impl Iterator<Item = (Option<&Value>, &Run)> {
        let single = self.runs.is_empty().then_some(&self.single);
        let runs = single.into_iter().chain(&self.runs);
        runs.map(|run| (run.definition.as_ref().or(self.definition.as_ref()), run))
    }
}

/// One execution.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Run {
    /// Its definition, where it is not the case's.
    #[serde(skip)]
    pub definition: Option<Value>,
    /// Its input.
    #[serde(default, deserialize_with = "present")]
    pub input: Option<Value>,
    /// What its tasks answer.
    #[serde(default)]
    pub mocks: Vec<Mock>,
    /// How often it is redriven after it has failed.
    #[serde(default)]
    pub redrives: u32,
    /// What comes of it.
    pub expected: Option<Expected>,
    /// Its output, where nothing else was recorded.
    #[serde(default, deserialize_with = "present")]
    pub output: Option<Value>,
}

/// How a task answers.
#[derive(Clone, Debug, Deserialize)]
pub struct Mock {
    /// Number of the event that scheduled the task.
    pub scheduled_event_id: Option<u64>,
    /// The answer to the request of a callback or `.sync` task.
    #[serde(default, deserialize_with = "present")]
    pub submitted: Option<Value>,
    /// How the task ends.
    pub outcome: MockOutcome,
    /// The event in which it ends.
    pub outcome_event: Option<String>,
}

/// How a task ends.
#[derive(Clone, Debug, Deserialize)]
pub struct MockOutcome {
    /// Well, with this output.
    #[serde(default, deserialize_with = "present")]
    pub success: Option<Value>,
    /// With this error.
    pub error: Option<String>,
    /// With this cause: a text, or JSON that was parsed from one.
    pub cause: Option<Value>,
    /// Not at all.
    #[serde(default)]
    pub never_answers: bool,
}

/// What comes of an execution.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Expected {
    /// How it ends.
    pub status: Option<String>,
    /// Its output.
    #[serde(default, deserialize_with = "present")]
    pub output: Option<Value>,
    /// Its error name.
    pub error: Option<Value>,
    /// Its cause.
    pub cause: Option<Value>,
    /// How far the order of `events` binds.
    #[serde(default)]
    pub ordering: Ordering,
    /// Its history, in the API's shape.
    pub events: Option<Vec<Value>>,
    /// The response of `StartSyncExecution`.
    pub response: Option<Value>,
    /// The last record in its log.
    pub log_end_event: Option<Value>,
}

/// Keeps `null` apart from absence.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// Calls of the API, in order.
#[derive(Clone, Debug, Deserialize)]
pub struct CallsCase {
    /// The calls.
    pub calls: Vec<Call>,
    /// Calls to other services to make first.
    #[serde(default)]
    pub setup: Vec<SetupCall>,
    /// The other services that the server must reach.
    #[serde(default)]
    pub setup_services: Vec<String>,
    /// Recorded without a link to what was answered: not scored.
    #[serde(default)]
    pub unlinked: Option<Value>,
    /// When it was recorded, as `DD-MM-YYYY, HH:MM:SS`; own cases have no date.
    pub recorded_date: Option<String>,
}

impl CallsCase {
    /// Members that AWS did not answer yet when the case was recorded. The
    /// newest recording of a thing is right.
    pub fn members_since(&self) -> Vec<&'static str> {
        let date = self.recorded_date.as_deref().unwrap_or_default();
        let part = |from: usize, to: usize| date.get(from..to).unwrap_or_default();
        let day = format!("{}-{}-{}", part(6, 10), part(3, 5), part(0, 2));
        let is_later = |since: &&str| !date.is_empty() && day.as_str() < *since;
        LATER_MEMBERS.iter().filter(|(_, since)| is_later(since)).map(|(member, _)| *member).collect()
    }
}

/// Members that came to responses after cases were recorded, and since when.
const LATER_MEMBERS: [(&str, &str); 2] =
    [("encryptionConfiguration", "2024-07-25"), ("redriveCount", "2023-11-15")];

/// One call.
#[derive(Clone, Debug, Deserialize)]
pub struct Call {
    /// The operation.
    pub op: String,
    /// The request's JSON.
    pub request: Value,
    /// Parts of the request that come from earlier responses.
    #[serde(default)]
    pub refs: Vec<Reference>,
    /// Repeat the call until this holds.
    pub r#await: Option<String>,
    /// What its response is.
    #[serde(default)]
    pub expect: Vec<CallExpectation>,
    /// The client refuses it before sending.
    pub client_side_error: Option<Value>,
    /// It failed when it was recorded.
    pub failed_in_capture: Option<Value>,
}

/// A part of a request that an earlier response gave.
#[derive(Clone, Debug, Deserialize)]
pub struct Reference {
    /// JSON pointer into the request.
    pub at: String,
    /// Number of the call that gave it, from 0.
    pub step: usize,
    /// JSON pointer into its response.
    pub from: String,
    /// The part of the string at `at` that it replaces, else all of it.
    pub replace: Option<String>,
}

/// What a response is.
#[derive(Clone, Debug, Deserialize)]
pub struct CallExpectation {
    /// What the recorder called it.
    pub key: Option<String>,
    /// The response.
    pub body: Option<Value>,
    /// The part of the response that `body` is, as a JSON pointer.
    pub at: Option<String>,
    /// The status.
    pub http_status: Option<u16>,
    /// The error that it is.
    pub error: Option<CallError>,
}

/// An error of the API.
#[derive(Clone, Debug, Deserialize)]
pub struct CallError {
    /// Its code.
    pub code: String,
    /// Its message.
    pub message: Option<String>,
}

/// Reads every case below the directories, ordered by id.
pub fn load(directories: &[PathBuf]) -> anyhow::Result<Vec<Case>> {
    let mut cases = BTreeMap::new();
    for directory in directories {
        let mut files = Vec::new();
        collect(directory, &mut files)?;
        for file in files {
            let text =
                std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
            let case = parse(&text).with_context(|| format!("{} is no case", file.display()))?;
            if let Some(twin) = cases.insert(case.id.clone(), case) {
                anyhow::bail!("two cases are called {}, one of them in {}", twin.id, file.display());
            }
        }
    }
    Ok(cases.into_values().collect())
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let entries =
        std::fs::read_dir(directory).with_context(|| format!("cannot list {}", directory.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    Ok(())
}

fn parse(text: &str) -> anyhow::Result<Case> {
    let mut document: Value = serde_json::from_str(text)?;
    // A run's definition shares its name with the case's, and serde's
    // flattening would read the case's one twice.
    let definitions: Vec<Option<Value>> = match document.get_mut("runs").and_then(Value::as_array_mut) {
        Some(runs) => runs.iter_mut().map(|run| run.get_mut("definition").map(Value::take)).collect(),
        None => Vec::new(),
    };
    let mut case: Case = serde_json::from_value(document)?;
    if let Body::History(history) = &mut case.body {
        for (run, definition) in history.runs.iter_mut().zip(definitions) {
            run.definition = definition;
        }
    }
    Ok(case)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_case() {
        let case = parse(
            r#"{"id": "a/b", "area": "a", "kind": "history", "definition": {"d": 1}, "input": 1,
               "mocks": [{"scheduled_event_id": 3, "outcome": {"success": null}}],
               "expected": {"status": "SUCCEEDED", "output": null, "ordering": "unordered-parallel", "events": []}}"#,
        )
        .unwrap();
        let Body::History(history) = case.body else { panic!("a history case") };
        let runs: Vec<_> = history.runs().collect();
        assert_eq!(runs.len(), 1);
        let (definition, run) = runs[0];
        assert_eq!(definition, Some(&serde_json::json!({"d": 1})));
        assert_eq!(run.mocks[0].outcome.success, Some(Value::Null));
        let expected = run.expected.as_ref().unwrap();
        assert_eq!(expected.output, Some(Value::Null));
        assert_eq!(expected.ordering, Ordering::UnorderedParallel);
    }

    #[test]
    fn runs_may_bring_their_definitions() {
        let case = parse(
            r#"{"id": "a/b", "area": "a", "kind": "history", "definition": 1,
               "runs": [{"definition": 2, "input": 0}, {"input": 0, "output": false}]}"#,
        )
        .unwrap();
        let Body::History(history) = case.body else { panic!("a history case") };
        let definitions: Vec<_> = history.runs().map(|(definition, _)| definition.cloned()).collect();
        assert_eq!(definitions, [Some(2.into()), Some(1.into())]);
    }

    #[test]
    fn a_case_of_unknown_kind_is_none() {
        assert!(parse(r#"{"id": "a/b", "area": "a", "kind": "guess"}"#).is_err());
    }
}
