//! Conditions of rules: `And`, `Or`, `Not` and what they join.

use super::comparison::is_operator;
use super::field::{Field, Fields};
use super::{Lowered, Lowering, Reported};
use crate::definition::Condition;
use crate::diagnostic::Reason;

const JOINS: &[&str] = &["And", "Or", "Not"];

impl Lowering<'_> {
    /// The condition in a rule that also has the fields of `own`.
    pub(super) fn condition(&mut self, fields: &Fields<'_>, own: &[&str]) -> Lowered<Condition> {
        if self.is_jsonata() {
            let allowed = self.allow(fields, &[own, &["Condition"]]);
            self.require(fields, &["Condition"])?;
            let field = fields.get("Condition").ok_or(Reported)?;
            let condition = self.jsonata_condition(&field);
            allowed?;
            return condition;
        }
        let operators: Vec<&str> = fields
            .object
            .members
            .iter()
            .map(|member| &*member.name)
            .filter(|name| is_operator(name) || JOINS.contains(name))
            .collect();
        let allowed = self.allow(fields, &[own, &operators, &["Variable"]]);
        let condition = match operators.as_slice() {
            [] => {
                let message =
                    "A rule must have a comparison operator, or one of these fields: [And, Or, Not]";
                self.reports.add(Reason::MissingField, &fields.at, &fields.span, message);
                Err(Reported)
            }
            [name] => self.one_condition(fields, name),
            several => self.exclusive(fields, several).and(Err(Reported)),
        };
        allowed?;
        condition
    }

    fn jsonata_condition(&mut self, field: &Field<'_>) -> Lowered<Condition> {
        if let Some(value) = field.node.as_bool() {
            return Ok(Condition::Literal(value));
        }
        match self.braced(field)? {
            Some(expression) => Ok(Condition::Expression(expression)),
            None => self.fail(
                Reason::WrongValue,
                field,
                "The field 'Condition' must be a JSONata expression or a boolean",
            ),
        }
    }

    fn one_condition(&mut self, fields: &Fields<'_>, name: &str) -> Lowered<Condition> {
        let field = fields.get(name).ok_or(Reported)?;
        if JOINS.contains(&name)
            && let Some(variable) = fields.get("Variable")
        {
            let message = format!("Field 'Variable' is not supported beside '{name}'");
            self.reports.add(Reason::UnsupportedField, &fields.at, &variable.name_span, message);
            return Err(Reported);
        }
        match name {
            "And" => self.conditions(&field).map(Condition::And),
            "Or" => self.conditions(&field).map(Condition::Or),
            "Not" => self.nested(&field).map(|condition| Condition::Not(Box::new(condition))),
            _ => {
                let comparison = self.comparison(&field);
                self.require(fields, &["Variable"])?;
                let variable = fields.get("Variable").ok_or(Reported)?;
                let variable = self.path(&variable);
                Ok(Condition::Compare { variable: variable?, comparison: comparison? })
            }
        }
    }

    fn conditions(&mut self, field: &Field<'_>) -> Lowered<Vec<Condition>> {
        let entries = self.items(field)?;
        let conditions: Vec<Lowered<Condition>> = entries.iter().map(|entry| self.nested(entry)).collect();
        conditions.into_iter().collect()
    }

    // Recursion is bounded by the reader's limit on nesting.
    fn nested(&mut self, field: &Field<'_>) -> Lowered<Condition> {
        let fields = self.fields(field)?;
        let comment = self.comment(&fields);
        let condition = self.condition(&fields, &["Comment"]);
        comment?;
        condition
    }
}
