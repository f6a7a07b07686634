//! Fail: ends its scope with an error. It has no exit event.

use asl_parser::{Fail, State};

use crate::data_flow::View;
use crate::engine::{Engine, Flow};
use crate::error::{ErrorKind, StateError};
use crate::frame::Frame;

pub(crate) fn run(
    engine: &mut Engine<'_>,
    frame: &mut Frame,
    state: &State,
    fail: &Fail,
) -> Result<Flow, StateError> {
    let mut view = View::new(engine.core, frame, state);
    let error = fail.error.as_ref().map(|error| view.text(error, "Error")).transpose()?;
    let cause = fail.cause.as_ref().map(|cause| view.text(cause, "Cause")).transpose()?;
    Err(StateError { error, cause, kind: ErrorKind::Reported })
}
