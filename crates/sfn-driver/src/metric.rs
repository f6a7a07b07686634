//! What a driver counts, under the names that a metrics page shows.

use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! counters {
    ($($(#[$doc:meta])* $field:ident = $name:literal;)*) => {
        /// Counters of one driver. They only grow, but for gauges.
        #[derive(Debug, Default)]
        pub struct Metrics {
            $($(#[$doc])* pub(crate) $field: Counter,)*
        }

        impl Metrics {
            /// Names of all counters, in the order of [`Metrics::read`].
            pub const NAMES: &'static [&'static str] = &[$($name),*];

            /// Each counter's name and value.
            pub fn read(&self) -> Vec<(&'static str, u64)> {
                vec![$(($name, self.$field.get())),*]
            }
        }
    };
}

counters! {
    /// Executions created here.
    created = "stepwell_executions_created_total";
    /// Executions that this node closed.
    closed = "stepwell_executions_closed_total";
    /// Express executions begun.
    express = "stepwell_express_executions_total";
    /// Executions claimed from the store.
    claimed = "stepwell_executions_claimed_total";
    /// Commits of steps, creations not counted.
    commits = "stepwell_commits_total";
    /// Signals that the engine took.
    signals = "stepwell_signals_total";
    /// Signals that the engine refused: late or repeated.
    refused = "stepwell_signals_refused_total";
    /// Tasks handed to a handler.
    tasks = "stepwell_tasks_started_total";
    /// Steps that panicked.
    panics = "stepwell_step_panics_total";
    /// Commits that the store failed to make.
    commit_faults = "stepwell_commit_faults_total";
    /// Leases lost to another node.
    leases_lost = "stepwell_leases_lost_total";
    /// Hints that found the queue full.
    hints_dropped = "stepwell_hints_dropped_total";
    /// Gauge: executions that this node has leased.
    held = "stepwell_executions_held";
}

/// One counter.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self, count: usize) {
        self.0.fetch_add(count as u64, Ordering::Relaxed);
    }

    pub(crate) fn set(&self, value: usize) {
        self.0.store(value as u64, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_distinct_and_in_order() {
        let metrics = Metrics::default();
        metrics.created.add(2);
        metrics.held.set(7);
        let read = metrics.read();
        assert_eq!(read.first(), Some(&("stepwell_executions_created_total", 2)));
        assert_eq!(read.last(), Some(&("stepwell_executions_held", 7)));
        let mut names = Metrics::NAMES.to_vec();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), read.len());
    }
}
