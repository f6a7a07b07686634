//! Functions that take functions.

use asl_value::Value;

use super::Arguments;
use crate::error::{Fault, Res};
use crate::eval::{Caller, Evaluator, merge_order, text_order};
use crate::item::{self, Item};

pub(super) fn map(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let (array, caller) = (arguments.take(0), Caller::new(&arguments.take(1), arguments.env));
    let (Some(items), Some(mut caller)) = (array.items(), caller) else { return Ok(Item::Undefined) };
    evaluator.meter.sequence(items.len())?;
    let mut results = Vec::with_capacity(items.len());
    for (place, item) in items.iter().enumerate() {
        let result = caller.call_for(evaluator, item, || Item::count(place), &array)?;
        if !result.is_undefined() {
            results.push(result);
        }
    }
    Ok(Item::sequence(results))
}

pub(super) fn filter(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let (array, caller) = (arguments.take(0), Caller::new(&arguments.take(1), arguments.env));
    let (Some(items), Some(mut caller)) = (array.items(), caller) else { return Ok(Item::Undefined) };
    evaluator.meter.sequence(items.len())?;
    let mut results = Vec::new();
    for (place, item) in items.iter().enumerate() {
        let result = caller.call_for(evaluator, item.clone(), || Item::count(place), &array)?;
        if item::truthy(&result, &mut evaluator.meter)? {
            results.push(item);
        }
    }
    Ok(Item::sequence(results))
}

pub(super) fn single(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let (array, mut caller) = (arguments.take(0), Caller::new(&arguments.take(1), arguments.env));
    let Some(items) = array.items() else { return Ok(Item::Undefined) };
    evaluator.meter.step(items.len())?;
    let mut found = None;
    for (place, item) in items.iter().enumerate() {
        let matches = match &mut caller {
            None => true,
            Some(caller) => {
                let result = caller.call_for(evaluator, item.clone(), || Item::count(place), &array)?;
                item::truthy(&result, &mut evaluator.meter)?
            }
        };
        if matches && found.replace(item).is_some() {
            return Err(Fault::new("D3138").index(place));
        }
    }
    found.ok_or_else(|| Fault::new("D3139"))
}

pub(super) fn reduce(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let (array, caller) = (arguments.take(0), Caller::new(&arguments.take(1), arguments.env));
    let (Some(items), Some(mut caller)) = (array.items(), caller) else { return Ok(Item::Undefined) };
    let arity = caller.arity();
    if arity < 2 {
        return Err(Fault::new("D3050").index(1));
    }
    let mut result = arguments.take(2);
    for (place, item) in items.iter().enumerate() {
        if place == 0 && result.is_undefined() {
            result = item;
            continue;
        }
        result = caller.call(evaluator, |given| {
            given.extend([std::mem::take(&mut result), item]);
            if arity >= 3 {
                given.push(Item::count(place));
            }
            if arity >= 4 {
                given.push(array.clone());
            }
        })?;
    }
    Ok(result)
}

pub(super) fn each(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let (object, caller) = (arguments.take(0), Caller::new(&arguments.take(1), arguments.env));
    let Some(mut caller) = caller else { return Ok(Item::Undefined) };
    let mut results = Vec::new();
    for (name, member) in object.members(&mut evaluator.meter)? {
        let result = caller.call_for(evaluator, member, || Item::string(name), &object)?;
        if !result.is_undefined() {
            results.push(result);
        }
    }
    evaluator.meter.sequence(results.len())?;
    Ok(Item::sequence(results))
}

pub(super) fn sift(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let (object, caller) = (arguments.take(0), Caller::new(&arguments.take(1), arguments.env));
    let Some(mut caller) = caller else { return Ok(Item::Undefined) };
    let mut kept = Vec::new();
    for (name, member) in object.members(&mut evaluator.meter)? {
        let result = caller.call_for(evaluator, member.clone(), || Item::string(name.clone()), &object)?;
        if item::truthy(&result, &mut evaluator.meter)? {
            kept.push((name, member));
        }
    }
    if kept.is_empty() { Ok(Item::Undefined) } else { Item::object(kept, &mut evaluator.meter) }
}

pub(super) fn sort(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let (array, caller) = (arguments.take(0), Caller::new(&arguments.take(1), arguments.env));
    let Some(items) = array.items().filter(|items| items.len() > 1) else { return Ok(array) };
    let mut items = items.to_vec(&mut evaluator.meter)?;
    let item = |place: usize| items.get(place).unwrap_or(&Item::Undefined);
    let order = if let Some(mut caller) = caller {
        merge_order(items.len(), &mut |a, b| {
            let pair = [item(a).clone(), item(b).clone()];
            let result = caller.call(evaluator, |given| given.extend(pair))?;
            Ok(swaps(&result))
        })?
    } else {
        sortable(&items)?;
        merge_order(items.len(), &mut |a, b| {
            evaluator.meter.visit(1)?;
            Ok(match (item(a), item(b)) {
                (Item::Json(Value::String(x)), Item::Json(Value::String(y))) => {
                    evaluator.meter.bulk(x.len().min(y.len()))?;
                    text_order(x, y).is_gt()
                }
                (x, y) => x.as_f64() > y.as_f64(),
            })
        })?
    };
    let sorted = order.into_iter().filter_map(|place| items.get_mut(place).map(std::mem::take));
    Ok(Item::array(sorted.collect()))
}

/// Whether the answer of a sort's function means yes: to JavaScript, which takes
/// any array, object and function for it.
fn swaps(answer: &Item) -> bool {
    match answer {
        Item::Undefined | Item::Json(Value::Null) => false,
        Item::Json(Value::Bool(b)) => *b,
        Item::Json(Value::String(text)) => !text.is_empty(),
        other => other.as_f64().is_none_or(|n| n != 0.0 && !n.is_nan()),
    }
}

/// Without a function, only numbers or only strings have an order.
fn sortable(items: &[Item]) -> Res<()> {
    let strings = items.iter().all(|item| matches!(item, Item::Json(Value::String(_))));
    let mut numbers = true;
    for item in items {
        numbers &= item.as_number()?.is_some();
    }
    if strings || numbers { Ok(()) } else { Err(Fault::new("D3070").index(1)) }
}
