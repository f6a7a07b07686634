//! What an execution tells the log of its state machine: which events, and in
//! which shape. Developer guide, *Using CloudWatch Logs to log execution
//! history*.

use std::sync::Arc;

use asl_runtime::{EventKind, Field, HistoryEvent};
use asl_value::Value;
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::escaped;
use crate::history_view::{Credentials, Truncated};
use crate::shape::configuration::LoggingConfiguration;

/// Most bytes of execution data in one record, as the record's JSON escapes
/// them. Developer guide, *CloudWatch Logs payloads*.
pub const LOG_DATA_BYTES_MAX: usize = 248 * 1024;

/// Which events are logged. API reference, `LoggingConfiguration`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogLevel {
    /// All.
    All,
    /// Those of something that failed, timed out or was aborted, and Fail
    /// states.
    Error,
    /// Those with which an execution ends badly.
    Fatal,
}

impl LogLevel {
    /// Whether an event is logged. Developer guide, *Log levels*.
    pub fn includes(self, kind: &EventKind) -> bool {
        let is_fatal = matches!(
            kind,
            EventKind::ExecutionAborted(_) | EventKind::ExecutionFailed(_) | EventKind::ExecutionTimedOut(_)
        );
        match self {
            Self::All => true,
            Self::Fatal => is_fatal,
            Self::Error => {
                let name = kind.name();
                is_fatal
                    || name == "FailStateEntered"
                    || ["Failed", "TimedOut", "Aborted"].iter().any(|end| name.ends_with(end))
            }
        }
    }
}

/// The settings of a state machine that logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogSettings {
    /// Which events are logged.
    pub level: LogLevel,
    /// Whether input, output and other data are part of the records.
    pub include_execution_data: bool,
    /// ARN of the log group, ending in `:*` as it was given.
    pub log_group_arn: Arc<str>,
}

impl LogSettings {
    /// Reads the `loggingConfiguration` of a stored revision; none if it logs
    /// nothing.
    pub fn read(logging: &str) -> Option<Self> {
        let configuration: LoggingConfiguration = serde_json::from_str(logging).ok()?;
        let level = match configuration.level.as_str() {
            "ALL" => LogLevel::All,
            "ERROR" => LogLevel::Error,
            "FATAL" => LogLevel::Fatal,
            _ => return None,
        };
        Some(Self {
            level,
            include_execution_data: configuration.include_execution_data,
            log_group_arn: Arc::from(configuration.log_group_arn()?),
        })
    }
}

/// One record of an execution's log.
#[derive(Clone, Copy, Debug)]
pub struct LogRecord<'e> {
    /// The event that it tells of.
    pub event: &'e HistoryEvent,
    /// ARN of the execution.
    pub execution_arn: &'e str,
    /// How often the execution was redriven.
    pub redrive_count: u32,
    /// See [`LogSettings::include_execution_data`].
    pub include_execution_data: bool,
}

impl Serialize for LogRecord<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let event = self.event;
        let mut map = serializer.serialize_map(Some(7))?;
        map.serialize_entry("id", &event.id.to_string())?;
        map.serialize_entry("type", event.kind.name())?;
        let fields = event.kind.details().map(|(_, fields)| fields).unwrap_or_default();
        map.serialize_entry(
            "details",
            &Details { fields, include_execution_data: self.include_execution_data },
        )?;
        map.serialize_entry("previous_event_id", &event.previous_event_id.to_string())?;
        map.serialize_entry("event_timestamp", &event.timestamp.timestamp_millis().to_string())?;
        map.serialize_entry("execution_arn", self.execution_arn)?;
        map.serialize_entry("redrive_count", &self.redrive_count.to_string())?;
        map.end()
    }
}

struct Details<'e> {
    fields: Vec<(&'static str, Field<'e>)>,
    include_execution_data: bool,
}

impl Serialize for Details<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut left = LOG_DATA_BYTES_MAX;
        let mut map = serializer.serialize_map(None)?;
        for (name, field) in &self.fields {
            match *field {
                Field::Text(text) => map.serialize_entry(name, text)?,
                Field::Integer(number) => map.serialize_entry(name, &number)?,
                Field::Credentials(role_arn) => map.serialize_entry(name, &Credentials { role_arn })?,
                // A task's parameters are made of its input: they go with it.
                Field::Document(_) | Field::Variables(_) if !self.include_execution_data => {}
                Field::Document(document) => {
                    let truncated = entry(&mut map, name, document.text(), &mut left)?;
                    let note = match *name {
                        "input" => "inputDetails",
                        "output" => "outputDetails",
                        _ => continue,
                    };
                    map.serialize_entry(note, &Truncated { truncated })?;
                }
                Field::Variables(variables) => {
                    let (kept, truncated) = variables_within(variables.value(), &mut left);
                    map.serialize_entry(name, &kept)?;
                    map.serialize_entry("assignedVariablesDetails", &Truncated { truncated })?;
                }
            }
        }
        map.end()
    }
}

/// Writes as much of a text as fits, and tells whether something was cut off.
fn entry<M: SerializeMap>(map: &mut M, name: &str, text: &str, left: &mut usize) -> Result<bool, M::Error> {
    let kept = escaped::within(text, *left);
    *left = left.saturating_sub(escaped::bytes(kept));
    map.serialize_entry(name, kept)?;
    Ok(kept.len() < text.len())
}

/// The variables that fit, each as a string that holds its text, and whether
/// some did not.
fn variables_within(
    variables: &Value,
    left: &mut usize,
) -> (serde_json::Map<String, serde_json::Value>, bool) {
    let mut kept = serde_json::Map::new();
    for (name, value) in variables.as_object().into_iter().flatten() {
        let text = value.to_string();
        let bytes = escaped::bytes(name) + escaped::bytes(&text);
        if bytes > *left {
            return (kept, true);
        }
        *left -= bytes;
        kept.insert(name.to_string(), serde_json::Value::from(&*text));
    }
    (kept, false)
}

#[cfg(test)]
mod tests {
    use asl_runtime::{EventId, Failure, Output, StateExited, TaskScheduled};
    use asl_value::Payload;

    use super::*;
    use crate::Timestamp;

    fn record(kind: EventKind, include_execution_data: bool) -> String {
        let event = HistoryEvent {
            id: EventId(3),
            previous_event_id: EventId(2),
            timestamp: Timestamp::from_timestamp_millis(1_500).unwrap(),
            kind,
        };
        let execution_arn = "arn:e";
        serde_json::to_string(&LogRecord {
            event: &event,
            execution_arn,
            redrive_count: 1,
            include_execution_data,
        })
        .unwrap()
    }

    fn succeeded(output: &str) -> EventKind {
        EventKind::ExecutionSucceeded(Output { output: Payload::parse(output).unwrap() })
    }

    #[test]
    fn records_have_numbers_as_strings() {
        assert_eq!(
            record(succeeded(r#"{"a": 1}"#), true),
            concat!(
                r#"{"id":"3","type":"ExecutionSucceeded","details":{"output":"{\"a\": 1}","#,
                r#""outputDetails":{"truncated":false}},"previous_event_id":"2","event_timestamp":"1500","#,
                r#""execution_arn":"arn:e","redrive_count":"1"}"#
            )
        );
    }

    #[test]
    fn without_execution_data_only_what_went_wrong_is_told() {
        let details = |kind| record(kind, false).split(r#""details":"#).nth(1).unwrap().to_owned();
        assert!(details(succeeded("1")).starts_with("{},"));
        let failure = Failure { error: Some(Arc::from("E")), cause: Some(Arc::from("C")) };
        assert!(details(EventKind::ExecutionFailed(failure)).starts_with(r#"{"error":"E","cause":"C"},"#));
        let scheduled = EventKind::TaskScheduled(TaskScheduled {
            resource_type: Arc::from("lambda"),
            resource: Arc::from("invoke"),
            region: Arc::from("us-east-1"),
            parameters: Payload::parse(r#"{"secret":1}"#).unwrap(),
            timeout_seconds: None,
            heartbeat_seconds: None,
            task_credentials: None,
        });
        assert!(!details(scheduled).contains("secret"));
    }

    #[test]
    fn types_without_details_have_empty_ones() {
        assert!(record(EventKind::ParallelStateStarted, true).contains(r#""details":{},"#));
    }

    #[test]
    fn long_data_is_cut_off_and_says_so() {
        // A quote takes four bytes: it is escaped in the document, and again here.
        let long = format!("\"{}\"", "\\\"".repeat(LOG_DATA_BYTES_MAX / 4 + 1));
        let text = record(succeeded(&long), true);
        assert!(text.contains(r#""outputDetails":{"truncated":true}"#));
        assert!(text.len() < LOG_DATA_BYTES_MAX + 400, "{}", text.len());
        let exited = EventKind::PassStateExited(StateExited {
            name: Arc::from("S"),
            output: Payload::parse(&*long).unwrap(),
            assigned_variables: Some(Payload::parse(r#"{"n":1000}"#).unwrap()),
        });
        let text = record(exited, true);
        assert!(text.contains(r#""assignedVariables":{},"assignedVariablesDetails":{"truncated":true}"#));
    }

    #[test]
    fn levels() {
        use LogLevel::{All, Error, Fatal};
        let failure = || Failure { error: None, cause: None };
        for (kind, error, fatal) in [
            (succeeded("1"), false, false),
            (EventKind::ExecutionFailed(failure()), true, true),
            (EventKind::ExecutionAborted(failure()), true, true),
            (EventKind::ExecutionTimedOut(failure()), true, true),
            (EventKind::LambdaFunctionTimedOut(failure()), true, false),
            (EventKind::ActivityScheduleFailed(failure()), true, false),
            (EventKind::MapStateAborted, true, false),
            (EventKind::ParallelStateFailed, true, false),
            (EventKind::ParallelStateStarted, false, false),
        ] {
            assert!(All.includes(&kind));
            assert_eq!((Error.includes(&kind), Fatal.includes(&kind)), (error, fatal), "{}", kind.name());
        }
    }

    #[test]
    fn settings_are_read_from_the_configuration() {
        let text = |level: &str| {
            format!(
                r#"{{"level":"{level}","includeExecutionData":true,"destinations":[{{"cloudWatchLogsLogGroup":{{"logGroupArn":"arn:g:*"}}}}]}}"#
            )
        };
        for (level, want) in [
            ("ALL", Some(LogLevel::All)),
            ("ERROR", Some(LogLevel::Error)),
            ("FATAL", Some(LogLevel::Fatal)),
            ("OFF", None),
        ] {
            let read = LogSettings::read(&text(level));
            assert_eq!(read.as_ref().map(|it| it.level), want);
            assert!(read.is_none_or(|it| it.include_execution_data && &*it.log_group_arn == "arn:g:*"));
        }
        assert_eq!(LogSettings::read(r#"{"level":"ALL"}"#), None);
    }
}
