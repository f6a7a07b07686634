//! A cursor over the text: blanks, words, numbers and strings.

use std::borrow::Cow;

use super::error::{Expected, Problem, SyntaxError};

/// A position in the text.
pub(super) struct Cursor<'t> {
    pub(super) text: &'t str,
    pub(super) offset: usize,
}

impl<'t> Cursor<'t> {
    pub(super) fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.offset).copied()
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.offset..).unwrap_or_default()
    }

    pub(super) fn character(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn skip_blanks(&mut self) {
        while matches!(self.byte(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.offset += 1;
        }
    }

    pub(super) fn error(&self, problem: Problem) -> SyntaxError {
        SyntaxError { problem, offset: self.offset }
    }

    /// Wants `expected`; tells of the character that stands there, or of the end.
    pub(super) fn unexpected(&self, expected: Expected, at_end: &'static str) -> SyntaxError {
        match self.character() {
            // The reader has taken the character when it complains.
            Some(character) => SyntaxError {
                problem: Problem::Character(character, expected),
                offset: self.offset + character.len_utf8(),
            },
            None => self.error(Problem::End(at_end)),
        }
    }

    /// `null`, `true` and `false`, or the error about any other bare word.
    pub(super) fn word(&mut self) -> Result<&'t str, SyntaxError> {
        let rest = self.rest();
        let len = rest
            .char_indices()
            .find(|(_, character)| !(character.is_alphanumeric() || matches!(character, '_' | '$')))
            .map_or(rest.len(), |(at, _)| at);
        let word = rest.get(..len).unwrap_or_default();
        self.offset += len;
        match word {
            "null" | "true" | "false" => Ok(word),
            _ => {
                let shown: String = word.chars().take(256).collect();
                Err(self.error(Problem::Token(shown)))
            }
        }
    }

    /// Passes over a number.
    pub(super) fn number(&mut self) -> Result<(), SyntaxError> {
        if self.byte() == Some(b'-') {
            self.offset += 1;
        }
        let leading_zero = self.byte() == Some(b'0');
        let whole = self.digits();
        if whole == 0 {
            return Err(self.error(Problem::Number(
                "expected digit (0-9) to follow minus sign, for valid numeric value",
            )));
        }
        if leading_zero && whole > 1 {
            return Err(self.error(Problem::Number("Leading zeroes not allowed")));
        }
        if self.byte() == Some(b'.') {
            self.offset += 1;
            if self.digits() == 0 {
                return Err(self.error(Problem::Number("Decimal point not followed by a digit")));
            }
        }
        if matches!(self.byte(), Some(b'e' | b'E')) {
            self.offset += 1;
            if matches!(self.byte(), Some(b'+' | b'-')) {
                self.offset += 1;
            }
            if self.digits() == 0 {
                return Err(self.error(Problem::Number("Exponent indicator not followed by a digit")));
            }
        }
        Ok(())
    }

    fn digits(&mut self) -> usize {
        let start = self.offset;
        while self.byte().is_some_and(|byte| byte.is_ascii_digit()) {
            self.offset += 1;
        }
        self.offset - start
    }

    /// A string whose opening quote stands at the cursor.
    pub(super) fn string(&mut self) -> Result<Cow<'t, str>, SyntaxError> {
        self.offset += 1;
        let start = self.offset;
        loop {
            match self.byte() {
                Some(b'"') => {
                    let text = self.text.get(start..self.offset).unwrap_or_default();
                    self.offset += 1;
                    return Ok(Cow::Borrowed(text));
                }
                Some(b'\\') => break,
                Some(0..0x20) | None => return Err(self.bad_string()),
                Some(_) => self.offset += 1,
            }
        }
        let mut text = self.text.get(start..self.offset).unwrap_or_default().to_owned();
        loop {
            let plain = self.offset;
            while self.byte().is_some_and(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\') {
                self.offset += 1;
            }
            text.push_str(self.text.get(plain..self.offset).unwrap_or_default());
            match self.byte() {
                Some(b'"') => {
                    self.offset += 1;
                    return Ok(Cow::Owned(text));
                }
                Some(b'\\') => text.push(self.escape()?),
                Some(_) | None => return Err(self.bad_string()),
            }
        }
    }

    fn bad_string(&self) -> SyntaxError {
        match self.character() {
            Some(character) => self.error(Problem::Control(character)),
            None => self.error(Problem::End(": was expecting closing quote for a string value")),
        }
    }

    fn escape(&mut self) -> Result<char, SyntaxError> {
        self.offset += 1;
        let Some(character) = self.character() else {
            return Err(self.error(Problem::End(" in character escape sequence")));
        };
        self.offset += character.len_utf8();
        Ok(match character {
            '"' | '\\' | '/' => character,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => self.unicode_escape()?,
            other => return Err(self.error(Problem::Escape(other))),
        })
    }

    /// `\uXXXX`, or two of them. A surrogate alone stands for no character and
    /// becomes the replacement character, which is what it prints as.
    fn unicode_escape(&mut self) -> Result<char, SyntaxError> {
        let first = self.hex4()?;
        if let Some(character) = char::from_u32(first) {
            return Ok(character);
        }
        let before = self.offset;
        if (0xd800..0xdc00).contains(&first) && self.rest().starts_with("\\u") {
            self.offset += 2;
            let second = self.hex4()?;
            if (0xdc00..0xe000).contains(&second) {
                let code = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.offset = before;
        }
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn hex4(&mut self) -> Result<u32, SyntaxError> {
        let mut code = 0;
        for _ in 0..4 {
            let Some(digit) = self.character().and_then(|character| character.to_digit(16)) else {
                return Err(self.unexpected(Expected::Hex, " in character escape sequence"));
            };
            code = code * 16 + digit;
            self.offset += 1;
        }
        Ok(code)
    }
}
