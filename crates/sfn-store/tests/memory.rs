//! The store in memory passes the suite.

use std::sync::Arc;

use sfn_store::suite::Place;
use sfn_store::{BoxFuture, MemoryStore, Store};

struct Memory;

impl Place for Memory {
    fn open(&self) -> BoxFuture<Arc<dyn Store>> {
        Box::pin(async { Arc::new(MemoryStore::new()) as Arc<dyn Store> })
    }
}

sfn_store::store_suite!(Memory);
