//! The handle of a driver.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use asl_parser::Definition;
use asl_runtime::{Execution, Start};
use sfn_store::id::{ExecutionArn, IdError, NodeId};
use sfn_store::{
    BoxFuture, Closed, CreateExecutionError, Creation, ExecutionRecord, Fault, Hint, LeaseRequest, Listener,
    NewExecution, Store, Timestamp,
};
use tokio::sync::{mpsc, oneshot};
use tokio::task::AbortHandle;

use crate::dispatch::Dispatcher;
use crate::express::{self, ExpressEnd, ExpressStart};
use crate::live::{Batch, Live, guarded};
use crate::metric::Metrics;
use crate::run::{Event, Shell};
use crate::shared::{Config, Shared};
use crate::task::{TaskHandler, TaskOrigin};
use crate::watch::{Subject, Watch};

/// Most events that wait for the shell; hints past it are dropped.
const EVENTS_MAX: usize = 65_536;

/// A Standard execution to store and run.
#[derive(Clone, Debug)]
pub struct StandardStart {
    /// What the store is asked to create. First step and lease are the
    /// driver's to add.
    pub new: NewExecution,
    /// Its definition.
    pub definition: Arc<Definition>,
    /// What the engine starts with.
    pub start: Start,
}

/// Runs executions, as one node among those that share a store. Clones are
/// handles of the same driver; with the last one all its work is aborted, as
/// if the process had died.
#[derive(Clone, Debug)]
pub struct Driver {
    shared: Arc<Shared>,
    events: mpsc::Sender<Event>,
    _shell: Arc<AbortOnDrop>,
}

#[derive(Debug)]
struct AbortOnDrop(AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Driver {
    /// Starts a driver under a fresh node id on the current tokio runtime.
    pub fn start(
        store: Arc<dyn Store>,
        handler: Arc<dyn TaskHandler>,
        config: Config,
    ) -> Result<Self, IdError> {
        let node = NodeId::new(format!("{:032x}", config.entropy.draw()))?;
        let dispatcher = Dispatcher { handler, metrics: Arc::new(Metrics::default()) };
        let shared = Arc::new(Shared::new(store, dispatcher, node, config));
        let (events, receiver) = mpsc::channel(EVENTS_MAX);
        shared.store.add_listener(listener(&shared, &events));
        let shell = Shell::new(Arc::clone(&shared), events.clone(), receiver);
        let shell = tokio::spawn(shell.run()).abort_handle();
        Ok(Self { shared, events, _shell: Arc::new(AbortOnDrop(shell)) })
    }

    /// The present of executions, in whole milliseconds. It never goes back.
    pub fn now(&self) -> Timestamp {
        self.shared.now()
    }

    /// What the driver has counted.
    pub fn metrics(&self) -> &Metrics {
        &self.shared.metrics
    }

    /// Stores an execution together with its first step, and has it run.
    /// [`Creation::Existing`] if the name is taken: then nothing runs.
    /// Completes when the store has made it durable.
    pub async fn create(
        &self,
        execution: StandardStart,
    ) -> Result<Creation<ExecutionRecord>, CreateExecutionError> {
        let StandardStart { mut new, definition, start } = execution;
        let shared = &self.shared;
        let busy = shared.busy();
        let arn = new.arn.clone();
        let origin = Arc::new(TaskOrigin::of(&arn, new.test_case.clone()));
        let begun = guarded(&shared.metrics, || {
            let (execution, step) = Execution::start(definition, start, new.started_at);
            let (mut live, mut batch) = Live::begun(execution, origin, step);
            let progress = live.progress(&mut batch, new.started_at);
            (live, batch, progress)
        });
        // Without its first step it is due at once, and is tried again as
        // executions are whose step panicked.
        new.first = None;
        new.lease = None;
        let mut begun = begun.ok().map(|(live, batch, progress)| {
            new.first = Some(progress);
            (live, batch)
        });
        if let Some((live, batch)) = &begun
            && !batch.is_closing()
        {
            let is_busy = live.is_busy(batch);
            if (is_busy || shared.is_soon(live.wake_at, new.started_at)) && shared.has_room() {
                let node = shared.node.clone();
                new.lease = Some(LeaseRequest { node, ttl: shared.pace.lease_ttl });
            } else if is_busy && let Some(first) = &mut new.first {
                // Whoever has room takes it up, and starts its tasks.
                first.wake_at = Some(new.started_at);
            }
        }
        if new.lease.is_some()
            && let Some((live, batch)) = begun.take()
        {
            // Goes on even if the caller does not wait: the lease needs a holder.
            let (shared, events) = (Arc::clone(shared), self.events.clone());
            let job = tokio::spawn(async move {
                let created = store_and_hold(shared, events, new, live, batch).await;
                drop(busy);
                created
            });
            return job.await.unwrap_or(Err(CreateExecutionError::Fault(Fault::ShutDown)));
        }
        let created = shared.store.create_execution(new).await?.execution;
        if let Creation::Created(record) = &created {
            shared.metrics.created.add(1);
            shared.metrics.closed.add(usize::from(record.closed.is_some()));
        }
        Ok(created)
    }

    /// Runs an Express execution to its end, in memory. It goes on if nobody
    /// waits for that.
    pub fn run_express(&self, execution: ExpressStart) -> BoxFuture<ExpressEnd> {
        express::run(&self.shared, execution)
    }

    /// Watches for something to happen, from this call on: look into the store
    /// after it, and nothing is missed in between.
    pub fn watch(&self, subject: Subject, timeout: Duration) -> Watch {
        self.shared.watchers.watch(subject, timeout)
    }

    /// Waits until an execution has ended; `None` if there is none of this
    /// ARN, or it has not ended in time.
    pub async fn wait_until_closed(
        &self,
        execution: &ExecutionArn,
        timeout: Duration,
    ) -> Result<Option<Closed>, Fault> {
        let mut watch = self.watch(Subject::Closed(execution.clone()), timeout);
        loop {
            let Some(record) = self.shared.store.execution(execution).await? else { return Ok(None) };
            if record.closed.is_some() || !watch.happened().await {
                return Ok(record.closed);
            }
        }
    }

    /// Stops: long polls end, turns under way are committed, tasks are
    /// dropped, and all executions are given up for others to go on with.
    pub async fn stop(&self) {
        self.shared.is_stopping.store(true, Ordering::Relaxed);
        self.shared.watchers.close();
        let (stopped, wait) = oneshot::channel();
        // The answer is that the other end is dropped.
        if self.events.send(Event::Stop(stopped)).await.is_ok() {
            let _ = wait.await;
        }
    }
}

/// Stores an execution with its first step under a lease, and hands it to the
/// shell.
async fn store_and_hold(
    shared: Arc<Shared>,
    events: mpsc::Sender<Event>,
    new: NewExecution,
    live: Live,
    mut batch: Batch,
) -> Result<Creation<ExecutionRecord>, CreateExecutionError> {
    let creation = shared.store.create_execution(new).await?;
    if let Creation::Created(_) = creation.execution {
        shared.metrics.created.add(1);
    }
    if let Some(lease) = creation.lease {
        let mut live = Box::new(live);
        live.committed = live.last_event_id();
        let effects = std::mem::take(&mut batch.effects);
        // A shell that is gone leaves the lease to run out.
        let _ = events.send(Event::Created { lease, live, effects }).await;
    }
    Ok(creation.execution)
}

/// Hears the store's hints, on its threads.
fn listener(shared: &Arc<Shared>, events: &mpsc::Sender<Event>) -> Listener {
    // Neither keeps a driver alive that nobody holds any more.
    let (shared, events) = (Arc::downgrade(shared), events.downgrade());
    Listener::new(move |hint| {
        let Some((shared, events)) = shared.upgrade().zip(events.upgrade()) else { return };
        match hint {
            Hint::Closed(execution) => shared.watchers.tell(&Subject::Closed(execution)),
            Hint::ActivityTask(activity) => shared.watchers.tell(&Subject::ActivityTask(activity)),
            hint @ (Hint::Inbox { .. } | Hint::Due { .. }) => {
                if events.try_send(Event::Hinted(hint)).is_err() {
                    shared.metrics.hints_dropped.add(1);
                }
            }
        }
    })
}
