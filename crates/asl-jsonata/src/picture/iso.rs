//! Timestamps of ISO 8601, as far as `$toMillis` takes them without a picture.

use super::calendar::{DAY_MILLIS, days};

/// It is no ISO 8601 text.
struct Malformed;

/// Milliseconds of an ISO 8601 text; `None` where it is none, and no number
/// where it has the form of one but there is no such day or hour.
pub(crate) fn parse(text: &str) -> Option<f64> {
    millis(text).ok()
}

fn millis(text: &str) -> Result<f64, Malformed> {
    let mut rest = text;
    let year = take_digits(&mut rest, 4)?;
    let month = date_part(&mut rest)?.unwrap_or(1);
    let day = date_part(&mut rest)?.unwrap_or(1);
    let time = time(&mut rest)?;
    let fraction = fraction(&mut rest)?;
    let zone = zone(rest)?;
    if month > 19 || day > 39 {
        return Err(Malformed);
    }
    let exists = match &time {
        Some(time) => time.exists,
        // A day alone has no zone of its own.
        None => zone.is_none(),
    };
    if !exists || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return Ok(f64::NAN);
    }
    let seconds = time.map_or(0, |time| time.seconds) - zone.unwrap_or(0) * 60;
    let millis = days(year, month, day) * DAY_MILLIS + seconds * 1000 + fraction;
    #[expect(clippy::cast_precision_loss, reason = "dates are far below 2^53 milliseconds")]
    Ok(millis as f64)
}

/// `-MM` or `-DD`, if there.
fn date_part(rest: &mut &str) -> Result<Option<i64>, Malformed> {
    let Some(mut behind) = rest.strip_prefix('-').filter(|it| it.starts_with(|c: char| c.is_ascii_digit()))
    else {
        return Ok(None);
    };
    let value = take_digits(&mut behind, 2)?;
    // `-0500` and `-05:00` behind a year are zones, not months.
    if behind.starts_with(|c: char| c.is_ascii_digit() || c == ':') {
        return Ok(None);
    }
    *rest = behind;
    Ok(Some(value))
}

/// A time of the day.
struct Time {
    seconds: i64,
    /// Whether a clock shows it.
    exists: bool,
}

/// `THH:MM:SS`, if there.
fn time(rest: &mut &str) -> Result<Option<Time>, Malformed> {
    let Some(mut behind) = rest.strip_prefix('T') else { return Ok(None) };
    let hour = take_digits(&mut behind, 2)?;
    behind = behind.strip_prefix(':').ok_or(Malformed)?;
    let minute = take_digits(&mut behind, 2)?;
    behind = behind.strip_prefix(':').ok_or(Malformed)?;
    let second = take_digits(&mut behind, 2)?;
    if hour > 29 || minute > 59 || second > 59 {
        return Err(Malformed);
    }
    *rest = behind;
    let exists = hour < 24 || (hour == 24 && minute + second == 0);
    Ok(Some(Time { seconds: hour * 3600 + minute * 60 + second, exists }))
}

/// Milliseconds of `.FFF`, if there.
fn fraction(rest: &mut &str) -> Result<i64, Malformed> {
    let Some(behind) = rest.strip_prefix('.') else { return Ok(0) };
    let end = behind.find(|c: char| !c.is_ascii_digit()).unwrap_or(behind.len());
    let split = behind.split_at_checked(end).filter(|(digits, _)| !digits.is_empty());
    let (digits, behind) = split.ok_or(Malformed)?;
    *rest = behind;
    let digits: String = digits.chars().chain("00".chars()).take(3).collect();
    digits.parse().map_err(|_| Malformed)
}

/// Minutes of a zone, where one is given as a distance.
fn zone(rest: &str) -> Result<Option<i64>, Malformed> {
    if matches!(rest, "" | "Z") {
        return Ok(None);
    }
    let sign = if rest.starts_with('-') { -1 } else { 1 };
    let mut behind = rest.strip_prefix(['+', '-']).ok_or(Malformed)?;
    let hours = take_digits(&mut behind, 2)?;
    behind = behind.strip_prefix(':').unwrap_or(behind);
    let minutes = take_digits(&mut behind, 2)?;
    if !behind.is_empty() || hours > 29 || minutes > 59 {
        return Err(Malformed);
    }
    Ok(Some(sign * (hours * 60 + minutes)))
}

fn take_digits(rest: &mut &str, count: usize) -> Result<i64, Malformed> {
    let (digits, behind) = rest.split_at_checked(count).ok_or(Malformed)?;
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Malformed);
    }
    *rest = behind;
    digits.parse().map_err(|_| Malformed)
}
