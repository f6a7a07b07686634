//! How long texts are in JSON, where services limit that.

/// How many bytes a text takes inside a JSON string.
pub(crate) fn bytes(text: &str) -> usize {
    text.chars().map(of_char).sum()
}

/// The longest beginning of a text that takes at most so many bytes.
pub(crate) fn within(text: &str, bytes_max: usize) -> &str {
    // No character takes more than six times its bytes.
    if text.len() <= bytes_max / 6 {
        return text;
    }
    let mut taken = 0;
    for (at, c) in text.char_indices() {
        taken += of_char(c);
        if taken > bytes_max {
            return text.get(..at).unwrap_or_default();
        }
    }
    text
}

fn of_char(c: char) -> usize {
    match c {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        c if c < ' ' => 6,
        c => c.len_utf8(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_those_of_the_json_text() {
        for text in ["", "plain", "a \"b\" \\ c", "é€𝄞", "\u{1}\n\r\t\u{8}\u{c}\u{7f}"] {
            let json = serde_json::to_string(text).unwrap();
            assert_eq!(bytes(text) + 2, json.len(), "{json}");
        }
    }

    #[test]
    fn beginnings_end_between_characters() {
        for (text, bytes_max, want) in [
            ("abc", 3, "abc"),
            ("abc", 2, "ab"),
            ("a\"b", 2, "a"),
            ("a\"b", 3, "a\""),
            ("é€", 4, "é"),
            ("a", 0, ""),
        ] {
            assert_eq!(within(text, bytes_max), want, "{text:?} within {bytes_max}");
        }
    }
}
