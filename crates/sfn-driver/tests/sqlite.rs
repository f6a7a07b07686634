//! The process dies with its driver, and a new one opens the same database.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a panic is how a test fails")]

mod common;

use std::path::Path;
use std::sync::Arc;

use asl_runtime::TaskReport;
use common::{Scripted, World, closed};
use sfn_driver::Pace;
use sfn_store::{Clock, Outcome};
use sfn_store_sqlite::{OpenError, Options, SqliteStore};
use tokio::sync::Notify;
use tokio::time::Instant;

const EXECUTIONS: u64 = 40;

const CALLS: &str = r#"{"StartAt":"T1","States":{
    "T1":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:f","Next":"T2"},
    "T2":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:f","Next":"P"},
    "P":{"Type":"Pass","Next":"T3"},
    "T3":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:f","End":true}}}"#;

/// Opens the database once those who had it are gone.
async fn open(path: &Path, clock: &Clock) -> SqliteStore {
    loop {
        match SqliteStore::open(path, Options { clock: clock.clone(), ..Options::default() }) {
            Ok(store) => return store,
            Err(OpenError::InUse { .. }) => tokio::task::yield_now().await,
            Err(error) => panic!("{error}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn executions_survive_a_process_that_dies_in_their_midst() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let clock = Clock::default();
    let began = Instant::now();
    let enough = Arc::new(Notify::new());
    let notify = Arc::clone(&enough);
    let handler = Scripted::new(move |task, _| {
        notify.notify_one();
        async move { TaskReport::Succeeded { output: task.input } }
    });

    let world = World::on(Arc::new(open(&path, &clock).await), clock.clone());
    let machine = world.machine("m", CALLS).await;
    let driver = world.driver(&handler);
    for number in 0..EXECUTIONS {
        machine.create(&driver, &format!("e{number}")).await;
    }
    drop((driver, world));
    for starts in [60, 90, 110] {
        let world = World::on(Arc::new(open(&path, &clock).await), clock.clone());
        let driver = world.driver(&handler);
        while handler.starts() < starts {
            enough.notified().await;
        }
        drop((driver, world));
    }
    let world = World::on(Arc::new(open(&path, &clock).await), clock.clone());
    let driver = world.driver(&handler);
    for number in 0..EXECUTIONS {
        let execution = machine.execution(&format!("e{number}"));
        let end = closed(&driver, &execution).await;
        assert!(matches!(end.outcome, Outcome::Succeeded { .. }), "{end:?}");
        let names = world.event_names(&execution).await;
        assert_eq!(names.len(), 19, "{names:?}");
        assert_eq!(names.iter().filter(|name| **name == "ExecutionSucceeded").count(), 1);
    }
    assert!(handler.starts() >= 3 * EXECUTIONS);
    // No process waited for the leases of the one before.
    assert!(began.elapsed() < Pace::default().lease_ttl, "{:?}", began.elapsed());
}
