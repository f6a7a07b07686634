//! Arrays to arrays.

use std::collections::BTreeSet;
use std::sync::Arc;

use asl_value::Value;

use super::Arguments;
use crate::error::Res;
use crate::eval::Evaluator;
use crate::item::{self, Item, Items, List};

pub(super) fn append(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let (first, second) = (arguments.take(0), arguments.take(1));
    if first.is_undefined() {
        return Ok(second);
    }
    if second.is_undefined() {
        return Ok(first);
    }
    let mut items = first.into_items(&mut evaluator.meter)?;
    let more = second.into_items(&mut evaluator.meter)?;
    evaluator.meter.sequence(items.len() + more.len())?;
    items.extend(more);
    Ok(Item::array(items))
}

pub(super) fn reverse(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let array = arguments.take(0);
    if array.items().is_none_or(|items| items.len() <= 1) {
        return Ok(array);
    }
    let mut items = array.into_items(&mut evaluator.meter)?;
    evaluator.meter.visit(items.len())?;
    items.reverse();
    Ok(Item::array(items))
}

pub(super) fn zip(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let columns: Vec<Option<Items<'_>>> = arguments.values.iter().map(Item::items).collect();
    let length = columns.iter().map(|column| column.map_or(0, Items::len)).min().unwrap_or(0);
    evaluator.meter.sequence(length)?;
    evaluator.meter.step(length)?;
    evaluator.meter.visit(length.saturating_mul(columns.len()))?;
    evaluator.meter.allocate(length.saturating_mul(size_of::<List>() + columns.len() * size_of::<Item>()))?;
    let row = |place: usize| {
        Item::array(columns.iter().flatten().map(|column| column.get(place).unwrap_or_default()).collect())
    };
    Ok(Item::array((0..length).map(row).collect()))
}

pub(super) fn shuffle(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let array = arguments.take(0);
    if array.items().is_none_or(|items| items.len() <= 1) {
        return Ok(array);
    }
    let mut items = array.into_items(&mut evaluator.meter)?;
    evaluator.meter.step(items.len())?;
    for place in (1..items.len()).rev() {
        let bound = place as u64 + 1;
        let other = usize::try_from((evaluator.host.entropy)() % bound).unwrap_or(0);
        items.swap(place, other);
    }
    Ok(Item::array(items))
}

/// A scalar in a form that sorts; numbers by their bits, as they are equal or not.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Scalar {
    Null,
    Bool(bool),
    Number(u64),
    Text(Arc<str>),
}

fn scalar(item: &Item) -> Option<Scalar> {
    match item {
        Item::Json(Value::Null) => Some(Scalar::Null),
        Item::Json(Value::Bool(b)) => Some(Scalar::Bool(*b)),
        Item::Json(Value::String(text)) => Some(Scalar::Text(text.clone())),
        // Adding zero makes -0 and 0 the same.
        // What is no number equals nothing, itself neither.
        _ => item.as_f64().filter(|n| !n.is_nan()).map(|n| Scalar::Number((n + 0.0).to_bits())),
    }
}

pub(super) fn distinct(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let array = arguments.take(0);
    let Some(items) = array.items().filter(|items| items.len() > 1) else { return Ok(array) };
    evaluator.meter.sequence(items.len())?;
    let mut scalars = BTreeSet::new();
    let mut others: Vec<Item> = Vec::new();
    let mut kept = Vec::new();
    for item in items.iter() {
        evaluator.meter.step(1)?;
        if let Some(scalar) = scalar(&item) {
            evaluator.meter.bulk(item.as_str().map_or(0, str::len))?;
            if scalars.insert(scalar) {
                kept.push(item);
            }
            continue;
        }
        let mut repeated = false;
        for other in &others {
            if item::equal(&item, other, &mut evaluator.meter)? {
                repeated = true;
                break;
            }
        }
        if !repeated {
            others.push(item.clone());
            kept.push(item);
        }
    }
    Ok(if array.is_sequence() { Item::sequence(kept) } else { Item::array(kept) })
}
