//! Runs history cases on the engine.

use std::sync::Arc;

use asl_parser::{MachineType, Options, Profile};
use asl_runtime::Outcome;
use serde_json::{Value, json};
use sfn_api::EventView;

use crate::case::{Case, Expected, HistoryCase, Run};
use crate::engine::{ACCOUNT, Played, REGION, Rest, play};
use crate::events::compare_histories;
use crate::json::compare;
use crate::recorded_text;
use crate::text::{Bindings, Placeholders};

/// What recorded definitions say where the ARN of an activity belongs.
const ACTIVITY_ARN_PLACEHOLDER: &str = "activity_arn";

/// Runs all executions of a case; the error says what differs first.
pub fn run(case: &Case, history: &HistoryCase) -> anyhow::Result<()> {
    let placeholders = Placeholders::new(&case.placeholders, REGION, ACCOUNT);
    let several = history.runs.len() > 1;
    for (number, (definition, run)) in history.runs().enumerate() {
        let result = definition
            .ok_or_else(|| anyhow::anyhow!("the run has no definition"))
            .and_then(|definition| run_one(&placeholders, history, definition, run));
        result.map_err(|error| if several { error.context(format!("run {number}")) } else { error })?;
    }
    Ok(())
}

fn run_one(
    placeholders: &Placeholders,
    history: &HistoryCase,
    definition: &Value,
    run: &Run,
) -> anyhow::Result<()> {
    let express = history.r#type == "EXPRESS";
    let definition = parse(definition, express)?;
    let played = play(&definition, express, run, &history.setup, Rest::Never)?;
    if let Some(expected) = &run.expected {
        meets(placeholders, expected, &played)?;
    }
    if let Some(output) = &run.output {
        let expected = json!({ "status": "SUCCEEDED", "output": output });
        compare(placeholders, &expected, &outcome_value(&played.outcome), &mut Bindings::new())
            .map_err(|mismatch| anyhow::anyhow!("outcome {mismatch}"))?;
    }
    let rested = play(&definition, express, run, &history.setup, Rest::BetweenSignals)?;
    if let Some((straight, resumed)) =
        played.events.iter().zip(&rested.events).find(|(one, other)| one != other)
    {
        anyhow::bail!("resumed from its snapshots it goes another way: {straight:?} became {resumed:?}");
    }
    anyhow::ensure!(played == rested, "resumed from its snapshots it ends otherwise: {:?}", rested.outcome);
    Ok(())
}

/// Placeholder texts stand in recorded ARNs, so the service's checks of ARNs
/// do not apply.
fn parse(definition: &Value, express: bool) -> anyhow::Result<Arc<asl_parser::Definition>> {
    let mut definition = definition.clone();
    name_activities(&mut definition);
    let options = Options {
        profile: Profile::Language,
        machine_type: if express { MachineType::Express } else { MachineType::Standard },
        ..Options::default()
    };
    let parsed = asl_parser::parse(&recorded_text::spaced(&definition), &options);
    parsed.definition.map(Arc::new).ok_or_else(|| {
        let messages = parsed.diagnostics.iter().map(|diagnostic| diagnostic.message.as_str());
        anyhow::anyhow!("the definition is refused: {}", messages.collect::<Vec<_>>().join("; "))
    })
}

fn name_activities(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if name == "Resource" && member == ACTIVITY_ARN_PLACEHOLDER {
                    *member = format!("arn:aws:states:{REGION}:{ACCOUNT}:activity:activity_name").into();
                } else {
                    name_activities(member);
                }
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(name_activities),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn meets(placeholders: &Placeholders, expected: &Expected, played: &Played) -> anyhow::Result<()> {
    let mut bindings = Bindings::new();
    let shown = |event| serde_json::to_value(EventView { event, include_execution_data: true });
    let events = played.events.iter().map(shown).collect::<Result<Vec<Value>, _>>()?;
    if let Some(recorded) = &expected.events {
        compare_histories(placeholders, expected.ordering, recorded, &events, &mut bindings)
            .map_err(|difference| anyhow::anyhow!("{difference}"))?;
    }
    let actual = outcome_value(&played.outcome);
    let members = [
        ("status", expected.status.clone().map(Value::from)),
        ("output", expected.output.clone()),
        ("error", expected.error.clone()),
        ("cause", expected.cause.clone()),
    ];
    let wanted: serde_json::Map<String, Value> =
        members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
    compare(placeholders, &Value::Object(wanted), &actual, &mut bindings)
        .map_err(|mismatch| anyhow::anyhow!("outcome {mismatch}"))?;
    if let Some(response) = &expected.response {
        // The engine knows nothing of the response's other members.
        let engines = ["status", "output", "error", "cause"];
        let mut response = response.clone();
        if let Some(members) = response.as_object_mut() {
            members.retain(|name, _| engines.contains(&name.as_str()));
        }
        compare(placeholders, &response, &outcome_shape(&played.outcome), &mut bindings)
            .map_err(|mismatch| anyhow::anyhow!("response {mismatch}"))?;
    }
    if let Some(record) = &expected.log_end_event {
        let last = events.last().map(log_record).unwrap_or_default();
        let mut record = record.clone();
        if let Some(members) = record.as_object_mut() {
            members.retain(|name, _| last.get(name).is_some());
        }
        compare(placeholders, &record, &last, &mut bindings)
            .map_err(|mismatch| anyhow::anyhow!("log record {mismatch}"))?;
    }
    Ok(())
}

/// The outcome with its output as JSON.
fn outcome_value(outcome: &Outcome) -> Value {
    let mut value = outcome_shape(outcome);
    if let Outcome::Succeeded { output } = outcome {
        value["output"] = serde_json::from_str(output.text()).unwrap_or_default();
    }
    value
}

/// The outcome as the API shows it: the output as text.
fn outcome_shape(outcome: &Outcome) -> Value {
    let mut shape = json!({ "status": outcome.status() });
    match outcome {
        Outcome::Succeeded { output } => shape["output"] = output.text().into(),
        Outcome::Failed { error, cause }
        | Outcome::TimedOut { error, cause }
        | Outcome::Aborted { error, cause } => {
            for (name, text) in [("error", error), ("cause", cause)] {
                if let Some(text) = text {
                    shape[name] = (**text).into();
                }
            }
        }
    }
    shape
}

/// The members of a log record that come from the event.
fn log_record(event: &Value) -> Value {
    let number = |name: &str| event.get(name).map(ToString::to_string);
    let details = event.as_object().into_iter().flatten().find(|(name, _)| name.ends_with("EventDetails"));
    json!({
        "id": number("id"),
        "previous_event_id": number("previousEventId"),
        "type": event.get("type"),
        "details": details.map(|(_, details)| details),
    })
}
