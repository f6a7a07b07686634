//! The handle of a driver.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use asl_runtime::TaskReport;
use sfn_store::id::{ExecutionArn, IdError, NodeId};
use sfn_store::{
    BoxFuture, Closed, CreateExecutionError, Creation, ExecutionRecord, Fault, Hint, Listener, Store,
    Timestamp,
};
use tokio::sync::{mpsc, oneshot};

use crate::create::{StandardStart, create};
use crate::dispatch::Dispatcher;
use crate::express::{self, ExpressEnd, ExpressStart};
use crate::guard::AbortOnDrop;
use crate::lone::{self, LoneTask};
use crate::machine_metric::MachineCounts;
use crate::metric::Metrics;
use crate::run::{Event, Shell};
use crate::shared::{Config, Shared};
use crate::task::TaskHandler;
use crate::task_metric::{TaskCounts, TaskFamily};
use crate::watch::{Subject, Watch};

/// Most events that wait for the shell; hints past it are dropped.
const EVENTS_MAX: usize = 65_536;

/// Runs executions, as one node among those that share a store. Clones are
/// handles of the same driver; with the last one all its work is aborted, as
/// if the process had died.
#[derive(Clone, Debug)]
pub struct Driver {
    shared: Arc<Shared>,
    events: mpsc::Sender<Event>,
    _shell: Arc<AbortOnDrop>,
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

    /// What the driver has counted of each state machine's executions, by ARN.
    /// Those of machines past [`LABELS_MAX`](crate::LABELS_MAX) come last,
    /// under no ARN, if there were any.
    pub fn machine_counts(&self) -> Vec<(Option<Arc<str>>, MachineCounts)> {
        let machines = self.shared.machines.all();
        machines.into_iter().map(|(arn, counters)| (arn, counters.read())).collect()
    }

    /// What the driver has counted of the tasks of each resource, by ARN, as it
    /// is with [`machine_counts`](Self::machine_counts).
    pub fn task_counts(&self, family: TaskFamily) -> Vec<(Option<Arc<str>>, TaskCounts)> {
        self.shared.tasks.read(family)
    }

    /// Forgets the counts of state machines and activities that are gone.
    /// Children of map runs go with the machine that they are part of.
    pub async fn forget_deleted(&self) -> Result<(), Fault> {
        for arn in self.shared.machines.arns() {
            let machine = arn.split_once('/').map_or(&*arn, |(machine, _label)| machine);
            // An ARN that is none was never a state machine's.
            let is_there = match machine.parse() {
                Ok(machine) => self.shared.store.state_machine(&machine).await?.is_some(),
                Err(_) => false,
            };
            if !is_there {
                self.shared.machines.forget(&arn);
            }
        }
        let activities = self.shared.tasks.activities();
        for arn in activities.arns() {
            let is_there = match arn.parse() {
                Ok(activity) => self.shared.store.activity(&activity).await?.is_some(),
                Err(_) => false,
            };
            if !is_there {
                activities.forget(&arn);
            }
        }
        Ok(())
    }

    /// Stores an execution together with its first step, and has it run.
    /// [`Creation::Existing`] if the name is taken: then nothing runs.
    /// Completes when the store has made it durable.
    pub async fn create(
        &self,
        execution: StandardStart,
    ) -> Result<Creation<ExecutionRecord>, CreateExecutionError> {
        create(&self.shared, &self.events, execution).await
    }

    /// Runs an Express execution to its end, in memory. It goes on if nobody
    /// waits for that.
    pub fn run_express(&self, execution: ExpressStart) -> BoxFuture<ExpressEnd> {
        express::run(&self.shared, execution, None)
    }

    /// Carries out a task that is in no execution, and answers its last report,
    /// or that it ran out of time. It is cancelled when nobody waits any more.
    pub fn run_task(&self, task: LoneTask) -> BoxFuture<TaskReport> {
        lone::run(&self.shared, task)
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
