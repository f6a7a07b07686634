//! Why a text is no JSON, in the words of the reader that the service uses.

use std::fmt;

use crate::line::Position;

/// How much of the text the reader quotes.
const SOURCE_CHARACTERS_MAX: usize = 500;

/// Text that is no JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SyntaxError {
    pub(crate) problem: Problem,
    /// Where the reader stood, in bytes.
    pub(crate) offset: usize,
}

/// What the reader met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// A bare word.
    Token(String),
    /// A character, and what was wanted there.
    Character(char, Expected),
    /// The end of the text inside an array or object that began at the offset.
    EndInContainer { container: &'static str, start: usize },
    /// The end of the text elsewhere.
    End(&'static str),
    /// A control character in a string.
    Control(char),
    /// A backslash before something that it does not escape.
    Escape(char),
    /// A number that JSON does not allow.
    Number(&'static str),
    /// Arrays and objects nested more deeply than the limit.
    Depth(usize),
}

/// What the reader wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    Value,
    Name,
    Colon,
    CommaInArray,
    CommaInObject,
    Hex,
    EndOfText,
}

impl Expected {
    fn words(self) -> &'static str {
        match self {
            Self::Value => {
                "expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
            }
            Self::Name => "was expecting double-quote to start field name",
            Self::Colon => "was expecting a colon to separate field name and value",
            Self::CommaInArray => "was expecting comma to separate Array entries",
            Self::CommaInObject => "was expecting comma to separate Object entries",
            Self::Hex => "expected a hex-digit for character escape sequence",
            Self::EndOfText => "was expecting the end of the definition",
        }
    }
}

impl SyntaxError {
    /// Whether the text may be JSON, but is nested too deeply to be read.
    pub(crate) fn is_depth(&self) -> bool {
        matches!(self.problem, Problem::Depth(_))
    }

    /// `[Source: (String)"…"; line: 1, column: 4]`: the service's location.
    pub(crate) fn source(&self, text: &str) -> String {
        source(text, self.offset)
    }

    /// The message without the location.
    pub(crate) fn message(&self, text: &str) -> String {
        match &self.problem {
            Problem::EndInContainer { container, start } => format!(
                "Unexpected end-of-input: expected close marker for {container} (start marker at {})",
                source(text, *start)
            ),
            problem => problem.to_string(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Token(word) => write!(
                f,
                "Unrecognized token '{word}': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
            ),
            Self::Character(character, expected) => {
                write!(f, "Unexpected character ({}): {}", Quoted(*character), expected.words())
            }
            Self::EndInContainer { container, .. } => {
                write!(f, "Unexpected end-of-input: expected close marker for {container}")
            }
            Self::End(wanted) => write!(f, "Unexpected end-of-input{wanted}"),
            Self::Control(character) => write!(
                f,
                "Illegal unquoted character ({}): has to be escaped using backslash to be included in string value",
                Quoted(*character)
            ),
            Self::Escape(character) => write!(f, "Unrecognized character escape {}", Quoted(*character)),
            Self::Number(why) => write!(f, "Invalid numeric value: {why}"),
            Self::Depth(limit) => {
                write!(f, "Document nesting depth exceeds the maximum allowed ({limit})")
            }
        }
    }
}

/// A character as the reader names it: `'x' (code 120)`.
struct Quoted(char);

impl fmt::Display for Quoted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = u32::from(self.0);
        if self.0.is_control() {
            write!(f, "(CTRL-CHAR, code {code})")
        } else if code > 255 {
            write!(f, "'{}' (code {code} / 0x{code:x})", self.0)
        } else {
            write!(f, "'{}' (code {code})", self.0)
        }
    }
}

fn source(text: &str, offset: usize) -> String {
    let position = Position::of(text, offset);
    let quoted: String = text.chars().take(SOURCE_CHARACTERS_MAX).collect();
    let rest = text.chars().count().saturating_sub(SOURCE_CHARACTERS_MAX);
    let truncated = if rest > 0 { format!("[truncated {rest} chars]") } else { String::new() };
    format!("[Source: (String)\"{quoted}\"{truncated}; line: {}, column: {}]", position.line, position.column)
}
