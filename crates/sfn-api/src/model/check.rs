//! Requests held against the model: first the types of all members, then the
//! constraints on them.

use std::fmt;

use serde_json::{Map, Value};

use super::{Measure, Member, Shape, Text};
use crate::constraint::Constraints;
use crate::{ApiError, ErrorCode};

/// Refuses values of other types than the model's. What is null counts as
/// absent, and whole numbers lose their fraction; members that the model does
/// not know are let be.
pub(super) fn conform(members: &[Member], object: &mut Map<String, Value>) -> Result<(), ApiError> {
    for member in members {
        match object.get_mut(member.name) {
            None => {}
            Some(Value::Null) => {
                object.remove(member.name);
            }
            Some(value) => conform_value(&member.shape, value)?,
        }
    }
    Ok(())
}

fn conform_value(shape: &Shape, value: &mut Value) -> Result<(), ApiError> {
    let wanted = match shape {
        Shape::Text(_) => "a String",
        Shape::Integer { .. } => "an Integer",
        Shape::Float { .. } => "a Float",
        Shape::Boolean => "a Boolean",
        Shape::List { .. } | Shape::Structure { .. } => "",
    };
    match (shape, &mut *value) {
        (Shape::Text(_), Value::String(_))
        | (Shape::Float { .. }, Value::Number(_))
        | (Shape::Boolean, Value::Bool(_)) => Ok(()),
        (Shape::Integer { .. }, Value::Number(number)) => {
            if number.as_i64().is_none() {
                *value = Value::from(whole(number.as_f64().unwrap_or_default()));
            }
            Ok(())
        }
        (Shape::List { of, .. }, Value::Array(elements)) => elements
            .iter_mut()
            .filter(|element| !element.is_null())
            .try_for_each(|element| conform_value(of, element)),
        (Shape::Structure { members, .. }, Value::Object(object)) => conform(members, object),
        (_, Value::Object(_)) => Err(wrong("Start of structure or map found where not expected.")),
        (_, Value::Array(_)) => Err(wrong("Start of list found where not expected")),
        (Shape::List { .. }, _) => Err(wrong("Expected list or null")),
        (Shape::Structure { .. }, _) => Err(wrong("Expected map or null")),
        (_, Value::String(_)) => Err(wrong(format!("STRING_VALUE can not be converted to {wanted}"))),
        (_, Value::Number(_)) => Err(wrong(format!("NUMBER_VALUE can not be converted to {wanted}"))),
        (_, Value::Bool(true)) => Err(wrong(format!("TRUE_VALUE can not be converted to {wanted}"))),
        (_, Value::Bool(false)) => Err(wrong(format!("FALSE_VALUE can not be converted to {wanted}"))),
        (_, Value::Null) => Ok(()),
    }
}

/// The whole part of a number, or the nearest integer that there is.
fn whole(number: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "the cast saturates, as it should")]
    let whole = number.trunc() as i64;
    whole
}

fn wrong(message: impl Into<String>) -> ApiError {
    ApiError::new(ErrorCode::SerializationException, message)
}

/// Where a value stands in a request, written as error texts do:
/// `tags.1.member.key`.
#[derive(Clone, Copy)]
struct At<'a> {
    parent: Option<&'a At<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Member(&'a str),
    /// Counted from one.
    Element(usize),
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            write!(f, "{parent}.")?;
        }
        match self.step {
            Step::Member(name) => f.write_str(name),
            Step::Element(number) => write!(f, "{number}.member"),
        }
    }
}

/// Notes every constraint that an object of the model's types breaks.
pub(super) fn constrain(members: &[Member], object: &Map<String, Value>, constraints: &mut Constraints) {
    constrain_members(members, object, None, constraints);
}

fn constrain_members(
    members: &[Member],
    object: &Map<String, Value>,
    parent: Option<&At<'_>>,
    constraints: &mut Constraints,
) {
    for member in members {
        let at = At { parent, step: Step::Member(member.name) };
        match object.get(member.name) {
            Some(value) => constrain_value(&member.shape, value, &at, constraints),
            None if member.is_required => constraints.missing(at),
            None => {}
        }
    }
}

fn constrain_value(shape: &Shape, value: &Value, at: &At<'_>, constraints: &mut Constraints) {
    match (shape, value) {
        (Shape::Text(text), Value::String(value)) => constrain_text(text, value, at, constraints),
        (Shape::Integer { min, max }, Value::Number(number)) => {
            let number = number.as_i64().unwrap_or_default();
            if let Some(max) = max.filter(|max| number > *max) {
                constraints.broken(at, number, format_args!("have value less than or equal to {max}"));
            } else if let Some(min) = min.filter(|min| number < *min) {
                constraints.broken(at, number, format_args!("have value greater than or equal to {min}"));
            }
        }
        (Shape::Float { min, max }, Value::Number(number)) => {
            let number = number.as_f64().unwrap_or_default();
            // The debug form has the fraction even if it is nothing, as the service's language has.
            if number > f64::from(*max) {
                let must = format_args!("have value less than or equal to {max}");
                constraints.broken(at, format_args!("{number:?}"), must);
            } else if number < f64::from(*min) {
                let must = format_args!("have value greater than or equal to {min}");
                constraints.broken(at, format_args!("{number:?}"), must);
            }
        }
        (Shape::List { of, length }, Value::Array(elements)) => {
            if let Some((min, max)) = *length {
                if elements.len() > max {
                    let must = format_args!("have length less than or equal to {max}");
                    constraints.broken(at, Shown { shape, value }, must);
                } else if elements.len() < min {
                    let must = format_args!("have length greater than or equal to {min}");
                    constraints.broken(at, Shown { shape, value }, must);
                }
            }
            for (number, element) in (1..).zip(elements) {
                let at = At { parent: Some(at), step: Step::Element(number) };
                constrain_value(of, element, &at, constraints);
            }
        }
        (Shape::Structure { members, .. }, Value::Object(object)) => {
            constrain_members(members, object, Some(at), constraints);
        }
        // An element of a list: members that are null are gone by now.
        (_, Value::Null) => constraints.missing(at),
        // Booleans have no constraints, and of the other shapes the types are right.
        (_, Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_)) => {}
    }
}

/// Pattern first, as the service lists them.
fn constrain_text(text: &Text, value: &str, at: &At<'_>, constraints: &mut Constraints) {
    let mut broken = |must: fmt::Arguments<'_>| {
        if text.is_sensitive {
            constraints.broken_sensitive(at, must);
        } else {
            constraints.broken(at, value, must);
        }
    };
    if let Some(pattern) = text.pattern.filter(|pattern| !pattern.matches(value)) {
        broken(format_args!("satisfy regular expression pattern: {}", pattern.source()));
    }
    match length_broken(text, value) {
        Some(Bound::Max(max)) => broken(format_args!("have length less than or equal to {max}")),
        Some(Bound::Min(min)) => broken(format_args!("have length greater than or equal to {min}")),
        None => {}
    }
    if !text.values.is_empty() && !text.values.contains(&value) {
        broken(format_args!("satisfy enum value set: [{}]", text.values.join(", ")));
    }
}

enum Bound {
    Min(usize),
    Max(usize),
}

/// The bound that a string's length is beyond.
fn length_broken(text: &Text, value: &str) -> Option<Bound> {
    let (min, max) = (text.min, text.max.unwrap_or(usize::MAX));
    // A string has at least as many bytes as UTF-16 units, and a unit if a byte.
    if value.len() <= max && min <= usize::from(!value.is_empty()) {
        return None;
    }
    let length = match text.measure {
        Measure::Utf16Units => value.encode_utf16().count(),
        Measure::Bytes => value.len(),
    };
    if length > max {
        Some(Bound::Max(max))
    } else if length < min {
        Some(Bound::Min(min))
    } else {
        None
    }
}

/// A value as the service's own language prints it:
/// `[Tag(key=a, value=b), Tag(key=c, value=null)]`.
struct Shown<'a> {
    shape: &'a Shape,
    value: &'a Value,
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.shape, self.value) {
            (Shape::List { of, .. }, Value::Array(elements)) => {
                f.write_str("[")?;
                for (index, value) in elements.iter().enumerate() {
                    let separator = if index == 0 { "" } else { ", " };
                    write!(f, "{separator}{}", Shown { shape: of, value })?;
                }
                f.write_str("]")
            }
            (Shape::Structure { name, members }, Value::Object(object)) => {
                write!(f, "{name}(")?;
                for (index, member) in members.iter().enumerate() {
                    let separator = if index == 0 { "" } else { ", " };
                    let value = object.get(member.name).unwrap_or(&Value::Null);
                    write!(f, "{separator}{}={}", member.name, Shown { shape: &member.shape, value })?;
                }
                f.write_str(")")
            }
            (_, Value::String(text)) => f.write_str(text),
            (_, value) => write!(f, "{value}"),
        }
    }
}
