//! How an execution comes into the store: together with its first step.

use std::sync::Arc;

use asl_parser::Definition;
use asl_runtime::{Execution, Start};
use sfn_store::{
    CreateExecutionError, Creation, ExecutionRecord, Fault, LeaseRequest, MachineType, NewExecution,
};
use tokio::sync::mpsc;

use crate::activity;
use crate::chronicle::{Beginning, Chronicle};
use crate::live::{Batch, Kin, Live, guarded};
use crate::run::Event;
use crate::shared::Shared;
use crate::task::TaskOrigin;

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
    /// `loggingConfiguration` of its revision, as JSON text.
    pub logging: Option<Arc<str>>,
}

/// Stores an execution together with its first step, and has it run.
pub(crate) async fn create(
    shared: &Arc<Shared>,
    events: &mpsc::Sender<Event>,
    execution: StandardStart,
) -> Result<Creation<ExecutionRecord>, CreateExecutionError> {
    let StandardStart { mut new, definition, mut start, logging } = execution;
    let busy = shared.busy();
    start.missing_activities = activity::missing(&*shared.store, &definition.activities()).await?;
    let arn = new.arn.clone();
    let origin = Arc::new(TaskOrigin::of(&arn, new.test_case.clone()));
    let mut chronicle = chronicle(shared, &new, &start, logging.as_ref());
    let kin = Kin { revision: new.revision.clone(), started_on: new.started_on.clone(), logging };
    let for_live = chronicle.clone();
    let begun = guarded(&shared.metrics, || {
        let (execution, step) = Execution::start(definition, start, new.started_at);
        let (mut live, mut batch) = Live::begun(execution, origin, kin, for_live, step);
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
        let (shared, events) = (Arc::clone(shared), events.clone());
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
        let (events, outcome) = begun.map(|(_, batch)| batch.into_parts()).unwrap_or_default();
        // A first step has no tasks from before.
        let _none = chronicle.count(shared, &events);
        chronicle.tell_start(events, outcome.as_ref(), record.started_at);
    }
    Ok(created)
}

/// What will be told of an execution that is to be created.
fn chronicle(shared: &Shared, new: &NewExecution, start: &Start, logging: Option<&Arc<str>>) -> Chronicle {
    let beginning = Beginning {
        identity: &start.execution,
        machine_type: MachineType::Standard,
        input: &new.input,
        started_at: new.started_at,
        is_child: new.map_run.is_some(),
        logging,
    };
    Chronicle::begin(shared, &beginning)
}

/// Stores an execution with its first step under a lease, and hands it to the
/// shell.
async fn store_and_hold(
    shared: Arc<Shared>,
    events: mpsc::Sender<Event>,
    new: NewExecution,
    mut live: Live,
    mut batch: Batch,
) -> Result<Creation<ExecutionRecord>, CreateExecutionError> {
    let creation = shared.store.create_execution(new).await?;
    if let Creation::Created(record) = &creation.execution {
        shared.metrics.created.add(1);
        let events = batch.take_events();
        // A first step has no tasks from before.
        let _none = live.chronicle.count(&shared, &events);
        live.chronicle.tell_start(events, None, record.started_at);
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
