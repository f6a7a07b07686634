//! The text that lists every broken constraint of a request.

use std::fmt::Display;

use crate::ApiError;

/// Most violations that are listed, so that a long list of wrong elements makes
/// no endless text.
const VIOLATIONS_MAX: usize = 100;

/// Collects the broken constraints of one request.
#[derive(Debug, Default)]
pub(crate) struct Constraints {
    violations: Vec<String>,
}

impl Constraints {
    /// Notes that a required member is absent.
    pub(crate) fn missing(&mut self, member: impl Display) {
        self.note(|| {
            format!("Value null at '{member}' failed to satisfy constraint: Member must not be null")
        });
    }

    /// Notes a broken constraint: `must` completes "Member must ...".
    pub(crate) fn broken(&mut self, member: impl Display, value: impl Display, must: impl Display) {
        self.note(|| {
            format!("Value '{value}' at '{member}' failed to satisfy constraint: Member must {must}")
        });
    }

    /// Notes a broken constraint on a member that the model calls sensitive:
    /// the text does not repeat its value.
    pub(crate) fn broken_sensitive(&mut self, member: impl Display, must: impl Display) {
        self.note(|| format!("Value at '{member}' failed to satisfy constraint: Member must {must}"));
    }

    fn note(&mut self, text: impl FnOnce() -> String) {
        if self.violations.len() < VIOLATIONS_MAX {
            self.violations.push(text());
        }
    }

    /// The error that lists all, if there are any.
    pub(crate) fn finish(self) -> Result<(), ApiError> {
        match self.violations.len() {
            0 => Ok(()),
            1 => Err(ApiError::validation(format!(
                "1 validation error detected: {}",
                self.violations.join("")
            ))),
            count => Err(ApiError::validation(format!(
                "{count} validation errors detected: {}",
                self.violations.join("; ")
            ))),
        }
    }
}
