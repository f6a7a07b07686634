//! The grammar of calls.

use asl_value::Value;

use super::{Argument, CALL_DEPTH_MAX, Call, Function};
use crate::cursor::Cursor;
use crate::error::CompileError;
use crate::path::Path;
use crate::path_parse;

/// A whole text that is one call.
pub(super) fn call(text: &str) -> Result<Call, CompileError> {
    let mut cursor = Cursor::new(text);
    cursor.skip_space();
    if !cursor.rest().starts_with("States.") {
        return Err(
            cursor.error("expected a path, which begins with '$', or a call such as States.Format('{}', $)")
        );
    }
    let call = nested(&mut cursor, 1)?;
    cursor.skip_space();
    cursor.expect_end()?;
    Ok(call)
}

fn nested(cursor: &mut Cursor<'_>, depth: usize) -> Result<Call, CompileError> {
    if depth > CALL_DEPTH_MAX {
        return Err(cursor.error(&format!("expected at most {CALL_DEPTH_MAX} calls inside one another")));
    }
    let from = cursor.offset();
    cursor.expect("States.")?;
    let name = cursor.take_while(|c| c.is_ascii_alphanumeric());
    let Some(function) = Function::named(name) else {
        return Err(cursor.error(&format!("expected the name of an intrinsic function, not States.{name}")));
    };
    cursor.skip_space();
    cursor.expect("(")?;
    let mut arguments = Vec::new();
    cursor.skip_space();
    if !cursor.eat(")") {
        loop {
            cursor.skip_space();
            arguments.push(argument(cursor, depth)?);
            cursor.skip_space();
            if cursor.eat(")") {
                break;
            }
            cursor.expect(",").map_err(|_| cursor.error("expected ',' or ')'"))?;
        }
    }
    let (least, most) = function.arity();
    if !(least..=most).contains(&arguments.len()) {
        let wanted = match (least, most) {
            (least, most) if least == most => format!("{least}"),
            (least, usize::MAX) => format!("at least {least}"),
            (least, most) => format!("{least} to {most}"),
        };
        let given = arguments.len();
        return Err(cursor.error(&format!("expected {wanted} arguments for States.{name}, not {given}")));
    }
    Ok(Call { text: cursor.since(from).into(), function, arguments })
}

fn argument(cursor: &mut Cursor<'_>, depth: usize) -> Result<Argument, CompileError> {
    match cursor.peek() {
        Some('$') => {
            let from = cursor.offset();
            let plan = path_parse::path(cursor)?;
            Ok(Argument::Path(Path::of(cursor.since(from), plan)))
        }
        Some('\'') => string(cursor),
        Some('S') => nested(cursor, depth + 1).map(Argument::Call),
        _ => {
            let word = cursor.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.'));
            let value = asl_value::parse(word).ok().filter(|value| value.as_str().is_none());
            value.map(Argument::Literal).ok_or_else(|| {
                cursor.error(
                    "expected a path, a string in single quotes, a number, true, false, null or a call",
                )
            })
        }
    }
}

/// A string in single quotes. `\'`, `\\`, `\{` and `\}` are all the escapes.
fn string(cursor: &mut Cursor<'_>) -> Result<Argument, CompileError> {
    cursor.expect("'")?;
    let from = cursor.offset();
    let mut text = String::new();
    loop {
        match cursor.next() {
            Some('\'') => {
                let raw = cursor.since(from);
                let raw = raw.strip_suffix('\'').unwrap_or(raw).into();
                return Ok(Argument::Text { raw, value: Value::from(text) });
            }
            Some('\\') => match cursor.next() {
                Some(c @ ('\'' | '\\' | '{' | '}')) => text.push(c),
                _ => return Err(cursor.error(r"expected one of ' \ { } after a backslash")),
            },
            Some(c) => text.push(c),
            None => return Err(cursor.error("expected a closing single quote")),
        }
    }
}
