//! Constraints of the service model on request members, and the text that
//! lists every one that was broken.

use std::fmt::Display;
use std::ops::RangeInclusive;

use crate::ApiError;

/// Collects the broken constraints of one request.
#[derive(Debug, Default)]
pub(crate) struct Constraints {
    violations: Vec<String>,
}

impl Constraints {
    /// The member must be present. Answers it, or a stand-in that is never
    /// used because [`finish`](Self::finish) then fails.
    pub(crate) fn required<'v, T: ?Sized>(&mut self, member: &str, value: Option<&'v T>) -> Option<&'v T> {
        if value.is_none() {
            self.violations.push(format!(
                "Value null at '{member}' failed to satisfy constraint: Member must not be null"
            ));
        }
        value
    }

    /// A present string's length in characters (UTF-16 units, as AWS counts)
    /// must lie in the range.
    pub(crate) fn length(&mut self, member: &str, value: Option<&str>, range: RangeInclusive<usize>) {
        let Some(value) = value else { return };
        if let Some(must) = length_broken(value, &range) {
            self.broken(member, value, must);
        }
    }

    /// The same for a member that the model calls sensitive: the text does not
    /// repeat it.
    pub(crate) fn sensitive_length(
        &mut self,
        member: &str,
        value: Option<&str>,
        range: RangeInclusive<usize>,
    ) {
        let Some(must) = value.and_then(|value| length_broken(value, &range)) else { return };
        self.broken_sensitive(member, must);
    }

    /// The member must be present, and its length lie in the range.
    pub(crate) fn required_length(
        &mut self,
        member: &str,
        value: Option<&str>,
        range: RangeInclusive<usize>,
    ) {
        self.required(member, value);
        self.length(member, value, range);
    }

    /// A present number must lie in the range.
    pub(crate) fn range(&mut self, member: &str, value: Option<i64>, range: RangeInclusive<i64>) {
        let Some(value) = value else { return };
        if value > *range.end() {
            self.broken(member, value, format_args!("have value less than or equal to {}", range.end()));
        } else if value < *range.start() {
            self.broken(member, value, format_args!("have value greater than or equal to {}", range.start()));
        }
    }

    /// A present string must be one of the set, which the text lists in this
    /// order.
    pub(crate) fn one_of(&mut self, member: &str, value: Option<&str>, set: &[&str]) {
        let Some(value) = value else { return };
        if !set.contains(&value) {
            self.broken(member, value, format_args!("satisfy enum value set: [{}]", set.join(", ")));
        }
    }

    /// A present string must satisfy the pattern, given as the model writes it
    /// and as a test.
    pub(crate) fn pattern(
        &mut self,
        member: &str,
        value: Option<&str>,
        pattern: &str,
        holds: fn(&str) -> bool,
    ) {
        let Some(value) = value else { return };
        if !holds(value) {
            self.broken(member, value, format_args!("satisfy regular expression pattern: {pattern}"));
        }
    }

    /// Notes a broken constraint: `must` completes "Member must ...".
    pub(crate) fn broken(&mut self, member: &str, value: impl Display, must: impl Display) {
        self.violations
            .push(format!("Value '{value}' at '{member}' failed to satisfy constraint: Member must {must}"));
    }

    /// Notes a broken constraint without the value.
    pub(crate) fn broken_sensitive(&mut self, member: &str, must: impl Display) {
        self.violations.push(format!("Value at '{member}' failed to satisfy constraint: Member must {must}"));
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

/// What a string of this length breaks: completes "Member must ...".
fn length_broken(value: &str, range: &RangeInclusive<usize>) -> Option<String> {
    let (min, max) = (*range.start(), *range.end());
    // A string has at least as many bytes as UTF-16 units, and a unit if a byte.
    if value.len() <= max && min <= usize::from(!value.is_empty()) {
        return None;
    }
    let length = value.encode_utf16().count();
    if length > max {
        Some(format!("have length less than or equal to {max}"))
    } else if length < min {
        Some(format!("have length greater than or equal to {min}"))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(check: impl FnOnce(&mut Constraints)) -> String {
        let mut constraints = Constraints::default();
        check(&mut constraints);
        constraints.finish().map_or_else(|e| e.message, |()| String::new())
    }

    #[test]
    fn texts_are_those_of_aws() {
        let cases = [
            (
                "number too large",
                text(|c| c.range("maxResults", Some(1001), 0..=1000)),
                "1 validation error detected: Value '1001' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 1000",
            ),
            (
                "string too long",
                text(|c| c.length("nextToken", Some("xxx"), 1..=2)),
                "1 validation error detected: Value 'xxx' at 'nextToken' failed to satisfy constraint: Member must have length less than or equal to 2",
            ),
            (
                "not in the set",
                text(|c| c.one_of("statusFilter", Some("a"), &["B", "C"])),
                "1 validation error detected: Value 'a' at 'statusFilter' failed to satisfy constraint: Member must satisfy enum value set: [B, C]",
            ),
            (
                "a secret too long",
                text(|c| c.sensitive_length("cause", Some("xxx"), 0..=2)),
                "1 validation error detected: Value at 'cause' failed to satisfy constraint: Member must have length less than or equal to 2",
            ),
            (
                "two at once",
                text(|c| {
                    c.required_length("name", None, 1..=80);
                    c.required_length("roleArn", Some(""), 1..=256);
                }),
                "2 validation errors detected: Value null at 'name' failed to satisfy constraint: Member must not be null; Value '' at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 1",
            ),
        ];
        for (name, got, want) in cases {
            assert_eq!(got, want, "{name}");
        }
    }

    #[test]
    fn lengths_count_utf16_units() {
        assert_eq!(text(|c| c.length("name", Some("é𝄞"), 1..=3)), "");
        assert!(text(|c| c.length("name", Some("é𝄞"), 1..=2)).contains("length less than"));
    }
}
