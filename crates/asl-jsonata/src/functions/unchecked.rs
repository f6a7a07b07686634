//! What the functions of the library make of arguments that nobody checked. A
//! function that is applied in part has no signature: the reference calls its
//! JavaScript with whatever is given, and that goes through what has a length,
//! and takes for a number or a text what is none. What JavaScript itself would
//! stumble over is left to the signature.

use asl_value::Value;

use super::Builtin;
use super::numeric::read_loose;
use super::string::part;
use crate::budget::Meter;
use crate::error::Res;
use crate::item::{self, Item};
use crate::print;

/// What becomes of a call.
pub(crate) enum Unchecked {
    /// The function's result.
    Done(Item),
    /// The call goes on with these arguments.
    Call(Vec<Item>),
}

/// Prepares the call of a function that is applied in part.
pub(crate) fn unchecked(builtin: Builtin, mut values: Vec<Item>, meter: &mut Meter) -> Res<Unchecked> {
    let first = values.first().cloned().unwrap_or_default();
    if first.is_undefined() {
        return Ok(Unchecked::Call(values));
    }
    match builtin.name() {
        "abs" | "floor" | "ceil" | "sqrt" | "power" | "round" | "formatBase" | "formatInteger" => {
            numbers(builtin.name(), &mut values, meter)?;
        }
        "sum" | "average" | "max" | "min" | "zip" | "reverse" | "sort" | "count" => {
            return aggregate(builtin.name(), first, values, meter);
        }
        "length" if first.is_array() => return Ok(Unchecked::Done(Item::count(length(&first).unwrap_or(0)))),
        "substring" if first.is_array() => {
            let Some(start) = values.get(1).and_then(Item::as_f64) else {
                return Ok(Unchecked::Call(values));
            };
            let items = first.into_items(meter)?;
            let (start, end) = part(items.len(), start, values.get(2).and_then(Item::as_f64));
            let some = items.get(start..end.max(start)).unwrap_or_default().to_vec();
            return joined(&Item::array(some), "", meter).map(|text| Unchecked::Done(Item::string(text)));
        }
        "join" if first.is_array() => {
            let separator = match values.get(1) {
                None | Some(Item::Undefined) => String::new(),
                Some(separator) => to_text(separator, meter)?,
            };
            return joined(&first, &separator, meter).map(|text| Unchecked::Done(Item::string(text)));
        }
        "contains" if first.is_array() && values.get(1).is_some_and(|token| token.as_str().is_some()) => {
            let token = values.get(1).cloned().unwrap_or_default();
            let mut found = false;
            for value in first.into_items(meter)? {
                found |= item::identical(&value, &token, meter)?;
            }
            return Ok(Unchecked::Done(Item::bool(found)));
        }
        "match" | "contains" if values.get(1).is_some_and(Item::is_function) => {
            let text = to_text(&first, meter)?;
            replace(&mut values, Item::string(text));
        }
        "encodeUrl" | "encodeUrlComponent" | "decodeUrl" | "decodeUrlComponent" => {
            let text = to_text(&first, meter)?;
            replace(&mut values, Item::string(text));
        }
        "replace" if values.get(1).is_some_and(|pattern| pattern.as_str().is_some()) => {
            if let Some(with) = values.get_mut(2).filter(|with| !with.is_function()) {
                let text = to_text(with, meter)?;
                *with = Item::string(text);
            }
        }
        // What is no object has no members to add; texts and arrays are left out.
        "merge" if first.is_array() => {
            let objects = first.into_items(meter)?.into_iter().filter(Item::is_object).collect();
            replace(&mut values, Item::array(objects));
        }
        "map" | "filter" | "reduce" | "single" if !first.is_array() => {
            let units = first.as_str().map_or(Ok(Vec::new()), |text| item::units(text, meter))?;
            replace(&mut values, Item::array(units));
        }
        _ => {}
    }
    Ok(Unchecked::Call(values))
}

/// Makes the arguments the numbers that JavaScript takes them for.
fn numbers(name: &str, values: &mut [Item], meter: &mut Meter) -> Res<()> {
    // The place of the point is moved in the text of a number.
    let moves_point = name == "round" && values.get(1).and_then(Item::as_f64).is_some_and(|n| n != 0.0);
    let count = if name == "formatInteger" { 1 } else { 2 };
    for (place, value) in values.iter_mut().take(count).enumerate() {
        if value.is_undefined() || value.as_f64().is_some() {
            continue;
        }
        let number = if moves_point && place == 0 {
            let text = to_text(value, meter)?;
            // A point alone cannot be moved.
            if text.trim().is_empty() { f64::NAN } else { read_loose(&text) }
        } else {
            to_number(value, meter)?
        };
        *value = Item::Number(number);
    }
    Ok(())
}

/// Functions of a whole array. What is none has no length.
fn aggregate(name: &str, first: Item, mut values: Vec<Item>, meter: &mut Meter) -> Res<Unchecked> {
    let done = |item| Ok(Unchecked::Done(item));
    match name {
        "count" => done(length(&first).map_or(Item::Undefined, Item::count)),
        // The reference finds one parameter in the text of the function.
        "zip" if first.is_array() => Ok(Unchecked::Call(vec![first])),
        "zip" => done(Item::array(Vec::new())),
        "sort" | "reverse" if first.is_array() => Ok(Unchecked::Call(values)),
        "sort" => done(first),
        "reverse" => match first.as_str() {
            Some(text) => {
                let mut units = item::units(text, meter)?;
                units.reverse();
                done(if units.len() > 1 { Item::array(units) } else { first })
            }
            None => done(Item::array(vec![Item::Undefined])),
        },
        "sum" if first.is_array() => total(first, meter).map(Unchecked::Done),
        "average" if first.is_array() => {
            let count = length(&first).unwrap_or(0);
            let total = total(first, meter)?;
            let (total, Item::Number(count)) = (to_number(&total, meter)?, Item::count(count)) else {
                return done(Item::Undefined);
            };
            done(if count > 0.0 { Item::Number(total / count) } else { Item::Undefined })
        }
        // An object is a list of arguments without any.
        "max" if first.is_object() => done(Item::Number(f64::NEG_INFINITY)),
        "min" if first.is_object() => done(Item::Number(f64::INFINITY)),
        "max" | "min" if first.is_array() => {
            let mut numbers = Vec::new();
            for value in first.into_items(meter)? {
                numbers.push(Item::Number(to_number(&value, meter)?));
            }
            replace(&mut values, Item::array(numbers));
            Ok(Unchecked::Call(values))
        }
        _ => Ok(Unchecked::Call(values)),
    }
}

fn replace(values: &mut [Item], item: Item) {
    if let Some(first) = values.first_mut() {
        *first = item;
    }
}

/// What JavaScript's `length` is: of arrays and texts only.
fn length(item: &Item) -> Option<usize> {
    match item.as_str() {
        Some(text) => Some(text.encode_utf16().count()),
        None => item.items().map(item::Items::len),
    }
}

/// JavaScript's sum, which is a text from the first item on that is no scalar.
fn total(array: Item, meter: &mut Meter) -> Res<Item> {
    let mut number = 0.0;
    let mut text: Option<String> = None;
    for value in array.into_items(meter)? {
        let adds_text = value.as_str().is_some() || value.is_array() || value.is_object();
        if text.is_none() && adds_text {
            text = Some(print::number(number));
        }
        match &mut text {
            Some(text) => {
                text.push_str(&to_text(&value, meter)?);
                meter.string_length(text.len())?;
            }
            None => number += to_number(&value, meter)?,
        }
    }
    match text {
        Some(text) => {
            meter.string(text.len())?;
            Ok(Item::string(text))
        }
        None => Ok(Item::Number(number)),
    }
}

/// JavaScript's `Array.join`.
fn joined(array: &Item, separator: &str, meter: &mut Meter) -> Res<String> {
    let mut text = String::new();
    for (place, value) in array.items().into_iter().flat_map(item::Items::iter).enumerate() {
        if place > 0 {
            text.push_str(separator);
        }
        if !value.is_undefined() && !matches!(value, Item::Json(Value::Null)) {
            text.push_str(&to_text(&value, meter)?);
        }
        meter.string_length(text.len())?;
    }
    meter.string(text.len())?;
    Ok(text)
}

/// What JavaScript writes for a value in a text.
fn to_text(value: &Item, meter: &mut Meter) -> Res<String> {
    meter.enter()?;
    let text = match value {
        Item::Undefined => "undefined".to_owned(),
        Item::Json(Value::Null) => "null".to_owned(),
        Item::Json(Value::Bool(b)) => b.to_string(),
        Item::Json(Value::String(text)) => {
            meter.string(text.len())?;
            text.to_string()
        }
        _ if value.is_array() => joined(value, ",", meter)?,
        _ => value.as_f64().map_or_else(|| "[object Object]".to_owned(), print::number),
    };
    meter.leave();
    Ok(text)
}

/// What JavaScript takes a value for where it wants a number.
fn to_number(value: &Item, meter: &mut Meter) -> Res<f64> {
    Ok(match value {
        Item::Json(Value::Null) => 0.0,
        Item::Json(Value::Bool(b)) => f64::from(u8::from(*b)),
        _ => match value.as_f64() {
            Some(n) => n,
            None if value.is_undefined() || value.is_function() => f64::NAN,
            None => {
                let text = to_text(value, meter)?;
                read_loose(&text)
            }
        },
    })
}
