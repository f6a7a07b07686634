//! Drivers that die, and those that go on with their work.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a panic is how a test fails")]

mod common;

use std::time::Duration;

use common::{MIXED, Scripted, TASK, World, closed};
use sfn_store::Outcome;

const EXECUTIONS: u64 = 20;

/// Starts executions, lets a driver die after so long, again and again, and
/// lets the last one finish.
async fn survive(deaths: &[u64]) {
    let world = World::new();
    let machine = world.machine("m", MIXED).await;
    let handler = Scripted::echo(Duration::from_millis(700));
    let mut driver = world.driver(&handler);
    let mut executions = Vec::new();
    for number in 0..EXECUTIONS {
        executions.push(machine.create(&driver, &format!("e{number}")).await);
    }
    for milliseconds in deaths {
        tokio::time::sleep(Duration::from_millis(*milliseconds)).await;
        drop(driver);
        driver = world.driver(&handler);
    }
    for execution in &executions {
        let end = closed(&driver, execution).await;
        assert!(matches!(end.outcome, Outcome::Succeeded { .. }), "{deaths:?}: {end:?}");
        let names = world.event_names(execution).await;
        assert_eq!(names.len(), 18, "{deaths:?}: one history");
        assert_eq!(names.iter().filter(|name| **name == "ExecutionSucceeded").count(), 1);
    }
    assert!(handler.starts() >= 2 * EXECUTIONS, "each task was started at least once");
}

#[tokio::test(start_paused = true)]
async fn executions_survive_their_driver_wherever_it_dies() {
    for at in (0..5_000).step_by(173) {
        survive(&[at]).await;
    }
}

#[tokio::test(start_paused = true)]
async fn executions_survive_many_deaths() {
    let mut seed = 1_u64;
    for _ in 0..10 {
        let deaths: Vec<u64> = (0..6)
            .map(|_| {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (seed >> 33) % 3_000
            })
            .collect();
        survive(&deaths).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_driver_that_stops_leaves_its_work_to_others_at_once() {
    let world = World::new();
    let machine = world.machine("m", TASK).await;
    let forever = Scripted::new(|_, _| std::future::pending());
    let first = world.driver(&forever);
    let execution = machine.create(&first, "e").await;
    tokio::time::sleep(Duration::from_millis(10)).await;
    assert_eq!(forever.starts(), 1);
    first.stop().await;
    let began = tokio::time::Instant::now();
    let second = world.driver(&Scripted::echo(Duration::ZERO));
    closed(&second, &execution).await;
    assert!(began.elapsed() < Duration::from_secs(1), "nobody waits for the old lease");
}

#[tokio::test(start_paused = true)]
async fn nodes_share_the_work() {
    let world = World::new();
    let machine = world.machine("m", MIXED).await;
    let handler = Scripted::echo(Duration::from_millis(50));
    let drivers = [world.driver(&handler), world.driver(&handler), world.driver(&handler)];
    let mut executions = Vec::new();
    for number in 0..200_usize {
        executions.push(machine.create(&drivers[number % 3], &format!("e{number}")).await);
    }
    for execution in &executions {
        closed(&drivers[0], execution).await;
        assert_eq!(world.history(execution).await.len(), 18);
    }
    assert_eq!(handler.starts(), 400, "no task was started twice");
}
