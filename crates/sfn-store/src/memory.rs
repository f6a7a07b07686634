//! A store in memory: for tests, embedding, and as the model of the others.

mod execution;
mod map_run;
mod resource;
mod task;
mod version;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::future::ready;
use std::sync::{Arc, Mutex, PoisonError};

use crate::id::{
    ActivityArn, ExecutionArn, InboxSequence, MapRunArn, Name, ResourceArn, RevisionId, StateMachineArn,
    TaskToken,
};
use crate::store::{BoxFuture, Store};
use crate::{
    ActivityRecord, ActivityTask, AliasRecord, AnswerError, Bytes, ClaimRequest, Claims, Clock, Commit,
    CommitError, Committed, CountMapRun, CreateExecutionError, Creation, DeleteStateMachine,
    DeleteVersionError, Deletion, DeliverError, Delivered, ExecutionCreation, ExecutionQuery,
    ExecutionRecord, ExecutionStatus, ExecutionSummary, Fault, Hint, HistoryQuery, Lease, LeaseError,
    Listener, Listeners, MapRunChildren, MapRunCounts, MapRunError, MapRunNote, MapRunRecord, Message,
    NewActivity, NewExecution, NewStateMachine, Page, PageRequest, PublishError, PublishVersion,
    RedriveError, RedriveExecution, Renew, Renewal, Revision, Segment, StateMachineRecord,
    StateMachineSummary, TagChange, TagError, Tags, TakeActivityTask, TakeError, TaskAnswer, Timestamp,
    UpdateAlias, UpdateError, UpdateMapRun, UpdateStateMachine, VersionRecord, VersionSummary,
};

/// A store that lasts as long as its process. Its answers are always ready.
#[derive(Debug, Default)]
pub struct MemoryStore {
    state: Mutex<State>,
    clock: Clock,
    listeners: Listeners,
}

/// All that is stored. Each operation checks first and changes then, and
/// nothing in between can fail: so an operation is whole or not at all.
#[derive(Debug, Default)]
struct State {
    /// The last number given to an entry of any list.
    last_number: u64,
    machines: BTreeMap<StateMachineArn, resource::Machine>,
    machines_by_number: BTreeMap<u64, StateMachineArn>,
    revisions: HashMap<RevisionId, (StateMachineArn, Arc<Revision>)>,
    activities: BTreeMap<ActivityArn, resource::Activity>,
    activities_by_number: BTreeMap<u64, ActivityArn>,
    executions: HashMap<ExecutionArn, execution::Execution>,
    map_runs: HashMap<MapRunArn, map_run::MapRun>,
    index: Index,
}

/// Where executions and their tasks are found other than by their ARN.
#[derive(Debug, Default)]
struct Index {
    /// By the number of the list that they are in, status and own number. The
    /// children of a map run are in its list, others in their state machine's.
    by_status: BTreeMap<(u64, ExecutionStatus, u64), ExecutionArn>,
    /// The running children of map runs, by their state machine's number.
    running_children: BTreeSet<(u64, u64)>,
    /// The children of map runs by the map run's number and their place; those
    /// of one place by their own number.
    by_place: BTreeMap<(u64, u64), BTreeMap<u64, ExecutionArn>>,
    /// Running ones that nobody has leased, by the time they are due.
    due: BTreeSet<(Timestamp, ExecutionArn)>,
    /// Leased ones, by the time their lease runs out.
    leased: BTreeSet<(Timestamp, ExecutionArn)>,
    tasks: HashMap<TaskToken, task::Task>,
    last_task: u64,
    /// Tasks that wait for a worker, oldest first.
    queues: HashMap<ActivityArn, BTreeMap<u64, TaskToken>>,
}

impl State {
    fn next_number(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }
}

impl MemoryStore {
    /// An empty store, its leases measured on the system's clock.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty store, its leases measured on this clock.
    pub fn with_clock(clock: Clock) -> Self {
        Self { clock, ..Self::default() }
    }

    fn read<T: Send + 'static>(&self, read: impl FnOnce(&State) -> T) -> BoxFuture<T> {
        // A panic elsewhere cannot have left a change half made: see `State`.
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        Box::pin(ready(read(&state)))
    }

    fn change<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut State, &mut Vec<Hint>) -> T,
    ) -> BoxFuture<T> {
        let mut hints = Vec::new();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = change(&mut state, &mut hints);
        drop(state);
        self.listeners.tell(hints);
        Box::pin(ready(answer))
    }
}

impl Store for MemoryStore {
    fn create_state_machine(
        &self,
        new: NewStateMachine,
    ) -> BoxFuture<Result<Creation<StateMachineRecord>, Fault>> {
        self.change(|state, _| Ok(state.create_state_machine(new)))
    }

    fn update_state_machine(
        &self,
        update: UpdateStateMachine,
    ) -> BoxFuture<Result<StateMachineRecord, UpdateError>> {
        self.change(|state, _| state.update_state_machine(update))
    }

    fn state_machine(&self, arn: &StateMachineArn) -> BoxFuture<Result<Option<StateMachineRecord>, Fault>> {
        self.read(|state| Ok(state.machines.get(arn).map(|machine| machine.record.clone())))
    }

    fn revision(&self, id: &RevisionId) -> BoxFuture<Result<Option<Arc<Revision>>, Fault>> {
        self.read(|state| Ok(state.revisions.get(id).map(|(_, revision)| revision.clone())))
    }

    fn delete_state_machine(&self, deletion: DeleteStateMachine) -> BoxFuture<Result<Deletion, Fault>> {
        self.change(|state, hints| Ok(state.delete_state_machine(&deletion, hints)))
    }

    fn list_state_machines(&self, page: PageRequest) -> BoxFuture<Result<Page<StateMachineSummary>, Fault>> {
        self.read(|state| Ok(state.list_state_machines(page)))
    }

    fn publish_version(
        &self,
        publish: PublishVersion,
    ) -> BoxFuture<Result<Creation<VersionRecord>, PublishError>> {
        self.change(|state, _| state.publish_version(publish))
    }

    fn version(
        &self,
        machine: &StateMachineArn,
        number: u64,
    ) -> BoxFuture<Result<Option<VersionRecord>, Fault>> {
        self.read(|state| Ok(state.version(machine, number)))
    }

    fn list_versions(
        &self,
        machine: &StateMachineArn,
        page: PageRequest,
    ) -> BoxFuture<Result<Page<VersionSummary>, Fault>> {
        self.read(|state| Ok(state.list_versions(machine, page)))
    }

    fn delete_version(
        &self,
        machine: &StateMachineArn,
        number: u64,
    ) -> BoxFuture<Result<(), DeleteVersionError>> {
        self.change(|state, _| state.delete_version(machine, number))
    }

    fn create_alias(&self, alias: AliasRecord) -> BoxFuture<Result<Creation<AliasRecord>, PublishError>> {
        self.change(|state, _| state.create_alias(alias))
    }

    fn update_alias(&self, update: UpdateAlias) -> BoxFuture<Result<AliasRecord, PublishError>> {
        self.change(|state, _| state.update_alias(update))
    }

    fn alias(&self, machine: &StateMachineArn, name: &Name) -> BoxFuture<Result<Option<AliasRecord>, Fault>> {
        self.read(|state| Ok(state.alias(machine, name)))
    }

    fn aliases(&self, machine: &StateMachineArn) -> BoxFuture<Result<Vec<AliasRecord>, Fault>> {
        self.read(|state| Ok(state.aliases(machine)))
    }

    fn delete_alias(&self, machine: &StateMachineArn, name: &Name) -> BoxFuture<Result<(), Fault>> {
        self.change(|state, _| {
            state.delete_alias(machine, name);
            Ok(())
        })
    }

    fn create_activity(&self, new: NewActivity) -> BoxFuture<Result<Creation<ActivityRecord>, Fault>> {
        self.change(|state, _| Ok(state.create_activity(new)))
    }

    fn activity(&self, arn: &ActivityArn) -> BoxFuture<Result<Option<ActivityRecord>, Fault>> {
        self.read(|state| Ok(state.activities.get(arn).map(|activity| activity.record.clone())))
    }

    fn delete_activity(&self, arn: &ActivityArn) -> BoxFuture<Result<(), Fault>> {
        self.change(|state, _| {
            state.delete_activity(arn);
            Ok(())
        })
    }

    fn list_activities(&self, page: PageRequest) -> BoxFuture<Result<Page<ActivityRecord>, Fault>> {
        self.read(|state| Ok(state.list_activities(page)))
    }

    fn change_tags(&self, change: TagChange) -> BoxFuture<Result<(), TagError>> {
        self.change(|state, _| state.change_tags(&change))
    }

    fn tags(&self, resource: &ResourceArn) -> BoxFuture<Result<Tags, TagError>> {
        self.read(|state| state.tags(resource).cloned().ok_or(TagError::NoSuchResource))
    }

    fn create_execution(
        &self,
        new: NewExecution,
    ) -> BoxFuture<Result<ExecutionCreation, CreateExecutionError>> {
        self.change(|state, hints| state.create_execution(new, &self.clock, hints))
    }

    fn execution(&self, arn: &ExecutionArn) -> BoxFuture<Result<Option<ExecutionRecord>, Fault>> {
        self.read(|state| Ok(state.executions.get(arn).map(|execution| execution.record.clone())))
    }

    fn list_executions(&self, query: ExecutionQuery) -> BoxFuture<Result<Page<ExecutionSummary>, Fault>> {
        self.read(|state| Ok(state.list_executions(&query)))
    }

    fn redrive_execution(
        &self,
        redrive: RedriveExecution,
    ) -> BoxFuture<Result<ExecutionRecord, RedriveError>> {
        self.change(|state, hints| state.redrive_execution(redrive, hints))
    }

    fn map_run(&self, arn: &MapRunArn) -> BoxFuture<Result<Option<MapRunRecord>, Fault>> {
        self.read(|state| Ok(state.map_runs.get(arn).map(|map_run| map_run.record.clone())))
    }

    fn list_map_runs(
        &self,
        execution: &ExecutionArn,
        page: PageRequest,
    ) -> BoxFuture<Result<Page<MapRunRecord>, Fault>> {
        self.read(|state| Ok(state.list_map_runs(execution, page)))
    }

    fn update_map_run(&self, update: UpdateMapRun) -> BoxFuture<Result<MapRunRecord, MapRunError>> {
        self.change(|state, _| state.update_map_run(&update))
    }

    fn note_map_run(&self, arn: &MapRunArn, note: MapRunNote) -> BoxFuture<Result<(), MapRunError>> {
        self.change(|state, _| state.note_map_run(arn, note))
    }

    fn map_run_counts(&self, count: CountMapRun) -> BoxFuture<Result<MapRunCounts, Fault>> {
        self.read(|state| Ok(state.map_run_counts(&count)))
    }

    fn map_run_children(&self, children: MapRunChildren) -> BoxFuture<Result<Vec<ExecutionRecord>, Fault>> {
        self.read(|state| Ok(state.map_run_children(&children)))
    }

    fn history(&self, query: HistoryQuery) -> BoxFuture<Result<Option<Vec<Segment>>, Fault>> {
        self.read(|state| Ok(state.history(&query)))
    }

    fn claim(&self, request: ClaimRequest) -> BoxFuture<Result<Claims, Fault>> {
        self.change(|state, _| Ok(state.claim(&request, &self.clock)))
    }

    fn commit(&self, commit: Commit) -> BoxFuture<Result<Committed, CommitError>> {
        self.change(|state, hints| state.commit(commit, hints))
    }

    fn renew(&self, renew: Renew) -> BoxFuture<Result<Vec<Renewal>, Fault>> {
        self.change(|state, _| Ok(state.renew(&renew, self.clock.after(renew.ttl))))
    }

    fn release(&self, lease: Lease, wake_at: Option<Timestamp>) -> BoxFuture<Result<(), LeaseError>> {
        self.change(|state, hints| state.release(&lease, wake_at, hints))
    }

    fn inbox(&self, lease: Lease, after: InboxSequence) -> BoxFuture<Result<Vec<Message>, LeaseError>> {
        self.read(|state| state.inbox(&lease, after))
    }

    fn deliver(&self, execution: &ExecutionArn, body: Bytes) -> BoxFuture<Result<Delivered, DeliverError>> {
        self.change(|state, hints| state.deliver(execution, body, hints))
    }

    fn answer_task(&self, answer: TaskAnswer) -> BoxFuture<Result<Delivered, AnswerError>> {
        self.change(|state, hints| state.answer_task(&answer, hints))
    }

    fn take_activity_task(
        &self,
        take: TakeActivityTask,
    ) -> BoxFuture<Result<Option<ActivityTask>, TakeError>> {
        self.change(|state, hints| state.take_activity_task(&take, hints))
    }

    fn add_listener(&self, listener: Listener) {
        self.listeners.add(listener);
    }
}
