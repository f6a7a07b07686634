//! Runs small definitions in virtual time, with scripted tasks.
#![allow(dead_code, reason = "each test crate uses its own part")]
#![allow(clippy::panic, reason = "a test that cannot go on fails")]

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use asl_parser::{Definition, Options, Profile, parse};
use asl_runtime::{
    Effect, Execution, ExecutionIdentity, HistoryEvent, Limits, Outcome, Problem, Signal, Start, StartMapRun,
    StartTask, Step, TaskReport, Timestamp,
};
use asl_value::Payload;
use chrono::{DateTime, TimeDelta};

pub(crate) fn definition(text: &str) -> Arc<Definition> {
    let options = Options { profile: Profile::Language, ..Options::default() };
    let parsed = parse(text, &options);
    Arc::new(parsed.definition.unwrap_or_else(|| panic!("{text}\n{:#?}", parsed.diagnostics)))
}

pub(crate) fn payload(text: &str) -> Payload {
    Payload::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

pub(crate) fn start(input: &str) -> Start {
    Start {
        input: payload(input),
        execution: ExecutionIdentity::example(),
        seed: 7,
        limits: Limits::default(),
        processor_of: None,
        missing_activities: BTreeSet::new(),
    }
}

pub(crate) fn at(seconds: i64) -> Timestamp {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
}

pub(crate) fn succeed(output: &str) -> TaskReport {
    TaskReport::Succeeded { output: payload(output) }
}

pub(crate) fn fail(error: &str, cause: &str) -> TaskReport {
    TaskReport::Failed(Problem::new(error, cause))
}

/// An execution under test: all that it has said so far.
pub(crate) struct Run {
    pub(crate) definition: Arc<Definition>,
    pub(crate) execution: Execution,
    pub(crate) now: Timestamp,
    pub(crate) events: Vec<HistoryEvent>,
    /// Tasks that were started and have had no report.
    pub(crate) open: VecDeque<StartTask>,
    /// Map runs that were started.
    pub(crate) map_runs: VecDeque<StartMapRun>,
    pub(crate) cancelled: Vec<asl_runtime::TaskKey>,
    pub(crate) wake_at: Option<Timestamp>,
    pub(crate) outcomes: Vec<Outcome>,
}

impl Run {
    pub(crate) fn start(text: &str, input: &str) -> Self {
        Self::start_with(text, start(input))
    }

    pub(crate) fn start_with(text: &str, start: Start) -> Self {
        let definition = definition(text);
        let (execution, step) = Execution::start(Arc::clone(&definition), start, at(0));
        let mut run = Self {
            definition,
            execution,
            now: at(0),
            events: Vec::new(),
            open: VecDeque::new(),
            map_runs: VecDeque::new(),
            cancelled: Vec::new(),
            wake_at: None,
            outcomes: Vec::new(),
        };
        run.take(step);
        run
    }

    pub(crate) fn take(&mut self, step: Step) {
        self.events.extend(step.events);
        for effect in step.effects {
            match effect {
                Effect::StartTask(task) => self.open.push_back(task),
                Effect::CancelTask(key) => self.cancelled.push(key),
                Effect::StartMapRun(start) => self.map_runs.push_back(start),
                other => panic!("{other:?}"),
            }
        }
        self.wake_at = step.wake_at;
        self.outcomes.extend(step.outcome);
    }

    /// Reports to the task that was started first.
    pub(crate) fn report(&mut self, report: TaskReport) {
        let last = !matches!(
            report,
            TaskReport::Started { .. } | TaskReport::Submitted { .. } | TaskReport::Heartbeat
        );
        let task = self.open.front().expect("a task is open").key;
        if last {
            self.open.pop_front();
        }
        let step = self.execution.step(self.now, Signal::Task { task, report }).expect("the report fits");
        self.take(step);
    }

    /// Goes to the next wake-up.
    pub(crate) fn wake(&mut self) {
        self.now = self.now.max(self.wake_at.expect("it waits for a time"));
        self.tick();
    }

    pub(crate) fn tick(&mut self) {
        let step = self.execution.step(self.now, Signal::Tick).expect("it runs");
        self.take(step);
    }

    pub(crate) fn pass(&mut self, seconds: i64) {
        self.now += TimeDelta::seconds(seconds);
    }

    /// Answers tasks in order, waking whenever nothing else is to be done.
    pub(crate) fn finish(mut self, reports: impl IntoIterator<Item = TaskReport>) -> Self {
        let mut reports = reports.into_iter();
        while self.outcomes.is_empty() {
            match self.open.front().map(|_| reports.next()) {
                Some(Some(report)) => self.report(report),
                _ => self.wake(),
            }
        }
        self
    }

    /// One line an event: its number, the previous one, and its type without
    /// the word `State`.
    pub(crate) fn trace(&self) -> Vec<String> {
        let line = |event: &HistoryEvent| {
            let name = event.kind.name().replace("State", "");
            format!("{} {} {name}", event.id, event.previous_event_id)
        };
        self.events.iter().map(line).collect()
    }

    pub(crate) fn outcome(&self) -> &Outcome {
        match &self.outcomes[..] {
            [outcome] => outcome,
            other => panic!("one outcome expected: {other:?}"),
        }
    }

    /// The output's text, or `error: cause`.
    pub(crate) fn result(&self) -> String {
        match self.outcome() {
            Outcome::Succeeded { output } => output.text().to_owned(),
            Outcome::Failed { error, cause }
            | Outcome::TimedOut { error, cause }
            | Outcome::Aborted { error, cause } => {
                format!("{}: {}", error.as_deref().unwrap_or("-"), cause.as_deref().unwrap_or("-"))
            }
        }
    }
}

/// A machine of one state called `S`.
pub(crate) fn one(state: &str) -> String {
    format!(r#"{{ "StartAt": "S", "States": {{ "S": {state} }} }}"#)
}
