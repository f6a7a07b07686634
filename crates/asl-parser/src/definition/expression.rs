//! JSONata expressions, alone and inside JSON trees.

use std::fmt;
use std::sync::Arc;

use asl_value::Value;

/// A JSONata expression: what stands between `{%` and `%}`, trimmed. Cheap to
/// clone.
#[derive(Clone)]
pub struct Expression {
    text: Arc<str>,
    compiled: asl_jsonata::Expression,
}

impl Expression {
    /// Compiles an expression in the dialect of the service.
    pub(crate) fn compile(text: &str) -> Result<Self, asl_jsonata::Error> {
        let compiled = asl_jsonata::Expression::compile(text, asl_jsonata::Dialect::StepFunctions)?;
        Ok(Self { text: text.into(), compiled })
    }

    /// The expression's text, without the braces and trimmed.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// The expression, ready to be evaluated.
    pub fn compiled(&self) -> &asl_jsonata::Expression {
        &self.compiled
    }
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Expression {}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Expression").field(&self.text).finish()
    }
}

/// An expression and the place where it stands, as error texts and
/// `EvaluationFailed` events name it: `Items`, `Output/result`,
/// `Arguments/FunctionName`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocatedExpression {
    /// Path of the expression from its state's fields on.
    pub location: Arc<str>,
    /// The expression.
    pub expression: Expression,
}

/// A JSON tree some of whose strings are expressions.
///
/// A subtree without expressions is one [`Literal`](Self::Literal), so that
/// evaluating it costs a reference count.
#[derive(Clone, Debug)]
pub enum ExpressionTemplate {
    /// A subtree that is as it stands.
    Literal(Value),
    /// A string `{% … %}`, replaced by the value of the expression.
    Expression(LocatedExpression),
    /// An array with an expression somewhere in it.
    Array(Vec<ExpressionTemplate>),
    /// An object with an expression somewhere in it, in the order of the text.
    Object(Vec<(Arc<str>, ExpressionTemplate)>),
}
