//! The engine's face: start, resume, step, snapshot.

use std::collections::BTreeSet;
use std::sync::Arc;

use asl_parser::{Definition, ScopeId, StateKind, StateRef};
use asl_value::{Object, Payload, Value};
use chrono::{DateTime, TimeDelta};

use crate::Timestamp;
use crate::deadline::{Deadline, DeadlineKind};
use crate::engine::{Core, Engine};
use crate::frame::{Frame, Frames, Rest};
use crate::history::{EventId, EventKind, ExecutionStarted};
use crate::map_run::MapRun;
use crate::signal::{MapRunReport, Signal, Start};
use crate::snapshot::{self, ResumeError, Snapshot};
use crate::state::{distributed_map, task};
use crate::step::{Effect, Outcome, Refused, StartMapRun, Step};
use crate::task::TaskKey;

/// One execution of a state machine, between two steps.
///
/// Its state is in its [`Snapshot`]; its history is output alone.
#[derive(Debug)]
pub struct Execution {
    definition: Arc<Definition>,
    core: Core,
}

impl Execution {
    /// Begins an execution and takes its first step.
    pub fn start(definition: Arc<Definition>, start: Start, now: Timestamp) -> (Self, Step) {
        let core = Core::new(start, truncate(now));
        let mut execution = Self { definition, core };
        let Self { definition, core } = &mut execution;
        let root = core.frames.allocate();
        if let Some(at) = start_of(definition, core.processor_of.as_deref()) {
            let variables = Payload::new(Value::Object(Object::default()));
            core.frames.put(Box::new(Frame::new(root, at, core.input.clone(), variables)));
        }
        core.queue.push_back(root);
        watch_execution(definition, core);
        let started = ExecutionStarted {
            input: core.input.clone(),
            role_arn: Arc::clone(&core.identity.role_arn),
            state_machine_alias_arn: core.identity.state_machine_alias_arn.clone(),
            state_machine_version_arn: core.identity.state_machine_version_arn.clone(),
        };
        let mut engine = Engine::new(definition, core);
        engine.record(EventId(0), EventKind::ExecutionStarted(started));
        let step = engine.run();
        (execution, step)
    }

    /// Takes up an execution that rests in a snapshot. Its definition must be
    /// the one that it was started with, or have the same states in the same
    /// places where the execution stands.
    pub fn resume(definition: Arc<Definition>, snapshot: &Snapshot) -> Result<Self, ResumeError> {
        let mut core = snapshot::read(&definition, snapshot)?;
        if core.outcome.is_none() {
            watch_execution(&definition, &mut core);
        }
        Ok(Self { definition, core })
    }

    /// Takes one signal. A refused signal changes nothing.
    ///
    /// What was due by `now` happens first: a report that a deadline of its
    /// task overtakes is dropped, and the step says what happened instead.
    pub fn step(&mut self, now: Timestamp, signal: Signal) -> Result<Step, Refused> {
        let Self { definition, core } = self;
        check(definition, core, &signal)?;
        core.now = core.now.max(truncate(now));
        let mut engine = Engine::new(definition, core);
        engine.fire_due();
        match signal {
            Signal::Tick => {}
            Signal::Task { task, report } => engine.take_report(task, report),
            Signal::MapRun { map_run, report } => engine.take_map_run(map_run, report),
            Signal::Redrive => {
                engine.redrive();
                watch_execution(engine.definition, engine.core);
            }
            Signal::Stop { error, cause } => engine.stop(error, cause),
        }
        Ok(engine.run())
    }

    /// Tells which activities of [`Definition::activities`] do not exist as of
    /// now. A Task state that needs one fails the execution, as AWS looks the
    /// activity up before it schedules the task. Say it before a step, after a
    /// resume too: it is not in the snapshot. As long as nothing is said, all
    /// exist.
    pub fn set_missing_activities(&mut self, missing: BTreeSet<Arc<str>>) {
        self.core.missing_activities = missing;
    }

    /// The execution as bytes.
    pub fn snapshot(&self) -> Snapshot {
        snapshot::write(&self.definition, &self.core)
    }

    /// What must be done again after a resume: the tasks that nobody watches
    /// any more, in the order of their frames. Tasks are started at least once.
    pub fn outstanding(&self) -> Vec<Effect> {
        let frames = self.core.frames.in_order();
        let effect = |frame: &&Frame| match (&frame.rest, &frame.state(&self.definition)?.kind) {
            _ if frame.is_over => None,
            (Rest::Distributing(distributing), StateKind::Map(_)) => Some(Effect::StartMapRun(StartMapRun {
                key: frame.task_key(distributing.attempt),
                arn: Arc::clone(&distributing.arn),
                redrive_count: distributing.redrive_count,
            })),
            (Rest::Running(running), StateKind::Task(state))
                if task::is_outstanding(&state.resource.kind, &running.phase) =>
            {
                Some(Effect::StartTask(task::start_task(frame, state, running)))
            }
            _ => None,
        };
        frames.iter().filter_map(effect).collect()
    }

    /// What a map run that is under way is to do.
    pub fn map_run(&self, key: TaskKey) -> Option<MapRun> {
        let frame = self.core.frames.get(key.frame).filter(|frame| frame.key_outside() == Some(key))?;
        MapRun::new(&self.definition, &self.core, frame)
    }

    /// What the execution runs.
    pub fn definition(&self) -> &Arc<Definition> {
        &self.definition
    }

    /// Number of the last event.
    pub fn last_event_id(&self) -> EventId {
        self.core.last_event
    }

    /// When to send [`Signal::Tick`] at the latest, as the last step said.
    pub fn wake_at(&self) -> Option<Timestamp> {
        self.core.wake_at()
    }

    /// Whether a task is under way: started, and neither ended nor timed out.
    /// Map runs do not count.
    pub fn has_running_tasks(&self) -> bool {
        self.core.frames.iter().any(|frame| matches!(frame.rest, Rest::Running(_)) && !frame.is_over)
    }

    /// How the execution ended, once it has.
    pub fn outcome(&self) -> Option<&Outcome> {
        self.core.outcome.as_ref()
    }

    /// When the execution began.
    pub fn started_at(&self) -> Timestamp {
        self.core.started_at
    }
}

/// Why the signal would be refused.
fn check(definition: &Definition, core: &Core, signal: &Signal) -> Result<(), Refused> {
    if *signal == Signal::Redrive {
        return match core.outcome {
            Some(Outcome::Failed { .. } | Outcome::TimedOut { .. } | Outcome::Aborted { .. }) => Ok(()),
            Some(Outcome::Succeeded { .. }) | None => Err(Refused::NotRedrivable),
        };
    }
    if core.outcome.is_some() {
        return Err(Refused::Closed);
    }
    let (key, report) = match signal {
        Signal::Task { task, report } => (task, Some(report)),
        Signal::MapRun { map_run, .. } => (map_run, None),
        Signal::Tick | Signal::Stop { .. } | Signal::Redrive => return Ok(()),
    };
    let frame = core.frames.get(key.frame).filter(|frame| frame.key_outside() == Some(*key));
    let frame = frame.ok_or(Refused::NoSuchTask(*key))?;
    match (&frame.rest, frame.state(definition).map(|state| &state.kind), report) {
        (Rest::Running(running), Some(StateKind::Task(state)), Some(report)) => {
            match task::refusal(state, running, report) {
                Some(wrong) => Err(Refused::OutOfOrder(*key, wrong)),
                None => Ok(()),
            }
        }
        (Rest::Distributing(_), Some(StateKind::Map(_)), None) => Ok(()),
        _ => Err(Refused::NoSuchTask(*key)),
    }
}

/// Where an execution begins: of the machine, or of that Map state's processor.
fn start_of(definition: &Definition, processor_of: Option<&str>) -> Option<StateRef> {
    let Some(name) = processor_of else { return definition.start() };
    let scope = processor(definition, name)?;
    Some(StateRef { scope, state: definition.scope(scope)?.start_at })
}

/// The processor of the Map state of that name.
pub(crate) fn processor(definition: &Definition, name: &str) -> Option<ScopeId> {
    match &definition.state(definition.find(name)?)?.kind {
        StateKind::Map(map) => Some(map.processor),
        _ => None,
    }
}

impl Engine<'_> {
    /// Takes a report that was checked, if its task still runs.
    fn take_report(&mut self, key: TaskKey, report: crate::signal::TaskReport) {
        if !is_under_way(self.core, key) {
            return;
        }
        let Some(mut frame) = self.core.frames.take(key.frame) else { return };
        let Some(state) = frame.state(self.definition) else { return self.core.frames.put(frame) };
        let StateKind::Task(task) = &state.kind else { return self.core.frames.put(frame) };
        self.core.deadlines.forget(&frame);
        let result = task::report(self, &mut frame, state, task, report);
        self.resolve(frame, state, result);
    }

    /// Takes the report of a map run that was checked, if it still runs.
    fn take_map_run(&mut self, key: TaskKey, report: MapRunReport) {
        if !is_under_way(self.core, key) {
            return;
        }
        let Some(mut frame) = self.core.frames.take(key.frame) else { return };
        let Some(state) = frame.state(self.definition) else { return self.core.frames.put(frame) };
        let StateKind::Map(map) = &state.kind else { return self.core.frames.put(frame) };
        let result = distributed_map::report(self, &mut frame, state, map, report);
        self.resolve(frame, state, result);
    }
}

fn is_under_way(core: &Core, key: TaskKey) -> bool {
    core.frames.get(key.frame).is_some_and(|frame| frame.key_outside() == Some(key))
}

/// Sets the deadline of the machine's `TimeoutSeconds`, or of the quota. The
/// machine's do not bind the children of its map runs.
fn watch_execution(definition: &Definition, core: &mut Core) {
    let quota = core.limits.execution_seconds_max;
    let own = definition.timeout_seconds.filter(|_| core.processor_of.is_none());
    let seconds = own.map_or(quota, |seconds| seconds.min(quota));
    let delay = i64::try_from(seconds).ok().and_then(TimeDelta::try_seconds);
    let began_at = core.redriven_at.unwrap_or(core.started_at);
    let at = delay.and_then(|delay| began_at.checked_add_signed(delay));
    if let Some(at) = at {
        core.deadlines.insert(Deadline { at, frame: Frames::ROOT, kind: DeadlineKind::Execution });
    }
}

fn truncate(time: Timestamp) -> Timestamp {
    DateTime::from_timestamp_millis(time.timestamp_millis()).unwrap_or(time)
}
