//! What carries out tasks: the trait that integrations implement.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use asl_runtime::{
    ChildResult, MapRunReport, Problem, ReadItems, StartTask, TaskKey, TaskReport, WriteResults,
};
use asl_value::{Payload, Value};
use sfn_store::BoxFuture;
use sfn_store::id::ExecutionArn;
use tokio::sync::mpsc;

use crate::run::Event;

/// Carries out tasks, other than those of activities.
pub trait TaskHandler: Send + Sync + fmt::Debug {
    /// Carries out one task and answers its last report: its end, or
    /// [`TaskReport::Submitted`] if the end will come by token. What happens
    /// before goes through [`TaskContext::report`]; the engine makes up for a
    /// missing `Started`. The future is dropped when the task is cancelled.
    ///
    /// A task is started again, with the same key, when the process that ran
    /// it is gone.
    fn run(&self, task: StartTask, context: TaskContext) -> BoxFuture<TaskReport>;

    /// Begins to read the items of a map run.
    fn open_items(&self, read: ReadItems) -> BoxFuture<Result<Box<dyn ItemStream>, Problem>> {
        let cause = format!("nothing is configured that reads items with {}", read.resource);
        Box::pin(std::future::ready(Err(Problem::new("States.ItemReaderFailed", cause))))
    }

    /// Begins to write the results of a map run.
    fn open_results(&self, write: WriteResults) -> BoxFuture<Result<Box<dyn ResultSink>, Problem>> {
        let cause = format!("nothing is configured that writes results with {}", write.resource);
        Box::pin(std::future::ready(Err(Problem::new("States.ResultWriterFailed", cause))))
    }
}

/// An answer that borrows from who gives it.
pub type Pending<'p, T> = Pin<Box<dyn Future<Output = T> + Send + 'p>>;

/// Items as they are read.
pub trait ItemStream: Send {
    /// The next items, at most `limit`; none at the end.
    fn next(&mut self, limit: usize) -> Pending<'_, Result<Vec<Value>, Problem>>;
}

/// Where the results of a map run go.
pub trait ResultSink: Send {
    /// Takes the result of a child. They come in the order of their places.
    fn push(&mut self, child: ChildResult) -> Pending<'_, Result<(), Problem>>;

    /// Writes what is left; the result of the state.
    fn finish(self: Box<Self>) -> Pending<'static, Result<Payload, Problem>>;
}

/// Where a task comes from.
#[derive(Clone, Debug)]
pub struct TaskOrigin {
    /// ARN of its execution.
    pub execution_arn: Arc<str>,
    /// Name of the execution's state machine.
    pub state_machine_name: Arc<str>,
    /// The mock test case that the execution was started with.
    pub test_case: Option<Arc<str>>,
}

impl TaskOrigin {
    pub(crate) fn of(execution: &ExecutionArn, test_case: Option<Arc<str>>) -> Self {
        Self {
            execution_arn: Arc::clone(execution.shared()),
            state_machine_name: Arc::from(execution.state_machine().name()),
            test_case,
        }
    }
}

/// What a handler knows about a task besides the task itself, and how it
/// reports before the end.
#[derive(Clone, Debug)]
pub struct TaskContext {
    /// Where the task comes from.
    pub origin: Arc<TaskOrigin>,
    pub(crate) key: TaskKey,
    pub(crate) reports: Reports,
}

impl TaskContext {
    /// A context whose reports nobody hears, for the tests of handlers.
    pub fn unheard(origin: TaskOrigin, task: &StartTask) -> Self {
        Self { origin: Arc::new(origin), key: task.key, reports: Reports::Unheard }
    }

    /// Reports what happens before the end. A report to an execution that no
    /// longer waits for the task is dropped.
    pub async fn report(&self, report: TaskReport) {
        let report = Reported::Task(report);
        self.reports.send(Report { task: self.key, report, is_last: false }).await;
    }
}

/// Something that a handler reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The task.
    pub task: TaskKey,
    /// What happened to it.
    pub report: Reported,
    /// Whether the handler is done with it.
    pub is_last: bool,
}

/// What is reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reported {
    /// Something about a task.
    Task(TaskReport),
    /// The end of a map run.
    MapRun(MapRunReport),
}

/// Where reports go.
#[derive(Clone, Debug)]
pub(crate) enum Reports {
    /// To an execution that the driver holds.
    Held(ExecutionArn, mpsc::Sender<Event>),
    /// To an Express execution.
    Express(mpsc::Sender<Report>),
    /// To nobody.
    Unheard,
}

impl Reports {
    /// Sends a report; a receiver that is gone does not want it.
    pub(crate) async fn send(&self, report: Report) {
        match self {
            Self::Held(execution, events) => {
                let _ = events.send(Event::Reported { execution: execution.clone(), report }).await;
            }
            Self::Express(reports) => {
                let _ = reports.send(report).await;
            }
            Self::Unheard => {}
        }
    }
}
