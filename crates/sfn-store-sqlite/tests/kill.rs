//! A process that is killed loses nothing that it acknowledged. The test runs
//! itself again as a child, which commits until it dies.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "helpers of a test: a panic is how it fails, and the child reports by stdout"
)]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use sfn_store::suite::{block_on, fixture};
use sfn_store::{Bytes, HistoryOrder, HistoryQuery, Store};
use sfn_store_sqlite::{Options, SqliteStore};

const CHILD: &str = "STEPWELL_KILL_TEST_DATABASE";
const ROUND: &str = "STEPWELL_KILL_TEST_ROUND";
const ROUNDS: u64 = 8;
const THREADS: u64 = 4;

fn execution(round: u64, thread: u64) -> sfn_store::id::ExecutionArn {
    let machine = fixture::new_machine("machine").record.arn;
    machine.execution(&fixture::name(&format!("e-{round}-{thread}")))
}

/// Commits and delivers on several executions, and tells what was acknowledged.
fn commit_until_killed(database: &Path, round: u64) {
    let store = SqliteStore::open(database, Options::default()).unwrap();
    block_on(store.create_state_machine(fixture::new_machine("machine"))).unwrap();
    thread::scope(|threads| {
        for number in 0..THREADS {
            let store = &store;
            threads.spawn(move || {
                let arn = execution(round, number);
                let new = sfn_store::NewExecution {
                    revision: fixture::revision_id(&arn.state_machine(), 1),
                    arn: arn.clone(),
                    input: "{}".into(),
                    started_on: None,
                    trace_header: None,
                    test_case: None,
                    map_run: None,
                    started_at: fixture::at(1),
                    first: Some(fixture::step(1, 2)),
                    lease: Some(fixture::lasting(&fixture::node("n"))),
                };
                let lease = block_on(store.create_execution(new)).unwrap().lease.unwrap();
                for event in 3.. {
                    block_on(store.commit(fixture::commit(&lease, event, event))).unwrap();
                    println!("\ncommitted {round} {number} {event}");
                    block_on(store.deliver(&arn, Bytes::from(event.to_string()))).unwrap();
                    println!("\ndelivered {round} {number} {}", event - 2);
                }
            });
        }
    });
}

/// What was acknowledged last, by kind, round and thread.
type Acknowledged = BTreeMap<(String, u64, u64), u64>;

/// Runs a child, kills it after some lines, and reads what else it had said.
fn run_and_kill(database: &Path, round: u64, lines: usize, acknowledged: &mut Acknowledged) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "acknowledged_commits_survive_sigkill", "--nocapture"])
        .env(CHILD, database)
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let mut seen = 0;
    for line in output.lines().map_while(Result::ok) {
        let words: Vec<&str> = line.split(' ').collect();
        if let [kind @ ("committed" | "delivered"), round, thread, number] = words[..]
            && let (Ok(round), Ok(thread), Ok(number)) = (round.parse(), thread.parse(), number.parse())
        {
            acknowledged.insert((kind.to_owned(), round, thread), number);
            seen += 1;
            if seen == lines {
                child.kill().unwrap();
            }
        }
    }
    let status = child.wait().unwrap();
    assert!(!status.success() && seen >= lines, "the child died by itself: {status}");
}

#[test]
fn acknowledged_commits_survive_sigkill() {
    if let Some(database) = std::env::var_os(CHILD) {
        let round = std::env::var(ROUND).unwrap().parse().unwrap();
        commit_until_killed(Path::new(&database), round);
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("test.db");
    let mut acknowledged = Acknowledged::new();
    for round in 0..ROUNDS {
        // Moments that differ from round to round, the first very early.
        let lines = 1 + usize::try_from(round * round * 37 % 501).unwrap();
        run_and_kill(&database, round, lines, &mut acknowledged);
        check(&database, &acknowledged);
    }
}

fn check(database: &Path, acknowledged: &Acknowledged) {
    let store = SqliteStore::open(database, Options::default()).unwrap();
    for ((kind, round, thread), number) in acknowledged {
        let arn = execution(*round, *thread);
        let record = block_on(store.execution(&arn)).unwrap().expect("it was acknowledged");
        let last = record.last_event_id.get();
        // At most one more commit was under way.
        if kind == "committed" {
            assert!((*number..=number + 1).contains(&last), "{arn}: {number}, {last}");
        } else {
            let next = block_on(store.deliver(&arn, Bytes::new())).unwrap().sequence.get();
            assert!(next > *number, "{arn}: message {number} is lost, the next is {next}");
        }
        let order = HistoryOrder::Forward;
        let query = HistoryQuery { execution: arn, from: None, limit: u32::MAX, order };
        let mut expected = 1;
        for segment in block_on(store.history(query)).unwrap().unwrap() {
            assert_eq!(segment.first_event_id.get(), expected);
            expected = segment.last_event_id.get() + 1;
        }
        assert_eq!(expected, last + 1);
    }
}
