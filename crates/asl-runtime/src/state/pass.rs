//! Pass: hands its input on, or a fixed result.

use asl_parser::{Pass, State};

use crate::data_flow::View;
use crate::engine::{Engine, Flow};
use crate::error::StateError;
use crate::frame::Frame;

pub(crate) fn run(
    engine: &mut Engine<'_>,
    frame: &mut Frame,
    state: &State,
    pass: &Pass,
) -> Result<Flow, StateError> {
    let mut view = View::new(engine.core, frame, state);
    let input = view.input()?;
    let input = view.arguments(input)?;
    let exit = view.exit(pass.result.clone().unwrap_or(input))?;
    Ok(engine.leave(frame, state, exit, pass.next))
}
