//! Text to tokens, one at a time: whether `/` begins a regular expression
//! depends on what the parser expects.

use std::sync::Arc;

use asl_value::Value;

use crate::error::{Fault, Res};
use crate::regex::Program;

#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    /// Where the token ends, in bytes; for the end, the length of the text.
    pub(crate) position: usize,
}

#[derive(Clone, Debug)]
pub(crate) enum TokenKind {
    Operator(&'static str),
    Name(Arc<str>),
    Variable(Arc<str>),
    String(Arc<str>),
    Number(f64),
    Value(Value),
    Regex(Arc<Program>),
    End,
}

impl TokenKind {
    pub(crate) fn is(&self, operator: &str) -> bool {
        matches!(self, Self::Operator(text) if *text == operator)
    }

    /// What error messages show of it.
    pub(crate) fn describe(&self) -> Value {
        match self {
            Self::Operator(text) => Value::from(*text),
            Self::Name(text) | Self::Variable(text) | Self::String(text) => Value::String(text.clone()),
            Self::Number(n) => crate::json::number(*n),
            Self::Value(value) => value.clone(),
            Self::Regex(program) => Value::from(program.source()),
            Self::End => Value::from("(end)"),
        }
    }
}

/// Two characters before one, so that the longest is found first.
const OPERATORS: [&str; 35] = [
    "..", ":=", "!=", ">=", "<=", "**", "~>", "?:", "??", ".", "[", "]", "{", "}", "(", ")", ",", "@", "#",
    ";", ":", "?", "+", "-", "*", "/", "%", "|", "=", "<", ">", "^", "&", "!", "~",
];

const SPACE: [char; 5] = [' ', '\t', '\n', '\r', '\u{b}'];

#[derive(Debug)]
pub(crate) struct Lexer<'t> {
    text: &'t str,
    position: usize,
}

impl<'t> Lexer<'t> {
    pub(crate) const fn new(text: &'t str) -> Self {
        Self { text, position: 0 }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.position..).unwrap_or_default()
    }

    /// The next token; `infix` where an operator may follow, so that `/` divides.
    pub(crate) fn next(&mut self, infix: bool) -> Res<Token> {
        self.skip_space()?;
        let rest = self.rest();
        let Some(first) = rest.chars().next() else {
            return Ok(Token { kind: TokenKind::End, position: self.text.len() });
        };
        if first == '/' && !infix {
            self.position += 1;
            return self.regex();
        }
        if let Some(operator) = OPERATORS.into_iter().find(|operator| rest.starts_with(operator)) {
            self.position += operator.len();
            return match operator {
                "!" | "~" => Err(Fault::new("S0204").at(self.position).token(operator)),
                _ => Ok(self.token(TokenKind::Operator(operator))),
            };
        }
        match first {
            '"' | '\'' => self.string(first),
            '0'..='9' => self.number(),
            '`' => self.quoted_name(),
            _ => Ok(self.name()),
        }
    }

    fn token(&self, kind: TokenKind) -> Token {
        Token { kind, position: self.position }
    }

    fn skip_space(&mut self) -> Res<()> {
        loop {
            let trimmed = self.rest().trim_start_matches(SPACE);
            self.position = self.text.len() - trimmed.len();
            if !trimmed.starts_with("/*") {
                return Ok(());
            }
            match trimmed.get(2..).and_then(|inside| inside.find("*/")) {
                Some(length) => self.position += length + 4,
                None => return Err(Fault::new("S0106").at(self.position)),
            }
        }
    }

    fn string(&mut self, quote: char) -> Res<Token> {
        let mut value = String::new();
        self.position += 1;
        loop {
            let Some(c) = self.rest().chars().next() else {
                return Err(Fault::new("S0101").at(self.position));
            };
            if c == quote {
                self.position += 1;
                return Ok(self.token(TokenKind::String(value.into())));
            }
            self.position += c.len_utf8();
            if c == '\\' {
                self.escape(&mut value)?;
            } else {
                value.push(c);
            }
        }
    }

    fn escape(&mut self, value: &mut String) -> Res<()> {
        let Some(c) = self.rest().chars().next() else {
            return Err(Fault::new("S0103").at(self.position).token(""));
        };
        let plain = match c {
            '"' | '\\' | '/' => c,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let unit = self.hex_unit(1)?;
                self.position += 5;
                if (0xd800..0xdc00).contains(&unit)
                    && self.rest().starts_with("\\u")
                    && let Ok(low @ 0xdc00..0xe000) = self.hex_unit(2)
                {
                    self.position += 6;
                    let code = 0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                    value.extend(char::from_u32(code));
                } else {
                    value.push(char::from_u32(unit).unwrap_or_else(|| lone_surrogate(unit)));
                }
                return Ok(());
            }
            other => return Err(Fault::new("S0103").at(self.position).token(other.to_string().as_str())),
        };
        self.position += 1;
        value.push(plain);
        Ok(())
    }

    /// The four hexadecimal digits `ahead` bytes from here.
    fn hex_unit(&self, ahead: usize) -> Res<u32> {
        let digits = self.rest().get(ahead..ahead + 4);
        digits
            .filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .ok_or_else(|| Fault::new("S0104").at(self.position))
    }

    fn number(&mut self) -> Res<Token> {
        let rest = self.rest();
        let digits = |from: usize| rest.bytes().skip(from).take_while(u8::is_ascii_digit).count();
        let byte = |at: usize| rest.as_bytes().get(at).copied();
        // A leading zero stands alone.
        let mut end = if rest.starts_with('0') { 1 } else { digits(0) };
        if byte(end) == Some(b'.') && digits(end + 1) > 0 {
            end += 1 + digits(end + 1);
        }
        if matches!(byte(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(byte(end + 1), Some(b'+' | b'-')));
            let exponent = digits(end + 1 + sign);
            if exponent > 0 {
                end += 1 + sign + exponent;
            }
        }
        let text = rest.get(..end).unwrap_or_default();
        match text.parse::<f64>() {
            Ok(value) if value.is_finite() => {
                self.position += end;
                Ok(self.token(TokenKind::Number(value)))
            }
            _ => Err(Fault::new("S0102").at(self.position).token(text)),
        }
    }

    fn quoted_name(&mut self) -> Res<Token> {
        self.position += 1;
        match self.rest().split_once('`') {
            Some((name, _)) => {
                self.position += name.len() + 1;
                Ok(self.token(TokenKind::Name(name.into())))
            }
            None => Err(Fault::new("S0105").at(self.text.len())),
        }
    }

    fn name(&mut self) -> Token {
        let rest = self.rest();
        let is_end =
            |c: char| SPACE.contains(&c) || (c.is_ascii() && "..[]{}(),@#;:?+-*/%|=<>^&!~".contains(c));
        let name = rest.split(is_end).next().unwrap_or_default();
        self.position += name.len();
        let kind = match name {
            "or" => TokenKind::Operator("or"),
            "in" => TokenKind::Operator("in"),
            "and" => TokenKind::Operator("and"),
            "true" => TokenKind::Value(Value::Bool(true)),
            "false" => TokenKind::Value(Value::Bool(false)),
            "null" => TokenKind::Value(Value::Null),
            _ => match name.strip_prefix('$') {
                Some(variable) => TokenKind::Variable(variable.into()),
                None => TokenKind::Name(name.into()),
            },
        };
        self.token(kind)
    }

    /// The rest of a regular expression: up to a `/` that is neither escaped
    /// nor inside brackets of any kind.
    fn regex(&mut self) -> Res<Token> {
        let rest = self.rest();
        let start = self.position;
        let mut depth = 0_i32;
        let mut escaped = false;
        let mut end = None;
        for (at, c) in rest.char_indices() {
            match c {
                '/' if depth == 0 && !escaped => {
                    end = Some(at);
                    break;
                }
                '(' | '[' | '{' if !escaped => depth = depth.saturating_add(1),
                ')' | ']' | '}' if !escaped => depth = depth.saturating_sub(1),
                _ => {}
            }
            escaped = c == '\\' && !escaped;
        }
        let Some(end) = end else {
            return Err(Fault::new("S0302").at(self.text.len()));
        };
        let pattern = rest.get(..end).unwrap_or_default();
        if pattern.is_empty() {
            return Err(Fault::new("S0301").at(start));
        }
        let flags = rest.get(end + 1..).unwrap_or_default();
        let flags_length = flags.bytes().take_while(|b| matches!(b, b'i' | b'm')).count();
        let flags = flags.get(..flags_length).unwrap_or_default();
        self.position += end + 1 + flags_length;
        match Program::compile(pattern, flags.contains('i'), flags.contains('m')) {
            Ok(program) => Ok(self.token(TokenKind::Regex(Arc::new(program.at(self.position))))),
            Err(reason) => Err(Fault::new("S0303").at(start).text(reason)),
        }
    }
}

/// Half of a surrogate pair, which no Rust string can hold, is carried as a
/// private character, so that the functions that refuse it can tell.
fn lone_surrogate(unit: u32) -> char {
    char::from_u32(LONE_SURROGATE_BASE + (unit - 0xd800)).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// A UTF-16 unit as a text of its own.
pub(crate) fn text_of_unit(unit: u16) -> String {
    let unit = u32::from(unit);
    char::from_u32(unit).unwrap_or_else(|| lone_surrogate(unit)).to_string()
}

const LONE_SURROGATE_BASE: u32 = 0x10_d800;

/// Whether the character stands for half of a surrogate pair.
pub(crate) fn is_lone_surrogate(c: char) -> bool {
    (LONE_SURROGATE_BASE..LONE_SURROGATE_BASE + 0x800).contains(&u32::from(c))
}
