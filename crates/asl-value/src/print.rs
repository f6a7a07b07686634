//! Compact printing, on an explicit stack.

use crate::{Members, Number, Value};

/// Appends the compact JSON text of `value` to `out`.
pub fn print_to(value: &Value, out: &mut String) {
    print(value, out);
}

/// How many bytes [`print_to`] would append, found without printing.
pub fn printed_len(value: &Value) -> usize {
    printed_len_within(value, usize::MAX).unwrap_or(usize::MAX)
}

/// How many bytes [`print_to`] would append; `None` if more than `bytes_max`.
/// Sharing can make a text far larger than the value in memory, and this stops
/// as soon as the limit is passed.
pub fn printed_len_within(value: &Value, bytes_max: usize) -> Option<usize> {
    let mut counter = Counter { bytes: 0, bytes_max };
    print(value, &mut counter);
    (counter.bytes <= bytes_max).then_some(counter.bytes)
}

/// Appends the compact JSON text of `value` to `out`, unless it has more than
/// `bytes_max` bytes: then the answer is false, and `out` holds a part of it.
pub(crate) fn print_within(value: &Value, out: &mut String, bytes_max: usize) -> bool {
    let mut bounded = Bounded { bytes_left: bytes_max, is_full: false, out };
    print(value, &mut bounded);
    !bounded.is_full
}

/// Where a text goes.
trait Sink {
    fn push_str(&mut self, text: &str);

    /// Whether no more is wanted.
    fn is_full(&self) -> bool {
        false
    }
}

impl Sink for String {
    fn push_str(&mut self, text: &str) {
        Self::push_str(self, text);
    }
}

/// A text that takes no more than it has room for.
struct Bounded<'a> {
    bytes_left: usize,
    is_full: bool,
    out: &'a mut String,
}

impl Sink for Bounded<'_> {
    fn push_str(&mut self, text: &str) {
        match self.bytes_left.checked_sub(text.len()) {
            Some(left) => {
                self.bytes_left = left;
                self.out.push_str(text);
            }
            None => self.is_full = true,
        }
    }

    fn is_full(&self) -> bool {
        self.is_full
    }
}

struct Counter {
    bytes: usize,
    bytes_max: usize,
}

impl Sink for Counter {
    fn push_str(&mut self, text: &str) {
        self.bytes = self.bytes.saturating_add(text.len());
    }

    fn is_full(&self) -> bool {
        self.bytes > self.bytes_max
    }
}

/// A container of which some is still to be printed.
enum Open<'a> {
    Array(std::slice::Iter<'a, Value>),
    Object(Members<'a>),
}

fn print(value: &Value, out: &mut impl Sink) {
    let mut open: Vec<Open<'_>> = Vec::new();
    let mut next = value;
    loop {
        // Whether a comma is due before the next item.
        let mut comma = true;
        match next {
            Value::Null => out.push_str("null"),
            Value::Bool(true) => out.push_str("true"),
            Value::Bool(false) => out.push_str("false"),
            Value::Number(number) => print_number(*number, out),
            Value::String(text) => print_string(text, out),
            Value::Array(items) => {
                out.push_str("[");
                open.push(Open::Array(items.iter()));
                comma = false;
            }
            Value::Object(members) => {
                out.push_str("{");
                open.push(Open::Object(members.into_iter()));
                comma = false;
            }
        }
        if out.is_full() {
            return;
        }
        next = loop {
            let found = match open.last_mut() {
                None => return,
                Some(Open::Array(items)) => items.next().map(|item| (None, item)),
                Some(Open::Object(members)) => members.next().map(|(name, value)| (Some(name), value)),
            };
            if let Some((name, value)) = found {
                if comma {
                    out.push_str(",");
                }
                if let Some(name) = name {
                    print_string(name, out);
                    out.push_str(":");
                }
                break value;
            }
            out.push_str(if matches!(open.pop(), Some(Open::Array(_))) { "]" } else { "}" });
            comma = true;
        };
    }
}

fn print_number(number: Number, out: &mut impl Sink) {
    struct Formatted<'a, S>(&'a mut S);

    impl<S: Sink> std::fmt::Write for Formatted<'_, S> {
        fn write_str(&mut self, text: &str) -> std::fmt::Result {
            self.0.push_str(text);
            Ok(())
        }
    }

    use std::fmt::Write as _;
    // A sink does not fail.
    let _ = write!(Formatted(out), "{number}");
}

/// Appends a JSON string literal. Only what JSON requires is escaped.
fn print_string(text: &str, out: &mut impl Sink) {
    out.push_str("\"");
    let mut rest = text;
    let needs_escape = |byte: u8| byte == b'"' || byte == b'\\' || byte < 0x20;
    while let Some(at) = rest.bytes().position(needs_escape) {
        let (plain, escaped) = rest.split_at(at);
        out.push_str(plain);
        let mut escaped = escaped.chars();
        match escaped.next() {
            Some('"') => out.push_str("\\\""),
            Some('\\') => out.push_str("\\\\"),
            Some('\n') => out.push_str("\\n"),
            Some('\r') => out.push_str("\\r"),
            Some('\t') => out.push_str("\\t"),
            Some('\u{8}') => out.push_str("\\b"),
            Some('\u{c}') => out.push_str("\\f"),
            Some(control) => out.push_str(&format!("\\u{:04X}", u32::from(control))),
            None => {}
        }
        rest = escaped.as_str();
    }
    out.push_str(rest);
    out.push_str("\"");
}
