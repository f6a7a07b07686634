//! What a distributed Map state makes of its children's results. Developer
//! guide, *`ResultWriter` (Map)*.

use std::sync::Arc;

use asl_parser::WriterConfig;
use asl_value::{Payload, Value, print_to};
use chrono::SecondsFormat;

use crate::Timestamp;
use crate::error::name;
use crate::signal::{MapRunReport, Problem, Start};
use crate::step::Outcome;

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
    /// That of a child which was never started.
    pub fn pending(start: &Start) -> Self {
        let identity = &start.execution;
        Self {
            execution_arn: Arc::clone(&identity.arn),
            name: Arc::from(&*identity.name),
            state_machine_arn: Arc::clone(&identity.state_machine_arn),
            status: "PENDING",
            input: Arc::clone(start.input.shared_text()),
            output: None,
            error: None,
            cause: None,
            started_at: None,
            stopped_at: None,
            redrive_count: 0,
        }
    }

    /// That of a child which was started, and has ended so.
    pub fn ended(start: &Start, started_at: Timestamp, stopped_at: Timestamp, outcome: &Outcome) -> Self {
        let (output, error, cause) = match outcome {
            Outcome::Succeeded { output } => (Some(Arc::clone(output.shared_text())), None, None),
            Outcome::Failed { error, cause }
            | Outcome::TimedOut { error, cause }
            | Outcome::Aborted { error, cause } => (None, error.clone(), cause.clone()),
        };
        Self {
            status: outcome.status(),
            output,
            error,
            cause,
            started_at: Some(started_at),
            stopped_at: Some(stopped_at),
            ..Self::pending(start)
        }
    }

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

/// How results are written: what a `WriterConfig` says, or what goes without
/// one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResultForm {
    transformation: Transformation,
    is_lines: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Transformation {
    None,
    Compact,
    Flatten,
}

impl ResultForm {
    /// That of result files.
    pub fn of_files(config: Option<&WriterConfig>) -> Result<Self, Problem> {
        Self::new(config, Transformation::None)
    }

    /// That of the state's output, where results go nowhere else: a JSON array
    /// whatever `OutputType` says. Without a configuration there are only the
    /// outputs.
    pub fn of_output(config: Option<&WriterConfig>) -> Result<Self, Problem> {
        let default = if config.is_none() { Transformation::Compact } else { Transformation::None };
        Ok(Self { is_lines: false, ..Self::new(config, default)? })
    }

    fn new(config: Option<&WriterConfig>, default: Transformation) -> Result<Self, Problem> {
        let transformation = config.and_then(|config| config.transformation.as_deref());
        let output_type = config.and_then(|config| config.output_type.as_deref());
        let unsupported = |field: &str, value: &str| {
            Problem::new(name::RESULT_WRITER_FAILED, format!("the {field} '{value}' is not supported"))
        };
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
pub struct ResultText {
    form: ResultForm,
    text: String,
}

impl ResultText {
    /// No results yet.
    pub fn new(form: ResultForm) -> Self {
        Self { form, text: String::new() }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Size of the text so far, to stop in time.
    pub fn bytes(&self) -> usize {
        self.text.len()
    }

    /// Adds a result. One that is no success is written whole in any case.
    pub fn push(&mut self, child: &ChildResult) {
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

    /// Ends a map run with the results as the state's output, if that is no
    /// larger than this.
    pub fn into_report(mut self, bytes_max: usize) -> MapRunReport {
        let text = self.take();
        if text.len() > bytes_max {
            return MapRunReport::TooLarge;
        }
        match Payload::parse(text) {
            Ok(output) => MapRunReport::Succeeded { output },
            Err(error) => MapRunReport::Failed(Problem::new(name::RESULT_WRITER_FAILED, error.to_string())),
        }
    }

    /// The text, in which outputs keep their own; nothing is left.
    pub fn take(&mut self) -> String {
        let mut text = std::mem::take(&mut self.text);
        if !self.form.is_lines {
            text.push_str(if text.is_empty() { "[]" } else { "]" });
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn child(status: &'static str, output: Option<&str>) -> ChildResult {
        let failed = status == "FAILED";
        let time = |millis| Timestamp::from_timestamp_millis(millis);
        ChildResult {
            execution_arn: "e".into(),
            name: "n".into(),
            state_machine_arn: "m".into(),
            status,
            input: r#"{"a": 1}"#.into(),
            output: output.map(Arc::from),
            error: failed.then(|| "E".into()),
            cause: failed.then(|| "C".into()),
            started_at: time(1_738_633_790_099),
            stopped_at: time(1_738_633_790_163),
            redrive_count: 0,
        }
    }

    const SUCCEEDED: &str = r#"{"ExecutionArn":"e","Input":"{\"a\": 1}","InputDetails":{"Included":true},"Name":"n","Output":"[1, 2]","OutputDetails":{"Included":true},"RedriveCount":0,"RedriveStatus":"NOT_REDRIVABLE","RedriveStatusReason":"Execution is SUCCEEDED and cannot be redriven","StartDate":"2025-02-04T01:49:50.099Z","StateMachineArn":"m","Status":"SUCCEEDED","StopDate":"2025-02-04T01:49:50.163Z"}"#;
    const FAILED: &str = r#"{"Cause":"C","Error":"E","ExecutionArn":"e","Input":"{\"a\": 1}","InputDetails":{"Included":true},"Name":"n","OutputDetails":{"Included":true},"RedriveCount":0,"RedriveStatus":"REDRIVABLE_BY_MAP_RUN","StartDate":"2025-02-04T01:49:50.099Z","StateMachineArn":"m","Status":"FAILED","StopDate":"2025-02-04T01:49:50.163Z"}"#;
    fn config(transformation: &str, output_type: &str) -> WriterConfig {
        WriterConfig { transformation: Some(transformation.into()), output_type: Some(output_type.into()) }
    }

    #[test]
    fn outputs_become_the_state_s_output() {
        let children = [
            child("SUCCEEDED", Some("[1, 2]")),
            child("SUCCEEDED", Some("{ }")),
            child("FAILED", None),
            child("SUCCEEDED", Some("[]")),
        ];
        let compact = format!("[[1, 2],{{ }},{FAILED},[]]");
        let plain = SUCCEEDED.replace("[1, 2]", "{ }");
        let empty = SUCCEEDED.replace("[1, 2]", "[]");
        for (case, config, want) in [
            ("no writer", None, compact.clone()),
            ("compact", Some(config("COMPACT", "JSON")), compact.clone()),
            ("lines", Some(config("COMPACT", "JSONL")), compact),
            ("flatten", Some(config("FLATTEN", "JSON")), format!("[1,2,{{ }},{FAILED}]")),
            ("none", Some(config("NONE", "JSON")), format!("[{SUCCEEDED},{plain},{FAILED},{empty}]")),
            (
                "none by default",
                Some(WriterConfig::default()),
                format!("[{SUCCEEDED},{plain},{FAILED},{empty}]"),
            ),
        ] {
            let mut results = ResultText::new(ResultForm::of_output(config.as_ref()).unwrap());
            for child in &children {
                results.push(child);
            }
            assert_eq!(results.bytes(), want.len() - 1, "{case}");
            let bytes = want.len();
            assert_eq!(results.clone().into_report(bytes - 1), MapRunReport::TooLarge, "{case}");
            let MapRunReport::Succeeded { output } = results.into_report(bytes) else { panic!("{case}") };
            assert_eq!(output.text(), want, "{case}");
        }
        assert_eq!(ResultText::new(ResultForm::of_output(None).unwrap()).take(), "[]");
    }

    #[test]
    fn forms_that_are_not_known_are_refused() {
        for (config, want) in [
            (config("ZIP", "JSON"), "the Transformation 'ZIP' is not supported"),
            (config("NONE", "CSV"), "the OutputType 'CSV' is not supported"),
        ] {
            let want = Problem::new("States.ResultWriterFailed", want);
            assert_eq!(ResultForm::of_files(Some(&config)), Err(want));
        }
    }
}
