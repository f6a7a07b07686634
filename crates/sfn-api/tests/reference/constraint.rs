//! The smallest violation of each constraint of the model.

use serde_json::{Value, json};
use sfn_api::model::{Member, Pattern, Shape, Text};
use sfn_api::{ErrorCode, Operation};

use crate::with;

/// A request that breaks one constraint.
pub(crate) struct Case {
    /// Member and constraint: `tags.1.member.key length`.
    pub(crate) id: String,
    /// The member's path as the document shows it: `tags[].key`.
    pub(crate) member: String,
    /// The constraint, in words.
    pub(crate) rule: String,
    pub(crate) request: Value,
    pub(crate) code: ErrorCode,
    /// What the error text says of it.
    pub(crate) text: String,
}

/// A member's place: as error texts and as the document write it, and how to
/// put a value there into a request that is valid otherwise.
struct Place<'a> {
    at: String,
    shown: String,
    put: &'a dyn Fn(Option<Value>) -> Value,
}

/// A violation of every constraint of an operation, in the model's order.
pub(crate) fn cases(operation: Operation) -> Vec<Case> {
    let mut cases = Vec::new();
    let valid = object(operation.input());
    each_member(operation.input(), &valid, "", "", &|object| object, &mut |member, place| {
        member_cases(member, place, &mut cases);
    });
    cases
}

/// Requests with each member at its least and its greatest, by member.
pub(crate) fn limits(operation: Operation) -> Vec<(String, Value)> {
    let mut limits = Vec::new();
    let valid = object(operation.input());
    each_member(operation.input(), &valid, "", "", &|object| object, &mut |member, place| {
        let values = match member.shape {
            Shape::Text(text) if !text.values.is_empty() => text.values.iter().map(|v| json!(v)).collect(),
            Shape::Text(text) => {
                let max = text.max.unwrap_or(text.min);
                vec![json!("x".repeat(text.min)), json!("x".repeat(max))]
            }
            Shape::Integer { min, max } => [min, max].into_iter().flatten().map(Value::from).collect(),
            Shape::Float { min, max } => vec![json!(min), json!(max)],
            Shape::Boolean => vec![json!(true), json!(false)],
            Shape::List { of, length } => {
                let (min, max) = length.unwrap_or((0, 3));
                vec![json!(vec![value(of); min]), json!(vec![value(of); max])]
            }
            Shape::Structure { .. } => Vec::new(),
        };
        limits.extend(values.into_iter().map(|value| (place.at.clone(), (place.put)(Some(value)))));
    });
    limits
}

/// Visits the members of an object and of all objects in it.
fn each_member(
    members: &[Member],
    valid: &Value,
    at: &str,
    shown: &str,
    embed: &dyn Fn(Value) -> Value,
    visit: &mut dyn FnMut(&Member, &Place<'_>),
) {
    for member in members {
        let name = member.name;
        let put = |value: Option<Value>| {
            let mut object = valid.clone();
            match value {
                Some(value) => object[name] = value,
                None => {
                    object.as_object_mut().unwrap().remove(name);
                }
            }
            embed(object)
        };
        let place = Place { at: format!("{at}{name}"), shown: format!("{shown}{name}"), put: &put };
        visit(member, &place);
        match member.shape {
            Shape::Structure { members, .. } => {
                let (at, shown) = (format!("{}.", place.at), format!("{}.", place.shown));
                let embed = |inner| embed(with(valid, name, inner));
                each_member(members, &object(members), &at, &shown, &embed, visit);
            }
            Shape::List { of, .. } => {
                let (at, shown) = (format!("{}.1.member", place.at), format!("{}[]", place.shown));
                let embed = |inner| embed(with(valid, name, json!([inner])));
                if let Shape::Structure { members, .. } = *of {
                    let (at, shown) = (format!("{at}."), format!("{shown}."));
                    each_member(members, &object(members), &at, &shown, &embed, visit);
                } else {
                    let element = Member { name: "", is_required: true, shape: *of };
                    let put = |inner: Option<Value>| embed(inner.unwrap_or(Value::Null));
                    visit(&element, &Place { at, shown, put: &put });
                }
            }
            Shape::Text(_) | Shape::Integer { .. } | Shape::Float { .. } | Shape::Boolean => {}
        }
    }
}

fn member_cases(member: &Member, place: &Place<'_>, cases: &mut Vec<Case>) {
    let at = place.at.as_str();
    let mut push = |kind: &str, rule: String, value: Option<Value>, code, text: String| {
        let id = format!("{at} {kind}");
        cases.push(Case { id, member: place.shown.clone(), rule, request: (place.put)(value), code, text });
    };
    let broken = |value: &str, must: &str| {
        format!("{value} at '{at}' failed to satisfy constraint: Member must {must}")
    };
    let (name, wrong, text) = type_case(&member.shape);
    push("type", name, Some(wrong), ErrorCode::SerializationException, text.to_owned());
    let validation = ErrorCode::ValidationException;
    if member.is_required {
        push("required", "required".to_owned(), None, validation, broken("Value null", "not be null"));
    }
    match member.shape {
        Shape::Text(text) => text_cases(&text, &broken, &mut |kind, rule, value, text| {
            push(kind, rule, Some(json!(value)), validation, text);
        }),
        Shape::Integer { min, max } => {
            number_cases(min, max, "", &broken, &mut |kind, rule, value, text| {
                push(kind, rule, Some(json!(value)), validation, text);
            });
        }
        Shape::Float { min, max } => {
            let (min, max) = (Some(i64::from(min)), Some(i64::from(max)));
            number_cases(min, max, ".0", &broken, &mut |kind, rule, value, text| {
                push(kind, rule, Some(json!(value)), validation, text);
            });
        }
        Shape::List { of, length: Some((min, max)) } => {
            let too_many = json!(vec![value(of); max + 1]);
            let must = format!("have length less than or equal to {max}");
            push("most", format!("at most {max}"), Some(too_many), validation, broken("]'", &must));
            let must = format!("have length greater than or equal to {min}");
            push(
                "least",
                format!("at least {min}"),
                Some(json!([])),
                validation,
                broken("Value '[]'", &must),
            );
        }
        Shape::List { length: None, .. } | Shape::Boolean | Shape::Structure { .. } => {}
    }
}

/// The type in words, a value of another one, and what is said of it.
fn type_case(shape: &Shape) -> (String, Value, &'static str) {
    let (name, wrong, text) = match shape {
        Shape::Text(_) => ("string", json!(1), "NUMBER_VALUE can not be converted to a String"),
        Shape::Integer { .. } => ("integer", json!("1"), "STRING_VALUE can not be converted to an Integer"),
        Shape::Float { .. } => ("number", json!(true), "TRUE_VALUE can not be converted to a Float"),
        Shape::Boolean => ("boolean", json!("true"), "STRING_VALUE can not be converted to a Boolean"),
        Shape::List { .. } => ("list", json!("x"), "Expected list or null"),
        Shape::Structure { name, .. } => return ((*name).to_owned(), json!("x"), "Expected map or null"),
    };
    (name.to_owned(), wrong, text)
}

fn text_cases(
    text: &Text,
    broken: &dyn Fn(&str, &str) -> String,
    push: &mut dyn FnMut(&str, String, String, String),
) {
    let shown = |value: &str| if text.is_sensitive { "Value".to_owned() } else { format!("Value '{value}'") };
    if let Some(max) = text.max.filter(|_| text.values.is_empty()) {
        let (value, unit) = match text.measure {
            sfn_api::model::Measure::Utf16Units => ("x".repeat(max + 1), ""),
            // As many characters as are allowed, but one of them takes two bytes.
            sfn_api::model::Measure::Bytes => (format!("{}é", "x".repeat(max - 1)), " bytes"),
        };
        let must = format!("have length less than or equal to {max}");
        push("longest", format!("length at most {max}{unit}"), value.clone(), broken(&shown(&value), &must));
    }
    if text.min > 0 {
        let value = "x".repeat(text.min - 1);
        let must = format!("have length greater than or equal to {}", text.min);
        push(
            "shortest",
            format!("length at least {}", text.min),
            value.clone(),
            broken(&shown(&value), &must),
        );
    }
    if let Some(pattern) = text.pattern {
        let value = match pattern {
            Pattern::CharacterRestrictedName => "1",
            Pattern::ClientToken => " ",
            Pattern::TraceHeader => "é",
            Pattern::Tag => ";",
        };
        let must = format!("satisfy regular expression pattern: {}", pattern.source());
        let rule = format!("pattern `{}`", pattern.source());
        push("pattern", rule, value.to_owned(), broken(&shown(value), &must));
    }
    if !text.values.is_empty() {
        let must = format!("satisfy enum value set: [{}]", text.values.join(", "));
        let rule = format!("one of {}", text.values.join(", "));
        push("enum", rule, "x".to_owned(), broken(&shown("x"), &must));
    }
}

fn number_cases(
    min: Option<i64>,
    max: Option<i64>,
    fraction: &str,
    broken: &dyn Fn(&str, &str) -> String,
    push: &mut dyn FnMut(&str, String, i64, String),
) {
    if let Some(max) = max {
        let must = format!("have value less than or equal to {max}");
        let value = max + 1;
        push(
            "greatest",
            format!("at most {max}"),
            value,
            broken(&format!("Value '{value}{fraction}'"), &must),
        );
    }
    if let Some(min) = min {
        let must = format!("have value greater than or equal to {min}");
        let value = min - 1;
        push(
            "smallest",
            format!("at least {min}"),
            value,
            broken(&format!("Value '{value}{fraction}'"), &must),
        );
    }
}

/// An object with the required members only.
fn object(members: &[Member]) -> Value {
    let required = members.iter().filter(|member| member.is_required);
    Value::Object(required.map(|member| (member.name.to_owned(), value(&member.shape))).collect())
}

/// A small value of a shape.
fn value(shape: &Shape) -> Value {
    match shape {
        Shape::Text(text) => match text.values.first() {
            Some(value) => json!(value),
            None => json!("x".repeat(text.min)),
        },
        Shape::Integer { min, .. } => json!(min.unwrap_or(0)),
        Shape::Float { min, .. } => json!(min),
        Shape::Boolean => json!(false),
        Shape::List { of, length } => json!(vec![value(of); length.map_or(0, |(min, _)| min)]),
        Shape::Structure { members, .. } => object(members),
    }
}
