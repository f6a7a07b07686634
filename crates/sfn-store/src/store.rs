//! The trait that every store keeps.

use std::fmt::Debug;
use std::pin::Pin;

use bytes::Bytes;

use crate::id::{
    ActivityArn, ExecutionArn, InboxSequence, MapRunArn, Name, ResourceArn, RevisionId, StateMachineArn,
};
use crate::{
    ActivityRecord, ActivityTask, AliasRecord, AnswerError, ClaimRequest, Claims, Commit, CommitError,
    Committed, CountMapRun, CreateExecutionError, Creation, DeleteStateMachine, DeleteVersionError, Deletion,
    DeliverError, Delivered, ExecutionCreation, ExecutionQuery, ExecutionRecord, ExecutionSummary, Fault,
    HistoryQuery, Lease, LeaseError, Listener, MapRunChildren, MapRunCounts, MapRunError, MapRunNote,
    MapRunRecord, Message, NewActivity, NewExecution, NewStateMachine, Page, PageRequest, PublishError,
    PublishVersion, RedriveError, RedriveExecution, Renew, Renewal, Revision, Segment, StateMachineRecord,
    StateMachineSummary, TagChange, TagError, Tags, TakeActivityTask, TakeError, TaskAnswer, Timestamp,
    UpdateAlias, UpdateError, UpdateMapRun, UpdateStateMachine, VersionRecord, VersionSummary,
};

/// The answer of a store. It borrows nothing, needs no particular runtime, and
/// may be dropped: the work, once asked for, is done or not as a whole.
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Everything that outlives a process.
///
/// Each call is one atomic operation. An operation that changes something is
/// durable, as far as the store can be, when its answer is there, and is seen
/// by every operation asked for afterwards. The work may begin with the call,
/// before the answer is polled for. Operations asked for at the same time
/// happen in any order.
///
/// Times are kept to the millisecond.
pub trait Store: Send + Sync + Debug {
    /// Creates a state machine, unless one of this ARN exists.
    fn create_state_machine(
        &self,
        new: NewStateMachine,
    ) -> BoxFuture<Result<Creation<StateMachineRecord>, Fault>>;

    /// Gives a state machine a new revision.
    fn update_state_machine(
        &self,
        update: UpdateStateMachine,
    ) -> BoxFuture<Result<StateMachineRecord, UpdateError>>;

    /// The state machine of this ARN.
    fn state_machine(&self, arn: &StateMachineArn) -> BoxFuture<Result<Option<StateMachineRecord>, Fault>>;

    /// A revision, current or not, of a state machine or of one that is gone.
    fn revision(&self, id: &RevisionId) -> BoxFuture<Result<Option<std::sync::Arc<Revision>>, Fault>>;

    /// Deletes a state machine: at once if no execution of it runs, else as
    /// soon as the last one has closed. Those that run are told to stop, but
    /// for children of map runs, which their execution stops. Its closed
    /// executions stay readable, but are not listed even if a state machine of
    /// this ARN is created again.
    fn delete_state_machine(&self, deletion: DeleteStateMachine) -> BoxFuture<Result<Deletion, Fault>>;

    /// State machines, newest first.
    fn list_state_machines(&self, page: PageRequest) -> BoxFuture<Result<Page<StateMachineSummary>, Fault>>;

    /// Publishes a revision as its state machine's next version, unless it is
    /// one already.
    fn publish_version(
        &self,
        publish: PublishVersion,
    ) -> BoxFuture<Result<Creation<VersionRecord>, PublishError>>;

    /// The version of this number.
    fn version(
        &self,
        machine: &StateMachineArn,
        number: u64,
    ) -> BoxFuture<Result<Option<VersionRecord>, Fault>>;

    /// The versions of a state machine, newest first.
    fn list_versions(
        &self,
        machine: &StateMachineArn,
        page: PageRequest,
    ) -> BoxFuture<Result<Page<VersionSummary>, Fault>>;

    /// Deletes a version that no alias leads to. An unknown one does not
    /// matter; executions that were started on it go on.
    fn delete_version(
        &self,
        machine: &StateMachineArn,
        number: u64,
    ) -> BoxFuture<Result<(), DeleteVersionError>>;

    /// Creates an alias, unless the state machine has one of this name.
    fn create_alias(&self, alias: AliasRecord) -> BoxFuture<Result<Creation<AliasRecord>, PublishError>>;

    /// Changes an alias.
    fn update_alias(&self, update: UpdateAlias) -> BoxFuture<Result<AliasRecord, PublishError>>;

    /// The alias of this name.
    fn alias(&self, machine: &StateMachineArn, name: &Name) -> BoxFuture<Result<Option<AliasRecord>, Fault>>;

    /// All aliases of a state machine, by name.
    fn aliases(&self, machine: &StateMachineArn) -> BoxFuture<Result<Vec<AliasRecord>, Fault>>;

    /// Deletes an alias. An unknown one does not matter.
    fn delete_alias(&self, machine: &StateMachineArn, name: &Name) -> BoxFuture<Result<(), Fault>>;

    /// Creates an activity, unless one of this ARN exists.
    fn create_activity(&self, new: NewActivity) -> BoxFuture<Result<Creation<ActivityRecord>, Fault>>;

    /// The activity of this ARN.
    fn activity(&self, arn: &ActivityArn) -> BoxFuture<Result<Option<ActivityRecord>, Fault>>;

    /// Deletes an activity. Tasks in its queue stay open, to be taken if one
    /// of this ARN is created again. An unknown one does not matter.
    fn delete_activity(&self, arn: &ActivityArn) -> BoxFuture<Result<(), Fault>>;

    /// Activities, newest first.
    fn list_activities(&self, page: PageRequest) -> BoxFuture<Result<Page<ActivityRecord>, Fault>>;

    /// Sets and removes tags of a resource.
    fn change_tags(&self, change: TagChange) -> BoxFuture<Result<(), TagError>>;

    /// The tags of a resource.
    fn tags(&self, resource: &ResourceArn) -> BoxFuture<Result<Tags, TagError>>;

    /// Creates an execution, with its first step if there is one, unless one
    /// of this ARN exists.
    fn create_execution(
        &self,
        new: NewExecution,
    ) -> BoxFuture<Result<ExecutionCreation, CreateExecutionError>>;

    /// The execution of this ARN.
    fn execution(&self, arn: &ExecutionArn) -> BoxFuture<Result<Option<ExecutionRecord>, Fault>>;

    /// Executions of a state machine or a map run, newest first.
    fn list_executions(&self, query: ExecutionQuery) -> BoxFuture<Result<Page<ExecutionSummary>, Fault>>;

    /// Lets an execution that did not succeed run again. It has not ended any
    /// more, its message waits, and it is due at once.
    fn redrive_execution(
        &self,
        redrive: RedriveExecution,
    ) -> BoxFuture<Result<ExecutionRecord, RedriveError>>;

    /// The map run of this ARN. Map runs are created, and end, as part of the
    /// steps of their execution: see [`Progress::map_runs`](crate::Progress::map_runs).
    fn map_run(&self, arn: &MapRunArn) -> BoxFuture<Result<Option<MapRunRecord>, Fault>>;

    /// The map runs of an execution, newest first.
    fn list_map_runs(
        &self,
        execution: &ExecutionArn,
        page: PageRequest,
    ) -> BoxFuture<Result<Page<MapRunRecord>, Fault>>;

    /// Changes the settings of a running map run.
    fn update_map_run(&self, update: UpdateMapRun) -> BoxFuture<Result<MapRunRecord, MapRunError>>;

    /// Notes something of a running map run.
    fn note_map_run(&self, arn: &MapRunArn, note: MapRunNote) -> BoxFuture<Result<(), MapRunError>>;

    /// How many children a map run has started, and of how many items, by their
    /// [status in it](ExecutionRecord::status_in); none if there is no such map
    /// run.
    fn map_run_counts(&self, count: CountMapRun) -> BoxFuture<Result<MapRunCounts, Fault>>;

    /// Children of a map run in the order of their places.
    fn map_run_children(&self, children: MapRunChildren) -> BoxFuture<Result<Vec<ExecutionRecord>, Fault>>;

    /// A part of a history, in segments; `None` if there is no such execution.
    fn history(&self, query: HistoryQuery) -> BoxFuture<Result<Option<Vec<Segment>>, Fault>>;

    /// Leases executions that are due to a node, and never one to two nodes.
    /// An execution is due if it runs and is not leased, and has never been
    /// stepped, has a message waiting, or its `wake_at` has come; or if its
    /// lease ran out, for then its node did not finish what it began.
    fn claim(&self, request: ClaimRequest) -> BoxFuture<Result<Claims, Fault>>;

    /// Makes one step durable, whole or not at all.
    fn commit(&self, commit: Commit) -> BoxFuture<Result<Committed, CommitError>>;

    /// Prolongs leases, and tells for each whether it lasts.
    fn renew(&self, renew: Renew) -> BoxFuture<Result<Vec<Renewal>, Fault>>;

    /// Gives up a lease without a step. The execution is due at `wake_at`, or
    /// at once if that is `None`, whatever waits in its inbox; another message
    /// makes it due at once.
    fn release(&self, lease: Lease, wake_at: Option<Timestamp>) -> BoxFuture<Result<(), LeaseError>>;

    /// The messages after this one that wait for a leased execution, oldest
    /// first.
    fn inbox(&self, lease: Lease, after: InboxSequence) -> BoxFuture<Result<Vec<Message>, LeaseError>>;

    /// Puts a message into a running execution's inbox.
    fn deliver(&self, execution: &ExecutionArn, body: Bytes) -> BoxFuture<Result<Delivered, DeliverError>>;

    /// Puts an answer by token into the inbox of the execution that waits for
    /// it. A final one closes the task, so that one only is accepted.
    fn answer_task(&self, answer: TaskAnswer) -> BoxFuture<Result<Delivered, AnswerError>>;

    /// Takes the oldest task out of an activity's queue and puts the message
    /// about it into its execution's inbox. `None` if the queue is empty.
    fn take_activity_task(
        &self,
        take: TakeActivityTask,
    ) -> BoxFuture<Result<Option<ActivityTask>, TakeError>>;

    /// Adds a listener for what happens through this store from now on.
    fn add_listener(&self, listener: Listener);
}
