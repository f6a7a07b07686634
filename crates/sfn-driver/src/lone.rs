//! Tasks in no execution: carried out once and answered to whoever asks.

use std::sync::Arc;
use std::time::Duration;

use asl_runtime::{Problem, StartTask, TaskReport};
use sfn_store::BoxFuture;

use crate::dispatch::panicked;
use crate::guard::AbortOnDrop;
use crate::shared::Shared;
use crate::task::{Reports, TaskContext, TaskOrigin};

/// A task in no execution.
#[derive(Clone, Debug)]
pub struct LoneTask {
    /// The task.
    pub task: StartTask,
    /// Where it says that it comes from.
    pub origin: TaskOrigin,
    /// How long it may take, in real time.
    pub timeout: Duration,
}

/// Carries it out and answers its last report, or that it ran out of time. It
/// is cancelled when nobody waits for that any more.
pub(crate) fn run(shared: &Arc<Shared>, lone: LoneTask) -> BoxFuture<TaskReport> {
    let LoneTask { task, origin, timeout } = lone;
    let shared = Arc::clone(shared);
    Box::pin(async move {
        let _busy = shared.busy();
        shared.metrics.tasks.add(1);
        let key = task.key;
        let context = TaskContext { origin: Arc::new(origin), key, reports: Reports::Unheard };
        let work = tokio::spawn(shared.dispatcher.handler.run(task, context));
        let _cancel = AbortOnDrop(work.abort_handle());
        match tokio::time::timeout(timeout, work).await {
            Ok(Ok(report)) => report,
            Ok(Err(_)) => panicked(key),
            Err(_) => TaskReport::TimedOut(Problem { error: Some("States.Timeout".to_owned()), cause: None }),
        }
    })
}
