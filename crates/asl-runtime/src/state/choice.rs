//! Choice: takes the first rule that holds.

use asl_parser::{Choice, Next, State};

use crate::data_flow::View;
use crate::engine::{Engine, Flow};
use crate::error::{StateError, name};
use crate::frame::Frame;

pub(crate) fn run(
    engine: &mut Engine<'_>,
    frame: &mut Frame,
    state: &State,
    choice: &Choice,
) -> Result<Flow, StateError> {
    let mut view = View::new(engine.core, frame, state);
    let input = view.input()?;
    for rule in &choice.rules {
        if view.holds(&rule.condition, &input)? {
            let exit = view.exit_by_rule(rule, input)?;
            return Ok(engine.leave(frame, state, exit, Next::State(rule.next)));
        }
    }
    let Some(default) = choice.default else {
        let text = "Failed to transition out of the state. The state does not point to a next state.";
        return Err(StateError::named(frame, name::NO_CHOICE_MATCHED, text));
    };
    let exit = view.exit(input)?;
    Ok(engine.leave(frame, state, exit, Next::State(default)))
}
