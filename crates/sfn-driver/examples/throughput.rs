//! How many executions per second the driver makes on the store in memory:
//! `cargo run --release -p sfn-driver --example throughput -- [EXECUTIONS] [AT_ONCE]`.
//!
//! A chain of ten Pass states, the same as an Express execution, one Task
//! state, and one that waits.
#![expect(clippy::print_stdout, reason = "this is a command for people")]

use std::collections::BTreeSet;
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use asl_parser::{Definition, Options};
use asl_runtime::{ExecutionIdentity, Limits, Start, StartTask, TaskReport};
use asl_value::Payload;
use sfn_driver::{Config, Driver, Entropy, ExpressStart, Pace, StandardStart, TaskContext, TaskHandler};
use sfn_store::id::{ArnScope, ExecutionArn, Name, RevisionId, StateMachineArn};
use sfn_store::{
    BoxFuture, Clock, MachineType, MemoryStore, NewExecution, NewStateMachine, Revision, StateMachineRecord,
    StateMachineStatus, Store, Timestamp,
};

const TASK: &str = r#"{"StartAt":"T","States":{
    "T":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:f","End":true}}}"#;
const WAIT: &str = r#"{"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":600,"End":true}}}"#;

type Anyhow<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Answers each task with its input.
#[derive(Debug)]
struct Echo;

impl TaskHandler for Echo {
    fn run(&self, task: StartTask, _: TaskContext) -> BoxFuture<TaskReport> {
        Box::pin(std::future::ready(TaskReport::Succeeded { output: task.input }))
    }
}

struct Machine {
    arn: StateMachineArn,
    revision: RevisionId,
    definition: Arc<Definition>,
}

impl Machine {
    async fn create(store: &dyn Store, name: &str, text: &str) -> Anyhow<Arc<Self>> {
        let arn = ArnScope::new("us-east-1", "123456789012")?.state_machine(&Name::new(name)?);
        let revision = RevisionId::new(name)?;
        let record = StateMachineRecord {
            arn: arn.clone(),
            machine_type: MachineType::Standard,
            status: StateMachineStatus::Active,
            created_at: Timestamp::UNIX_EPOCH,
            revision: Arc::new(Revision {
                id: revision.clone(),
                number: 1,
                updated_at: Timestamp::UNIX_EPOCH,
                definition: text.into(),
                role_arn: "role".into(),
                logging: None,
                tracing: None,
                encryption: None,
            }),
        };
        store.create_state_machine(NewStateMachine { record, tags: Vec::new(), version: None }).await?;
        let definition = asl_parser::parse(text, &Options::default()).definition.ok_or("no definition")?;
        Ok(Arc::new(Self { arn, revision, definition: Arc::new(definition) }))
    }

    fn start(&self, arn: Arc<str>, number: u64) -> Anyhow<Start> {
        Ok(Start {
            input: Payload::parse("{}")?,
            execution: ExecutionIdentity {
                arn,
                name: number.to_string().into(),
                role_arn: "role".into(),
                state_machine_arn: Arc::clone(self.arn.shared()),
                state_machine_name: self.arn.name().into(),
                state_machine_version_arn: None,
                state_machine_alias_arn: None,
                region: "us-east-1".into(),
                redrive_count: 0,
            },
            seed: u128::from(number),
            limits: Limits::default(),
            processor_of: None,
            missing_activities: BTreeSet::new(),
        })
    }

    async fn standard(&self, driver: &Driver, number: u64) -> Anyhow<ExecutionArn> {
        let arn = self.arn.execution(&Name::new(number.to_string())?);
        let new = NewExecution {
            arn: arn.clone(),
            revision: self.revision.clone(),
            input: "{}".into(),
            started_on: None,
            trace_header: None,
            test_case: None,
            map_run: None,
            started_at: driver.now(),
            first: None,
            lease: None,
        };
        let start = self.start(Arc::clone(arn.shared()), number)?;
        let definition = Arc::clone(&self.definition);
        driver.create(StandardStart { new, definition, start, logging: None }).await?;
        Ok(arn)
    }

    async fn express(&self, driver: &Driver, number: u64) -> Anyhow<()> {
        let start = self.start("express".into(), number)?;
        let definition = Arc::clone(&self.definition);
        driver
            .run_express(ExpressStart { definition, start, test_case: None, logging: None, is_child: false })
            .await;
        Ok(())
    }
}

/// Runs `work` for each number, so many at once, and tells how many a second.
async fn measure<F>(
    what: &str,
    count: u64,
    at_once: u64,
    work: impl Fn(u64) -> F + Clone + Send + 'static,
) -> Anyhow<()>
where
    F: Future<Output = Anyhow<()>> + Send + 'static,
{
    let began = Instant::now();
    let next = Arc::new(AtomicU64::new(0));
    let mut clients = tokio::task::JoinSet::new();
    for _ in 0..at_once {
        let (next, work) = (Arc::clone(&next), work.clone());
        clients.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= count {
                    return Ok(());
                }
                work(number).await?;
            }
        });
    }
    while let Some(done) = clients.join_next().await {
        let done: Anyhow<()> = done?;
        done?;
    }
    let seconds = began.elapsed().as_secs_f64();
    let per_second = Duration::from_secs(count).as_secs_f64() / seconds;
    println!("{what:<24} {count:>8} in {seconds:>7.3} s, {per_second:>9.0} a second");
    Ok(())
}

#[tokio::main]
async fn main() -> Anyhow<()> {
    let mut arguments = std::env::args().skip(1);
    let count: u64 = arguments.next().map_or(Ok(100_000), |text| text.parse())?;
    let at_once: u64 = arguments.next().map_or(Ok(64), |text| text.parse())?;
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let config = Config {
        is_time_virtual: false,
        observer: None,
        clock: Clock::default(),
        entropy: Entropy::new(|| 1),
        limits: Limits::default(),
        pace: Pace::default(),
    };
    let driver = Driver::start(Arc::clone(&store), Arc::new(Echo), config)?;
    let states: Vec<String> = (1..=10)
        .map(|place| {
            let next =
                if place == 10 { r#""End":true"#.to_owned() } else { format!(r#""Next":"P{}""#, place + 1) };
            format!(r#""P{place}":{{"Type":"Pass",{next}}}"#)
        })
        .collect();
    let chain = format!(r#"{{"StartAt":"P1","States":{{{}}}}}"#, states.join(","));

    let machine = Machine::create(&*store, "chain", &chain).await?;
    let express = Arc::clone(&machine);
    let to = driver.clone();
    measure("ten Pass states", count, at_once, move |number| {
        let (machine, driver) = (Arc::clone(&machine), to.clone());
        async move { machine.standard(&driver, number).await.map(drop) }
    })
    .await?;
    let to = driver.clone();
    measure("the same, Express", count, at_once, move |number| {
        let (machine, driver) = (Arc::clone(&express), to.clone());
        async move { machine.express(&driver, number).await }
    })
    .await?;
    let machine = Machine::create(&*store, "task", TASK).await?;
    let to = driver.clone();
    measure("one Task state", count, at_once, move |number| {
        let (machine, driver) = (Arc::clone(&machine), to.clone());
        async move {
            let execution = machine.standard(&driver, number).await?;
            let closed = driver.wait_until_closed(&execution, Duration::from_mins(1)).await?;
            closed.map(drop).ok_or_else(|| "it did not end".into())
        }
    })
    .await?;
    let machine = Machine::create(&*store, "wait", WAIT).await?;
    let to = driver.clone();
    measure("one that waits", count, at_once, move |number| {
        let (machine, driver) = (Arc::clone(&machine), to.clone());
        async move { machine.standard(&driver, number).await.map(drop) }
    })
    .await?;
    for (name, value) in driver.metrics().read() {
        println!("{name} {value}");
    }
    Ok(())
}
