//! The grammar of paths.

use std::sync::Arc;

use crate::cursor::Cursor;
use crate::error::CompileError;
use crate::filter::Filter;
use crate::function::Function;
use crate::path::{Plan, Root, Slice, Step};

/// A path that begins with `$`, `$$` or `$name`. Stops at the first character
/// that cannot belong to it.
pub(crate) fn path(cursor: &mut Cursor<'_>) -> Result<Plan, CompileError> {
    cursor.expect("$").map_err(|_| cursor.error("expected a path, which begins with '$'"))?;
    let root = if cursor.eat("$") {
        Root::Context
    } else if cursor.peek().is_some_and(starts_name) {
        Root::Variable(cursor.take_while(continues_name).into())
    } else {
        Root::Input
    };
    steps(cursor, root, 0)
}

/// The path of a filter: `@…` or `$…`.
pub(crate) fn filter_path(cursor: &mut Cursor<'_>, depth: usize) -> Result<Plan, CompileError> {
    if cursor.eat("@") { steps(cursor, Root::Item, depth) } else { path(cursor) }
}

/// Variable names begin with a letter or an underscore.
fn starts_name(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

fn continues_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn steps(cursor: &mut Cursor<'_>, root: Root, depth: usize) -> Result<Plan, CompileError> {
    let mut steps = Vec::new();
    let mut function = None;
    loop {
        if cursor.eat("..") {
            steps.push(Step::Descend);
            match cursor.peek() {
                Some('[') => {}
                _ => function = dotted(cursor, &mut steps)?,
            }
        } else if cursor.eat(".") {
            match cursor.peek() {
                Some('[') => {}
                _ => function = dotted(cursor, &mut steps)?,
            }
        } else if cursor.eat("[") {
            steps.push(bracketed(cursor, depth)?);
        } else {
            break;
        }
        if function.is_some() {
            break;
        }
    }
    Ok(Plan::new(root, steps, function))
}

/// What may follow a dot: a name, `*`, or a function, which ends the path.
fn dotted(cursor: &mut Cursor<'_>, steps: &mut Vec<Step>) -> Result<Option<Function>, CompileError> {
    if cursor.eat("*") {
        steps.push(Step::Wildcard);
        return Ok(None);
    }
    let name = cursor.take_while(in_plain_name);
    if name.is_empty() {
        return Err(cursor.error("expected a name, '*' or '['"));
    }
    if !cursor.eat("(") {
        steps.push(Step::Name(name.into()));
        return Ok(None);
    }
    cursor.skip_space();
    cursor.expect(")")?;
    match Function::named(name) {
        Some(function) => Ok(Some(function)),
        None => Err(cursor.error(&format!("expected a function such as length(), not {name}()"))),
    }
}

/// Names without quotes hold anything but what ends them.
fn in_plain_name(c: char) -> bool {
    !c.is_whitespace()
        && !matches!(
            c,
            '.' | '['
                | ']'
                | '('
                | ')'
                | ','
                | '\''
                | '"'
                | '{'
                | '}'
                | '*'
                | '?'
                | '='
                | '<'
                | '>'
                | '!'
                | '&'
                | '|'
                | '~'
        )
}

/// What stands between brackets; the first is read already.
fn bracketed(cursor: &mut Cursor<'_>, depth: usize) -> Result<Step, CompileError> {
    cursor.skip_space();
    let step = match cursor.peek() {
        Some('*') => {
            cursor.next();
            Step::Wildcard
        }
        Some('\'' | '"') => {
            let mut names = list(cursor, |cursor| quoted(cursor).map(Arc::from))?;
            match names.as_mut_slice() {
                [name] => Step::Name(std::mem::take(name)),
                _ => Step::Names(names.into()),
            }
        }
        Some('?') => {
            cursor.next();
            Step::Filter(Filter::parse(cursor, depth)?)
        }
        // `(@.length-1)`: a place counted from the end.
        Some('(') => {
            cursor.next();
            cursor.expect("@.length")?;
            let from_end = cursor.integer().filter(|places| *places < 0);
            let from_end = from_end.ok_or_else(|| cursor.error("expected a number to subtract"))?;
            cursor.expect(")")?;
            Step::Index(from_end)
        }
        _ => indexed(cursor)?,
    };
    cursor.skip_space();
    cursor.expect("]")?;
    Ok(step)
}

/// An index, a list of them, or a slice.
fn indexed(cursor: &mut Cursor<'_>) -> Result<Step, CompileError> {
    let first = cursor.integer();
    cursor.skip_space();
    if cursor.eat(":") {
        cursor.skip_space();
        let to = cursor.integer();
        cursor.skip_space();
        let step = if cursor.eat(":") {
            cursor.skip_space();
            let step = cursor.integer();
            if step.is_some_and(|step| step < 1) {
                return Err(cursor.error("expected a step of 1 or more"));
            }
            step
        } else {
            None
        };
        return Ok(Step::Slice(Slice { from: first, to, step }));
    }
    let Some(first) = first else {
        return Err(cursor.error("expected an index, a slice, a quoted name, '*' or '?'"));
    };
    let mut indexes = vec![first];
    while cursor.eat(",") {
        cursor.skip_space();
        indexes.push(cursor.integer().ok_or_else(|| cursor.error("expected an index"))?);
        cursor.skip_space();
    }
    Ok(match indexes.as_slice() {
        [only] => Step::Index(*only),
        _ => Step::Indexes(indexes.into()),
    })
}

fn list<T>(
    cursor: &mut Cursor<'_>,
    mut item: impl FnMut(&mut Cursor<'_>) -> Result<T, CompileError>,
) -> Result<Vec<T>, CompileError> {
    let mut items = Vec::new();
    loop {
        cursor.skip_space();
        items.push(item(cursor)?);
        cursor.skip_space();
        if !cursor.eat(",") {
            return Ok(items);
        }
    }
}

/// A string in either kind of quotes; a backslash takes the next character as
/// it is, or `\n`, `\t`, `\r` and `\u0041` for what they mean.
pub(crate) fn quoted(cursor: &mut Cursor<'_>) -> Result<String, CompileError> {
    let Some(quote @ ('\'' | '"')) = cursor.peek() else {
        return Err(cursor.error("expected a quoted string"));
    };
    cursor.next();
    let mut text = String::new();
    loop {
        match cursor.next() {
            None => return Err(cursor.error(&format!("expected a closing {quote}"))),
            Some('\\') => text.push(escaped(cursor)?),
            Some(c) if c == quote => return Ok(text),
            Some(c) => text.push(c),
        }
    }
}

fn escaped(cursor: &mut Cursor<'_>) -> Result<char, CompileError> {
    Ok(match cursor.next() {
        Some('n') => '\n',
        Some('t') => '\t',
        Some('r') => '\r',
        Some('u') => {
            let digits = cursor.rest().get(..4).unwrap_or_default();
            let code = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
            let Some(c) = code else { return Err(cursor.error("expected four hexadecimal digits")) };
            cursor.expect(digits)?;
            c
        }
        Some(c) => c,
        None => return Err(cursor.error("expected a character after '\\'")),
    })
}
