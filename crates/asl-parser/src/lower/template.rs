//! Payload templates of JSONPath states.

use std::collections::BTreeSet;

use asl_jsonpath::{PathOrIntrinsic, Template};

use super::field::Field;
use super::jsonpath::looks_like_path;
use super::{Lowered, Lowering, Reported};
use crate::diagnostic::{At, Reason};
use crate::json::{Member, Node, NodeValue, Object};

impl Lowering<'_> {
    /// A payload template. Findings name the template's field, as the
    /// service's do; their spans point into it.
    pub(super) fn payload_template(&mut self, field: &Field<'_>) -> Lowered<Template> {
        let compiled = Template::compile(&self.value(field.node));
        let mut result = Ok(());
        let mut waiting: Vec<&Node<'_>> = vec![field.node];
        while let Some(node) = waiting.pop() {
            match &node.value {
                NodeValue::Object(object) => {
                    let fields = self.template_fields(object, &field.at, compiled.is_err());
                    result = result.and(fields);
                    waiting.extend(object.members.iter().rev().map(|member| &member.value));
                }
                NodeValue::Array(items) => waiting.extend(items.iter().rev()),
                NodeValue::Null | NodeValue::Bool(_) | NodeValue::Number | NodeValue::String(_) => {}
            }
        }
        result?;
        compiled.or_else(|error| {
            let message =
                format!("The value for the field '{}' must be a valid payload template", field.name);
            let result = self.fail(Reason::InvalidTemplate, field, message);
            self.reports.note(error.to_string());
            result
        })
    }

    /// Looks at the fields of one object, and at what stands in them if the
    /// template `is_wrong` somewhere.
    fn template_fields(&mut self, object: &Object<'_>, at: &At<'_>, is_wrong: bool) -> Lowered<()> {
        let mut result = Ok(());
        let mut seen = BTreeSet::new();
        for member in &object.members {
            let plain = member.name.strip_suffix(".$").unwrap_or(&member.name);
            // The same name twice is another finding.
            if !seen.insert(plain)
                && object.members.iter().filter(|other| other.name == member.name).count() == 1
            {
                let message = format!("The field '{plain}' is given both with and without '.$'");
                self.reports.add(Reason::ConflictingField, at, &member.name_span, message);
                result = Err(Reported);
            }
            if plain.len() == member.name.len() {
                self.warn_no_dollar(member, at);
            } else if is_wrong {
                let value = self.template_value(member, at);
                result = result.and(value);
            }
        }
        result
    }

    fn template_value(&mut self, member: &Member<'_>, at: &At<'_>) -> Lowered<()> {
        let problem = match member.value.as_str().map(PathOrIntrinsic::compile) {
            Some(Ok(_)) => return Ok(()),
            Some(Err(error)) => error.to_string(),
            None => format!("it is {}", member.value.kind()),
        };
        let message = format!(
            "The value for the field '{}' must be a valid JSONPath or a valid intrinsic function call",
            member.name
        );
        self.reports.add(Reason::InvalidTemplate, at, &member.value.span, message);
        self.reports.note(problem);
        Err(Reported)
    }

    fn warn_no_dollar(&mut self, member: &Member<'_>, at: &At<'_>) {
        if member.value.as_str().is_some_and(looks_like_path) {
            let message = format!(
                "The value of the field '{}' looks like a JSONPath or an intrinsic function call, but its name does not end in '.$'",
                member.name
            );
            self.reports.add(Reason::NoDollar, at, &member.value.span, message);
        }
    }
}
