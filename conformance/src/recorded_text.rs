//! Texts of JSON values as the recorder sent them.

use std::fmt::Write as _;

use serde_json::Value;

/// A value's text with a space after each comma and colon: so the recorder
/// wrote the inputs that it sent, and an untouched input keeps its text.
pub fn spaced(value: &Value) -> String {
    let mut text = String::new();
    write_spaced(value, &mut text);
    text
}

fn write_spaced(value: &Value, text: &mut String) {
    match value {
        Value::Array(elements) => {
            text.push('[');
            for (index, element) in elements.iter().enumerate() {
                text.push_str(if index == 0 { "" } else { ", " });
                write_spaced(element, text);
            }
            text.push(']');
        }
        Value::Object(members) => {
            text.push('{');
            for (index, (name, member)) in members.iter().enumerate() {
                text.push_str(if index == 0 { "" } else { ", " });
                write!(text, "{}: ", Value::from(name.as_str())).unwrap_or_default();
                write_spaced(member, text);
            }
            text.push('}');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            text.push_str(&value.to_string());
        }
    }
}

/// The text of an error's cause: itself, or of the JSON that was parsed from it.
pub fn cause(value: &Value, with_spaces: bool) -> String {
    match value {
        Value::String(text) => text.clone(),
        parsed if with_spaces => spaced(parsed),
        parsed => parsed.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn spaces_stand_after_commas_and_colons() {
        assert_eq!(spaced(&json!({"b": [1, 2.5, "x, y"], "a": {}})), r#"{"b": [1, 2.5, "x, y"], "a": {}}"#);
        assert_eq!(spaced(&json!([])), "[]");
    }

    #[test]
    fn causes_are_texts() {
        assert_eq!(cause(&json!("plain"), true), "plain");
        assert_eq!(cause(&json!({"b": 1, "a": 2}), false), r#"{"b":1,"a":2}"#);
        assert_eq!(cause(&json!({"b": 1, "a": 2}), true), r#"{"b": 1, "a": 2}"#);
    }
}
