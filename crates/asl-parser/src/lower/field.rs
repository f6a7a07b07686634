//! Fields of an object: which there may and must be, and values by type.

use std::borrow::Borrow;
use std::ops::Range;
use std::sync::Arc;

use asl_value::{Number, Value};

use super::{Lowered, Lowering, Reported};
use crate::diagnostic::{At, Reason};
use crate::json::{Node, NodeValue, Object};

/// An object, and where it is.
pub(super) struct Fields<'t> {
    pub(super) object: &'t Object<'t>,
    pub(super) at: At<'t>,
    pub(super) span: Range<usize>,
}

/// A field, and where its value is.
#[derive(Clone)]
pub(super) struct Field<'t> {
    pub(super) name: &'t str,
    pub(super) name_span: Range<usize>,
    pub(super) node: &'t Node<'t>,
    pub(super) at: At<'t>,
}

impl<'t> Fields<'t> {
    pub(super) fn get(&self, name: &str) -> Option<Field<'t>> {
        let member = self.object.get(name)?;
        let name: &'t str = member.name.borrow();
        Some(Field { name, name_span: member.name_span.clone(), node: &member.value, at: self.at.name(name) })
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.object.get(name).is_some()
    }
}

impl<'t> Field<'t> {
    /// An item of an array, under the name of the field.
    fn item(&self, place: usize, node: &'t Node<'t>) -> Self {
        Self { name: self.name, name_span: self.name_span.clone(), node, at: self.at.index(place) }
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(self.node.value, NodeValue::Null)
    }
}

impl Lowering<'_> {
    pub(super) fn fail<T>(
        &mut self,
        reason: Reason,
        field: &Field<'_>,
        message: impl Into<String>,
    ) -> Lowered<T> {
        self.reports.add(reason, &field.at, &field.node.span, message);
        Err(Reported)
    }

    /// The value is of another type than wanted, which is one of the service's
    /// names for types.
    pub(super) fn wrong_type<T>(&mut self, field: &Field<'_>, wanted: &str) -> Lowered<T> {
        self.wrong_node(field.node, &field.at, wanted)
    }

    pub(super) fn wrong_node<T>(&mut self, node: &Node<'_>, at: &At<'_>, wanted: &str) -> Lowered<T> {
        self.reports.add(Reason::WrongType, at, &node.span, format!("Expected value of type {wanted}"));
        self.reports.note(format!("it is {}", node.kind()));
        Err(Reported)
    }

    /// Reports each field that is in none of `lists`.
    pub(super) fn allow(&mut self, fields: &Fields<'_>, lists: &[&[&str]]) -> Lowered<()> {
        self.allow_in_language(fields, lists, &[])
    }

    /// Reports each field that is in none of `lists`; those of `others` are
    /// fields of the other query language.
    pub(super) fn allow_in_language(
        &mut self,
        fields: &Fields<'_>,
        lists: &[&[&str]],
        others: &[&[&str]],
    ) -> Lowered<()> {
        let mut result = Ok(());
        for member in &fields.object.members {
            let name = &*member.name;
            let is_in = |lists: &[&[&str]]| lists.iter().any(|list| list.contains(&name));
            if is_in(lists) {
                continue;
            }
            let message = if is_in(others) {
                let (own, other) = (self.language, self.language.other());
                format!(
                    "The QueryLanguage is set to '{own}', but field '{name}' is only supported for the '{other}' QueryLanguage"
                )
            } else {
                format!("Field '{name}' is not supported")
            };
            self.reports.add(Reason::UnsupportedField, &fields.at, &member.name_span, message);
            result = Err(Reported);
        }
        result
    }

    /// Reports the missing ones of `names`, all at once.
    pub(super) fn require(&mut self, fields: &Fields<'_>, names: &[&str]) -> Lowered<()> {
        let missing: Vec<&str> = names.iter().copied().filter(|name| !fields.has(name)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let message = format!("These fields are required: [{}]", missing.join(", "));
        self.reports.add(Reason::MissingField, &fields.at, &fields.span, message);
        Err(Reported)
    }

    /// Reports if more than one of `names` is there.
    pub(super) fn exclusive(&mut self, fields: &Fields<'_>, names: &[&str]) -> Lowered<()> {
        let mut present = fields.object.members.iter().filter(|member| names.contains(&&*member.name));
        let (Some(first), Some(second)) = (present.next(), present.find(|member| fields.has(&member.name)))
        else {
            return Ok(());
        };
        if first.name == second.name {
            return Ok(());
        }
        let message = format!("There should only be one of the following fields: [{}]", names.join(", "));
        self.reports.add(Reason::ExclusiveFields, &fields.at, &second.name_span, message);
        Err(Reported)
    }

    /// Reports if none of `names` is there, or more than one.
    pub(super) fn exactly_one(&mut self, fields: &Fields<'_>, names: &[&str], absent: Reason) -> Lowered<()> {
        if names.iter().any(|name| fields.has(name)) {
            return self.exclusive(fields, names);
        }
        let message =
            format!("This object should have only one of the following fields: [{}]", names.join(", "));
        self.reports.add(absent, &fields.at, &fields.span, message);
        Err(Reported)
    }

    /// Reports if none of `names` is there.
    pub(super) fn require_one(&mut self, fields: &Fields<'_>, names: &[&str]) -> Lowered<()> {
        if names.iter().any(|name| fields.has(name)) {
            return Ok(());
        }
        let message = format!("One of these fields is required: [{}]", names.join(", "));
        self.reports.add(Reason::MissingField, &fields.at, &fields.span, message);
        Err(Reported)
    }

    pub(super) fn fields<'t>(&mut self, field: &Field<'t>) -> Lowered<Fields<'t>> {
        match field.node.as_object() {
            Some(object) => Ok(Fields { object, at: field.at.clone(), span: field.node.span.clone() }),
            None => self.wrong_type(field, "[OBJECT]"),
        }
    }

    pub(super) fn string<'t>(&mut self, field: &Field<'t>) -> Lowered<&'t str> {
        match field.node.as_str() {
            Some(text) => Ok(text),
            None => self.wrong_type(field, "[STRING]"),
        }
    }

    pub(super) fn boolean(&mut self, field: &Field<'_>) -> Lowered<bool> {
        match field.node.as_bool() {
            Some(value) => Ok(value),
            None => self.wrong_type(field, "[BOOLEAN]"),
        }
    }

    /// The items of an array that must not be empty, each as a field.
    pub(super) fn items<'t>(&mut self, field: &Field<'t>) -> Lowered<Vec<Field<'t>>> {
        let items = self.items_or_none(field)?;
        if items.is_empty() {
            return self.fail(Reason::EmptyValue, field, "Value cannot be empty");
        }
        Ok(items)
    }

    /// The items of an array, each as a field.
    pub(super) fn items_or_none<'t>(&mut self, field: &Field<'t>) -> Lowered<Vec<Field<'t>>> {
        match field.node.as_array() {
            Some(items) => {
                Ok(items.iter().enumerate().map(|(place, node)| field.item(place, node)).collect())
            }
            None => self.wrong_type(field, "[ARRAY]"),
        }
    }

    /// A whole number of `min` to `max`; `5.0` is one.
    pub(super) fn integer(&mut self, field: &Field<'_>, min: u64, max: u64) -> Lowered<u64> {
        let NodeValue::Number = field.node.value else {
            return self.wrong_type(field, "Integer");
        };
        let number = self.value(field.node).as_number().unwrap_or(Number::Int(0));
        if number < Number::from(min) {
            return self.fail(Reason::WrongValue, field, format!("Minimum value is {min}"));
        }
        if number > Number::from(max) {
            return self.fail(Reason::WrongValue, field, format!("Maximum value is {max}"));
        }
        match number {
            Number::UInt(number) => Ok(number),
            Number::Int(_) | Number::Float(_) => match number.as_i64().map(u64::try_from) {
                Some(Ok(number)) => Ok(number),
                _ => self.wrong_type(field, "Integer"),
            },
        }
    }

    /// A number of `min` to `max`.
    pub(super) fn number(&mut self, field: &Field<'_>, min: f64, max: f64) -> Lowered<f64> {
        let NodeValue::Number = field.node.value else {
            return self.wrong_type(field, "Float");
        };
        let number = self.value(field.node).as_f64().unwrap_or_default();
        if number < min {
            return self.fail(Reason::WrongValue, field, format!("Minimum value is {min:?}"));
        }
        if number > max {
            return self.fail(Reason::WrongValue, field, format!("Maximum value is {max:?}"));
        }
        Ok(number)
    }

    /// One of `words`.
    pub(super) fn word(&mut self, field: &Field<'_>, words: &[&str]) -> Lowered<Arc<str>> {
        let text = self.string(field)?;
        if words.contains(&text) {
            return Ok(text.into());
        }
        let message = format!("Value should be one of the following: [{}]", words.join(", "));
        self.fail(Reason::WrongValue, field, message)
    }

    /// The field's value, any JSON.
    // Recursion is bounded by the reader's limit on nesting.
    pub(super) fn value(&self, node: &Node<'_>) -> Value {
        match &node.value {
            NodeValue::Null => Value::Null,
            NodeValue::Bool(value) => Value::from(*value),
            // The reader has seen that it is one.
            NodeValue::Number => {
                asl_value::parse(self.text.get(node.span.clone()).unwrap_or_default()).unwrap_or_default()
            }
            NodeValue::String(text) => Value::from(&**text),
            NodeValue::Array(items) => {
                Value::from(items.iter().map(|item| self.value(item)).collect::<Vec<_>>())
            }
            NodeValue::Object(object) => {
                Value::object(object.members.iter().map(|member| (&*member.name, self.value(&member.value))))
            }
        }
    }

    /// A `Comment`, which may be anything with text in it.
    pub(super) fn comment(&mut self, fields: &Fields<'_>) -> Lowered<Option<Arc<str>>> {
        fields.get("Comment").map(|field| self.string(&field).map(Arc::from)).transpose()
    }
}
