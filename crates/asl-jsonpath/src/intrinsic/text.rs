//! `States.Format`, `States.StringSplit` and `States.UUID`.

use asl_value::Value;

use super::{Argument, Arguments};

/// Puts the arguments in place of the `{}` of the first.
pub(super) fn format(given: &Arguments<'_>) -> Result<Value, String> {
    let template = given.string(0)?;
    // Only a literal can escape a brace.
    let (template, escapes) = match given.call.arguments.first() {
        Some(Argument::Text { raw, .. }) => (&**raw, true),
        _ => (template, false),
    };
    let mut out = String::with_capacity(template.len());
    let mut arguments = given.values.iter().skip(1);
    let mut rest = template.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\\' if escapes => out.extend(rest.next()),
            '{' if rest.peek() == Some(&'}') => {
                rest.next();
                let Some(argument) = arguments.next() else { return Err(mismatch(given)) };
                write_plain(argument, &mut out);
            }
            '{' | '}' if escapes => return Err("matching '}' not found for '{'".to_owned()),
            c => out.push(c),
        }
    }
    match arguments.next() {
        Some(_) => Err(mismatch(given)),
        None => Ok(out.into()),
    }
}

fn mismatch(given: &Arguments<'_>) -> String {
    let arguments = given.values.len().saturating_sub(1);
    format!("number of arguments do not match the occurrences of {{}}: {arguments} were given")
}

/// Text as it is, all else as Java prints it: `{a=1, b=[2, null]}`.
fn write_plain(value: &Value, out: &mut String) {
    enum Part<'v> {
        Value(&'v Value),
        Text(&'v str),
    }
    let mut pending = vec![Part::Value(value)];
    while let Some(part) = pending.pop() {
        match part {
            Part::Text(text) => out.push_str(text),
            Part::Value(Value::String(text)) => out.push_str(text),
            Part::Value(Value::Array(items)) => {
                out.push('[');
                pending.push(Part::Text("]"));
                for (place, item) in items.iter().enumerate().rev() {
                    pending.push(Part::Value(item));
                    if place > 0 {
                        pending.push(Part::Text(", "));
                    }
                }
            }
            Part::Value(Value::Object(members)) => {
                out.push('{');
                pending.push(Part::Text("}"));
                for (place, (name, member)) in members.iter().enumerate().rev() {
                    pending.push(Part::Value(member));
                    pending.push(Part::Text("="));
                    pending.push(Part::Text(name));
                    if place > 0 {
                        pending.push(Part::Text(", "));
                    }
                }
            }
            Part::Value(scalar) => asl_value::print_to(scalar, out),
        }
    }
}

/// Splits at every character of the second argument; empty parts are left out.
pub(super) fn split(given: &Arguments<'_>) -> Result<Value, String> {
    let (text, separators) = (given.string(0)?, given.string(1)?);
    let parts = text.split(|c| separators.contains(c)).filter(|part| !part.is_empty());
    Ok(parts.map(Value::from).collect::<Vec<_>>().into())
}

/// A random UUID.
pub(super) fn uuid(entropy: &mut dyn FnMut() -> u64) -> Value {
    uuid_of((u128::from(entropy()) << 64) | u128::from(entropy())).into()
}

/// These bits as a UUID of version 4.
pub fn uuid_of(bits: u128) -> String {
    // RFC 9562: version in bits 48 to 51, variant in bits 64 and 65.
    let bits = bits & !(0xf << 76) & !(0x3 << 62) | (0x4 << 76) | (0x2 << 62);
    let hex = format!("{bits:032x}");
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}
