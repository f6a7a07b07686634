//! The names of state machines, executions and activities.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// The name of a state machine, execution, activity or activity worker: 1 to
/// 80 characters, none of those that the API forbids: white space, brackets,
/// wildcards, most special characters, controls. API reference, `CreateStateMachine`, `name`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Arc<str>);

/// Why a text is not a [`Name`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// The name has no characters.
    #[error("expected a name of 1 to {max} characters, found none", max = Name::CHARACTERS_MAX)]
    Empty,
    /// The name has too many characters.
    #[error("expected a name of at most {max} characters, found {characters}", max = Name::CHARACTERS_MAX)]
    TooLong {
        /// Its length in characters.
        characters: usize,
    },
    /// The name holds a character that names must not have.
    #[error("expected a name without {character:?}")]
    Character {
        /// The first such character.
        character: char,
    },
}

impl Name {
    /// Longest name, in characters.
    pub const CHARACTERS_MAX: usize = 80;

    /// Checks a name.
    pub fn new(text: impl AsRef<str>) -> Result<Self, NameError> {
        let text = text.as_ref();
        check(text)?;
        Ok(Self(Arc::from(text)))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same text, shared.
    pub fn shared(&self) -> &Arc<str> {
        &self.0
    }
}

/// The rules of [`Name`] on a text that stays where it is.
pub(super) fn check(text: &str) -> Result<(), NameError> {
    if text.is_empty() {
        return Err(NameError::Empty);
    }
    let characters = text.chars().count();
    if characters > Name::CHARACTERS_MAX {
        return Err(NameError::TooLong { characters });
    }
    match text.chars().find(|&c| is_forbidden(c)) {
        Some(character) => Err(NameError::Character { character }),
        None => Ok(()),
    }
}

fn is_forbidden(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || "<>{}[]?*\"#%\\^|~`$&,;:/".contains(character)
        || matches!(character, '\u{FFFE}' | '\u{FFFF}')
}

impl FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        Self::new(text)
    }
}

impl AsRef<str> for Name {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_rules_of_the_api() {
        let long = "a".repeat(81);
        for (text, want) in [
            ("a", Ok(())),
            ("order-1_2.3+é'()@!=", Ok(())),
            (&long[..80], Ok(())),
            ("", Err(NameError::Empty)),
            (&long, Err(NameError::TooLong { characters: 81 })),
            ("a b", Err(NameError::Character { character: ' ' })),
            ("a:b", Err(NameError::Character { character: ':' })),
            ("a#b", Err(NameError::Character { character: '#' })),
            ("a\u{85}", Err(NameError::Character { character: '\u{85}' })),
        ] {
            assert_eq!(Name::new(text).map(drop), want, "{text}");
        }
    }
}
