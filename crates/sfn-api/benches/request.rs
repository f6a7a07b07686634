//! What one API request costs without HTTP: a description, and a start with
//! its first step, over the store in memory.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use serde_json::json;
use sfn_api::Operation;

#[path = "../tests/support/mod.rs"]
mod support;

use support::{World, now_or_never, pass};

fn describe_execution(c: &mut Criterion) {
    let world = World::new();
    let machine = world.machine("m", &pass());
    let execution = world.start(&machine, "{\"x\":1}");
    let body = json!({ "executionArn": execution }).to_string();
    c.bench_function("describe_execution", |b| {
        b.iter(|| now_or_never(world.api.call(Operation::DescribeExecution, black_box(body.as_bytes()))));
    });
}

fn start_execution(c: &mut Criterion) {
    let world = World::new();
    let machine = world.machine("m", &pass());
    let body = json!({ "stateMachineArn": machine, "input": "{\"x\":1}" }).to_string();
    c.bench_function("start_execution", |b| {
        b.iter(|| now_or_never(world.api.call(Operation::StartExecution, black_box(body.as_bytes()))));
    });
}

fn get_execution_history(c: &mut Criterion) {
    let world = World::new();
    let machine = world.machine("m", &pass());
    let execution = world.start(&machine, "{\"x\":1}");
    let body = json!({ "executionArn": execution }).to_string();
    c.bench_function("get_execution_history", |b| {
        b.iter(|| now_or_never(world.api.call(Operation::GetExecutionHistory, black_box(body.as_bytes()))));
    });
}

criterion_group!(benches, describe_execution, start_execution, get_execution_history);
criterion_main!(benches);
