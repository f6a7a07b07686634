//! Order-by, and the stable merge sort that `$sort` shares.

use std::cmp::Ordering;

use super::Evaluator;
use crate::ast::{Node, Term};
use crate::error::{Fault, Res};
use crate::frame::{Env, Frame};
use crate::item::{Item, Tuple};

/// What one term of an order-by is for one item.
#[derive(Clone)]
enum Key {
    Missing,
    Number(f64),
    Other(Item),
}

impl Evaluator<'_, '_> {
    pub(super) fn sort_items(
        &mut self,
        node: &Node,
        terms: &[Term],
        items: &[Item],
        env: &Env,
    ) -> Res<Vec<Item>> {
        let order = self.order(node, terms, items.len(), &mut |evaluator, place, term| {
            let item = items.get(place).cloned().unwrap_or_default();
            evaluator.eval(&term.expression, &item, env)
        })?;
        Ok(order.into_iter().filter_map(|place| items.get(place).cloned()).collect())
    }

    pub(super) fn sort_tuples(
        &mut self,
        node: &Node,
        terms: &[Term],
        rows: &[Tuple],
        env: &Env,
    ) -> Res<Vec<Tuple>> {
        let order = self.order(node, terms, rows.len(), &mut |evaluator, place, term| {
            let Some(row) = rows.get(place) else { return Ok(Item::Undefined) };
            evaluator.meter.visit(row.bindings.len())?;
            let frame = Frame::child(env, row.bindings.clone());
            evaluator.eval(&term.expression, &row.context, &frame)
        })?;
        for row in rows {
            self.rows(1, row.bindings.len())?;
        }
        Ok(order.into_iter().filter_map(|place| rows.get(place).cloned()).collect())
    }

    /// The places of the items in order. A key is evaluated once, when a
    /// comparison first asks for it.
    fn order(
        &mut self,
        node: &Node,
        terms: &[Term],
        count: usize,
        evaluate: &mut dyn FnMut(&mut Self, usize, &Term) -> Res<Item>,
    ) -> Res<Vec<usize>> {
        self.meter.sequence(count)?;
        self.meter.allocate(count.saturating_mul(terms.len()).saturating_mul(size_of::<Option<Key>>()))?;
        self.meter.enter()?;
        let mut keys: Vec<Option<Key>> = vec![None; count.saturating_mul(terms.len())];
        let places: Vec<usize> = (0..count).collect();
        let sorted = merge_sort(places, &mut |a, b| {
            self.meter.step(1)?;
            for (at, term) in terms.iter().enumerate() {
                for place in [*a, *b] {
                    if let Some(slot @ None) = keys.get_mut(place * terms.len() + at) {
                        let value = evaluate(self, place, term)?;
                        *slot = Some(match value.as_f64() {
                            Some(n) => Key::Number(n),
                            None if value.is_undefined() => Key::Missing,
                            None => Key::Other(value),
                        });
                    }
                }
                let key = |place: usize| keys.get(place * terms.len() + at).and_then(Option::as_ref);
                let (Some(left), Some(right)) = (key(*a), key(*b)) else { continue };
                self.meter.scan(1)?;
                if let (Key::Other(x), Key::Other(y)) = (left, right)
                    && let (Some(x), Some(y)) = (x.as_str(), y.as_str())
                {
                    self.meter.bulk(x.len().min(y.len()))?;
                }
                let order = compare(left, right, term.descending).map_err(|fault| fault.at(node.position))?;
                if order != Ordering::Equal {
                    return Ok(order == Ordering::Greater);
                }
            }
            Ok(false)
        })?;
        self.meter.leave();
        Ok(sorted)
    }
}

/// Missing keys come last whichever way the term goes.
fn compare(left: &Key, right: &Key, descending: bool) -> Res<Ordering> {
    let directed = |order: Ordering| if descending { order.reverse() } else { order };
    match (left, right) {
        (Key::Missing, Key::Missing) => Ok(Ordering::Equal),
        (Key::Missing, _) => Ok(Ordering::Greater),
        (_, Key::Missing) => Ok(Ordering::Less),
        (Key::Number(x), Key::Number(y)) => Ok(directed(x.partial_cmp(y).unwrap_or(Ordering::Greater))),
        (Key::Other(x), Key::Other(y)) if x.as_str().is_some() && y.as_str().is_some() => {
            Ok(directed(x.as_str().cmp(&y.as_str())))
        }
        (Key::Other(item), _) | (_, Key::Other(item)) if item.as_str().is_none() => {
            Err(Fault::new("T2008").value(item))
        }
        _ => Err(Fault::new("T2007").value(&to_item(left)).value2(&to_item(right))),
    }
}

fn to_item(key: &Key) -> Item {
    match key {
        Key::Missing => Item::Undefined,
        Key::Number(n) => Item::Number(*n),
        Key::Other(item) => item.clone(),
    }
}

/// A stable sort that asks whether two items, in order, are to be swapped. The
/// question may fail, and it may have any answer: the sort still ends.
pub(crate) fn merge_sort<T>(mut items: Vec<T>, swap: &mut dyn FnMut(&T, &T) -> Res<bool>) -> Res<Vec<T>> {
    if items.len() < 2 {
        return Ok(items);
    }
    // Halved as the reference does it: that decides which items meet first, and
    // so which of several errors is the one reported.
    let right = items.split_off(items.len() / 2);
    let mut merged = Vec::with_capacity(items.len() + right.len());
    let mut left = merge_sort(items, swap)?.into_iter().peekable();
    let mut right = merge_sort(right, swap)?.into_iter().peekable();
    while let (Some(first), Some(second)) = (left.peek(), right.peek()) {
        merged.extend(if swap(first, second)? { right.next() } else { left.next() });
    }
    merged.extend(left);
    merged.extend(right);
    Ok(merged)
}
