//! The Wait state, and RFC 3339 times.

use chrono::{DateTime, Utc};

use super::field::{Field, Fields};
use super::transition::COUNT_MAX;
use super::{Lowered, Lowering, Reported};
use crate::definition::{Timestamp, Wait, WaitUntil};
use crate::diagnostic::Reason;

impl Lowering<'_> {
    pub(super) fn wait(&mut self, fields: &Fields<'_>) -> Lowered<Wait> {
        // In the order in which the service names them.
        let names: &[&str] = if self.is_jsonata() {
            &["Seconds", "Timestamp"]
        } else {
            &["SecondsPath", "Seconds", "TimestampPath", "Timestamp"]
        };
        let one = self.exactly_one(fields, names, Reason::MissingField);
        let until = one.and_then(|()| self.wait_until(fields));
        let next = self.transition(fields);
        Ok(Wait { until: until?, next: next? })
    }

    fn wait_until(&mut self, fields: &Fields<'_>) -> Lowered<WaitUntil> {
        if let Some(seconds) = self.integer_setting(fields, "Seconds", "SecondsPath", (0, COUNT_MAX))? {
            return Ok(WaitUntil::Seconds(seconds));
        }
        let timestamp = self.setting(fields, "Timestamp", "TimestampPath", Self::timestamp)?;
        timestamp.map(WaitUntil::Timestamp).ok_or(Reported)
    }

    /// A literal time.
    pub(super) fn timestamp(&mut self, field: &Field<'_>) -> Lowered<Timestamp> {
        let text = self.string(field)?;
        match parse_timestamp(text) {
            Some(timestamp) => Ok(timestamp),
            None => self.fail(Reason::InvalidTimestamp, field, "String does not match RFC3339 timestamp"),
        }
    }
}

/// ASL specification, *Timestamps*: RFC 3339 with an upper-case `T`, and an
/// upper-case `Z` where there is no numeric offset. Cut to milliseconds.
fn parse_timestamp(text: &str) -> Option<Timestamp> {
    if text.as_bytes().get(10) != Some(&b'T') || text.ends_with('z') {
        return None;
    }
    let time = DateTime::parse_from_rfc3339(text).ok()?.with_timezone(&Utc);
    DateTime::from_timestamp_millis(time.timestamp_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_are_strict() {
        for (text, valid) in [
            ("2016-03-14T01:59:00Z", true),
            ("2016-03-14T01:59:00.123456Z", true),
            ("2016-03-14T01:59:00+02:00", true),
            ("2016-03-14 01:59:00Z", false),
            ("2016-03-14t01:59:00Z", false),
            ("2016-03-14T01:59:00z", false),
            ("2016-03-14T01:59:00", false),
            ("2016-13-14T01:59:00Z", false),
            ("2016-03-14T25:59:00Z", false),
            ("05-12-2016T21:29:29Z", false),
            ("2016-03-14", false),
            ("", false),
        ] {
            assert_eq!(parse_timestamp(text).is_some(), valid, "{text}");
        }
    }
}
