//! The patterns of the model, each with a test of its own: as regular
//! expressions they would want an engine with lookahead.

/// A pattern that a string must match as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// Names of aliases, which must not look like the number of a version.
    CharacterRestrictedName,
    /// Visible ASCII characters.
    ClientToken,
    /// ASCII characters.
    TraceHeader,
    /// Characters that keys and values of tags may have.
    Tag,
}

impl Pattern {
    /// Every pattern.
    pub const ALL: &[Self] =
        &[Self::CharacterRestrictedName, Self::ClientToken, Self::TraceHeader, Self::Tag];

    /// The regular expression, as error texts give it.
    pub fn source(self) -> &'static str {
        match self {
            Self::CharacterRestrictedName => r"^(?=.*[a-zA-Z_\-\.])[a-zA-Z0-9_\-\.]+$",
            Self::ClientToken => "[!-~]+",
            Self::TraceHeader => r"\p{ASCII}*",
            Self::Tag => r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$",
        }
    }

    /// Whether a text matches.
    pub fn matches(self, text: &str) -> bool {
        match self {
            Self::CharacterRestrictedName => {
                let is_sign = |b: u8| matches!(b, b'_' | b'-' | b'.');
                text.bytes().all(|b| b.is_ascii_alphanumeric() || is_sign(b))
                    && text.bytes().any(|b| is_sign(b) || b.is_ascii_alphabetic())
            }
            Self::ClientToken => !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic()),
            Self::TraceHeader => text.is_ascii(),
            // Letters, digits and spaces of any script: what is no sign of punctuation or control.
            Self::Tag => text.chars().all(|c| {
                c.is_alphanumeric() || (c.is_whitespace() && !c.is_control()) || "_.:/=+-@".contains(c)
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_match_or_do_not() {
        use Pattern::*;
        for (pattern, matching, other) in [
            (
                CharacterRestrictedName,
                &["a", "_", "1.2", "PROD-1"][..],
                &["", "1", "007", "a b", "é", "a:b"][..],
            ),
            (ClientToken, &["!", "a~"], &["", "a b", "é", "\u{7f}"]),
            (TraceHeader, &["", "Root=1-67;Sampled=1", "\t"], &["é"]),
            (Tag, &["", "a b", "Müller_1.2:3/4=5+6-7@8", "日本"], &["a;b", "a\nb", "{}", "a*"]),
        ] {
            for text in matching {
                assert!(pattern.matches(text), "{pattern:?} {text:?}");
            }
            for text in other {
                assert!(!pattern.matches(text), "{pattern:?} {text:?}");
            }
        }
    }
}
