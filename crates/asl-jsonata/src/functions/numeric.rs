//! Numbers, and their conversion from and to text.

use asl_value::Value;

use super::Arguments;
use crate::error::{Fault, Res};
use crate::eval::Evaluator;
use crate::item::Item;
use crate::picture::integer::Picture;
use crate::picture::number as number_picture;
use crate::print;

fn mapped(arguments: &Arguments<'_>, change: impl FnOnce(f64) -> f64) -> Res<Item> {
    Ok(arguments.number(0).map_or(Item::Undefined, |n| Item::Number(change(n))))
}

pub(super) fn abs(_: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    mapped(arguments, f64::abs)
}

pub(super) fn floor(_: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    mapped(arguments, f64::floor)
}

pub(super) fn ceil(_: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    mapped(arguments, f64::ceil)
}

pub(super) fn round(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    evaluator.meter.step(print::NUMBER_STEPS)?;
    let precision = arguments.number(1).unwrap_or(0.0);
    mapped(arguments, |n| round_half_even(n, precision))
}

pub(super) fn sqrt(_: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    match arguments.number(0) {
        Some(n) if n < 0.0 => Err(Fault::new("D3060").index(1).value(&Item::Number(n))),
        _ => mapped(arguments, f64::sqrt),
    }
}

pub(super) fn power(_: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let Some(base) = arguments.number(0) else { return Ok(Item::Undefined) };
    let exponent = arguments.number(1).unwrap_or(f64::NAN);
    let result = base.powf(exponent);
    if result.is_finite() && !exponent.is_nan() {
        return Ok(Item::Number(result));
    }
    Err(Fault::new("D3061").index(1).value(&Item::Number(base)).value2(&Item::Number(exponent)))
}

/// Chance from 0 up to but without 1, from 53 random bits.
#[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
pub(super) fn random(evaluator: &mut Evaluator<'_, '_>, _: &mut Arguments<'_>) -> Res<Item> {
    let bits = (evaluator.host.entropy)() >> 11;
    Ok(Item::Number(bits as f64 / (1_u64 << 53) as f64))
}

/// Rounds to so many decimal places, halves to the even neighbour. The point
/// is moved in the decimal text, where a multiplication would add errors.
pub(crate) fn round_half_even(n: f64, precision: f64) -> f64 {
    let shift = |n: f64, places: f64| -> f64 {
        let text = print::number(n);
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let exponent = exponent.parse::<f64>().unwrap_or(0.0) + places;
        format!("{digits}e{exponent}").parse().unwrap_or(f64::NAN)
    };
    if !n.is_finite() {
        // There is no point in the text of an infinity.
        return if precision == 0.0 { n } else { f64::NAN };
    }
    if precision == 0.0 {
        return n.round_ties_even() + 0.0;
    }
    shift(shift(n, precision).round_ties_even(), -precision) + 0.0
}

pub(super) fn number(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let value = arguments.take(0);
    evaluator.meter.letters(value.as_str().map_or(0, str::len))?;
    if value.is_undefined() || value.as_f64().is_some() {
        return Ok(value);
    }
    let number = match &value {
        Item::Json(Value::Bool(b)) => Some(f64::from(u8::from(*b))),
        Item::Json(Value::String(text)) => read_decimal(text).or_else(|| read_radix(text)),
        _ => None,
    };
    number.map(Item::Number).ok_or_else(|| Fault::new("D3030").index(1).value(&value))
}

/// A number as JSON writes it, leading zeros allowed.
fn read_decimal(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let fits = match mantissa.split_once('.') {
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => digits(mantissa),
    };
    let exponent_fits = exponent.is_none_or(|e| digits(e.strip_prefix(['+', '-']).unwrap_or(e)));
    if !fits || !exponent_fits {
        return None;
    }
    text.parse::<f64>().ok().filter(|n| n.is_finite())
}

/// The number that JavaScript takes a text for, or none.
pub(super) fn read_loose(text: &str) -> f64 {
    let text = text.trim();
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    match unsigned {
        "" if text.is_empty() => 0.0,
        "Infinity" => sign * f64::INFINITY,
        _ if unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') => {
            let decimal = unsigned.bytes().all(|b| b.is_ascii_digit() || b".eE+-".contains(&b));
            let number =
                if decimal { unsigned.parse().ok().map(|n: f64| sign * n) } else { read_radix(text) };
            number.unwrap_or(f64::NAN)
        }
        _ => f64::NAN,
    }
}

/// `0x…`, `0o…` and `0b…`.
fn read_radix(text: &str) -> Option<f64> {
    let (prefix, digits) = text.split_at_checked(2)?;
    let radix = match prefix {
        "0x" | "0X" => 16,
        "0o" | "0O" => 8,
        "0b" | "0B" => 2,
        _ => return None,
    };
    if digits.is_empty() {
        return None;
    }
    digits
        .chars()
        .try_fold(0.0, |total: f64, c| Some(total * f64::from(radix) + f64::from(c.to_digit(radix)?)))
}

pub(super) fn format_base(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let Some(value) = arguments.number(0) else { return Ok(Item::Undefined) };
    let radix = round_half_even(arguments.number(1).unwrap_or(10.0), 0.0);
    if !(2.0..=36.0).contains(&radix) {
        return Err(Fault::new("D3100").value(&Item::Number(radix)));
    }
    let whole = round_half_even(value, 0.0);
    // A base of ten is JavaScript's usual way to print.
    let is_decimal = (9.5..10.5).contains(&radix);
    let digits = if is_decimal || whole.is_nan() { print::number(whole) } else { in_radix(whole, radix) };
    evaluator.meter.visit(digits.len())?;
    Ok(Item::string(digits))
}

/// From here on doubles leave whole numbers out: 2^53.
const EXACT_MAX: f64 = 9_007_199_254_740_992.0;

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "digits are below the radix, up to 36"
)]
fn in_radix(n: f64, radix: f64) -> String {
    if n.is_infinite() {
        return print::number(n);
    }
    let mut digits = Vec::new();
    let mut rest = n.abs();
    // Digits that the double does not have are zeros, as JavaScript prints them.
    while rest / radix >= EXACT_MAX {
        digits.push('0');
        rest /= radix;
    }
    while rest >= 1.0 {
        let digit = rest % radix;
        digits.push(char::from_digit(digit as u32, radix as u32).unwrap_or('0'));
        rest = (rest - digit) / radix;
    }
    if digits.is_empty() {
        digits.push('0');
    }
    if n < 0.0 {
        digits.push('-');
    }
    digits.iter().rev().collect()
}

pub(super) fn format_number(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let Some(value) = arguments.number(0) else { return Ok(Item::Undefined) };
    let options = arguments.take(2).members(&mut evaluator.meter)?;
    let picture = arguments.text(1).unwrap_or_default();
    evaluator.meter.step(PICTURE_STEPS.saturating_add(picture.len()))?;
    evaluator.meter.string(picture.len().saturating_mul(4).saturating_add(512))?;
    number_picture::format(value, picture, &options, &mut evaluator.meter).map(Item::string)
}

/// What it is to read a picture, however short, and to fill it in.
const PICTURE_STEPS: usize = 32;

fn read_picture(evaluator: &mut Evaluator<'_, '_>, arguments: &Arguments<'_>) -> Res<Picture> {
    let picture = arguments.text(1).unwrap_or_default();
    evaluator.meter.step(PICTURE_STEPS.saturating_add(picture.len()))?;
    Picture::parse(picture)
}

pub(super) fn format_integer(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let Some(value) = arguments.number(0) else { return Ok(Item::Undefined) };
    let picture = read_picture(evaluator, arguments)?;
    let value = value.floor();
    evaluator.meter.string_length(picture.bytes_max(value))?;
    let text = picture.format(value)?;
    evaluator.meter.letters(text.len())?;
    evaluator.meter.string(text.len())?;
    Ok(Item::string(text))
}

pub(super) fn parse_integer(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let Some(text) = arguments.text(0) else { return Ok(Item::Undefined) };
    let picture = read_picture(evaluator, arguments)?;
    evaluator.meter.step(text.len())?;
    picture.read(text).map(Item::Number)
}
