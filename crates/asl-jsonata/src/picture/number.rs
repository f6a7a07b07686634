//! Pictures of numbers: `#,##0.00;(#,##0.00)`, as `format-number` of `XPath`.

use std::cmp::Ordering;
use std::collections::VecDeque;
use std::sync::Arc;

use super::integer::{digit_of, regular_distance};
use crate::budget::Meter;
use crate::error::{Fault, Res};
use crate::functions::round_half_even;
use crate::item::Item;
use crate::print;

/// The characters that a picture is made of.
struct Symbols {
    decimal: char,
    grouping: char,
    exponent: char,
    percent: char,
    per_mille: char,
    zero: char,
    digit: char,
    pattern: char,
    minus: String,
    percent_text: String,
    per_mille_text: String,
}

impl Symbols {
    fn new(options: &[(Arc<str>, Item)]) -> Self {
        let text = |name: &str, default: &str| {
            let given = options.iter().find(|(n, _)| &**n == name).and_then(|(_, item)| item.as_str());
            given.unwrap_or(default).to_owned()
        };
        let letter =
            |name: &str, default: char| text(name, &default.to_string()).chars().next().unwrap_or(default);
        Self {
            decimal: letter("decimal-separator", '.'),
            grouping: letter("grouping-separator", ','),
            exponent: letter("exponent-separator", 'e'),
            percent: letter("percent", '%'),
            per_mille: letter("per-mille", '\u{2030}'),
            zero: letter("zero-digit", '0'),
            digit: letter("digit", '#'),
            pattern: letter("pattern-separator", ';'),
            minus: text("minus-sign", "-"),
            percent_text: text("percent", "%"),
            per_mille_text: text("per-mille", "\u{2030}"),
        }
    }

    fn is_family(&self, c: char) -> bool {
        (u32::from(self.zero)..u32::from(self.zero) + 10).contains(&u32::from(c))
    }

    fn is_digit(&self, c: char) -> bool {
        c == self.digit || self.is_family(c)
    }

    fn is_active(&self, c: char) -> bool {
        self.is_digit(c) || [self.decimal, self.exponent, self.grouping, self.pattern].contains(&c)
    }
}

/// A sub-picture taken apart.
struct Parts {
    whole: Vec<char>,
    prefix: String,
    suffix: String,
    active: Vec<char>,
    mantissa: Vec<char>,
    exponent: Option<Vec<char>>,
    integer: Vec<char>,
    fraction: Vec<char>,
}

fn split(picture: &str, symbols: &Symbols) -> Parts {
    let whole: Vec<char> = picture.chars().collect();
    let counts = |c: &char| symbols.is_active(*c) && *c != symbols.exponent;
    let (start, end) = match (whole.iter().position(counts), whole.iter().rposition(counts)) {
        (Some(first), Some(last)) => (first, last + 1),
        // Without an active character there is no affix either.
        _ => (0, whole.len()),
    };
    let slice = |from: usize, to: usize| whole.get(from..to).unwrap_or_default().to_vec();
    let active = slice(start, end);
    // The place counts from the start of the picture, yet is used within the
    // active part, as in the reference.
    let exponent_at = whole.iter().skip(start).position(|c| *c == symbols.exponent).map(|at| at + start);
    let (mantissa, exponent) = match exponent_at.filter(|at| *at <= end) {
        Some(at) => (
            active.get(..at.min(active.len())).unwrap_or_default().to_vec(),
            Some(active.get(at + 1..).unwrap_or_default().to_vec()),
        ),
        None => (active.clone(), None),
    };
    let decimal_at = mantissa.iter().position(|c| *c == symbols.decimal);
    let suffix = slice(end, whole.len());
    let (integer, fraction) = match decimal_at.and_then(|at| mantissa.split_at_checked(at)) {
        Some((integer, rest)) => (integer.to_vec(), rest.get(1..).unwrap_or_default().to_vec()),
        None => (mantissa.clone(), suffix.clone()),
    };
    Parts {
        prefix: slice(0, start).iter().collect(),
        suffix: suffix.iter().collect(),
        whole,
        active,
        mantissa,
        exponent,
        integer,
        fraction,
    }
}

/// The last rule broken is the one that is told.
fn validate(parts: &Parts, symbols: &Symbols) -> Res<()> {
    let count = |c: char| parts.whole.iter().filter(|other| **other == c).count();
    let whole_text: String = parts.whole.iter().collect();
    let decimal_at = parts.whole.iter().position(|c| *c == symbols.decimal);
    let beside_decimal = decimal_at.is_some_and(|at| {
        let is_grouping =
            |at: Option<usize>| at.and_then(|at| parts.whole.get(at)) == Some(&symbols.grouping);
        is_grouping(at.checked_sub(1)) || is_grouping(at.checked_add(1))
    });
    let percent = count(symbols.percent) > 0;
    let per_mille = count(symbols.per_mille) > 0;
    let adjacent = parts.whole.windows(2).any(|pair| pair == [symbols.grouping, symbols.grouping]);
    let digit_before_optional = match parts.integer.iter().position(|c| *c == symbols.digit) {
        Some(at) => parts.integer.iter().take(at).any(|c| symbols.is_family(*c)),
        None => false,
    };
    let optional_before_digit = match parts.fraction.iter().rposition(|c| *c == symbols.digit) {
        Some(at) => parts.fraction.iter().skip(at).any(|c| symbols.is_family(*c)),
        None => false,
    };
    let exponent = parts.exponent.as_deref();
    let rules = [
        (count(symbols.decimal) > 1, "D3081"),
        (whole_text.matches(&symbols.percent_text).count() > 1, "D3082"),
        (whole_text.matches(&symbols.per_mille_text).count() > 1, "D3083"),
        (percent && per_mille, "D3084"),
        (!parts.mantissa.iter().any(|c| symbols.is_digit(*c)), "D3085"),
        (parts.active.iter().any(|c| !symbols.is_active(*c)), "D3086"),
        (beside_decimal, "D3087"),
        (decimal_at.is_none() && parts.integer.last() == Some(&symbols.grouping), "D3088"),
        (adjacent, "D3089"),
        (digit_before_optional, "D3090"),
        (optional_before_digit, "D3091"),
        (exponent.is_some_and(|exponent| !exponent.is_empty()) && (percent || per_mille), "D3092"),
        (exponent.is_some_and(|e| e.is_empty() || !e.iter().all(|c| symbols.is_family(*c))), "D3093"),
    ];
    match rules.iter().rev().find(|(broken, _)| *broken) {
        Some((_, code)) => Err(Fault::new(code)),
        None => Ok(()),
    }
}

/// What a sub-picture asks for.
struct Format {
    /// Separators of the integer part: how many digits follow, the leftmost first.
    integer_places: Vec<usize>,
    regular: Option<usize>,
    integer_min: usize,
    scaling: usize,
    fraction_places: Vec<usize>,
    fraction_min: usize,
    fraction_max: usize,
    exponent_min: usize,
}

fn analyse(parts: &Parts, symbols: &Symbols) -> Format {
    let family = |part: &[char]| part.iter().filter(|c| symbols.is_family(**c)).count();
    let digits = |part: &[char]| part.iter().filter(|c| symbols.is_digit(**c)).count();
    let mut integer_places = separated(&mut parts.integer.iter().rev(), symbols);
    integer_places.reverse();
    let scaling = family(&parts.integer);
    let mut integer_min = scaling;
    let mut fraction_min = family(&parts.fraction);
    let mut fraction_max = digits(&parts.fraction);
    if integer_min == 0 && fraction_max == 0 {
        if parts.exponent.is_some() {
            (fraction_min, fraction_max) = (1, 1);
        } else {
            integer_min = 1;
        }
    }
    if parts.exponent.is_some() && integer_min == 0 && parts.integer.contains(&symbols.digit) {
        integer_min = 1;
    }
    if integer_min == 0 && fraction_min == 0 {
        fraction_min = 1;
    }
    Format {
        regular: regular_distance(&integer_places),
        integer_places,
        integer_min,
        scaling,
        fraction_places: fraction_places(parts, symbols),
        fraction_min,
        fraction_max,
        exponent_min: parts.exponent.as_deref().map_or(0, family),
    }
}

/// How many digits come before each separator.
fn separated(part: &mut dyn Iterator<Item = &char>, symbols: &Symbols) -> Vec<usize> {
    let mut digits = 0;
    let mut places = Vec::new();
    for c in part {
        if *c == symbols.grouping {
            places.push(digits);
        }
        digits += usize::from(symbols.is_digit(*c));
    }
    places
}

/// The places of separators in the fraction: of the first one, and then those
/// where the integer part has them further on, as in the reference.
fn fraction_places(parts: &Parts, symbols: &Symbols) -> Vec<usize> {
    let Some(first) = parts.fraction.iter().position(|c| *c == symbols.grouping) else { return Vec::new() };
    let further = parts.integer.iter().enumerate().skip(first + 1);
    let further = further.filter(|(_, c)| **c == symbols.grouping).map(|(at, _)| at);
    // How many digits come before each place.
    let mut digits = vec![0];
    for c in &parts.fraction {
        digits.push(digits.last().unwrap_or(&0) + usize::from(symbols.is_digit(*c)));
    }
    let before = |at: usize| digits.get(at).or_else(|| digits.last()).copied().unwrap_or(0);
    [first].into_iter().chain(further).map(before).collect()
}

/// The number in the picture.
pub(crate) fn format(
    value: f64,
    picture: &str,
    options: &[(Arc<str>, Item)],
    meter: &mut Meter,
) -> Res<String> {
    let symbols = Symbols::new(options);
    let subpictures: Vec<&str> = picture.split(symbols.pattern).collect();
    if subpictures.len() > 2 {
        return Err(Fault::new("D3080"));
    }
    let parts: Vec<Parts> = subpictures.iter().map(|picture| split(picture, &symbols)).collect();
    parts.iter().try_for_each(|parts| validate(parts, &symbols))?;
    // What is no number counts as negative.
    let negative = !matches!(value.partial_cmp(&0.0), Some(Ordering::Greater | Ordering::Equal));
    let (Some(parts), minus) = (match (negative, parts.as_slice()) {
        (true, [_, second]) => (Some(second), ""),
        (true, _) => (parts.first(), symbols.minus.as_str()),
        (false, _) => (parts.first(), ""),
    }) else {
        return Ok(String::new());
    };
    let format = analyse(parts, &symbols);
    let whole: String = parts.whole.iter().collect();
    let adjusted = if whole.contains(&symbols.percent_text) {
        value * 100.0
    } else if whole.contains(&symbols.per_mille_text) {
        value * 1000.0
    } else {
        value
    };
    let (mantissa, exponent) = scale(adjusted, &format);
    let fraction_max = format.fraction_max.min(100);
    #[expect(clippy::cast_precision_loss, reason = "at most 100")]
    let rounded = round_half_even(mantissa, fraction_max as f64).abs();
    let mut text = format!("{minus}{}", parts.prefix);
    text.extend(layout(&digits(rounded, fraction_max), &format, parts, &symbols, meter)?);
    if let Some(exponent) = exponent {
        text.push(symbols.exponent);
        if exponent < 0 {
            text.push_str(&symbols.minus);
        }
        let digits = exponent.abs().to_string();
        let padding = format.exponent_min.saturating_sub(digits.len());
        text.extend(std::iter::repeat_n(symbols.zero, padding));
        text.extend(digits.chars().map(|c| digit_of(symbols.zero, c)));
    }
    text.push_str(&parts.suffix);
    Ok(text)
}

/// A number of 0 or more with so many decimal places, as JavaScript's `toFixed`.
fn digits(n: f64, places: usize) -> String {
    if n < 1e21 { format!("{n:.places$}") } else { print::number(n) }
}

/// Mantissa and exponent, the mantissa with as many whole digits as the
/// picture has.
fn scale(value: f64, format: &Format) -> (f64, Option<i32>) {
    if format.exponent_min == 0 {
        return (value, None);
    }
    let scaling = i32::try_from(format.scaling).unwrap_or(i32::MAX);
    let most = 10_f64.powi(scaling);
    let least = 10_f64.powi(scaling.saturating_sub(1));
    let mut mantissa = value;
    let mut exponent = 0;
    if value != 0.0 && value.is_finite() && most.is_finite() {
        while mantissa.abs() < least {
            mantissa *= 10.0;
            exponent -= 1;
        }
        while mantissa.abs() > most {
            mantissa /= 10.0;
            exponent += 1;
        }
    }
    (mantissa, Some(exponent))
}

/// Digits with padding and separators.
fn layout(
    digits: &str,
    format: &Format,
    parts: &Parts,
    symbols: &Symbols,
    meter: &mut Meter,
) -> Res<VecDeque<char>> {
    let (integer, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let padding =
        |least: usize, digits: &str| std::iter::repeat_n('0', least.saturating_sub(digits.chars().count()));
    let integer = integer.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    let integer = padding(format.integer_min, integer).chain(integer.chars());
    let fraction = fraction.chars().chain(padding(format.fraction_min, fraction));
    let mut text: VecDeque<char> = integer.map(|c| digit_of(symbols.zero, c)).collect();
    let mut decimal_at = text.len();
    if let Some(distance) = format.regular {
        let length = text.len();
        let separated = text.into_iter().enumerate().flat_map(|(place, digit)| {
            let separator = place > 0 && (length - place).is_multiple_of(distance);
            separator.then_some(symbols.grouping).into_iter().chain([digit])
        });
        text = separated.collect();
        decimal_at = text.len();
    }
    text.push_back(symbols.decimal);
    text.extend(fraction.map(|c| digit_of(symbols.zero, c)));
    if format.regular.is_none() {
        for place in &format.integer_places {
            // Left of all digits it counts from the end, as JavaScript does.
            let at = match decimal_at.checked_sub(*place) {
                Some(at) => at,
                None => text.len().saturating_sub(place - decimal_at),
            };
            meter.scan(at.min(text.len() - at))?;
            text.insert(at, symbols.grouping);
            decimal_at += 1;
        }
        decimal_at = text.iter().position(|c| *c == symbols.decimal).unwrap_or(decimal_at);
    }
    for place in &format.fraction_places {
        let at = (decimal_at + 1).saturating_add(*place).min(text.len());
        meter.scan(at.min(text.len() - at))?;
        text.insert(at, symbols.grouping);
    }
    if !parts.whole.contains(&symbols.decimal) || text.back() == Some(&symbols.decimal) {
        text.pop_back();
    }
    Ok(text)
}
