//! Numbers as English words, Roman numerals and letters, both ways.

const SMALL: [&str; 20] = [
    "Zero",
    "One",
    "Two",
    "Three",
    "Four",
    "Five",
    "Six",
    "Seven",
    "Eight",
    "Nine",
    "Ten",
    "Eleven",
    "Twelve",
    "Thirteen",
    "Fourteen",
    "Fifteen",
    "Sixteen",
    "Seventeen",
    "Eighteen",
    "Nineteen",
];
const SMALL_ORDINAL: [&str; 20] = [
    "Zeroth",
    "First",
    "Second",
    "Third",
    "Fourth",
    "Fifth",
    "Sixth",
    "Seventh",
    "Eighth",
    "Ninth",
    "Tenth",
    "Eleventh",
    "Twelfth",
    "Thirteenth",
    "Fourteenth",
    "Fifteenth",
    "Sixteenth",
    "Seventeenth",
    "Eighteenth",
    "Nineteenth",
];
const TENS: [&str; 8] = ["Twenty", "Thirty", "Forty", "Fifty", "Sixty", "Seventy", "Eighty", "Ninety"];
const MAGNITUDES: [(&str, f64); 4] =
    [("Trillion", 1e12), ("Billion", 1e9), ("Million", 1e6), ("Thousand", 1e3)];

/// A whole number of 0 or more in words, such as `Twenty-One`.
pub(crate) fn from_number(n: f64, ordinal: bool) -> String {
    let mut text = String::new();
    write(n, false, ordinal, &mut text);
    text
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below 100")]
fn small(n: f64) -> usize {
    n as usize
}

/// `follows`: words stand before these already.
fn write(n: f64, follows: bool, ordinal: bool, text: &mut String) {
    if let Some((name, factor)) = MAGNITUDES.into_iter().find(|(_, factor)| n >= *factor) {
        text.push_str(if follows { ", " } else { "" });
        let count = (n / factor).floor();
        write(count, false, false, text);
        text.push(' ');
        text.push_str(name);
        remainder(n - count * factor, ordinal, text);
    } else if n >= 100.0 {
        text.push_str(if follows { ", " } else { "" });
        let count = (n / 100.0).floor();
        text.push_str(SMALL.get(small(count)).unwrap_or(&""));
        text.push_str(" Hundred");
        remainder(n - count * 100.0, ordinal, text);
    } else {
        text.push_str(if follows { " and " } else { "" });
        let n = small(n);
        let names = if ordinal { &SMALL_ORDINAL } else { &SMALL };
        if let Some(name) = names.get(n) {
            text.push_str(name);
            return;
        }
        let tens = TENS.get((n / 10).saturating_sub(2)).unwrap_or(&"");
        match (n % 10, ordinal) {
            (0, true) => {
                text.push_str(tens.trim_end_matches('y'));
                text.push_str("ieth");
            }
            (0, false) => text.push_str(tens),
            (ones, _) => {
                text.push_str(tens);
                text.push('-');
                text.push_str(names.get(ones).unwrap_or(&""));
            }
        }
    }
}

fn remainder(rest: f64, ordinal: bool, text: &mut String) {
    if rest > 0.0 {
        write(rest, true, ordinal, text);
    } else if ordinal {
        text.push_str("th");
    }
}

/// All words that [`to_number`] knows, in lower case, with their values.
pub(crate) fn values() -> Vec<(String, f64)> {
    let mut words: Vec<(String, f64)> = Vec::new();
    for names in [SMALL, SMALL_ORDINAL] {
        words.extend(names.iter().zip(0_i32..).map(|(name, n)| (name.to_lowercase(), f64::from(n))));
    }
    for (name, n) in TENS.iter().zip(2_i32..) {
        let name = name.to_lowercase();
        words.push((format!("{}ieth", name.trim_end_matches('y')), f64::from(n * 10)));
        words.push((name, f64::from(n * 10)));
    }
    for (name, n) in MAGNITUDES.into_iter().chain([("Hundred", 100.0)]) {
        let name = name.to_lowercase();
        words.push((format!("{name}th"), n));
        words.push((name, n));
    }
    words
}

/// The number that words mean; not a number if one is unknown.
pub(crate) fn to_number(text: &str) -> f64 {
    let text = text.to_lowercase().replace(", ", " ").replace(" and ", " ");
    let values = values();
    let mut segments = vec![0.0];
    for word in text.split([' ', '-']) {
        let Some((_, value)) = values.iter().find(|(name, _)| name == word) else { return f64::NAN };
        let top = segments.pop().unwrap_or(0.0);
        if *value >= 100.0 {
            segments.push(top * value);
        } else if top >= 1000.0 {
            segments.extend([top, *value]);
        } else {
            segments.push(top + value);
        }
    }
    segments.iter().sum()
}

const ROMAN: [(f64, &str); 13] = [
    (1000.0, "m"),
    (900.0, "cm"),
    (500.0, "d"),
    (400.0, "cd"),
    (100.0, "c"),
    (90.0, "xc"),
    (50.0, "l"),
    (40.0, "xl"),
    (10.0, "x"),
    (9.0, "ix"),
    (5.0, "v"),
    (4.0, "iv"),
    (1.0, "i"),
];

/// A whole number as Roman numerals, in lower case: a letter for each thousand.
pub(crate) fn to_roman(n: f64) -> String {
    let mut text = String::new();
    let mut rest = n;
    for (value, numeral) in ROMAN {
        while rest >= value {
            text.push_str(numeral);
            rest -= value;
        }
    }
    text
}

/// The number that Roman numerals in capitals mean.
pub(crate) fn from_roman(text: &str) -> f64 {
    let mut total = 0.0;
    let mut largest = 1.0;
    for c in text.chars().rev() {
        let value = match c {
            'M' => 1000.0,
            'D' => 500.0,
            'C' => 100.0,
            'L' => 50.0,
            'X' => 10.0,
            'V' => 5.0,
            'I' => 1.0,
            _ => return f64::NAN,
        };
        if value < largest {
            total -= value;
        } else {
            largest = value;
            total += value;
        }
    }
    total
}

/// A whole number in letters: `a` to `z`, `aa`, `ab`, …
pub(crate) fn to_letters(n: f64, first: char) -> String {
    let mut letters = Vec::new();
    let mut rest = n;
    while rest > 0.0 {
        let place = u32::try_from(small((rest - 1.0) % 26.0)).unwrap_or(0);
        letters.push(char::from_u32(u32::from(first) + place).unwrap_or(first));
        rest = ((rest - 1.0) / 26.0).floor();
    }
    letters.iter().rev().collect()
}

pub(crate) fn from_letters(text: &str, first: char) -> f64 {
    // From the last letter on: of very long texts the last digits depend on it.
    let mut total = 0.0;
    for (place, c) in text.chars().rev().enumerate() {
        let value = f64::from(u32::from(c)) - f64::from(u32::from(first)) + 1.0;
        total += value * 26_f64.powf(f64::from(u32::try_from(place).unwrap_or(u32::MAX)));
    }
    total
}
