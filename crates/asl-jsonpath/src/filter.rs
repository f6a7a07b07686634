//! Filters: `[?(@.price > 10 && !(@.sold))]`.

use std::borrow::Cow;
use std::cmp::Ordering;

use asl_value::{Kind, Value};
use regex_lite::{Regex, RegexBuilder};

use crate::cursor::Cursor;
use crate::error::CompileError;
use crate::path::{Plan, Walk};
use crate::path_parse;

/// How deep filters, parentheses and `!` may nest in a path.
const DEPTH_MAX: usize = 32;

/// A condition on an item.
#[derive(Clone, Debug)]
pub(crate) struct Filter(Box<Condition>);

#[derive(Clone, Debug)]
enum Condition {
    Any(Vec<Condition>),
    All(Vec<Condition>),
    Not(Box<Condition>),
    /// A path alone: whether it leads somewhere.
    Exists(Plan),
    /// A literal alone.
    Constant(bool),
    /// A text and the pattern that all of it is to match.
    Matches(Operand, Regex),
    Compare(Operand, Operator, Operand),
}

#[derive(Clone, Debug)]
enum Operand {
    Path(Plan),
    Literal(Value),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    NotIn,
    SubsetOf,
    AnyOf,
    NoneOf,
    Contains,
    Size,
    Empty,
    Type,
}

impl Operator {
    /// Longer ones before those that they begin with.
    const ALL: [(&'static str, Self); 17] = [
        ("===", Self::Equal),
        ("==", Self::Equal),
        ("!=", Self::NotEqual),
        ("<>", Self::NotEqual),
        ("<=", Self::LessOrEqual),
        (">=", Self::GreaterOrEqual),
        ("<", Self::Less),
        (">", Self::Greater),
        ("in", Self::In),
        ("nin", Self::NotIn),
        ("subsetof", Self::SubsetOf),
        ("anyof", Self::AnyOf),
        ("noneof", Self::NoneOf),
        ("contains", Self::Contains),
        ("size", Self::Size),
        ("empty", Self::Empty),
        ("type", Self::Type),
    ];
}

impl Filter {
    /// The condition between `?` and `]`.
    pub(crate) fn parse(cursor: &mut Cursor<'_>, depth: usize) -> Result<Self, CompileError> {
        Ok(Self(Box::new(any(cursor, depth)?)))
    }

    pub(crate) fn accepts<'v>(&self, item: &'v Value, walk: &Walk<'v>) -> bool {
        walk.spend(1) && self.0.holds(item, walk)
    }
}

fn any(cursor: &mut Cursor<'_>, depth: usize) -> Result<Condition, CompileError> {
    joined(cursor, depth, "||", all, Condition::Any)
}

fn all(cursor: &mut Cursor<'_>, depth: usize) -> Result<Condition, CompileError> {
    joined(cursor, depth, "&&", single, Condition::All)
}

fn joined(
    cursor: &mut Cursor<'_>,
    depth: usize,
    joint: &str,
    part: fn(&mut Cursor<'_>, usize) -> Result<Condition, CompileError>,
    join: fn(Vec<Condition>) -> Condition,
) -> Result<Condition, CompileError> {
    let first = part(cursor, depth)?;
    cursor.skip_space();
    let mut parts = vec![first];
    while cursor.eat(joint) {
        parts.push(part(cursor, depth)?);
        cursor.skip_space();
    }
    Ok(match parts.len() {
        1 => parts.swap_remove(0),
        _ => join(parts),
    })
}

fn single(cursor: &mut Cursor<'_>, depth: usize) -> Result<Condition, CompileError> {
    if depth >= DEPTH_MAX {
        return Err(cursor.error("expected a filter that nests less"));
    }
    cursor.skip_space();
    if cursor.eat("!") {
        return Ok(Condition::Not(Box::new(single(cursor, depth + 1)?)));
    }
    if cursor.eat("(") {
        let inner = any(cursor, depth + 1)?;
        cursor.skip_space();
        cursor.expect(")")?;
        return Ok(inner);
    }
    let left = operand(cursor, depth + 1)?;
    cursor.skip_space();
    if cursor.eat("=~") {
        cursor.skip_space();
        return Ok(Condition::Matches(left, pattern(cursor)?));
    }
    let Some(operator) = operator(cursor) else {
        return Ok(match left {
            Operand::Path(plan) => Condition::Exists(plan),
            Operand::Literal(value) => Condition::Constant(value.as_bool() == Some(true)),
        });
    };
    cursor.skip_space();
    Ok(Condition::Compare(left, operator, operand(cursor, depth + 1)?))
}

fn operator(cursor: &mut Cursor<'_>) -> Option<Operator> {
    let from = cursor.offset();
    let word = cursor.take_while(|c| c.is_ascii_alphabetic());
    if !word.is_empty() {
        let known = Operator::ALL.iter().find(|(text, _)| text.eq_ignore_ascii_case(word));
        if known.is_none() {
            cursor.rewind(from);
        }
        return known.map(|(_, operator)| *operator);
    }
    let symbols =
        Operator::ALL.iter().filter(|(text, _)| !text.starts_with(|c: char| c.is_ascii_alphabetic()));
    symbols.into_iter().find(|(text, _)| cursor.eat(text)).map(|(_, operator)| *operator)
}

fn operand(cursor: &mut Cursor<'_>, depth: usize) -> Result<Operand, CompileError> {
    Ok(match cursor.peek() {
        Some('@' | '$') => Operand::Path(path_parse::filter_path(cursor, depth)?),
        Some('/') => return Err(cursor.error("expected a regular expression only after '=~'")),
        _ => Operand::Literal(literal(cursor, depth)?),
    })
}

/// A string, a number, an array, `true`, `false`, `null`, or a word, which
/// stands for itself.
fn literal(cursor: &mut Cursor<'_>, depth: usize) -> Result<Value, CompileError> {
    if depth >= DEPTH_MAX {
        return Err(cursor.error("expected a filter that nests less"));
    }
    match cursor.peek() {
        Some('\'' | '"') => return path_parse::quoted(cursor).map(Value::from),
        Some('[') => {
            cursor.next();
            let mut items = Vec::new();
            cursor.skip_space();
            while !cursor.eat("]") {
                items.push(literal(cursor, depth + 1)?);
                cursor.skip_space();
                if !cursor.eat(",") && cursor.peek() != Some(']') {
                    return Err(cursor.error("expected ',' or ']'"));
                }
                cursor.skip_space();
            }
            return Ok(items.into());
        }
        _ => {}
    }
    let word = cursor.take_while(|c| {
        !c.is_whitespace()
            && !matches!(c, '(' | ')' | '[' | ']' | ',' | '&' | '|' | '=' | '!' | '<' | '>' | '~')
    });
    if word.is_empty() {
        return Err(cursor.error("expected a path or a value"));
    }
    // Numbers, true, false and null are JSON; any other word is a text.
    let plain = asl_value::parse(word).ok().filter(|value| value.as_str().is_none());
    Ok(plain.unwrap_or_else(|| Value::from(word)))
}

/// `/regular expression/flags`
fn pattern(cursor: &mut Cursor<'_>) -> Result<Regex, CompileError> {
    cursor.expect("/")?;
    let mut text = String::new();
    loop {
        match cursor.next() {
            Some('/') => break,
            Some('\\') if cursor.eat("/") => text.push('/'),
            Some('\\') => {
                text.push('\\');
                text.extend(cursor.next());
            }
            Some(c) => text.push(c),
            None => return Err(cursor.error("expected a closing '/'")),
        }
    }
    let flags = cursor.take_while(|c| c.is_ascii_alphabetic());
    let built = RegexBuilder::new(&format!("^(?:{text})$"))
        .case_insensitive(flags.contains('i'))
        .dot_matches_new_line(flags.contains('s'))
        .multi_line(flags.contains('m'))
        .ignore_whitespace(flags.contains('x'))
        .build();
    built.map_err(|error| cursor.error(&format!("expected a regular expression ({error})")))
}

impl Condition {
    fn holds<'v>(&self, item: &'v Value, walk: &Walk<'v>) -> bool {
        match self {
            Self::Any(parts) => parts.iter().any(|part| part.holds(item, walk)),
            Self::All(parts) => parts.iter().all(|part| part.holds(item, walk)),
            Self::Not(part) => !part.holds(item, walk),
            Self::Exists(plan) => plan.find(walk, item).is_some_and(|found| {
                plan.is_definite() || found.as_array().is_some_and(|items| !items.is_empty())
            }),
            Self::Constant(holds) => *holds,
            Self::Matches(text, pattern) => text
                .value(item, walk)
                .is_some_and(|text| text.as_str().is_some_and(|text| pattern.is_match(text))),
            Self::Compare(left, operator, right) => {
                compare(left.value(item, walk).as_deref(), *operator, right.value(item, walk).as_deref())
            }
        }
    }
}

impl Operand {
    /// The value; none where a path leads nowhere.
    fn value<'a, 'v: 'a>(&'a self, item: &'v Value, walk: &Walk<'v>) -> Option<Cow<'a, Value>> {
        match self {
            Self::Path(plan) => plan.find(walk, item),
            Self::Literal(value) => Some(Cow::Borrowed(value)),
        }
    }
}

fn compare(left: Option<&Value>, operator: Operator, right: Option<&Value>) -> bool {
    match operator {
        Operator::Equal => equal(left, right),
        Operator::NotEqual => !equal(left, right),
        Operator::Less => ordered(left, right).is_some_and(Ordering::is_lt),
        Operator::LessOrEqual => ordered(left, right).is_some_and(Ordering::is_le),
        Operator::Greater => ordered(left, right).is_some_and(Ordering::is_gt),
        Operator::GreaterOrEqual => ordered(left, right).is_some_and(Ordering::is_ge),
        Operator::In => left.is_some_and(|left| among(left, right)),
        Operator::NotIn => left.is_some_and(|left| !among(left, right)),
        Operator::SubsetOf => items_of(left).is_some_and(|items| items.iter().all(|item| among(item, right))),
        Operator::AnyOf => items_of(left).is_some_and(|items| items.iter().any(|item| among(item, right))),
        Operator::NoneOf => items_of(left).is_some_and(|items| !items.iter().any(|item| among(item, right))),
        Operator::Contains => match (left, right) {
            (Some(Value::String(text)), Some(Value::String(part))) => text.contains(&**part),
            (Some(list), Some(item)) => among(item, Some(list)),
            _ => false,
        },
        Operator::Size => {
            let length = left.and_then(length);
            length.is_some() && length == right.and_then(|right| usize::try_from(right.as_i64()?).ok())
        }
        Operator::Empty => {
            let is_empty = left.and_then(length).map(|length| length == 0);
            is_empty.is_some() && is_empty == right.and_then(Value::as_bool)
        }
        Operator::Type => {
            left.zip(right.and_then(Value::as_str)).is_some_and(|(left, name)| left.kind().name() == name)
        }
    }
}

/// Nothing equals nothing; a number and a text are equal when the text is the
/// number's.
fn equal(left: Option<&Value>, right: Option<&Value>) -> bool {
    match (left, right) {
        (None, None) => true,
        (Some(left), Some(right)) => match (left, right) {
            (Value::Number(number), Value::String(text)) | (Value::String(text), Value::Number(number)) => {
                number.to_string() == **text
            }
            _ => left == right,
        },
        _ => false,
    }
}

/// Numbers with numbers and texts with texts; all else has no order.
fn ordered(left: Option<&Value>, right: Option<&Value>) -> Option<Ordering> {
    match (left?, right?) {
        (Value::Number(left), Value::Number(right)) => Some(left.cmp(right)),
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        _ => None,
    }
}

fn items_of(value: Option<&Value>) -> Option<&asl_value::Array> {
    value.and_then(Value::as_array)
}

fn among(item: &Value, list: Option<&Value>) -> bool {
    items_of(list).is_some_and(|items| items.iter().any(|other| equal(Some(item), Some(other))))
}

fn length(value: &Value) -> Option<usize> {
    match value.kind() {
        Kind::Array => value.as_array().map(|items| items.len()),
        Kind::Object => value.as_object().map(asl_value::Object::len),
        Kind::String => value.as_str().map(|text| text.chars().count()),
        Kind::Null | Kind::Boolean | Kind::Number => None,
    }
}
