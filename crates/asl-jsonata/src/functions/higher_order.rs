//! Functions that take functions.

use std::rc::Rc;

use asl_value::Value;

use super::Arguments;
use crate::error::{Fault, Res};
use crate::eval::{Evaluator, merge_sort};
use crate::frame::Function;
use crate::item::{self, Item};

fn function(item: &Item) -> Option<Rc<Function>> {
    match item {
        Item::Function(function) => Some(function.bare().clone()),
        _ => None,
    }
}

/// The value, and where the function takes them its place and the whole.
fn call_with(function: &Function, value: Item, place: impl FnOnce() -> Item, whole: &Item) -> Vec<Item> {
    let arity = function.arity();
    let mut arguments = Vec::with_capacity(arity.clamp(1, 3));
    arguments.push(value);
    if arity >= 2 {
        arguments.push(place());
    }
    if arity >= 3 {
        arguments.push(whole.clone());
    }
    arguments
}

pub(super) fn map(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let (array, function) = (arguments.take(0), function(&arguments.take(1)));
    let (Some(items), Some(function)) = (array.items(), function) else { return Ok(Item::Undefined) };
    evaluator.meter.sequence(items.len())?;
    let mut results = Vec::with_capacity(items.len());
    for (place, item) in items.iter().enumerate() {
        let given = call_with(&function, item, || Item::count(place), &array);
        let result = evaluator.call_function(&function, given, arguments.env)?;
        if !result.is_undefined() {
            results.push(result);
        }
    }
    Ok(Item::sequence(results))
}

pub(super) fn filter(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let (array, function) = (arguments.take(0), function(&arguments.take(1)));
    let (Some(items), Some(function)) = (array.items(), function) else { return Ok(Item::Undefined) };
    evaluator.meter.sequence(items.len())?;
    let mut results = Vec::new();
    for (place, item) in items.iter().enumerate() {
        let given = call_with(&function, item.clone(), || Item::count(place), &array);
        let result = evaluator.call_function(&function, given, arguments.env)?;
        if item::truthy(&result, &mut evaluator.meter)? {
            results.push(item);
        }
    }
    Ok(Item::sequence(results))
}

pub(super) fn single(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let (array, function) = (arguments.take(0), function(&arguments.take(1)));
    let Some(items) = array.items() else { return Ok(Item::Undefined) };
    evaluator.meter.step(items.len())?;
    let mut found = None;
    for (place, item) in items.iter().enumerate() {
        let matches = match &function {
            None => true,
            Some(function) => {
                let given = call_with(function, item.clone(), || Item::count(place), &array);
                let result = evaluator.call_function(function, given, arguments.env)?;
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
    let (array, function, start) = (arguments.take(0), function(&arguments.take(1)), arguments.take(2));
    let (Some(items), Some(function)) = (array.items(), function) else { return Ok(Item::Undefined) };
    let arity = function.arity();
    if arity < 2 {
        return Err(Fault::new("D3050").index(1));
    }
    let mut result = start;
    for (place, item) in items.iter().enumerate() {
        if place == 0 && result.is_undefined() {
            result = item;
            continue;
        }
        let mut given = Vec::with_capacity(arity.min(4));
        given.extend([result, item]);
        if arity >= 3 {
            given.push(Item::count(place));
        }
        if arity >= 4 {
            given.push(array.clone());
        }
        result = evaluator.call_function(&function, given, arguments.env)?;
    }
    Ok(result)
}

pub(super) fn each(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let (object, function) = (arguments.take(0), function(&arguments.take(1)));
    let Some(function) = function else { return Ok(Item::Undefined) };
    let mut results = Vec::new();
    for (name, member) in object.members(&mut evaluator.meter)? {
        let given = call_with(&function, member, || Item::string(name), &object);
        let result = evaluator.call_function(&function, given, arguments.env)?;
        if !result.is_undefined() {
            results.push(result);
        }
    }
    evaluator.meter.sequence(results.len())?;
    Ok(Item::sequence(results))
}

pub(super) fn sift(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let (object, function) = (arguments.take(0), function(&arguments.take(1)));
    let Some(function) = function else { return Ok(Item::Undefined) };
    let mut kept = Vec::new();
    for (name, member) in object.members(&mut evaluator.meter)? {
        let given = call_with(&function, member.clone(), || Item::string(name.clone()), &object);
        let result = evaluator.call_function(&function, given, arguments.env)?;
        if item::truthy(&result, &mut evaluator.meter)? {
            kept.push((name, member));
        }
    }
    if kept.is_empty() { Ok(Item::Undefined) } else { Item::object(kept, &mut evaluator.meter) }
}

pub(super) fn sort(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let (array, function) = (arguments.take(0), function(&arguments.take(1)));
    let Some(items) = array.items().filter(|items| items.len() > 1) else { return Ok(array) };
    let items = items.to_vec(&mut evaluator.meter)?;
    let sorted = if let Some(function) = function {
        merge_sort(items, &mut |a: &Item, b: &Item| {
            let result = evaluator.call_function(&function, vec![a.clone(), b.clone()], arguments.env)?;
            item::truthy(&result, &mut evaluator.meter)
        })?
    } else {
        sortable(&items)?;
        merge_sort(items, &mut |a: &Item, b: &Item| {
            evaluator.meter.visit(1)?;
            if let (Some(x), Some(y)) = (a.as_str(), b.as_str()) {
                evaluator.meter.bulk(x.len().min(y.len()))?;
            }
            Ok(match (a.as_f64(), b.as_f64()) {
                (Some(x), Some(y)) => x > y,
                _ => a.as_str() > b.as_str(),
            })
        })?
    };
    Ok(Item::array(sorted))
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
