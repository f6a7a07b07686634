//! Executions that failed here and get a pause before the next try.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use sfn_store::id::ExecutionArn;

use super::Pace;

/// How long an execution that another node took is remembered.
const REMEMBERED: Duration = Duration::from_mins(10);

#[derive(Debug)]
struct Trouble {
    failures: u32,
    until: Duration,
}

/// All executions in trouble.
#[derive(Debug, Default)]
pub(super) struct Troubles {
    by_execution: BTreeMap<ExecutionArn, Trouble>,
    by_end: BTreeSet<(Duration, ExecutionArn)>,
}

impl Troubles {
    /// Counts a failure, and tells how long to pause.
    pub(super) fn add(&mut self, execution: &ExecutionArn, now: Duration, pace: &Pace) -> Duration {
        self.by_execution.retain(|_, trouble| trouble.until.saturating_add(REMEMBERED) > now);
        let trouble =
            self.by_execution.entry(execution.clone()).or_insert(Trouble { failures: 0, until: now });
        self.by_end.remove(&(trouble.until, execution.clone()));
        trouble.failures = trouble.failures.saturating_add(1);
        let pause = pace.pause(trouble.failures);
        trouble.until = now.saturating_add(pause);
        self.by_end.insert((trouble.until, execution.clone()));
        pause
    }

    /// Whether the execution's pause lasts.
    pub(super) fn is_paused(&self, execution: &ExecutionArn, now: Duration) -> bool {
        self.by_execution.get(execution).is_some_and(|trouble| trouble.until > now)
    }

    /// When the next pause ends.
    pub(super) fn next(&self) -> Option<Duration> {
        self.by_end.first().map(|(until, _)| *until)
    }

    /// The executions whose pause is over. Their failures stay counted.
    pub(super) fn over(&mut self, now: Duration) -> Vec<ExecutionArn> {
        let mut over = Vec::new();
        while let Some((_, execution)) = self.by_end.first().filter(|(until, _)| *until <= now).cloned() {
            self.by_end.pop_first();
            over.push(execution);
        }
        over
    }

    /// The execution did well.
    pub(super) fn forget(&mut self, execution: &ExecutionArn) {
        if let Some(trouble) = self.by_execution.remove(execution) {
            self.by_end.remove(&(trouble.until, execution.clone()));
        }
    }
}
