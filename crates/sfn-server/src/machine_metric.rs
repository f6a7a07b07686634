//! What happened to the executions of each state machine, for Prometheus:
//! the metrics that Step Functions has in CloudWatch, under Prometheus's kind
//! of names.
//!
//! | CloudWatch (`AWS/States`) | here |
//! | --- | --- |
//! | `ExecutionsStarted` | `stepwell_executions_started_total` |
//! | `ExecutionsRedriven` | `stepwell_executions_redriven_total` |
//! | `ExecutionsSucceeded` | `stepwell_executions_succeeded_total` |
//! | `ExecutionsFailed` | `stepwell_executions_failed_total` |
//! | `ExecutionsTimedOut` | `stepwell_executions_timed_out_total` |
//! | `ExecutionsAborted` | `stepwell_executions_aborted_total` |
//! | `ExecutionTime` | `stepwell_execution_time_seconds` (histogram) |
//! | dimension `StateMachineArn` | label `state_machine_arn` |

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sfn_driver::{EXECUTION_TIME_BOUNDS_MILLISECONDS, MachineCounts};

use crate::metric::{head, line};

/// The label of what is not told apart, where there is too much.
pub(crate) const OTHERS: &str = "other";

/// How often at most it is looked up what is gone.
const SWEEP_EVERY: Duration = Duration::from_mins(1);

const TIME: &str = "stepwell_execution_time_seconds";

type Counter = (&'static str, &'static str, fn(&MachineCounts) -> u64);

const COUNTERS: [Counter; 6] = [
    ("stepwell_executions_started_total", "Executions started.", |counts| counts.started),
    ("stepwell_executions_redriven_total", "Executions redriven.", |counts| counts.redriven),
    ("stepwell_executions_succeeded_total", "Executions that succeeded.", |counts| counts.succeeded),
    ("stepwell_executions_failed_total", "Executions that failed.", |counts| counts.failed),
    ("stepwell_executions_timed_out_total", "Executions that timed out.", |counts| counts.timed_out),
    ("stepwell_executions_aborted_total", "Executions that were stopped.", |counts| counts.aborted),
];

/// Says when to look which state machines and activities are gone.
#[derive(Debug, Default)]
pub(crate) struct Sweep(Mutex<Option<Instant>>);

impl Sweep {
    /// Whether it is time; then it is not for a while.
    pub(crate) fn is_due(&self) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = last.is_none_or(|at| at.elapsed() >= SWEEP_EVERY);
        if is_due {
            *last = Some(Instant::now());
        }
        is_due
    }
}

/// Adds the counts of state machines to the exposition text.
pub(crate) fn render(text: &mut String, machines: &[(Option<Arc<str>>, MachineCounts)]) {
    if machines.is_empty() {
        return;
    }
    let label = |arn: &Option<Arc<str>>| {
        let arn = arn.as_deref().unwrap_or(OTHERS);
        // ARNs need no escaping: names have neither quotes nor backslashes.
        format!("state_machine_arn=\"{arn}\"")
    };
    for (name, help, count) in COUNTERS {
        head(text, name, "counter", help);
        for (arn, counts) in machines {
            line(text, name, &label(arn), count(counts));
        }
    }
    head(text, TIME, "histogram", "Time from the start of an execution to its end.");
    for (arn, counts) in machines {
        let labels = label(arn);
        let mut total = 0;
        for (place, count) in counts.time_buckets.iter().enumerate() {
            total += count;
            let bound = EXECUTION_TIME_BOUNDS_MILLISECONDS.get(place);
            let bound = bound.map_or_else(|| "+Inf".to_owned(), |bound| seconds(*bound));
            line(text, &format!("{TIME}_bucket"), &format!("{labels},le=\"{bound}\""), total);
        }
        line(text, &format!("{TIME}_sum"), &labels, seconds(counts.time_milliseconds));
        line(text, &format!("{TIME}_count"), &labels, total);
    }
}

pub(crate) fn seconds(milliseconds: u64) -> String {
    format!("{}.{:03}", milliseconds / 1_000, milliseconds % 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_appear_by_state_machine() {
        let mut time_buckets = vec![0; EXECUTION_TIME_BOUNDS_MILLISECONDS.len() + 1];
        time_buckets[1] = 2;
        let counts = MachineCounts {
            started: 3,
            succeeded: 2,
            time_buckets,
            time_milliseconds: 1_017,
            ..MachineCounts::default()
        };
        let mut text = String::new();
        render(&mut text, &[(Some(Arc::from("arn:m")), counts), (None, MachineCounts::default())]);
        for want in [
            "# TYPE stepwell_executions_started_total counter",
            "stepwell_executions_started_total{state_machine_arn=\"arn:m\"} 3",
            "stepwell_executions_started_total{state_machine_arn=\"other\"} 0",
            "stepwell_executions_succeeded_total{state_machine_arn=\"arn:m\"} 2",
            "# TYPE stepwell_execution_time_seconds histogram",
            "stepwell_execution_time_seconds_bucket{state_machine_arn=\"arn:m\",le=\"0.005\"} 0",
            "stepwell_execution_time_seconds_bucket{state_machine_arn=\"arn:m\",le=\"0.010\"} 2",
            "stepwell_execution_time_seconds_bucket{state_machine_arn=\"arn:m\",le=\"+Inf\"} 2",
            "stepwell_execution_time_seconds_sum{state_machine_arn=\"arn:m\"} 1.017",
            "stepwell_execution_time_seconds_count{state_machine_arn=\"arn:m\"} 2",
        ] {
            assert!(text.lines().any(|line| line == want), "{want} in\n{text}");
        }
    }

    #[test]
    fn a_sweep_is_due_once() {
        let sweep = Sweep::default();
        assert!(sweep.is_due());
        assert!(!sweep.is_due());
    }
}
