//! Whatever is asked, SQLite answers as the store in memory does.
#![expect(clippy::unwrap_used, reason = "helpers of a test: a panic is how it fails")]

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use sfn_store::id::{EventId, ExecutionArn, InboxSequence, LeaseEpoch, MapRunArn, TaskToken};
use sfn_store::suite::{block_on, fixture};
use sfn_store::{
    AnswerKind, Bytes, ClaimRequest, Clock, Commit, CountMapRun, DeleteStateMachine, ExecutionCreation,
    ExecutionsOf, Hint, HistoryOrder, HistoryQuery, Lease, LeaseRequest, Listener, MapRunChange,
    MapRunChildren, MapRunLink, MapRunNote, MapRunStatus, MemoryStore, NewExecution, PageRequest, Position,
    Progress, RedriveExecution, Renew, Store, TakeActivityTask, TaskAnswer, TaskMessage, Then, UpdateMapRun,
};
use sfn_store_sqlite::{Options, SqliteStore};

const EXECUTIONS: u8 = 4;
const MAP_RUNS: u8 = 2;

/// One thing to ask. Small numbers name executions, nodes and activities, and
/// tokens by their age, so that the same ones meet often.
#[derive(Clone, Debug)]
enum Ask {
    Create { execution: u8, leased: Option<u8>, child_of: Option<(u8, u64)>, step: Option<Step> },
    Commit { execution: u8, lease: Which, is_next: bool, consumed: u64, step: Step, release: bool },
    Claim { node: u8, is_lasting: bool, second: i64, limit: u32 },
    Renew { execution: u8, lease: Which, is_lasting: bool },
    Release { execution: u8, lease: Which, wake_at: Option<i64> },
    Deliver { execution: u8 },
    Answer { token: u64, is_final: bool },
    Take { activity: u8 },
    ToggleActivity { activity: u8, exists: bool },
    ToggleMachine { exists: bool },
    List { map_run: Option<u8>, redriven: Option<bool>, limit: u32, after: Option<u64> },
    Redrive { execution: u8, events_max: u64 },
    Tune { map_run: u8, value: u64 },
    Note { map_run: u8, items: Option<u64> },
    History { execution: u8, from: Option<u64>, limit: u32, is_reverse: bool },
}

/// Which lease of an execution to use.
#[derive(Clone, Copy, Debug)]
enum Which {
    /// The last that was given.
    Last,
    /// One that is not, or no longer, given.
    Wrong,
}

#[derive(Clone, Debug)]
struct Step {
    events: u64,
    has_snapshot: bool,
    wake_at: Option<i64>,
    end: Option<bool>,
    /// Whether with a new token, and for which activity.
    open: Vec<(bool, Option<u8>)>,
    close: Vec<u64>,
    map_runs: Vec<(u8, MapRunStep)>,
}

#[derive(Clone, Copy, Debug)]
enum MapRunStep {
    Start,
    Redrive,
    End { tells: bool },
}

fn map_run_steps() -> impl Strategy<Value = MapRunStep> {
    prop_oneof![
        2 => Just(MapRunStep::Start),
        1 => Just(MapRunStep::Redrive),
        1 => any::<bool>().prop_map(|tells| MapRunStep::End { tells }),
    ]
}

fn steps() -> impl Strategy<Value = Step> {
    let open = prop::collection::vec((prop::bool::weighted(0.95), prop::option::of(0..2_u8)), 0..3);
    let close = prop::collection::vec(0..4_u64, 0..2);
    let end = prop::option::weighted(0.1, any::<bool>());
    let map_runs = prop::collection::vec((0..MAP_RUNS, map_run_steps()), 0..2);
    (0..3_u64, any::<bool>(), prop::option::of(0..9_i64), end, open, close, map_runs).prop_map(
        |(events, has_snapshot, wake_at, end, open, close, map_runs)| Step {
            events,
            has_snapshot,
            wake_at,
            end,
            open,
            close,
            map_runs,
        },
    )
}

fn leases() -> impl Strategy<Value = Which> {
    prop_oneof![9 => Just(Which::Last), 1 => Just(Which::Wrong)]
}

fn asks() -> impl Strategy<Value = Ask> {
    prop_oneof![
        3 => (0..EXECUTIONS, prop::option::of(0..2_u8), prop::option::of((0..MAP_RUNS, 0..2_u64)),
            prop::option::of(steps()))
            .prop_map(|(execution, leased, child_of, step)| {
                Ask::Create { execution, leased, child_of, step }
            }),
        2 => (0..EXECUTIONS, 0..9_u64)
            .prop_map(|(execution, events_max)| Ask::Redrive { execution, events_max }),
        1 => (0..MAP_RUNS, any::<u64>()).prop_map(|(map_run, value)| Ask::Tune { map_run, value: value >> 1 }),
        1 => (0..MAP_RUNS, prop::option::of(0..9_u64))
            .prop_map(|(map_run, items)| Ask::Note { map_run, items }),
        8 => (0..EXECUTIONS, leases(), prop::bool::weighted(0.9), 0..3_u64, steps(), any::<bool>())
            .prop_map(|(execution, lease, is_next, consumed, step, release)| {
                Ask::Commit { execution, lease, is_next, consumed, step, release }
            }),
        3 => (0..2_u8, any::<bool>(), 0..9_i64, 0..4_u32).prop_map(
            |(node, is_lasting, second, limit)| Ask::Claim { node, is_lasting, second, limit }
        ),
        1 => (0..EXECUTIONS, leases(), any::<bool>())
            .prop_map(|(execution, lease, is_lasting)| Ask::Renew { execution, lease, is_lasting }),
        1 => (0..EXECUTIONS, leases(), prop::option::of(0..9_i64))
            .prop_map(|(execution, lease, wake_at)| Ask::Release { execution, lease, wake_at }),
        3 => (0..EXECUTIONS).prop_map(|execution| Ask::Deliver { execution }),
        3 => (0..5_u64, any::<bool>()).prop_map(|(token, is_final)| Ask::Answer { token, is_final }),
        2 => (0..2_u8).prop_map(|activity| Ask::Take { activity }),
        1 => (0..2_u8, any::<bool>())
            .prop_map(|(activity, exists)| Ask::ToggleActivity { activity, exists }),
        1 => prop::bool::weighted(0.8).prop_map(|exists| Ask::ToggleMachine { exists }),
        2 => (prop::option::of(0..MAP_RUNS), prop::option::of(any::<bool>()), 0..4_u32,
            prop::option::of(0..6_u64))
            .prop_map(|(map_run, redriven, limit, after)| Ask::List { map_run, redriven, limit, after }),
        1 => (0..EXECUTIONS, prop::option::of(0..6_u64), 0..5_u32, any::<bool>()).prop_map(
            |(execution, from, limit, is_reverse)| {
                Ask::History { execution, from, limit, is_reverse }
            }
        ),
    ]
}

/// A store and what its listener heard.
struct Asked {
    store: Arc<dyn Store>,
    hints: Arc<Mutex<Vec<Hint>>>,
    revisions: u64,
    /// How many tokens there are.
    tokens: u64,
    leases: BTreeMap<ExecutionArn, Lease>,
    consumed: BTreeMap<ExecutionArn, u64>,
}

impl Asked {
    fn new(store: Arc<dyn Store>) -> Self {
        let hints = Arc::new(Mutex::new(Vec::new()));
        let sink = hints.clone();
        store.add_listener(Listener::new(move |hint| sink.lock().unwrap().push(hint)));
        let mut asked = Self {
            store,
            hints,
            revisions: 0,
            tokens: 0,
            leases: BTreeMap::new(),
            consumed: BTreeMap::new(),
        };
        asked.create_machine();
        asked
    }

    fn create_machine(&mut self) -> String {
        let mut new = fixture::new_machine("machine");
        new.record.revision = fixture::revision(&new.record.arn, self.revisions + 1);
        let answer = show(self.store.create_state_machine(new));
        if answer.contains("Created") {
            self.revisions += 1;
        }
        answer
    }

    /// The answer, the hints, and how the execution looks afterwards, as text.
    fn ask(&mut self, ask: &Ask) -> String {
        let mut answer = self.answer(ask);
        for number in 0..EXECUTIONS {
            answer.push_str(&show(self.store.execution(&execution(number))));
            let page = PageRequest { limit: 9, after: None };
            answer.push_str(&show(self.store.list_map_runs(&execution(number), page)));
        }
        for number in 0..MAP_RUNS {
            let arn = map_run(number);
            answer.push_str(&show(
                self.store.map_run_counts(CountMapRun { arn: arn.clone(), redrive_events_max: 3 }),
            ));
            answer.push_str(&show(self.store.map_run_children(MapRunChildren {
                arn,
                after: None,
                limit: 9,
            })));
        }
        let mut hints = std::mem::take(&mut *self.hints.lock().unwrap());
        hints.sort_by_key(|hint| format!("{hint:?}"));
        format!("{answer} {hints:?}")
    }

    fn lease(&self, number: u8, which: Which) -> Lease {
        let none =
            Lease { execution: execution(number), node: fixture::node("nobody"), epoch: LeaseEpoch::NONE };
        let last = self.leases.get(&none.execution).cloned().unwrap_or(none);
        match which {
            Which::Last => last,
            Which::Wrong => Lease { epoch: last.epoch.next(), ..last },
        }
    }

    /// The token of this age, 0 for the newest; its task's key has the same text.
    fn token(&self, age: u64) -> TaskToken {
        fixture::token(&self.tokens.saturating_sub(age).to_string())
    }

    fn progress(&mut self, after: u64, step: &Step) -> Progress {
        let segment = fixture::segment(after + 1, after + step.events);
        let close_tasks = step.close.iter().map(|age| fixture::key(self.token(*age).as_str())).collect();
        let open_tasks = step.open.iter().map(|(is_new, activity)| {
            self.tokens += u64::from(*is_new);
            let token = self.tokens.to_string();
            match activity {
                Some(activity) => fixture::activity_task(&token, &activity_arn(*activity)),
                None => fixture::callback(&token),
            }
        });
        Progress {
            open_tasks: open_tasks.collect(),
            events: (step.events > 0).then_some(segment),
            snapshot: step.has_snapshot.then(|| Bytes::from_static(b"snapshot")),
            wake_at: step.wake_at.map(fixture::at),
            closed: step.end.map(|good| if good { fixture::succeeded() } else { fixture::failed() }),
            close_tasks,
            map_runs: step.map_runs.iter().map(|(number, step)| change(*number, *step)).collect(),
        }
    }

    fn answer(&mut self, ask: &Ask) -> String {
        let store = self.store.clone();
        match ask.clone() {
            Ask::Create { execution: number, leased, child_of, step } => {
                let arn = execution(number);
                let first = step.map(|step| self.progress(0, &step));
                let creation = block_on(store.create_execution(NewExecution {
                    revision: fixture::revision_id(&arn.state_machine(), self.revisions),
                    arn: arn.clone(),
                    input: "{}".into(),
                    started_on: None,
                    trace_header: None,
                    test_case: None,
                    map_run: child_of.map(|(run, number)| MapRunLink {
                        map_run: map_run(run),
                        number,
                        items: number + 1,
                    }),
                    started_at: fixture::at(0),
                    first,
                    lease: leased.map(|node| request(node, true)),
                }));
                if let Ok(ExecutionCreation { lease: Some(lease), .. }) = &creation {
                    self.leases.insert(arn, lease.clone());
                }
                format!("{creation:?}")
            }
            Ask::Commit { execution: number, lease, is_next, consumed, step, release } => {
                let arn = execution(number);
                let record = block_on(store.execution(&arn)).unwrap();
                let last = record.map_or(0, |record| record.last_event_id.get());
                let after = if is_next { last } else { last + 1 };
                let consumed = self.consumed.get(&arn).copied().unwrap_or_default() + consumed;
                let committed = block_on(store.commit(Commit {
                    lease: self.lease(number, lease),
                    expected_last_event_id: EventId::new(after),
                    consumed_through: InboxSequence::new(consumed),
                    progress: self.progress(after, &step),
                    then: if release { Then::Release } else { Then::Keep },
                }));
                if committed.is_ok() {
                    self.consumed.insert(arn, consumed);
                }
                format!("{committed:?}")
            }
            Ask::Claim { node, is_lasting, second, limit } => {
                let lease = request(node, is_lasting);
                // All or none, for the order among equally due ones is free.
                let limit = if limit == 0 { 0 } else { 100 };
                let claims = store.claim(ClaimRequest { lease, limit, now: fixture::at(second) });
                let mut claims = block_on(claims).unwrap();
                claims.claimed.sort_by(|a, b| a.record.arn.cmp(&b.record.arn));
                for claimed in &claims.claimed {
                    self.leases.insert(claimed.record.arn.clone(), claimed.lease.clone());
                    self.consumed.insert(claimed.record.arn.clone(), claimed.consumed_through.get());
                }
                format!("{claims:?}")
            }
            Ask::Renew { execution, lease, is_lasting } => {
                let ttl = request(0, is_lasting).ttl;
                show(store.renew(Renew { leases: vec![self.lease(execution, lease)], ttl }))
            }
            Ask::Release { execution, lease, wake_at } => {
                show(store.release(self.lease(execution, lease), wake_at.map(fixture::at)))
            }
            Ask::Deliver { execution: number } => {
                show(store.deliver(&execution(number), Bytes::from_static(b"m")))
            }
            Ask::Answer { token, is_final } => show(store.answer_task(TaskAnswer {
                token: self.token(token),
                kind: if is_final { AnswerKind::Final } else { AnswerKind::Heartbeat },
                message: TaskMessage::new(|key| Bytes::from(key.to_string())),
            })),
            Ask::Take { activity } => show(store.take_activity_task(TakeActivityTask {
                activity: activity_arn(activity),
                message: TaskMessage::new(|key| Bytes::from(format!("started {key}"))),
            })),
            Ask::ToggleActivity { activity, exists: true } => {
                show(store.create_activity(fixture::new_activity(&activity.to_string())))
            }
            Ask::ToggleActivity { activity, exists: false } => {
                show(store.delete_activity(&activity_arn(activity)))
            }
            Ask::ToggleMachine { exists: true } => self.create_machine(),
            Ask::ToggleMachine { exists: false } => {
                let arn = execution(0).state_machine();
                show(store.delete_state_machine(DeleteStateMachine { arn, stop: Bytes::new() }))
            }
            Ask::Redrive { execution: number, events_max } => {
                let message = Bytes::from_static(b"redrive");
                let arn = execution(number);
                show(store.redrive_execution(RedriveExecution {
                    arn,
                    at: fixture::at(7),
                    message,
                    events_max,
                }))
            }
            Ask::Tune { map_run: number, value } => show(store.update_map_run(UpdateMapRun {
                arn: map_run(number),
                max_concurrency: Some(value),
                tolerated_failure_count: (value % 2 == 0).then_some(value),
                tolerated_failure_percentage: (value % 3 == 0).then_some(0.1),
            })),
            Ask::Note { map_run: number, items } => {
                let note = items.map_or(MapRunNote::ResultsWritten, MapRunNote::ItemsTotal);
                show(store.note_map_run(&map_run(number), note))
            }
            Ask::List { map_run: number, redriven, limit, after } => {
                let page = PageRequest { limit, after: after.map(Position::new) };
                let mut query = fixture::all_of(&execution(0).state_machine(), page);
                query.redriven = redriven;
                if let Some(number) = number {
                    query.of = ExecutionsOf::MapRun(map_run(number));
                }
                // Positions are each store's own.
                let page = block_on(store.list_executions(query)).unwrap();
                format!(
                    "{:?} {}",
                    after.is_none().then_some(page.items),
                    page.next.is_some() && after.is_none()
                )
            }
            Ask::History { execution: number, from, limit, is_reverse } => {
                let order = if is_reverse { HistoryOrder::Reverse } else { HistoryOrder::Forward };
                let from = from.map(EventId::new);
                show(store.history(HistoryQuery { execution: execution(number), from, limit, order }))
            }
        }
    }
}

fn show<T: Debug>(answer: sfn_store::BoxFuture<T>) -> String {
    format!("{:?}", block_on(answer))
}

fn execution(number: u8) -> ExecutionArn {
    let machine = fixture::new_machine("machine").record.arn;
    machine.execution(&fixture::name(&number.to_string()))
}

fn map_run(number: u8) -> MapRunArn {
    fixture::map_run(&number.to_string())
}

fn change(number: u8, step: MapRunStep) -> MapRunChange {
    let at = fixture::at(6);
    match step {
        MapRunStep::Start => MapRunChange::Start(fixture::new_map_run(&number.to_string())),
        MapRunStep::Redrive => MapRunChange::Redrive { arn: map_run(number), at },
        MapRunStep::End { tells } => {
            let stop_children = tells.then(|| Bytes::from_static(b"stop"));
            MapRunChange::End { arn: map_run(number), status: MapRunStatus::Failed, at, stop_children }
        }
    }
}

fn activity_arn(number: u8) -> sfn_store::id::ActivityArn {
    fixture::new_activity(&number.to_string()).record.arn
}

fn request(node: u8, is_lasting: bool) -> LeaseRequest {
    let node = fixture::node(&node.to_string());
    if is_lasting { fixture::lasting(&node) } else { fixture::fleeting(&node) }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn sqlite_answers_as_memory_does(asks in prop::collection::vec(asks(), 1..60)) {
        let clock = Clock::new(|| fixture::at(0));
        let folder = tempfile::tempdir().unwrap();
        let options = Options { clock: clock.clone(), readers: 1 };
        let sqlite = SqliteStore::open(folder.path().join("test.db"), options).unwrap();
        let mut sqlite = Asked::new(Arc::new(sqlite));
        let mut memory = Asked::new(Arc::new(MemoryStore::with_clock(clock)));
        for (number, ask) in asks.iter().enumerate() {
            prop_assert_eq!(memory.ask(ask), sqlite.ask(ask), "{}: {:?}", number, ask);
        }
    }
}
