//! Compact printing, on an explicit stack.

use crate::{Number, Value};

/// Appends the compact JSON text of `value` to `out`.
pub fn print_to(value: &Value, out: &mut String) {
    enum Open<'a> {
        Array(std::slice::Iter<'a, Value>),
        Object(<&'a crate::Object as IntoIterator>::IntoIter),
    }
    let mut open: Vec<Open<'_>> = Vec::new();
    let mut next = Some(value);
    loop {
        if let Some(value) = next.take() {
            match value {
                Value::Null => out.push_str("null"),
                Value::Bool(true) => out.push_str("true"),
                Value::Bool(false) => out.push_str("false"),
                Value::Number(n) => print_number(*n, out),
                Value::String(s) => print_string(s, out),
                Value::Array(items) => {
                    out.push('[');
                    open.push(Open::Array(items.iter()));
                }
                Value::Object(members) => {
                    out.push('{');
                    open.push(Open::Object(members.into_iter()));
                }
            }
        }
        let opened_now = out.ends_with(['[', '{']) && !open.is_empty();
        match open.last_mut() {
            None => return,
            Some(Open::Array(items)) => match items.next() {
                Some(item) => {
                    if !(opened_now && out.ends_with('[')) {
                        out.push(',');
                    }
                    next = Some(item);
                }
                None => {
                    out.push(']');
                    open.pop();
                }
            },
            Some(Open::Object(members)) => match members.next() {
                Some((name, member)) => {
                    if !(opened_now && out.ends_with('{')) {
                        out.push(',');
                    }
                    print_string(name, out);
                    out.push(':');
                    next = Some(member);
                }
                None => {
                    out.push('}');
                    open.pop();
                }
            },
        }
    }
}

/// How many bytes [`print_to`] would append.
pub fn printed_len(value: &Value) -> usize {
    let mut text = String::new();
    print_to(value, &mut text);
    text.len()
}

fn print_number(number: Number, out: &mut String) {
    use std::fmt::Write as _;
    // Writing to a String does not fail.
    let _ = write!(out, "{number}");
}

/// Appends a JSON string literal. Only what JSON requires is escaped.
fn print_string(text: &str, out: &mut String) {
    out.push('"');
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escape = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0x08 => "\\b",
            0x0c => "\\f",
            0x00..=0x1f => "",
            _ => continue,
        };
        out.push_str(text.get(from..at).unwrap_or_default());
        if escape.is_empty() {
            use std::fmt::Write as _;
            let _ = write!(out, "\\u{byte:04X}");
        } else {
            out.push_str(escape);
        }
        from = at + 1;
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out.push('"');
}
