//! Branches and iterations: how they begin, and how they end with their parent.

use std::sync::Arc;

use asl_parser::{ScopeId, State, StateRef, StateType};
use asl_value::Payload;

use crate::engine::Engine;
use crate::error::StateError;
use crate::frame::{Frame, Item, Parent, Rest};
use crate::history::{EventId, EventKind, MapIteration};
use crate::step::Effect;
use crate::task::FrameId;

/// What a child frame begins with.
pub(crate) struct Seed {
    pub(crate) scope: ScopeId,
    pub(crate) index: usize,
    pub(crate) input: Payload,
    pub(crate) item: Option<Arc<Item>>,
    /// The event that its first one follows.
    pub(crate) after: EventId,
}

impl Engine<'_> {
    /// Begins a branch or an iteration; it runs in its turn.
    pub(crate) fn spawn(&mut self, parent: &Frame, seed: Seed) -> Result<FrameId, StateError> {
        let Seed { scope, index, input, item, after } = seed;
        let limits = &self.core.limits;
        if parent.depth >= limits.nesting_max {
            let text = format!("Map and Parallel states are nested more than {} deep.", limits.nesting_max);
            return Err(StateError::runtime(parent, &text));
        }
        // The parent is not among the frames while it works.
        if self.core.frames.len() > limits.frames_max {
            let text = format!("More than {} branches and iterations run at once.", limits.frames_max);
            return Err(StateError::runtime(parent, &text));
        }
        let Some(start) = self.definition.scope(scope) else {
            return Err(StateError::runtime(parent, "The definition has no such branch."));
        };
        let id = self.core.frames.allocate();
        let at = StateRef { scope, state: start.start_at };
        let mut child = Frame::new(id, at, input, parent.variables.clone());
        child.parent = Some(Parent { frame: parent.id, index });
        child.depth = parent.depth + 1;
        child.item = item.or_else(|| parent.item.clone());
        child.last_event = after;
        self.core.frames.put(Box::new(child));
        self.core.queue.push_back(id);
        Ok(id)
    }

    /// Records that a child failed. What follows in the parent hangs off the
    /// child's last event, as a sibling of what is recorded here.
    pub(crate) fn child_failed(&mut self, parent: &mut Frame, child: &Frame, index: usize, state: &State) {
        match &parent.rest {
            Rest::Mapping(_) => {
                let details = iteration(state, index);
                self.record(child.last_event, EventKind::MapIterationFailed(details));
            }
            Rest::Branching(_) => {
                // Recorded in `states-variable/parallel_catch_error`.
                let failed = child.state(self.definition).map(State::state_type);
                if failed == Some(StateType::Task) {
                    self.record(child.last_event, EventKind::TaskStateAborted);
                }
            }
            Rest::Ready
            | Rest::Again
            | Rest::Waiting(_)
            | Rest::Running(_)
            | Rest::BackingOff(_)
            | Rest::Distributing(_) => {}
        }
        parent.last_event = child.last_event;
    }

    /// Ends the children that still run, and theirs. They are kept, for a
    /// redrive tries them again.
    pub(crate) fn abort_children(&mut self, frame: &Frame) {
        // Innermost last, so that events come out innermost first.
        let mut pending = vec![];
        push_children(frame, &mut pending);
        let mut found = Vec::new();
        while let Some((id, index)) = pending.pop() {
            let Some(child) = self.core.frames.take(id) else { continue };
            if child.is_over {
                self.core.frames.put(child);
                continue;
            }
            push_children(&child, &mut pending);
            found.push((child, index));
        }
        // The queue may still name them; their turns are then skipped.
        for (mut child, iteration_of) in found.into_iter().rev() {
            self.core.deadlines.forget(&child);
            if let Some(key) = child.key_outside() {
                self.step.effects.push(Effect::CancelTask(key));
            }
            child.is_over = true;
            if matches!(child.rest, Rest::Distributing(_)) {
                self.record_in(&mut child, EventKind::MapRunAborted);
            }
            let state = child.state(self.definition).filter(|_| !matches!(child.rest, Rest::Ready));
            if let Some(kind) = state.and_then(|state| aborted(state.state_type())) {
                self.record(child.last_event, kind);
            }
            if let Some(details) = iteration_of {
                self.record(child.last_event, EventKind::MapIterationAborted(details));
            }
            self.core.frames.put(child);
        }
    }
}

/// The running children of a frame in reverse, with what names an iteration.
fn push_children(frame: &Frame, pending: &mut Vec<(FrameId, Option<MapIteration>)>) {
    let Some(children) = frame.rest.children() else { return };
    let is_map = matches!(frame.rest, Rest::Mapping(_));
    pending.extend(children.running().map(|(index, id)| {
        let name = Arc::clone(&frame.state_name);
        (id, is_map.then_some(MapIteration { name, index: index as u64 }))
    }));
}

/// What names an iteration in its events.
pub(crate) fn iteration(state: &State, index: usize) -> MapIteration {
    MapIteration { name: Arc::clone(&state.name), index: index as u64 }
}

/// The event of ending a state that rests; none for states that never do.
fn aborted(kind: StateType) -> Option<EventKind> {
    match kind {
        StateType::Task => Some(EventKind::TaskStateAborted),
        StateType::Wait => Some(EventKind::WaitStateAborted),
        StateType::Parallel => Some(EventKind::ParallelStateAborted),
        StateType::Map => Some(EventKind::MapStateAborted),
        StateType::Pass | StateType::Succeed | StateType::Fail | StateType::Choice => None,
    }
}
