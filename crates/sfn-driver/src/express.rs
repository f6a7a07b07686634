//! Express executions: run in memory from start to end, without the store.

use std::collections::BTreeMap;
use std::sync::Arc;

use asl_parser::Definition;
use asl_runtime::{
    Effect, Execution, HistoryEvent, MapRunReport, Outcome, Problem, Signal, Start, Step, TaskKey,
};
use sfn_store::{BoxFuture, MachineType, Timestamp};
use tokio::sync::{mpsc, watch};
use tokio::task::AbortHandle;

use crate::chronicle::{Beginning, Chronicle};
use crate::live::{guarded, is_done_here};
use crate::shared::Shared;
use crate::task::{Report, Reported, Reports, TaskOrigin};
use crate::virtual_time::Busy;

/// Most reports that wait for one execution; tasks that report wait past it.
const REPORTS_MAX: usize = 64;

/// An Express execution to run.
#[derive(Clone, Debug)]
pub struct ExpressStart {
    /// Its definition.
    pub definition: Arc<Definition>,
    /// What the engine starts with.
    pub start: Start,
    /// The mock test case that its tasks are answered from.
    pub test_case: Option<Arc<str>>,
    /// `loggingConfiguration` of its revision, as JSON text.
    pub logging: Option<Arc<str>>,
    /// Whether it is the child of a map run.
    pub is_child: bool,
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
    /// Its history.
    pub events: Vec<HistoryEvent>,
}

/// Runs one to its end, whether or not anybody waits for that.
///
/// It is stopped when the signal is given, or when nobody is left to give it.
pub(crate) fn run(
    shared: &Arc<Shared>,
    start: ExpressStart,
    stop: Option<watch::Receiver<bool>>,
) -> BoxFuture<ExpressEnd> {
    let ExpressStart { definition, mut start, test_case, logging, is_child } = start;
    let limits = &mut start.limits;
    limits.execution_seconds_max = limits.execution_seconds_max.min(limits.express_execution_seconds_max);
    shared.metrics.express.add(1);
    let started_at = shared.now();
    let origin = TaskOrigin {
        execution_arn: Arc::clone(&start.execution.arn),
        state_machine_name: Arc::clone(&start.execution.state_machine_name),
        test_case,
    };
    let chronicle = Chronicle::begin(
        shared,
        &Beginning {
            identity: &start.execution,
            machine_type: MachineType::Express,
            input: start.input.shared_text(),
            started_at,
            is_child,
            logging: logging.as_ref(),
        },
    );
    let begun = guarded(&shared.metrics, || Execution::start(definition, start, started_at));
    let Ok((execution, first)) = begun else {
        chronicle.tell_start(Vec::new(), Some(&defect()), started_at);
        return Box::pin(std::future::ready(end(shared, started_at, Vec::new(), defect())));
    };
    let busy = shared.busy();
    let mut express = Express::new(shared, execution, origin, chronicle, started_at, stop);
    let events = express.observed(shared, &first);
    express.chronicle.tell_start(events, first.outcome.as_ref(), started_at);
    if let Some(outcome) = express.take_in(first) {
        let events = std::mem::take(&mut express.events);
        return Box::pin(std::future::ready(end(shared, started_at, events, outcome)));
    }
    let job = tokio::spawn(express.run(busy));
    let shared = Arc::clone(shared);
    Box::pin(async move { job.await.unwrap_or_else(|_| end(&shared, started_at, Vec::new(), defect())) })
}

fn end(shared: &Shared, started_at: Timestamp, events: Vec<HistoryEvent>, outcome: Outcome) -> ExpressEnd {
    let stopped_at = events.last().map_or_else(|| shared.now(), |event| event.timestamp);
    ExpressEnd { outcome, started_at, stopped_at, events }
}

/// The outcome of an execution that a defect ended.
fn defect() -> Outcome {
    Outcome::Failed {
        error: Some(Arc::from("States.Runtime")),
        cause: Some(Arc::from("the execution was ended by an internal failure")),
    }
}

/// One that has not ended with its first step.
struct Express {
    shared: Arc<Shared>,
    execution: Execution,
    origin: Arc<TaskOrigin>,
    chronicle: Chronicle,
    started_at: Timestamp,
    wake_at: Option<Timestamp>,
    events: Vec<HistoryEvent>,
    running: BTreeMap<TaskKey, AbortHandle>,
    /// True once it is to be stopped; `None` for one that nobody stops.
    stop: Option<watch::Receiver<bool>>,
    sender: mpsc::Sender<Report>,
    receiver: mpsc::Receiver<Report>,
}

impl Express {
    fn new(
        shared: &Arc<Shared>,
        execution: Execution,
        origin: TaskOrigin,
        chronicle: Chronicle,
        started_at: Timestamp,
        stop: Option<watch::Receiver<bool>>,
    ) -> Self {
        let (sender, receiver) = mpsc::channel(REPORTS_MAX);
        Self {
            shared: Arc::clone(shared),
            execution,
            origin: Arc::new(origin),
            chronicle,
            started_at,
            wake_at: None,
            events: Vec::new(),
            running: BTreeMap::new(),
            stop,
            sender,
            receiver,
        }
    }

    async fn run(mut self, busy: Option<Busy>) -> ExpressEnd {
        let shared = Arc::clone(&self.shared);
        loop {
            let signal = self.next_signal(busy.as_ref()).await;
            let now = shared.now();
            let outcome = match guarded(&shared.metrics, || self.execution.step(now, signal)) {
                Ok(Ok(step)) => {
                    let events = self.observed(&shared, &step);
                    self.chronicle.tell(events, step.outcome.as_ref(), now);
                    self.take_in(step)
                }
                Ok(Err(_)) => {
                    shared.metrics.refused.add(1);
                    None
                }
                Err(_) => {
                    self.chronicle.tell(Vec::new(), Some(&defect()), now);
                    Some(defect())
                }
            };
            if let Some(outcome) = outcome {
                return end(&shared, self.started_at, std::mem::take(&mut self.events), outcome);
            }
        }
    }

    /// Waits for what comes first: a report, or the time to wake up.
    async fn next_signal(&mut self, busy: Option<&Busy>) -> Signal {
        // Tasks under way keep virtual time from jumping.
        let _sleeper =
            busy.zip(self.wake_at.filter(|_| self.running.is_empty())).map(|(busy, at)| busy.sleep(at));
        tokio::select! {
            Some(report) = self.receiver.recv() => {
                if report.is_last {
                    self.running.remove(&report.task);
                }
                match report.report {
                    Reported::Task(task) => Signal::Task { task: report.task, report: task },
                    Reported::MapRun(end) => Signal::MapRun { map_run: report.task, report: end },
                }
            }
            () = self.shared.sleep_until(self.wake_at) => Signal::Tick,
            () = stopped(&mut self.stop) => {
                self.stop = None;
                Signal::STOP
            }
        }
    }

    /// A map run belongs to a Standard execution: its children are stored.
    fn refuse(&self, task: TaskKey) {
        let problem = Problem::new("States.Runtime", "Express executions have no map runs.");
        let report = Reported::MapRun(MapRunReport::Failed(problem));
        let (report, sender) = (Report { task, report, is_last: true }, self.sender.clone());
        tokio::spawn(async move { Reports::Express(sender).send(report).await });
    }

    /// Counts the tasks of a step. Its events, if anybody wants to know them.
    fn observed(&mut self, shared: &Shared, step: &Step) -> Vec<HistoryEvent> {
        // All its tasks began in memory.
        let _none = self.chronicle.count(shared, &step.events);
        if self.chronicle.is_observed() { step.events.clone() } else { Vec::new() }
    }

    /// Carries a step out, and tells how the execution ended, if it did.
    fn take_in(&mut self, step: Step) -> Option<Outcome> {
        self.events.extend(step.events);
        self.wake_at = step.wake_at;
        for effect in step.effects {
            let is_done_here = is_done_here(&effect);
            match effect {
                Effect::StartTask(task) if is_done_here => {
                    let (key, reports) = (task.key, Reports::Express(self.sender.clone()));
                    let handle = self.shared.dispatcher.start(task, Arc::clone(&self.origin), reports);
                    self.running.insert(key, handle);
                }
                Effect::CancelTask(key) => {
                    if let Some(task) = self.running.remove(&key) {
                        task.abort();
                    }
                }
                Effect::StartMapRun(start) => self.refuse(start.key),
                // Express state machines have no activities.
                other => tracing::error!(?other, "an effect that no Express execution has"),
            }
        }
        step.outcome
    }
}

/// Waits until an execution is to be stopped.
pub(crate) async fn stopped(stop: &mut Option<watch::Receiver<bool>>) {
    match stop {
        // A sender that is gone will not want the end.
        Some(stop) => drop(stop.wait_for(|is_wanted| *is_wanted).await),
        None => std::future::pending().await,
    }
}

impl Drop for Express {
    fn drop(&mut self) {
        for task in self.running.values() {
            task.abort();
        }
    }
}
