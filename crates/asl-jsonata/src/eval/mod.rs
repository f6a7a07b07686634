//! The evaluator: walks the compiled form with a context and an environment.

mod call;
mod caller;
mod filter;
mod group;
mod operator;
mod path;
mod sort;
mod transform;

pub(crate) use caller::Caller;
pub(crate) use path::lookup;
pub(crate) use sort::{merge_order, text_order};

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::rc::Rc;

use asl_value::Value;

use crate::ast::{Block, Extra, Kind, Node, Symbol, Variable};
use crate::budget::Meter;
use crate::error::{Fault, Res};
use crate::frame::{Cycles, Env, Frame, Function, Site};
use crate::functions::Builtin;
use crate::item::{self, Item, List, Shape};
use crate::lower::Symbols;
use crate::spare::Spare;
use crate::{Dialect, Host};

/// One evaluation.
pub(crate) struct Evaluator<'e, 'h> {
    pub(crate) host: &'e mut Host<'h>,
    pub(crate) meter: Meter,
    pub(crate) dialect: Dialect,
    pub(crate) symbols: Cow<'e, Symbols>,
    /// What names outside all frames stand for, once looked up.
    globals: Vec<Option<Item>>,
    cycles: Cycles,
    pub(crate) spare: Spare,
    /// Where the functions of the library were called last.
    native_sites: BTreeMap<Builtin, Site>,
}

impl<'e, 'h> Evaluator<'e, 'h> {
    pub(crate) fn new(host: &'e mut Host<'h>, dialect: Dialect, symbols: &'e Symbols) -> Self {
        let meter = Meter::new(&host.budget);
        Self {
            host,
            meter,
            dialect,
            symbols: Cow::Borrowed(symbols),
            globals: Vec::new(),
            cycles: Cycles::default(),
            spare: Spare::default(),
            native_sites: BTreeMap::new(),
        }
    }

    /// Evaluates a whole expression.
    pub(crate) fn run(&mut self, node: &Node, input: Option<&Value>) -> Res<Item> {
        let document = input.map_or(Item::Undefined, |value| Item::Json(value.clone()));
        let root = Frame::root();
        if let Some(symbol) = self.symbols.find("$") {
            root.bind(symbol, document.clone());
        }
        self.eval(node, &wrap_array(document), &root)
    }

    #[inline]
    pub(crate) fn eval(&mut self, node: &Node, input: &Item, env: &Env) -> Res<Item> {
        // What is neither nested nor can fail is not worth a level of its own.
        match &node.kind {
            Kind::Number(n) if node.extra.is_none() => Ok(Item::Number(*n)),
            Kind::Variable(variable) if node.extra.is_none() => self.variable(variable, env),
            Kind::Literal(value) if node.extra.is_none() => Ok(Item::Json(value.clone())),
            Kind::Context if node.extra.is_none() => Ok(context(input).clone().normalize()),
            _ => self.nested(node, input, env),
        }
    }

    fn nested(&mut self, node: &Node, input: &Item, env: &Env) -> Res<Item> {
        self.meter.enter()?;
        let raw = self.eval_kind(node, input, env)?;
        let result = match &node.extra {
            None => raw.normalize(),
            Some(extra) => self.attached(node, extra, raw, env)?,
        };
        self.meter.leave();
        Ok(result)
    }

    fn eval_kind(&mut self, node: &Node, input: &Item, env: &Env) -> Res<Item> {
        match &node.kind {
            Kind::Literal(value) => Ok(Item::Json(value.clone())),
            Kind::Number(n) => Ok(Item::Number(*n)),
            Kind::Regex(program) => self.closure(Function::Regex(program.clone())),
            Kind::Name(name) => lookup(input, name, &mut self.meter),
            Kind::Context => Ok(context(input).clone()),
            Kind::Variable(variable) => self.unreduced(variable, env),
            Kind::Wildcard => self.wildcard(input),
            Kind::Descendants => self.descendants(input),
            Kind::Parent(label) => Ok(env.lookup(*label, &mut self.meter)?.unwrap_or_default()),
            Kind::Path(path) => self.path(path, node, input, env),
            Kind::Negate(inner) => self.negate(inner, node.position, input, env),
            Kind::Array(items) => self.array(items, node.is_constructed(), input, env),
            Kind::Object(group) => self.group(group, input, env),
            Kind::Block(block) => self.block(block, input, env),
            Kind::Chain(first, rest) => self.chain(first, rest, input, env),
            Kind::Range(first, last) => self.range(first, last, node.position, input, env),
            Kind::Bind(symbol, value) => self.bind(*symbol, value, input, env),
            Kind::Condition(condition, then, otherwise) => {
                self.condition(condition, then, otherwise.as_deref(), input, env)
            }
            Kind::Default(left, right) => self.default(left, right, input, env),
            Kind::Coalesce(left, right) => self.coalesce(left, right, input, env),
            Kind::Call(call) => self.call(call, node.position, input, env, None),
            Kind::Lambda(lambda) => self.closure(Function::Lambda {
                site: <_>::default(),
                lambda: lambda.clone(),
                input: input.clone(),
                env: env.clone(),
            }),
            Kind::Apply(left, right) => self.apply(left, right, node.position, input, env),
            Kind::Sort(_) => Ok(Item::Undefined),
            Kind::Transform(transform) => self.closure(Function::Transform {
                site: <_>::default(),
                transform: transform.clone(),
                env: env.clone(),
            }),
        }
    }

    // Each kind has a function of its own also where it is short: the frame of
    // `eval_kind`, on the stack once for each level, stays small.

    fn bind(&mut self, symbol: Symbol, value: &Node, input: &Item, env: &Env) -> Res<Item> {
        let value = self.eval(value, input, env)?;
        self.cycles.track(env, &value, &mut self.meter)?;
        env.bind(symbol, value.clone());
        Ok(value)
    }

    fn condition(
        &mut self,
        condition: &Node,
        then: &Node,
        otherwise: Option<&Node>,
        input: &Item,
        env: &Env,
    ) -> Res<Item> {
        let condition = self.eval(condition, input, env)?;
        if item::truthy(&condition, &mut self.meter)? {
            return self.eval(then, input, env);
        }
        otherwise.map_or(Ok(Item::Undefined), |node| self.eval(node, input, env))
    }

    fn default(&mut self, left: &Node, right: &Node, input: &Item, env: &Env) -> Res<Item> {
        let value = self.eval(left, input, env)?;
        if item::truthy(&value, &mut self.meter)? { Ok(value) } else { self.eval(right, input, env) }
    }

    fn coalesce(&mut self, left: &Node, right: &Node, input: &Item, env: &Env) -> Res<Item> {
        let value = self.eval(left, input, env)?;
        if value.is_undefined() { self.eval(right, input, env) } else { Ok(value) }
    }

    /// A function value; the frame that it keeps alive is paid for with it.
    fn closure(&mut self, function: Function) -> Res<Item> {
        self.meter.allocate(256)?;
        Ok(Item::Function(Rc::new(function)))
    }

    /// Applies what is attached to an expression: predicates, grouping, `[]`.
    fn attached(&mut self, node: &Node, extra: &Extra, raw: Item, env: &Env) -> Res<Item> {
        let mut result = raw;
        for predicate in &extra.predicates {
            result = self.filter(predicate, result, env)?;
        }
        if let Some(group) = &extra.group
            && !matches!(node.kind, Kind::Path(_))
        {
            result = self.group(group, &result, env)?;
        }
        if extra.keep_array {
            match &mut result {
                Item::List(list) => {
                    if matches!(list.shape, Shape::Sequence | Shape::Outer) {
                        self.reshape(list)?;
                    }
                }
                // What predicates leave is a sequence, if only of one item.
                single
                    if !extra.predicates.is_empty()
                        && extra.group.is_none()
                        && !single.is_undefined()
                        && !many(single) =>
                {
                    let items = vec![std::mem::take(single)];
                    result = Item::List(Rc::new(List { items, shape: Shape::KeptSequence }));
                }
                _ => {}
            }
        }
        Ok(result.normalize())
    }

    /// Makes a sequence one that stays an array; a copy of it, if it is shared.
    fn reshape(&mut self, list: &mut Rc<List>) -> Res<()> {
        if Rc::strong_count(list) > 1 {
            self.meter.sequence(list.items.len())?;
        }
        Rc::make_mut(list).shape = Shape::KeptSequence;
        Ok(())
    }

    /// What a variable stands for, reduced if it is a sequence.
    fn variable(&mut self, variable: &Variable, env: &Env) -> Res<Item> {
        if !variable.global
            && let Some(item) = env.lookup(variable.symbol, &mut self.meter)?
        {
            return Ok(item.normalize());
        }
        self.outer(variable, env).map(Item::normalize)
    }

    /// What a variable stands for.
    pub(crate) fn unreduced(&mut self, variable: &Variable, env: &Env) -> Res<Item> {
        if !variable.global
            && let Some(item) = env.lookup(variable.symbol, &mut self.meter)?
        {
            return Ok(item);
        }
        self.outer(variable, env)
    }

    /// What a name that no frame has stands for: the host's variable, or the
    /// library's function.
    fn outer(&mut self, variable: &Variable, env: &Env) -> Res<Item> {
        let place = variable.symbol as usize;
        if let Some(Some(item)) = self.globals.get(place) {
            return Ok(item.clone());
        }
        let item = if &*variable.name == "$" {
            env.lookup(variable.symbol, &mut self.meter)?
        } else {
            (self.host.variable)(&variable.name).map(Item::Json)
        };
        let item = item.unwrap_or_else(|| {
            variable
                .builtin
                .map_or(Item::Undefined, |builtin| Item::Function(Rc::new(Function::Native(builtin))))
        });
        if self.globals.len() <= place {
            self.globals.resize(self.symbols.count().max(place + 1), None);
        }
        if let Some(slot) = self.globals.get_mut(place) {
            *slot = Some(item.clone());
        }
        Ok(item)
    }

    fn block(&mut self, block: &Block, input: &Item, env: &Env) -> Res<Item> {
        self.meter.scan(block.nodes.len())?;
        if !block.frame {
            return self.last_of(&block.nodes, input, env);
        }
        let frame = self.spare.frame_within(env, &[]);
        let result = self.last_of(&block.nodes, input, &frame)?;
        self.spare.give_back(frame);
        Ok(result)
    }

    /// Evaluates all of them; what the last one has is the result.
    pub(super) fn last_of(&mut self, nodes: &[Node], input: &Item, env: &Env) -> Res<Item> {
        let mut result = Item::Undefined;
        for node in nodes {
            result = self.eval(node, input, env)?;
        }
        Ok(result)
    }

    fn negate(&mut self, inner: &Node, position: usize, input: &Item, env: &Env) -> Res<Item> {
        let value = self.eval(inner, input, env)?;
        if value.is_undefined() {
            return Ok(value);
        }
        match value.as_number()? {
            Some(n) => Ok(Item::Number(-n)),
            None => Err(Fault::new("D1002").at(position).token("-").value(&value)),
        }
    }

    fn array(&mut self, items: &[(Node, bool)], constructed: bool, input: &Item, env: &Env) -> Res<Item> {
        self.meter.scan(items.len())?;
        let mut built: Vec<Item> = Vec::new();
        for (node, is_constructor) in items {
            let value = self.eval(node, input, env)?;
            if value.is_array() && !is_constructor {
                let items = value.into_items(&mut self.meter)?;
                if built.is_empty() {
                    built = items;
                } else {
                    self.meter.sequence(built.len() + items.len())?;
                    built.extend(items);
                }
            } else if !value.is_undefined() {
                built.push(value);
            }
        }
        self.meter.sequence(built.len())?;
        let shape = if constructed { Shape::Constructed } else { Shape::Plain };
        Ok(Item::List(Rc::new(List { items: built, shape })))
    }
}

/// Whether it stands for several values.
const fn many(item: &Item) -> bool {
    item.is_array() || matches!(item, Item::Tuples(_))
}

/// An input that is an array counts as one value, not as a sequence.
pub(crate) fn wrap_array(document: Item) -> Item {
    if document.is_array() && !document.is_sequence() {
        Item::List(Rc::new(List { items: vec![document], shape: Shape::Outer }))
    } else {
        document
    }
}

/// `$`: the context, without the wrapper around an input that is an array.
pub(crate) fn context(input: &Item) -> &Item {
    match input {
        Item::List(list) if list.shape == Shape::Outer => list.items.first().unwrap_or(input),
        other => other,
    }
}
