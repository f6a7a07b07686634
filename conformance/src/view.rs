//! The engine's events in the API's shape.

use asl_runtime::{Field, HistoryEvent};
use serde_json::{Map, Value, json};

/// One event as `GetExecutionHistory` shows it.
pub fn api_shape(event: &HistoryEvent) -> Value {
    let mut shape = Map::new();
    shape.insert("id".to_owned(), event.id.0.into());
    shape.insert("previousEventId".to_owned(), event.previous_event_id.0.into());
    shape.insert("timestamp".to_owned(), event.timestamp.timestamp_millis().into());
    shape.insert("type".to_owned(), event.kind.name().into());
    if let Some((member, fields)) = event.kind.details() {
        let mut details = Map::new();
        for (name, field) in fields {
            let (value, note) = match field {
                Field::Text(text) => (text.into(), None),
                Field::Integer(number) => (number.into(), None),
                Field::Credentials(role_arn) => (json!({ "roleArn": role_arn }), None),
                Field::Document(document) => {
                    (document.text().into(), (name != "parameters").then(|| format!("{name}Details")))
                }
                Field::Variables(variables) => {
                    let texts = variables.value().as_object().into_iter().flatten();
                    let texts = texts.map(|(name, value)| (name.to_string(), value.to_string().into()));
                    (Value::Object(texts.collect()), Some(format!("{name}Details")))
                }
            };
            details.insert(name.to_owned(), value);
            details.extend(note.map(|note| (note, json!({ "truncated": false }))));
        }
        shape.insert(member.to_owned(), Value::Object(details));
    }
    Value::Object(shape)
}
