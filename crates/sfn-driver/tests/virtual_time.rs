//! Virtual time: waits take none, tasks take theirs. What is real time here is
//! tokio's, paused.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a panic is how a test fails")]

mod common;

use std::time::Duration;

use asl_runtime::TaskReport;
use common::{ACTIVITY, Machine, Scripted, TASK, WAIT, World, closed};
use sfn_store::id::ExecutionArn;
use sfn_store::{ExecutionStatus, Outcome};
use tokio::time::Instant;

const DAY: &str = r#"{"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":86400,"End":true}}}"#;

fn world() -> World {
    World { is_time_virtual: true, ..World::new() }
}

/// How long an execution took by its history, in seconds.
async fn seconds(world: &World, execution: &ExecutionArn) -> i64 {
    let events = world.history(execution).await;
    (events.last().unwrap().timestamp - events[0].timestamp).num_seconds()
}

#[tokio::test(start_paused = true)]
async fn waits_and_retries_take_no_time() {
    let retries = TASK.replace(
        r#""End":true"#,
        r#""Retry":[{"ErrorEquals":["E"],"IntervalSeconds":1000,"MaxAttempts":2,"BackoffRate":1}],"End":true"#,
    );
    for (definition, want) in [(DAY, 86_400), (&retries, 2_000)] {
        let began = Instant::now();
        let world = world();
        let machine = world.machine("m", definition).await;
        let driver = world.driver(&Scripted::new(|task, _| async move {
            match task.retry_count {
                0 | 1 => TaskReport::Failed(asl_runtime::Problem::new("E", "c")),
                _ => TaskReport::Succeeded { output: task.input },
            }
        }));
        let execution = machine.create(&driver, "e").await;
        let end = closed(&driver, &execution).await;
        assert!(matches!(end.outcome, Outcome::Succeeded { .. }), "{end:?}");
        assert_eq!(seconds(&world, &execution).await, want);
        assert!(began.elapsed() < Duration::from_millis(100), "{:?}", began.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn executions_are_woken_in_the_order_of_their_time() {
    let world = world();
    let (day, wait) = (world.machine("day", DAY).await, world.machine("wait", WAIT).await);
    let driver = world.driver(&Scripted::echo(Duration::from_secs(1)));
    // Nothing jumps before both are there: the task holds time.
    let holder = world.machine("holder", TASK).await.create(&driver, "e").await;
    let (long, short) = (day.create(&driver, "e").await, wait.create(&driver, "e").await);
    closed(&driver, &holder).await;
    closed(&driver, &long).await;
    let end_of = async |execution| world.history(execution).await.last().unwrap().timestamp;
    assert!(end_of(&short).await < end_of(&long).await);
}

#[tokio::test(start_paused = true)]
async fn a_task_that_a_handler_carries_out_holds_time() {
    let world = world();
    let task = TASK.replace(r#""End":true"#, r#""TimeoutSeconds":10,"End":true"#);
    let (task, day) = (world.machine("task", &task).await, world.machine("day", DAY).await);
    let driver = world.driver(&Scripted::echo(Duration::from_secs(5)));
    let began = Instant::now();
    let (calling, waiting) = (task.create(&driver, "e").await, day.create(&driver, "e").await);
    let end = closed(&driver, &calling).await;
    assert!(matches!(end.outcome, Outcome::Succeeded { .. }), "its time-out is not jumped to: {end:?}");
    assert_eq!(seconds(&world, &calling).await, 5);
    closed(&driver, &waiting).await;
    assert_eq!(seconds(&world, &waiting).await, 86_400);
    assert!(began.elapsed() < Duration::from_secs(6), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn the_timeout_of_a_task_that_waits_for_a_worker_is_not_jumped_over() {
    let world = world();
    let activity = ACTIVITY.replace(r#""End":true"#, r#""TimeoutSeconds":600,"End":true"#);
    world.activity("work").await;
    let polled = world.machine("polled", &activity).await;
    let (before, after) =
        (world.machine("before", &WAIT.replace("600", "60")).await, world.machine("after", DAY).await);
    let driver = world.driver(&Scripted::echo(Duration::ZERO));
    let began = Instant::now();
    let open = polled.create(&driver, "e").await;
    let short = before.create(&driver, "e").await;
    closed(&driver, &short).await;
    assert!(began.elapsed() < Duration::from_millis(100), "what comes before it takes no time");
    let long = after.create(&driver, "e").await;
    closed(&driver, &long).await;
    let real = began.elapsed().as_secs();
    assert!((539..=541).contains(&real), "the rest of the 600 seconds was real: {real}");
    let end = closed(&driver, &open).await;
    assert_eq!(end.outcome.failure().unwrap().error.as_deref(), Some("States.Timeout"));
    assert_eq!(seconds(&world, &open).await, 600);
}

#[tokio::test(start_paused = true)]
async fn what_rests_in_the_store_is_brought_on() {
    let real = World::new();
    let machine = real.machine("m", DAY).await;
    let handler = Scripted::echo(Duration::ZERO);
    let driver = real.driver(&handler);
    let execution = machine.create(&driver, "e").await;
    driver.stop().await;
    let driver = World { is_time_virtual: true, ..real.clone() }.driver(&handler);
    let end = closed(&driver, &execution).await;
    assert_eq!(end.outcome.status(), ExecutionStatus::Succeeded);
    assert_eq!(seconds(&real, &execution).await, 86_400);
    assert!(driver.now() - real.clock.now() > chrono::TimeDelta::hours(23), "by a jump");
}

#[tokio::test(start_paused = true)]
async fn express_executions_jump_too() {
    let world = world();
    let driver = world.driver(&Scripted::echo(Duration::from_secs(5)));
    let began = Instant::now();
    let wait = Machine::new("m", &WAIT.replace("600", "200"));
    let (one, other) =
        tokio::join!(driver.run_express(wait.express("e")), driver.run_express(wait.express("f")));
    for end in [one, other] {
        assert!(matches!(end.outcome, asl_runtime::Outcome::Succeeded { .. }), "{:?}", end.outcome);
        assert_eq!((end.stopped_at - end.started_at).num_seconds(), 200);
    }
    assert!(began.elapsed() < Duration::from_millis(100), "{:?}", began.elapsed());
    let end = driver.run_express(Machine::new("m", WAIT).express("long")).await;
    assert_eq!(end.outcome, asl_runtime::Outcome::TimedOut { error: None, cause: None });
    assert_eq!((end.stopped_at - end.started_at).num_seconds(), 300);
    let end = driver.run_express(Machine::new("m", TASK).express("task")).await;
    assert_eq!((end.stopped_at - end.started_at).num_seconds(), 5);
    assert!(began.elapsed() >= Duration::from_secs(5), "a task takes its time");
}

#[tokio::test(start_paused = true)]
async fn the_children_of_a_map_run_wait_no_time() {
    let world = world();
    let map = r#"{"StartAt":"M","States":{"M":{"Type":"Map","ItemsPath":"$$.Execution.Input.l","End":true,"ItemProcessor":{
        "ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"TYPE"},
        "StartAt":"W","States":{"W":{"Type":"Wait","Seconds":200,"End":true}}}}}}"#;
    for kind in ["STANDARD", "EXPRESS"] {
        let began = Instant::now();
        let machine = world.machine(kind, &map.replace("TYPE", kind)).await;
        let driver = world.driver(&Scripted::echo(Duration::ZERO));
        let mut start = machine.standard("e", driver.now());
        start.start.input = asl_value::Payload::parse(r#"{"l":[1,2,3]}"#).unwrap();
        start.new.input = start.start.input.shared_text().clone();
        driver.create(start).await.unwrap();
        let end = closed(&driver, &machine.execution("e")).await;
        assert!(matches!(end.outcome, Outcome::Succeeded { .. }), "{end:?}");
        assert_eq!(seconds(&world, &machine.execution("e")).await, 200, "{kind}");
        assert!(began.elapsed() < Duration::from_secs(3), "{kind}: {:?}", began.elapsed());
        driver.stop().await;
    }
}
