//! Timestamps in documents: RFC 3339 as the language narrows it.

use chrono::DateTime;

use crate::Timestamp;

/// Reads a timestamp: a capital `T` between date and time, and a capital `Z`
/// or a numeric offset at the end. ASL specification, *Timestamps*.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    if text.as_bytes().get(10) != Some(&b'T') || text.ends_with('z') {
        return None;
    }
    let time = DateTime::parse_from_rfc3339(text).ok()?;
    DateTime::from_timestamp_millis(time.timestamp_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_are_of_the_narrow_profile() {
        for (text, want) in [
            ("2016-03-14T01:59:00Z", true),
            ("2016-03-05T21:29:29.243167252Z", true),
            ("2016-03-05T21:29:29+01:00", true),
            ("2016-12-05 21:29:29Z", false),
            ("2016-12-05t21:29:29Z", false),
            ("2016-12-05T21:29:29z", false),
            ("2016-12-05T21:29:29", false),
            ("05-12-2016T21:29:29Z", false),
            ("2016-13-05T21:29:29Z", false),
            ("2016-12-05T25:29:29Z", false),
            ("", false),
        ] {
            assert_eq!(parse(text).is_some(), want, "{text}");
        }
    }
}
