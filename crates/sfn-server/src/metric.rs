//! Counters of API requests, and their text for Prometheus.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sfn_api::{ErrorCode, Operation};

/// Upper bounds of the latency buckets, in microseconds.
const BUCKETS_MICROSECONDS: [u64; 12] =
    [50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 50_000, 250_000, 1_000_000, 10_000_000];

/// What became of the requests for one operation.
#[derive(Debug, Default)]
struct PerOperation {
    succeeded: AtomicU64,
    /// By place in [`ErrorCode::ALL`]; the last counts what never reached the operation.
    failed: Vec<AtomicU64>,
    /// Not cumulative; the last is everything past the bounds.
    buckets: [AtomicU64; BUCKETS_MICROSECONDS.len() + 1],
    microseconds: AtomicU64,
}

/// All counters of a server.
#[derive(Debug)]
pub(crate) struct Metrics {
    operations: Vec<PerOperation>,
    refused: AtomicU64,
    in_flight: AtomicU64,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let operations = Operation::ALL
            .iter()
            .map(|_| PerOperation {
                failed: ErrorCode::ALL.iter().map(|_| AtomicU64::new(0)).collect(),
                ..PerOperation::default()
            })
            .collect();
        Self { operations, refused: AtomicU64::new(0), in_flight: AtomicU64::new(0) }
    }

    /// Counts a request as in flight until the guard is dropped.
    pub(crate) fn enter(&self) -> InFlight<'_> {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        InFlight(&self.in_flight)
    }

    /// Counts a request that reached no operation.
    pub(crate) fn count_refused(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts an answered request.
    pub(crate) fn count(&self, operation: Operation, error: Option<ErrorCode>, took: Duration) {
        let Some(counters) = self.operations.get(operation as usize) else {
            return;
        };
        let outcome = match error {
            None => Some(&counters.succeeded),
            Some(code) => counters.failed.get(code as usize),
        };
        if let Some(outcome) = outcome {
            outcome.fetch_add(1, Ordering::Relaxed);
        }
        let microseconds = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        counters.microseconds.fetch_add(microseconds, Ordering::Relaxed);
        let bucket = BUCKETS_MICROSECONDS.partition_point(|bound| *bound < microseconds);
        if let Some(bucket) = counters.buckets.get(bucket) {
            bucket.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The exposition text, with counters of others after it. Operations that
    /// nobody called are left out.
    pub(crate) fn render(&self, others: &[(&'static str, u64)]) -> String {
        let mut text = String::new();
        let called: Vec<_> = Operation::ALL
            .iter()
            .zip(&self.operations)
            .filter(|(_, counters)| counters.buckets.iter().any(|bucket| read(bucket) > 0))
            .collect();
        head(
            &mut text,
            "stepwell_api_requests_total",
            "counter",
            "API requests answered, by operation and outcome.",
        );
        for (operation, counters) in &called {
            let outcomes = ErrorCode::ALL.iter().map(|code| code.name()).zip(counters.failed.iter());
            for (code, count) in [("OK", &counters.succeeded)].into_iter().chain(outcomes) {
                if read(count) > 0 {
                    let labels = format!("operation=\"{operation}\",code=\"{code}\"");
                    line(&mut text, "stepwell_api_requests_total", &labels, read(count));
                }
            }
        }
        head(
            &mut text,
            "stepwell_api_request_duration_seconds",
            "histogram",
            "Time from the whole request to the answer.",
        );
        for (operation, counters) in &called {
            let mut total = 0;
            for (place, bucket) in counters.buckets.iter().enumerate() {
                total += read(bucket);
                let bound =
                    BUCKETS_MICROSECONDS.get(place).map_or_else(|| "+Inf".to_owned(), |b| seconds(*b));
                let labels = format!("operation=\"{operation}\",le=\"{bound}\"");
                line(&mut text, "stepwell_api_request_duration_seconds_bucket", &labels, total);
            }
            let labels = format!("operation=\"{operation}\"");
            let sum = seconds(read(&counters.microseconds));
            line(&mut text, "stepwell_api_request_duration_seconds_sum", &labels, sum);
            line(&mut text, "stepwell_api_request_duration_seconds_count", &labels, total);
        }
        head(
            &mut text,
            "stepwell_api_requests_refused_total",
            "counter",
            "Requests that reached no operation.",
        );
        let _infallible = writeln!(text, "stepwell_api_requests_refused_total {}", read(&self.refused));
        head(&mut text, "stepwell_api_requests_in_flight", "gauge", "API requests being answered.");
        let _infallible = writeln!(text, "stepwell_api_requests_in_flight {}", read(&self.in_flight));
        for (name, value) in others {
            let kind = if name.ends_with("_total") { "counter" } else { "gauge" };
            let _infallible = writeln!(text, "# TYPE {name} {kind}\n{name} {value}");
        }
        text
    }
}

/// A request being answered.
pub(crate) struct InFlight<'m>(&'m AtomicU64);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn read(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

fn seconds(microseconds: u64) -> String {
    format!("{}.{:06}", microseconds / 1_000_000, microseconds % 1_000_000)
}

pub(crate) fn head(text: &mut String, name: &str, kind: &str, help: &str) {
    let _infallible = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

pub(crate) fn line(text: &mut String, name: &str, labels: &str, value: impl std::fmt::Display) {
    let _infallible = writeln!(text, "{name}{{{labels}}} {value}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_appear_by_operation_and_outcome() {
        let metrics = Metrics::new();
        metrics.count(Operation::StartExecution, None, Duration::from_micros(70));
        metrics.count(Operation::StartExecution, Some(ErrorCode::InvalidArn), Duration::from_mins(1));
        let _guard = metrics.enter();
        let text = metrics.render(&[("others_total", 4)]);
        for want in [
            "stepwell_api_requests_total{operation=\"StartExecution\",code=\"OK\"} 1",
            "stepwell_api_requests_total{operation=\"StartExecution\",code=\"InvalidArn\"} 1",
            "stepwell_api_request_duration_seconds_bucket{operation=\"StartExecution\",le=\"0.000050\"} 0",
            "stepwell_api_request_duration_seconds_bucket{operation=\"StartExecution\",le=\"0.000100\"} 1",
            "stepwell_api_request_duration_seconds_bucket{operation=\"StartExecution\",le=\"+Inf\"} 2",
            "stepwell_api_request_duration_seconds_sum{operation=\"StartExecution\"} 60.000070",
            "stepwell_api_requests_in_flight 1",
            "# TYPE others_total counter",
            "others_total 4",
        ] {
            assert!(text.lines().any(|line| line == want), "{want} in\n{text}");
        }
        assert!(!text.contains("CreateActivity"));
    }
}
