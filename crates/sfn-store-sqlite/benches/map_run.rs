//! How long it takes to look at a map run with many children.

use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use sfn_store::suite::fixture::{all_of, counting, first_page, map_run};
use sfn_store::suite::{Fixture, Place, block_on, fixture};
use sfn_store::{
    BoxFuture, ExecutionQuery, ExecutionStatus, ExecutionsOf, MapRunChildren, NewExecution, Progress, Store,
};
use sfn_store_sqlite::{Options, SqliteStore};
use tempfile::TempDir;

const CHILDREN: u64 = 100_000;

struct Folder(TempDir);

impl Place for Folder {
    fn open(&self) -> BoxFuture<Arc<dyn Store>> {
        let store = SqliteStore::open(self.0.path().join("bench.db"), Options::default());
        let store: Arc<dyn Store> = Arc::new(store.expect("a new database opens"));
        Box::pin(async { store })
    }
}

/// One child of three runs, the others have ended.
fn fill(fixture: &Fixture) {
    block_on(fixture.start_map_runs("parent", &["a"]));
    let new = |number: u64| {
        let closed = match number % 3 {
            0 => None,
            1 => Some(fixture::succeeded()),
            _ => Some(fixture::failed()),
        };
        let first = Progress { closed, ..fixture::step(1, 2) };
        NewExecution { first: Some(first), ..fixture.new_child("a", &format!("c{number}"), number) }
    };
    let numbers: Vec<u64> = (0..CHILDREN).collect();
    for batch in numbers.chunks(5000) {
        let created: Vec<_> = batch.iter().map(|it| fixture.store.create_execution(new(*it))).collect();
        for creation in created {
            block_on(creation).expect("the map run runs");
        }
    }
}

fn map_runs(criterion: &mut Criterion) {
    let folder = Folder(tempfile::tempdir().expect("a temporary folder"));
    let fixture = block_on(Fixture::open(&folder));
    fill(&fixture);
    let store = &*fixture.store;
    let counts = block_on(store.map_run_counts(counting("a"))).expect("it is there");
    assert_eq!(counts.items.total(), 2 * CHILDREN);
    let mut group = criterion.benchmark_group("map run of 100,000");
    group.bench_function("counts", |bencher| {
        bencher.iter(|| block_on(store.map_run_counts(counting("a"))).expect("it is there"));
    });
    let query = ExecutionQuery {
        of: ExecutionsOf::MapRun(map_run("a")),
        status: Some(ExecutionStatus::Failed),
        ..all_of(&fixture.machine, first_page(1000))
    };
    group.bench_function("list 1,000 that failed", |bencher| {
        bencher.iter(|| block_on(store.list_executions(query.clone())).expect("it is there"));
    });
    group.bench_function("list the state machine", |bencher| {
        let query = all_of(&fixture.machine, first_page(1000));
        bencher.iter(|| block_on(store.list_executions(query.clone())).expect("it is there"));
    });
    group.bench_function("read 1,000 children", |bencher| {
        let children = MapRunChildren { arn: map_run("a"), after: Some(CHILDREN / 2), limit: 1000 };
        bencher.iter(|| block_on(store.map_run_children(children.clone())).expect("it is there"));
    });
    group.finish();
}

criterion_group!(benches, map_runs);
criterion_main!(benches);
