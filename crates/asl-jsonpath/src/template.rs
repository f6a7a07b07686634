//! Payload templates: JSON in which the value of a field that ends in `.$` is
//! a path or an intrinsic call. ASL specification, *Payload Template*.

use std::sync::Arc;

use asl_value::{ObjectBuilder, Value};

use crate::Scope;
use crate::error::{CompileError, EvaluateError};
use crate::intrinsic::PathOrIntrinsic;

/// How deep a template may nest.
pub const TEMPLATE_DEPTH_MAX: usize = 200;

/// A compiled template. What in it is constant is shared with all that it
/// makes.
#[derive(Clone, Debug)]
pub struct Template(Node);

#[derive(Clone, Debug)]
enum Node {
    Constant(Value),
    Array(Arc<[Node]>),
    Object(Arc<[(Arc<str>, Node)]>),
    /// With the field's name as written, for error texts.
    Dynamic(Arc<str>, PathOrIntrinsic),
}

impl Template {
    /// Compiles a template.
    pub fn compile(template: &Value) -> Result<Self, CompileError> {
        compile(template, 0).map(Self)
    }

    /// Makes the document. `entropy` gives 64 random bits a call, for
    /// `States.UUID` and `States.MathRandom`.
    pub fn evaluate(
        &self,
        scope: &Scope<'_>,
        entropy: &mut dyn FnMut() -> u64,
    ) -> Result<Value, EvaluateError> {
        self.0.evaluate(scope, entropy)
    }
}

fn compile(template: &Value, depth: usize) -> Result<Node, CompileError> {
    if depth > TEMPLATE_DEPTH_MAX {
        let message = format!("expected a template that nests at most {TEMPLATE_DEPTH_MAX} levels");
        return Err(CompileError { message, position: 1 });
    }
    match template {
        Value::Array(items) => {
            let nodes = items.iter().map(|item| compile(item, depth + 1)).collect::<Result<Vec<_>, _>>()?;
            let constant = nodes.iter().all(|node| matches!(node, Node::Constant(_)));
            Ok(if constant { Node::Constant(template.clone()) } else { Node::Array(nodes.into()) })
        }
        Value::Object(members) => {
            let mut nodes = Vec::with_capacity(members.len());
            for (name, value) in members {
                nodes.push(match name.strip_suffix(".$") {
                    Some(plain) => (plain.into(), Node::Dynamic(name.clone(), dynamic(name, value)?)),
                    None => (name.clone(), compile(value, depth + 1)?),
                });
            }
            let constant = nodes.iter().all(|(_, node)| matches!(node, Node::Constant(_)));
            Ok(if constant { Node::Constant(template.clone()) } else { Node::Object(nodes.into()) })
        }
        _ => Ok(Node::Constant(template.clone())),
    }
}

fn dynamic(name: &str, value: &Value) -> Result<PathOrIntrinsic, CompileError> {
    match value.as_str() {
        Some(text) => PathOrIntrinsic::compile(text),
        None => Err(CompileError {
            message: format!(
                "expected a path or an intrinsic call in '{name}', found {}",
                value.kind().name()
            ),
            position: 1,
        }),
    }
}

impl Node {
    fn evaluate(&self, scope: &Scope<'_>, entropy: &mut dyn FnMut() -> u64) -> Result<Value, EvaluateError> {
        Ok(match self {
            Self::Constant(value) => value.clone(),
            Self::Array(nodes) => {
                let items =
                    nodes.iter().map(|node| node.evaluate(scope, entropy)).collect::<Result<Vec<_>, _>>()?;
                items.into()
            }
            Self::Object(nodes) => {
                let mut members = ObjectBuilder::with_capacity(nodes.len());
                for (name, node) in nodes.iter() {
                    members.push(name.clone(), node.evaluate(scope, entropy)?);
                }
                members.build().into()
            }
            Self::Dynamic(field, source) => source.evaluate(scope, entropy).map_err(|error| match error {
                EvaluateError::Select(_) => EvaluateError::NotFound {
                    path: source.text().to_owned(),
                    field: field.to_string(),
                    input: scope.input.to_string(),
                },
                other => other,
            })?,
        })
    }
}
