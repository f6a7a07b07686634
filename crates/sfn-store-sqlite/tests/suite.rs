//! The store in SQLite passes the suite.
#![expect(clippy::unwrap_used, reason = "helpers of tests: a panic is how they fail")]

use std::sync::Arc;

use sfn_store::suite::fixture::{Fixture, lasting, node};
use sfn_store::suite::{Place, block_on};
use sfn_store::{BoxFuture, Store};
use sfn_store_sqlite::{Options, SqliteStore};
use tempfile::TempDir;

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }
}

impl Place for Folder {
    fn open(&self) -> BoxFuture<Arc<dyn Store>> {
        let store = SqliteStore::open(self.0.path().join("test.db"), Options::default()).unwrap();
        Box::pin(async { Arc::new(store) as Arc<dyn Store> })
    }
}

sfn_store::store_suite!(Folder::new());
sfn_store::persistent_store_suite!(Folder::new());

/// Only one process has the database open, so whoever held a lease before is
/// gone: its executions need not wait for the lease to run out.
#[test]
fn what_a_dead_process_held_can_be_claimed_at_once() {
    block_on(async {
        let place = Folder::new();
        let fixture = Fixture::open(&place).await;
        let held = fixture.start("e1", &node("dead")).await;
        drop(fixture);
        let fixture = Fixture::open(&place).await;
        let claimed = fixture.claim(lasting(&node("new")), 1).await.claimed;
        assert_eq!(claimed.len(), 1);
        assert!(claimed[0].lease.epoch > held.epoch);
    });
}
