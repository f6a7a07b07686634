//! What the API needs of the program around it: time, entropy, and somebody
//! who runs executions. It keeps this crate free of clocks, threads and async
//! runtimes.

use std::fmt::Debug;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use asl_parser::Definition;
use asl_runtime::{Outcome, Start, StartTask, TaskReport};
use sfn_store::id::{ActivityArn, ExecutionArn};
use sfn_store::{CreateExecutionError, Creation, ExecutionRecord, NewExecution};

use crate::Timestamp;

/// An answer of the host. It may borrow from the host.
pub type HostFuture<'h, T> = Pin<Box<dyn Future<Output = T> + Send + 'h>>;

/// The program around the API.
pub trait Host: Send + Sync + Debug {
    /// The present, truncated to milliseconds. It never goes back.
    fn now(&self) -> Timestamp;

    /// 128 bits that nobody can guess: for names, seeds and keys.
    fn entropy(&self) -> u128;

    /// Stores a new Standard execution and has it run. The first step may be
    /// made here and stored together with the record, so that start and first
    /// step are one commit. [`Creation::Existing`] when the name is taken:
    /// then nothing was stored and nothing runs. Completes once the execution
    /// is durable.
    fn start_execution(
        &self,
        execution: StandardStart,
    ) -> HostFuture<'_, Result<Creation<ExecutionRecord>, CreateExecutionError>>;

    /// Runs an Express execution to its end, without the store. The execution
    /// goes on if nobody waits for the end any more.
    fn run_express(&self, execution: ExpressStart) -> HostFuture<'static, ExpressEnd>;

    /// Carries out one task that is in no execution, and answers its last
    /// report, or that it ran out of time.
    fn run_task(&self, task: LoneTask) -> HostFuture<'static, TaskReport>;

    /// Who knows which log groups there are; none, and any that a state machine
    /// names is taken to be there.
    fn log_groups(&self) -> Option<&dyn LogGroups> {
        None
    }

    /// Watches for something to happen, from this call on: look into the store
    /// after it, and nothing can be missed in between. The watch ends after
    /// `timeout`, or earlier when the host shuts down.
    fn watch(&self, subject: Subject, timeout: Duration) -> Box<dyn Watch>;
}

/// Knows which log groups there are.
pub trait LogGroups: Send + Sync + Debug {
    /// Whether there is a log group of this ARN, which may end in `:*`.
    fn exists(&self, log_group_arn: &str) -> HostFuture<'static, bool>;
}

/// A Standard execution to store and run.
#[derive(Clone, Debug)]
pub struct StandardStart {
    /// What the store is asked to create; without first step and lease, which
    /// are the host's to add.
    pub new: NewExecution,
    /// Its definition, already parsed.
    pub definition: Arc<Definition>,
    /// What the engine starts with.
    pub start: Start,
    /// `loggingConfiguration` of its revision, as JSON text.
    pub logging: Option<Arc<str>>,
}

/// An Express execution to run.
#[derive(Clone, Debug)]
pub struct ExpressStart {
    /// Its definition, already parsed.
    pub definition: Arc<Definition>,
    /// What the engine starts with.
    pub start: Start,
    /// The mock test case that its tasks are answered from.
    pub test_case: Option<Arc<str>>,
    /// `loggingConfiguration` of its revision, as JSON text.
    pub logging: Option<Arc<str>>,
}

/// A task in no execution.
#[derive(Clone, Debug)]
pub struct LoneTask {
    /// The task.
    pub task: StartTask,
    /// How long it may take.
    pub timeout: Duration,
    /// ARN of the execution that it says it is in.
    pub execution_arn: Arc<str>,
    /// Name of that execution's state machine.
    pub state_machine_name: Arc<str>,
}

/// How an Express execution ended.
#[derive(Clone, Debug)]
pub struct ExpressEnd {
    /// Its outcome.
    pub outcome: Outcome,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub stopped_at: Timestamp,
}

/// What to watch for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A task waits for a worker of the activity.
    ActivityTask(ActivityArn),
    /// The execution has ended.
    Closed(ExecutionArn),
}

/// A watch that [`Host::watch`] set.
pub trait Watch: Send {
    /// Completes with true when it may have happened, since the watch was set
    /// or since the last time: look into the store. Completes with false when
    /// the watch has ended.
    fn happened(&mut self) -> HostFuture<'_, bool>;
}
