//! Definitions: reading them, and running what was accepted.

use std::collections::BTreeSet;
use std::sync::Arc;

use asl_parser::{Definition, MachineType, Options, Profile, parse};
use asl_runtime::{Effect, Execution, ExecutionIdentity, Limits, Signal, Start, TaskReport, Timestamp};
use asl_value::Payload;
use chrono::TimeDelta;

/// Signals for one definition.
const SIGNALS_MAX: usize = 60;

pub(crate) fn definition(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for profile in [Profile::Service, Profile::Language] {
        for machine_type in [MachineType::Standard, MachineType::Express] {
            let parsed = parse(text, &Options { profile, machine_type, ..Options::default() });
            for diagnostic in &parsed.diagnostics {
                assert!(text.get(diagnostic.span.clone()).is_some(), "{diagnostic:?} lies outside the text");
            }
            assert!(
                parsed.definition.is_some() || !parsed.diagnostics.is_empty(),
                "refused without a reason"
            );
            if let Some(definition) = parsed.definition {
                run(&Arc::new(definition));
            }
        }
    }
}

/// Runs a definition twice, once resumed before every signal: the same events.
fn run(definition: &Arc<Definition>) {
    let straight = events(definition, false);
    let resumed = events(definition, true);
    assert_eq!(straight, resumed, "resumed from its snapshots it goes another way");
}

fn events(definition: &Arc<Definition>, resume: bool) -> Vec<asl_runtime::HistoryEvent> {
    let mut now = Timestamp::default();
    let (mut execution, mut step) = Execution::start(Arc::clone(definition), start(), now);
    let mut events = Vec::new();
    let mut tasks = Vec::new();
    for round in 0..SIGNALS_MAX {
        events.append(&mut step.events);
        for effect in std::mem::take(&mut step.effects) {
            match effect {
                Effect::StartTask(task) => tasks.push(task.key),
                Effect::CancelTask(key) => tasks.retain(|task| *task != key),
                _ => {}
            }
        }
        if step.outcome.is_some() {
            break;
        }
        if resume && let Ok(resumed) = Execution::resume(Arc::clone(definition), &execution.snapshot()) {
            execution = resumed;
        }
        now += TimeDelta::milliseconds(1);
        let signal = match (tasks.pop(), step.wake_at) {
            (Some(task), _) if round % 3 == 2 => {
                Signal::Task { task, report: TaskReport::Failed(asl_runtime::Problem::new("E", "c")) }
            }
            (Some(task), _) => {
                Signal::Task { task, report: TaskReport::Succeeded { output: Payload::default() } }
            }
            (None, Some(wake_at)) => {
                now = now.max(wake_at);
                Signal::Tick
            }
            (None, None) => Signal::Stop { error: None, cause: None },
        };
        match execution.step(now, signal) {
            Ok(next) => step = next,
            Err(_) => step.effects.clear(),
        }
    }
    for (index, event) in events.iter().enumerate() {
        assert_eq!(event.id.0, index as u64 + 1, "a gap in the history");
        assert!(event.previous_event_id < event.id, "an effect before its cause");
    }
    events
}

/// The start of every execution here.
pub(crate) fn start() -> Start {
    Start {
        input: Payload::default(),
        execution: ExecutionIdentity {
            arn: Arc::from("arn:aws:states:us-east-1:123456789012:execution:m:e"),
            name: Arc::from("e"),
            role_arn: Arc::from("arn:aws:iam::123456789012:role/r"),
            state_machine_arn: Arc::from("arn:aws:states:us-east-1:123456789012:stateMachine:m"),
            state_machine_name: Arc::from("m"),
            state_machine_version_arn: None,
            state_machine_alias_arn: None,
            region: Arc::from("us-east-1"),
            redrive_count: 0,
        },
        seed: 1,
        limits: Limits { events_max: 300, payload_bytes_max: 4096, frames_max: 100, ..Limits::default() },
        processor_of: None,
        missing_activities: BTreeSet::new(),
    }
}
