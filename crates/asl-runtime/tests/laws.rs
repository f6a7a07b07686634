//! Laws that hold for every definition and every sequence of signals.
#![allow(clippy::panic, reason = "a test that cannot go on fails")]

mod support;

use std::fmt::Write as _;
use std::sync::Arc;

use asl_runtime::{
    Effect, Execution, HistoryEvent, Limits, MapRunReport, Outcome, Problem, Signal, Start, StartTask, Step,
    TaskKey, TaskReport, segment,
};
use chrono::TimeDelta;
use proptest::prelude::*;
use support::{at, definition, payload};

/// A scope to be written down.
#[derive(Clone, Debug)]
struct Machine(Vec<Sketch>);

#[derive(Clone, Debug)]
enum Sketch {
    Pass,
    Wait(u8),
    Choice(u8),
    Task { kind: u8, timeout: bool, retry: bool, catch: bool },
    Fail,
    Parallel { branches: Vec<Machine>, retry: bool, catch: bool },
    Map { processor: Machine, concurrency: u8, distributed: bool, catch: bool },
}

fn machine() -> impl Strategy<Value = Machine> {
    let leaf = prop_oneof![
        4 => Just(Sketch::Pass),
        2 => (0_u8..4).prop_map(Sketch::Wait),
        2 => any::<u8>().prop_map(Sketch::Choice),
        4 => (any::<u8>(), any::<bool>(), any::<bool>(), any::<bool>())
            .prop_map(|(kind, timeout, retry, catch)| Sketch::Task { kind, timeout, retry, catch }),
        1 => Just(Sketch::Fail),
    ];
    let scope = |state: BoxedStrategy<Sketch>| prop::collection::vec(state, 1..4).prop_map(Machine);
    let state = leaf.boxed().prop_recursive(3, 24, 3, move |inner| {
        prop_oneof![
            2 => inner.clone(),
            1 => (prop::collection::vec(scope(inner.clone()), 1..3), any::<bool>(), any::<bool>())
                .prop_map(|(branches, retry, catch)| Sketch::Parallel { branches, retry, catch }),
            1 => (scope(inner), 0_u8..3, any::<bool>(), any::<bool>()).prop_map(
                |(processor, concurrency, distributed, catch)| {
                    Sketch::Map { processor, concurrency, distributed, catch }
                }
            ),
        ]
    });
    scope(state.boxed())
}

/// Writes a scope; every state leads to the next, so that it comes to an end.
fn write(machine: &Machine, names: &mut usize, out: &mut String) {
    let first = *names;
    *names += machine.0.len() + 1;
    let end = first + machine.0.len();
    let _ =
        write!(out, "{{ \"StartAt\": \"S{first}\", \"States\": {{ \"S{end}\": {{ \"Type\": \"Succeed\" }}");
    for (place, state) in machine.0.iter().enumerate() {
        let (name, next) = (first + place, first + place + 1);
        let retry = |on: bool| {
            if on {
                r#", "Retry": [{ "ErrorEquals": ["States.ALL"], "MaxAttempts": 1, "JitterStrategy": "FULL" }]"#
            } else {
                ""
            }
        };
        let catch = |on: bool| {
            if on {
                format!(
                    r#", "Catch": [{{ "ErrorEquals": ["States.ALL"], "ResultPath": null, "Next": "S{end}" }}]"#
                )
            } else {
                String::new()
            }
        };
        let _ = write!(out, ", \"S{name}\": {{ ");
        match state {
            Sketch::Pass => {
                let _ =
                    write!(out, r#""Type": "Pass", "Assign": {{ "v{name}": {name} }}, "Next": "S{next}""#);
            }
            Sketch::Wait(seconds) => {
                let _ = write!(out, r#""Type": "Wait", "Seconds": {seconds}, "Next": "S{next}""#);
            }
            Sketch::Choice(skip) => {
                let target = next + usize::from(*skip) % (end - next + 1);
                let _ = write!(
                    out,
                    r#""Type": "Choice", "Default": "S{next}", "Choices": [{{ "Variable": "$", "IsPresent": true, "Next": "S{target}" }}]"#
                );
            }
            Sketch::Task { kind, timeout, retry: again, catch: caught } => {
                let resource = match kind % 4 {
                    0 => "arn:aws:lambda:us-east-1:123456789012:function:f",
                    1 => "arn:aws:states:us-east-1:123456789012:activity:a",
                    2 => "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
                    _ => "arn:aws:states:::sqs:sendMessage",
                };
                let timeout = if *timeout { r#", "TimeoutSeconds": 9, "HeartbeatSeconds": 4"# } else { "" };
                let _ = write!(
                    out,
                    r#""Type": "Task", "Resource": "{resource}", "ResultPath": null, "Next": "S{next}"{timeout}{}{}"#,
                    retry(*again),
                    catch(*caught)
                );
            }
            Sketch::Fail => {
                let _ = write!(
                    out,
                    r#""Type": "Choice", "Default": "S{next}", "Choices": [{{ "Variable": "$", "IsPresent": true, "Next": "F{name}" }}] }},
                        "F{name}": {{ "Type": "Fail", "Error": "E""#
                );
            }
            Sketch::Parallel { branches, retry: again, catch: caught } => {
                let _ = write!(
                    out,
                    r#""Type": "Parallel", "ResultPath": null, "Next": "S{next}"{}{}, "Branches": ["#,
                    retry(*again),
                    catch(*caught)
                );
                for (place, branch) in branches.iter().enumerate() {
                    out.push_str(if place == 0 { "" } else { ", " });
                    write(branch, names, out);
                }
                out.push(']');
            }
            Sketch::Map { processor, concurrency, distributed, catch: caught } => {
                let _ = write!(
                    out,
                    r#""Type": "Map", "ResultPath": null, "ItemsPath": "$$.Execution.Input", "MaxConcurrency": {concurrency}, "Next": "S{next}"{}, "ItemProcessor": "#,
                    catch(*caught)
                );
                let mut inner = String::new();
                write(processor, names, &mut inner);
                if *distributed {
                    let config =
                        r#"{ "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" }, "#;
                    inner.replace_range(0..1, config);
                }
                out.push_str(&inner);
            }
        }
        out.push_str(" }");
    }
    out.push_str(" } }");
}

/// What happens next, to be fitted to what the execution waits for.
type Move = (u8, u8, u8);

/// Everything that an execution said.
#[derive(Debug, PartialEq)]
struct Told {
    steps: Vec<Step>,
    snapshots: Vec<Vec<u8>>,
    stopped: bool,
    redrives: usize,
}

/// Plays the moves, then goes on with plain successes until the end.
fn play(text: &str, moves: &[Move], redrives: usize, resume: bool) -> Told {
    let definition = definition(text);
    let limits =
        Limits { events_max: 400, map_concurrency_max: 3, transitions_per_step_max: 2, ..Limits::default() };
    let mut now = at(0);
    let (mut execution, step) =
        Execution::start(Arc::clone(&definition), Start { limits, ..support::start("[1, 2, 3]") }, now);
    let mut told = Told { steps: vec![step], snapshots: Vec::new(), stopped: false, redrives: 0 };
    let mut tasks: Vec<StartTask> = Vec::new();
    let mut map_runs: Vec<TaskKey> = Vec::new();
    let mut moves = moves.iter();
    for _ in 0..10_000 {
        let step = told.steps.last().expect("the first is there");
        for effect in &step.effects {
            match effect {
                Effect::StartTask(task) => tasks.push(task.clone()),
                Effect::StartMapRun(start) => {
                    // The same step may have ended it.
                    let is_over =
                        step.outcome.is_some() || step.effects.contains(&Effect::CancelTask(start.key));
                    assert!(
                        is_over || execution.map_run(start.key).is_some(),
                        "a map run that was started is there"
                    );
                    map_runs.push(start.key);
                }
                _ => {}
            }
        }
        if let Some(outcome) = &step.outcome {
            if told.redrives == redrives || matches!(outcome, Outcome::Succeeded { .. }) {
                return told;
            }
            told.redrives += 1;
            execution = Execution::resume(Arc::clone(&definition), &execution.snapshot()).expect("its own");
            told.steps.push(execution.step(now, Signal::Redrive).expect("it has failed"));
            continue;
        }
        let snapshot = execution.snapshot();
        if resume {
            execution = Execution::resume(Arc::clone(&definition), &snapshot).expect("a snapshot of its own");
        }
        told.snapshots.push(snapshot.into_bytes());
        // A task stays known after its end: some reports come too late.
        let pick = |place: u8| tasks.get(usize::from(place) % tasks.len().max(1)).map(|task| task.key);
        let signal = match moves.next() {
            Some((0..=119, place, kind)) => {
                pick(*place).map(|task| Signal::Task { task, report: report(*kind) })
            }
            Some((120..=180, seconds, _)) => {
                now += TimeDelta::seconds(i64::from(seconds % 6));
                Some(Signal::Tick)
            }
            Some((181..=210, place, kind)) => map_runs
                .get(usize::from(*place) % map_runs.len().max(1))
                .map(|map_run| Signal::MapRun { map_run: *map_run, report: map_run_report(*kind) }),
            Some((255, 0..=9, _)) => Some(Signal::Stop { error: None, cause: Some("enough".into()) }),
            Some(_) => None,
            None => match tasks.pop() {
                Some(task) => Some(Signal::Task { task: task.key, report: report(0) }),
                None => map_runs.pop().map(|map_run| Signal::MapRun { map_run, report: map_run_report(0) }),
            },
        };
        let signal = signal.unwrap_or_else(|| {
            now = now.max(execution.wake_at().unwrap_or(now));
            Signal::Tick
        });
        let is_end = matches!(signal, Signal::Stop { .. });
        if let Ok(step) = execution.step(now, signal) {
            told.stopped |= is_end;
            told.steps.push(step);
        } else {
            let after = execution.snapshot().into_bytes();
            assert_eq!(told.snapshots.last(), Some(&after), "a refused signal changed the execution");
            told.steps.push(Step { wake_at: execution.wake_at(), ..Step::default() });
        }
    }
    panic!("no end: {text}");
}

fn report(kind: u8) -> TaskReport {
    match kind % 8 {
        0..=2 => TaskReport::Succeeded { output: payload("{ \"ok\": true }") },
        3 | 4 => TaskReport::Failed(Problem::new("E", "why")),
        5 => TaskReport::Started { worker_name: None },
        6 => TaskReport::Submitted { output: payload("[]") },
        _ => TaskReport::Heartbeat,
    }
}

fn map_run_report(kind: u8) -> MapRunReport {
    match kind % 4 {
        0 | 1 => MapRunReport::Succeeded { output: payload("[1, 2]") },
        2 => MapRunReport::Failed(Problem::new("E", "why")),
        _ => MapRunReport::TooLarge,
    }
}

fn count(events: &[&HistoryEvent], name: &str) -> usize {
    events.iter().filter(|event| event.kind.name() == name).count()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn histories_are_sound(
        machine in machine(),
        moves in prop::collection::vec(any::<Move>(), 0..60),
        redrives in 0..3_usize,
    ) {
        let mut text = String::new();
        write(&machine, &mut 0, &mut text);
        let told = play(&text, &moves, redrives, false);

        prop_assert_eq!(&told, &play(&text, &moves, redrives, false), "a replay differs");
        prop_assert_eq!(&told, &play(&text, &moves, redrives, true), "a resume changes what follows");

        let events: Vec<&HistoryEvent> = told.steps.iter().flat_map(|step| &step.events).collect();
        for (place, event) in events.iter().enumerate() {
            prop_assert_eq!(event.id.0, place as u64 + 1);
            prop_assert!(event.previous_event_id < event.id);
        }
        prop_assert!(events.is_sorted_by_key(|event| event.timestamp));
        for step in &told.steps {
            let back = segment::decode(&segment::encode(&step.events)).expect("a segment of its own");
            prop_assert_eq!(&back, &step.events);
        }

        let outcomes: Vec<&Outcome> = told.steps.iter().filter_map(|step| step.outcome.as_ref()).collect();
        prop_assert_eq!(outcomes.len(), 1 + told.redrives, "it ends once, and once for each redrive");
        let last = events.last().expect("there are events").kind.name();
        let want = match outcomes[told.redrives] {
            Outcome::Succeeded { .. } => "ExecutionSucceeded",
            Outcome::Failed { .. } => "ExecutionFailed",
            Outcome::TimedOut { .. } => "ExecutionTimedOut",
            Outcome::Aborted { .. } => "ExecutionAborted",
        };
        prop_assert_eq!(last, want);

        // A history that was cut off has no ends for what was under way.
        if !told.stopped && told.redrives == 0 && last != "ExecutionTimedOut" && events.len() < 400 {
            let of = |name: &str| count(&events, name);
            prop_assert_eq!(of("PassStateEntered"), of("PassStateExited"));
            prop_assert_eq!(of("WaitStateEntered"), of("WaitStateExited") + of("WaitStateAborted"));
            prop_assert_eq!(
                of("MapIterationStarted"),
                of("MapIterationSucceeded") + of("MapIterationFailed") + of("MapIterationAborted")
            );
        }
    }

    #[test]
    fn damaged_snapshots_do_no_harm(
        machine in machine(),
        moves in prop::collection::vec(any::<Move>(), 0..10),
        at_byte in any::<prop::sample::Index>(),
        byte in prop_oneof![b'0'..=b'9', any::<u8>()],
    ) {
        let mut text = String::new();
        write(&machine, &mut 0, &mut text);
        let definition = definition(&text);
        for mut snapshot in play(&text, &moves, 0, false).snapshots {
            let place = at_byte.index(snapshot.len());
            snapshot[place] = byte;
            // Refused or taken: it must only come back, and go on or not.
            let snapshot = asl_runtime::Snapshot::from_bytes(snapshot);
            let Ok(mut execution) = Execution::resume(Arc::clone(&definition), &snapshot) else { continue };
            for effect in execution.outstanding() {
                if let Effect::StartTask(task) = effect {
                    let _ = execution.step(at(1), Signal::Task { task: task.key, report: report(0) });
                }
            }
            for seconds in 0..20 {
                let _ = execution.step(at(seconds), Signal::Tick);
            }
        }
    }
}
