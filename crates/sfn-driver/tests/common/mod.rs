//! A store with state machines, a driver on it, and scripted tasks. Time is
//! tokio's, paused: it jumps to the next timer when nothing else is to be done.
#![allow(dead_code, reason = "each test file uses its part of this")]

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use asl_parser::{Definition, MachineType, Options};
use asl_runtime::{
    ChildResult, ExecutionIdentity, HistoryEvent, Limits, Problem, ReadItems, Start, StartTask, TaskReport,
    WriteResults, segment,
};
use asl_value::{Payload, Value};
use sfn_driver::{
    Config, Driver, Entropy, ExpressStart, ItemStream, Observer, Pace, Pending, ResultSink, StandardStart,
    TaskContext, TaskHandler,
};
use sfn_store::id::{ActivityArn, ArnScope, ExecutionArn, Name, RevisionId, StateMachineArn};
use sfn_store::{
    ActivityRecord, BoxFuture, Clock, Closed, Creation, HistoryOrder, HistoryQuery, MemoryStore, NewActivity,
    NewExecution, NewStateMachine, Revision, StateMachineRecord, StateMachineStatus, Store, Timestamp,
};
use tokio::time::Instant;

/// A clock that follows tokio's time.
pub(crate) fn clock() -> Clock {
    let began = Instant::now();
    let start = Timestamp::from_timestamp(1_700_000_000, 0).unwrap();
    Clock::new(move || start + began.elapsed())
}

pub(crate) type Script = dyn Fn(StartTask, TaskContext) -> BoxFuture<TaskReport> + Send + Sync;

/// Tasks that do what a closure says.
#[derive(Clone)]
pub(crate) struct Scripted {
    pub(crate) script: Arc<Script>,
    pub(crate) started: Arc<AtomicU64>,
    /// How many items its reader reads.
    pub(crate) items: u64,
    /// What its writer has written.
    pub(crate) written: Arc<Mutex<Vec<ChildResult>>>,
}

impl fmt::Debug for Scripted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scripted")
    }
}

impl Scripted {
    pub(crate) fn new<F>(script: impl Fn(StartTask, TaskContext) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = TaskReport> + Send + 'static,
    {
        let script = move |task: StartTask, context: TaskContext| -> BoxFuture<TaskReport> {
            Box::pin(script(task, context))
        };
        Self { script: Arc::new(script), started: Arc::default(), items: 0, written: Arc::default() }
    }

    /// Answers each task with its input, after a while.
    pub(crate) fn echo(after: Duration) -> Self {
        Self::new(move |task, _| async move {
            tokio::time::sleep(after).await;
            TaskReport::Succeeded { output: task.input }
        })
    }

    pub(crate) fn starts(&self) -> u64 {
        self.started.load(Ordering::Relaxed)
    }
}

impl TaskHandler for Scripted {
    fn run(&self, task: StartTask, context: TaskContext) -> BoxFuture<TaskReport> {
        self.started.fetch_add(1, Ordering::Relaxed);
        (self.script)(task, context)
    }

    fn open_items(&self, _: ReadItems) -> BoxFuture<Result<Box<dyn ItemStream>, Problem>> {
        let items: Box<dyn ItemStream> = Box::new(Numbers(0..self.items));
        Box::pin(async move { Ok(items) })
    }

    fn open_results(&self, _: WriteResults) -> BoxFuture<Result<Box<dyn ResultSink>, Problem>> {
        let sink: Box<dyn ResultSink> = Box::new(Written(Arc::clone(&self.written)));
        Box::pin(async move { Ok(sink) })
    }
}

/// Puts what became of each child into the scripted world's list.
struct Written(Arc<Mutex<Vec<ChildResult>>>);

impl ResultSink for Written {
    fn push(&mut self, child: ChildResult) -> Pending<'_, Result<(), Problem>> {
        self.0.lock().unwrap().push(child);
        Box::pin(async { Ok(()) })
    }

    fn finish(self: Box<Self>) -> Pending<'static, Result<Payload, Problem>> {
        Box::pin(async move { Ok(Payload::parse(r#""written""#).unwrap()) })
    }
}

/// Numbers as items.
struct Numbers(std::ops::Range<u64>);

impl ItemStream for Numbers {
    fn next(&mut self, limit: usize) -> Pending<'_, Result<Vec<Value>, Problem>> {
        let page = self.0.by_ref().take(limit).map(Value::from).collect();
        Box::pin(async move { Ok(page) })
    }
}

/// A store, and the clock that everything runs on.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Clock,
    pub(crate) pace: Pace,
    pub(crate) is_time_virtual: bool,
    pub(crate) observer: Option<Arc<dyn Observer>>,
}

impl World {
    pub(crate) fn new() -> Self {
        let clock = clock();
        Self::on(Arc::new(MemoryStore::with_clock(clock.clone())), clock)
    }

    pub(crate) fn on(store: Arc<dyn Store>, clock: Clock) -> Self {
        Self { store, clock, pace: Pace::default(), is_time_virtual: false, observer: None }
    }

    /// A driver, as another process would have it.
    pub(crate) fn driver(&self, handler: &Scripted) -> Driver {
        static DRAWN: AtomicU64 = AtomicU64::new(1);
        let config = Config {
            clock: self.clock.clone(),
            entropy: Entropy::new(|| u128::from(DRAWN.fetch_add(1, Ordering::Relaxed))),
            limits: Limits::default(),
            pace: self.pace.clone(),
            is_time_virtual: self.is_time_virtual,
            observer: self.observer.clone(),
        };
        Driver::start(Arc::clone(&self.store), Arc::new(handler.clone()), config).unwrap()
    }

    pub(crate) async fn machine(&self, name: &str, definition: &str) -> Machine {
        let machine = Machine::new(name, definition);
        self.store_machine(&machine, definition).await;
        machine
    }

    pub(crate) async fn activity(&self, name: &str) -> ActivityArn {
        let scope = ArnScope::new("us-east-1", "123456789012").unwrap();
        let arn = scope.activity(&Name::new(name).unwrap());
        let record = ActivityRecord { arn: arn.clone(), created_at: self.clock.now(), encryption: None };
        self.store.create_activity(NewActivity { record, tags: vec![] }).await.unwrap();
        arn
    }

    /// Stores a state machine with this text, right or wrong.
    pub(crate) async fn store_machine(&self, machine: &Machine, definition: &str) {
        let revision = Revision {
            id: machine.revision.clone(),
            number: 1,
            updated_at: self.clock.now(),
            definition: definition.into(),
            role_arn: "arn:aws:iam::123456789012:role/r".into(),
            logging: None,
            tracing: None,
            encryption: None,
        };
        let record = StateMachineRecord {
            arn: machine.arn.clone(),
            machine_type: sfn_store::MachineType::Standard,
            status: StateMachineStatus::Active,
            created_at: self.clock.now(),
            revision: revision.into(),
        };
        self.store
            .create_state_machine(NewStateMachine { record, tags: vec![], version: None })
            .await
            .unwrap();
    }

    /// The history: its ids must be 1, 2, 3 and so on.
    pub(crate) async fn history(&self, execution: &ExecutionArn) -> Vec<HistoryEvent> {
        let query = HistoryQuery {
            execution: execution.clone(),
            from: None,
            limit: 1_000_000,
            order: HistoryOrder::Forward,
        };
        let segments = self.store.history(query).await.unwrap().unwrap();
        let events: Vec<_> = segments.iter().flat_map(|it| segment::decode(&it.events).unwrap()).collect();
        for (place, event) in events.iter().enumerate() {
            assert_eq!(event.id.0, place as u64 + 1, "ids are contiguous");
            assert!(event.previous_event_id < event.id);
        }
        events
    }

    pub(crate) async fn event_names(&self, execution: &ExecutionArn) -> Vec<&'static str> {
        self.history(execution).await.iter().map(|event| event.kind.name()).collect()
    }
}

/// A state machine.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    pub(crate) arn: StateMachineArn,
    pub(crate) revision: RevisionId,
    pub(crate) definition: Arc<Definition>,
}

impl Machine {
    pub(crate) fn new(name: &str, definition: &str) -> Self {
        let scope = ArnScope::new("us-east-1", "123456789012").unwrap();
        let options = Options { machine_type: MachineType::Standard, ..Options::default() };
        let parsed = asl_parser::parse(definition, &options);
        Self {
            arn: scope.state_machine(&Name::new(name).unwrap()),
            revision: RevisionId::new(format!("{name}-1")).unwrap(),
            definition: Arc::new(parsed.definition.unwrap_or_else(|| panic!("{:?}", parsed.diagnostics))),
        }
    }

    pub(crate) fn execution(&self, name: &str) -> ExecutionArn {
        self.arn.execution(&Name::new(name).unwrap())
    }

    fn engine_start(&self, arn: &Arc<str>, name: &str) -> Start {
        Start {
            input: Payload::parse(r#"{"n": 1}"#).unwrap(),
            execution: ExecutionIdentity {
                arn: Arc::clone(arn),
                name: Arc::from(name),
                role_arn: Arc::from("arn:aws:iam::123456789012:role/r"),
                state_machine_arn: Arc::clone(self.arn.shared()),
                state_machine_name: Arc::from(self.arn.name()),
                state_machine_version_arn: None,
                state_machine_alias_arn: None,
                region: Arc::from("us-east-1"),
                redrive_count: 0,
            },
            seed: name.bytes().fold(7, |seed, byte| seed * 31 + u128::from(byte)),
            limits: Limits::default(),
            processor_of: None,
            missing_activities: std::collections::BTreeSet::new(),
        }
    }

    pub(crate) fn standard(&self, name: &str, started_at: Timestamp) -> StandardStart {
        let arn = self.execution(name);
        StandardStart {
            new: NewExecution {
                arn: arn.clone(),
                revision: self.revision.clone(),
                input: r#"{"n": 1}"#.into(),
                started_on: None,
                trace_header: None,
                test_case: None,
                map_run: None,
                started_at,
                first: None,
                lease: None,
            },
            definition: Arc::clone(&self.definition),
            start: self.engine_start(arn.shared(), name),
            logging: None,
        }
    }

    pub(crate) fn express(&self, name: &str) -> ExpressStart {
        let name_of = |text: &str| Name::new(text).unwrap();
        let arn = self.arn.express_execution(&name_of(name), &name_of("unique"));
        ExpressStart {
            definition: Arc::clone(&self.definition),
            start: self.engine_start(arn.shared(), name),
            test_case: None,
            logging: None,
            is_child: false,
        }
    }

    pub(crate) async fn create(&self, driver: &Driver, name: &str) -> ExecutionArn {
        let created = driver.create(self.standard(name, driver.now())).await.unwrap();
        assert!(matches!(created, Creation::Created(_)));
        self.execution(name)
    }
}

/// Waits, for an hour at most, until an execution has ended.
pub(crate) async fn closed(driver: &Driver, execution: &ExecutionArn) -> Closed {
    let hour = Duration::from_hours(1);
    driver.wait_until_closed(execution, hour).await.unwrap().expect("it ends within an hour")
}

pub(crate) const PASS_CHAIN: &str = r#"{"StartAt":"P1","States":{
    "P1":{"Type":"Pass","Next":"P2"},"P2":{"Type":"Pass","Next":"P3"},"P3":{"Type":"Pass","Next":"P4"},
    "P4":{"Type":"Pass","Next":"P5"},"P5":{"Type":"Pass","Next":"P6"},"P6":{"Type":"Pass","Next":"P7"},
    "P7":{"Type":"Pass","Next":"P8"},"P8":{"Type":"Pass","Next":"P9"},"P9":{"Type":"Pass","Next":"P10"},
    "P10":{"Type":"Pass","End":true}}}"#;

pub(crate) const WAIT: &str = r#"{"StartAt":"W","States":{
    "W":{"Type":"Wait","Seconds":600,"Next":"P"},"P":{"Type":"Pass","End":true}}}"#;

pub(crate) const TASK: &str = r#"{"StartAt":"T","States":{
    "T":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:f","End":true}}}"#;

pub(crate) const ACTIVITY: &str = r#"{"StartAt":"A","States":{
    "A":{"Type":"Task","Resource":"arn:aws:states:us-east-1:123456789012:activity:work","End":true}}}"#;

/// Waits, calls, waits and calls again.
pub(crate) const MIXED: &str = r#"{"StartAt":"W1","States":{
    "W1":{"Type":"Wait","Seconds":1,"Next":"T1"},
    "T1":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:f","Next":"W2"},
    "W2":{"Type":"Wait","Seconds":2,"Next":"T2"},
    "T2":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:f","Next":"P"},
    "P":{"Type":"Pass","End":true}}}"#;
