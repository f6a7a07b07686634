//! The array functions.

use std::collections::BTreeSet;

use asl_value::{Number, Value};

use super::Arguments;

/// How many items `States.ArrayRange` may make.
const RANGE_MAX: usize = 1000;

pub(super) fn partition(given: &Arguments<'_>) -> Result<Value, String> {
    let (items, size) = (given.array(0)?, given.integer(1)?);
    let size = usize::try_from(size).ok().filter(|size| *size > 0);
    let size = size.ok_or_else(|| "The chunk size must be a positive integer".to_owned())?;
    Ok(items.chunks(size).map(|chunk| Value::from(chunk.to_vec())).collect::<Vec<_>>().into())
}

pub(super) fn contains(given: &Arguments<'_>) -> Result<Value, String> {
    Ok(given.array(0)?.contains(given.get(1)).into())
}

/// From the first to the second, both included, by steps of the third.
pub(super) fn range(given: &Arguments<'_>) -> Result<Value, String> {
    let (first, last, step) = (given.integer(0)?, given.integer(1)?, given.integer(2)?);
    if step == 0 {
        return Err("The increment must not be 0".to_owned());
    }
    let mut items = Vec::new();
    let mut next = Some(first);
    while let Some(number) = next.filter(|number| if step > 0 { *number <= last } else { *number >= last }) {
        if items.len() == RANGE_MAX {
            return Err(format!("The range must have at most {RANGE_MAX} elements"));
        }
        items.push(Value::from(number));
        next = number.checked_add(step);
    }
    Ok(items.into())
}

pub(super) fn item(given: &Arguments<'_>) -> Result<Value, String> {
    let (items, index) = (given.array(0)?, given.integer(1)?);
    let item = usize::try_from(index).ok().and_then(|index| items.get(index));
    item.cloned()
        .ok_or_else(|| format!("The index {index} is out of range for an array of {} elements", items.len()))
}

pub(super) fn length(given: &Arguments<'_>) -> Result<Value, String> {
    Ok(Value::from(u64::try_from(given.array(0)?.len()).unwrap_or(u64::MAX)))
}

/// Each value once, in order of first sight.
pub(super) fn unique(given: &Arguments<'_>) -> Result<Value, String> {
    let mut seen = BTreeSet::new();
    let items = given.array(0)?.iter();
    Ok(items.filter(|item| seen.insert(identity(item))).cloned().collect::<Vec<_>>().into())
}

/// A text that is the same for equal values: members sorted, numbers by value.
fn identity(value: &Value) -> String {
    enum Part<'v> {
        Value(&'v Value),
        Name(&'v str),
        Close(char),
    }
    let mut text = String::new();
    let mut pending = vec![Part::Value(value)];
    while let Some(part) = pending.pop() {
        match part {
            Part::Close(bracket) => text.push(bracket),
            Part::Name(name) => asl_value::print_to(&Value::from(name), &mut text),
            Part::Value(Value::Array(items)) => {
                text.push('[');
                pending.push(Part::Close(']'));
                pending.extend(items.iter().rev().map(Part::Value));
            }
            Part::Value(Value::Object(members)) => {
                text.push('{');
                pending.push(Part::Close('}'));
                let mut members: Vec<_> = members.iter().collect();
                members.sort_by(|(a, _), (b, _)| b.cmp(a));
                for (name, member) in members {
                    pending.push(Part::Value(member));
                    pending.push(Part::Name(name));
                }
            }
            Part::Value(Value::Number(number)) => {
                let number = number.as_i64().map_or(*number, Number::Int);
                asl_value::print_to(&Value::Number(number), &mut text);
            }
            Part::Value(scalar) => asl_value::print_to(scalar, &mut text),
        }
        text.push(',');
    }
    text
}
