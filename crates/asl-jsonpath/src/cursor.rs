//! A place in a text that is being read.

use crate::error::CompileError;

pub(crate) struct Cursor<'t> {
    text: &'t str,
    /// Bytes read so far; always at the start of a character.
    at: usize,
}

impl<'t> Cursor<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    pub(crate) fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(crate) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(crate) fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    /// The bytes read so far.
    pub(crate) fn offset(&self) -> usize {
        self.at
    }

    /// What was read since `from`.
    pub(crate) fn since(&self, from: usize) -> &'t str {
        self.text.get(from..self.at).unwrap_or_default()
    }

    /// Goes back to an earlier place.
    pub(crate) fn rewind(&mut self, to: usize) {
        self.at = to.min(self.at);
    }

    pub(crate) fn skip_space(&mut self) {
        self.take_while(char::is_whitespace);
    }

    pub(crate) fn take_while(&mut self, accept: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let length = rest.find(|c| !accept(c)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    /// Reads `expected` if it comes next.
    pub(crate) fn eat(&mut self, expected: &str) -> bool {
        let found = self.rest().starts_with(expected);
        if found {
            self.at += expected.len();
        }
        found
    }

    pub(crate) fn expect(&mut self, expected: &str) -> Result<(), CompileError> {
        if self.eat(expected) { Ok(()) } else { Err(self.error(&format!("expected '{expected}'"))) }
    }

    pub(crate) fn expect_end(&self) -> Result<(), CompileError> {
        if self.rest().is_empty() { Ok(()) } else { Err(self.error("expected the end")) }
    }

    /// A whole number, perhaps negative.
    pub(crate) fn integer(&mut self) -> Option<i64> {
        let from = self.at;
        self.eat("-");
        self.take_while(|c| c.is_ascii_digit());
        let number = self.since(from).parse().ok();
        if number.is_none() {
            self.at = from;
        }
        number
    }

    pub(crate) fn error(&self, expected: &str) -> CompileError {
        let found = match self.peek() {
            Some(c) => format!("found '{c}'"),
            None => "found the end".to_owned(),
        };
        let position = self.text.get(..self.at).unwrap_or_default().chars().count() + 1;
        CompileError { message: format!("{expected}, {found}"), position }
    }
}
