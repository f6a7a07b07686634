//! From what expressions compute with to JSON, on an explicit stack.

use std::sync::Arc;

use asl_value::{DEPTH_MAX, Number, ObjectBuilder, Value};

use crate::budget::Meter;
use crate::error::{Fault, Res};
use crate::item::{Item, Shape};
use crate::print;
use crate::view::{Children, View};

/// What a container takes besides its children.
const CONTAINER_BYTES: usize = 64;

/// What becomes of values that JSON does not have.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strictness {
    /// Only what would act no differently as JSON is made JSON.
    Alike,
    /// The value that leaves the evaluation. Undefined in an array and what is no
    /// finite number are `null`, as JavaScript prints them.
    Outcome,
}

/// An array or object of which some is still to be made.
struct Open<'a> {
    children: Children<'a>,
    /// Of the member that is being made.
    name: Arc<str>,
    made: Made,
}

enum Made {
    Array(Vec<Value>),
    Object(ObjectBuilder),
}

impl<'a> Open<'a> {
    fn next(&mut self) -> Option<View<'a>> {
        let (name, child) = self.children.next()?;
        if let Some(name) = name {
            self.name = name.clone();
        }
        Some(child)
    }

    fn push(&mut self, value: Value) {
        match &mut self.made {
            Made::Array(values) => values.push(value),
            Made::Object(members) => members.push(self.name.clone(), value),
        }
    }

    fn close(self) -> Value {
        match self.made {
            Made::Array(values) => Value::from(values),
            Made::Object(members) => Value::Object(members.build()),
        }
    }
}

enum Begun<'a> {
    Done(Value),
    Open(Open<'a>),
    NoJson,
}

/// The JSON of an item; `None` where it has none: a function, for one.
pub(crate) fn of(item: &Item, strictness: Strictness, meter: &mut Meter) -> Res<Option<Value>> {
    let mut open: Vec<Open<'_>> = Vec::new();
    let mut next = View::of(item);
    loop {
        let mut made = match begin(next, strictness, meter)? {
            Begun::Done(value) => Some(value),
            Begun::Open(container) => {
                meter.has_nested = true;
                open.push(container);
                None
            }
            Begun::NoJson => return Ok(None),
        };
        // What is complete goes into the container around it.
        next = loop {
            let Some(around) = open.last_mut() else { return Ok(made) };
            if let Some(value) = made.take() {
                around.push(value);
            }
            match around.next() {
                Some(child) => break child,
                None => made = open.pop().map(Open::close),
            }
        };
    }
}

fn begin<'a>(view: View<'a>, strictness: Strictness, meter: &mut Meter) -> Res<Begun<'a>> {
    let item = match view {
        View::Json(value) => return Ok(Begun::Done(value.clone())),
        View::Item(item) => item,
    };
    let leaving = strictness == Strictness::Outcome;
    let array = |children: Children<'a>| {
        let made = Made::Array(Vec::with_capacity(children.len()));
        Begun::Open(Open { children, name: Arc::default(), made })
    };
    if matches!(item, Item::List(_) | Item::Tuples(_) | Item::Record(_)) {
        meter.step(2)?;
        meter.allocate(CONTAINER_BYTES)?;
    }
    Ok(match item {
        Item::Number(n) if n.is_finite() => Begun::Done(number(*n)),
        Item::Number(_) | Item::Undefined if leaving => Begun::Done(Value::Null),
        Item::List(list) if leaving || matches!(list.shape, Shape::Plain | Shape::Sequence) => {
            meter.sequence(list.items.len())?;
            array(Children::Items(list.items.iter()))
        }
        Item::Tuples(rows) if leaving => {
            meter.sequence(rows.len())?;
            array(Children::Rows(rows.iter()))
        }
        Item::Record(record) if leaving => {
            meter.step(record.members.len())?;
            let made = Made::Object(ObjectBuilder::with_capacity(record.members.len()));
            Begun::Open(Open {
                children: Children::Record(record.members.iter()),
                name: Arc::default(),
                made,
            })
        }
        _ => Begun::NoJson,
    })
}

/// A finite double as JSON writes it: an integer where it has no fraction and
/// the digits that JavaScript prints for it fit 64 bits.
#[expect(clippy::cast_possible_truncation, reason = "the bound is checked first")]
pub(crate) fn number(n: f64) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let number = if n.fract() != 0.0 {
        Number::Float(n)
    } else if n.abs() <= EXACT {
        Number::Int(n as i64)
    } else {
        let text = print::number(n);
        match (text.parse::<i64>(), text.parse::<u64>()) {
            (Ok(int), _) => Number::Int(int),
            (_, Ok(int)) => Number::UInt(int),
            _ => Number::Float(n),
        }
    };
    Value::Number(number)
}

/// Refuses a value that nests deeper than a JSON text may.
pub(crate) fn check_depth(value: &Value, meter: &mut Meter) -> Res<()> {
    let children = |value| View::Json(value).elements().or_else(|| View::Json(value).members());
    let mut open: Vec<Children<'_>> = children(value).into_iter().collect();
    while let Some(innermost) = open.last_mut() {
        let Some((_, child)) = innermost.next() else {
            open.pop();
            continue;
        };
        meter.visit(1)?;
        if let View::Json(value) = child {
            open.extend(children(value));
        }
        if open.len() > DEPTH_MAX {
            return Err(Fault::depth());
        }
    }
    Ok(())
}
