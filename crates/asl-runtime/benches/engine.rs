//! How many transitions a second the engine makes, all events included and
//! without I/O. Inputs are made, and the answers checked, outside the timing.

use std::collections::BTreeSet;
use std::hint::black_box;
use std::sync::Arc;

use asl_parser::{Definition, Options, Profile, parse};
use asl_runtime::{Execution, ExecutionIdentity, Limits, Outcome, Signal, Start};
use asl_value::Payload;
use chrono::DateTime;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};

fn definition(text: &str) -> Arc<Definition> {
    let options = Options { profile: Profile::Language, ..Options::default() };
    let parsed = parse(text, &options);
    Arc::new(parsed.definition.expect("a valid definition"))
}

fn start(input: &Payload) -> Start {
    Start {
        input: input.clone(),
        execution: ExecutionIdentity::example(),
        seed: 1,
        limits: Limits { events_max: u64::MAX, ..Limits::default() },
        processor_of: None,
        missing_activities: BTreeSet::new(),
    }
}

/// Runs to the end in virtual time; gives the number of events.
fn run(definition: &Arc<Definition>, start: Start) -> u64 {
    let mut now = DateTime::UNIX_EPOCH;
    let (mut execution, mut step) = Execution::start(Arc::clone(definition), start, now);
    while let Some(wake_at) = step.wake_at {
        black_box(&step.events);
        now = now.max(wake_at);
        step = execution.step(now, Signal::Tick).expect("it runs");
    }
    assert!(matches!(step.outcome, Some(Outcome::Succeeded { .. })), "{:?}", step.outcome);
    execution.last_event_id().0
}

fn bench(
    criterion: &mut Criterion,
    name: &str,
    definition: &Arc<Definition>,
    input: &Payload,
    transitions: u64,
) {
    let mut group = criterion.benchmark_group("engine");
    group.throughput(Throughput::Elements(transitions));
    group.bench_function(name, |bencher| {
        bencher.iter_batched(|| start(input), |start| run(definition, start), BatchSize::SmallInput);
    });
    group.finish();
}

fn pass_chain(criterion: &mut Criterion) {
    let states: Vec<String> = (0..1000)
        .map(|place| {
            let next = if place == 999 {
                "\"End\": true".to_owned()
            } else {
                format!("\"Next\": \"P{}\"", place + 1)
            };
            format!("\"P{place}\": {{ \"Type\": \"Pass\", {next} }}")
        })
        .collect();
    let definition =
        definition(&format!("{{ \"StartAt\": \"P0\", \"States\": {{ {} }} }}", states.join(", ")));
    let input = Payload::parse(r#"{ "order": 17, "lines": [1, 2, 3] }"#).expect("JSON");
    assert_eq!(run(&definition, start(&input)), 2002);
    bench(criterion, "chain of 1,000 Pass states", &definition, &input, 1000);
}

fn choice_loop(criterion: &mut Criterion) {
    let definition = definition(
        r#"{ "StartAt": "More", "States": {
            "More": { "Type": "Choice", "Default": "Done", "Choices": [
                { "Variable": "$.round", "NumericLessThan": 1000, "Next": "Count" } ] },
            "Count": { "Type": "Pass", "Next": "More",
                "Parameters": { "round.$": "States.MathAdd($.round, 1)" } },
            "Done": { "Type": "Succeed" } } }"#,
    );
    let input = Payload::parse(r#"{ "round": 0 }"#).expect("JSON");
    assert_eq!(run(&definition, start(&input)), 1 + 2 * 2001 + 2 + 1);
    bench(criterion, "Choice loop of 1,000 rounds", &definition, &input, 2002);
}

fn inline_map(criterion: &mut Criterion) {
    let definition = definition(
        r#"{ "StartAt": "Each", "States": { "Each": { "Type": "Map", "End": true, "ItemProcessor": {
            "StartAt": "First", "States": {
                "First": { "Type": "Pass", "Next": "Second" },
                "Second": { "Type": "Pass", "End": true } } } } } }"#,
    );
    let items: Vec<String> = (0..1000).map(|item| format!("{{ \"item\": {item} }}")).collect();
    let input = Payload::parse(format!("[{}]", items.join(", "))).expect("JSON");
    assert_eq!(run(&definition, start(&input)), 1 + 2 + 6 * 1000 + 2 + 1);
    bench(criterion, "inline Map of 1,000 items", &definition, &input, 2001);
}

criterion_group!(benches, pass_chain, inline_map, choice_loop);
criterion_main!(benches);
