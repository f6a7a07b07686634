//! Values as text, the way JavaScript prints numbers and JSON.

use std::fmt::Write as _;

use asl_value::Value;

use crate::budget::{Budget, Meter};
use crate::error::{Fault, Res};
use crate::item::{Item, check_depth};

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

/// A number as `$string` prints it: no more than fifteen digits of a fraction.
fn rounded_number(n: f64) -> String {
    if n.fract() == 0.0 || !n.is_finite() {
        return number(n);
    }
    let rounded: f64 = format!("{n:.14e}").parse().unwrap_or(n);
    number(rounded)
}

/// What `$string` makes of a value, appended to `out`. Undefined adds nothing.
pub(crate) fn append(item: &Item, pretty: bool, out: &mut String, meter: &mut Meter) -> Res<()> {
    let start = out.len();
    match item {
        Item::Undefined | Item::Function(_) => {}
        Item::Json(Value::String(text)) => {
            meter.string_length(out.len() + text.len())?;
            meter.allocate(text.len())?;
            out.push_str(text);
        }
        Item::Number(n) if !n.is_finite() => return Err(Fault::new("D3001").value_text(number(*n))),
        _ => {
            let item = crate::eval::context(item);
            let mut writer = Writer { out, meter, indent: if pretty { Some(0) } else { None }, paid: start };
            writer.item(&item, 0)?;
            writer.pay()?;
        }
    }
    Ok(())
}

/// The most that an error message shows of a value.
const DESCRIBED_BYTES_MAX: usize = 1000;

/// A value as error messages show it, cut off where it is long.
pub(crate) fn describe(item: &Item) -> String {
    let mut out = String::new();
    let mut meter = Meter::new(&Budget { string_bytes: DESCRIBED_BYTES_MAX, ..Budget::default() });
    if item.is_undefined() {
        return "undefined".to_owned();
    }
    if let Item::Number(n) = item {
        return number(*n);
    }
    let mut writer = Writer { out: &mut out, meter: &mut meter, indent: None, paid: 0 };
    // What does not fit is cut off: it is only shown.
    let cut = writer.item(item, 0).is_err() || out.len() > DESCRIBED_BYTES_MAX;
    if cut {
        out.truncate(out.floor_char_boundary(DESCRIBED_BYTES_MAX));
        out.push('…');
    }
    out
}

struct Writer<'w> {
    out: &'w mut String,
    meter: &'w mut Meter,
    /// Levels of indentation; `None` prints in one line.
    indent: Option<usize>,
    /// How much of `out` is paid for.
    paid: usize,
}

impl Writer<'_> {
    /// Pays for what was written since the last time.
    fn pay(&mut self) -> Res<()> {
        self.meter.string_length(self.out.len())?;
        self.meter.allocate(self.out.len() - self.paid)?;
        self.paid = self.out.len();
        Ok(())
    }

    fn item(&mut self, item: &Item, depth: usize) -> Res<()> {
        check_depth(depth)?;
        if self.out.len() > self.paid + 4096 {
            self.pay()?;
        }
        match item {
            Item::Undefined => self.out.push_str("null"),
            Item::Number(n) => self.number(*n)?,
            Item::Json(value) => self.value(value, depth)?,
            Item::Function(_) => self.out.push_str("\"\""),
            Item::List(list) => self.list(list.items.iter(), depth, Self::item)?,
            Item::Tuples(rows) => self.list(rows.iter().map(|row| &row.context), depth, Self::item)?,
            Item::Record(record) => {
                self.members(record.members.iter().map(|(name, item)| (name, item)), depth, Self::item)?;
            }
        }
        Ok(())
    }

    fn value(&mut self, value: &Value, depth: usize) -> Res<()> {
        check_depth(depth)?;
        match value {
            Value::Null => self.out.push_str("null"),
            Value::Bool(b) => self.out.push_str(if *b { "true" } else { "false" }),
            Value::Number(n) => self.number(n.as_f64())?,
            Value::String(text) => quote(text, self.out),
            Value::Array(items) => self.list(items.iter(), depth, Self::value)?,
            Value::Object(members) => self.members(members.iter(), depth, Self::value)?,
        }
        Ok(())
    }

    fn number(&mut self, n: f64) -> Res<()> {
        if n.is_infinite() {
            return Err(Fault::new("D1001").value_text(number(n)));
        }
        self.out.push_str(&if n.is_nan() { "null".to_owned() } else { rounded_number(n) });
        Ok(())
    }

    fn list<T>(
        &mut self,
        items: impl ExactSizeIterator<Item = T>,
        depth: usize,
        print: fn(&mut Self, T, usize) -> Res<()>,
    ) -> Res<()> {
        let empty = items.len() == 0;
        self.out.push('[');
        self.deeper(1);
        for (place, item) in items.enumerate() {
            if place > 0 {
                self.out.push(',');
            }
            self.line();
            print(self, item, depth + 1)?;
        }
        self.close(']', empty);
        Ok(())
    }

    fn members<'m, T: 'm>(
        &mut self,
        members: impl ExactSizeIterator<Item = (&'m std::sync::Arc<str>, T)>,
        depth: usize,
        print: fn(&mut Self, T, usize) -> Res<()>,
    ) -> Res<()> {
        let empty = members.len() == 0;
        self.out.push('{');
        self.deeper(1);
        for (place, (name, item)) in members.enumerate() {
            if place > 0 {
                self.out.push(',');
            }
            self.line();
            quote(name, self.out);
            self.out.push_str(if self.indent.is_some() { ": " } else { ":" });
            print(self, item, depth + 1)?;
        }
        self.close('}', empty);
        Ok(())
    }

    fn deeper(&mut self, levels: usize) {
        self.indent = self.indent.map(|indent| indent + levels);
    }

    fn line(&mut self) {
        if let Some(indent) = self.indent {
            self.out.push('\n');
            self.out.push_str(&"  ".repeat(indent));
        }
    }

    fn close(&mut self, bracket: char, empty: bool) {
        self.indent = self.indent.map(|indent| indent.saturating_sub(1));
        if !empty {
            self.line();
        }
        self.out.push(bracket);
    }
}

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
