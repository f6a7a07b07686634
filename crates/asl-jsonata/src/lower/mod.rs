//! The parser's tree to the compiled form: paths become lists of steps,
//! variables numbers, and each parent operator finds the step that answers it.

mod ancestry;
mod path;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use asl_value::Value;

use crate::Dialect;
use crate::ast::{Block, Call, Group, Kind, Lambda, Link, Node, Symbol, Transform, Variable};
use crate::error::{Fault, Res};
use crate::functions::Builtin;
use crate::parse::Parsed;
use crate::syntax::{Expr, ExprKind};
use path::path;

/// Names as numbers, the same throughout an evaluation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Symbols {
    names: BTreeMap<Arc<str>, Symbol>,
    /// Numbers given so far, those of parent labels among them.
    count: Symbol,
}

impl Symbols {
    pub(crate) fn intern(&mut self, name: &Arc<str>) -> Symbol {
        if let Some(symbol) = self.names.get(name) {
            return *symbol;
        }
        let symbol = self.fresh();
        self.names.insert(name.clone(), symbol);
        symbol
    }

    pub(crate) fn find(&self, name: &str) -> Option<Symbol> {
        self.names.get(name).copied()
    }

    fn fresh(&mut self) -> Symbol {
        self.count += 1;
        self.count - 1
    }

    pub(crate) const fn count(&self) -> usize {
        self.count as usize
    }
}

/// What compiling gives.
pub(crate) struct Lowered {
    pub(crate) node: Node,
    /// Variables that only the host can know.
    pub(crate) free: BTreeSet<Arc<str>>,
}

/// A parent operator that looks for its step.
struct Slot {
    label: Symbol,
    level: usize,
}

struct Lowerer<'s> {
    symbols: &'s mut Symbols,
    dialect: Dialect,
    bound: BTreeSet<Arc<str>>,
    /// `$eval` may bind and read any name.
    evaluates_text: bool,
    slots: Vec<Slot>,
    /// Names in scope, innermost last, and whether something was bound there.
    scopes: Vec<(BTreeSet<Arc<str>>, bool)>,
    free: BTreeSet<Arc<str>>,
}

pub(crate) fn lower(parsed: Parsed, dialect: Dialect, symbols: &mut Symbols, dynamic: bool) -> Res<Lowered> {
    let mut lowerer = Lowerer {
        symbols,
        dialect,
        bound: parsed.bound,
        evaluates_text: dynamic || parsed.mentions_eval,
        slots: Vec::new(),
        scopes: vec![(BTreeSet::new(), false)],
        free: BTreeSet::new(),
    };
    let node = lowerer.lower(parsed.expr)?;
    if !seeking(&node).is_empty() {
        return Err(Fault::new("S0217").at(node.position).token(type_name(&node)));
    }
    Ok(Lowered { node, free: lowerer.free })
}

fn seeking(node: &Node) -> &[usize] {
    node.extra.as_ref().map_or(&[], |extra| extra.seeking.as_slice())
}

fn seek_too(node: &mut Node, slots: &[usize]) {
    if !slots.is_empty() {
        node.extra_mut().seeking.extend_from_slice(slots);
    }
}

impl Lowerer<'_> {
    fn lower(&mut self, expr: Expr) -> Res<Node> {
        let position = expr.position;
        let keep_array = expr.keep_array;
        let mut node = match expr.kind {
            ExprKind::Name(name) => {
                let mut step = Node::new(Kind::Name(name), position);
                if keep_array {
                    step.extra_mut().keep_array = true;
                }
                path(vec![step], keep_array, position)
            }
            ExprKind::Variable(name) => self.variable_node(name, position),
            ExprKind::String(text) => Node::new(Kind::Literal(Value::String(text)), position),
            ExprKind::Number(n) => Node::new(Kind::Number(n), position),
            ExprKind::Value(value) => Node::new(Kind::Literal(value), position),
            ExprKind::Regex(program) => Node::new(Kind::Regex(program), position),
            ExprKind::Wildcard => Node::new(Kind::Wildcard, position),
            ExprKind::Descendants => Node::new(Kind::Descendants, position),
            ExprKind::Parent => self.parent(position),
            ExprKind::End => return Err(Fault::new("S0207").at(position).token("(end)")),
            ExprKind::Negate(inner) => self.negate(*inner, position)?,
            ExprKind::Array(items) => self.array(items, position)?,
            ExprKind::Object(members) => self.object(members, position)?,
            ExprKind::Block(exprs) => self.block(exprs, position)?,
            ExprKind::Chain(first, rest) => self.chain(*first, rest, position)?,
            ExprKind::Dot(first, rest) => self.dot(*first, rest)?,
            ExprKind::Filter(left, predicate) => self.filter(*left, *predicate, position)?,
            ExprKind::Group(left, members) => self.group(*left, members, position)?,
            ExprKind::Sort(left, terms) => self.sort(*left, terms, position)?,
            ExprKind::Bind(name, value) => self.bind(&name, *value, position)?,
            ExprKind::Focus(left, name) => self.focus(*left, &name, keep_array, position)?,
            ExprKind::Index(left, name) => self.index(*left, &name)?,
            ExprKind::Apply(left, right) => self.apply(*left, *right, position)?,
            ExprKind::Call { procedure, arguments, partial } => {
                self.call(*procedure, arguments, partial, position)?
            }
            ExprKind::Lambda { parameters, signature, body } => {
                self.scopes.push((parameters.iter().cloned().collect(), false));
                let body = self.lower(*body)?;
                self.scopes.pop();
                let parameters = parameters.iter().map(|name| self.symbols.intern(name)).collect();
                let ends_in_call = body.ends_in_call();
                let lambda = Lambda { parameters, signature, body, ends_in_call };
                Node::new(Kind::Lambda(Arc::new(lambda)), position)
            }
            ExprKind::Condition(condition, then, otherwise) => {
                self.condition(*condition, *then, otherwise.map(|e| *e), position)?
            }
            ExprKind::Default(left, right) => self.pair(*left, *right, Kind::Default, position)?,
            ExprKind::Coalesce(left, right) => self.pair(*left, *right, Kind::Coalesce, position)?,
            ExprKind::Transform(pattern, update, delete) => {
                let transform = Transform {
                    pattern: self.lower(*pattern)?,
                    update: self.lower(*update)?,
                    delete: delete.map(|e| self.lower(*e)).transpose()?,
                    position,
                    clone: self.variable("clone".into()),
                };
                Node::new(Kind::Transform(Arc::new(transform)), position)
            }
        };
        if keep_array {
            node.extra_mut().keep_array = true;
        }
        Ok(node)
    }

    fn variable(&mut self, name: Arc<str>) -> Variable {
        let builtin = Builtin::find(&name, self.dialect);
        let in_scope = self.scopes.iter().any(|(names, _)| names.contains(&name));
        if !in_scope && builtin.is_none() && &*name != "$" {
            self.free.insert(name.clone());
        }
        Variable {
            symbol: self.symbols.intern(&name),
            global: !self.evaluates_text && !self.bound.contains(&name),
            builtin,
            name,
        }
    }

    fn variable_node(&mut self, name: Arc<str>, position: usize) -> Node {
        let kind = if name.is_empty() { Kind::Context } else { Kind::Variable(self.variable(name)) };
        Node::new(kind, position)
    }

    fn parent(&mut self, position: usize) -> Node {
        let label = self.symbols.fresh();
        self.slots.push(Slot { label, level: 1 });
        let mut node = Node::new(Kind::Parent(label), position);
        seek_too(&mut node, &[self.slots.len() - 1]);
        node
    }

    fn negate(&mut self, inner: Expr, position: usize) -> Res<Node> {
        let mut inner = self.lower(inner)?;
        if let Kind::Number(n) = &mut inner.kind {
            *n = -*n;
            return Ok(inner);
        }
        let slots = seeking(&inner).to_vec();
        let mut node = Node::new(Kind::Negate(Box::new(inner)), position);
        seek_too(&mut node, &slots);
        Ok(node)
    }

    fn array(&mut self, exprs: Vec<(Expr, Option<(Expr, usize)>)>, position: usize) -> Res<Node> {
        let mut slots = Vec::new();
        let mut items = Vec::with_capacity(exprs.len());
        for (first, last) in exprs {
            let mut item = self.lower(first)?;
            slots.extend_from_slice(seeking(&item));
            if let Some((last, at)) = last {
                let last = self.lower(last)?;
                slots.extend_from_slice(seeking(&last));
                item = Node::new(Kind::Range(Box::new(item), Box::new(last)), at);
            }
            let constructor = matches!(item.kind, Kind::Array(_));
            items.push((item, constructor));
        }
        let mut node = Node::new(Kind::Array(items), position);
        seek_too(&mut node, &slots);
        Ok(node)
    }

    fn pairs(&mut self, members: Vec<(Expr, Expr)>, slots: &mut Vec<usize>) -> Res<Vec<(Node, Node)>> {
        members
            .into_iter()
            .map(|(key, value)| {
                let key = self.lower(key)?;
                slots.extend_from_slice(seeking(&key));
                let value = self.lower(value)?;
                slots.extend_from_slice(seeking(&value));
                Ok((key, value))
            })
            .collect()
    }

    fn object(&mut self, members: Vec<(Expr, Expr)>, position: usize) -> Res<Node> {
        let mut slots = Vec::new();
        let pairs = self.pairs(members, &mut slots)?;
        let mut node = Node::new(Kind::Object(Group { pairs, position }), position);
        seek_too(&mut node, &slots);
        Ok(node)
    }

    fn block(&mut self, exprs: Vec<Expr>, position: usize) -> Res<Node> {
        // Functions may call one another whatever the order they are bound in.
        let functions = exprs.iter().filter_map(|expr| match &expr.kind {
            ExprKind::Bind(name, value) if matches!(value.kind, ExprKind::Lambda { .. }) => {
                Some(name.clone())
            }
            _ => None,
        });
        self.scopes.push((functions.collect(), false));
        let mut slots = Vec::new();
        let mut constructed = false;
        let mut nodes = Vec::with_capacity(exprs.len());
        for expr in exprs {
            let node = self.lower(expr)?;
            slots.extend_from_slice(seeking(&node));
            constructed |= node.is_constructed()
                || matches!(&node.kind, Kind::Path(path) if path.steps.first().is_some_and(Node::is_constructed));
            nodes.push(node);
        }
        let binds = self.scopes.pop().is_some_and(|(_, binds)| binds);
        let frame = binds || self.evaluates_text;
        let mut node = Node::new(Kind::Block(Block { nodes, frame }), position);
        seek_too(&mut node, &slots);
        if constructed {
            node.extra_mut().constructed = true;
        }
        Ok(node)
    }

    fn chain(
        &mut self,
        first: Expr,
        rest: Vec<(crate::ast::Operator, usize, Expr)>,
        position: usize,
    ) -> Res<Node> {
        let first = self.lower(first)?;
        let mut slots = seeking(&first).to_vec();
        let mut links = Vec::with_capacity(rest.len());
        for (operator, position, right) in rest {
            let right = self.lower(right)?;
            slots.extend_from_slice(seeking(&right));
            links.push(Link { operator, position, right });
        }
        let mut node = Node::new(Kind::Chain(Box::new(first), links), position);
        seek_too(&mut node, &slots);
        Ok(node)
    }

    fn bind(&mut self, name: &Arc<str>, value: Expr, position: usize) -> Res<Node> {
        let is_lambda = matches!(value.kind, ExprKind::Lambda { .. });
        if is_lambda {
            self.put_in_scope(name);
        }
        let value = self.lower(value)?;
        if !is_lambda {
            self.put_in_scope(name);
        }
        if let Some((_, binds)) = self.scopes.last_mut() {
            *binds = true;
        }
        let slots = seeking(&value).to_vec();
        let mut node = Node::new(Kind::Bind(self.symbols.intern(name), Box::new(value)), position);
        seek_too(&mut node, &slots);
        Ok(node)
    }

    fn put_in_scope(&mut self, name: &Arc<str>) {
        if let Some((names, _)) = self.scopes.last_mut() {
            names.insert(name.clone());
        }
    }

    fn apply(&mut self, left: Expr, right: Expr, position: usize) -> Res<Node> {
        let left = self.lower(left)?;
        let right = self.lower(right)?;
        let keep_array = left.keeps_array() || right.keeps_array();
        let mut node = Node::new(Kind::Apply(Box::new(left), Box::new(right)), position);
        if keep_array {
            node.extra_mut().keep_array = true;
        }
        Ok(node)
    }

    fn call(
        &mut self,
        procedure: Expr,
        arguments: Vec<Option<Expr>>,
        partial: bool,
        position: usize,
    ) -> Res<Node> {
        let mut slots = Vec::new();
        let mut lowered = Vec::with_capacity(arguments.len());
        for argument in arguments {
            let argument = argument.map(|argument| self.lower(argument)).transpose()?;
            slots.extend(argument.iter().flat_map(|argument| seeking(argument).to_vec()));
            lowered.push(argument);
        }
        let procedure = Box::new(self.lower(procedure)?);
        let mut node = Node::new(Kind::Call(Call { procedure, arguments: lowered, partial }), position);
        seek_too(&mut node, &slots);
        Ok(node)
    }

    fn condition(
        &mut self,
        condition: Expr,
        then: Expr,
        otherwise: Option<Expr>,
        position: usize,
    ) -> Res<Node> {
        let condition = self.lower(condition)?;
        let then = self.lower(then)?;
        let otherwise = otherwise.map(|e| self.lower(e)).transpose()?;
        let mut slots = seeking(&condition).to_vec();
        slots.extend_from_slice(seeking(&then));
        slots.extend(otherwise.iter().flat_map(|node| seeking(node).to_vec()));
        let kind = Kind::Condition(Box::new(condition), Box::new(then), otherwise.map(Box::new));
        let mut node = Node::new(kind, position);
        seek_too(&mut node, &slots);
        Ok(node)
    }

    fn pair(
        &mut self,
        left: Expr,
        right: Expr,
        kind: fn(Box<Node>, Box<Node>) -> Kind,
        position: usize,
    ) -> Res<Node> {
        let left = self.lower(left)?;
        let right = self.lower(right)?;
        let mut slots = seeking(&left).to_vec();
        slots.extend_from_slice(seeking(&right));
        let mut node = Node::new(kind(Box::new(left), Box::new(right)), position);
        seek_too(&mut node, &slots);
        Ok(node)
    }
}

/// What error messages call an expression.
fn type_name(node: &Node) -> &'static str {
    match &node.kind {
        Kind::Literal(Value::String(_)) => "string",
        Kind::Literal(_) => "value",
        Kind::Number(_) => "number",
        Kind::Regex(_) => "regex",
        Kind::Name(_) => "name",
        Kind::Context | Kind::Variable(_) => "variable",
        Kind::Wildcard => "wildcard",
        Kind::Descendants => "descendant",
        Kind::Parent(_) => "parent",
        Kind::Path(_) => "path",
        Kind::Negate(_) | Kind::Array(_) | Kind::Object(_) => "unary",
        Kind::Block(_) => "block",
        Kind::Chain(..) | Kind::Range(..) => "binary",
        Kind::Bind(..) => "bind",
        Kind::Condition(..) | Kind::Default(..) | Kind::Coalesce(..) => "condition",
        Kind::Call(call) if call.partial => "partial",
        Kind::Call(_) => "function",
        Kind::Lambda(_) => "lambda",
        Kind::Apply(..) => "apply",
        Kind::Sort(_) => "sort",
        Kind::Transform(_) => "transform",
    }
}
