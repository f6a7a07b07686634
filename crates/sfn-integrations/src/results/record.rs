//! The text of results: how a `WriterConfig` wants each, and all of them.

use std::sync::Arc;

use asl_parser::WriterConfig;
use asl_runtime::{Problem, Timestamp};
use asl_value::{Value, print_to};
use chrono::SecondsFormat;

use super::WriteError;

/// What became of one child execution of a map run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChildResult {
    /// Its ARN.
    pub execution_arn: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// ARN of its state machine, `…:stateMachine:NAME/LABEL`.
    pub state_machine_arn: Arc<str>,
    /// `SUCCEEDED`, `FAILED`, `TIMED_OUT`, `ABORTED`, or `PENDING` for one that
    /// was never started.
    pub status: &'static str,
    /// Text of its input.
    pub input: Arc<str>,
    /// Text of its output, if it succeeded.
    pub output: Option<Arc<str>>,
    /// The error name, if it failed with one.
    pub error: Option<Arc<str>>,
    /// The cause, if it failed with one.
    pub cause: Option<Arc<str>>,
    /// When it was started, if it was.
    pub started_at: Option<Timestamp>,
    /// When it ended, if it did.
    pub stopped_at: Option<Timestamp>,
    /// How often it was redriven.
    pub redrive_count: u64,
}

impl ChildResult {
    fn has_succeeded(&self) -> bool {
        self.status == "SUCCEEDED"
    }

    /// All there is to know, the members in the order of their names.
    fn record(&self) -> Value {
        let included = || Value::object([("Included", Value::from(true))]);
        let text = |text: &Arc<str>| Value::from(Arc::clone(text));
        let time = |time: Timestamp| Value::from(time.to_rfc3339_opts(SecondsFormat::Millis, true));
        let mut members = Vec::with_capacity(16);
        members.extend(self.cause.as_ref().map(|cause| ("Cause", text(cause))));
        members.extend(self.error.as_ref().map(|error| ("Error", text(error))));
        members.push(("ExecutionArn", text(&self.execution_arn)));
        members.push(("Input", text(&self.input)));
        members.push(("InputDetails", included()));
        members.push(("Name", text(&self.name)));
        if let Some(started_at) = self.started_at {
            members.extend(self.output.as_ref().map(|output| ("Output", text(output))));
            members.push(("OutputDetails", included()));
            members.push(("RedriveCount", Value::from(self.redrive_count)));
            if self.has_succeeded() {
                let reason = format!("Execution is {} and cannot be redriven", self.status);
                members.push(("RedriveStatus", Value::from("NOT_REDRIVABLE")));
                members.push(("RedriveStatusReason", Value::from(reason)));
            } else {
                members.push(("RedriveStatus", Value::from("REDRIVABLE_BY_MAP_RUN")));
            }
            members.push(("StartDate", time(started_at)));
        }
        members.push(("StateMachineArn", text(&self.state_machine_arn)));
        members.push(("Status", Value::from(self.status)));
        members.extend(self.stopped_at.map(|stopped_at| ("StopDate", time(stopped_at))));
        Value::object(members)
    }
}

/// How results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Form {
    transformation: Transformation,
    is_lines: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Transformation {
    None,
    Compact,
    Flatten,
}

impl Form {
    /// That of result files.
    pub(super) fn written(config: Option<&WriterConfig>) -> Result<Self, WriteError> {
        Self::new(config, Transformation::None)
    }

    fn new(config: Option<&WriterConfig>, default: Transformation) -> Result<Self, WriteError> {
        let transformation = config.and_then(|config| config.transformation.as_deref());
        let output_type = config.and_then(|config| config.output_type.as_deref());
        let unsupported =
            |field: &'static str, value: &str| WriteError::Unsupported { field, value: value.to_owned() };
        Ok(Self {
            transformation: match transformation {
                None => default,
                Some("NONE") => Transformation::None,
                Some("COMPACT") => Transformation::Compact,
                Some("FLATTEN") => Transformation::Flatten,
                Some(other) => return Err(unsupported("Transformation", other)),
            },
            is_lines: match output_type {
                None | Some("JSON") => false,
                Some("JSONL") => true,
                Some(other) => return Err(unsupported("OutputType", other)),
            },
        })
    }
}

/// The text of some results: a JSON array, or lines of JSON.
#[derive(Clone, Debug)]
pub(super) struct Records {
    form: Form,
    text: String,
}

impl Records {
    pub(super) fn new(form: Form) -> Self {
        Self { form, text: String::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    pub(super) fn bytes(&self) -> usize {
        self.text.len()
    }

    /// Adds a result. One that is no success is written whole in any case.
    pub(super) fn push(&mut self, child: &ChildResult) {
        let output = child.output.as_ref().filter(|_| child.has_succeeded());
        match (self.form.transformation, output) {
            (Transformation::None, _) | (_, None) => self.add(|text| print_to(&child.record(), text)),
            (Transformation::Compact, Some(output)) => self.add_text(output),
            (Transformation::Flatten, Some(output)) => match asl_value::parse(output) {
                Ok(Value::Array(items)) => {
                    for item in &items {
                        self.add(|text| print_to(item, text));
                    }
                }
                _ => self.add_text(output),
            },
        }
    }

    /// A text of JSON. Line breaks between its tokens would cut a line in two;
    /// within strings JSON has none.
    fn add_text(&mut self, json: &str) {
        let is_lines = self.form.is_lines;
        self.add(|text| {
            if is_lines {
                text.extend(json.chars().filter(|c| !matches!(c, '\n' | '\r')));
            } else {
                text.push_str(json);
            }
        });
    }

    fn add(&mut self, print: impl FnOnce(&mut String)) {
        if !self.form.is_lines {
            self.text.push(if self.text.is_empty() { '[' } else { ',' });
        }
        print(&mut self.text);
        if self.form.is_lines {
            self.text.push('\n');
        }
    }

    /// The text, and nothing left.
    pub(super) fn take(&mut self) -> String {
        let mut text = std::mem::take(&mut self.text);
        if !self.form.is_lines {
            text.push_str(if text.is_empty() { "[]" } else { "]" });
        }
        text
    }
}

/// The results as the state's output: of a map without a `ResultWriter`, or
/// with one that has no `Resource`.
#[derive(Clone, Debug)]
pub struct Results(Records);

impl Results {
    /// No results yet. Without a configuration there are only the outputs; the
    /// state's output is a JSON array whatever `OutputType` says.
    pub fn new(config: Option<&WriterConfig>) -> Result<Self, Problem> {
        let default = if config.is_none() { Transformation::Compact } else { Transformation::None };
        let form = Form::new(config, default)?;
        Ok(Self(Records::new(Form { is_lines: false, ..form })))
    }

    /// Adds the next result.
    pub fn push(&mut self, child: &ChildResult) {
        self.0.push(child);
    }

    /// Size of the text so far, to stop in time.
    pub fn bytes(&self) -> usize {
        self.0.bytes()
    }

    /// The text of the array. Outputs in it keep their own text.
    pub fn finish(mut self) -> String {
        self.0.take()
    }
}
