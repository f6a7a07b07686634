//! What expressions compute with: JSON values as they came, and the sequences,
//! functions and not-yet-JSON numbers that evaluation adds to them.

use std::rc::Rc;
use std::sync::Arc;

use asl_value::{Object, ObjectBuilder, Value};

use crate::budget::Meter;
use crate::error::{Fault, Res};
use crate::frame::Function;
use crate::json::{self, Strictness};
use crate::lex;
use crate::print;
use crate::view::{Children, View, Walk};

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

    pub(crate) fn to_vec(self, meter: &mut Meter) -> Res<Vec<Item>> {
        meter.sequence(self.len())?;
        Ok(match self {
            Self::Values(values) => values.iter().cloned().map(Item::Json).collect(),
            Self::Items(items) => items.to_vec(),
        })
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
    pub(crate) fn object(members: Vec<(Arc<str>, Item)>, meter: &mut Meter) -> Res<Self> {
        meter.step(members.len())?;
        meter.allocate(members.len().saturating_mul(size_of::<(Arc<str>, Value)>()))?;
        meter.has_nested = true;
        let mut builder = ObjectBuilder::with_capacity(members.len());
        for (name, member) in &members {
            meter.bulk(name.len())?;
            match json::of(member, Strictness::Alike, meter)? {
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
        self.as_f64().map_or(Ok(None), number)
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
    pub(crate) fn into_items(self, meter: &mut Meter) -> Res<Vec<Item>> {
        match self {
            Self::Undefined => Ok(Vec::new()),
            Self::List(list) => match Rc::try_unwrap(list) {
                Ok(only) => Ok(only.take()),
                Err(shared) => Items::Items(&shared.items).to_vec(meter),
            },
            Self::Json(Value::Array(values)) => Items::Values(&values).to_vec(meter),
            other => Ok(vec![other]),
        }
    }

    /// The member of that name, if it is an object that has it.
    pub(crate) fn member(&self, name: &str, meter: &mut Meter) -> Res<Option<Item>> {
        Ok(View::of(self).member(name, meter)?.map(View::to_item))
    }

    /// The members, if it is an object.
    pub(crate) fn members(&self, meter: &mut Meter) -> Res<Vec<(Arc<str>, Item)>> {
        meter.visit(self.member_count().saturating_mul(2))?;
        meter.allocate(self.member_count().saturating_mul(size_of::<(Arc<str>, Item)>()))?;
        Ok(match self {
            Self::Json(Value::Object(members)) => {
                members.iter().map(|(name, value)| (name.clone(), Item::Json(value.clone()))).collect()
            }
            Self::Record(record) => record.members.clone(),
            _ => Vec::new(),
        })
    }

    /// How many members an object has.
    pub(crate) fn member_count(&self) -> usize {
        match self {
            Self::Json(Value::Object(members)) => members.len(),
            Self::Record(record) => record.members.len(),
            _ => 0,
        }
    }
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

/// The UTF-16 units of a text, each a text of its own: what JavaScript finds in it.
pub(crate) fn units(text: &str, meter: &mut Meter) -> Res<Vec<Item>> {
    meter.sequence(text.len())?;
    meter.step(text.len())?;
    Ok(text.encode_utf16().map(|unit| Item::string(lex::text_of_unit(unit))).collect())
}

/// Two containers of which some is still to be compared.
enum Pair<'a> {
    Elements(Children<'a>, Children<'a>),
    /// The members of one object, to be found in the other.
    Members(Children<'a>, View<'a>),
}

enum Comparison<'a> {
    Known(bool),
    /// It depends on what is within.
    Open(Pair<'a>),
}

/// Equality of JSONata's `=`: by value, numbers as doubles, functions by identity.
pub(crate) fn equal(a: &Item, b: &Item, meter: &mut Meter) -> Res<bool> {
    let mut open: Vec<Pair<'_>> = Vec::new();
    let (mut left, mut right) = (View::of(a), View::of(b));
    loop {
        meter.visit(1)?;
        match compare(left, right, meter)? {
            Comparison::Known(true) => {}
            Comparison::Known(false) => return Ok(false),
            Comparison::Open(pair) => open.push(pair),
        }
        (left, right) = loop {
            match open.last_mut() {
                None => return Ok(true),
                Some(Pair::Elements(left, right)) => {
                    if let (Some((_, left)), Some((_, right))) = (left.next(), right.next()) {
                        break (left, right);
                    }
                }
                Some(Pair::Members(left, right)) => {
                    if let Some((Some(name), left)) = left.next() {
                        meter.bulk(name.len())?;
                        match right.member(name, meter)? {
                            Some(right) => break (left, right),
                            None => return Ok(false),
                        }
                    }
                }
            }
            open.pop();
        };
    }
}

fn compare<'a>(left: View<'a>, right: View<'a>, meter: &mut Meter) -> Res<Comparison<'a>> {
    if let (Some(x), Some(y)) = (left.as_f64(), right.as_f64()) {
        #[expect(clippy::float_cmp, reason = "JSONata compares doubles exactly")]
        return Ok(Comparison::Known(x == y));
    }
    if let (Some(x), Some(y)) = (left.elements(), right.elements()) {
        let same = x.len() == y.len();
        return Ok(if same { Comparison::Open(Pair::Elements(x, y)) } else { Comparison::Known(false) });
    }
    if let (Some(x), Some(y)) = (left.members(), right.members()) {
        let same = x.len() == y.len();
        return Ok(if same { Comparison::Open(Pair::Members(x, right)) } else { Comparison::Known(false) });
    }
    Ok(Comparison::Known(match (left, right) {
        (View::Json(Value::String(x)), View::Json(Value::String(y))) => same_text(x, y, meter)?,
        (View::Json(Value::Bool(x)), View::Json(Value::Bool(y))) => x == y,
        (View::Json(Value::Null), View::Json(Value::Null))
        | (View::Item(Item::Undefined), View::Item(Item::Undefined)) => true,
        (View::Item(Item::Function(x)), View::Item(Item::Function(y))) => Rc::ptr_eq(x, y),
        _ => false,
    }))
}

fn same_text(x: &str, y: &str, meter: &mut Meter) -> Res<bool> {
    if x.len() != y.len() {
        return Ok(false);
    }
    meter.bulk(x.len())?;
    Ok(x == y)
}

/// JavaScript's `===`: scalars by value, containers by identity. Those with
/// nothing in them have none here, so that each is another.
pub(crate) fn identical(a: &Item, b: &Item, meter: &mut Meter) -> Res<bool> {
    Ok(match (a, b) {
        (Item::Json(Value::Array(x)), Item::Json(Value::Array(y))) => !x.is_empty() && x.is_same(y),
        (Item::Json(Value::Object(x)), Item::Json(Value::Object(y))) => {
            !x.is_empty() && Object::is_same(x, y)
        }
        (Item::List(x), Item::List(y)) => Rc::ptr_eq(x, y),
        (Item::Record(x), Item::Record(y)) => Rc::ptr_eq(x, y),
        _ if a.items().is_some() || a.is_object() => false,
        _ => equal(a, b, meter)?,
    })
}

/// JSONata's effective boolean value; `None` for undefined.
pub(crate) fn boolean(item: &Item, meter: &mut Meter) -> Res<Option<bool>> {
    Ok(match item {
        Item::Undefined => None,
        other => Some(truthy(other, meter)?),
    })
}

/// The effective boolean value, undefined being false. An array is true if
/// anything in it is.
pub(crate) fn truthy(item: &Item, meter: &mut Meter) -> Res<bool> {
    if let Item::Json(Value::Bool(b)) = item {
        return Ok(*b);
    }
    let mut leaves = Walk::leaves(item);
    while let Some(leaf) = leaves.next(meter)? {
        let is_true = match leaf {
            View::Json(Value::Null | Value::Array(_))
            | View::Item(Item::Undefined | Item::Function(_) | Item::List(_) | Item::Json(_)) => false,
            View::Json(Value::Bool(b)) => *b,
            View::Json(Value::String(text)) => !text.is_empty(),
            View::Json(Value::Number(n)) => number(n.as_f64())?.is_some_and(|n| n != 0.0),
            View::Json(Value::Object(members)) => !members.is_empty(),
            View::Item(Item::Number(n)) => number(*n)?.is_some_and(|n| n != 0.0),
            View::Item(Item::Record(record)) => !record.members.is_empty(),
            View::Item(Item::Tuples(rows)) => !rows.is_empty(),
        };
        if is_true {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The number, if it is one; infinities are an error.
fn number(n: f64) -> Res<Option<f64>> {
    if n.is_infinite() {
        return Err(Fault::new("D1001").value_text(print::number(n)));
    }
    Ok(Some(n).filter(|n| !n.is_nan()))
}
