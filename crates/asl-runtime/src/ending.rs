//! How an execution ends, and how it goes on after a redrive.

use std::sync::Arc;

use crate::engine::{Engine, Flow};
use crate::error::StateError;
use crate::frame::{Frame, Rest, Retries};
use crate::history::{EventId, EventKind, ExecutionRedriven, Failure, Output};
use crate::state;
use crate::step::{Effect, Outcome};
use crate::task::FrameId;

impl Engine<'_> {
    /// The root frame has ended, and the execution with it.
    pub(crate) fn end(&mut self, root: Box<Frame>, flow: Flow) {
        let last_event = root.last_event;
        self.core.frames.put(root);
        if self.exhausted {
            return self.fail_exhausted();
        }
        match flow {
            Flow::Ended(output) => {
                let details = Output { output: output.clone() };
                let outcome = Outcome::Succeeded { output };
                self.close(last_event, EventKind::ExecutionSucceeded(details), outcome);
            }
            Flow::Failed(StateError { error, cause, .. }) => {
                let details = Failure { error: error.clone(), cause: cause.clone() };
                let outcome = Outcome::Failed { error, cause };
                self.close(last_event, EventKind::ExecutionFailed(details), outcome);
            }
            Flow::Next | Flow::Rest => {}
        }
    }

    /// The history is full: the last place is for this.
    pub(crate) fn fail_exhausted(&mut self) {
        let cause = format!(
            "The execution reached the maximum number of history events ({}).",
            self.core.limits.events_max
        );
        let StateError { error, cause, .. } = StateError::fatal(cause);
        let details = Failure { error: error.clone(), cause: cause.clone() };
        let previous = self.core.last_event;
        self.close(previous, EventKind::ExecutionFailed(details), Outcome::Failed { error, cause });
    }

    /// The machine's `TimeoutSeconds` are over. AWS says neither error nor
    /// cause (recorded in `timeout/timeouts.global_timeout`).
    pub(crate) fn time_out(&mut self) {
        let details = Failure { error: None, cause: None };
        let outcome = Outcome::TimedOut { error: None, cause: None };
        self.close(EventId(0), EventKind::ExecutionTimedOut(details), outcome);
    }

    /// `StopExecution`. AWS records the end alone, without a previous event.
    pub(crate) fn stop(&mut self, error: Option<String>, cause: Option<String>) {
        // What was due may have ended the execution first.
        if self.core.outcome.is_some() {
            return;
        }
        let (error, cause) = (error.map(Arc::from), cause.map(Arc::from));
        let details = Failure { error: error.clone(), cause: cause.clone() };
        self.close(EventId(0), EventKind::ExecutionAborted(details), Outcome::Aborted { error, cause });
    }

    /// `RedriveExecution`: tries again what failed, and what was ended because
    /// of that. What has succeeded stays.
    pub(crate) fn redrive(&mut self) {
        self.core.outcome = None;
        self.core.redriven_at = Some(self.core.now);
        let redrive_count = self.core.identity.redrive_count.saturating_add(1);
        self.core.identity.redrive_count = redrive_count;
        let details = ExecutionRedriven { redrive_count };
        let redriven = self.record(self.core.last_event, EventKind::ExecutionRedriven(details));
        let ids: Vec<FrameId> = self.core.frames.in_order().into_iter().map(|frame| frame.id).collect();
        for id in ids {
            let Some(mut frame) = self.core.frames.take(id) else { continue };
            frame.is_over = false;
            frame.retries = Retries::default();
            if matches!(frame.rest, Rest::Distributing(_)) {
                frame.last_event = redriven;
                state::distributed_map::redrive(self, &mut frame);
            } else if frame.rest.children().is_none_or(|children| children.running == 0) {
                frame.last_event = redriven;
                frame.rest = if matches!(frame.rest, Rest::Ready) { Rest::Ready } else { Rest::Again };
                self.core.queue.push_back(id);
            }
            self.core.frames.put(frame);
        }
    }

    fn close(&mut self, previous: EventId, kind: EventKind, outcome: Outcome) {
        for frame in self.core.frames.in_order() {
            if let Some(key) = frame.key_outside() {
                self.step.effects.push(Effect::CancelTask(key));
            }
        }
        self.push(previous, kind);
        if matches!(outcome, Outcome::Succeeded { .. }) {
            self.core.frames.clear();
        } else {
            // What is needed to redrive it.
            self.core.frames.end_all();
        }
        self.core.queue.clear();
        self.core.deadlines.clear();
        self.core.outcome = Some(outcome);
    }
}
