//! Values by reference, whichever way they are held, and walks through them.
//! A walk keeps its place on a stack of its own, so that no depth of the data
//! overflows the native one, and pays for each value that it meets.

use std::slice;
use std::sync::Arc;

use asl_value::{Object, Value};

use crate::budget::Meter;
use crate::error::Res;
use crate::item::{Item, Tuple};

/// A value by reference.
#[derive(Clone, Copy)]
pub(crate) enum View<'a> {
    Json(&'a Value),
    /// Anything but JSON.
    Item(&'a Item),
}

impl<'a> View<'a> {
    pub(crate) const fn of(item: &'a Item) -> Self {
        match item {
            Item::Json(value) => Self::Json(value),
            other => Self::Item(other),
        }
    }

    pub(crate) fn to_item(self) -> Item {
        match self {
            Self::Json(value) => Item::Json(value.clone()),
            Self::Item(item) => item.clone(),
        }
    }

    pub(crate) fn as_f64(self) -> Option<f64> {
        match self {
            Self::Json(value) => value.as_f64(),
            Self::Item(item) => item.as_f64(),
        }
    }

    /// The member of that name, if it is an object that has it.
    pub(crate) fn member(self, name: &str, meter: &mut Meter) -> Res<Option<View<'a>>> {
        match self {
            Self::Json(value) => Ok(value.get(name).map(View::Json)),
            Self::Item(Item::Record(record)) => {
                meter.scan(record.members.len())?;
                Ok(record.get(name).map(View::of))
            }
            Self::Item(_) => Ok(None),
        }
    }

    /// The elements of an array.
    pub(crate) fn elements(self) -> Option<Children<'a>> {
        match self {
            Self::Json(Value::Array(values)) => Some(Children::Values(values.iter())),
            Self::Item(Item::List(list)) => Some(Children::Items(list.items.iter())),
            _ => None,
        }
    }

    /// The members of an object.
    pub(crate) fn members(self) -> Option<Children<'a>> {
        match self {
            Self::Json(Value::Object(members)) => Some(Children::Members(members.into_iter())),
            Self::Item(Item::Record(record)) => Some(Children::Record(record.members.iter())),
            _ => None,
        }
    }
}

/// What is directly within a value.
pub(crate) enum Children<'a> {
    Values(slice::Iter<'a, Value>),
    Items(slice::Iter<'a, Item>),
    /// The contexts of a tuple stream.
    Rows(slice::Iter<'a, Tuple>),
    Members(<&'a Object as IntoIterator>::IntoIter),
    Record(slice::Iter<'a, (Arc<str>, Item)>),
}

impl<'a> Iterator for Children<'a> {
    /// The child, and its name if it is a member of an object.
    type Item = (Option<&'a Arc<str>>, View<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Values(values) => values.next().map(|value| (None, View::Json(value))),
            Self::Items(items) => items.next().map(|item| (None, View::of(item))),
            Self::Rows(rows) => rows.next().map(|row| (None, View::of(&row.context))),
            Self::Members(members) => members.next().map(|(name, value)| (Some(name), View::Json(value))),
            Self::Record(members) => members.next().map(|(name, item)| (Some(name), View::of(item))),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Self::Values(values) => values.size_hint(),
            Self::Items(items) => items.size_hint(),
            Self::Rows(rows) => rows.size_hint(),
            Self::Members(members) => members.size_hint(),
            Self::Record(members) => members.size_hint(),
        }
    }
}

impl ExactSizeIterator for Children<'_> {}

/// A walk through nested values, each before what is within it. Arrays are
/// walked through without being given.
pub(crate) struct Walk<'a> {
    open: Vec<Children<'a>>,
    first: Option<View<'a>>,
    into_objects: bool,
}

impl<'a> Walk<'a> {
    /// The values in arrays within arrays; of what is no array, itself.
    pub(crate) fn leaves(item: &'a Item) -> Self {
        Self { open: Vec::new(), first: Some(View::of(item)), into_objects: false }
    }

    /// The value itself and all that is within it.
    pub(crate) fn descendants(item: &'a Item) -> Self {
        Self { into_objects: true, ..Self::leaves(item) }
    }

    pub(crate) fn next(&mut self, meter: &mut Meter) -> Res<Option<View<'a>>> {
        loop {
            let next = match (self.first.take(), self.open.last_mut()) {
                (Some(first), _) => first,
                (None, None) => return Ok(None),
                (None, Some(children)) => {
                    let Some((_, child)) = children.next() else {
                        self.open.pop();
                        continue;
                    };
                    child
                }
            };
            meter.visit(1)?;
            if let Some(elements) = next.elements() {
                self.open.push(elements);
                continue;
            }
            if self.into_objects {
                self.open.extend(next.members());
            }
            return Ok(Some(next));
        }
    }
}
