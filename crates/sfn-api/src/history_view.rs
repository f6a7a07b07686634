//! Engine events as the API shows them. Documents go out as strings that hold
//! their texts, escaped straight into the answer.

use asl_runtime::{Field, HistoryEvent};
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::shape::time::Epoch;

/// A history event as `GetExecutionHistory` shows it, with or without the
/// documents in it. API reference, `HistoryEvent`.
#[derive(Clone, Copy, Debug)]
pub struct EventView<'e> {
    /// The event.
    pub event: &'e HistoryEvent,
    /// `includeExecutionData` of the request.
    pub include_execution_data: bool,
}

impl EventView<'_> {
    /// About how many bytes the documents of the event take in an answer.
    pub(crate) fn document_bytes(&self) -> usize {
        let Some((_, fields)) = self.event.kind.details() else { return 0 };
        fields
            .iter()
            .map(|(_, field)| match field {
                Field::Document(document) | Field::Variables(document) => document.text().len(),
                Field::Text(_) | Field::Integer(_) | Field::Credentials(_) => 0,
            })
            .sum()
    }
}

impl Serialize for EventView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("timestamp", &Epoch(self.event.timestamp))?;
        map.serialize_entry("type", self.event.kind.name())?;
        map.serialize_entry("id", &self.event.id.0)?;
        map.serialize_entry("previousEventId", &self.event.previous_event_id.0)?;
        if let Some((member, fields)) = self.event.kind.details() {
            let details = Details { fields, include_execution_data: self.include_execution_data };
            map.serialize_entry(member, &details)?;
        }
        map.end()
    }
}

struct Details<'e> {
    fields: Vec<(&'static str, Field<'e>)>,
    include_execution_data: bool,
}

impl Serialize for Details<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, field) in &self.fields {
            match *field {
                Field::Text(text) => map.serialize_entry(name, text)?,
                Field::Integer(number) => map.serialize_entry(name, &number)?,
                Field::Credentials(role_arn) => map.serialize_entry(name, &Credentials { role_arn })?,
                // The model requires `parameters`, so they stay.
                Field::Document(document) if *name == "parameters" => {
                    map.serialize_entry(name, document.text())?;
                }
                Field::Document(_) | Field::Variables(_) if !self.include_execution_data => {}
                Field::Document(document) => {
                    map.serialize_entry(name, document.text())?;
                    let note = if *name == "input" { "inputDetails" } else { "outputDetails" };
                    map.serialize_entry(note, &Truncated::NEVER)?;
                }
                Field::Variables(variables) => {
                    map.serialize_entry(name, &Variables(variables.value()))?;
                    map.serialize_entry("assignedVariablesDetails", &Truncated::NEVER)?;
                }
            }
        }
        map.end()
    }
}

/// `HistoryEventExecutionDataDetails`
#[derive(serde::Serialize)]
pub(crate) struct Truncated {
    pub(crate) truncated: bool,
}

impl Truncated {
    /// Nothing is cut off in answers of the API.
    const NEVER: Self = Self { truncated: false };
}

/// `TaskCredentials`
#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Credentials<'e> {
    pub(crate) role_arn: &'e str,
}

/// Variables by name, each as a string that holds its text.
struct Variables<'e>(&'e asl_value::Value);

impl Serialize for Variables<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in self.0.as_object().into_iter().flatten() {
            map.serialize_entry(name, &value.to_string())?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use asl_runtime::{EventId, EventKind, StateExited, TaskScheduled};
    use asl_value::Payload;

    use super::*;
    use crate::Timestamp;

    fn shown(kind: EventKind, include_execution_data: bool) -> String {
        let event = HistoryEvent {
            id: EventId(3),
            previous_event_id: EventId(2),
            timestamp: Timestamp::from_timestamp_millis(1_500).unwrap(),
            kind,
        };
        serde_json::to_string(&EventView { event: &event, include_execution_data }).unwrap()
    }

    fn exited() -> EventKind {
        EventKind::PassStateExited(StateExited {
            name: Arc::from("S"),
            output: Payload::parse(r#"{ "a": "é\n" }"#).unwrap(),
            assigned_variables: Some(Payload::parse(r#"{"n":1,"s":"text"}"#).unwrap()),
        })
    }

    #[test]
    fn documents_are_strings_with_a_note() {
        assert_eq!(
            shown(exited(), true),
            concat!(
                r#"{"timestamp":1.5,"type":"PassStateExited","id":3,"previousEventId":2,"stateExitedEventDetails":"#,
                r#"{"name":"S","output":"{ \"a\": \"é\\n\" }","outputDetails":{"truncated":false},"#,
                r#""assignedVariables":{"n":"1","s":"\"text\""},"assignedVariablesDetails":{"truncated":false}}}"#
            )
        );
    }

    #[test]
    fn without_execution_data_documents_and_notes_vanish() {
        assert!(shown(exited(), false).ends_with(r#""stateExitedEventDetails":{"name":"S"}}"#));
    }

    #[test]
    fn parameters_have_no_note_and_credentials_are_an_object() {
        let scheduled = EventKind::TaskScheduled(TaskScheduled {
            resource_type: Arc::from("lambda"),
            resource: Arc::from("invoke"),
            region: Arc::from("us-east-1"),
            parameters: Payload::parse("{}").unwrap(),
            timeout_seconds: Some(5),
            heartbeat_seconds: None,
            task_credentials: Some(Arc::from("arn:role")),
        });
        assert!(shown(scheduled, true).ends_with(
            r#""taskScheduledEventDetails":{"resourceType":"lambda","resource":"invoke","region":"us-east-1","parameters":"{}","timeoutInSeconds":5,"taskCredentials":{"roleArn":"arn:role"}}}"#
        ));
    }

    #[test]
    fn types_without_details_have_no_member() {
        assert_eq!(
            shown(EventKind::ParallelStateStarted, true),
            r#"{"timestamp":1.5,"type":"ParallelStateStarted","id":3,"previousEventId":2}"#
        );
    }
}
