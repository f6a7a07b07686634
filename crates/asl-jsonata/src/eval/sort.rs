//! Order-by, and the stable merge sort that `$sort` shares.

use std::cmp::Ordering;

use super::Evaluator;
use crate::ast::{Node, Term};
use crate::error::{Fault, Res};
use crate::frame::Env;
use crate::item::{Item, Tuple};

/// What one term of an order-by is for one item.
#[derive(Clone, Default)]
enum Key {
    /// Not asked for yet.
    #[default]
    Open,
    Missing,
    Number(f64),
    Other(Item),
    /// It has no value, which is the sort's failure if that is asked for.
    Failed(Box<Fault>),
}

impl Key {
    fn new(value: Res<Item>) -> Self {
        match value {
            Err(fault) => Self::Failed(fault),
            Ok(value) => match value.as_f64() {
                Some(n) => Self::Number(n),
                None if value.is_undefined() => Self::Missing,
                None => Self::Other(value),
            },
        }
    }

    fn number(&self) -> Option<f64> {
        if let Self::Number(n) = self { Some(*n).filter(|n| !n.is_nan()) } else { None }
    }

    fn text(&self) -> Option<&str> {
        if let Self::Other(item) = self { item.as_str() } else { None }
    }
}

/// Evaluates a term for the item at a place.
type Evaluate<'f, 'e, 'h> = &'f mut dyn FnMut(&mut Evaluator<'e, 'h>, usize, &Term) -> Res<Item>;

impl<'e, 'h> Evaluator<'e, 'h> {
    pub(super) fn sort_items(
        &mut self,
        node: &Node,
        terms: &[Term],
        items: &[Item],
        env: &Env,
    ) -> Res<Vec<Item>> {
        let order = self.order(node, terms, items.len(), &mut |evaluator, place, term| {
            evaluator.eval(&term.expression, items.get(place).unwrap_or(&Item::Undefined), env)
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
            let frame = evaluator.spare.frame_within(env, &row.bindings);
            let key = evaluator.eval(&term.expression, &row.context, &frame)?;
            evaluator.spare.give_back(frame);
            Ok(key)
        })?;
        for row in rows {
            self.rows(1, row.bindings.len())?;
        }
        Ok(order.into_iter().filter_map(|place| rows.get(place).cloned()).collect())
    }

    /// The places of the items in order.
    fn order(
        &mut self,
        node: &Node,
        terms: &[Term],
        count: usize,
        evaluate: Evaluate<'_, 'e, 'h>,
    ) -> Res<Vec<usize>> {
        self.meter.sequence(count)?;
        self.meter.allocate(count.saturating_mul(terms.len()).saturating_mul(size_of::<Key>()))?;
        let Some((first, others)) = terms.split_first() else { return Ok((0..count).collect()) };
        self.meter.enter()?;
        let keys = self.first_keys(first, count, evaluate)?;
        let sorted = match (others, &keys) {
            ([], keys) if keys.iter().all(|key| key.number().is_some()) => {
                self.order_alike(keys, 1, |a, b| directed(first, a.number().partial_cmp(&b.number())))
            }
            ([], keys) if keys.iter().all(|key| key.text().is_some()) => {
                let longest = keys.iter().filter_map(Key::text).map(str::len).max().unwrap_or_default();
                self.order_alike(keys, longest, |a, b| {
                    directed(first, a.text().zip(b.text()).map(|(a, b)| text_order(a, b)))
                })
            }
            _ => self.order_by_terms(node, terms, keys, evaluate),
        }?;
        self.meter.leave();
        Ok(sorted)
    }

    /// The keys of the first term, evaluated in the order in which a merge sort
    /// asks for them, as far as they have a value: that decides which of several
    /// errors is the one reported.
    fn first_keys(&mut self, term: &Term, count: usize, evaluate: Evaluate<'_, 'e, 'h>) -> Res<Vec<Key>> {
        let mut keys = vec![Key::Open; count];
        let mut places = Vec::with_capacity(count);
        first_asked(0, count, &mut places);
        for place in places {
            self.meter.step(1)?;
            let Some(slot) = keys.get_mut(place) else { continue };
            *slot = Key::new(evaluate(self, place, term));
            if let Key::Failed(_) = slot {
                break;
            }
        }
        Ok(keys)
    }

    /// The order of keys that can all be compared with one another, which takes
    /// so many bytes read at most for two of them.
    fn order_alike(
        &mut self,
        keys: &[Key],
        bytes: usize,
        compare: impl Fn(&Key, &Key) -> Ordering,
    ) -> Res<Vec<usize>> {
        let comparisons = keys.len().saturating_mul(keys.len().max(1).ilog2() as usize);
        self.meter.visit(comparisons)?;
        self.meter.bulk(comparisons.saturating_mul(bytes))?;
        let mut order: Vec<(usize, &Key)> = keys.iter().enumerate().collect();
        order.sort_by(|(_, a), (_, b)| compare(a, b));
        Ok(order.into_iter().map(|(place, _)| place).collect())
    }

    /// The order of any keys. Those of further terms are evaluated once, when a
    /// comparison first asks for them.
    fn order_by_terms(
        &mut self,
        node: &Node,
        terms: &[Term],
        first: Vec<Key>,
        evaluate: Evaluate<'_, 'e, 'h>,
    ) -> Res<Vec<usize>> {
        let count = first.len();
        let mut keys = first;
        keys.resize(count.saturating_mul(terms.len()), Key::Open);
        merge_order(count, &mut |a, b| {
            self.meter.step(1)?;
            for (at, term) in terms.iter().enumerate() {
                for place in [a, b] {
                    if let Some(slot @ Key::Open) = keys.get_mut(at * count + place) {
                        *slot = Key::new(evaluate(self, place, term));
                    }
                }
                let (Some(left), Some(right)) = (keys.get(at * count + a), keys.get(at * count + b)) else {
                    continue;
                };
                if let (Key::Failed(fault), _) | (_, Key::Failed(fault)) = (left, right) {
                    return Err(fault.clone());
                }
                self.meter.scan(1)?;
                if let (Some(x), Some(y)) = (left.text(), right.text()) {
                    self.meter.bulk(x.len().min(y.len()))?;
                }
                let order = compare(left, right, term).map_err(|fault| fault.at(node.position))?;
                if order != Ordering::Equal {
                    return Ok(order == Ordering::Greater);
                }
            }
            Ok(false)
        })
    }
}

/// The places from `from` on, so many, in the order in which a merge sort first
/// looks at them: each half, and then what is a half of its own.
fn first_asked(from: usize, count: usize, places: &mut Vec<usize>) {
    if count < 2 {
        return;
    }
    let half = count / 2;
    first_asked(from, half, places);
    first_asked(from + half, count - half, places);
    if half == 1 {
        places.push(from);
    }
    if count - half == 1 {
        places.push(from + half);
    }
}

fn directed(term: &Term, order: Option<Ordering>) -> Ordering {
    // What is no number is behind all, and before all.
    let order = order.unwrap_or(Ordering::Greater);
    if term.descending { order.reverse() } else { order }
}

/// Missing keys come last whichever way the term goes.
fn compare(left: &Key, right: &Key, term: &Term) -> Res<Ordering> {
    match (left, right) {
        (Key::Missing, Key::Missing) => Ok(Ordering::Equal),
        (Key::Missing, _) => Ok(Ordering::Greater),
        (_, Key::Missing) => Ok(Ordering::Less),
        (Key::Number(x), Key::Number(y)) => Ok(directed(term, x.partial_cmp(y))),
        (Key::Other(item), _) | (_, Key::Other(item)) if item.as_str().is_none() => {
            Err(Fault::new("T2008").value(item))
        }
        _ => match (left.text(), right.text()) {
            (Some(x), Some(y)) => Ok(directed(term, Some(text_order(x, y)))),
            _ => Err(Fault::new("T2007").value(&to_item(left)).value2(&to_item(right))),
        },
    }
}

fn to_item(key: &Key) -> Item {
    match key {
        Key::Number(n) => Item::Number(*n),
        Key::Other(item) => item.clone(),
        Key::Open | Key::Missing | Key::Failed(_) => Item::Undefined,
    }
}

/// The places of so many items after a stable sort that asks whether two of
/// them, in order, are to be swapped. The question may fail, and it may have any
/// answer: the sort still ends.
pub(crate) fn merge_order(count: usize, swap: &mut impl FnMut(usize, usize) -> Res<bool>) -> Res<Vec<usize>> {
    let mut order: Vec<usize> = (0..count).collect();
    merge(&mut order, &mut Vec::with_capacity(count), swap)?;
    Ok(order)
}

/// Sorts the places, with another list to work in.
fn merge(
    places: &mut [usize],
    scratch: &mut Vec<usize>,
    swap: &mut impl FnMut(usize, usize) -> Res<bool>,
) -> Res<()> {
    if places.len() < 2 {
        return Ok(());
    }
    // Halved as the reference does it: that decides which items meet first, and
    // so which of several errors is the one reported.
    let (left, right) = places.split_at_mut(places.len() / 2);
    merge(left, scratch, swap)?;
    merge(right, scratch, swap)?;
    scratch.clear();
    let mut left = left.iter().copied().peekable();
    let mut right = right.iter().copied().peekable();
    while let (Some(first), Some(second)) = (left.peek(), right.peek()) {
        scratch.extend(if swap(*first, *second)? { right.next() } else { left.next() });
    }
    scratch.extend(left);
    scratch.extend(right);
    for (place, sorted) in places.iter_mut().zip(scratch) {
        *place = *sorted;
    }
    Ok(())
}

/// The order of JavaScript and Java, by UTF-16 units: what is beyond the basic
/// plane, in surrogates there, comes before the last of that plane.
pub(crate) fn text_order(one: &str, other: &str) -> Ordering {
    /// The first byte of U+E000 and all behind it in the plane.
    const BEHIND_SURROGATES: u8 = 0xee;
    /// The first byte of what is beyond the plane.
    const BEYOND: u8 = 0xf0;
    let differs = one.bytes().zip(other.bytes()).find(|(x, y)| x != y);
    match differs {
        Some((x, y))
            if x >= BEHIND_SURROGATES && y >= BEHIND_SURROGATES && (x >= BEYOND) != (y >= BEYOND) =>
        {
            y.cmp(&x)
        }
        Some((x, y)) => x.cmp(&y),
        None => one.len().cmp(&other.len()),
    }
}
