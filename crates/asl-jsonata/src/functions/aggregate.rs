//! Numbers of an array to one number.

use super::Arguments;
use crate::error::Res;
use crate::eval::Evaluator;
use crate::item::{Item, Items};

/// Folds the numbers, which the signature has checked; `None` for undefined.
fn fold<T>(
    evaluator: &mut Evaluator<'_, '_>,
    arguments: &Arguments<'_>,
    start: T,
    add: impl Fn(T, f64) -> T,
) -> Res<Option<(T, usize)>> {
    let Some(items) = arguments.values.first().and_then(Item::items) else { return Ok(None) };
    evaluator.meter.scan(items.len())?;
    let total = match items {
        Items::Values(values) => values.iter().filter_map(asl_value::Value::as_f64).fold(start, add),
        Items::Items(items) => items.iter().filter_map(Item::as_f64).fold(start, add),
    };
    Ok(Some((total, items.len())))
}

pub(super) fn sum(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let total = fold(evaluator, arguments, 0.0, |total, n| total + n)?;
    Ok(total.map_or(Item::Undefined, |(total, _)| Item::Number(total)))
}

pub(super) fn count(_: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    Ok(Item::count(arguments.values.first().and_then(Item::items).map_or(0, Items::len)))
}

pub(super) fn max(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    extreme(evaluator, arguments, |a, b| a > b)
}

pub(super) fn min(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    extreme(evaluator, arguments, |a, b| a < b)
}

fn extreme(
    evaluator: &mut Evaluator<'_, '_>,
    arguments: &Arguments<'_>,
    is_better: fn(f64, f64) -> bool,
) -> Res<Item> {
    // What is no number stays, once it is met.
    let pick = |best: f64, n: f64| if n.is_nan() || is_better(n, best) { n } else { best };
    let found =
        fold(evaluator, arguments, None, |best: Option<f64>, n| Some(best.map_or(n, |best| pick(best, n))))?;
    Ok(found.and_then(|(best, _)| best).map_or(Item::Undefined, Item::Number))
}

#[expect(clippy::cast_precision_loss, reason = "lengths are far below 2^53")]
pub(super) fn average(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    Ok(match fold(evaluator, arguments, 0.0, |total, n| total + n)? {
        Some((total, count)) if count > 0 => Item::Number(total / count as f64),
        _ => Item::Undefined,
    })
}
