//! Parsing, bounded in depth.

use std::sync::Arc;

use crate::Value;

/// How deep arrays and objects may nest in a parsed document.
pub const DEPTH_MAX: usize = 1000;

/// Why a text is not a JSON document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} at line {line} column {column}")]
pub struct ParseError {
    /// What was wrong, as a lower-case phrase.
    pub message: String,
    /// Line of the place, from 1.
    pub line: usize,
    /// Column of the place in bytes, from 1; 0 before the first character.
    pub column: usize,
}

/// Parses one JSON document. The last of repeated names wins. Nesting past
/// [`DEPTH_MAX`] is an error.
pub fn parse(text: &str) -> Result<Value, ParseError> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = serde::Deserialize::deserialize(&mut reader).and_then(|value: Value| {
        reader.end()?;
        Ok(value)
    });
    value.map_err(|e| ParseError {
        message: describe(&e),
        line: e.line(),
        column: e.column(),
    })
}

/// serde_json's message without the place, which the error carries itself.
fn describe(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(end) => text.get(..end).unwrap_or(&text).to_owned(),
        None => text,
    }
}

/// Shares one allocation for a name or string.
pub(crate) fn share(text: &str) -> Arc<str> {
    Arc::from(text)
}
