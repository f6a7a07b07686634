//! The store: opening, and each operation on its thread.

use std::ffi::OsString;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use sfn_store::id::{
    ActivityArn, ExecutionArn, InboxSequence, MapRunArn, Name, ResourceArn, RevisionId, StateMachineArn,
};
use sfn_store::{
    ActivityRecord, ActivityTask, AliasRecord, AnswerError, BoxFuture, Bytes, ClaimRequest, Claims, Clock,
    Commit, CommitError, Committed, CountMapRun, CreateExecutionError, Creation, DeleteStateMachine,
    DeleteVersionError, Deletion, DeliverError, Delivered, ExecutionCreation, ExecutionQuery,
    ExecutionRecord, ExecutionSummary, Fault, HistoryQuery, Lease, LeaseError, Listener, Listeners,
    MapRunChildren, MapRunCounts, MapRunError, MapRunNote, MapRunRecord, Message, NewActivity, NewExecution,
    NewStateMachine, Page, PageRequest, PublishError, PublishVersion, RedriveError, RedriveExecution, Renew,
    Renewal, Revision, Segment, StateMachineRecord, StateMachineSummary, Store, TagChange, TagError, Tags,
    TakeActivityTask, TakeError, TaskAnswer, Timestamp, UpdateAlias, UpdateError, UpdateMapRun,
    UpdateStateMachine, VersionRecord, VersionSummary,
};

use crate::error::OpenError;
use crate::op::{
    activity, commit, creation, execution, lease, machine, map_run, redrive, tag, task, version,
};
use crate::reader::Readers;
use crate::schema::{MIGRATIONS, migrate};
use crate::writer::Writer;

/// How a store is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// What leases are measured on.
    pub clock: Clock,
    /// How many threads read, at least one.
    pub readers: usize,
}

impl Default for Options {
    /// The system's clock and two reading threads.
    fn default() -> Self {
        Self { clock: Clock::default(), readers: 2 }
    }
}

/// A store in a SQLite file. Dropping it finishes what was asked for.
#[derive(Debug)]
pub struct SqliteStore {
    // In the order of dropping: the lock goes last.
    writer: Writer,
    readers: Readers,
    listeners: Arc<Listeners>,
    clock: Clock,
    _lock: File,
}

impl SqliteStore {
    /// Opens the database at this path, which is created if it is not there,
    /// and brings it to this release's version. Blocks until that is done.
    pub fn open(path: impl AsRef<Path>, options: Options) -> Result<Self, OpenError> {
        let path = path.as_ref();
        let lock = lock(path)?;
        let mut connection = Connection::open(path)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        // Savepoints keep the pages they may restore in memory, not in files.
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        // Fewer, larger checkpoints: each costs two fsyncs of its own.
        connection.pragma_update(None, "wal_autocheckpoint", 4000)?;
        connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
        keep_statements(&connection)?;
        migrate(&mut connection, MIGRATIONS)?;
        // The lock is ours, so whoever held a lease is gone: what it left
        // behind can be claimed at once.
        connection.execute("UPDATE execution SET lease_until = 0 WHERE lease_until IS NOT NULL", [])?;
        let readers = (0..options.readers.max(1))
            .map(|_| {
                let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
                let connection = Connection::open_with_flags(path, flags)?;
                keep_statements(&connection)?;
                Ok(connection)
            })
            .collect::<rusqlite::Result<_>>()?;
        let readers = Readers::start(readers)?;
        let listeners = Arc::new(Listeners::default());
        let writer = Writer::start(connection, listeners.clone())?;
        Ok(Self { writer, readers, listeners, clock: options.clock, _lock: lock })
    }
}

/// Most prepared statements that a connection keeps; more than there are.
const STATEMENTS_MAX: usize = 128;

/// Has a connection compile each statement once. Without the guarantee of
/// stable plans SQLite compiles a statement anew for each value that is bound
/// to a parameter which it has compared with the condition of a partial index.
pub(crate) fn keep_statements(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(drop)
}

/// Locks the file beside the database that tells whether it is open.
fn lock(database: &Path) -> Result<File, OpenError> {
    let mut path = OsString::from(database);
    path.push(".lock");
    let path = PathBuf::from(path);
    let options = File::options().create(true).truncate(false).write(true).open(&path);
    let file = match options {
        Ok(file) => file,
        Err(source) => return Err(OpenError::Lock { lock: path, source }),
    };
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse { lock: path }),
        Err(TryLockError::Error(source)) => Err(OpenError::Lock { lock: path, source }),
    }
}

impl Store for SqliteStore {
    fn create_state_machine(
        &self,
        new: NewStateMachine,
    ) -> BoxFuture<Result<Creation<StateMachineRecord>, Fault>> {
        self.writer.change(move |db, _| machine::create(db, new))
    }

    fn update_state_machine(
        &self,
        update: UpdateStateMachine,
    ) -> BoxFuture<Result<StateMachineRecord, UpdateError>> {
        self.writer.change(move |db, _| machine::update(db, update))
    }

    fn state_machine(&self, arn: &StateMachineArn) -> BoxFuture<Result<Option<StateMachineRecord>, Fault>> {
        let arn = arn.clone();
        self.readers.read(move |db| Ok(machine::get(db, &arn)?))
    }

    fn revision(&self, id: &RevisionId) -> BoxFuture<Result<Option<Arc<Revision>>, Fault>> {
        let id = id.clone();
        self.readers.read(move |db| machine::revision(db, &id))
    }

    fn delete_state_machine(&self, deletion: DeleteStateMachine) -> BoxFuture<Result<Deletion, Fault>> {
        self.writer.change(move |db, hints| machine::delete(db, &deletion, hints))
    }

    fn list_state_machines(&self, page: PageRequest) -> BoxFuture<Result<Page<StateMachineSummary>, Fault>> {
        self.readers.read(move |db| machine::list(db, page))
    }

    fn publish_version(
        &self,
        publish: PublishVersion,
    ) -> BoxFuture<Result<Creation<VersionRecord>, PublishError>> {
        self.writer.change(move |db, _| version::publish(db, &publish))
    }

    fn version(
        &self,
        machine: &StateMachineArn,
        number: u64,
    ) -> BoxFuture<Result<Option<VersionRecord>, Fault>> {
        let machine = machine.clone();
        self.readers.read(move |db| Ok(version::get(db, &machine, number)?))
    }

    fn list_versions(
        &self,
        machine: &StateMachineArn,
        page: PageRequest,
    ) -> BoxFuture<Result<Page<VersionSummary>, Fault>> {
        let machine = machine.clone();
        self.readers.read(move |db| version::list(db, &machine, page))
    }

    fn delete_version(
        &self,
        machine: &StateMachineArn,
        number: u64,
    ) -> BoxFuture<Result<(), DeleteVersionError>> {
        let machine = machine.clone();
        self.writer.change(move |db, _| version::delete(db, &machine, number))
    }

    fn create_alias(&self, alias: AliasRecord) -> BoxFuture<Result<Creation<AliasRecord>, PublishError>> {
        self.writer.change(move |db, _| version::create_alias(db, alias))
    }

    fn update_alias(&self, update: UpdateAlias) -> BoxFuture<Result<AliasRecord, PublishError>> {
        self.writer.change(move |db, _| version::update_alias(db, update))
    }

    fn alias(&self, machine: &StateMachineArn, name: &Name) -> BoxFuture<Result<Option<AliasRecord>, Fault>> {
        let (machine, name) = (machine.clone(), name.clone());
        self.readers.read(move |db| Ok(version::get_alias(db, &machine, &name)?))
    }

    fn aliases(&self, machine: &StateMachineArn) -> BoxFuture<Result<Vec<AliasRecord>, Fault>> {
        let machine = machine.clone();
        self.readers.read(move |db| Ok(version::aliases(db, &machine)?))
    }

    fn delete_alias(&self, machine: &StateMachineArn, name: &Name) -> BoxFuture<Result<(), Fault>> {
        let (machine, name) = (machine.clone(), name.clone());
        self.writer.change(move |db, _| version::delete_alias(db, &machine, &name))
    }

    fn create_activity(&self, new: NewActivity) -> BoxFuture<Result<Creation<ActivityRecord>, Fault>> {
        self.writer.change(move |db, _| activity::create(db, new))
    }

    fn activity(&self, arn: &ActivityArn) -> BoxFuture<Result<Option<ActivityRecord>, Fault>> {
        let arn = arn.clone();
        self.readers.read(move |db| Ok(activity::get(db, &arn)?))
    }

    fn delete_activity(&self, arn: &ActivityArn) -> BoxFuture<Result<(), Fault>> {
        let arn = arn.clone();
        self.writer.change(move |db, _| activity::delete(db, &arn))
    }

    fn list_activities(&self, page: PageRequest) -> BoxFuture<Result<Page<ActivityRecord>, Fault>> {
        self.readers.read(move |db| activity::list(db, page))
    }

    fn change_tags(&self, change: TagChange) -> BoxFuture<Result<(), TagError>> {
        self.writer.change(move |db, _| tag::change(db, &change))
    }

    fn tags(&self, resource: &ResourceArn) -> BoxFuture<Result<Tags, TagError>> {
        let resource = resource.clone();
        self.readers.read(move |db| tag::get(db, &resource))
    }

    fn create_execution(
        &self,
        new: NewExecution,
    ) -> BoxFuture<Result<ExecutionCreation, CreateExecutionError>> {
        let clock = self.clock.clone();
        self.writer.change(move |db, hints| creation::create(db, new, &clock, hints))
    }

    fn execution(&self, arn: &ExecutionArn) -> BoxFuture<Result<Option<ExecutionRecord>, Fault>> {
        let arn = arn.clone();
        self.readers.read(move |db| Ok(execution::get(db, &arn)?))
    }

    fn list_executions(&self, query: ExecutionQuery) -> BoxFuture<Result<Page<ExecutionSummary>, Fault>> {
        self.readers.read(move |db| execution::list(db, &query))
    }

    fn redrive_execution(
        &self,
        redrive: RedriveExecution,
    ) -> BoxFuture<Result<ExecutionRecord, RedriveError>> {
        self.writer.change(move |db, hints| redrive::redrive(db, redrive, hints))
    }

    fn map_run(&self, arn: &MapRunArn) -> BoxFuture<Result<Option<MapRunRecord>, Fault>> {
        let arn = arn.clone();
        self.readers.read(move |db| Ok(map_run::get(db, &arn)?))
    }

    fn list_map_runs(
        &self,
        execution: &ExecutionArn,
        page: PageRequest,
    ) -> BoxFuture<Result<Page<MapRunRecord>, Fault>> {
        let execution = execution.clone();
        self.readers.read(move |db| map_run::list(db, &execution, page))
    }

    fn update_map_run(&self, update: UpdateMapRun) -> BoxFuture<Result<MapRunRecord, MapRunError>> {
        self.writer.change(move |db, _| map_run::update(db, &update))
    }

    fn note_map_run(&self, arn: &MapRunArn, note: MapRunNote) -> BoxFuture<Result<(), MapRunError>> {
        let arn = arn.clone();
        self.writer.change(move |db, _| map_run::note(db, &arn, note))
    }

    fn map_run_counts(&self, count: CountMapRun) -> BoxFuture<Result<MapRunCounts, Fault>> {
        self.readers.read(move |db| map_run::counts(db, &count))
    }

    fn map_run_children(&self, children: MapRunChildren) -> BoxFuture<Result<Vec<ExecutionRecord>, Fault>> {
        self.readers.read(move |db| map_run::children(db, &children))
    }

    fn history(&self, query: HistoryQuery) -> BoxFuture<Result<Option<Vec<Segment>>, Fault>> {
        self.readers.read(move |db| execution::history(db, &query))
    }

    fn claim(&self, request: ClaimRequest) -> BoxFuture<Result<Claims, Fault>> {
        let clock = self.clock.clone();
        self.writer.change(move |db, _| lease::claim(db, &request, &clock))
    }

    fn commit(&self, commit: Commit) -> BoxFuture<Result<Committed, CommitError>> {
        self.writer.change(move |db, hints| commit::commit(db, &commit, hints))
    }

    fn renew(&self, renew: Renew) -> BoxFuture<Result<Vec<Renewal>, Fault>> {
        let clock = self.clock.clone();
        self.writer.change(move |db, _| lease::renew(db, &renew, &clock))
    }

    fn release(&self, lease: Lease, wake_at: Option<Timestamp>) -> BoxFuture<Result<(), LeaseError>> {
        self.writer.change(move |db, hints| lease::release(db, &lease, wake_at, hints))
    }

    fn inbox(&self, lease: Lease, after: InboxSequence) -> BoxFuture<Result<Vec<Message>, LeaseError>> {
        self.readers.read(move |db| lease::inbox(db, &lease, after))
    }

    fn deliver(&self, execution: &ExecutionArn, body: Bytes) -> BoxFuture<Result<Delivered, DeliverError>> {
        let execution = execution.clone();
        self.writer.change(move |db, hints| task::deliver(db, execution, body, hints))
    }

    fn answer_task(&self, answer: TaskAnswer) -> BoxFuture<Result<Delivered, AnswerError>> {
        self.writer.change(move |db, hints| task::answer(db, &answer, hints))
    }

    fn take_activity_task(
        &self,
        take: TakeActivityTask,
    ) -> BoxFuture<Result<Option<ActivityTask>, TakeError>> {
        self.writer.change(move |db, hints| task::take(db, &take, hints))
    }

    fn add_listener(&self, listener: Listener) {
        self.listeners.add(listener);
    }
}
