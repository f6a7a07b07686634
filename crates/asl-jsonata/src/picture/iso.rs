//! Timestamps of ISO 8601, as far as `$toMillis` takes them without a picture.

use super::calendar::{DAY_MILLIS, days};

/// Milliseconds of an ISO 8601 text; `None` where it is none, and no number
/// where it has the form of one but there is no such day or hour.
pub(crate) fn parse(text: &str) -> Option<f64> {
    let mut rest = text;
    let year = take_digits(&mut rest, 4)?;
    let mut part = |prefix: char| -> Option<i64> {
        match rest.strip_prefix(prefix) {
            Some(behind)
                if behind.starts_with(|c: char| c.is_ascii_digit())
                    && !behind.get(2..).is_some_and(|r| r.starts_with(':') && prefix == '-') =>
            {
                let mut behind = behind;
                let value = take_digits(&mut behind, 2)?;
                // `-0500` behind a year is a zone, not a month.
                if prefix == '-' && behind.starts_with(|c: char| c.is_ascii_digit()) {
                    return Some(-1);
                }
                rest = behind;
                Some(value)
            }
            _ => Some(-1),
        }
    };
    let (month, day) = (part('-')?, part('-')?);
    let mut exists = true;
    let mut seconds = 0;
    let has_time = rest.starts_with('T');
    if let Some(mut behind) = rest.strip_prefix('T') {
        let hour = take_digits(&mut behind, 2)?;
        let mut behind = behind.strip_prefix(':')?;
        let minute = take_digits(&mut behind, 2)?;
        let mut behind = behind.strip_prefix(':')?;
        let second = take_digits(&mut behind, 2)?;
        if hour > 29 || minute > 59 || second > 59 {
            return None;
        }
        exists &= hour < 24 || (hour == 24 && minute + second == 0);
        seconds = hour * 3600 + minute * 60 + second;
        rest = behind;
    }
    let mut fraction = 0;
    if let Some(behind) = rest.strip_prefix('.') {
        let end = behind.find(|c: char| !c.is_ascii_digit()).unwrap_or(behind.len());
        let (digits, behind) = behind.split_at_checked(end).filter(|(digits, _)| !digits.is_empty())?;
        let digits: String = digits.chars().chain("00".chars()).take(3).collect();
        fraction = digits.parse::<i64>().ok()?;
        rest = behind;
    }
    let zone = match rest {
        "" | "Z" => 0,
        _ => {
            let sign = if rest.starts_with('-') { -1 } else { 1 };
            let mut behind = rest.strip_prefix(['+', '-'])?;
            let hours = take_digits(&mut behind, 2)?;
            behind = behind.strip_prefix(':').unwrap_or(behind);
            let minutes = take_digits(&mut behind, 2)?;
            if !behind.is_empty() || hours > 29 || minutes > 59 {
                return None;
            }
            // A day alone has no zone of its own.
            exists &= has_time;
            sign * (hours * 60 + minutes)
        }
    };
    let (month, day) = (if month < 0 { 1 } else { month }, if day < 0 { 1 } else { day });
    if month > 19 || day > 39 {
        return None;
    }
    if !exists || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return Some(f64::NAN);
    }
    let millis = days(year, month, day) * DAY_MILLIS + seconds * 1000 + fraction - zone * 60_000;
    #[expect(clippy::cast_precision_loss, reason = "dates are far below 2^53 milliseconds")]
    Some(millis as f64)
}

fn take_digits(rest: &mut &str, count: usize) -> Option<i64> {
    let (digits, behind) = rest.split_at_checked(count)?;
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    *rest = behind;
    digits.parse().ok()
}
