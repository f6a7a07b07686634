//! JSONata states: expressions and their types, with the error texts of AWS.

use std::sync::Arc;

use asl_jsonata::{Budget, Host, Outcome};
use asl_parser::{ExpressionTemplate, LocatedExpression, StateKind};
use asl_value::{Object, Payload, Value};

use super::{View, timestamp};
use crate::Timestamp;
use crate::error::StateError;

/// What `$states` holds besides the input and the context.
#[derive(Clone, Copy, Default)]
pub(super) struct Bindings<'b> {
    pub(super) result: Option<&'b Payload>,
    pub(super) error_output: Option<&'b Payload>,
}

impl View<'_> {
    /// Whether the state has a `$states.result`.
    pub(super) fn has_result(&self) -> bool {
        matches!(self.state.kind, StateKind::Task(_) | StateKind::Parallel(_) | StateKind::Map(_))
    }

    fn evaluate(&mut self, located: &LocatedExpression, bindings: Bindings<'_>) -> Result<Value, StateError> {
        let surroundings = &self.surroundings;
        let with_context = mentions_context(located.expression.text());
        let states = || {
            let mut states = vec![("input", self.frame.input.value().clone())];
            states.extend(bindings.result.map(|result| ("result", result.value().clone())));
            states.extend(bindings.error_output.map(|error| ("errorOutput", error.value().clone())));
            if with_context {
                states.push(("context", surroundings.context().clone()));
            }
            Value::object(states)
        };
        let variable =
            |name: &str| if name == "states" { Some(states()) } else { surroundings.variable(name).cloned() };
        let entropy = &mut *self.entropy;
        let mut host = Host {
            variable: &variable,
            now_millis: self.now.timestamp_millis(),
            entropy: &mut || entropy.draw(),
            budget: Budget::default(),
        };
        let outcome = located.expression.compiled().evaluate(None, &mut host);
        let problem = match outcome {
            Ok(Outcome::Value(value)) => return Ok(value),
            Ok(Outcome::Undefined) => "returned nothing (undefined).".to_owned(),
            Ok(Outcome::Function) => "returned an unsupported result type.".to_owned(),
            Err(error) => format!("threw an error during evaluation. {error}"),
        };
        Err(self.failed(located, &problem))
    }

    /// A tree with its expressions evaluated, in the order of the text.
    // Recursion is bounded by the parser's limit on nesting.
    pub(super) fn expressions(
        &mut self,
        template: &ExpressionTemplate,
        bindings: Bindings<'_>,
    ) -> Result<Value, StateError> {
        Ok(match template {
            ExpressionTemplate::Literal(value) => value.clone(),
            ExpressionTemplate::Expression(located) => self.evaluate(located, bindings)?,
            ExpressionTemplate::Array(items) => {
                let items: Result<Vec<Value>, StateError> =
                    items.iter().map(|item| self.expressions(item, bindings)).collect();
                Value::from(items?)
            }
            ExpressionTemplate::Object(members) => {
                let members: Result<Object, StateError> = members
                    .iter()
                    .map(|(name, member)| Ok((Arc::clone(name), self.expressions(member, bindings)?)))
                    .collect();
                Value::Object(members?)
            }
        })
    }

    /// `Assign`.
    pub(super) fn assign_expressions(
        &mut self,
        assign: &ExpressionTemplate,
        bindings: Bindings<'_>,
    ) -> Result<Object, StateError> {
        Ok(self.expressions(assign, bindings)?.as_object().cloned().unwrap_or_default())
    }

    /// `Condition` of a Choice rule.
    pub(super) fn condition(&mut self, condition: &LocatedExpression) -> Result<bool, StateError> {
        let value = self.evaluate(condition, Bindings::default())?;
        value.as_bool().ok_or_else(|| self.unexpected(condition, "boolean", &value))
    }

    /// `Items` of a Map state.
    pub(super) fn item_expressions(&mut self, items: &ExpressionTemplate) -> Result<Payload, StateError> {
        let value = self.expressions(items, Bindings::default())?;
        match (items, value) {
            (_, value @ Value::Array(_)) => Ok(Payload::new(value)),
            (ExpressionTemplate::Expression(located), value) => {
                Err(self.unexpected(located, "array", &value))
            }
            (_, value) => Err(self.no_items(&value)),
        }
    }

    /// The input of a Map state without `Items`.
    pub(super) fn items_of_input(&mut self, input: &Payload) -> Result<Payload, StateError> {
        match input.value() {
            Value::Array(_) => Ok(input.clone()),
            other => Err(self.no_items(other)),
        }
    }

    fn no_items(&self, value: &Value) -> StateError {
        let text = format!("Map state input must be an array but was: {value}");
        StateError::evaluation(self.frame, None, &text)
    }

    /// `TimeoutSeconds` and `HeartbeatSeconds`.
    pub(super) fn positive_integer_expression(
        &mut self,
        expression: &LocatedExpression,
    ) -> Result<u64, StateError> {
        let value = self.evaluate(expression, Bindings::default())?;
        let integer = value.as_i64().and_then(|value| u64::try_from(value).ok()).filter(|value| *value > 0);
        integer.ok_or_else(|| self.unexpected(expression, "positive integer", &value))
    }

    /// `Seconds` and the like.
    pub(super) fn integer_expression(&mut self, expression: &LocatedExpression) -> Result<u64, StateError> {
        let value = self.evaluate(expression, Bindings::default())?;
        let integer = value.as_i64().and_then(|value| u64::try_from(value).ok());
        integer.ok_or_else(|| self.unexpected(expression, "non-negative integer", &value))
    }

    /// The same, of either sign.
    pub(super) fn signed_integer_expression(
        &mut self,
        expression: &LocatedExpression,
    ) -> Result<i64, StateError> {
        let value = self.evaluate(expression, Bindings::default())?;
        value.as_i64().ok_or_else(|| self.unexpected(expression, "integer", &value))
    }

    /// A setting that need not be integral.
    pub(super) fn number_expression(&mut self, expression: &LocatedExpression) -> Result<f64, StateError> {
        let value = self.evaluate(expression, Bindings::default())?;
        value.as_f64().ok_or_else(|| self.unexpected(expression, "number", &value))
    }

    /// `Timestamp` of a Wait state.
    pub(super) fn timestamp_expression(
        &mut self,
        expression: &LocatedExpression,
    ) -> Result<Timestamp, StateError> {
        let value = self.evaluate(expression, Bindings::default())?;
        let Some(text) = value.as_str() else { return Err(self.unexpected(expression, "string", &value)) };
        timestamp::parse(text).ok_or_else(|| {
            let text = format!(
                "The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: {text}"
            );
            StateError::evaluation(self.frame, Some(Arc::clone(&expression.location)), &text)
        })
    }

    /// `Error` or `Cause` of a Fail state.
    pub(super) fn text_expression(&mut self, expression: &LocatedExpression) -> Result<Arc<str>, StateError> {
        match self.evaluate(expression, Bindings::default())? {
            Value::String(text) => Ok(text),
            other => Err(self.unexpected(expression, "string", &other)),
        }
    }

    fn unexpected(&self, located: &LocatedExpression, expected: &str, value: &Value) -> StateError {
        let found = value.kind().name();
        let problem = format!(
            "returned an unexpected result type. Expected '{expected}', but was '{found}' for value: {value}"
        );
        self.failed(located, &problem)
    }

    fn failed(&self, located: &LocatedExpression, problem: &str) -> StateError {
        let (expression, location) = (located.expression.text(), &located.location);
        let text =
            format!("The JSONata expression '{expression}' specified for the field '{location}' {problem}");
        StateError::evaluation(self.frame, Some(Arc::clone(location)), &text)
    }
}

/// Whether `$states` may be asked for its context, which is costly to build:
/// not where each mention goes straight to another member.
fn mentions_context(expression: &str) -> bool {
    expression.split("$states").skip(1).any(|after| {
        let member = after.strip_prefix('.').unwrap_or_default();
        !["input", "result", "errorOutput"].iter().any(|other| member.starts_with(other))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_context_is_built_for_those_who_may_ask() {
        for (expression, want) in [
            ("$states.input.a", false),
            ("$states.result & $states.errorOutput.Cause", false),
            ("$x.context", false),
            ("$states.context.Execution.Id", true),
            ("$states.input + $states.context.Map.Item.Index", true),
            ("$states", true),
            ("$lookup($states, 'context')", true),
            ("$states . context", true),
        ] {
            assert_eq!(mentions_context(expression), want, "{expression}");
        }
    }
}
