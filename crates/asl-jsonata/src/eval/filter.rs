//! Predicates.

use std::rc::Rc;
use std::sync::Arc;

use super::Evaluator;
use crate::ast::{Kind, Node};
use crate::error::Res;
use crate::frame::Env;
use crate::item::{self, Item, Record, Tuple};

impl Evaluator<'_, '_> {
    /// The items that a predicate keeps, as a sequence not yet reduced.
    pub(super) fn filter(&mut self, predicate: &Node, input: Item, env: &Env) -> Res<Item> {
        if let Item::Tuples(tuples) = &input {
            let kept = self.filter_tuples(predicate, tuples, env)?;
            return Ok(Item::Tuples(kept.into()));
        }
        let Some(items) = input.items() else {
            let count = match predicate.kind {
                Kind::Number(n) => usize::from(index_of(n, 1) == Some(0) && !input.is_undefined()),
                _ => self.keeps(predicate, &input, 0, 1, env)?,
            };
            if count == 0 {
                return Ok(Item::sequence(Vec::new()));
            }
            if count == 1 && !input.is_undefined() {
                return Ok(input);
            }
            // A list of places picks even what is not there.
            self.meter.sequence(count)?;
            return Ok(Item::sequence(vec![input; count]));
        };
        if let Kind::Number(n) = predicate.kind {
            let found = index_of(n, items.len()).and_then(|index| items.get(index));
            return Ok(match found {
                None | Some(Item::Undefined) => Item::sequence(Vec::new()),
                Some(array) if array.is_array() => array,
                Some(item) => Item::sequence(vec![item]),
            });
        }
        self.meter.step(items.len())?;
        let mut kept = Vec::new();
        for (place, item) in items.iter().enumerate() {
            let count = self.keeps(predicate, &item, place, items.len(), env)?;
            self.meter.visit(count)?;
            kept.extend(std::iter::repeat_n(item, count));
        }
        self.meter.sequence(kept.len())?;
        Ok(Item::sequence(kept))
    }

    pub(super) fn filter_tuples(&mut self, predicate: &Node, tuples: &[Tuple], env: &Env) -> Res<Vec<Tuple>> {
        if let Kind::Number(n) = predicate.kind {
            return Ok(index_of(n, tuples.len())
                .and_then(|index| tuples.get(index))
                .cloned()
                .into_iter()
                .collect());
        }
        self.meter.step(tuples.len())?;
        let mut kept = Vec::new();
        for (place, tuple) in tuples.iter().enumerate() {
            self.meter.visit(tuple.bindings.len())?;
            let frame = self.spare.frame_within(env, &tuple.bindings);
            let count = self.keeps(predicate, &tuple.context, place, tuples.len(), &frame)?;
            self.spare.give_back(frame);
            self.rows(count, tuple.bindings.len())?;
            kept.extend(std::iter::repeat_n(tuple, count).cloned());
        }
        Ok(kept)
    }

    /// Rows that were sorted are objects to a predicate behind that, and their
    /// variables are not bound: the reference no longer knows them for rows.
    pub(super) fn filter_sorted(&mut self, predicate: &Node, rows: &[Tuple], env: &Env) -> Res<Vec<Tuple>> {
        if let Kind::Number(_) = predicate.kind {
            return self.filter_tuples(predicate, rows, env);
        }
        self.meter.step(rows.len())?;
        let mut kept = Vec::new();
        for (place, row) in rows.iter().enumerate() {
            self.meter.allocate(size_of::<Record>() + size_of::<(Arc<str>, Item)>())?;
            let members = vec![("@".into(), row.context.clone())];
            let object = Item::Record(Rc::new(Record { members }));
            let count = self.keeps(predicate, &object, place, rows.len(), env)?;
            self.rows(count, row.bindings.len())?;
            kept.extend(std::iter::repeat_n(row, count).cloned());
        }
        Ok(kept)
    }

    /// How often the predicate picks the item: numbers pick by place, anything
    /// else by its truth.
    fn keeps(&mut self, predicate: &Node, item: &Item, place: usize, length: usize, env: &Env) -> Res<usize> {
        self.meter.enter()?;
        let result = self.eval(predicate, item, env)?;
        self.meter.leave();
        if let Some(n) = result.as_number()? {
            return Ok(usize::from(index_of(n, length) == Some(place)));
        }
        if let Some(items) = result.items() {
            self.meter.visit(items.len())?;
            let mut picks = 0;
            let mut all_numbers = true;
            for candidate in items.iter() {
                let Some(n) = candidate.as_number()? else {
                    all_numbers = false;
                    break;
                };
                picks += usize::from(index_of(n, length) == Some(place));
            }
            if all_numbers {
                return Ok(picks);
            }
        }
        item::truthy(&result, &mut self.meter).map(usize::from)
    }
}

/// The place that a number means: rounded down, from the end if negative.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "the bounds are checked first, and lengths are far below 2^53"
)]
fn index_of(n: f64, length: usize) -> Option<usize> {
    let floor = n.floor();
    let from_start = if floor < 0.0 { floor + length as f64 } else { floor };
    (from_start >= 0.0 && from_start < length as f64).then_some(from_start as usize)
}
