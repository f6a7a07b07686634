//! How fast a node works, and how much it takes on.

use std::time::Duration;

/// Bounds and intervals of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pace {
    /// How long a lease lasts unless it is renewed: how long the executions of
    /// a node that died lie still. They are renewed three times as often.
    pub lease_ttl: Duration,
    /// How often to look for due executions without being told of any: by
    /// other nodes, whose hints do not reach this one.
    pub look_every: Duration,
    /// Most executions held at the same time.
    pub held_max: usize,
    /// Most executions claimed at once.
    pub claim_max: u32,
    /// An execution that wants to be woken within this time, and has no other
    /// work here, is kept in memory; others rest in the store.
    pub keep_for: Duration,
    /// Most messages remembered from hints for one execution; the store has
    /// the others.
    pub pending_messages_max: usize,
    /// The pause after the first failure of a step, commit or claim; each
    /// further one doubles it.
    pub pause_first: Duration,
    /// The longest pause.
    pub pause_max: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            lease_ttl: Duration::from_secs(15),
            look_every: Duration::from_secs(1),
            held_max: 20_000,
            claim_max: 256,
            keep_for: Duration::from_millis(500),
            pending_messages_max: 1024,
            pause_first: Duration::from_millis(100),
            pause_max: Duration::from_mins(1),
        }
    }
}

impl Pace {
    pub(super) fn renew_every(&self) -> Duration {
        self.lease_ttl / 3
    }

    /// The pause after so many failures in a row.
    pub(super) fn pause(&self, failures: u32) -> Duration {
        let factor = 1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX);
        self.pause_first.saturating_mul(factor).min(self.pause_max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest() {
        let pace = Pace::default();
        for (failures, milliseconds) in [(1, 100), (2, 200), (5, 1_600), (11, 60_000), (500, 60_000)] {
            assert_eq!(pace.pause(failures), Duration::from_millis(milliseconds), "{failures} failures");
        }
    }
}
