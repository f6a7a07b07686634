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

/// The first moment when something happens by itself in an execution in memory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Held {
    pub(crate) at: Timestamp,
    /// Whether the execution waits for somebody, so that it may not come to that.
    pub(crate) is_barred: bool,
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

    /// Jumps from `now` to what is held first, or to an earlier moment that
    /// somebody sleeps until; not while somebody is busy, and never back. Tells
    /// whether it did.
    pub(crate) fn jump(&self, now: Timestamp, held: Option<Held>) -> bool {
        let state = self.state();
        let sleeper = state.sleepers.first().map(|(at, _)| Held { at: *at, is_barred: false });
        let Some(next) = sleeper.into_iter().chain(held).min_by_key(|held| held.at) else {
            return false;
        };
        let by = (next.at - now).num_milliseconds();
        if state.busy > 0 || next.is_barred || by <= 0 {
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

    fn held(seconds: i64) -> Held {
        Held { at: at(seconds), is_barred: false }
    }

    #[test]
    fn time_passes_no_moment_that_may_not_come() {
        let time = Arc::new(VirtualTime::default());
        let barred = Some(Held { at: at(100), is_barred: true });
        assert!(!time.jump(at(0), barred));
        let busy = time.busy();
        let later = busy.sleep(at(200));
        assert!(!time.jump(at(0), barred), "that sleeper wakes after it");
        drop(later);
        let _sooner = busy.sleep(at(50));
        assert!(time.jump(at(0), barred));
        assert_eq!(time.ahead().num_seconds(), 50);
    }

    #[test]
    fn time_jumps_to_the_first_of_all_that_wait_unless_somebody_is_busy() {
        let time = Arc::new(VirtualTime::default());
        assert!(!time.jump(at(0), None), "nothing is waited for");
        let (one, other) = (time.busy(), time.busy());
        let sleeper = one.sleep(at(50));
        assert!(!time.jump(at(0), Some(held(100))), "the other is busy");
        drop(other);
        assert!(time.jump(at(0), Some(held(100))));
        assert_eq!(time.ahead().num_seconds(), 50);
        assert!(!time.jump(at(50), Some(held(100))), "the sleeper has not woken yet");
        drop(sleeper);
        assert!(!time.jump(at(50), Some(held(100))), "it is awake");
        drop(one);
        assert!(time.jump(at(50), Some(held(100))));
        assert_eq!(time.ahead().num_seconds(), 100);
        assert!(!time.jump(at(100), Some(held(99))), "never back");
    }
}
