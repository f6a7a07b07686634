//! Retry: which retrier answers an error, and how long it waits.

use asl_parser::{Jitter, Retrier};
use chrono::TimeDelta;

use crate::entropy::Entropy;
use crate::error::StateError;
use crate::frame::Retries;

/// Delays are bounded by a hundred years, so that times cannot overflow.
const DELAY_SECONDS_MAX: f64 = 3.2e9;

/// The delay before the next attempt, if a retrier answers the error and has
/// attempts left. Counts the retry. ASL specification, *Retrying after error*:
/// the first retrier that names the error decides.
pub(crate) fn next_delay(
    policy: &[Retrier],
    error: &StateError,
    made: &mut Retries,
    entropy: &mut Entropy,
) -> Option<TimeDelta> {
    let place = place(policy, error)?;
    let retrier = policy.get(place)?;
    if made.by_retrier.len() <= place {
        made.by_retrier.resize(place + 1, 0);
    }
    let count = made.by_retrier.get_mut(place)?;
    if *count >= retrier.max_attempts {
        return None;
    }
    *count += 1;
    made.total = made.total.saturating_add(1);
    Some(delay(retrier, *count, entropy))
}

/// The place of the first retrier that names the error.
pub(crate) fn place(policy: &[Retrier], error: &StateError) -> Option<usize> {
    let names = |retrier: &Retrier| retrier.error_equals.iter().any(|wanted| error.matches(wanted));
    policy.iter().position(names).filter(|_| error.can_be_caught())
}

/// Delay before the retry of that number, from 1, to the millisecond.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "delays are bounded far below where doubles lose milliseconds"
)]
fn delay(retrier: &Retrier, retry: u32, entropy: &mut Entropy) -> TimeDelta {
    let exponent = i32::try_from(retry.saturating_sub(1)).unwrap_or(i32::MAX);
    let mut seconds = retrier.interval_seconds as f64 * retrier.backoff_rate.powi(exponent);
    if let Some(max) = retrier.max_delay_seconds {
        seconds = seconds.min(max as f64);
    }
    seconds = seconds.clamp(0.0, DELAY_SECONDS_MAX);
    if retrier.jitter == Jitter::Full {
        seconds *= entropy.fraction();
    }
    TimeDelta::milliseconds((seconds * 1000.0) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::Problem;

    fn retrier(error: &str, max_attempts: u32) -> Retrier {
        Retrier {
            error_equals: vec![error.into()],
            interval_seconds: 2,
            max_attempts,
            backoff_rate: 2.0,
            max_delay_seconds: None,
            jitter: Jitter::None,
        }
    }

    #[test]
    fn delays_grow_up_to_their_bound() {
        let bounded = Retrier { max_delay_seconds: Some(10), ..retrier("E", 9) };
        let steady = Retrier { backoff_rate: 1.0, ..retrier("E", 9) };
        let steep = Retrier { backoff_rate: 1e300, ..retrier("E", 9) };
        for (case, retrier, retry, want_millis) in [
            ("first", &bounded, 1, 2_000),
            ("second", &bounded, 2, 4_000),
            ("third", &bounded, 3, 8_000),
            ("bounded", &bounded, 4, 10_000),
            ("steady", &steady, 7, 2_000),
            ("overflowing", &steep, 9, 3_200_000_000_000),
        ] {
            let got = delay(retrier, retry, &mut Entropy::new(1));
            assert_eq!(got, TimeDelta::milliseconds(want_millis), "{case}");
        }
    }

    #[test]
    fn full_jitter_stays_below_the_plain_delay() {
        let retrier = Retrier { jitter: Jitter::Full, max_delay_seconds: Some(10), ..retrier("E", 9) };
        let mut entropy = Entropy::new(7);
        for (retry, max_seconds) in [(1, 2), (2, 4), (3, 8), (4, 10), (40, 10)] {
            let got = delay(&retrier, retry, &mut entropy);
            assert!(got <= TimeDelta::seconds(max_seconds), "retry {retry}: {got}");
        }
    }

    #[test]
    fn each_retrier_counts_for_itself() {
        let policy = [retrier("A", 1), retrier("B", 2), retrier("States.ALL", 1)];
        let (mut retries, mut entropy) = (Retries::default(), Entropy::new(0));
        let mut next = |error: &str| {
            next_delay(&policy, &StateError::reported(Problem::new(error, "")), &mut retries, &mut entropy)
                .is_some()
        };
        let answers = ["A", "A", "B", "B", "B", "C", "C"].map(&mut next);
        assert_eq!(answers, [true, false, true, true, false, true, false]);
        assert_eq!(retries.total, 4);
    }
}
