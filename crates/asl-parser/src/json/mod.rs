//! JSON with places: every node knows its bytes in the text.
//!
//! Ours and not a library's, because diagnostics need byte ranges, members
//! that occur twice, and the words in which AWS refuses text that is no JSON.

mod error;
mod read;
mod text;

pub(crate) use read::read;

use std::borrow::Cow;
use std::ops::Range;

/// A value and its place.
#[derive(Debug)]
pub(crate) struct Node<'t> {
    pub(crate) span: Range<usize>,
    pub(crate) value: NodeValue<'t>,
}

/// What a node is.
#[derive(Debug)]
pub(crate) enum NodeValue<'t> {
    Null,
    Bool(bool),
    /// A number; its bytes are in the text.
    Number,
    String(Cow<'t, str>),
    Array(Vec<Node<'t>>),
    Object(Object<'t>),
}

/// The members of an object, in the order of the text, repeated ones too.
#[derive(Debug, Default)]
pub(crate) struct Object<'t> {
    pub(crate) members: Vec<Member<'t>>,
}

/// A member of an object.
#[derive(Debug)]
pub(crate) struct Member<'t> {
    pub(crate) name: Cow<'t, str>,
    pub(crate) name_span: Range<usize>,
    pub(crate) value: Node<'t>,
}

impl<'t> Object<'t> {
    /// The member called `name`; the last of several, as the service reads them.
    pub(crate) fn get(&self, name: &str) -> Option<&Member<'t>> {
        self.members.iter().rfind(|member| member.name == name)
    }
}

impl<'t> Node<'t> {
    pub(crate) fn as_str(&self) -> Option<&str> {
        match &self.value {
            NodeValue::String(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn as_object(&self) -> Option<&Object<'t>> {
        match &self.value {
            NodeValue::Object(object) => Some(object),
            _ => None,
        }
    }

    pub(crate) fn as_array(&self) -> Option<&[Node<'t>]> {
        match &self.value {
            NodeValue::Array(items) => Some(items),
            _ => None,
        }
    }

    pub(crate) fn as_bool(&self) -> Option<bool> {
        match self.value {
            NodeValue::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// Its kind, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match self.value {
            NodeValue::Null => "null",
            NodeValue::Bool(_) => "a boolean",
            NodeValue::Number => "a number",
            NodeValue::String(_) => "a string",
            NodeValue::Array(_) => "an array",
            NodeValue::Object(_) => "an object",
        }
    }
}
