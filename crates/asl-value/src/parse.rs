//! Parsing, on an explicit stack and bounded in depth.

use std::sync::Arc;

use crate::object::Member;
use crate::value::Array;
use crate::{Number, Object, Value};

/// How deep arrays and objects may nest in a parsed document.
pub const DEPTH_MAX: usize = 1000;

/// Why a text is not a JSON document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} at line {line} column {column}")]
pub struct ParseError {
    /// What was wrong, as a lower-case phrase.
    pub message: String,
    /// Line of the place, from 1.
    pub line: usize,
    /// Column of the place in bytes, from 1.
    pub column: usize,
}

/// Parses one JSON document. The last of repeated names wins.
///
/// Integers that fit 64 bits keep every digit; all other numbers become the
/// nearest double, and one too large for a double is an error, as is nesting
/// past [`DEPTH_MAX`].
pub fn parse(text: &str) -> Result<Value, ParseError> {
    let mut reader =
        Reader { text, at: 0, names: NameCache::default(), items: Vec::new(), members: Vec::new() };
    reader.document().map_err(|message| {
        let before = text.as_bytes().get(..reader.at).unwrap_or_default();
        let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
        ParseError {
            message,
            line: before.split(|byte| *byte == b'\n').count(),
            column: before.len() - line_start + 1,
        }
    })
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    names: NameCache,
    /// The items of all arrays that are not closed yet, outer ones first.
    items: Vec<Value>,
    /// The members of all objects that are not closed yet, outer ones first.
    members: Vec<Member>,
}

/// A container that is not closed yet, and where its part of the reader's
/// items or members begins.
enum Open {
    Array(usize),
    /// With the name of the member that is being read.
    Object(usize, Arc<str>),
}

impl Reader<'_> {
    fn document(&mut self) -> Result<Value, String> {
        let mut open: Vec<Open> = Vec::new();
        loop {
            let next = self.next_token();
            if open.len() == DEPTH_MAX && matches!(next, Some(b'[' | b'{')) {
                return Err(format!("expected at most {DEPTH_MAX} levels of nesting"));
            }
            let Some(mut value) = self.begin(next, &mut open)? else { continue };
            // The value is whole: put it where it belongs, and close what ends here.
            loop {
                let Some(top) = open.last_mut() else {
                    return match self.next_token() {
                        None => Ok(value),
                        Some(_) => Err("expected the end of the document".to_owned()),
                    };
                };
                let closes = match (top, self.next_token()) {
                    (Open::Array(_), Some(b',')) => {
                        self.items.push(value);
                        self.at += 1;
                        break;
                    }
                    (Open::Array(from), Some(b']')) => {
                        self.items.push(value);
                        Value::Array(Array::from_tail(&mut self.items, *from))
                    }
                    (Open::Object(_, name), Some(b',')) => {
                        self.members.push(Member::new(std::mem::take(name), value));
                        self.at += 1;
                        *name = self.name()?;
                        break;
                    }
                    (Open::Object(from, name), Some(b'}')) => {
                        self.members.push(Member::new(std::mem::take(name), value));
                        Value::Object(Object::from_tail(&mut self.members, *from))
                    }
                    (Open::Array(_), _) => return Err("expected ',' or ']'".to_owned()),
                    (Open::Object(..), _) => return Err("expected ',' or '}'".to_owned()),
                };
                self.at += 1;
                open.pop();
                value = closes;
            }
        }
    }

    /// A value that is whole at once; none if it is a container that has now
    /// been opened.
    fn begin(&mut self, next: Option<u8>, open: &mut Vec<Open>) -> Result<Option<Value>, String> {
        match next {
            Some(b'[') => {
                self.at += 1;
                if self.next_token() == Some(b']') {
                    self.at += 1;
                    return Ok(Some(Value::Array(Array::default())));
                }
                open.push(Open::Array(self.items.len()));
            }
            Some(b'{') => {
                self.at += 1;
                if self.next_token() == Some(b'}') {
                    self.at += 1;
                    return Ok(Some(Value::Object(Object::default())));
                }
                let name = self.name()?;
                open.push(Open::Object(self.members.len(), name));
            }
            _ => return self.scalar().map(Some),
        }
        Ok(None)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The first byte that is no white space.
    fn next_token(&mut self) -> Option<u8> {
        loop {
            match self.peek() {
                Some(b' ' | b'\n' | b'\t' | b'\r') => self.at += 1,
                other => return other,
            }
        }
    }

    fn scalar(&mut self) -> Result<Value, String> {
        match self.peek() {
            Some(b'"') => {
                self.at += 1;
                let start = self.at;
                self.skip_plain();
                if self.peek() == Some(b'"') {
                    let value = Value::from(self.text.get(start..self.at).unwrap_or_default());
                    self.at += 1;
                    return Ok(value);
                }
                self.escaped(start).map(Value::from)
            }
            Some(b'-' | b'0'..=b'9') => self.number().map(Value::Number),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            Some(_) => Err("expected a value".to_owned()),
            None => Err("expected a value, but the text ends".to_owned()),
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, String> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        if !rest.starts_with(word.as_bytes()) {
            return Err("expected a value".to_owned());
        }
        self.at += word.len();
        Ok(value)
    }

    /// A member's name and its colon.
    fn name(&mut self) -> Result<Arc<str>, String> {
        if self.next_token() != Some(b'"') {
            return Err("expected a name in double quotes".to_owned());
        }
        self.at += 1;
        let start = self.at;
        self.skip_plain();
        let name = if self.peek() == Some(b'"') {
            let name = self.names.share(self.text.get(start..self.at).unwrap_or_default());
            self.at += 1;
            name
        } else {
            self.escaped(start)?.into()
        };
        if self.next_token() != Some(b':') {
            return Err("expected ':'".to_owned());
        }
        self.at += 1;
        Ok(name)
    }

    /// Steps over what a string may hold without a backslash.
    fn skip_plain(&mut self) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let ends = |byte: &u8| *byte == b'"' || *byte == b'\\' || *byte < 0x20;
        self.at += rest.iter().position(ends).unwrap_or(rest.len());
    }

    /// The rest of a string that has escapes, with what came before it.
    fn escaped(&mut self, start: usize) -> Result<String, String> {
        let mut text = self.text.get(start..self.at).unwrap_or_default().to_owned();
        loop {
            let start = self.at;
            self.skip_plain();
            text.push_str(self.text.get(start..self.at).unwrap_or_default());
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => {
                    self.at += 1;
                    text.push(self.escape()?);
                }
                Some(_) => return Err("expected an escape for the control character".to_owned()),
                None => return Err("expected the closing '\"', but the text ends".to_owned()),
            }
        }
    }

    fn escape(&mut self) -> Result<char, String> {
        let character = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.unicode_escape();
            }
            _ => return Err("expected an escape".to_owned()),
        };
        self.at += 1;
        Ok(character)
    }

    fn unicode_escape(&mut self) -> Result<char, String> {
        let high = self.hex_unit()?;
        let mut code = high;
        if (0xD800..0xDC00).contains(&high) && self.peek() == Some(b'\\') {
            self.at += 1;
            if self.peek() != Some(b'u') {
                return Err("expected the second half of a surrogate pair".to_owned());
            }
            self.at += 1;
            let low = self.hex_unit()?;
            if !(0xDC00..0xE000).contains(&low) {
                return Err("expected the second half of a surrogate pair".to_owned());
            }
            code = 0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00);
        }
        char::from_u32(code).ok_or_else(|| "expected a whole surrogate pair".to_owned())
    }

    fn hex_unit(&mut self) -> Result<u32, String> {
        let digits = self.text.get(self.at..self.at + 4);
        let digits = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let unit = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        self.at += 4 * usize::from(unit.is_some());
        unit.ok_or_else(|| "expected four hexadecimal digits".to_owned())
    }

    fn number(&mut self) -> Result<Number, String> {
        let start = self.at;
        let is_negative = self.peek() == Some(b'-');
        self.at += usize::from(is_negative);
        let first = self.at;
        let mut magnitude: u64 = 0;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            magnitude = magnitude.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
            self.at += 1;
        }
        let count = self.at - first;
        if count == 0 || count > 1 && self.text.as_bytes().get(first) == Some(&b'0') {
            self.at = first;
            return Err("expected a digit, and no leading zero".to_owned());
        }
        let mut is_integer = true;
        if self.peek() == Some(b'.') {
            is_integer = false;
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            is_integer = false;
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            self.digits()?;
        }
        if is_integer && count <= 18 {
            let magnitude = magnitude.cast_signed();
            return Ok(Number::Int(if is_negative { -magnitude } else { magnitude }));
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        if is_integer {
            if let Ok(integer) = text.parse::<i64>() {
                return Ok(Number::Int(integer));
            }
            if let Ok(integer) = text.parse::<u64>() {
                return Ok(Number::UInt(integer));
            }
        }
        let double = text.parse().ok().and_then(Number::from_f64);
        double.ok_or_else(|| "expected a number that fits a double".to_owned())
    }

    fn digits(&mut self) -> Result<(), String> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start { Err("expected a digit".to_owned()) } else { Ok(()) }
    }
}

/// Recent names of one document, so that the objects of an array share theirs.
/// Names that fall on the same place only replace each other.
struct NameCache([Option<Arc<str>>; NameCache::PLACES]);

impl Default for NameCache {
    fn default() -> Self {
        Self([const { None }; Self::PLACES])
    }
}

impl NameCache {
    const PLACES: usize = 64;
    /// Longer names seldom repeat.
    const BYTES_MAX: usize = 64;

    fn share(&mut self, name: &str) -> Arc<str> {
        if name.len() > Self::BYTES_MAX {
            return name.into();
        }
        let mixed = name.bytes().fold(name.len(), |mixed, byte| mixed.wrapping_mul(31) ^ usize::from(byte));
        match self.0.get_mut(mixed % Self::PLACES) {
            Some(Some(known)) if **known == *name => Arc::clone(known),
            Some(place) => Arc::clone(place.insert(name.into())),
            None => name.into(),
        }
    }
}
