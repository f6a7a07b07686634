//! Parallel: runs branches side by side and collects their outputs.

use asl_parser::{Parallel, State};
use asl_value::Payload;

use crate::children::Seed;
use crate::data_flow::View;
use crate::engine::{Engine, Flow};
use crate::error::StateError;
use crate::frame::{Branching, Children, Frame, Rest};
use crate::history::EventKind;

pub(crate) fn run(
    engine: &mut Engine<'_>,
    frame: &mut Frame,
    state: &State,
    parallel: &Parallel,
) -> Result<Flow, StateError> {
    let mut view = View::new(engine.core, frame, state);
    let input = view.input()?;
    let input = view.arguments(input)?;
    engine.record_in(frame, EventKind::ParallelStateStarted);
    let mut children = Children::default();
    for (index, scope) in parallel.branches.iter().enumerate() {
        let seed = Seed { scope: *scope, index, input: input.clone(), item: None, after: frame.last_event };
        let spawned = engine.spawn(frame, seed);
        match spawned {
            Ok(child) => children.push(child),
            Err(error) => {
                frame.rest = Rest::Branching(Branching { children });
                return Err(error);
            }
        }
    }
    frame.rest = Rest::Branching(Branching { children });
    Ok(Flow::Rest)
}

/// A branch has ended well.
pub(crate) fn branch_ended(
    engine: &mut Engine<'_>,
    frame: &mut Frame,
    child: &Frame,
    state: &State,
    parallel: &Parallel,
    index: usize,
    output: Payload,
) -> Result<Flow, StateError> {
    let Rest::Branching(branching) = &mut frame.rest else { return Ok(Flow::Rest) };
    branching.children.finish(index, output);
    frame.last_event = child.last_event;
    if branching.children.running > 0 {
        return Ok(Flow::Rest);
    }
    let outputs = branching.children.outputs();
    // The exit does not follow this, but what this follows.
    engine.record(frame.last_event, EventKind::ParallelStateSucceeded);
    let exit = View::new(engine.core, frame, state).exit(Payload::array_of(&outputs))?;
    Ok(engine.leave(frame, state, exit, parallel.next))
}
