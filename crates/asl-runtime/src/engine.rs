//! The engine proper: turns of frames, one state each, in a FIFO queue.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use asl_parser::{Definition, Next, State, StateKind, StateType};
use asl_value::{Object, Payload, Value};

use crate::Timestamp;
use crate::data_flow::Exit;
use crate::deadline::{Deadline, DeadlineKind, Deadlines};
use crate::entropy::Entropy;
use crate::error::{ErrorKind, StateError};
use crate::frame::{BackingOff, Entered, Frame, Frames, Rest, Retries};
use crate::history::{EvaluationFailed, EventId, EventKind, HistoryEvent, StateEntered, StateExited};
use crate::limits::Limits;
use crate::observer::Observer;
use crate::signal::{ExecutionIdentity, Start};
use crate::step::{Outcome, Step};
use crate::task::FrameId;
use crate::{catch, retry, state};

/// What an execution carries from step to step.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) identity: ExecutionIdentity,
    pub(crate) input: Payload,
    pub(crate) started_at: Timestamp,
    pub(crate) limits: Limits,
    pub(crate) entropy: Entropy,
    /// The present; never goes back.
    pub(crate) now: Timestamp,
    pub(crate) last_event: EventId,
    pub(crate) frames: Frames,
    /// Frames that are about to enter a state, or to try one again.
    pub(crate) queue: VecDeque<FrameId>,
    pub(crate) deadlines: Deadlines,
    pub(crate) outcome: Option<Outcome>,
    /// When it was last redriven: its time-out counts from then.
    pub(crate) redriven_at: Option<Timestamp>,
    /// The Map state whose processor runs; the whole machine otherwise.
    pub(crate) processor_of: Option<Arc<str>>,
    /// Activities that do not exist. A fact of the world, not of the execution:
    /// it is told again after a resume.
    pub(crate) missing_activities: BTreeSet<Arc<str>>,
    /// Watches a state that is probed by itself.
    pub(crate) observer: Option<Box<Observer>>,
}

impl Core {
    /// An execution before its first event.
    pub(crate) fn new(start: Start, now: Timestamp) -> Self {
        let Start { input, execution: identity, seed, limits, processor_of, missing_activities } = start;
        Self {
            identity,
            input,
            started_at: now,
            limits,
            entropy: Entropy::new(seed),
            now,
            last_event: EventId(0),
            frames: Frames::default(),
            queue: VecDeque::new(),
            deadlines: Deadlines::default(),
            outcome: None,
            redriven_at: None,
            processor_of,
            missing_activities,
            observer: None,
        }
    }

    /// When to be woken: at once while frames are in the queue.
    pub(crate) fn wake_at(&self) -> Option<Timestamp> {
        if self.queue.is_empty() { self.deadlines.first() } else { Some(self.now) }
    }
}

/// What a turn did to its frame.
#[derive(Debug)]
pub(crate) enum Flow {
    /// It is about to enter its next state.
    Next,
    /// It waits for something.
    Rest,
    /// Its states have ended, with this output.
    Ended(Payload),
    /// A state failed and nothing caught it.
    Failed(StateError),
}

/// One step under way.
pub(crate) struct Engine<'e> {
    pub(crate) definition: &'e Definition,
    pub(crate) core: &'e mut Core,
    pub(crate) step: Step,
    /// Whether an event found no room in the history.
    pub(crate) exhausted: bool,
}

impl<'e> Engine<'e> {
    pub(crate) fn new(definition: &'e Definition, core: &'e mut Core) -> Self {
        let exhausted = core.last_event.0.saturating_add(1) >= core.limits.events_max;
        Self { definition, core, step: Step::default(), exhausted }
    }

    /// Records an event, unless only the place of the last one is left.
    pub(crate) fn record(&mut self, previous: EventId, kind: EventKind) -> EventId {
        if self.core.last_event.0.saturating_add(1) >= self.core.limits.events_max {
            self.exhausted = true;
            return self.core.last_event;
        }
        self.push(previous, kind)
    }

    pub(crate) fn push(&mut self, previous: EventId, kind: EventKind) -> EventId {
        let id = EventId(self.core.last_event.0.saturating_add(1));
        self.core.last_event = id;
        self.step.events.push(HistoryEvent {
            id,
            previous_event_id: previous,
            timestamp: self.core.now,
            kind,
        });
        id
    }

    /// Records an event of a frame: it follows the frame's last one.
    pub(crate) fn record_in(&mut self, frame: &mut Frame, kind: EventKind) {
        frame.last_event = self.record(frame.last_event, kind);
    }

    /// Fires what is due and takes turns until every frame rests, the
    /// execution has ended, or the step's transitions are used up.
    pub(crate) fn run(mut self) -> Step {
        let mut left = self.core.limits.transitions_per_step_max.max(1);
        while self.core.outcome.is_none() {
            if self.exhausted {
                self.fail_exhausted();
            } else if self.fire_next() {
                // A late step makes up for what it missed before it goes on.
            } else if left == 0 {
                break;
            } else if let Some(frame) = self.core.queue.pop_front() {
                left -= 1;
                self.turn(frame);
            } else {
                break;
            }
        }
        self.step.wake_at = self.core.wake_at();
        self.step.outcome.clone_from(&self.core.outcome);
        self.step
    }

    /// Fires all that is due.
    pub(crate) fn fire_due(&mut self) {
        while self.core.outcome.is_none() && self.fire_next() {}
    }

    fn fire_next(&mut self) -> bool {
        let due = self.core.deadlines.pop_due(self.core.now);
        due.map(|deadline| self.fire(deadline)).is_some()
    }

    /// One turn of a frame from the queue.
    fn turn(&mut self, id: FrameId) {
        let Some(mut frame) = self.core.frames.take(id) else { return };
        if frame.is_over {
            return self.core.frames.put(frame);
        }
        let Some(state) = frame.state(self.definition) else {
            let error = StateError::fatal("the definition has no such state");
            return self.settle(frame, Flow::Failed(error));
        };
        match frame.rest {
            Rest::Ready => self.enter(&mut frame, state),
            Rest::Again => {}
            // The queue holds none of these, unless a snapshot was damaged.
            Rest::Waiting(_)
            | Rest::Running(_)
            | Rest::BackingOff(_)
            | Rest::Branching(_)
            | Rest::Mapping(_)
            | Rest::Distributing(_) => {
                return self.core.frames.put(frame);
            }
        }
        self.attempt(frame, state);
    }

    fn enter(&mut self, frame: &mut Frame, state: &State) {
        frame.state_name = Arc::clone(&state.name);
        if matches!(&state.kind, StateKind::Map(map) if map.label.is_some()) {
            // Its input comes in anew, without the spaces that it came with
            // (recorded in `map/map_state_label`).
            frame.input = Payload::new(frame.input.value().clone());
        }
        let previous = frame.last_event;
        let details = StateEntered { name: Arc::clone(&state.name), input: frame.input.clone() };
        let event = self.record(previous, entered(state.state_type(), details));
        frame.last_event = event;
        frame.entered = Entered { event, previous, at: self.core.now };
        if frame.retries.total > 0 {
            frame.retries = Retries::default();
        }
    }

    /// Does the work of a state, for the first time or again.
    fn attempt(&mut self, mut frame: Box<Frame>, state: &'e State) {
        let result = match &state.kind {
            StateKind::Pass(pass) => state::pass::run(self, &mut frame, state, pass),
            StateKind::Task(task) => state::task::run(self, &mut frame, state, task),
            StateKind::Choice(choice) => state::choice::run(self, &mut frame, state, choice),
            StateKind::Wait(wait) => state::wait::run(self, &mut frame, state, wait),
            StateKind::Succeed => state::succeed::run(self, &mut frame, state),
            StateKind::Fail(fail) => state::fail::run(self, &mut frame, state, fail),
            StateKind::Parallel(parallel) => state::parallel::run(self, &mut frame, state, parallel),
            StateKind::Map(map) => state::map::run(self, &mut frame, state, map),
        };
        self.resolve(frame, state, result);
    }

    /// Goes on with what a state's work came to.
    pub(crate) fn resolve(
        &mut self,
        mut frame: Box<Frame>,
        state: &'e State,
        result: Result<Flow, StateError>,
    ) {
        let flow = result.unwrap_or_else(|error| self.answer(&mut frame, state, error, Raised::Here));
        self.settle(frame, flow);
    }

    /// Puts a frame to rest or hands its end on to its parent, which may end
    /// in turn.
    fn settle(&mut self, mut frame: Box<Frame>, mut flow: Flow) {
        loop {
            match flow {
                Flow::Next => {
                    self.core.queue.push_back(frame.id);
                    return self.core.frames.put(frame);
                }
                Flow::Rest => {
                    self.core.deadlines.watch(&frame);
                    return self.core.frames.put(frame);
                }
                Flow::Ended(_) | Flow::Failed(_) => {}
            }
            let parent =
                frame.parent.and_then(|parent| Some((parent.index, self.core.frames.take(parent.frame)?)));
            let Some((index, mut parent)) = parent else { return self.end(frame, flow) };
            let Some(state) = parent.state(self.definition) else { return self.end(frame, flow) };
            if let Flow::Failed(error) = flow {
                self.child_failed(&mut parent, &frame, index, state);
                // Kept for a redrive, unless the error is answered above.
                self.core.frames.put(frame);
                flow = self.answer(&mut parent, state, error, Raised::Below);
                frame = parent;
                continue;
            }
            self.core.frames.free(frame.id);
            let result = match (&state.kind, flow) {
                (StateKind::Map(map), Flow::Ended(output)) => {
                    state::map::iteration_ended(self, &mut parent, &frame, state, map, index, output)
                }
                (StateKind::Parallel(parallel), Flow::Ended(output)) => {
                    state::parallel::branch_ended(self, &mut parent, &frame, state, parallel, index, output)
                }
                (_, flow) => Ok(flow),
            };
            // The child is well: what failed now is a field of the parent.
            flow = result.unwrap_or_else(|error| self.answer(&mut parent, state, error, Raised::Here));
            frame = parent;
        }
    }

    /// Retries, catches or hands on an error.
    fn answer(&mut self, frame: &mut Frame, state: &State, error: StateError, raised: Raised) -> Flow {
        self.abort_children(frame);
        self.record_evaluation(frame, state, &error, raised);
        let delay = retry::next_delay(state.retry(), &error, &mut frame.retries, &mut self.core.entropy);
        if let Some(delay) = delay {
            let until = self.core.now.checked_add_signed(delay).unwrap_or(Timestamp::MAX_UTC);
            self.core.frames.free_children(frame);
            frame.rest = Rest::BackingOff(BackingOff { until });
            return Flow::Rest;
        }
        // AWS records no failure of the state where it fails the execution at
        // once (recorded in `map/max_concurrency_path`).
        if error.can_be_caught() || raised == Raised::Below {
            match state.state_type() {
                StateType::Map => self.record_in(frame, EventKind::MapStateFailed),
                StateType::Parallel => self.record_in(frame, EventKind::ParallelStateFailed),
                _ => {}
            }
        }
        let exit = catch::find(state.catch(), &error)
            .map(|catcher| Ok((catch::exit(self.core, frame, state, catcher, &error)?, catcher.next)));
        match exit {
            Some(Ok((exit, next))) => {
                self.core.frames.free_children(frame);
                self.leave(frame, state, exit, Next::State(next))
            }
            Some(Err(error)) => {
                self.record_evaluation(frame, state, &error, Raised::Here);
                frame.is_over = true;
                Flow::Failed(error)
            }
            None => {
                frame.is_over = true;
                Flow::Failed(error)
            }
        }
    }

    /// Where nothing has happened in the state yet, an evaluation that fails
    /// is recorded as if the state had not been entered; in a Wait state, it
    /// follows (recorded in `assign/undefined_reference`, `wait/wait_timestamp_jsonata`).
    fn record_evaluation(&mut self, frame: &mut Frame, state: &State, error: &StateError, raised: Raised) {
        let ErrorKind::Evaluation { location } = &error.kind else { return };
        if raised == Raised::Below {
            return;
        }
        let fresh = frame.last_event == frame.entered.event && state.state_type() != StateType::Wait;
        let previous = if fresh { frame.entered.previous } else { frame.last_event };
        let details = EvaluationFailed {
            error: error.error.clone(),
            cause: error.cause.clone(),
            location: location.clone(),
            state: Arc::clone(&state.name),
        };
        frame.last_event = self.record(previous, EventKind::EvaluationFailed(details));
    }

    /// Leaves a state: records its exit, sets its variables, and goes on.
    pub(crate) fn leave(&mut self, frame: &mut Frame, state: &State, exit: Exit, next: Next) -> Flow {
        let Exit { output, assigned, variable_bytes } = exit;
        frame.variable_bytes = variable_bytes;
        let assigned = assigned.filter(|assigned| !assigned.is_empty()).map(|assigned| {
            frame.variables = merge(&frame.variables, &assigned);
            Payload::new(Value::Object(assigned))
        });
        let details = StateExited {
            name: Arc::clone(&state.name),
            output: output.clone(),
            assigned_variables: assigned,
        };
        let Some(kind) = exited(state.state_type(), details) else { return Flow::Ended(output) };
        self.record_in(frame, kind);
        frame.rest = Rest::Ready;
        match next {
            Next::State(next) => {
                frame.at.state = next;
                frame.input = output;
                Flow::Next
            }
            Next::End => Flow::Ended(output),
        }
    }

    /// A deadline has passed.
    fn fire(&mut self, deadline: Deadline) {
        if deadline.kind == DeadlineKind::Execution {
            return self.time_out();
        }
        let Some(mut frame) = self.core.frames.take(deadline.frame) else { return };
        self.core.deadlines.forget(&frame);
        let Some(state) = frame.state(self.definition) else { return self.core.frames.put(frame) };
        match (&state.kind, deadline.kind) {
            (StateKind::Wait(wait), DeadlineKind::Continue) => {
                let result = state::wait::over(self, &mut frame, state, wait);
                self.resolve(frame, state, result);
            }
            (StateKind::Task(task), DeadlineKind::Heartbeat | DeadlineKind::Timeout) => {
                let error = state::task::timed_out(self, &mut frame, task, deadline.kind);
                self.resolve(frame, state, Err(error));
            }
            // A backoff is over: the state is tried again in its turn.
            _ => {
                frame.rest = Rest::Again;
                self.settle(frame, Flow::Next);
            }
        }
    }
}

/// Where an error comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Raised {
    /// From the state itself.
    Here,
    /// From a state of a branch or iteration.
    Below,
}

/// The variables with some of them set anew.
fn merge(variables: &Payload, assigned: &Object) -> Payload {
    let mut all = variables.value().as_object().cloned().unwrap_or_default();
    for (name, value) in assigned {
        all.set(Arc::clone(name), value.clone());
    }
    Payload::new(Value::Object(all))
}

fn entered(kind: StateType, details: StateEntered) -> EventKind {
    match kind {
        StateType::Task => EventKind::TaskStateEntered(details),
        StateType::Wait => EventKind::WaitStateEntered(details),
        StateType::Pass => EventKind::PassStateEntered(details),
        StateType::Succeed => EventKind::SucceedStateEntered(details),
        StateType::Fail => EventKind::FailStateEntered(details),
        StateType::Choice => EventKind::ChoiceStateEntered(details),
        StateType::Parallel => EventKind::ParallelStateEntered(details),
        StateType::Map => EventKind::MapStateEntered(details),
    }
}

/// The event of leaving a state; none for Fail, which is never left.
fn exited(kind: StateType, details: StateExited) -> Option<EventKind> {
    Some(match kind {
        StateType::Task => EventKind::TaskStateExited(details),
        StateType::Wait => EventKind::WaitStateExited(details),
        StateType::Pass => EventKind::PassStateExited(details),
        StateType::Succeed => EventKind::SucceedStateExited(details),
        StateType::Choice => EventKind::ChoiceStateExited(details),
        StateType::Parallel => EventKind::ParallelStateExited(details),
        StateType::Map => EventKind::MapStateExited(details),
        StateType::Fail => return None,
    })
}
