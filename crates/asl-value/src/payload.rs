//! A document: a value and the text it came with, or will be printed as.

use std::fmt;
use std::sync::{Arc, OnceLock};

use crate::{ParseError, Value};

/// A whole JSON document, shared by reference. Cloning is O(1).
///
/// Made from text it keeps that text byte for byte; made from a value it prints
/// compactly, once, when somebody first asks. Two payloads are equal when their
/// values are.
#[derive(Clone)]
pub struct Payload(Arc<Document>);

struct Document {
    value: Value,
    text: OnceLock<Arc<str>>,
}

impl Payload {
    /// Parses a document and keeps its text as it is, surrounding space aside.
    pub fn parse(text: impl AsRef<str>) -> Result<Self, ParseError> {
        let text = text.as_ref();
        let value = crate::parse(text)?;
        Ok(Self::with_text(value, Arc::from(text.trim())))
    }

    /// A payload that will print compactly.
    pub fn new(value: Value) -> Self {
        Self(Arc::new(Document { value, text: OnceLock::new() }))
    }

    /// A value together with a text that is known to parse to it.
    fn with_text(value: Value, text: Arc<str>) -> Self {
        Self(Arc::new(Document { value, text: OnceLock::from(text) }))
    }

    /// An array of whole documents, its text their texts joined by commas: how
    /// Map and Parallel states assemble their output.
    pub fn array_of(items: &[Payload]) -> Self {
        let mut text = String::with_capacity(2 + items.iter().map(|p| p.text().len() + 1).sum::<usize>());
        text.push('[');
        for (place, item) in items.iter().enumerate() {
            if place > 0 {
                text.push(',');
            }
            text.push_str(item.text());
        }
        text.push(']');
        let value = Value::from(items.iter().map(|p| p.value().clone()).collect::<Vec<_>>());
        Self::with_text(value, text.into())
    }

    /// The value.
    pub fn value(&self) -> &Value {
        &self.0.value
    }

    /// The text: as it came, or compact.
    pub fn text(&self) -> &str {
        self.shared_text()
    }

    /// The text as a shared allocation.
    pub fn shared_text(&self) -> &Arc<str> {
        self.0.text.get_or_init(|| {
            let mut text = String::new();
            crate::print_to(&self.0.value, &mut text);
            text.into()
        })
    }

    /// The text, if it has at most `bytes_max` bytes. Sharing can make a text
    /// far larger than its value in memory; of one that is too large no more
    /// than the limit is printed.
    pub fn text_within(&self, bytes_max: usize) -> Option<&str> {
        let text = if let Some(text) = self.0.text.get() {
            text
        } else {
            let mut text = String::new();
            if !crate::print::print_within(&self.0.value, &mut text, bytes_max) {
                return None;
            }
            self.0.text.get_or_init(|| text.into())
        };
        (text.len() <= bytes_max).then_some(text)
    }

    /// Whether both are the same document in memory: what tells a segment
    /// writer that a text has been written already.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// A number that is equal for payloads that are the same document in
    /// memory, for use as a map key while both are alive.
    pub fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }
}

impl Default for Payload {
    fn default() -> Self {
        Self::new(Value::Null)
    }
}

impl From<Value> for Payload {
    fn from(value: Value) -> Self {
        Self::new(value)
    }
}

impl PartialEq for Payload {
    fn eq(&self, other: &Self) -> bool {
        self.is_same(other) || self.value() == other.value()
    }
}

impl Eq for Payload {}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl fmt::Display for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}
