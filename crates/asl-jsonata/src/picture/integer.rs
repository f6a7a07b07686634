//! Pictures of integers: `#,##0`, `Ww`, `I`, `1;o`.

use std::collections::{BTreeSet, VecDeque};

use super::words;
use crate::error::{Fault, Res};
use crate::item::Item;
use crate::print;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    Upper,
    Lower,
    Title,
}

impl Case {
    pub(crate) fn of(self, text: &str) -> String {
        match self {
            Self::Upper => text.to_uppercase(),
            Self::Lower => text.to_lowercase(),
            Self::Title => text.to_owned(),
        }
    }
}

#[derive(Clone, Debug)]
enum Primary {
    Decimal(Decimal),
    Letters,
    Roman,
    Words,
    /// A sequence that starts with this, which nobody implements.
    Sequence(String),
}

#[derive(Clone, Debug)]
pub(crate) struct Decimal {
    /// The zero of the digit family.
    zero: char,
    pub(crate) mandatory_digits: usize,
    pub(crate) optional_digits: usize,
    pub(crate) grouping: Grouping,
    /// How many digits are read where another number follows directly.
    pub(crate) parse_width: Option<usize>,
}

#[derive(Clone, Debug)]
pub(crate) enum Grouping {
    /// The same separator at regular distances.
    Regular(usize, char),
    /// Separators at places counted from the right, rightmost first.
    Places(Vec<(usize, char)>),
}

#[derive(Clone, Debug)]
pub(crate) struct Picture {
    primary: Primary,
    case: Case,
    ordinal: bool,
}

/// The zeros of Unicode's decimal digit families.
const ZEROS: [char; 37] = [
    '0', '\u{660}', '\u{6f0}', '\u{7c0}', '\u{966}', '\u{9e6}', '\u{a66}', '\u{ae6}', '\u{b66}', '\u{be6}',
    '\u{c66}', '\u{ce6}', '\u{d66}', '\u{de6}', '\u{e50}', '\u{ed0}', '\u{f20}', '\u{1040}', '\u{1090}',
    '\u{17e0}', '\u{1810}', '\u{1946}', '\u{19d0}', '\u{1a80}', '\u{1a90}', '\u{1b50}', '\u{1bb0}',
    '\u{1c40}', '\u{1c50}', '\u{a620}', '\u{a8d0}', '\u{a900}', '\u{a9d0}', '\u{a9f0}', '\u{aa50}',
    '\u{abf0}', '\u{ff10}',
];

/// The zero of the family that a digit belongs to.
fn zero_of(c: char) -> Option<char> {
    ZEROS.into_iter().find(|zero| (u32::from(*zero)..u32::from(*zero) + 10).contains(&u32::from(c)))
}

/// The digit of a family that means the same as an ASCII digit.
pub(crate) fn digit_of(zero: char, digit: char) -> char {
    digit.to_digit(10).and_then(|value| char::from_u32(u32::from(zero) + value)).unwrap_or(digit)
}

impl Picture {
    pub(crate) fn parse(picture: &str) -> Res<Self> {
        let (format, modifier) = picture.rsplit_once(';').unwrap_or((picture, ""));
        let ordinal = modifier.starts_with('o');
        let (primary, case) = match format {
            "A" => (Primary::Letters, Case::Upper),
            "a" => (Primary::Letters, Case::Lower),
            "I" => (Primary::Roman, Case::Upper),
            "i" => (Primary::Roman, Case::Lower),
            "W" => (Primary::Words, Case::Upper),
            "Ww" => (Primary::Words, Case::Title),
            "w" => (Primary::Words, Case::Lower),
            _ => match Decimal::parse(format)? {
                Some(decimal) => (Primary::Decimal(decimal), Case::Lower),
                None => (Primary::Sequence(format.to_owned()), Case::Lower),
            },
        };
        Ok(Self { primary, case, ordinal })
    }

    pub(crate) fn decimal(&self) -> Option<&Decimal> {
        match &self.primary {
            Primary::Decimal(decimal) => Some(decimal),
            _ => None,
        }
    }

    pub(crate) fn decimal_mut(&mut self) -> Option<&mut Decimal> {
        match &mut self.primary {
            Primary::Decimal(decimal) => Some(decimal),
            _ => None,
        }
    }

    /// How many bytes [`Picture::format`] may make.
    pub(crate) fn bytes_max(&self, n: f64) -> usize {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "saturates, which is meant"
        )]
        let thousands = (n.abs() / 1000.0) as usize;
        match &self.primary {
            Primary::Decimal(decimal) => decimal.mandatory_digits.saturating_add(400).saturating_mul(8),
            Primary::Roman => thousands.saturating_add(32),
            Primary::Letters | Primary::Words | Primary::Sequence(_) => 4096,
        }
    }

    /// A whole number in this picture.
    pub(crate) fn format(&self, n: f64) -> Res<String> {
        if n.is_infinite() && self.decimal().is_none() {
            return Err(Fault::new("D1001").value_text(print::number(n)));
        }
        let value = n.abs();
        let text = match &self.primary {
            Primary::Letters => words::to_letters(value, if self.case == Case::Upper { 'A' } else { 'a' }),
            Primary::Roman => self.case.of(&words::to_roman(value)),
            Primary::Words => self.case.of(&words::from_number(value, self.ordinal)),
            Primary::Decimal(decimal) => decimal.format(value, self.ordinal),
            Primary::Sequence(first) => return Err(unsupported(first)),
        };
        Ok(if n < 0.0 { format!("-{text}") } else { text })
    }

    /// A pattern for what [`Picture::read`] takes.
    pub(crate) fn pattern(&self) -> Res<String> {
        Ok(match &self.primary {
            Primary::Sequence(first) => return Err(unsupported(first)),
            Primary::Letters if self.case == Case::Upper => "[A-Z]+".to_owned(),
            Primary::Letters => "[a-z]+".to_owned(),
            Primary::Roman if self.case == Case::Upper => "[MDCLXVI]+".to_owned(),
            Primary::Roman => "[mdclxvi]+".to_owned(),
            Primary::Words => {
                let mut words: Vec<String> = words::values().into_iter().map(|(word, _)| word).collect();
                words.extend(["and".to_owned(), "[\\-, ]".to_owned()]);
                format!("(?:{})+", words.join("|"))
            }
            Primary::Decimal(decimal) => {
                let count =
                    decimal.parse_width.map_or_else(|| "+".to_owned(), |width| format!("{{{width}}}"));
                format!("[0-9]{count}{}", if self.ordinal { "(?:th|st|nd|rd)" } else { "" })
            }
        })
    }

    /// The number that a text in this picture means.
    pub(crate) fn read(&self, text: &str) -> Res<f64> {
        Ok(match &self.primary {
            Primary::Sequence(first) => return Err(unsupported(first)),
            Primary::Letters => words::from_letters(text, if self.case == Case::Upper { 'A' } else { 'a' }),
            // Capitals are read as they are; what is no numeral then is no number.
            Primary::Roman if self.case == Case::Upper => words::from_roman(text),
            Primary::Roman => words::from_roman(&text.to_uppercase()),
            Primary::Words => words::to_number(text),
            Primary::Decimal(decimal) => decimal.read(text, self.ordinal),
        })
    }
}

fn unsupported(first: &str) -> Box<Fault> {
    Fault::new("D3130").value(&Item::string(first))
}

impl Decimal {
    /// `None` where there is no digit in it.
    fn parse(format: &str) -> Res<Option<Self>> {
        let mut zero = None;
        let mut mandatory_digits = 0;
        let mut optional_digits = 0;
        let mut separators: Vec<(usize, char)> = Vec::new();
        for c in format.chars().rev() {
            if let Some(family) = zero_of(c) {
                if zero.is_some_and(|known| known != family) {
                    return Err(Fault::new("D3131"));
                }
                zero = Some(family);
                mandatory_digits += 1;
            } else if c == '#' {
                optional_digits += 1;
            } else {
                separators.push((mandatory_digits + optional_digits, c));
            }
        }
        let Some(zero) = zero else { return Ok(None) };
        let places: Vec<usize> = separators.iter().map(|(place, _)| *place).collect();
        let grouping = match (separators.first(), regular_distance(&places)) {
            (Some((_, first)), Some(distance)) if separators.iter().all(|(_, c)| c == first) => {
                Grouping::Regular(distance, *first)
            }
            _ => Grouping::Places(separators),
        };
        Ok(Some(Self { zero, mandatory_digits, optional_digits, grouping, parse_width: None }))
    }

    pub(crate) const fn is_regular(&self) -> bool {
        matches!(self.grouping, Grouping::Regular(..))
    }

    fn format(&self, value: f64, ordinal: bool) -> String {
        let number = print::number(value);
        let padding = self.mandatory_digits.saturating_sub(number.len());
        // All characters are moved to the digit family, those of `1e+21` too.
        let shift = u32::from(self.zero) - u32::from('0');
        let moved = |c: char| char::from_u32(u32::from(c) + shift).unwrap_or(c);
        let digits = std::iter::repeat_n('0', padding).chain(number.chars()).map(moved);
        let mut text: String = match &self.grouping {
            Grouping::Regular(distance, separator) => {
                let length = padding + number.len();
                let parts = digits.enumerate().flat_map(|(place, digit)| {
                    let separated = place > 0 && (length - place).is_multiple_of(*distance);
                    separated.then_some(*separator).into_iter().chain([digit])
                });
                parts.collect()
            }
            Grouping::Places(places) => insert(digits.collect(), places),
        };
        if ordinal {
            let mut last = text.chars().rev();
            text.push_str(match (last.next(), last.next()) {
                (_, Some('1')) => "th",
                (Some('1'), _) => "st",
                (Some('2'), _) => "nd",
                (Some('3'), _) => "rd",
                _ => "th",
            });
        }
        text
    }

    fn read(&self, text: &str, ordinal: bool) -> f64 {
        let separators: BTreeSet<char> = match &self.grouping {
            // A comma, whatever the picture groups by, as in the reference.
            Grouping::Regular(..) => BTreeSet::from([',']),
            Grouping::Places(places) => places.iter().map(|(_, separator)| *separator).collect(),
        };
        let length = if ordinal { text.chars().count().saturating_sub(2) } else { usize::MAX };
        let digits = text.chars().take(length).filter(|c| !separators.contains(c)).map(|c| {
            let value = u32::from(c).wrapping_sub(u32::from(self.zero));
            if value < 10 { char::from_digit(value, 10).unwrap_or(c) } else { c }
        });
        let digits: String = digits.collect();
        let (sign, digits) = digits.strip_prefix('-').map_or((1.0, digits.as_str()), |rest| (-1.0, rest));
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        digits.get(..end).and_then(|digits| digits.parse::<f64>().ok()).map_or(f64::NAN, |n| sign * n)
    }
}

/// Puts separators where so many characters follow, the leftmost first. Of one
/// that would stand left of all, the reference makes a cut, so this does too.
fn insert(mut digits: VecDeque<char>, places: &[(usize, char)]) -> String {
    let mut places = places.iter().rev().peekable();
    while let Some((place, separator)) = places.next_if(|(place, _)| *place > digits.len()) {
        let kept = (place - digits.len()).min(digits.len());
        digits.drain(..digits.len() - kept);
        digits.push_front(*separator);
    }
    let mut text = String::with_capacity(digits.len() * 2);
    for (at, digit) in digits.iter().enumerate() {
        while let Some((_, separator)) = places.next_if(|(place, _)| *place == digits.len() - at) {
            text.push(*separator);
        }
        text.push(*digit);
    }
    text.extend(places.map(|(_, separator)| *separator));
    text
}

/// The distance of separators that stand at each multiple of it.
pub(crate) fn regular_distance(places: &[usize]) -> Option<usize> {
    fn gcd(a: usize, b: usize) -> usize {
        if b == 0 { a } else { gcd(b, a % b) }
    }
    let distance = places.iter().copied().reduce(gcd).filter(|distance| *distance > 0)?;
    let known: BTreeSet<usize> = places.iter().copied().collect();
    (1..=places.len()).all(|n| known.contains(&(n * distance))).then_some(distance)
}
