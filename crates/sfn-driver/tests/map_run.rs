//! Map runs: their children, what they come to, and what outlives a process.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a panic is how a test fails")]

mod common;

use std::time::Duration;

use asl_runtime::{EventKind, Limits, Problem, Signal, TaskReport};
use asl_value::Payload;
use common::{Machine, Scripted, World, closed};
use sfn_driver::Driver;
use sfn_store::id::{ExecutionArn, MapRunArn};
use sfn_store::{
    CountMapRun, ExecutionRecord, ExecutionStatus, MapRunChildren, MapRunRecord, MapRunStatus, Outcome,
    PageRequest, RedriveExecution, UpdateMapRun,
};

/// A machine that maps over these items with a child of one state each.
fn machine(name: &str, kind: &str, fields: &str, state: &str) -> (Machine, String) {
    let text = format!(
        r#"{{"StartAt":"M","States":{{"M":{{"Type":"Map","Label":"L",{fields}"End":true,"ItemProcessor":{{
            "ProcessorConfig":{{"Mode":"DISTRIBUTED","ExecutionType":"{kind}"}},
            "StartAt":"I","States":{{"I":{state}}}}}}}}}}}"#
    );
    (Machine::new(name, &text), text)
}

const PASS: &str = r#"{"Type":"Pass","End":true}"#;
const CALL: &str =
    r#"{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:f","End":true}"#;
const READER: &str = r#""ItemReader":{"Resource":"arn:aws:states:::s3:getObject","Parameters":{"Bucket":"b","Key":"k"},
    "ReaderConfig":{"InputType":"JSON"}},"#;

fn items(items: &str) -> String {
    format!(r#""ItemSelector":{{"v.$":"$$.Map.Item.Value"}},"ItemsPath":"$$.Execution.Input.{items}","#)
}

/// Starts an execution with an input of its own.
async fn start(driver: &Driver, machine: &Machine, input: &str) -> ExecutionArn {
    let mut start = machine.standard("e", driver.now());
    start.new.input = input.into();
    start.start.input = Payload::parse(input).unwrap();
    driver.create(start).await.unwrap();
    machine.execution("e")
}

async fn map_run(world: &World, execution: &ExecutionArn) -> MapRunRecord {
    let page = PageRequest { limit: 10, after: None };
    let page = world.store.list_map_runs(execution, page).await.unwrap();
    let [map_run] = &page.items[..] else { panic!("one map run: {page:?}") };
    map_run.clone()
}

fn counting(arn: &MapRunArn) -> CountMapRun {
    CountMapRun { arn: arn.clone(), redrive_events_max: Limits::REDRIVE_EVENTS_MAX }
}

async fn children(world: &World, arn: &MapRunArn) -> Vec<ExecutionRecord> {
    let children = MapRunChildren { arn: arn.clone(), after: None, limit: 1_000 };
    world.store.map_run_children(children).await.unwrap()
}

fn output(outcome: &Outcome) -> &str {
    outcome.output().unwrap_or_else(|| panic!("{outcome:?}"))
}

fn error(outcome: &Outcome) -> &str {
    outcome.failure().and_then(|failure| failure.error.as_deref()).unwrap_or_else(|| panic!("{outcome:?}"))
}

/// Tasks that fail for some items, and are answered with theirs otherwise.
fn failing(fails: impl Fn(u64) -> bool + Send + Sync + 'static) -> Scripted {
    Scripted::new(move |task, _| {
        let number = u64::try_from(task.input.value().as_i64().unwrap()).unwrap();
        let report = if fails(number) {
            TaskReport::Failed(Problem::new("E", "c"))
        } else {
            TaskReport::Succeeded { output: task.input }
        };
        async move { report }
    })
}

#[tokio::test(start_paused = true)]
async fn each_item_is_an_execution_of_its_own() {
    for kind in ["STANDARD", "EXPRESS"] {
        let world = World::new();
        let (machine, text) = machine("m", kind, &items("list"), PASS);
        world.store_machine(&machine, &text).await;
        let driver = world.driver(&Scripted::echo(Duration::ZERO));
        let execution = start(&driver, &machine, r#"{"list":[1,"b",{"c":3}]}"#).await;
        let end = closed(&driver, &execution).await;
        assert_eq!(output(&end.outcome), r#"[{"v":1},{"v":"b"},{"v":{"c":3}}]"#);
        let run = map_run(&world, &execution).await;
        assert_eq!((run.status, run.items_total), (MapRunStatus::Succeeded, 3));
        let counts = world.store.map_run_counts(counting(&run.arn)).await.unwrap();
        assert_eq!((counts.items.succeeded, counts.executions.succeeded), (3, 3));
        for child in children(&world, &run.arn).await {
            assert_eq!(child.arn.label(), Some("L"), "{kind}");
            assert_eq!(child.arn.is_express(), kind == "EXPRESS");
            assert_eq!(
                world.event_names(&child.arn).await,
                ["ExecutionStarted", "PassStateEntered", "PassStateExited", "ExecutionSucceeded"]
            );
        }
        assert_eq!(
            world.event_names(&execution).await,
            [
                "ExecutionStarted",
                "MapStateEntered",
                "MapStateStarted",
                "MapRunStarted",
                "MapRunSucceeded",
                "MapStateSucceeded",
                "MapStateExited",
                "ExecutionSucceeded"
            ]
        );
    }
}

#[tokio::test(start_paused = true)]
async fn no_items_are_no_children() {
    let world = World::new();
    let (machine, text) = machine("m", "STANDARD", &items("list"), PASS);
    world.store_machine(&machine, &text).await;
    let driver = world.driver(&Scripted::echo(Duration::ZERO));
    let execution = start(&driver, &machine, r#"{"list":[]}"#).await;
    assert_eq!(output(&closed(&driver, &execution).await.outcome), "[]");
}

#[tokio::test(start_paused = true)]
async fn many_items_are_read_page_by_page() {
    let world = World::new();
    let fields = format!(r#"{READER}"MaxConcurrency":50,"ItemBatcher":{{"MaxItemsPerBatch":7}},"#);
    let (machine, text) = machine("m", "STANDARD", &fields, PASS);
    world.store_machine(&machine, &text).await;
    let driver = world.driver(&Scripted { items: 5_000, ..Scripted::echo(Duration::ZERO) });
    let execution = start(&driver, &machine, "{}").await;
    let end = closed(&driver, &execution).await;
    let outputs: serde_json::Value = serde_json::from_str(output(&end.outcome)).unwrap();
    let numbers =
        outputs.as_array().unwrap().iter().flat_map(|batch| batch["Items"].as_array().unwrap().clone());
    assert!(numbers.map(|number| number.as_u64().unwrap()).eq(0..5_000));
    let run = map_run(&world, &execution).await;
    let counts = world.store.map_run_counts(counting(&run.arn)).await.unwrap();
    assert_eq!((run.items_total, counts.items.succeeded, counts.executions.succeeded), (5_000, 5_000, 715));
}

#[tokio::test(start_paused = true)]
async fn results_past_the_quota_fail_the_state() {
    let world = World::new();
    let (machine, text) = machine("m", "STANDARD", READER, PASS);
    world.store_machine(&machine, &text).await;
    let driver = world.driver(&Scripted { items: 60_000, ..Scripted::echo(Duration::ZERO) });
    let execution = start(&driver, &machine, "{}").await;
    assert_eq!(error(&closed(&driver, &execution).await.outcome), "States.DataLimitExceeded");
}

#[tokio::test(start_paused = true)]
async fn failures_are_tolerated_up_to_a_limit() {
    for (case, fields, want) in [
        ("none", "", Err("States.ExceedToleratedFailureThreshold")),
        ("two of ten", r#""ToleratedFailureCount":2,"#, Ok(8)),
        ("one of two", r#""ToleratedFailureCount":1,"#, Err("States.ExceedToleratedFailureThreshold")),
        ("a fifth", r#""ToleratedFailurePercentage":20,"#, Ok(8)),
        (
            "less than a fifth",
            r#""ToleratedFailurePercentage":19,"#,
            Err("States.ExceedToleratedFailureThreshold"),
        ),
    ] {
        let world = World::new();
        let (machine, text) = machine("m", "STANDARD", &format!("{READER}{fields}"), CALL);
        world.store_machine(&machine, &text).await;
        let driver = world.driver(&Scripted { items: 10, ..failing(|number| number % 5 == 0) });
        let execution = start(&driver, &machine, "{}").await;
        let end = closed(&driver, &execution).await;
        match want {
            Ok(count) => {
                let outputs: Vec<serde_json::Value> = serde_json::from_str(output(&end.outcome)).unwrap();
                assert_eq!(outputs.iter().filter(|output| output.is_number()).count(), count, "{case}");
                assert_eq!(outputs[5]["Error"], "E", "{case}: a failure has its place");
            }
            Err(want) => {
                assert_eq!(error(&end.outcome), want, "{case}");
                assert_eq!(map_run(&world, &execution).await.status, MapRunStatus::Failed, "{case}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn results_of_a_failed_map_run_are_written() {
    for kind in ["STANDARD", "EXPRESS"] {
        let world = World::new();
        let writer =
            r#""ResultWriter":{"Resource":"arn:aws:states:::s3:putObject","Parameters":{"Bucket":"b"}},"#;
        let fields = format!(r#"{READER}{writer}"MaxConcurrency":4,"#);
        let (machine, text) = machine("m", kind, &fields, CALL);
        world.store_machine(&machine, &text).await;
        let handler = Scripted::new(|task, _| async move {
            match task.input.value().as_i64() {
                Some(0) => TaskReport::Succeeded { output: task.input },
                Some(3) => TaskReport::Failed(Problem::new("E", "c")),
                _ => std::future::pending().await,
            }
        });
        let handler = Scripted { items: 8, ..handler };
        let driver = world.driver(&handler);
        let execution = start(&driver, &machine, "{}").await;
        let outcome = closed(&driver, &execution).await.outcome;
        assert_eq!(error(&outcome), "States.ExceedToleratedFailureThreshold", "{kind}");
        let written = handler.written.lock().unwrap().clone();
        let told: Vec<_> = written.iter().map(|child| (child.status, &*child.input)).collect();
        let ended = [("SUCCEEDED", "0"), ("ABORTED", "1"), ("ABORTED", "2"), ("FAILED", "3")];
        assert_eq!(told[..4], ended, "{kind}");
        // Perhaps the place of the first was taken before.
        let (rest, pending) = told[4..].split_at(usize::from(told[4].0 == "ABORTED"));
        assert_eq!(rest.len() + pending.len(), 4, "{kind}: {told:?}");
        assert!(pending.iter().all(|(status, _)| *status == "PENDING"), "{kind}: {told:?}");
        let names: std::collections::BTreeSet<_> = written.iter().map(|child| &child.name).collect();
        assert_eq!(names.len(), 8, "{kind}: each has a name of its own");
        let run = map_run(&world, &execution).await;
        assert_eq!((run.status, run.items_total, run.results_written), (MapRunStatus::Failed, 8, true));
        let counts = world.store.map_run_counts(counting(&run.arn)).await.unwrap().executions;
        assert_eq!((counts.running, counts.failed), (0, 1), "{kind}: {counts:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn children_are_stopped_with_their_execution() {
    let world = World::new();
    let wait = r#"{"Type":"Wait","Seconds":86400,"End":true}"#;
    let (machine, text) = machine("m", "STANDARD", READER, wait);
    world.store_machine(&machine, &text).await;
    let driver = world.driver(&Scripted { items: 20, ..Scripted::echo(Duration::ZERO) });
    let execution = start(&driver, &machine, "{}").await;
    tokio::time::sleep(Duration::from_mins(1)).await;
    let run = map_run(&world, &execution).await;
    assert_eq!(world.store.map_run_counts(counting(&run.arn)).await.unwrap().executions.running, 20);
    let stop = serde_json::to_vec(&Signal::Stop { error: None, cause: None }).unwrap();
    world.store.deliver(&execution, stop.into()).await.unwrap();
    assert!(matches!(closed(&driver, &execution).await.outcome, Outcome::Aborted(_)));
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert_eq!(map_run(&world, &execution).await.status, MapRunStatus::Aborted);
    let counts = world.store.map_run_counts(counting(&run.arn)).await.unwrap();
    assert_eq!((counts.executions.running, counts.executions.aborted), (0, 20));
}

#[tokio::test(start_paused = true)]
async fn another_process_goes_on_with_a_map_run() {
    for kind in ["STANDARD", "EXPRESS"] {
        let world = World::new();
        let fields = format!(r#"{READER}"MaxConcurrency":3,"#);
        let (machine, text) = machine("m", kind, &fields, CALL);
        world.store_machine(&machine, &text).await;
        let handler = Scripted { items: 30, ..Scripted::echo(Duration::from_secs(2)) };
        let driver = world.driver(&handler);
        let execution = start(&driver, &machine, "{}").await;
        tokio::time::sleep(Duration::from_secs(9)).await;
        drop(driver);
        let before = handler.starts();
        assert!((9..30).contains(&before), "{before}");
        let driver = world.driver(&handler);
        let end = closed(&driver, &execution).await;
        let outputs: Vec<u64> = serde_json::from_str(output(&end.outcome)).unwrap();
        assert!(outputs.into_iter().eq(0..30), "{kind}");
        let run = map_run(&world, &execution).await;
        assert_eq!(children(&world, &run.arn).await.len(), 30, "each child once");
        assert!(handler.starts() <= 33, "what was under way was begun again, and nothing else");
    }
}

#[tokio::test(start_paused = true)]
async fn concurrency_can_be_changed_while_it_runs() {
    let world = World::new();
    let fields = format!(r#"{READER}"MaxConcurrency":1,"#);
    let (machine, text) = machine("m", "STANDARD", &fields, CALL);
    world.store_machine(&machine, &text).await;
    let driver = world.driver(&Scripted { items: 100, ..Scripted::echo(Duration::from_secs(10)) });
    let execution = start(&driver, &machine, "{}").await;
    tokio::time::sleep(Duration::from_secs(25)).await;
    let arn = map_run(&world, &execution).await.arn;
    let update = UpdateMapRun {
        arn: arn.clone(),
        max_concurrency: Some(40),
        tolerated_failure_count: None,
        tolerated_failure_percentage: None,
    };
    world.store.update_map_run(update).await.unwrap();
    tokio::time::sleep(Duration::from_secs(12)).await;
    let counts = world.store.map_run_counts(counting(&arn)).await.unwrap();
    assert!(counts.executions.running >= 39, "{counts:?}");
    closed(&driver, &execution).await;
}

#[tokio::test(start_paused = true)]
async fn a_redrive_runs_again_what_failed() {
    for kind in ["STANDARD", "EXPRESS"] {
        let world = World::new();
        let (machine, text) = machine("m", kind, &format!(r#"{READER}"MaxConcurrency":4,"#), CALL);
        world.store_machine(&machine, &text).await;
        let driver = world.driver(&Scripted { items: 10, ..failing(|number| number == 3) });
        let execution = start(&driver, &machine, "{}").await;
        assert!(matches!(closed(&driver, &execution).await.outcome, Outcome::Failed(_)));
        driver.stop().await;
        drop(driver);
        let handler = Scripted { items: 10, ..failing(|_| false) };
        let driver = world.driver(&handler);
        let redrive = RedriveExecution {
            arn: execution.clone(),
            at: driver.now() + Duration::from_secs(1),
            message: Signal::Redrive.to_message().into(),
            events_max: Limits::REDRIVE_EVENTS_MAX,
        };
        tokio::time::sleep(Duration::from_secs(1)).await;
        world.store.redrive_execution(redrive).await.unwrap();
        let end = closed(&driver, &execution).await;
        let outputs: Vec<u64> = serde_json::from_str(output(&end.outcome)).unwrap();
        assert!(outputs.into_iter().eq(0..10), "{kind}");
        let run = map_run(&world, &execution).await;
        assert_eq!((run.status, run.redrive_count), (MapRunStatus::Succeeded, 1), "{kind}");
        let history = world.history(&execution).await;
        assert!(history.iter().any(|event| matches!(event.kind, EventKind::MapRunRedriven(_))));
        let of_children = children(&world, &run.arn).await;
        let succeeded = of_children.iter().filter(|child| child.status() == ExecutionStatus::Succeeded);
        assert_eq!(succeeded.count(), 10, "{kind}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_map_run_inside_a_map_run() {
    let world = World::new();
    let inner = r#"{"Type":"Map","Label":"Inner","End":true,"ItemProcessor":{
        "ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},
        "StartAt":"J","States":{"J":{"Type":"Pass","End":true}}}}"#;
    let (machine, text) = machine("m", "STANDARD", r#""ItemsPath":"$.list","#, inner);
    world.store_machine(&machine, &text).await;
    let driver = world.driver(&Scripted::echo(Duration::ZERO));
    let execution = start(&driver, &machine, r#"{"list":[[1,2],[3]]}"#).await;
    assert_eq!(output(&closed(&driver, &execution).await.outcome), "[[1,2],[3]]");
    let run = map_run(&world, &execution).await;
    let child = children(&world, &run.arn).await.remove(0);
    assert_eq!(map_run(&world, &child.arn).await.arn.label(), "Inner");
}
