//! Objects, types and truth; `$error`, `$assert` and `$eval`.

use std::collections::BTreeSet;
use std::sync::Arc;

use asl_value::Value;

use super::Arguments;
use crate::error::{Fault, Res};
use crate::eval::{Evaluator, wrap_array};
use crate::item::{self, Item};
use crate::view::{View, Walk};
use crate::{lower, parse};

pub(super) fn boolean(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    Ok(item::boolean(&arguments.take(0), &mut evaluator.meter)?.map_or(Item::Undefined, Item::bool))
}

pub(super) fn not(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    Ok(item::boolean(&arguments.take(0), &mut evaluator.meter)?.map_or(Item::Undefined, |b| Item::bool(!b)))
}

pub(super) fn exists(_: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    Ok(Item::bool(!arguments.take(0).is_undefined()))
}

pub(super) fn type_of(_: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    Ok(Item::string(match arguments.take(0) {
        Item::Undefined => return Ok(Item::Undefined),
        Item::Json(value) => value.kind().name(),
        // What is no number is nothing else either, which leaves an object.
        number @ Item::Number(_) => number.as_number()?.map_or("object", |_| "number"),
        Item::List(_) | Item::Tuples(_) => "array",
        Item::Record(_) => "object",
        Item::Function(_) => "function",
    }))
}

pub(super) fn keys(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let input = arguments.take(0);
    let mut seen: BTreeSet<Arc<str>> = BTreeSet::new();
    let mut names = Vec::new();
    let mut leaves = Walk::leaves(&input);
    while let Some(leaf) = leaves.next(&mut evaluator.meter)? {
        for (name, _) in leaf.members().into_iter().flatten() {
            let Some(name) = name else { continue };
            evaluator.meter.step(1)?;
            evaluator.meter.bulk(name.len())?;
            if seen.insert(name.clone()) {
                evaluator.meter.one_more(names.len())?;
                names.push(Item::string(name.clone()));
            }
        }
    }
    Ok(Item::sequence(names))
}

pub(super) fn lookup(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let (input, name) = (arguments.take(0), arguments.take(1));
    let Some(name) = name.as_str() else { return Ok(Item::Undefined) };
    evaluator.meter.bulk(name.len())?;
    crate::eval::lookup(&input, name, &mut evaluator.meter)
}

pub(super) fn spread(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let input = arguments.take(0);
    if !input.is_array() && !input.is_object() {
        return Ok(input);
    }
    let mut results = Vec::new();
    let mut leaves = Walk::leaves(&input);
    while let Some(leaf) = leaves.next(&mut evaluator.meter)? {
        let Some(members) = leaf.members() else {
            if !matches!(leaf, View::Item(Item::Undefined)) {
                evaluator.meter.one_more(results.len())?;
                results.push(leaf.to_item());
            }
            continue;
        };
        for (name, member) in members {
            let member = (name.cloned().unwrap_or_default(), member.to_item());
            evaluator.meter.one_more(results.len())?;
            results.push(Item::object(vec![member], &mut evaluator.meter)?);
        }
    }
    // What an array is made into is an array, also of one item.
    let appended = input.items().is_some_and(|items| items.iter().any(|item| !item.is_undefined()));
    Ok(if appended { Item::array(results) } else { Item::sequence(results) })
}

pub(super) fn merge(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let objects = arguments.take(0);
    let Some(items) = objects.items() else { return Ok(Item::Undefined) };
    let mut places = std::collections::BTreeMap::new();
    let mut members: Vec<(Arc<str>, Item)> = Vec::new();
    for object in items.iter() {
        evaluator.meter.step(object.member_count() + 1)?;
        for (name, value) in object.members(&mut evaluator.meter)? {
            evaluator.meter.bulk(name.len())?;
            let place = *places.entry(name.clone()).or_insert(members.len());
            match members.get_mut(place) {
                Some((_, old)) => *old = value,
                None => members.push((name, value)),
            }
        }
    }
    Item::object(members, &mut evaluator.meter)
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

/// What it is to compile the largest regular expression.
const REGEX_STEPS: usize = 4000;

pub(super) fn eval(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let (text, focus) = (arguments.take(0), arguments.take(1));
    let Some(text) = text.as_str() else { return Ok(Item::Undefined) };
    let input = if focus.is_undefined() { arguments.input.clone() } else { wrap_array(focus) };
    // A short regular expression can make a large program.
    let regexes = text.matches('/').count() / 2;
    evaluator.meter.step(text.len().saturating_add(regexes.saturating_mul(REGEX_STEPS)))?;
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
