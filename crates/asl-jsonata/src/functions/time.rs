//! Points in time as milliseconds and as text.

use super::Arguments;
use crate::error::{Fault, Res};
use crate::eval::Evaluator;
use crate::item::Item;
use crate::picture::{datetime, iso};

#[expect(clippy::cast_precision_loss, reason = "times are far below 2^53 milliseconds")]
fn now_millis(evaluator: &Evaluator<'_, '_>) -> f64 {
    evaluator.host.now_millis as f64
}

pub(super) fn millis(evaluator: &mut Evaluator<'_, '_>, _: &mut Arguments<'_>) -> Res<Item> {
    Ok(Item::Number(now_millis(evaluator)))
}

pub(super) fn now(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let now = now_millis(evaluator);
    datetime::format(now, arguments.text(0), arguments.text(1), &mut evaluator.meter).map(Item::string)
}

pub(super) fn from_millis(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let Some(millis) = arguments.number(0) else { return Ok(Item::Undefined) };
    datetime::format(millis, arguments.text(1), arguments.text(2), &mut evaluator.meter).map(Item::string)
}

pub(super) fn to_millis(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let Some(text) = arguments.text(0) else { return Ok(Item::Undefined) };
    let millis = match arguments.text(1) {
        Some(picture) => datetime::parse(text, picture, evaluator.host.now_millis, &mut evaluator.meter)?,
        None => Some(iso::parse(text).ok_or_else(|| Fault::new("D3110").value(&Item::string(text)))?),
    };
    Ok(millis.map_or(Item::Undefined, Item::Number))
}
