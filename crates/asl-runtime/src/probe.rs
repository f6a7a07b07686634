//! One state by itself: run with the engine's own data flow, its work answered
//! from outside, and everything told that it showed. For `TestState`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use asl_parser::{AnyTemplate, Definition, Map, Next, State, StateKind, StateRef};
use asl_value::{Object, Payload, Value};

use crate::Timestamp;
use crate::catch;
use crate::data_flow::View;
use crate::engine::{Core, Engine, Flow};
use crate::error::{StateError, name};
use crate::frame::{Distributing, Entered, Frame, Frames, Item, Rest, Retries};
use crate::history::{EventId, Failure};
use crate::limits::Limits;
use crate::map_run::{MapRun, MapRunSettings, Plan};
use crate::observer::{Observer, Stage};
use crate::retry;
use crate::signal::{ExecutionIdentity, Problem, Start, TaskReport};
use crate::state;
use crate::step::{Effect, StartTask};

/// What a probe begins with.
#[derive(Clone, Debug)]
pub struct ProbeStart {
    /// What error texts call the state.
    pub state_name: Arc<str>,
    /// The state's raw input.
    pub input: Payload,
    /// The variables in sight.
    pub variables: Object,
    /// The context object that the state sees.
    pub context: Value,
    /// Who the execution would be.
    pub execution: ExecutionIdentity,
    /// Retries that the state has had, for whichever retrier answers its error.
    pub retry_count: u32,
    /// How many iterations of a Map state failed.
    pub failed_iterations: u64,
    /// What a Map state's reader has read.
    pub items_read: Option<Payload>,
    /// Where entropy comes from.
    pub seed: u128,
    /// What the state may use.
    pub limits: Limits,
}

/// How far a probe has come.
#[derive(Debug)]
pub enum ProbeProgress {
    /// The state is done.
    Ended(Box<Probed>),
    /// Its work is to be done outside: the task, if it is a Task state, or its
    /// branches or iterations as a whole. Hand the end to [`Probe::answer`].
    Waits(Box<Probe>, Option<Box<StartTask>>),
}

/// What a probe brought to light.
#[derive(Debug)]
pub struct Probed {
    /// How the state ended.
    pub end: ProbeEnd,
    /// What handled its error, if it had one.
    pub handled: Handled,
    /// Its data at each stage that it reached.
    pub stages: BTreeMap<Stage, Payload>,
    /// All variables after it: an object.
    pub variables: Payload,
    /// The settings of a Map state that got so far.
    pub map: Option<MapRunSettings>,
}

/// How a probed state ended.
#[derive(Debug)]
pub enum ProbeEnd {
    /// It was left.
    Succeeded {
        /// Its output.
        output: Payload,
        /// The state after it, unless it is the last one.
        next: Option<Arc<str>>,
    },
    /// It failed and nothing handled that.
    Failed(Failure),
    /// It failed and would be tried again.
    Retriable(Failure),
    /// It failed and a catcher goes on.
    Caught {
        /// What failed.
        failure: Failure,
        /// The output that the catcher makes.
        output: Payload,
        /// The state that it leads to.
        next: Option<Arc<str>>,
    },
}

/// Which retrier and which catcher answered an error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Handled {
    /// Place of the retrier that names the error, whether or not it has
    /// attempts left.
    pub retry_index: Option<usize>,
    /// Seconds until the next attempt, if there is one.
    pub retry_delay_seconds: Option<i64>,
    /// Place of the catcher.
    pub catch_index: Option<usize>,
}

/// A state whose work is being done outside.
#[derive(Debug)]
pub struct Probe {
    definition: Arc<Definition>,
    core: Core,
    frame: Frame,
    map: Option<MapRunSettings>,
    /// Items of a Map state, where they are known.
    iterations: Option<usize>,
    failed_iterations: u64,
}

impl Probe {
    /// Runs the state at `at` until it ends or its work is to be done.
    pub fn run(
        definition: &Arc<Definition>,
        at: StateRef,
        start: ProbeStart,
        now: Timestamp,
    ) -> ProbeProgress {
        let ProbeStart { state_name, input, variables, context, execution, retry_count, .. } = start;
        // As in an execution that entered the state with its second event.
        let entered = Entered { event: EventId(2), previous: EventId(1), at: now };
        let begin = Start {
            input: input.clone(),
            execution,
            seed: start.seed,
            limits: start.limits,
            processor_of: None,
            missing_activities: BTreeSet::new(),
        };
        let core = Core {
            last_event: entered.event,
            observer: Some(Box::new(Observer { context, seen: BTreeMap::new() })),
            ..Core::new(begin, now)
        };
        let variables = Payload::new(Value::Object(variables));
        let mut frame = Frame::new(Frames::ROOT, at, input, variables.clone());
        frame.variable_bytes = variables.text().len();
        frame.state_name = state_name;
        frame.entered = entered;
        frame.last_event = entered.event;
        let mut probe = Self {
            definition: Arc::clone(definition),
            core,
            frame,
            map: None,
            iterations: None,
            failed_iterations: start.failed_iterations,
        };
        let Some(state) = definition.state(at) else {
            return ProbeProgress::Ended(Box::new(
                probe.failed(StateError::fatal("the definition has no such state")),
            ));
        };
        probe.frame.retries =
            Retries { total: retry_count, by_retrier: vec![retry_count; state.retry().len()] };
        let mut effects = Vec::new();
        match probe.attempt(state, start.items_read, &mut effects) {
            Ok(Flow::Rest) => {
                let task = effects.into_iter().find_map(|effect| match effect {
                    Effect::StartTask(task) => Some(Box::new(task)),
                    _ => None,
                });
                ProbeProgress::Waits(Box::new(probe), task)
            }
            result => ProbeProgress::Ended(Box::new(probe.end(state, result))),
        }
    }

    /// Goes on with what the state's work came to.
    pub fn answer(mut self, report: TaskReport) -> Probed {
        let definition = Arc::clone(&self.definition);
        let Some(state) = definition.state(self.frame.at) else {
            return self.failed(StateError::fatal("the definition has no such state"));
        };
        let result = match &state.kind {
            StateKind::Task(task) => {
                let mut engine = Engine::new(&definition, &mut self.core);
                state::task::report(&mut engine, &mut self.frame, state, task, report)
            }
            _ => self.children_ended(&definition, state, report),
        };
        self.end(state, result)
    }

    fn attempt(
        &mut self,
        state: &State,
        items_read: Option<Payload>,
        effects: &mut Vec<Effect>,
    ) -> Result<Flow, StateError> {
        let definition = Arc::clone(&self.definition);
        let frame = &mut self.frame;
        let mut engine = Engine::new(&definition, &mut self.core);
        match &state.kind {
            StateKind::Pass(pass) => state::pass::run(&mut engine, frame, state, pass),
            StateKind::Choice(choice) => state::choice::run(&mut engine, frame, state, choice),
            StateKind::Succeed => state::succeed::run(&mut engine, frame, state),
            StateKind::Fail(fail) => {
                View::new(engine.core, frame, state).input()?;
                state::fail::run(&mut engine, frame, state, fail)
            }
            // Nobody waits for a probed Wait state.
            StateKind::Wait(wait) => match state::wait::run(&mut engine, frame, state, wait)? {
                Flow::Rest => state::wait::over(&mut engine, frame, state, wait),
                flow => Ok(flow),
            },
            StateKind::Task(task) => {
                let flow = state::task::run(&mut engine, frame, state, task);
                effects.append(&mut engine.step.effects);
                flow
            }
            StateKind::Parallel(_) => {
                let mut view = View::new(engine.core, frame, state);
                let input = view.input()?;
                view.arguments(input)?;
                Ok(Flow::Rest)
            }
            StateKind::Map(map) => {
                self.prepare_map(state, map, items_read)?;
                Ok(Flow::Rest)
            }
        }
    }

    /// What a Map state does before its first iteration.
    fn prepare_map(
        &mut self,
        state: &State,
        map: &Map,
        items_read: Option<Payload>,
    ) -> Result<(), StateError> {
        let mut view = View::new(&mut self.core, &self.frame, state);
        let input = view.input()?;
        let items = match (&map.item_reader, items_read) {
            (Some(reader), Some(read)) => match &reader.config.items_pointer {
                Some(pointer) => Some(view.pointed_items(pointer, &read)?),
                None => Some(read),
            },
            (Some(_), None) => None,
            (None, _) => Some(view.items(&map.items, &input)?),
        };
        let (plan, items_max) = state::distributed_map::plan(&mut view, map, &input)?;
        self.map = Some(plan.settings);
        let Some(items) = items else { return Ok(()) };
        let items_max = usize::try_from(items_max).ok().filter(|max| *max > 0).unwrap_or(usize::MAX);
        let values = items.value().as_array().map_or(&[][..], |items| items);
        let values = values.get(..items_max).unwrap_or(values);
        self.iterations = Some(values.len());
        if let Some(selector) = &map.item_selector
            && !self.show_selected(state, selector, values, &input)?
        {
            return Ok(());
        }
        if map.item_batcher.is_some() {
            self.show_batches(plan, values, input)?;
        }
        Ok(())
    }

    /// Shows what `ItemSelector` makes of the items; false if that is too much
    /// to be shown.
    fn show_selected(
        &mut self,
        state: &State,
        selector: &AnyTemplate,
        items: &[Value],
        input: &Payload,
    ) -> Result<bool, StateError> {
        let mut selected = Shown::new(&self.core.limits);
        for (index, value) in items.iter().enumerate() {
            let item = Arc::new(Item { index, value: value.clone() });
            let view = View::new(&mut self.core, &self.frame, state);
            if !selected.push(view.of_item(&item).template(selector, input)?) {
                return Ok(false);
            }
        }
        self.show(Stage::AfterItemSelector, &selected);
        Ok(true)
    }

    /// Shows the batches in which a map run would hand on the items.
    fn show_batches(&mut self, plan: Plan, items: &[Value], input: Payload) -> Result<(), StateError> {
        let mut frame = self.frame.clone();
        frame.rest = Rest::Distributing(Distributing {
            attempt: 0,
            arn: Arc::default(),
            input,
            items: None,
            plan: Box::new(Plan { seed: "0".to_owned(), ..plan }),
            redrive_count: 0,
        });
        let Some(mut map_run) = MapRun::new(&self.definition, &self.core, &frame) else { return Ok(()) };
        map_run.push_items(items.iter().cloned()).map_err(StateError::reported)?;
        map_run.end_items();
        let mut batches = Shown::new(&self.core.limits);
        while let Some(child) = map_run.next_child().map_err(StateError::reported)? {
            if !batches.push(child.start.input) {
                return Ok(());
            }
        }
        self.show(Stage::AfterItemBatcher, &batches);
        Ok(())
    }

    fn show(&mut self, stage: Stage, shown: &Shown) {
        if let Some(observer) = &mut self.core.observer {
            observer.note(stage, Payload::array_of(&shown.documents));
        }
    }

    /// The branches or iterations have ended, as a whole.
    fn children_ended(
        &mut self,
        definition: &Definition,
        state: &State,
        report: TaskReport,
    ) -> Result<Flow, StateError> {
        let result = match report {
            TaskReport::Succeeded { output } => output,
            TaskReport::ScheduleFailed(problem)
            | TaskReport::StartFailed(problem)
            | TaskReport::SubmitFailed(problem)
            | TaskReport::Failed(problem)
            | TaskReport::TimedOut(problem) => return Err(StateError::reported(problem)),
            TaskReport::Started { .. } | TaskReport::Submitted { .. } | TaskReport::Heartbeat => {
                return Ok(Flow::Rest);
            }
        };
        let length = |result: &Payload| result.value().as_array().map_or(0, |items| items.len());
        let iterations = self.iterations.unwrap_or_else(|| length(&result));
        // Without either setting a mocked result stands, whatever failed
        // (recorded in `test-state/state_configuration.map_state_failure_count`).
        let tolerance = self.map.filter(|settings| {
            settings.tolerated_failure_count.is_some() || settings.tolerated_failure_percentage.is_some()
        });
        let is_exceeded = |settings: MapRunSettings| {
            settings.is_exceeded_by(self.failed_iterations, Some(iterations as u64))
        };
        if tolerance.is_some_and(is_exceeded) {
            return Err(StateError::reported(Problem::new(
                name::EXCEED_TOLERATED_FAILURE_THRESHOLD,
                "The specified tolerated failure threshold was exceeded",
            )));
        }
        let Some(next) = state.next() else { return Ok(Flow::Rest) };
        let exit = View::new(&mut self.core, &self.frame, state).exit(result)?;
        Ok(Engine::new(definition, &mut self.core).leave(&mut self.frame, state, exit, next))
    }

    /// Tells how the state ended.
    fn end(mut self, state: &State, result: Result<Flow, StateError>) -> Probed {
        let error = match result {
            Ok(Flow::Ended(output)) => {
                return self.probed(ProbeEnd::Succeeded { output, next: None }, Handled::default());
            }
            // Nothing rests here; if something did, it would have got no further.
            Ok(Flow::Next | Flow::Rest) => {
                let end = ProbeEnd::Succeeded { output: self.frame.input.clone(), next: self.next_state() };
                return self.probed(end, Handled::default());
            }
            Ok(Flow::Failed(error)) | Err(error) => error,
        };
        let mut handled = Handled { retry_index: retry::place(state.retry(), &error), ..Handled::default() };
        let delay = retry::next_delay(state.retry(), &error, &mut self.frame.retries, &mut self.core.entropy);
        if let Some(delay) = delay {
            handled.retry_delay_seconds = Some(delay.num_seconds());
            return self.probed(ProbeEnd::Retriable(failure(error)), handled);
        }
        let Some(catcher) = catch::find(state.catch(), &error) else {
            return self.probed(ProbeEnd::Failed(failure(error)), handled);
        };
        handled.catch_index = state.catch().iter().position(|other| std::ptr::eq(other, catcher));
        match catch::exit(&mut self.core, &self.frame, state, catcher, &error) {
            Ok(exit) => {
                let definition = Arc::clone(&self.definition);
                let next = Next::State(catcher.next);
                Engine::new(&definition, &mut self.core).leave(&mut self.frame, state, exit, next);
                let output = self.frame.input.clone();
                let end = ProbeEnd::Caught { failure: failure(error), output, next: self.next_state() };
                self.probed(end, handled)
            }
            Err(error) => self.probed(ProbeEnd::Failed(failure(error)), handled),
        }
    }

    /// The name of the state that the frame is about to enter.
    fn next_state(&self) -> Option<Arc<str>> {
        self.frame.state(&self.definition).map(|state| Arc::clone(&state.name))
    }

    fn failed(self, error: StateError) -> Probed {
        self.probed(ProbeEnd::Failed(failure(error)), Handled::default())
    }

    fn probed(self, end: ProbeEnd, handled: Handled) -> Probed {
        let stages = self.core.observer.map(|observer| observer.seen).unwrap_or_default();
        Probed { end, handled, stages, variables: self.frame.variables, map: self.map }
    }
}

/// Documents that are shown together, as far as an answer has room for them.
struct Shown {
    documents: Vec<Payload>,
    bytes_left: usize,
}

impl Shown {
    fn new(limits: &Limits) -> Self {
        Self { documents: Vec::new(), bytes_left: limits.payload_bytes_max }
    }

    /// Adds a document; false if there is no room for it.
    fn push(&mut self, document: Payload) -> bool {
        let Some(text) = document.text_within(self.bytes_left) else { return false };
        self.bytes_left -= text.len();
        self.documents.push(document);
        true
    }
}

fn failure(error: StateError) -> Failure {
    let StateError { error, cause, kind: _ } = error;
    Failure { error, cause }
}
