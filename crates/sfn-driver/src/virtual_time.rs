//! Time that jumps: when nothing else can happen, to what happens next. In
//! between it passes as always, so that tasks under way have their real time.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::TimeDelta;
use sfn_store::Timestamp;
use tokio::sync::Notify;

/// How far the executions' time is ahead, and who outside the node has a say
/// in whether it may jump.
#[derive(Debug, Default)]
pub(crate) struct VirtualTime {
    ahead_milliseconds: AtomicI64,
    state: Mutex<State>,
    /// Tells those who sleep that time has jumped.
    pub(crate) jumped: Notify,
    /// Tells the shell that somebody went to sleep or is done.
    pub(crate) calmed: Notify,
}

#[derive(Debug, Default)]
struct State {
    busy: usize,
    last_sleeper: u64,
    sleepers: BTreeSet<(Timestamp, u64)>,
}

/// While it is there, time does not jump.
#[derive(Debug)]
pub(crate) struct Busy(Arc<VirtualTime>);

/// While it is there, time jumps no further than to its moment.
#[derive(Debug)]
pub(crate) struct Sleeper<'b> {
    busy: &'b Busy,
    entry: (Timestamp, u64),
}

impl VirtualTime {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How far time is ahead of the clock.
    pub(crate) fn ahead(&self) -> TimeDelta {
        TimeDelta::milliseconds(self.ahead_milliseconds.load(Ordering::Relaxed))
    }

    /// Keeps time from jumping.
    pub(crate) fn busy(self: &Arc<Self>) -> Busy {
        self.state().busy += 1;
        Busy(Arc::clone(self))
    }

    /// Jumps from `now` to `held`, or to an earlier moment that somebody sleeps
    /// until; not while somebody is busy, and never back. Tells whether it did.
    pub(crate) fn jump(&self, now: Timestamp, held: Option<Timestamp>) -> bool {
        let state = self.state();
        let sleeper = state.sleepers.first().map(|(at, _)| *at);
        let Some(by) = held.into_iter().chain(sleeper).min().map(|at| (at - now).num_milliseconds()) else {
            return false;
        };
        if state.busy > 0 || by <= 0 {
            return false;
        }
        self.ahead_milliseconds.fetch_add(by, Ordering::Relaxed);
        drop(state);
        self.jumped.notify_waiters();
        true
    }
}

impl Busy {
    /// Sleeps, as far as others are concerned, until the answer is dropped.
    pub(crate) fn sleep(&self, until: Timestamp) -> Sleeper<'_> {
        let mut state = self.0.state();
        state.busy = state.busy.saturating_sub(1);
        state.last_sleeper += 1;
        let entry = (until, state.last_sleeper);
        state.sleepers.insert(entry);
        drop(state);
        self.0.calmed.notify_one();
        Sleeper { busy: self, entry }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.busy = state.busy.saturating_sub(1);
        drop(state);
        self.0.calmed.notify_one();
    }
}

impl Drop for Sleeper<'_> {
    fn drop(&mut self) {
        let mut state = self.busy.0.state();
        state.sleepers.remove(&self.entry);
        state.busy += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn time_jumps_to_the_first_of_all_that_wait_unless_somebody_is_busy() {
        let time = Arc::new(VirtualTime::default());
        assert!(!time.jump(at(0), None), "nothing is waited for");
        let (one, other) = (time.busy(), time.busy());
        let sleeper = one.sleep(at(50));
        assert!(!time.jump(at(0), Some(at(100))), "the other is busy");
        drop(other);
        assert!(time.jump(at(0), Some(at(100))));
        assert_eq!(time.ahead().num_seconds(), 50);
        assert!(!time.jump(at(50), Some(at(100))), "the sleeper has not woken yet");
        drop(sleeper);
        assert!(!time.jump(at(50), Some(at(100))), "it is awake");
        drop(one);
        assert!(time.jump(at(50), Some(at(100))));
        assert_eq!(time.ahead().num_seconds(), 100);
        assert!(!time.jump(at(100), Some(at(99))), "never back");
    }
}
