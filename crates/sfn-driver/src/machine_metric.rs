//! What a driver counts for each state machine, after the metrics that AWS
//! names in the developer guide, *Monitoring Step Functions metrics*.

use std::time::Duration;

use sfn_store::ExecutionStatus;

use crate::metric::Counter;

/// Upper bounds of the buckets of `ExecutionTime`, in milliseconds.
pub const EXECUTION_TIME_BOUNDS_MILLISECONDS: [u64; 14] =
    [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 10_000, 60_000, 600_000, 3_600_000, 86_400_000];

/// What is counted of one state machine's executions on one node.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    started: Counter,
    redriven: Counter,
    succeeded: Counter,
    failed: Counter,
    timed_out: Counter,
    aborted: Counter,
    /// Not cumulative; the last is everything past the bounds.
    time_buckets: [Counter; EXECUTION_TIME_BOUNDS_MILLISECONDS.len() + 1],
    time_milliseconds: Counter,
}

impl Counters {
    pub(crate) fn count_start(&self) {
        self.started.add(1);
    }

    pub(crate) fn count_redrive(&self) {
        self.redriven.add(1);
    }

    pub(crate) fn count_end(&self, status: ExecutionStatus, took: Duration) {
        let counter = match status {
            ExecutionStatus::Succeeded => &self.succeeded,
            ExecutionStatus::Failed => &self.failed,
            ExecutionStatus::TimedOut => &self.timed_out,
            ExecutionStatus::Aborted => &self.aborted,
            // What runs has not ended; the enumeration may grow.
            _ => return,
        };
        counter.add(1);
        let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let place = EXECUTION_TIME_BOUNDS_MILLISECONDS.partition_point(|bound| *bound < milliseconds);
        if let Some(bucket) = self.time_buckets.get(place) {
            bucket.add(1);
        }
        self.time_milliseconds.add(usize::try_from(milliseconds).unwrap_or(usize::MAX));
    }

    pub(crate) fn read(&self) -> MachineCounts {
        MachineCounts {
            started: self.started.get(),
            redriven: self.redriven.get(),
            succeeded: self.succeeded.get(),
            failed: self.failed.get(),
            timed_out: self.timed_out.get(),
            aborted: self.aborted.get(),
            time_buckets: self.time_buckets.iter().map(Counter::get).collect(),
            time_milliseconds: self.time_milliseconds.get(),
        }
    }
}

/// What a node has counted of one state machine's executions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MachineCounts {
    /// `ExecutionsStarted`
    pub started: u64,
    /// `ExecutionsRedriven`
    pub redriven: u64,
    /// `ExecutionsSucceeded`
    pub succeeded: u64,
    /// `ExecutionsFailed`
    pub failed: u64,
    /// `ExecutionsTimedOut`
    pub timed_out: u64,
    /// `ExecutionsAborted`
    pub aborted: u64,
    /// How many executions took how long from start to end, by place in
    /// [`EXECUTION_TIME_BOUNDS_MILLISECONDS`]; the last took longer. Not
    /// cumulative.
    pub time_buckets: Vec<u64>,
    /// `ExecutionTime` of all of them together, in milliseconds.
    pub time_milliseconds: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn executions_are_counted_by_how_they_ended() {
        let counters = Counters::default();
        counters.count_start();
        counters.count_end(ExecutionStatus::Failed, Duration::from_millis(25));
        counters.count_end(ExecutionStatus::TimedOut, Duration::from_hours(30));
        let mut buckets = vec![0; 15];
        buckets[2] = 1;
        buckets[14] = 1;
        let want = MachineCounts {
            started: 1,
            failed: 1,
            timed_out: 1,
            time_buckets: buckets,
            time_milliseconds: 108_000_025,
            ..MachineCounts::default()
        };
        assert_eq!(counters.read(), want);
    }
}
