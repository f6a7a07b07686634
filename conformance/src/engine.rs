//! Plays one execution on the engine, in virtual time, with scripted tasks.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use anyhow::{Context as _, anyhow, bail, ensure};
use asl_parser::Definition;
use asl_runtime::{
    Effect, Execution, ExecutionIdentity, HistoryEvent, Limits, Outcome, Problem, Refused, Signal, Start,
    Step, TaskKey, TaskReport, Timestamp, segment,
};
use asl_value::Payload;
use chrono::TimeDelta;
use serde_json::Value;

use crate::case::{Mock, Run};
use crate::map_run::{self, SetupCall};
use crate::recorded_text;

/// The account of every history case.
pub const ACCOUNT: &str = "111111111111";
/// The region of every history case.
pub const REGION: &str = "us-east-1";

/// Signals that one execution may take.
const SIGNALS_MAX: u32 = 200_000;

/// When executions begin: 2026-11-23T08:43:00Z, in milliseconds. Recorded inputs
/// that name a moment were made just after it, and some are about how far away
/// the moment is.
const BEGINNING_MILLISECONDS: i64 = 1_795_423_380_000;

/// What became of an execution.
#[derive(Debug, PartialEq)]
pub struct Played {
    /// Its history.
    pub events: Vec<HistoryEvent>,
    /// Its end.
    pub outcome: Outcome,
}

/// Whether the execution is kept in memory or put to rest between signals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// It stays in memory.
    Never,
    /// It is resumed from its snapshot before every signal.
    BetweenSignals,
}

/// Plays a run to its end.
pub fn play(
    definition: &Arc<Definition>,
    express: bool,
    run: &Run,
    setup: &[SetupCall],
    rest: Rest,
) -> anyhow::Result<Played> {
    let start = Start {
        input: Payload::parse(input_text(run)).map_err(|error| anyhow!("the input is no JSON: {error}"))?,
        execution: identity(express),
        seed: 7,
        limits: Limits::default(),
        processor_of: None,
        missing_activities: missing_activities(definition, run),
    };
    play_from(definition, start, run, setup, rest)
}

/// Plays the child of a map run to its end; its tasks have no answers.
pub(crate) fn play_child(
    definition: &Arc<Definition>,
    start: Start,
    setup: &[SetupCall],
    rest: Rest,
) -> anyhow::Result<Outcome> {
    play_from(definition, start, &Run::default(), setup, rest).map(|played| played.outcome)
}

fn play_from(
    definition: &Arc<Definition>,
    start: Start,
    run: &Run,
    setup: &[SetupCall],
    rest: Rest,
) -> anyhow::Result<Played> {
    let now = Timestamp::from_timestamp_millis(BEGINNING_MILLISECONDS).context("the beginning is a time")?;
    let missing = start.missing_activities.clone();
    let resume = |execution: &Execution| -> anyhow::Result<Execution> {
        let mut execution = Execution::resume(Arc::clone(definition), &execution.snapshot())?;
        execution.set_missing_activities(missing.clone());
        Ok(execution)
    };
    let (execution, step) = Execution::start(Arc::clone(definition), start, now);
    let mut player = Player {
        execution,
        map_runs: VecDeque::new(),
        now,
        wake_at: None,
        events: Vec::new(),
        outcome: None,
        script: Script::new(run),
        tasks: VecDeque::new(),
    };
    player.absorb(step)?;
    let mut redrives = run.redrives;
    for _ in 0..SIGNALS_MAX {
        if player.outcome.is_some() && redrives > 0 {
            redrives -= 1;
            player.tasks.clear();
            player.execution = resume(&player.execution)?;
            player.signal(Signal::Redrive)?;
        }
        if let Some(outcome) = player.outcome {
            let bytes = segment::encode(&player.events);
            ensure!(
                segment::decode(&bytes)? == player.events,
                "the history does not survive its stored form"
            );
            return Ok(Played { events: player.events, outcome });
        }
        if rest == Rest::BetweenSignals {
            player.execution = resume(&player.execution)?;
        }
        match player.map_runs.pop_front() {
            Some(map_run) => {
                let report = map_run::run(definition, &player.execution, map_run, setup, rest)?;
                player.signal(Signal::MapRun { map_run, report })?;
            }
            None => player.advance()?,
        }
    }
    bail!("the execution goes on after {SIGNALS_MAX} signals")
}

/// The input's text: as recorded where the first event kept it, else as the
/// recorder would have written it.
fn input_text(run: &Run) -> String {
    let input = run.input.as_ref();
    let events = run.expected.as_ref().and_then(|expected| expected.events.as_ref());
    let started =
        events.and_then(|events| events.first()?.pointer("/executionStartedEventDetails/input")?.as_str());
    match started {
        Some(text) if serde_json::from_str::<Value>(text).ok().as_ref() == input => text.to_owned(),
        _ => input.map_or_else(|| "{}".to_owned(), recorded_text::spaced),
    }
}

/// Where no task is answered, none was scheduled: the activities of the
/// definition did not exist.
fn missing_activities(definition: &Definition, run: &Run) -> BTreeSet<Arc<str>> {
    if run.mocks.is_empty() { definition.activities() } else { BTreeSet::new() }
}

fn identity(express: bool) -> ExecutionIdentity {
    let arn = |kind: &str, name: &str| Arc::from(format!("arn:aws:states:{REGION}:{ACCOUNT}:{kind}:{name}"));
    ExecutionIdentity {
        arn: if express { arn("express", "machine:run:1") } else { arn("execution", "machine:run") },
        name: Arc::from("run"),
        role_arn: Arc::from(format!("arn:aws:iam::{ACCOUNT}:role/stepwell")),
        state_machine_arn: arn("stateMachine", "machine"),
        state_machine_name: Arc::from("machine"),
        state_machine_version_arn: None,
        state_machine_alias_arn: None,
        region: Arc::from(REGION),
        redrive_count: 0,
    }
}

struct Player<'r> {
    execution: Execution,
    now: Timestamp,
    wake_at: Option<Timestamp>,
    events: Vec<HistoryEvent>,
    outcome: Option<Outcome>,
    script: Script<'r>,
    tasks: VecDeque<OpenTask>,
    map_runs: VecDeque<TaskKey>,
}

/// A running task and what is still to be reported of it.
struct OpenTask {
    key: TaskKey,
    reports: VecDeque<Report>,
}

struct Report {
    report: TaskReport,
    /// Number of the event that it led to when it was recorded.
    recorded_as: Option<u64>,
}

impl Player<'_> {
    fn absorb(&mut self, step: Step) -> anyhow::Result<()> {
        let scheduled = step.events.iter().filter(|event| {
            matches!(event.kind.name(), "TaskScheduled" | "LambdaFunctionScheduled" | "ActivityScheduled")
        });
        let mut scheduled: VecDeque<u64> = scheduled.map(|event| event.id.0).collect();
        for effect in step.effects {
            match effect {
                Effect::StartTask(task) => {
                    let event =
                        scheduled.pop_front().context("a task was started without an event that says so")?;
                    let reports = self.script.reports(event)?;
                    self.tasks.push_back(OpenTask { key: task.key, reports });
                }
                Effect::CancelTask(key) => {
                    self.tasks.retain(|task| task.key != key);
                    self.map_runs.retain(|map_run| *map_run != key);
                }
                Effect::StartMapRun(start) => self.map_runs.push_back(start.key),
                other => bail!("the harness cannot carry out {other:?}"),
            }
        }
        self.wake_at = step.wake_at;
        self.events.extend(step.events);
        self.outcome = step.outcome;
        Ok(())
    }

    /// Gives the execution its next signal: the report that came first when
    /// the case was recorded, unless time had to pass before it.
    fn advance(&mut self) -> anyhow::Result<()> {
        let next_event = self.execution.last_event_id().0 + 1;
        if let Some(stop) = self.script.stop(next_event) {
            return self.signal(stop);
        }
        let first = self.tasks.iter_mut().filter(|task| !task.reports.is_empty()).min_by_key(|task| {
            task.reports.front().and_then(|report| report.recorded_as).unwrap_or(next_event)
        });
        let recorded_as = first.as_ref().and_then(|task| task.reports.front()?.recorded_as);
        let waits = recorded_as.is_some_and(|event| event > next_event);
        match (first, self.wake_at) {
            (Some(task), wake_at) if !waits || wake_at.is_none() => {
                let Some(Report { report, .. }) = task.reports.pop_front() else {
                    bail!("no report is left")
                };
                let key = task.key;
                self.now += TimeDelta::milliseconds(1);
                self.signal(Signal::Task { task: key, report })
            }
            (_, Some(wake_at)) => {
                self.now = self.now.max(wake_at);
                self.signal(Signal::Tick)
            }
            (_, None) => bail!("the execution waits for nothing after event {}", next_event - 1),
        }
    }

    fn signal(&mut self, signal: Signal) -> anyhow::Result<()> {
        match self.execution.step(self.now, signal) {
            Ok(step) => self.absorb(step),
            Err(Refused::NoSuchTask(key)) => {
                self.tasks.retain(|task| task.key != key);
                Ok(())
            }
            Err(refused) => Err(refused).context(format!("after event {}", self.execution.last_event_id())),
        }
    }
}

/// The recorded answers of a run's tasks, each given once.
struct Script<'r> {
    mocks: Vec<Option<&'r Mock>>,
    recorded: &'r [Value],
}

impl<'r> Script<'r> {
    fn new(run: &'r Run) -> Self {
        let recorded =
            run.expected.as_ref().and_then(|expected| expected.events.as_deref()).unwrap_or_default();
        Self { mocks: run.mocks.iter().map(Some).collect(), recorded }
    }

    fn take(&mut self, scheduled: u64) -> Option<&'r Mock> {
        let position = |wanted: Option<u64>, mocks: &[Option<&Mock>]| {
            mocks.iter().position(|mock| mock.is_some_and(|mock| mock.scheduled_event_id == wanted))
        };
        let place = position(Some(scheduled), &self.mocks).or_else(|| position(None, &self.mocks))?;
        self.mocks.get_mut(place)?.take()
    }

    fn reports(&mut self, scheduled: u64) -> anyhow::Result<VecDeque<Report>> {
        let Some(mock) = self.take(scheduled) else {
            bail!("event {scheduled} scheduled a task that no mock answers")
        };
        let mut reports = VecDeque::new();
        let ended_in =
            |suffix: &str| mock.outcome_event.as_deref().is_some_and(|event| event.ends_with(suffix));
        let mut last = Some(scheduled);
        let mut push = |report, recorded_as: Option<u64>| reports.push_back(Report { report, recorded_as });
        // A function's own JSON comes with spaces, that of `lambda:invoke` without.
        let spaced = ended_in("LambdaFunctionFailed");
        let problem = || Problem {
            error: mock.outcome.error.clone(),
            cause: mock.outcome.cause.as_ref().map(|cause| recorded_text::cause(cause, spaced)),
        };
        if ended_in("ScheduleFailed") {
            push(TaskReport::ScheduleFailed(problem()), self.follower(last, "ScheduleFailed"));
            return Ok(reports);
        }
        if ended_in("StartFailed") {
            push(TaskReport::StartFailed(problem()), self.follower(last, "StartFailed"));
            return Ok(reports);
        }
        let started = self.follower(last, "Started");
        // No worker may ever have come for an activity.
        if started.is_some() || !mock.outcome.never_answers {
            push(TaskReport::Started { worker_name: self.worker_name(started) }, started);
        }
        last = started;
        if let Some(output) = &mock.submitted {
            let submitted = self.follower(last, "Submitted");
            push(TaskReport::Submitted { output: payload(output)? }, submitted);
            last = submitted;
        }
        if mock.outcome.never_answers {
            return Ok(reports);
        }
        let ended = mock.outcome_event.as_deref().and_then(|event| self.follower(last, event));
        push(
            match &mock.outcome.success {
                Some(output) => TaskReport::Succeeded { output: payload(output)? },
                None if ended_in("SubmitFailed") => TaskReport::SubmitFailed(problem()),
                None if ended_in("TimedOut") => TaskReport::TimedOut(problem()),
                None => TaskReport::Failed(problem()),
            },
            ended,
        );
        Ok(reports)
    }

    /// Number of the recorded event that followed another.
    fn follower(&self, previous: Option<u64>, suffix: &str) -> Option<u64> {
        let previous = previous?;
        let event = self.recorded.iter().find(|event| {
            let kind = event.get("type").and_then(Value::as_str).unwrap_or_default();
            event.get("previousEventId").and_then(Value::as_u64) == Some(previous) && kind.ends_with(suffix)
        })?;
        event.get("id")?.as_u64()
    }

    /// The stop that led to the event of that number, if one did.
    fn stop(&self, event: u64) -> Option<Signal> {
        let number = |event: &Value| event.get("id").and_then(Value::as_u64);
        let event = self.recorded.iter().find(|recorded| number(recorded) == Some(event))?;
        let details = event.get("executionAbortedEventDetails")?;
        let text = |name: &str| details.get(name).and_then(Value::as_str).map(str::to_owned);
        Some(Signal::Stop { error: text("error"), cause: text("cause") })
    }

    fn worker_name(&self, started: Option<u64>) -> Option<String> {
        let event = self.recorded.iter().find(|event| event.get("id").and_then(Value::as_u64) == started)?;
        Some(event.pointer("/activityStartedEventDetails/workerName")?.as_str()?.to_owned())
    }
}

fn payload(value: &Value) -> anyhow::Result<Payload> {
    Payload::parse(value.to_string()).map_err(|error| anyhow!("a scripted output is no JSON: {error}"))
}
