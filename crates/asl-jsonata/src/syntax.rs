//! The tree as the parser reads it, before paths are put together.

use std::sync::Arc;

use crate::ast::Operator;
use crate::regex::Program;
use crate::signature::Signature;
use asl_value::Value;

#[derive(Debug)]
pub(crate) struct Expr {
    pub(crate) kind: ExprKind,
    pub(crate) position: usize,
    /// `[]` behind it.
    pub(crate) keep_array: bool,
    /// How deep the tree is, this expression included.
    pub(crate) height: usize,
}

#[derive(Debug)]
pub(crate) enum ExprKind {
    Name(Arc<str>),
    Variable(Arc<str>),
    String(Arc<str>),
    Number(f64),
    /// `true`, `false`, `null`
    Value(Value),
    Regex(Arc<Program>),
    Wildcard,
    Descendants,
    Parent,
    /// The end of the text where an operand should be.
    End,
    Negate(Box<Expr>),
    /// Items; with a second expression a range.
    Array(Vec<(Expr, Option<(Expr, usize)>)>),
    Object(Vec<(Expr, Expr)>),
    Block(Vec<Expr>),
    /// Operators of the same or higher precedence to the right of the first.
    Chain(Box<Expr>, Vec<(Operator, usize, Expr)>),
    Dot(Box<Expr>, Vec<Expr>),
    Filter(Box<Expr>, Box<Expr>),
    Group(Box<Expr>, Vec<(Expr, Expr)>),
    /// Terms with whether they descend.
    Sort(Box<Expr>, Vec<(bool, Expr)>),
    Bind(Arc<str>, Box<Expr>),
    Focus(Box<Expr>, Arc<str>),
    Index(Box<Expr>, Arc<str>),
    Apply(Box<Expr>, Box<Expr>),
    Call {
        procedure: Box<Expr>,
        arguments: Vec<Option<Expr>>,
        partial: bool,
    },
    Lambda {
        parameters: Vec<Arc<str>>,
        signature: Option<Signature>,
        body: Box<Expr>,
    },
    Condition(Box<Expr>, Box<Expr>, Option<Box<Expr>>),
    /// `?:`
    Default(Box<Expr>, Box<Expr>),
    /// `??`
    Coalesce(Box<Expr>, Box<Expr>),
    Transform(Box<Expr>, Box<Expr>, Option<Box<Expr>>),
}

impl ExprKind {
    /// How deep the tree below is.
    pub(crate) fn height(&self) -> usize {
        fn pairs(pairs: &[(Expr, Expr)]) -> usize {
            pairs.iter().map(|(key, value)| key.height.max(value.height)).max().unwrap_or(0)
        }
        fn all<'e>(exprs: impl IntoIterator<Item = &'e Expr>) -> usize {
            exprs.into_iter().map(|e| e.height).max().unwrap_or(0)
        }
        match self {
            Self::Name(_)
            | Self::Variable(_)
            | Self::String(_)
            | Self::Number(_)
            | Self::Value(_)
            | Self::Regex(_)
            | Self::Wildcard
            | Self::Descendants
            | Self::Parent
            | Self::End => 0,
            Self::Negate(e) | Self::Bind(_, e) | Self::Focus(e, _) | Self::Index(e, _) => e.height,
            Self::Array(items) => all(items
                .iter()
                .flat_map(|(first, last)| [Some(first), last.as_ref().map(|(e, _)| e)])
                .flatten()),
            Self::Object(members) => pairs(members),
            Self::Block(exprs) => all(exprs),
            Self::Chain(first, rest) => first.height.max(all(rest.iter().map(|(_, _, e)| e))),
            Self::Dot(first, rest) => first.height.max(all(rest)),
            Self::Filter(a, b) | Self::Apply(a, b) | Self::Default(a, b) | Self::Coalesce(a, b) => {
                a.height.max(b.height)
            }
            Self::Group(e, members) => e.height.max(pairs(members)),
            Self::Sort(e, terms) => e.height.max(all(terms.iter().map(|(_, e)| e))),
            Self::Call { procedure, arguments, .. } => procedure.height.max(all(arguments.iter().flatten())),
            Self::Lambda { body, .. } => body.height,
            Self::Condition(a, b, c) | Self::Transform(a, b, c) => {
                a.height.max(b.height).max(c.as_ref().map_or(0, |c| c.height))
            }
        }
    }
}
