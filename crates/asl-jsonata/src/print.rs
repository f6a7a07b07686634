//! Values as text, the way JavaScript prints numbers and JSON.

use std::fmt::Write as _;

use asl_value::Value;

use crate::budget::{Budget, Meter};
use crate::error::{Fault, Res};
use crate::item::Item;
use crate::view::{Children, View};

/// The digits of a finite number other than 0, and where its decimal point
/// stands: `0.DIGITS` times ten to that power.
fn decimal(scientific: &str) -> (String, i32) {
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_end_matches('0').to_owned();
    (digits, exponent.parse::<i32>().unwrap_or(0) + 1)
}

/// A number as JavaScript prints it: `1`, `0.5`, `1e+21`, `1e-7`.
pub(crate) fn number(n: f64) -> String {
    if n.is_nan() {
        return "NaN".to_owned();
    }
    if n.is_infinite() {
        return if n > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    if n == 0.0 {
        return "0".to_owned();
    }
    #[expect(clippy::cast_possible_truncation, reason = "the bound is checked first")]
    if n.fract() == 0.0 && n.abs() < 1e15 {
        return (n as i64).to_string();
    }
    layout(n < 0.0, &decimal(&format!("{:e}", n.abs())))
}

fn layout(negative: bool, (digits, point): &(String, i32)) -> String {
    let mut text = String::with_capacity(24);
    if negative {
        text.push('-');
    }
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or(0));
    if *point > 21 || *point < -5 {
        let (first, rest) = digits.split_at_checked(1).unwrap_or((digits, ""));
        text.push_str(first);
        if !rest.is_empty() {
            text.push('.');
            text.push_str(rest);
        }
        let exponent = point - 1;
        let _ = write!(text, "e{}{}", if exponent < 0 { '-' } else { '+' }, exponent.abs());
    } else if *point <= 0 {
        text.push_str("0.");
        text.push_str(&zeros(-point));
        text.push_str(digits);
    } else if *point >= count {
        text.push_str(digits);
        text.push_str(&zeros(point - count));
    } else {
        let (whole, fraction) =
            usize::try_from(*point).ok().and_then(|at| digits.split_at_checked(at)).unwrap_or_default();
        text.push_str(whole);
        text.push('.');
        text.push_str(fraction);
    }
    text
}

/// A number with no more than fifteen digits, if it has a fraction.
pub(crate) fn rounded(n: f64) -> f64 {
    if n.fract() == 0.0 || !n.is_finite() {
        return n;
    }
    format!("{n:.14e}").parse().unwrap_or(n)
}

/// A number as `$string` prints it.
fn rounded_number(n: f64) -> String {
    number(rounded(n))
}

/// What `$string` makes of a value, appended to `out`. Undefined adds nothing.
pub(crate) fn append(item: &Item, pretty: bool, out: &mut String, meter: &mut Meter) -> Res<()> {
    match item {
        Item::Undefined | Item::Function(_) => Ok(()),
        Item::Json(Value::String(text)) => {
            meter.string_length(out.len() + text.len())?;
            meter.bulk(text.len())?;
            meter.allocate(text.len())?;
            out.push_str(text);
            Ok(())
        }
        Item::Number(n) if !n.is_finite() => Err(Fault::new("D3001").value_text(number(*n))),
        _ => {
            let item = crate::eval::context(item);
            let paid = out.len();
            let mut writer = Writer { out, meter, pretty, open: Vec::new(), paid };
            writer.write(item)?;
            writer.pay()
        }
    }
}

/// The most that an error message shows of a value.
const DESCRIBED_BYTES_MAX: usize = 1000;

/// A value as error messages show it, cut off where it is long.
pub(crate) fn describe(item: &Item) -> String {
    if item.is_undefined() {
        return "undefined".to_owned();
    }
    if let Item::Number(n) = item {
        return number(*n);
    }
    let mut out = String::new();
    let mut meter = Meter::new(&Budget { string_bytes: DESCRIBED_BYTES_MAX, ..Budget::default() });
    let mut writer = Writer { out: &mut out, meter: &mut meter, pretty: false, open: Vec::new(), paid: 0 };
    // What does not fit is cut off: it is only shown.
    let cut = writer.write(item).is_err() || out.len() > DESCRIBED_BYTES_MAX;
    if cut {
        out.truncate(out.floor_char_boundary(DESCRIBED_BYTES_MAX));
        out.push('…');
    }
    out
}

/// How much is written before it is paid for.
const UNPAID_BYTES_MAX: usize = 4096;

/// An array or object of which some is still to be written.
struct Open<'a> {
    children: Children<'a>,
    close: char,
    empty: bool,
}

struct Writer<'w, 'a> {
    out: &'w mut String,
    meter: &'w mut Meter,
    /// In lines, indented.
    pretty: bool,
    open: Vec<Open<'a>>,
    /// How much of `out` is paid for.
    paid: usize,
}

impl<'a> Writer<'_, 'a> {
    /// Pays for what was written since the last time.
    fn pay(&mut self) -> Res<()> {
        let bytes = self.out.len() - self.paid;
        self.meter.string_length(self.out.len())?;
        self.meter.letters(bytes)?;
        self.meter.allocate(bytes)?;
        self.paid = self.out.len();
        Ok(())
    }

    fn write(&mut self, item: &'a Item) -> Res<()> {
        let mut next = View::of(item);
        loop {
            if self.out.len() > self.paid + UNPAID_BYTES_MAX {
                self.pay()?;
            }
            self.meter.visit(1)?;
            self.begin(next)?;
            next = loop {
                let Some(innermost) = self.open.last_mut() else { return Ok(()) };
                if let Some((name, child)) = innermost.children.next() {
                    let first = std::mem::replace(&mut innermost.empty, false);
                    self.out.push_str(if first { "" } else { "," });
                    self.line();
                    if let Some(name) = name {
                        quote(name, self.out);
                        self.out.push_str(if self.pretty { ": " } else { ":" });
                    }
                    break child;
                }
                let (close, empty) = (innermost.close, innermost.empty);
                self.open.pop();
                if !empty {
                    self.line();
                }
                self.out.push(close);
            };
        }
    }

    /// Writes a value; of an array or object only its beginning.
    fn begin(&mut self, view: View<'a>) -> Res<()> {
        match view {
            View::Json(Value::Null) | View::Item(Item::Undefined) => self.out.push_str("null"),
            View::Json(Value::Bool(b)) => self.out.push_str(if *b { "true" } else { "false" }),
            View::Json(Value::Number(n)) => self.number(n.as_f64())?,
            View::Item(Item::Number(n)) => self.number(*n)?,
            View::Json(Value::String(text)) => quote(text, self.out),
            View::Item(Item::Function(_)) => self.out.push_str("\"\""),
            View::Json(Value::Array(values)) => self.enter('[', Children::Values(values.iter()), ']'),
            View::Item(Item::List(list)) => self.enter('[', Children::Items(list.items.iter()), ']'),
            View::Item(Item::Tuples(rows)) => self.enter('[', Children::Rows(rows.iter()), ']'),
            View::Json(Value::Object(members)) => {
                self.enter('{', Children::Members(members.into_iter()), '}');
            }
            View::Item(Item::Record(record)) => {
                self.enter('{', Children::Record(record.members.iter()), '}');
            }
            // A view of JSON is no view of an item.
            View::Item(Item::Json(_)) => {}
        }
        Ok(())
    }

    fn enter(&mut self, bracket: char, children: Children<'a>, close: char) {
        self.out.push(bracket);
        self.open.push(Open { children, close, empty: true });
    }

    fn number(&mut self, n: f64) -> Res<()> {
        if n.is_infinite() {
            return Err(Fault::new("D1001").value_text(number(n)));
        }
        if n.fract() != 0.0 {
            self.meter.step(NUMBER_STEPS)?;
        }
        self.out.push_str(&if n.is_nan() { "null".to_owned() } else { rounded_number(n) });
        Ok(())
    }

    fn line(&mut self) {
        if self.pretty {
            self.out.push('\n');
            self.out.extend(std::iter::repeat_n("  ", self.open.len()));
        }
    }
}

/// What it is to find the digits of a number with a fraction.
pub(crate) const NUMBER_STEPS: usize = 6;

/// A JSON string literal as JavaScript writes it.
pub(crate) fn quote(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c if c < ' ' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}
