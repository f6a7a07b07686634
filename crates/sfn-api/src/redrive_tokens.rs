//! Client tokens of redrives: a request that is sent again is answered as the
//! first time, and redrives nothing.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use chrono::TimeDelta;
use sfn_store::id::ExecutionArn;

use crate::Timestamp;

/// How long a token answers for its redrive. API reference, `clientToken`.
const LIFETIME: TimeDelta = TimeDelta::minutes(15);

/// How many tokens of one execution answer: the last ones. API reference,
/// `clientToken`.
const TOKENS_MAX: usize = 10;

/// For how many executions tokens are kept; past it the expired ones go first,
/// and then those of the executions that come first by ARN.
const EXECUTIONS_MAX: usize = 10_000;

/// The tokens with which executions were redriven of late. They are kept in
/// memory: after a restart a repeated request is one of its own.
#[derive(Debug, Default)]
pub(crate) struct RedriveTokens {
    used: Mutex<BTreeMap<ExecutionArn, VecDeque<Used>>>,
}

#[derive(Debug)]
struct Used {
    token: String,
    at: Timestamp,
    redriven_at: Timestamp,
}

impl RedriveTokens {
    /// When the execution was redriven with this token, if it was of late.
    pub(crate) fn redriven_at(
        &self,
        execution: &ExecutionArn,
        token: &str,
        now: Timestamp,
    ) -> Option<Timestamp> {
        // A panic elsewhere cannot leave a list of finished values half changed.
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let used = used.get(execution)?.iter().find(|used| used.token == token)?;
        (now - used.at < LIFETIME).then_some(used.redriven_at)
    }

    /// Notes that the execution was redriven with this token.
    pub(crate) fn note(&self, execution: &ExecutionArn, token: &str, now: Timestamp, redriven_at: Timestamp) {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if used.len() >= EXECUTIONS_MAX && !used.contains_key(execution) {
            used.retain(|_, tokens| tokens.back().is_some_and(|last| now - last.at < LIFETIME));
            if used.len() >= EXECUTIONS_MAX {
                used.pop_first();
            }
        }
        let tokens = used.entry(execution.clone()).or_default();
        if tokens.len() >= TOKENS_MAX {
            tokens.pop_front();
        }
        tokens.push_back(Used { token: token.to_owned(), at: now, redriven_at });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_timestamp(minutes * 60, 0).unwrap()
    }

    fn execution(name: &str) -> ExecutionArn {
        format!("arn:aws:states:us-east-1:123456789012:execution:m:{name}").parse().unwrap()
    }

    #[test]
    fn the_last_ten_tokens_answer_for_a_quarter_of_an_hour() {
        let tokens = RedriveTokens::default();
        for number in 0..11 {
            tokens.note(&execution("e"), &format!("t{number}"), at(number), at(100 + number));
        }
        for (token, now, want) in [
            ("t0", 11, None),
            ("t1", 11, Some(at(101))),
            ("t10", 11, Some(at(110))),
            ("t10", 24, Some(at(110))),
            ("t10", 25, None),
            ("other", 11, None),
        ] {
            assert_eq!(tokens.redriven_at(&execution("e"), token, at(now)), want, "{token} at {now}");
        }
        assert_eq!(tokens.redriven_at(&execution("other"), "t10", at(11)), None);
    }

    #[test]
    fn executions_are_forgotten_in_time() {
        let tokens = RedriveTokens::default();
        for number in 0..EXECUTIONS_MAX {
            tokens.note(&execution(&number.to_string()), "t", at(0), at(0));
        }
        tokens.note(&execution("late"), "t", at(20), at(20));
        assert_eq!(tokens.used.lock().unwrap().len(), 1);
        assert_eq!(tokens.redriven_at(&execution("late"), "t", at(21)), Some(at(20)));
    }
}
