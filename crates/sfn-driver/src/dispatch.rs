//! Carries out the effects of a step, once its commit is durable.

use std::sync::Arc;

use asl_runtime::{Effect, MapRunReport, Problem, StartMapRun, StartTask, TaskKey, TaskReport};
use sfn_store::id::ExecutionArn;
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinHandle};

use crate::guard::AbortOnDrop;
use crate::live::{Live, is_done_here};
use crate::map_run::{self, Parent};
use crate::metric::Metrics;
use crate::run::Event;
use crate::shared::Shared;
use crate::task::{Report, Reported, Reports, TaskContext, TaskHandler, TaskOrigin};

/// Starts and cancels tasks.
#[derive(Clone, Debug)]
pub(crate) struct Dispatcher {
    pub(crate) handler: Arc<dyn TaskHandler>,
    pub(crate) metrics: Arc<Metrics>,
}

impl Dispatcher {
    /// Starts a task; its last report is sent when its handler is done.
    pub(crate) fn start(&self, task: StartTask, origin: Arc<TaskOrigin>, reports: Reports) -> AbortHandle {
        self.metrics.tasks.add(1);
        let key = task.key;
        let context = TaskContext { origin, key, reports: reports.clone() };
        let work = self.handler.run(task, context);
        let if_panicked = |task| Reported::Task(panicked(task));
        start(async { Reported::Task(work.await) }, key, if_panicked, reports)
    }
}

/// Has work done whose end is reported.
fn start(
    work: impl Future<Output = Reported> + Send + 'static,
    task: TaskKey,
    if_panicked: fn(TaskKey) -> Reported,
    reports: Reports,
) -> AbortHandle {
    let work = tokio::spawn(work);
    let guard = AbortOnDrop(work.abort_handle());
    tokio::spawn(watch_over(work, guard, task, if_panicked, reports)).abort_handle()
}

/// Carries out the effects of a committed step.
pub(crate) fn carry_out(
    shared: &Arc<Shared>,
    live: &mut Live,
    execution: &ExecutionArn,
    effects: Vec<Effect>,
    events: &mpsc::Sender<Event>,
) {
    for effect in effects {
        let is_done_here = is_done_here(&effect);
        match effect {
            Effect::StartTask(task) if is_done_here => {
                let key = task.key;
                let reports = Reports::Held(execution.clone(), events.clone());
                let handle = shared.dispatcher.start(task, Arc::clone(&live.origin), reports);
                if let Some(before) = live.running.insert(key, handle) {
                    before.abort();
                }
            }
            Effect::StartMapRun(start) => start_map_run(shared, live, execution, &start, events),
            Effect::CancelTask(key) => {
                if let Some(task) = live.running.remove(&key) {
                    task.abort();
                }
            }
            // Activity tasks wait in the store; others were reported when
            // the step was committed.
            _ => {}
        }
    }
}

/// Has a map run go on here, until the execution is no longer held here.
fn start_map_run(
    shared: &Arc<Shared>,
    live: &mut Live,
    execution: &ExecutionArn,
    begun: &StartMapRun,
    events: &mpsc::Sender<Event>,
) {
    let key = begun.key;
    let (Some(map_run), Some((arn, job))) = (live.execution.map_run(key), live.map_runs.get_mut(&key)) else {
        return;
    };
    let parent =
        Parent { map_run: arn.clone(), kin: live.kin.clone(), test_case: live.origin.test_case.clone() };
    let work = map_run::run(Arc::clone(shared), events.clone(), parent, map_run);
    let reports = Reports::Held(execution.clone(), events.clone());
    *job = Some(start(async { Reported::MapRun(work.await) }, key, map_run_panicked, reports));
}

/// Reports what work came to, or that it panicked. The work is aborted with
/// this.
async fn watch_over(
    work: JoinHandle<Reported>,
    _guard: AbortOnDrop,
    task: TaskKey,
    if_panicked: fn(TaskKey) -> Reported,
    reports: Reports,
) {
    let report = match work.await {
        Ok(report) => report,
        Err(error) if error.is_panic() => if_panicked(task),
        // Cancelled: nobody waits for it.
        Err(_) => return,
    };
    reports.send(Report { task, report, is_last: true }).await;
}

/// What becomes of a task whose handler panicked.
pub(crate) fn panicked(task: TaskKey) -> TaskReport {
    tracing::error!(%task, "a task handler panicked");
    TaskReport::Failed(Problem::new("States.TaskFailed", "the task's handler panicked"))
}

fn map_run_panicked(map_run: TaskKey) -> Reported {
    tracing::error!(task = %map_run, "a map run panicked");
    Reported::MapRun(MapRunReport::Failed(map_run::internal()))
}
