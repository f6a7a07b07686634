//! The compiled form: what the evaluator walks.

use std::sync::Arc;

use asl_value::Value;

use crate::functions::Builtin;
use crate::regex::Program;
use crate::signature::Signature;

/// A variable's name, or the label of a parent operator, as a number.
pub(crate) type Symbol = u32;

/// An expression.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    pub(crate) position: usize,
    pub(crate) extra: Option<Box<Extra>>,
}

/// What few nodes carry: predicates, grouping, the bindings of path steps.
#[derive(Debug, Default)]
pub(crate) struct Extra {
    /// Predicates of an expression that is no step of a path.
    pub(crate) predicates: Vec<Node>,
    /// Predicates and index bindings of a step.
    pub(crate) stages: Vec<Stage>,
    pub(crate) group: Option<Group>,
    /// `[]`: a single result stays an array.
    pub(crate) keep_array: bool,
    /// `@$x`
    pub(crate) focus: Option<Symbol>,
    /// `#$i`
    pub(crate) index: Option<Symbol>,
    /// Labels of the parent operators that this step answers.
    pub(crate) ancestors: Vec<Symbol>,
    /// The first or last step of a path, building arrays: they are not flattened.
    pub(crate) constructed: bool,
    /// Whether the step, or the whole path, works on tuples.
    pub(crate) tuple: bool,
    /// Parent operators within that still look for their step.
    pub(crate) seeking: Vec<usize>,
}

#[derive(Debug)]
pub(crate) enum Stage {
    Filter(Node),
    Index(Symbol),
}

#[derive(Debug)]
pub(crate) enum Kind {
    Literal(Value),
    Number(f64),
    Regex(Arc<Program>),
    Name(Arc<str>),
    /// `$`
    Context,
    Variable(Variable),
    Wildcard,
    Descendants,
    /// `%`
    Parent(Symbol),
    Path(Path),
    Negate(Box<Node>),
    /// The items, and whether each is itself an array constructor.
    Array(Vec<(Node, bool)>),
    Object(Group),
    Block(Block),
    Chain(Box<Node>, Vec<Link>),
    Range(Box<Node>, Box<Node>),
    Bind(Symbol, Box<Node>),
    /// Condition, then, else.
    Condition(Box<Node>, Box<Node>, Option<Box<Node>>),
    /// `a ?: b`: what is true or else `b`.
    Default(Box<Node>, Box<Node>),
    /// `a ?? b`: what exists or else `b`.
    Coalesce(Box<Node>, Box<Node>),
    Call(Call),
    Lambda(Arc<Lambda>),
    /// `a ~> b`
    Apply(Box<Node>, Box<Node>),
    /// `^(…)` as a step of a path.
    Sort(Vec<Term>),
    Transform(Arc<Transform>),
}

#[derive(Debug)]
pub(crate) struct Variable {
    pub(crate) symbol: Symbol,
    pub(crate) name: Arc<str>,
    pub(crate) builtin: Option<Builtin>,
    /// Nothing in the expression binds this name, so no frame has it.
    pub(crate) global: bool,
}

#[derive(Debug)]
pub(crate) struct Path {
    pub(crate) steps: Vec<Node>,
    pub(crate) keep_singleton: bool,
    /// Only names after the first step, without anything attached, and the
    /// first is a name, a variable or the context.
    pub(crate) plain: bool,
}

/// Key and value expressions of an object.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) pairs: Vec<(Node, Node)>,
    pub(crate) position: usize,
}

#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) nodes: Vec<Node>,
    /// Whether something in it binds a variable.
    pub(crate) frame: bool,
}

/// An operator and its right side.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) operator: Operator,
    pub(crate) position: usize,
    pub(crate) right: Node,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Concatenate,
    And,
    Or,
    In,
}

impl Operator {
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Concatenate => "&",
            Self::And => "and",
            Self::Or => "or",
            Self::In => "in",
        }
    }

    pub(crate) const fn is_arithmetic(self) -> bool {
        matches!(self, Self::Add | Self::Subtract | Self::Multiply | Self::Divide | Self::Remainder)
    }

    /// `<` and its like.
    pub(crate) const fn is_order(self) -> bool {
        matches!(self, Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual)
    }

    pub(crate) fn from_text(text: &str) -> Option<Self> {
        const ALL: [Operator; 15] = [
            Operator::Add,
            Operator::Subtract,
            Operator::Multiply,
            Operator::Divide,
            Operator::Remainder,
            Operator::Equal,
            Operator::NotEqual,
            Operator::Less,
            Operator::LessOrEqual,
            Operator::Greater,
            Operator::GreaterOrEqual,
            Operator::Concatenate,
            Operator::And,
            Operator::Or,
            Operator::In,
        ];
        ALL.into_iter().find(|operator| operator.text() == text)
    }
}

#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) procedure: Box<Node>,
    /// `None` is a `?` of a partial application.
    pub(crate) arguments: Vec<Option<Node>>,
    pub(crate) partial: bool,
}

#[derive(Debug)]
pub(crate) struct Lambda {
    pub(crate) parameters: Vec<Symbol>,
    pub(crate) signature: Option<Signature>,
    pub(crate) body: Node,
    /// Whether the last thing that the body does may be a call.
    pub(crate) ends_in_call: bool,
}

/// One term of an order-by.
#[derive(Debug)]
pub(crate) struct Term {
    pub(crate) descending: bool,
    pub(crate) expression: Node,
}

/// `|pattern|update,delete|`
#[derive(Debug)]
pub(crate) struct Transform {
    pub(crate) pattern: Node,
    pub(crate) update: Node,
    pub(crate) delete: Option<Node>,
    pub(crate) position: usize,
    /// The variable `$clone` as the expression sees it.
    pub(crate) clone: Variable,
}

impl Node {
    pub(crate) const fn new(kind: Kind, position: usize) -> Self {
        Self { kind, position, extra: None }
    }

    pub(crate) fn extra_mut(&mut self) -> &mut Extra {
        self.extra.get_or_insert_default()
    }

    /// Whether nothing is to be done with the result: what is in [`Extra`] besides
    /// matters to the path around.
    pub(crate) fn is_bare(&self) -> bool {
        self.extra
            .as_ref()
            .is_none_or(|extra| extra.predicates.is_empty() && extra.group.is_none() && !extra.keep_array)
    }

    /// Whether the last thing that evaluating it does may be a call.
    pub(crate) fn ends_in_call(&self) -> bool {
        self.is_bare()
            && match &self.kind {
                Kind::Call(call) => !call.partial,
                Kind::Condition(_, then, otherwise) => {
                    then.ends_in_call() || otherwise.as_ref().is_some_and(|node| node.ends_in_call())
                }
                Kind::Block(block) => block.nodes.last().is_some_and(Self::ends_in_call),
                _ => false,
            }
    }

    pub(crate) fn stages(&self) -> &[Stage] {
        self.extra.as_ref().map_or(&[], |extra| extra.stages.as_slice())
    }

    pub(crate) fn has_tuple(&self) -> bool {
        self.extra.as_ref().is_some_and(|extra| extra.tuple)
    }

    pub(crate) fn is_constructed(&self) -> bool {
        self.extra.as_ref().is_some_and(|extra| extra.constructed)
    }

    pub(crate) fn keeps_array(&self) -> bool {
        self.extra.as_ref().is_some_and(|extra| extra.keep_array)
    }

    /// What error messages call a procedure: a variable's or path's name.
    pub(crate) fn name(&self) -> Option<&Arc<str>> {
        match &self.kind {
            Kind::Variable(variable) => Some(&variable.name),
            Kind::Name(name) => Some(name),
            Kind::Path(path) => match path.steps.first().map(|step| &step.kind) {
                Some(Kind::Name(name)) => Some(name),
                Some(Kind::Variable(variable)) => Some(&variable.name),
                _ => None,
            },
            _ => None,
        }
    }
}
