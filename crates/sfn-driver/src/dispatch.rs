//! Carries out the effects of a step, once its commit is durable.

use std::sync::Arc;

use asl_runtime::{Effect, MapRunReport, Problem, StartMapRun, StartTask, TaskKey, TaskReport};
use sfn_store::id::ExecutionArn;
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinHandle};

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
        let work = tokio::spawn(self.handler.run(task, context));
        let guard = AbortOnDrop(work.abort_handle());
        tokio::spawn(watch_over(work, guard, key, reports)).abort_handle()
    }
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
    start: &StartMapRun,
    events: &mpsc::Sender<Event>,
) {
    let key = start.key;
    let (Some(map_run), Some((arn, job))) = (live.execution.map_run(key), live.map_runs.get_mut(&key)) else {
        return;
    };
    let parent =
        Parent { map_run: arn.clone(), kin: live.kin.clone(), test_case: live.origin.test_case.clone() };
    let work = tokio::spawn(map_run::run(Arc::clone(shared), events.clone(), parent, map_run));
    let guard = AbortOnDrop(work.abort_handle());
    let reports = Reports::Held(execution.clone(), events.clone());
    *job = Some(tokio::spawn(watch_over_map_run(work, guard, key, reports)).abort_handle());
}

/// Aborts the handler when the task that watches over it is aborted.
struct AbortOnDrop(AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn watch_over(work: JoinHandle<TaskReport>, _guard: AbortOnDrop, task: TaskKey, reports: Reports) {
    let report = match work.await {
        Ok(report) => report,
        Err(error) if error.is_panic() => {
            tracing::error!(%task, "a task handler panicked");
            TaskReport::Failed(Problem::new("States.TaskFailed", "the task's handler panicked"))
        }
        // Cancelled: nobody waits for it.
        Err(_) => return,
    };
    reports.send(Report { task, report: Reported::Task(report), is_last: true }).await;
}

async fn watch_over_map_run(
    work: JoinHandle<MapRunReport>,
    _guard: AbortOnDrop,
    task: TaskKey,
    reports: Reports,
) {
    let report = match work.await {
        Ok(report) => report,
        Err(error) if error.is_panic() => {
            tracing::error!(%task, "a map run panicked");
            MapRunReport::Failed(Problem::new(
                "States.Runtime",
                "the map run was ended by an internal failure",
            ))
        }
        // Cancelled: nobody waits for it.
        Err(_) => return,
    };
    reports.send(Report { task, report: Reported::MapRun(report), is_last: true }).await;
}
