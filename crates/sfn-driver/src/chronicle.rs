//! What is told of one execution: to the counters of its state machine, and to
//! whoever observes it.

use std::sync::Arc;

use asl_runtime::{EventKind, ExecutionIdentity, HistoryEvent, Outcome};
use sfn_store::{ExecutionRecord, MachineType, Timestamp};

use crate::live::closed;
use crate::machine_metric::Counters;
use crate::observer::{ExecutionObserver, Observation, ObservedExecution};
use crate::shared::Shared;
use crate::task_metric::{OpenTasks, Orphan};

/// Tells of one execution.
#[derive(Clone, Debug)]
pub(crate) struct Chronicle {
    counters: Arc<Counters>,
    observer: Option<Arc<dyn ExecutionObserver>>,
    started_at: Timestamp,
    open_tasks: OpenTasks,
}

/// An execution that begins.
pub(crate) struct Beginning<'b> {
    pub(crate) identity: &'b ExecutionIdentity,
    pub(crate) machine_type: MachineType,
    pub(crate) input: &'b Arc<str>,
    pub(crate) started_at: Timestamp,
    pub(crate) is_child: bool,
    pub(crate) logging: Option<&'b Arc<str>>,
}

impl Chronicle {
    /// That of an execution which begins here.
    pub(crate) fn begin(shared: &Shared, beginning: &Beginning<'_>) -> Self {
        let identity = beginning.identity;
        let observer = shared.observer.as_ref().and_then(|observer| {
            observer.attend(&ObservedExecution {
                arn: Arc::clone(&identity.arn),
                name: Arc::clone(&identity.name),
                machine_type: beginning.machine_type,
                state_machine_arn: Arc::clone(&identity.state_machine_arn),
                state_machine_version_arn: identity.state_machine_version_arn.clone(),
                state_machine_alias_arn: identity.state_machine_alias_arn.clone(),
                input: Arc::clone(beginning.input),
                started_at: beginning.started_at,
                redrive_count: 0,
                redriven_at: None,
                is_child: beginning.is_child,
                logging: beginning.logging.cloned(),
            })
        });
        let counters = shared.machines.of(&identity.state_machine_arn);
        Self { counters, observer, started_at: beginning.started_at, open_tasks: OpenTasks::default() }
    }

    /// That of an execution which is taken up from the store.
    pub(crate) fn resume(shared: &Shared, record: &ExecutionRecord, logging: Option<&Arc<str>>) -> Self {
        let labelled: Arc<str> = Arc::from(record.arn.labelled_state_machine());
        let observer = shared.observer.as_ref().and_then(|observer| {
            let machine = record.arn.state_machine();
            let started_on = record.started_on.as_ref();
            let version = started_on.map(|it| it.version_arn(&machine));
            let alias = started_on.and_then(|it| it.alias_arn(&machine));
            observer.attend(&ObservedExecution {
                arn: Arc::clone(record.arn.shared()),
                name: Arc::from(record.arn.name()),
                machine_type: MachineType::Standard,
                state_machine_arn: Arc::clone(&labelled),
                state_machine_version_arn: version.map(|arn| Arc::from(arn.to_string())),
                state_machine_alias_arn: alias.map(|arn| Arc::from(arn.to_string())),
                input: Arc::clone(&record.input),
                started_at: record.started_at,
                redrive_count: record.redrive_count,
                redriven_at: record.redriven_at,
                is_child: record.map_run.is_some(),
                logging: logging.cloned(),
            })
        });
        Self {
            counters: shared.machines.of(&labelled),
            observer,
            started_at: record.started_at,
            open_tasks: OpenTasks::default(),
        }
    }

    /// Whether anybody wants to know the events.
    pub(crate) fn is_observed(&self) -> bool {
        self.observer.is_some()
    }

    /// Counts the tasks that events are of. Events of tasks that began before
    /// the execution came into memory are answered.
    pub(crate) fn count(&mut self, shared: &Shared, events: &[HistoryEvent]) -> Vec<Orphan> {
        events.iter().filter_map(|event| self.open_tasks.count(&shared.tasks, event)).collect()
    }

    /// Tells that the execution was created, with its first events if it made
    /// a step.
    pub(crate) fn tell_start(&self, events: Vec<HistoryEvent>, outcome: Option<&Outcome>, now: Timestamp) {
        self.counters.count_start();
        self.tell_commit(true, events, outcome, now);
    }

    /// Tells what was committed later.
    pub(crate) fn tell(&self, events: Vec<HistoryEvent>, outcome: Option<&Outcome>, now: Timestamp) {
        if events.iter().any(|event| matches!(event.kind, EventKind::ExecutionRedriven(_))) {
            self.counters.count_redrive();
        }
        self.tell_commit(false, events, outcome, now);
    }

    fn tell_commit(
        &self,
        is_start: bool,
        events: Vec<HistoryEvent>,
        outcome: Option<&Outcome>,
        now: Timestamp,
    ) {
        if self.observer.is_none() && outcome.is_none() {
            return;
        }
        let closed = outcome.map(|outcome| closed(outcome, &events, now));
        if let Some(closed) = &closed {
            let took = (closed.stopped_at - self.started_at).to_std().unwrap_or_default();
            self.counters.count_end(closed.outcome.status(), took);
        }
        if let Some(observer) = &self.observer {
            observer.hear(Observation { events, is_start, closed });
        }
    }
}
