//! Conditions of rules: `And`, `Or`, `Not` and what they join.

use super::comparison::is_operator;
use super::field::{Field, Fields};
use super::{Lowered, Lowering, Reported};
use crate::definition::Condition;
use crate::diagnostic::Reason;

/// What a rule is of; exactly one.
const SELECTORS: &[&str] = &["And", "Or", "Not", "Variable", "Condition"];

impl Lowering<'_> {
    /// The condition in a rule that also has the fields of `own`.
    pub(super) fn condition(&mut self, fields: &Fields<'_>, own: &[&str]) -> Lowered<Condition> {
        let names = || fields.object.members.iter().map(|member| &*member.name);
        let operators: Vec<&str> = names().filter(|name| is_operator(name)).collect();
        let jsonata: &[&str] = &["Condition"];
        let jsonpath: &[&[&str]] = &[&["And", "Or", "Not", "Variable"], &operators];
        let allowed = if self.is_jsonata() {
            self.allow_in_language(fields, &[own, jsonata], jsonpath)
        } else {
            self.allow_in_language(fields, &[&[own], jsonpath].concat(), &[jsonata])
        };
        let selectors: Vec<&str> = SELECTORS.iter().copied().filter(|name| fields.has(name)).collect();
        let condition = match selectors.as_slice() {
            ["Condition"] if self.is_jsonata() => {
                let field = fields.get("Condition").ok_or(Reported)?;
                self.jsonata_condition(&field)
            }
            // The other language's; said already.
            [_] if self.is_jsonata() => Err(Reported),
            ["Condition"] => Err(Reported),
            ["Variable"] => self.compared(fields, &operators),
            [join] => self.joined(fields, join, &operators),
            _ => {
                let message = format!(
                    "The object must have only one of the following fields, [{}]",
                    SELECTORS.join(", ")
                );
                self.reports.add(Reason::Selector, &fields.at, &fields.span, message);
                Err(Reported)
            }
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

    /// `And`, `Or` or `Not`.
    fn joined(&mut self, fields: &Fields<'_>, join: &str, operators: &[&str]) -> Lowered<Condition> {
        self.exclusive(fields, &[&[join], operators].concat())?;
        let field = fields.get(join).ok_or(Reported)?;
        match join {
            "And" => self.conditions(&field).map(Condition::And),
            "Or" => self.conditions(&field).map(Condition::Or),
            _ => self.nested(&field).map(|condition| Condition::Not(Box::new(condition))),
        }
    }

    /// `Variable`, and how it is compared.
    fn compared(&mut self, fields: &Fields<'_>, operators: &[&str]) -> Lowered<Condition> {
        self.exclusive(fields, operators)?;
        let Some(field) = operators.first().and_then(|operator| fields.get(operator)) else {
            let message = "A rule with a Variable must have a comparison operator";
            self.reports.add(Reason::MissingField, &fields.at, &fields.span, message);
            return Err(Reported);
        };
        let comparison = self.comparison(&field);
        let variable = fields.get("Variable").ok_or(Reported)?;
        let variable = self.path(&variable);
        Ok(Condition::Compare { variable: variable?, comparison: comparison? })
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
