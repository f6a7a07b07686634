//! Objects, types and truth; `$error`, `$assert` and `$eval`.

use std::collections::BTreeSet;
use std::sync::Arc;

use asl_value::Value;

use super::Arguments;
use crate::error::{Fault, Res};
use crate::eval::{Evaluator, wrap_array};
use crate::item::{self, Item, check_depth};
use crate::{lower, parse};

pub(super) fn boolean(_: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    Ok(item::boolean(&arguments.take(0))?.map_or(Item::Undefined, Item::bool))
}

pub(super) fn not(_: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    Ok(item::boolean(&arguments.take(0))?.map_or(Item::Undefined, |b| Item::bool(!b)))
}

pub(super) fn exists(_: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    Ok(Item::bool(!arguments.take(0).is_undefined()))
}

pub(super) fn type_of(_: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    Ok(Item::string(match arguments.take(0) {
        Item::Undefined => return Ok(Item::Undefined),
        Item::Json(value) => value.kind().name(),
        Item::Number(_) => "number",
        Item::List(_) | Item::Tuples(_) => "array",
        Item::Record(_) => "object",
        Item::Function(_) => "function",
    }))
}

pub(super) fn keys(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let mut seen = BTreeSet::new();
    let mut names = Vec::new();
    collect_keys(&arguments.take(0), &mut seen, &mut names, 0)?;
    evaluator.meter.sequence(names.len())?;
    Ok(Item::sequence(names.into_iter().map(Item::string).collect()))
}

fn collect_keys(
    item: &Item,
    seen: &mut BTreeSet<Arc<str>>,
    names: &mut Vec<Arc<str>>,
    depth: usize,
) -> Res<()> {
    check_depth(depth)?;
    if let Some(items) = item.items() {
        for inner in items.iter() {
            collect_keys(&inner, seen, names, depth + 1)?;
        }
    }
    for (name, _) in item.members() {
        if seen.insert(name.clone()) {
            names.push(name);
        }
    }
    Ok(())
}

pub(super) fn lookup(_: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let (input, name) = (arguments.take(0), arguments.take(1));
    name.as_str().map_or(Ok(Item::Undefined), |name| crate::eval::lookup(&input, name, 0))
}

pub(super) fn spread(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let input = arguments.take(0);
    if !input.is_array() && !input.is_object() {
        return Ok(input);
    }
    let mut results = Vec::new();
    spread_into(&input, &mut results, 0)?;
    evaluator.meter.sequence(results.len().saturating_mul(2))?;
    Ok(Item::sequence(results))
}

fn spread_into(item: &Item, results: &mut Vec<Item>, depth: usize) -> Res<()> {
    check_depth(depth)?;
    if let Some(items) = item.items() {
        for inner in items.iter() {
            spread_into(&inner, results, depth + 1)?;
        }
    } else if item.is_object() {
        for member in item.members() {
            results.push(Item::object(vec![member])?);
        }
    } else if !item.is_undefined() {
        results.push(item.clone());
    }
    Ok(())
}

pub(super) fn merge(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let objects = arguments.take(0);
    let Some(items) = objects.items() else { return Ok(Item::Undefined) };
    let mut places = std::collections::BTreeMap::new();
    let mut members: Vec<(Arc<str>, Item)> = Vec::new();
    for object in items.iter() {
        evaluator.meter.step(object.member_count() + 1)?;
        for (name, value) in object.members() {
            let place = *places.entry(name.clone()).or_insert(members.len());
            match members.get_mut(place) {
                Some((_, old)) => *old = value,
                None => members.push((name, value)),
            }
        }
    }
    Item::object(members)
}

pub(super) fn clone(_: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    Ok(arguments.take(0))
}

pub(super) fn error(_: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let message = arguments.text(0).filter(|text| !text.is_empty());
    Err(Fault::new("D3137").text(message.unwrap_or("$error() function evaluated")))
}

pub(super) fn assert(_: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    if matches!(arguments.values.first(), Some(Item::Json(Value::Bool(true)))) {
        return Ok(Item::Undefined);
    }
    let message = arguments.text(1).filter(|text| !text.is_empty());
    Err(Fault::new("D3141").text(message.unwrap_or("$assert() statement failed")))
}

pub(super) fn eval(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let (text, focus) = (arguments.take(0), arguments.take(1));
    let Some(text) = text.as_str() else { return Ok(Item::Undefined) };
    let input = if focus.is_undefined() { arguments.input.clone() } else { wrap_array(focus) };
    evaluator.meter.step(text.len())?;
    evaluator.meter.allocate(text.len().saturating_mul(64))?;
    let wrap = |code: &'static str| {
        // The limits of the evaluation hold for all of it.
        move |fault: Box<Fault>| {
            if fault.is_limit() { fault } else { Fault::new(code).value(&Item::string(fault.message())) }
        }
    };
    let dialect = evaluator.dialect;
    let node = parse::parse(text)
        .and_then(|parsed| lower::lower(parsed, dialect, evaluator.symbols.to_mut(), true))
        .map_err(wrap("D3120"))?
        .node;
    evaluator.eval(&node, &input, arguments.env).map_err(wrap("D3121"))
}
