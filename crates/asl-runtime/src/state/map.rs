//! Map: runs its processor for each item and collects the outputs.

use std::sync::Arc;

use asl_parser::{Map, ProcessorMode, State};
use asl_value::Payload;

use crate::children::{Seed, iteration};
use crate::data_flow::View;
use crate::engine::{Engine, Flow};
use crate::error::StateError;
use crate::frame::{Children, Frame, Item, Mapping, Rest};
use crate::history::{EventId, EventKind, MapStateStarted};
use crate::state::distributed_map;

pub(crate) fn run(
    engine: &mut Engine<'_>,
    frame: &mut Frame,
    state: &State,
    map: &Map,
) -> Result<Flow, StateError> {
    if map.processor_config.mode == ProcessorMode::Distributed {
        return distributed_map::run(engine, frame, state, map);
    }
    let concurrency_max = engine.core.limits.map_concurrency_max.max(1);
    let mut view = View::new(engine.core, frame, state);
    let input = view.input()?;
    let items = view.items(&map.items, &input)?;
    let concurrency = match &map.max_concurrency {
        Some(setting) => view.integer(setting, "MaxConcurrency", &input)?,
        None => 0,
    };
    let concurrency = if concurrency == 0 { concurrency_max } else { concurrency.min(concurrency_max) };
    let concurrency = usize::try_from(concurrency).unwrap_or(usize::MAX);
    let mapping = Mapping { input, items, children: Children::default(), concurrency };
    let length = mapping.length();
    engine.record_in(frame, EventKind::MapStateStarted(MapStateStarted { length: length as u64 }));
    frame.rest = Rest::Mapping(mapping);
    if length == 0 {
        return finish(engine, frame, state, map);
    }
    for index in 0..length.min(concurrency) {
        let after = frame.last_event;
        start_iteration(engine, frame, state, map, index, after)?;
    }
    Ok(Flow::Rest)
}

fn start_iteration(
    engine: &mut Engine<'_>,
    frame: &mut Frame,
    state: &State,
    map: &Map,
    index: usize,
    after: EventId,
) -> Result<(), StateError> {
    let Rest::Mapping(mapping) = &frame.rest else { return Ok(()) };
    let Some(value) = mapping.items.value().at(index).cloned() else { return Ok(()) };
    let item = Arc::new(Item { index, value });
    let input = match &map.item_selector {
        None => Payload::new(item.value.clone()),
        Some(selector) => {
            let mut view = View::new(engine.core, frame, state).of_item(&item);
            view.template(selector, &mapping.input)?
        }
    };
    let after = engine.record(after, EventKind::MapIterationStarted(iteration(state, index)));
    let seed = Seed { scope: map.processor, index, input, item: Some(item), after };
    let child = engine.spawn(frame, seed)?;
    if let Rest::Mapping(mapping) = &mut frame.rest {
        mapping.children.push(child);
    }
    Ok(())
}

/// An iteration has ended well.
pub(crate) fn iteration_ended(
    engine: &mut Engine<'_>,
    frame: &mut Frame,
    child: &Frame,
    state: &State,
    map: &Map,
    index: usize,
    output: Payload,
) -> Result<Flow, StateError> {
    let Rest::Mapping(mapping) = &mut frame.rest else { return Ok(Flow::Rest) };
    mapping.children.finish(index, output);
    let next = mapping.children.all.len();
    let (more, running) = (next < mapping.length(), mapping.children.running);
    frame.last_event =
        engine.record(child.last_event, EventKind::MapIterationSucceeded(iteration(state, index)));
    if more {
        // The next iteration is a sibling of this one's success.
        start_iteration(engine, frame, state, map, next, child.last_event)?;
        return Ok(Flow::Rest);
    }
    if running > 0 {
        return Ok(Flow::Rest);
    }
    finish(engine, frame, state, map)
}

fn finish(engine: &mut Engine<'_>, frame: &mut Frame, state: &State, map: &Map) -> Result<Flow, StateError> {
    let Rest::Mapping(mapping) = &frame.rest else { return Ok(Flow::Rest) };
    let outputs = mapping.children.outputs();
    // The exit does not follow this, but what this follows.
    engine.record(frame.last_event, EventKind::MapStateSucceeded);
    let exit = View::new(engine.core, frame, state).exit(Payload::array_of(&outputs))?;
    Ok(engine.leave(frame, state, exit, map.next))
}
