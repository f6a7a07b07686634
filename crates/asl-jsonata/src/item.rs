//! What expressions compute with: JSON values as they came, and the sequences,
//! functions and not-yet-JSON numbers that evaluation adds to them.

use std::rc::Rc;
use std::sync::Arc;

use asl_value::{Number, Object, ObjectBuilder, Value};

use crate::error::{Fault, Res};
use crate::frame::Function;
use crate::print;

/// How deep a walk through nested data goes before it gives up with `U1001`.
/// The walks recurse, and a walk on top of the deepest evaluation has to fit
/// the native stack as well.
const DATA_DEPTH_MAX: usize = 256;

/// A value during evaluation.
#[derive(Clone, Default)]
pub(crate) enum Item {
    /// No value.
    #[default]
    Undefined,
    /// A computed number; it may still be an infinity.
    Number(f64),
    /// JSON without functions in it. An array here is no sequence.
    Json(Value),
    /// An array or sequence made by the evaluation.
    List(Rc<List>),
    /// An object that holds what JSON cannot.
    Record(Rc<Record>),
    Function(Rc<Function>),
    /// The tuple stream of a path with joins or parents in it.
    Tuples(Rc<Vec<Tuple>>),
}

/// The items of an array made by the evaluation.
#[derive(Clone, Default)]
pub(crate) struct List {
    pub(crate) items: Vec<Item>,
    pub(crate) shape: Shape,
}

/// How an array came about, which decides how it is flattened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Shape {
    /// An array, no sequence.
    #[default]
    Plain,
    /// Built by an array constructor in a path: not flattened.
    Constructed,
    /// A sequence: one item stands for itself, none for undefined.
    Sequence,
    /// A sequence that stays an array with a single item.
    KeptSequence,
    /// The sequence around an input that is itself an array.
    Outer,
}

impl Shape {
    pub(crate) const fn is_sequence(self) -> bool {
        matches!(self, Self::Sequence | Self::KeptSequence | Self::Outer)
    }
}

/// Members in insertion order.
#[derive(Clone, Default)]
pub(crate) struct Record {
    pub(crate) members: Vec<(Arc<str>, Item)>,
}

/// One row of a join: the context value and the variables bound beside it.
#[derive(Clone)]
pub(crate) struct Tuple {
    pub(crate) context: Item,
    pub(crate) bindings: Vec<(crate::ast::Symbol, Item)>,
}

/// The items of an array, whichever way it is held.
#[derive(Clone, Copy)]
pub(crate) enum Items<'a> {
    Values(&'a [Value]),
    Items(&'a [Item]),
}

impl<'a> Items<'a> {
    pub(crate) fn len(self) -> usize {
        match self {
            Self::Values(values) => values.len(),
            Self::Items(items) => items.len(),
        }
    }

    pub(crate) fn get(self, index: usize) -> Option<Item> {
        match self {
            Self::Values(values) => values.get(index).cloned().map(Item::Json),
            Self::Items(items) => items.get(index).cloned(),
        }
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = Item> + 'a {
        let (values, items) = match self {
            Self::Values(values) => (values, &[] as &[Item]),
            Self::Items(items) => (&[] as &[Value], items),
        };
        values.iter().cloned().map(Item::Json).chain(items.iter().cloned())
    }

    pub(crate) fn to_vec(self) -> Vec<Item> {
        match self {
            Self::Values(values) => values.iter().cloned().map(Item::Json).collect(),
            Self::Items(items) => items.to_vec(),
        }
    }
}

impl Item {
    pub(crate) fn string(text: impl Into<Arc<str>>) -> Self {
        Self::Json(Value::String(text.into()))
    }

    pub(crate) const fn bool(value: bool) -> Self {
        Self::Json(Value::Bool(value))
    }

    pub(crate) const fn null() -> Self {
        Self::Json(Value::Null)
    }

    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
    pub(crate) fn count(count: usize) -> Self {
        Self::Number(count as f64)
    }

    /// A plain array.
    pub(crate) fn array(items: Vec<Item>) -> Self {
        Self::List(Rc::new(List { items, shape: Shape::Plain }))
    }

    /// A sequence as functions return it, not yet reduced.
    pub(crate) fn sequence(items: Vec<Item>) -> Self {
        Self::List(Rc::new(List { items, shape: Shape::Sequence }))
    }

    /// A sequence reduced as the end of an expression does it: none is
    /// undefined, one stands for itself.
    pub(crate) fn reduced(mut items: Vec<Item>) -> Self {
        match items.len() {
            0 => Self::Undefined,
            1 => items.pop().unwrap_or_default(),
            _ => Self::sequence(items),
        }
    }

    /// Reduces a sequence; anything else stays what it is.
    pub(crate) fn normalize(self) -> Self {
        match &self {
            Self::List(list) if list.shape.is_sequence() => match list.items.as_slice() {
                [] => Self::Undefined,
                [only] if list.shape != Shape::KeptSequence => only.clone(),
                _ => self,
            },
            _ => self,
        }
    }

    /// An object; kept as JSON where its members are.
    pub(crate) fn object(members: Vec<(Arc<str>, Item)>) -> Res<Self> {
        let mut builder = ObjectBuilder::with_capacity(members.len());
        for (name, member) in &members {
            match member.as_plain(0)? {
                Some(value) => builder.push(name.clone(), value),
                None => return Ok(Self::Record(Rc::new(Record { members }))),
            }
        }
        Ok(Self::Json(Value::Object(builder.build())))
    }

    pub(crate) const fn is_undefined(&self) -> bool {
        matches!(self, Self::Undefined)
    }

    pub(crate) const fn is_function(&self) -> bool {
        matches!(self, Self::Function(_))
    }

    pub(crate) const fn is_array(&self) -> bool {
        matches!(self, Self::List(_) | Self::Json(Value::Array(_)))
    }

    pub(crate) const fn is_object(&self) -> bool {
        matches!(self, Self::Record(_) | Self::Json(Value::Object(_)))
    }

    pub(crate) fn is_sequence(&self) -> bool {
        matches!(self, Self::List(list) if list.shape.is_sequence())
    }

    pub(crate) fn is_constructed(&self) -> bool {
        matches!(self, Self::List(list) if list.shape == Shape::Constructed)
    }

    pub(crate) fn as_str(&self) -> Option<&str> {
        match self {
            Self::Json(Value::String(text)) => Some(text),
            _ => None,
        }
    }

    /// The number, whatever it is.
    pub(crate) fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Number(n) => Some(*n),
            Self::Json(Value::Number(n)) => Some(n.as_f64()),
            _ => None,
        }
    }

    /// The number, if it is one; infinities are an error.
    pub(crate) fn as_number(&self) -> Res<Option<f64>> {
        match self.as_f64() {
            Some(n) if n.is_infinite() => Err(Fault::new("D1001").value_text(print::number(n))),
            Some(n) if n.is_nan() => Ok(None),
            other => Ok(other),
        }
    }

    /// The items, if it is an array.
    pub(crate) fn items(&self) -> Option<Items<'_>> {
        match self {
            Self::List(list) => Some(Items::Items(&list.items)),
            Self::Json(Value::Array(values)) => Some(Items::Values(values)),
            _ => None,
        }
    }

    /// The items of an array, or the thing itself as the only item.
    pub(crate) fn into_items(self) -> Vec<Item> {
        match self {
            Self::Undefined => Vec::new(),
            Self::List(list) => Rc::try_unwrap(list).map_or_else(|shared| shared.items.clone(), List::take),
            Self::Json(Value::Array(values)) => values.iter().cloned().map(Item::Json).collect(),
            other => vec![other],
        }
    }

    /// The member of that name, if it is an object.
    pub(crate) fn member(&self, name: &str) -> Option<Item> {
        match self {
            Self::Json(Value::Object(members)) => members.get(name).cloned().map(Item::Json),
            Self::Record(record) => record.get(name).cloned(),
            _ => None,
        }
    }

    /// The members, if it is an object.
    pub(crate) fn members(&self) -> Vec<(Arc<str>, Item)> {
        match self {
            Self::Json(Value::Object(members)) => {
                members.iter().map(|(name, value)| (name.clone(), Item::Json(value.clone()))).collect()
            }
            Self::Record(record) => record.members.clone(),
            _ => Vec::new(),
        }
    }

    /// How many members an object has.
    pub(crate) fn member_count(&self) -> usize {
        match self {
            Self::Json(Value::Object(members)) => members.len(),
            Self::Record(record) => record.members.len(),
            _ => 0,
        }
    }

    /// JSON for what is JSON through and through and would not act differently
    /// as such; else `None`.
    fn as_plain(&self, depth: usize) -> Res<Option<Value>> {
        match self {
            Self::Json(value) => Ok(Some(value.clone())),
            Self::Number(n) if n.is_finite() => Ok(Some(json_number(*n))),
            Self::List(list) => {
                if !matches!(list.shape, Shape::Plain | Shape::Sequence) {
                    return Ok(None);
                }
                check_depth(depth)?;
                let mut values = Vec::with_capacity(list.items.len());
                for item in &list.items {
                    match item.as_plain(depth + 1)? {
                        Some(value) => values.push(value),
                        None => return Ok(None),
                    }
                }
                Ok(Some(Value::from(values)))
            }
            _ => Ok(None),
        }
    }

    /// The JSON that leaves the evaluation; `None` where a function is in it.
    /// What JSON cannot hold (undefined in an array) becomes `null`.
    pub(crate) fn to_json(&self, depth: usize) -> Res<Option<Value>> {
        check_depth(depth)?;
        Ok(match self {
            Self::Undefined => Some(Value::Null),
            Self::Json(value) => Some(value.clone()),
            Self::Number(n) if !n.is_finite() => {
                return Err(Fault::new("D1001").value_text(print::number(*n)));
            }
            Self::Number(n) => Some(json_number(*n)),
            Self::Function(_) => None,
            Self::List(list) => list_to_json(&mut list.items.iter(), depth)?,
            Self::Tuples(rows) => list_to_json(&mut rows.iter().map(|row| &row.context), depth)?,
            Self::Record(record) => record_to_json(record, depth)?,
        })
    }
}

fn list_to_json(items: &mut dyn ExactSizeIterator<Item = &Item>, depth: usize) -> Res<Option<Value>> {
    let mut values = Vec::with_capacity(items.len());
    for item in items {
        match item.to_json(depth + 1)? {
            Some(value) => values.push(value),
            None => return Ok(None),
        }
    }
    Ok(Some(Value::from(values)))
}

fn record_to_json(record: &Record, depth: usize) -> Res<Option<Value>> {
    let mut builder = ObjectBuilder::with_capacity(record.members.len());
    for (name, member) in &record.members {
        match member.to_json(depth + 1)? {
            Some(value) => builder.push(name.clone(), value),
            None => return Ok(None),
        }
    }
    Ok(Some(Value::Object(builder.build())))
}

impl List {
    fn take(mut self) -> Vec<Item> {
        std::mem::take(&mut self.items)
    }
}

impl Record {
    pub(crate) fn get(&self, name: &str) -> Option<&Item> {
        self.members.iter().find(|(n, _)| &**n == name).map(|(_, item)| item)
    }
}

pub(crate) fn check_depth(depth: usize) -> Res<()> {
    if depth > DATA_DEPTH_MAX { Err(Fault::depth()) } else { Ok(()) }
}

/// A finite double as JSON writes it: an integer where it has no fraction and
/// the digits that JavaScript prints for it fit 64 bits.
#[expect(clippy::cast_possible_truncation, reason = "the bound is checked first")]
pub(crate) fn json_number(n: f64) -> Value {
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

/// Equality of JSONata's `=`: by value, numbers as doubles, functions by identity.
pub(crate) fn equal(a: &Item, b: &Item, depth: usize) -> Res<bool> {
    check_depth(depth)?;
    if let (Some(x), Some(y)) = (a.as_f64(), b.as_f64()) {
        #[expect(clippy::float_cmp, reason = "JSONata compares doubles exactly")]
        return Ok(x == y);
    }
    if let (Item::Json(x), Item::Json(y)) = (a, b) {
        return Ok(x == y);
    }
    if let (Some(x), Some(y)) = (a.items(), b.items()) {
        if x.len() != y.len() {
            return Ok(false);
        }
        for (left, right) in x.iter().zip(y.iter()) {
            if !equal(&left, &right, depth + 1)? {
                return Ok(false);
            }
        }
        return Ok(true);
    }
    if a.is_object() && b.is_object() {
        if a.member_count() != b.member_count() {
            return Ok(false);
        }
        for (name, left) in a.members() {
            match b.member(&name) {
                Some(right) if equal(&left, &right, depth + 1)? => {}
                _ => return Ok(false),
            }
        }
        return Ok(true);
    }
    Ok(match (a, b) {
        (Item::Function(x), Item::Function(y)) => Rc::ptr_eq(x, y),
        (Item::Undefined, Item::Undefined) => true,
        _ => false,
    })
}

/// JavaScript's `===`: scalars by value, containers by identity.
pub(crate) fn identical(a: &Item, b: &Item) -> bool {
    match (a, b) {
        (Item::Json(Value::Array(x)), Item::Json(Value::Array(y))) => x.is_same(y),
        (Item::Json(Value::Object(x)), Item::Json(Value::Object(y))) => Object::is_same(x, y),
        (Item::List(x), Item::List(y)) => Rc::ptr_eq(x, y),
        (Item::Record(x), Item::Record(y)) => Rc::ptr_eq(x, y),
        (Item::Function(x), Item::Function(y)) => Rc::ptr_eq(x, y),
        (Item::Json(x), Item::Json(y)) => x == y,
        #[expect(clippy::float_cmp, reason = "JSONata compares doubles exactly")]
        _ => match (a.as_f64(), b.as_f64()) {
            (Some(x), Some(y)) => x == y,
            _ => false,
        },
    }
}

/// JSONata's effective boolean value; `None` for undefined.
pub(crate) fn boolean(item: &Item) -> Res<Option<bool>> {
    Ok(match item {
        Item::Undefined => None,
        Item::Json(Value::Bool(b)) => Some(*b),
        other => Some(truthy(other, 0)?),
    })
}

pub(crate) fn truthy(item: &Item, depth: usize) -> Res<bool> {
    check_depth(depth)?;
    Ok(match item {
        Item::Undefined | Item::Function(_) | Item::Json(Value::Null) => false,
        Item::Json(Value::Bool(b)) => *b,
        Item::Json(Value::String(text)) => !text.is_empty(),
        Item::Number(_) | Item::Json(Value::Number(_)) => item.as_number()?.is_some_and(|n| n != 0.0),
        Item::Json(Value::Object(members)) => !members.is_empty(),
        Item::Record(record) => !record.members.is_empty(),
        Item::Tuples(tuples) => !tuples.is_empty(),
        Item::List(_) | Item::Json(Value::Array(_)) => {
            let Some(items) = item.items() else { return Ok(false) };
            for inner in items.iter() {
                if truthy(&inner, depth + 1)? {
                    return Ok(true);
                }
            }
            false
        }
    })
}
