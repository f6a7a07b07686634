//! Distributed Map: begins a map run and takes its report.

use asl_parser::{AnyTemplate, Map, State};
use asl_value::Payload;

use crate::data_flow::View;
use crate::engine::{Engine, Flow};
use crate::error::{StateError, name};
use crate::frame::{Distributing, Frame, Rest};
use crate::history::{EventKind, Failure, MapRunRedriven, MapRunStarted, MapStateStarted};
use crate::map_run::{MapRunSettings, Plan, new_arn};
use crate::signal::{MapRunReport, Problem};
use crate::step::{Effect, StartMapRun};
use crate::task::TaskKey;

pub(super) fn run(
    engine: &mut Engine<'_>,
    frame: &mut Frame,
    state: &State,
    map: &Map,
) -> Result<Flow, StateError> {
    let mut view = View::new(engine.core, frame, state);
    let input = view.input()?;
    // With a reader, what `ItemsPath` says does not count (recorded in
    // `map-run/map_item_reader_base_json_with_items_path`).
    let items = match &map.item_reader {
        Some(_) => None,
        None => Some(view.items(&map.items, &input)?),
    };
    let length = items.as_ref().and_then(|items| items.value().as_array()).map_or(0, |items| items.len());
    engine.record_in(frame, EventKind::MapStateStarted(MapStateStarted { length: length as u64 }));
    // The settings are looked at once the state has begun (recorded in
    // `map-run/map_state_tolerated_failure_count_path`).
    let (plan, max_items) = plan(&mut View::new(engine.core, frame, state), map, &input)?;
    let arn = new_arn(&engine.core.identity, state, map, &mut engine.core.entropy);
    engine.record_in(frame, EventKind::MapRunStarted(MapRunStarted { map_run_arn: arn.clone() }));
    let seed = format!("{:x}", engine.core.entropy.seed());
    let plan =
        Box::new(Plan { seed, max_items: u64::try_from(max_items).ok().filter(|max| *max > 0), ..plan });
    frame.attempts = frame.attempts.saturating_add(1);
    let attempt = frame.attempts;
    if max_items < 0 {
        let problem = Problem::new(name::ITEM_READER_FAILED, "field MaxItems must be positive");
        return Err(failed(engine, frame, problem));
    }
    let start = StartMapRun { key: frame.task_key(attempt), arn: arn.clone(), redrive_count: 0 };
    engine.step.effects.push(Effect::StartMapRun(start));
    frame.rest = Rest::Distributing(Distributing { attempt, arn, input, items, plan, redrive_count: 0 });
    Ok(Flow::Rest)
}

/// What the settings come to; the most items to read besides, as AWS judges
/// them only once the map run has begun.
pub(crate) fn plan(view: &mut View<'_>, map: &Map, input: &Payload) -> Result<(Plan, i64), StateError> {
    let mut integer = |setting: &Option<_>, field| match setting {
        Some(setting) => view.integer(setting, field, input).map(Some),
        None => Ok(None),
    };
    let max_concurrency = integer(&map.max_concurrency, "MaxConcurrency")?.unwrap_or(0);
    let tolerated_failure_count = integer(&map.tolerated_failure_count, "ToleratedFailureCount")?;
    let tolerated_failure_percentage = match &map.tolerated_failure_percentage {
        Some(setting) => Some(view.percentage(setting, "ToleratedFailurePercentage", input)?),
        None => None,
    };
    let settings = MapRunSettings { max_concurrency, tolerated_failure_count, tolerated_failure_percentage };
    let template = |view: &mut View<'_>, template: Option<&AnyTemplate>| {
        let document = template.map(|template| view.template(template, input)).transpose()?;
        Ok(document.map(|document| document.value().clone()))
    };
    let mut plan = Plan { settings, ..Plan::default() };
    let mut max_items = 0;
    if let Some(reader) = &map.item_reader {
        plan.reader_arguments = template(view, reader.arguments.as_ref())?;
        if let Some(setting) = &reader.config.max_items {
            max_items = view.signed_integer(setting, "MaxItems", input)?;
        }
    }
    if let Some(batcher) = &map.item_batcher {
        if let Some(setting) = &batcher.max_items_per_batch {
            plan.batch_items_max = Some(view.integer(setting, "MaxItemsPerBatch", input)?);
        }
        if let Some(setting) = &batcher.max_input_bytes_per_batch {
            plan.batch_bytes_max = Some(view.integer(setting, "MaxInputBytesPerBatch", input)?);
        }
        plan.batch_input = template(view, batcher.batch_input.as_ref())?;
    }
    if let Some(writer) = &map.result_writer {
        plan.writer_arguments = template(view, writer.arguments.as_ref())?;
    }
    Ok((plan, max_items))
}

/// The map run has ended.
pub(crate) fn report(
    engine: &mut Engine<'_>,
    frame: &mut Frame,
    state: &State,
    map: &Map,
    report: MapRunReport,
) -> Result<Flow, StateError> {
    let output = match report {
        MapRunReport::Failed(problem) => return Err(failed(engine, frame, problem)),
        MapRunReport::Succeeded { output } => Some(output),
        MapRunReport::TooLarge => None,
    };
    let succeeded = engine.record(frame.last_event, EventKind::MapRunSucceeded);
    let Some(output) = output else {
        frame.last_event = succeeded;
        return Err(StateError::data_limit(&state.name));
    };
    // The exit follows neither of these, but the start of the map run.
    engine.record(succeeded, EventKind::MapStateSucceeded);
    let exit = View::new(engine.core, frame, state).exit(output)?;
    Ok(engine.leave(frame, state, exit, map.next))
}

fn failed(engine: &mut Engine<'_>, frame: &mut Frame, problem: Problem) -> StateError {
    let error = StateError::reported(problem);
    let details = Failure { error: error.error.clone(), cause: error.cause.clone() };
    engine.record_in(frame, EventKind::MapRunFailed(details));
    error
}

/// Goes on with a map run whose execution is redriven.
pub(crate) fn redrive(engine: &mut Engine<'_>, frame: &mut Frame) {
    frame.attempts = frame.attempts.saturating_add(1);
    let (attempt, id) = (frame.attempts, frame.id);
    let Rest::Distributing(distributing) = &mut frame.rest else { return };
    distributing.attempt = attempt;
    distributing.redrive_count = distributing.redrive_count.saturating_add(1);
    let (arn, redrive_count) = (distributing.arn.clone(), distributing.redrive_count);
    let start = StartMapRun { key: TaskKey { frame: id, attempt }, arn: arn.clone(), redrive_count };
    engine.record_in(frame, EventKind::MapRunRedriven(MapRunRedriven { map_run_arn: arn, redrive_count }));
    engine.step.effects.push(Effect::StartMapRun(start));
}
