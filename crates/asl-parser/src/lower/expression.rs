//! JSONata expressions, alone and in trees.

use std::borrow::Borrow;
use std::sync::Arc;

use asl_jsonata::Reference;

use super::field::Field;
use super::{Lowered, Lowering, Reported};
use crate::definition::{AnyTemplate, Expression, ExpressionTemplate, LocatedExpression, StateType};
use crate::diagnostic::{At, Reason, Segment};
use crate::json::{Node, NodeValue};

/// What a string is to JSONata.
enum Text<'t> {
    Literal,
    Expression(&'t str),
    /// Only one of the braces is there.
    Torn,
}

fn classify(text: &str) -> Text<'_> {
    match (text.strip_prefix("{%"), text.strip_suffix("%}")) {
        (Some(after), Some(_)) => after.strip_suffix("%}").map_or(Text::Torn, Text::Expression),
        (None, None) => Text::Literal,
        _ => Text::Torn,
    }
}

impl Lowering<'_> {
    /// The expression in a string field, or nothing if it is not braced.
    pub(super) fn braced(&mut self, field: &Field<'_>) -> Lowered<Option<LocatedExpression>> {
        let text = self.string(field)?;
        self.expression(text, field.node, &field.at)
    }

    /// A tree of JSON with expressions.
    pub(super) fn expression_template(&mut self, field: &Field<'_>) -> Lowered<ExpressionTemplate> {
        self.expression_tree(field.node, &field.at)
    }

    /// A template in the language of the state.
    pub(super) fn any_template(&mut self, field: &Field<'_>) -> Lowered<AnyTemplate> {
        if self.is_jsonata() {
            self.expression_template(field).map(AnyTemplate::Jsonata)
        } else {
            self.payload_template(field).map(AnyTemplate::JsonPath)
        }
    }

    // Recursion is bounded by the reader's limit on nesting.
    fn expression_tree(&mut self, node: &Node<'_>, at: &At<'_>) -> Lowered<ExpressionTemplate> {
        let is_literal = |template: &ExpressionTemplate| matches!(template, ExpressionTemplate::Literal(_));
        let tree = match &node.value {
            NodeValue::String(text) => {
                if let Some(located) = self.expression(text, node, at)? {
                    return Ok(ExpressionTemplate::Expression(located));
                }
                return Ok(ExpressionTemplate::Literal(self.value(node)));
            }
            NodeValue::Array(items) => {
                let items: Vec<Lowered<_>> = items
                    .iter()
                    .enumerate()
                    .map(|(place, item)| self.expression_tree(item, &at.index(place)))
                    .collect();
                let items = items.into_iter().collect::<Lowered<Vec<_>>>()?;
                (!items.iter().all(is_literal)).then_some(ExpressionTemplate::Array(items))
            }
            NodeValue::Object(object) => {
                let members: Vec<Lowered<_>> = object
                    .members
                    .iter()
                    .map(|member| {
                        let name: &str = member.name.borrow();
                        Ok((Arc::from(name), self.expression_tree(&member.value, &at.name(name))?))
                    })
                    .collect();
                let members = members.into_iter().collect::<Lowered<Vec<_>>>()?;
                (!members.iter().all(|(_, value)| is_literal(value)))
                    .then_some(ExpressionTemplate::Object(members))
            }
            NodeValue::Null | NodeValue::Bool(_) | NodeValue::Number => None,
        };
        Ok(tree.unwrap_or_else(|| ExpressionTemplate::Literal(self.value(node))))
    }

    fn expression(&mut self, text: &str, node: &Node<'_>, at: &At<'_>) -> Lowered<Option<LocatedExpression>> {
        match classify(text) {
            Text::Literal => Ok(None),
            Text::Torn => {
                let message = "JSONata string must start with {% and end with %}";
                self.reports.add(Reason::JsonataBraces, at, &node.span, message);
                Err(Reported)
            }
            Text::Expression(inner) => {
                let expression = match Expression::compile(inner.trim()) {
                    Ok(expression) => expression,
                    Err(error) => {
                        self.reports.add(Reason::InvalidJsonata, at, &node.span, error.message);
                        let position =
                            error.position.map(|position| format!(" at byte {position} of the expression"));
                        self.reports.note(format!(
                            "JSONata error {}{}",
                            error.code,
                            position.unwrap_or_default()
                        ));
                        return Err(Reported);
                    }
                };
                let location = self.location(at);
                self.supported(&expression, &location, node, at)?;
                Ok(Some(LocatedExpression { location, expression }))
            }
        }
    }

    /// An expression has no context to read; a result to read only where the
    /// state's work has ended, and an error only in a catcher. Developer guide,
    /// *Transforming data with `JSONata`*.
    fn supported(
        &mut self,
        expression: &Expression,
        location: &str,
        node: &Node<'_>,
        at: &At<'_>,
    ) -> Lowered<()> {
        let mut result = Ok(());
        for reference in expression.compiled().references() {
            let message = match reference {
                Reference::Name(name) => {
                    format!("Reference to '{name}' at the top level is not supported.")
                }
                Reference::Context => "Reference to '$' at the top level is not supported.".to_owned(),
                Reference::Root => "Reference to '$$' is not supported.".to_owned(),
                Reference::Field { variable, field }
                    if &*variable == "states" && !self.is_readable(&field, location) =>
                {
                    format!("Field '$states.{field}' does not exist.")
                }
                Reference::Field { .. } => continue,
            };
            self.reports.add(Reason::UnsupportedJsonata, at, &node.span, message);
            result = Err(Reported);
        }
        result
    }

    /// Whether `$states` has the field there.
    fn is_readable(&self, field: &str, location: &str) -> bool {
        match field {
            "errorOutput" => location.starts_with("Catch["),
            "result" => {
                let first = location.split(['/', '[']).next();
                matches!(first, Some("Output" | "Assign"))
                    && matches!(self.state_type, Some(StateType::Task | StateType::Parallel | StateType::Map))
            }
            _ => true,
        }
    }

    /// The place below the state, as error texts name it: `Output/result`.
    fn location(&self, at: &At<'_>) -> Arc<str> {
        let pointer = at.pointer();
        let mut location = String::new();
        for segment in pointer.segments().iter().skip(self.depth) {
            match segment {
                Segment::Name(name) => {
                    if !location.is_empty() {
                        location.push('/');
                    }
                    location.push_str(name);
                }
                Segment::Index(index) => {
                    location.push('[');
                    location.push_str(&index.to_string());
                    location.push(']');
                }
            }
        }
        location.into()
    }
}
