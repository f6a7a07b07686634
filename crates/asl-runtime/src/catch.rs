//! Catch: which catcher answers an error, and what goes on from there.

use asl_parser::{Catcher, State};
use asl_value::{Payload, Value};

use crate::data_flow::{Exit, View};
use crate::engine::Core;
use crate::error::StateError;
use crate::frame::Frame;

/// The first catcher that names the error. ASL specification, *Fallback states*.
pub(crate) fn find<'c>(catchers: &'c [Catcher], error: &StateError) -> Option<&'c Catcher> {
    if !error.can_be_caught() {
        return None;
    }
    catchers.iter().find(|catcher| catcher.error_equals.iter().any(|wanted| error.matches(wanted)))
}

/// What leaves the state by a catcher.
pub(crate) fn exit(
    core: &mut Core,
    frame: &Frame,
    state: &State,
    catcher: &Catcher,
    error: &StateError,
) -> Result<Exit, StateError> {
    View::new(core, frame, state).exit_by_catcher(catcher, error_output(error))
}

/// The error output; absent parts are null (recorded in `mocking`).
fn error_output(error: &StateError) -> Payload {
    let text = |text: &Option<std::sync::Arc<str>>| text.clone().map_or(Value::Null, Value::String);
    Payload::new(Value::object([("Error", text(&error.error)), ("Cause", text(&error.cause))]))
}
