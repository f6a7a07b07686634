//! How long until a change is on the disk: alone, and with others beside it.

use std::cell::Cell;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use sfn_store::suite::{block_on, fixture};
use sfn_store::{Commit, Lease, MemoryStore, NewExecution, Segment, Store};
use sfn_store_sqlite::{Options, SqliteStore};

const CONCURRENT: u64 = 64;

/// A step of twenty events in 4 KiB, with a snapshot of 1 KiB.
fn step(lease: &Lease, number: u64) -> Commit {
    let mut commit = fixture::commit(lease, 3 + 20 * number, 22 + 20 * number);
    if let Some(events) = &mut commit.progress.events {
        *events = Segment { events: vec![b'e'; 4096].into(), ..events.clone() };
    }
    commit.progress.snapshot = Some(vec![b's'; 1024].into());
    commit
}

/// An execution that starts and ends in one commit.
fn whole(number: u64) -> NewExecution {
    let machine = fixture::new_machine("machine").record.arn;
    let mut first = fixture::step(1, 22);
    if let Some(events) = &mut first.events {
        events.events = vec![b'e'; 4096].into();
    }
    first.closed = Some(fixture::succeeded());
    NewExecution {
        arn: machine.execution(&fixture::name(&format!("whole-{number}"))),
        revision: fixture::revision_id(&machine, 1),
        input: "{}".into(),
        started_on: None,
        trace_header: None,
        test_case: None,
        map_run: None,
        started_at: fixture::at(1),
        first: Some(first),
        lease: None,
    }
}

fn start(store: &dyn Store, number: u64) -> Lease {
    let mut new = whole(number);
    new.first = Some(fixture::step(1, 2));
    new.lease = Some(fixture::lasting(&fixture::node("n")));
    let creation = block_on(store.create_execution(new));
    creation.ok().and_then(|creation| creation.lease).expect("the execution is new")
}

fn bench(criterion: &mut Criterion, name: &str, store: &dyn Store) {
    let machine = fixture::new_machine("machine");
    block_on(store.create_state_machine(machine)).expect("the store is new");
    let leases: Vec<Lease> = (0..CONCURRENT).map(|number| start(store, number)).collect();
    let number = Cell::new(0);
    let next = || number.replace(number.get() + 1);
    let mut group = criterion.benchmark_group(name);

    group.throughput(Throughput::Elements(1));
    let alone = start(store, u64::MAX);
    group.bench_function("one commit", |bencher| {
        let of_alone = Cell::new(0);
        let steps = || step(&alone, of_alone.replace(of_alone.get() + 1));
        if block_on(store.commit(steps())).is_err() {
            // Criterion may run this more than once: go on where it ended.
            let record = block_on(store.execution(&alone.execution)).ok().flatten();
            let last = record.map_or(0, |record| record.last_event_id.get());
            of_alone.set((last - 2) / 20);
        }
        bencher.iter_batched(
            steps,
            |commit| block_on(store.commit(commit)).expect("it follows"),
            BatchSize::PerIteration,
        );
    });

    group.throughput(Throughput::Elements(CONCURRENT));
    group.bench_function("64 commits at once", |bencher| {
        bencher.iter_batched(
            || {
                let number = next();
                leases.iter().map(|lease| step(lease, number)).collect::<Vec<_>>()
            },
            |commits| {
                let answers: Vec<_> = commits.into_iter().map(|it| store.commit(it)).collect();
                for answer in answers {
                    block_on(answer).expect("it follows");
                }
            },
            BatchSize::PerIteration,
        );
    });

    group.bench_function("64 whole executions at once", |bencher| {
        let wholes = Cell::new(1000);
        bencher.iter_batched(
            || {
                (0..CONCURRENT)
                    .map(|_| whole(1_000_000 * next() + wholes.replace(wholes.get() + 1)))
                    .collect::<Vec<_>>()
            },
            |executions| {
                let answers: Vec<_> = executions.into_iter().map(|it| store.create_execution(it)).collect();
                for answer in answers {
                    block_on(answer).expect("it is new");
                }
            },
            BatchSize::PerIteration,
        );
    });

    group.throughput(Throughput::Elements(1));
    group.bench_function("describe", |bencher| {
        bencher.iter(|| block_on(store.execution(&alone.execution)).expect("it is there"));
    });
    group.finish();
}

fn commits(criterion: &mut Criterion) {
    bench(criterion, "memory", &MemoryStore::new());
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = SqliteStore::open(folder.path().join("bench.db"), Options::default());
    bench(criterion, "sqlite", &store.expect("a new database opens"));
}

criterion_group!(benches, commits);
criterion_main!(benches);
