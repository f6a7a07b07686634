//! Why a text is not JSON, in the words that AWS's parser uses: callers see
//! them in `InvalidExecutionInput` and `InvalidOutput`.

/// Bytes that may follow a value without a separator's complaint about a token.
const WORD_EXPECTED: &str = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

/// The first offence of `text` against JSON; for a text that has none, the
/// general phrase.
pub(crate) fn refusal(text: &str) -> String {
    if text.trim_matches(is_space).is_empty() {
        return "Invalid execution input.".to_owned();
    }
    let mut reader = Reader { rest: text, open: Vec::new() };
    match reader.document() {
        Err(offence) => offence,
        Ok(()) => "Invalid execution input.".to_owned(),
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

#[derive(Clone, Copy, PartialEq)]
enum Container {
    Array,
    Object,
}

/// A scanner that keeps only what it needs to say where a text goes wrong. It
/// keeps its own stack, so nesting cannot overflow the program's.
struct Reader<'t> {
    rest: &'t str,
    open: Vec<Container>,
}

impl Reader<'_> {
    fn document(&mut self) -> Result<(), String> {
        loop {
            self.value()?;
            loop {
                self.skip_space();
                let Some(container) = self.open.last().copied() else {
                    return match self.rest.chars().next() {
                        None => Ok(()),
                        Some(_) => self.token_or_character("expected a value"),
                    };
                };
                match (self.rest.chars().next(), container) {
                    (Some(','), Container::Array) => {
                        self.advance(1);
                        break;
                    }
                    (Some(','), Container::Object) => {
                        self.advance(1);
                        self.name()?;
                        break;
                    }
                    (Some(']'), Container::Array) | (Some('}'), Container::Object) => {
                        self.advance(1);
                        self.open.pop();
                    }
                    (Some(c), Container::Array) => {
                        return Err(unexpected(c, "was expecting comma to separate Array entries"));
                    }
                    (Some(c), Container::Object) => {
                        return Err(unexpected(c, "was expecting comma to separate Object entries"));
                    }
                    (None, _) => return Err(self.unclosed()),
                }
            }
        }
    }

    /// Reads one value, or only the opening of a container that has entries.
    fn value(&mut self) -> Result<(), String> {
        loop {
            self.skip_space();
            match self.rest.chars().next() {
                None if self.open.is_empty() => {
                    return Err("No content to map due to end-of-input".to_owned());
                }
                None => return Err(self.unclosed()),
                Some('"') => {
                    self.advance(1);
                    return self.string("a string value");
                }
                Some('{') => {
                    self.advance(1);
                    self.skip_space();
                    if self.rest.starts_with('}') {
                        self.advance(1);
                        return Ok(());
                    }
                    self.open.push(Container::Object);
                    self.name()?;
                }
                Some('[') => {
                    self.advance(1);
                    self.skip_space();
                    if self.rest.starts_with(']') {
                        self.advance(1);
                        return Ok(());
                    }
                    self.open.push(Container::Array);
                }
                Some('-' | '0'..='9') => return self.number(),
                Some(_) => return self.word(),
            }
        }
    }

    fn name(&mut self) -> Result<(), String> {
        self.skip_space();
        match self.rest.chars().next() {
            Some('"') => self.advance(1),
            Some(c) => return Err(unexpected(c, "was expecting double-quote to start field name")),
            None => return Err(self.unclosed()),
        }
        self.string("field name")?;
        self.skip_space();
        match self.rest.chars().next() {
            Some(':') => {
                self.advance(1);
                Ok(())
            }
            Some(c) => Err(unexpected(c, "was expecting a colon to separate field name and value")),
            None => Err(self.unclosed()),
        }
    }

    fn string(&mut self, role: &str) -> Result<(), String> {
        let mut characters = self.rest.char_indices();
        while let Some((place, c)) = characters.next() {
            match c {
                '"' => {
                    self.advance(place + 1);
                    return Ok(());
                }
                '\\' => match characters.next() {
                    Some((_, '"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't')) => {}
                    Some((_, 'u')) => {
                        for _ in 0..4 {
                            match characters.next() {
                                Some((_, digit)) if digit.is_ascii_hexdigit() => {}
                                Some((_, other)) => {
                                    return Err(unexpected(
                                        other,
                                        "expected a hex-digit for character escape sequence",
                                    ));
                                }
                                None => {
                                    return Err(
                                        "Unexpected end-of-input in character escape sequence".to_owned()
                                    );
                                }
                            }
                        }
                    }
                    Some((_, other)) => {
                        return Err(format!("Unrecognized character escape {}", described(other)));
                    }
                    None => return Err("Unexpected end-of-input in character escape sequence".to_owned()),
                },
                c if c < ' ' => {
                    return Err(format!(
                        "Illegal unquoted character ((CTRL-CHAR, code {})): has to be escaped using backslash to be included in {}",
                        u32::from(c),
                        if role == "field name" { "name" } else { "string value" },
                    ));
                }
                _ => {}
            }
        }
        Err(if role == "field name" {
            "Unexpected end-of-input in field name".to_owned()
        } else {
            format!("Unexpected end-of-input: was expecting closing quote for {role}")
        })
    }

    fn number(&mut self) -> Result<(), String> {
        let unsigned = self.rest.strip_prefix('-').unwrap_or(self.rest);
        let negative = unsigned.len() != self.rest.len();
        match unsigned.chars().next() {
            Some('0'..='9') => {}
            Some(c) if negative => {
                return Err(format!(
                    "Unexpected character ({}) in numeric value: expected digit (0-9) to follow minus sign, for valid numeric value",
                    described(c)
                ));
            }
            _ => return Err("Unexpected end-of-input in numeric value".to_owned()),
        }
        let mut digits = unsigned.bytes();
        if digits.next() == Some(b'0') && digits.next().is_some_and(|b| b.is_ascii_digit()) {
            return Err("Invalid numeric value: Leading zeroes not allowed".to_owned());
        }
        let end = self
            .rest
            .find(|c: char| !matches!(c, '0'..='9' | '+' | '-' | '.' | 'e' | 'E'))
            .unwrap_or(self.rest.len());
        let (text, _) = self.rest.split_at(end);
        if serde_json::from_str::<serde_json::Number>(text).is_err() {
            return Err(format!("Invalid numeric value: '{text}' is not a valid number"));
        }
        self.advance(end);
        Ok(())
    }

    fn word(&mut self) -> Result<(), String> {
        for word in ["true", "false", "null"] {
            if let Some(after) = self.rest.strip_prefix(word)
                && !after.starts_with(is_word)
            {
                self.rest = after;
                return Ok(());
            }
        }
        self.token_or_character(if self.open.is_empty() {
            "expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
        } else {
            "expected a value"
        })
    }

    fn token_or_character(&self, wanted: &str) -> Result<(), String> {
        let end = self.rest.find(|c: char| !is_word(c)).unwrap_or(self.rest.len());
        let (token, _) = self.rest.split_at(end);
        match self.rest.chars().next() {
            Some(c) if !is_word(c) => Err(unexpected(c, wanted)),
            _ => Err(format!("Unrecognized token '{token}': was expecting {WORD_EXPECTED}")),
        }
    }

    fn unclosed(&self) -> String {
        let container = match self.open.last() {
            Some(Container::Array) => "Array",
            _ => "Object",
        };
        format!("Unexpected end-of-input: expected close marker for {container}")
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start_matches(is_space);
    }

    fn advance(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or("");
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

fn described(c: char) -> String {
    if c < ' ' {
        format!("(CTRL-CHAR, code {})", u32::from(c))
    } else {
        format!("'{c}' (code {})", u32::from(c))
    }
}

fn unexpected(c: char, wanted: &str) -> String {
    format!("Unexpected character ({}): {wanted}", described(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offences_are_told_in_the_words_of_aws() {
        let cases = [
            ("", "Invalid execution input."),
            (
                "not some json",
                "Unrecognized token 'not': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
            ),
            (
                "{'not': 'json'",
                "Unexpected character (''' (code 39)): was expecting double-quote to start field name",
            ),
            (
                r#"{"a" 1}"#,
                "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value",
            ),
            (
                r#"{"a":1 "b":2}"#,
                "Unexpected character ('\"' (code 34)): was expecting comma to separate Object entries",
            ),
            ("[1 2]", "Unexpected character ('2' (code 50)): was expecting comma to separate Array entries"),
            ("[1,]", "Unexpected character (']' (code 93)): expected a value"),
            (
                r#"{"a":1,}"#,
                "Unexpected character ('}' (code 125)): was expecting double-quote to start field name",
            ),
            (r#"{"a":[1"#, "Unexpected end-of-input: expected close marker for Array"),
            (r#""open"#, "Unexpected end-of-input: was expecting closing quote for a string value"),
            ("01", "Invalid numeric value: Leading zeroes not allowed"),
            (r#""\x""#, "Unrecognized character escape 'x' (code 120)"),
        ];
        for (text, want) in cases {
            assert_eq!(refusal(text), want, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn it_says_something_specific_exactly_where_the_parser_refuses(text in "[\\[\\]{},:\"\\\\ a-e0-2.+truefalsn-]{1,24}") {
            let valid = serde_json::from_str::<serde_json::Value>(&text).is_ok();
            let general = refusal(&text) == "Invalid execution input.";
            proptest::prop_assert_eq!(valid || text.trim().is_empty(), general);
        }
    }
}
