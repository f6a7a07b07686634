//! The store in SQLite passes the suite.
#![expect(clippy::unwrap_used, reason = "helpers of tests: a panic is how they fail")]

use std::sync::Arc;

use sfn_store::suite::Place;
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
