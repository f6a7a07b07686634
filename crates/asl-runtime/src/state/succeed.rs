//! Succeed: ends its scope well.

use asl_parser::{Next, State};

use crate::data_flow::View;
use crate::engine::{Engine, Flow};
use crate::error::StateError;
use crate::frame::Frame;

pub(crate) fn run(engine: &mut Engine<'_>, frame: &mut Frame, state: &State) -> Result<Flow, StateError> {
    let mut view = View::new(engine.core, frame, state);
    let input = view.input()?;
    let exit = view.exit(input)?;
    Ok(engine.leave(frame, state, exit, Next::End))
}
