//! Strings. Places and lengths count characters (code points).

use super::Arguments;
use crate::error::Res;
use crate::eval::Evaluator;
use crate::item::Item;
use crate::print;

/// Applies `change` to the first argument, if it is there.
fn mapped(
    evaluator: &mut Evaluator<'_, '_>,
    arguments: &Arguments<'_>,
    change: impl FnOnce(&str) -> String,
) -> Res<Item> {
    let Some(text) = arguments.text(0) else { return Ok(Item::Undefined) };
    evaluator.meter.string(text.len())?;
    evaluator.meter.letters(text.len())?;
    Ok(Item::string(change(text)))
}

pub(super) fn string(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let value = arguments.take(0);
    let pretty = crate::item::boolean(&arguments.take(1), &mut evaluator.meter)? == Some(true);
    if value.is_undefined() || value.as_str().is_some() {
        return Ok(value);
    }
    let mut text = String::new();
    print::append(&value, pretty, &mut text, &mut evaluator.meter)?;
    Ok(Item::string(text))
}

pub(super) fn substring(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let Some(text) = arguments.text(0) else { return Ok(Item::Undefined) };
    evaluator.meter.bulk(text.len().saturating_mul(2))?;
    let count = text.chars().count();
    let Some(start) = arguments.number(1) else {
        let whole = arguments.number(2).is_none();
        return Ok(if whole { arguments.take(0) } else { Item::string("") });
    };
    let (start, end) = part(count, start, arguments.number(2));
    let slice = slice(text, start, end);
    evaluator.meter.string(slice.len())?;
    Ok(Item::string(slice))
}

/// Where the part begins and ends that `$substring` takes of so many characters.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped"
)]
pub(super) fn part(count: usize, start: f64, wanted: Option<f64>) -> (usize, usize) {
    let length = count as f64;
    let start = if length + start < 0.0 { 0.0 } else { start };
    let end = match wanted {
        Some(wanted) if wanted <= 0.0 => return (0, 0),
        Some(wanted) if start >= 0.0 => start + wanted,
        Some(wanted) => length + start + wanted,
        None => length,
    };
    // As JavaScript slices: rounded towards zero, from the end if negative.
    let place = |n: f64| {
        let n = n.trunc();
        (if n < 0.0 { (n + length).max(0.0) } else { n.min(length) }) as usize
    };
    (place(start), place(end))
}

/// The characters from one place up to another.
fn slice(text: &str, start: usize, end: usize) -> &str {
    let place = |characters: usize| text.char_indices().nth(characters).map_or(text.len(), |(at, _)| at);
    text.get(place(start)..place(end.max(start))).unwrap_or_default()
}

pub(super) fn substring_before(
    evaluator: &mut Evaluator<'_, '_>,
    arguments: &mut Arguments<'_>,
) -> Res<Item> {
    let separator = arguments.text(1).unwrap_or("undefined");
    evaluator.meter.bulk(separator.len())?;
    mapped(evaluator, arguments, |text| {
        text.split_once(separator).map_or(text, |(before, _)| before).to_owned()
    })
}

pub(super) fn substring_after(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let separator = arguments.text(1).unwrap_or("undefined");
    evaluator.meter.bulk(separator.len())?;
    mapped(evaluator, arguments, |text| {
        text.split_once(separator).map_or(text, |(_, after)| after).to_owned()
    })
}

pub(super) fn lowercase(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    mapped(evaluator, arguments, str::to_lowercase)
}

pub(super) fn uppercase(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    mapped(evaluator, arguments, str::to_uppercase)
}

pub(super) fn length(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    evaluator.meter.bulk(arguments.text(0).map_or(0, str::len))?;
    Ok(arguments.text(0).map_or(Item::Undefined, |text| Item::count(text.chars().count())))
}

pub(super) fn trim(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    mapped(evaluator, arguments, |text| {
        let words = text.split([' ', '\t', '\n', '\r']).filter(|word| !word.is_empty());
        words.collect::<Vec<_>>().join(" ")
    })
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates, and is then checked")]
pub(super) fn pad(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let Some(text) = arguments.text(0) else { return Ok(Item::Undefined) };
    let width = arguments.number(1).unwrap_or(0.0).trunc();
    let filler = arguments.text(2).filter(|filler| !filler.is_empty()).unwrap_or(" ");
    let missing = (width.abs() as usize).saturating_sub(text.chars().count());
    evaluator.meter.bulk(text.len())?;
    evaluator.meter.string(missing.saturating_mul(4).saturating_add(text.len()))?;
    evaluator.meter.letters(missing)?;
    let padding: String = filler.chars().cycle().take(missing).collect();
    Ok(Item::string(if width > 0.0 { format!("{text}{padding}") } else { format!("{padding}{text}") }))
}

pub(super) fn join(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let Some(items) = arguments.values.first().and_then(Item::items) else { return Ok(Item::Undefined) };
    let separator = arguments.text(1).unwrap_or_default();
    evaluator.meter.visit(items.len())?;
    let mut joined = String::new();
    for (place, item) in items.iter().enumerate() {
        let text = item.as_str().unwrap_or_default();
        if place > 0 {
            joined.push_str(separator);
        }
        joined.push_str(text);
        evaluator.meter.string_length(joined.len())?;
        evaluator.meter.bulk(text.len() + separator.len())?;
        evaluator.meter.allocate(text.len() + separator.len())?;
    }
    Ok(Item::string(joined))
}
