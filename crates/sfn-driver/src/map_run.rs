//! Runs the map runs of executions that are held here: reads items, starts
//! children, judges their ends, and gathers their results.
//!
//! What is done is in the store: a child's name follows from its place, so
//! that a map run that is taken up again finds the children it has, and counts
//! them anew.

use std::sync::Arc;
use std::time::Duration;

use asl_parser::ExecutionType;
use asl_runtime::{
    ChildResult, MapRun, MapRunChild, MapRunReport, MapRunSettings, Problem, Signal, WriteResults,
};
use asl_value::Payload;
use sfn_store::id::MapRunArn;
use sfn_store::{
    CreateExecutionError, Creation, DeliverError, ExecutionRecord, ExecutionStatus, MapRunChildren,
    MapRunLink, MapRunNote, MapRunRecord, MapRunStatus, NewExecution, RedriveError, RedriveExecution,
};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::create::{StandardStart, create};
use crate::express::{self, ExpressStart};
use crate::live::Kin;
use crate::run::Event;
use crate::shared::Shared;
use crate::task::{ItemStream, ResultSink};
use crate::watch::Subject;

/// Most items that are read at once, so that they never fill the memory.
const PAGE_ITEMS: usize = 1000;
/// Children that are created at the same time: enough to share commits, and
/// no more than leave room for others.
const CREATIONS_MAX: usize = 128;
/// How often the settings are looked at, which may be changed on any node.
const SETTINGS_EVERY: Duration = Duration::from_secs(1);
/// How often a child is looked at that no hint was heard of.
const LOOK_EVERY: Duration = Duration::from_mins(1);
/// Pauses after a failure of the store.
const PAUSE: Duration = Duration::from_millis(500);
/// Children whose results are read at once.
const RESULTS_PAGE: u32 = 200;

/// The execution that a map run belongs to.
#[derive(Debug)]
pub(crate) struct Parent {
    pub(crate) map_run: MapRunArn,
    pub(crate) kin: Kin,
    pub(crate) test_case: Option<Arc<str>>,
}

/// Runs a map run to its end. Dropped when its execution is no longer held.
pub(crate) async fn run(
    shared: Arc<Shared>,
    events: mpsc::Sender<Event>,
    parent: Parent,
    map_run: MapRun,
) -> MapRunReport {
    let (creations, stop) = (Arc::new(Semaphore::new(CREATIONS_MAX)), watch::Sender::new(false));
    let job = Arc::new(Job { shared, events, parent, creations, stop });
    match job.run(map_run).await {
        Ok(report) => report,
        Err(problem) => MapRunReport::Failed(problem),
    }
}

#[derive(Debug)]
struct Job {
    shared: Arc<Shared>,
    events: mpsc::Sender<Event>,
    parent: Parent,
    creations: Arc<Semaphore>,
    /// Whether children are to be stopped.
    stop: watch::Sender<bool>,
}

/// How a child ended.
struct Ended {
    items: u64,
    is_success: bool,
}

/// The items that are still to come.
type Items = Option<Box<dyn ItemStream>>;

impl Job {
    async fn run(self: &Arc<Self>, mut map_run: MapRun) -> Result<MapRunReport, Problem> {
        let record = self.record().await;
        let mut settings = settings(&record);
        let mut busy = self.shared.busy();
        let mut items = self.open(&mut map_run).await?;
        let mut children: JoinSet<Result<Ended, Problem>> = JoinSet::new();
        let mut failed = 0;
        let mut look = interval_at(Instant::now() + SETTINGS_EVERY, SETTINGS_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            while (children.len() as u64) < map_run.concurrency(&settings) {
                let Some(child) = self.next_child(&mut map_run, &mut items).await? else { break };
                let (job, express) = (Arc::clone(self), map_run.execution_type() == ExecutionType::Express);
                let definition = Arc::clone(map_run.definition());
                let since = record.redriven_at;
                children.spawn(async move { job.run_child(child, definition, express, since).await });
            }
            if children.is_empty() {
                break;
            }
            // While only children move, virtual time may jump for them.
            drop(busy.take());
            tokio::select! {
                Some(ended) = children.join_next() => {
                    let ended = ended.map_err(|_| internal())??;
                    failed += if ended.is_success { 0 } else { ended.items };
                }
                _ = look.tick() => {
                    let record = self.record().await;
                    if record.status != MapRunStatus::Running {
                        // Its end is on its way to the one who holds the execution.
                        std::future::pending::<()>().await;
                    }
                    settings = self::settings(&record);
                }
            }
            busy = self.shared.busy();
            if settings.is_exceeded_by(failed, map_run.items_total()) {
                if let Some(writer) = map_run.writer() {
                    self.stop.send_replace(true);
                    drop(busy);
                    while children.join_next().await.is_some() {}
                    let _busy = self.shared.busy();
                    self.write_all(writer, &mut map_run, &mut items).await?;
                }
                return Err(map_run.exceeded());
            }
        }
        let report = match map_run.writer() {
            Some(writer) => self.write(writer).await.map(|output| MapRunReport::Succeeded { output }),
            None => self.gather(&map_run).await,
        };
        drop(busy);
        report
    }

    /// What the store knows of the map run. It was committed before this began.
    async fn record(&self) -> MapRunRecord {
        loop {
            match self.shared.store.map_run(&self.parent.map_run).await {
                Ok(Some(record)) => return record,
                Ok(None) => tracing::error!(map_run = %self.parent.map_run, "no such map run"),
                Err(error) => tracing::warn!(%error, "the store did not read a map run"),
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn note(&self, note: MapRunNote) {
        if let Err(error) = self.shared.store.note_map_run(&self.parent.map_run, note).await {
            // It is for people alone.
            tracing::warn!(%error, "the store did not note something of a map run");
        }
    }

    async fn open(&self, map_run: &mut MapRun) -> Result<Items, Problem> {
        if let Some(read) = map_run.begin()? {
            return self.shared.dispatcher.handler.open_items(read).await.map(Some);
        }
        self.note(MapRunNote::ItemsTotal(map_run.items_read())).await;
        Ok(None)
    }

    /// The next child, for which items may have to be read.
    async fn next_child(
        &self,
        map_run: &mut MapRun,
        items: &mut Items,
    ) -> Result<Option<MapRunChild>, Problem> {
        loop {
            let child = map_run.next_child()?;
            if child.is_some() {
                return Ok(child);
            }
            let Some(stream) = items else { return Ok(None) };
            let page = stream.next(PAGE_ITEMS).await?;
            if page.is_empty() {
                *items = None;
                map_run.end_items();
            } else {
                map_run.push_items(page)?;
            }
            self.note(MapRunNote::ItemsTotal(map_run.items_read())).await;
        }
    }

    async fn run_child(
        &self,
        child: MapRunChild,
        definition: Arc<asl_parser::Definition>,
        express: bool,
        redriven_at: Option<sfn_store::Timestamp>,
    ) -> Result<Ended, Problem> {
        let items = child.items;
        let outcome = if express {
            self.run_express(child, definition, redriven_at.is_some()).await
        } else {
            self.run_standard(child, definition, redriven_at).await
        }?;
        Ok(Ended { items, is_success: outcome == ExecutionStatus::Succeeded })
    }

    fn new_execution(&self, child: &MapRunChild) -> Result<NewExecution, Problem> {
        Ok(NewExecution {
            arn: child.start.execution.arn.parse().map_err(|_| internal())?,
            revision: self.parent.kin.revision.clone(),
            started_on: self.parent.kin.started_on.clone(),
            input: Arc::clone(child.start.input.shared_text()),
            trace_header: None,
            test_case: self.parent.test_case.clone(),
            map_run: Some(MapRunLink {
                map_run: self.parent.map_run.clone(),
                number: child.number,
                items: child.items,
            }),
            started_at: self.shared.now(),
            first: None,
            lease: None,
        })
    }

    /// Creates a child, unless it is there already, and waits for its end.
    async fn run_standard(
        &self,
        child: MapRunChild,
        definition: Arc<asl_parser::Definition>,
        redriven_at: Option<sfn_store::Timestamp>,
    ) -> Result<ExecutionStatus, Problem> {
        let new = self.new_execution(&child)?;
        let arn = new.arn.clone();
        let start =
            StandardStart { new, definition, start: child.start, logging: self.parent.kin.logging.clone() };
        let creation = self.created(|| create(&self.shared, &self.events, start.clone())).await?;
        let record = match creation {
            Creation::Created(record) => record,
            Creation::Existing(record) => {
                // In a redrive, what failed before it is tried again.
                let began_at = record.redriven_at.unwrap_or(record.started_at);
                let is_old = redriven_at.is_some_and(|at| began_at < at);
                let has_failed =
                    !matches!(record.status(), ExecutionStatus::Running | ExecutionStatus::Succeeded);
                if is_old && has_failed { self.redrive(record).await? } else { record }
            }
        };
        if record.closed.is_some() {
            return Ok(record.status());
        }
        let mut stop = Some(self.stop.subscribe());
        loop {
            let mut watch = self.shared.watchers.watch(Subject::Closed(arn.clone()), LOOK_EVERY);
            match self.shared.store.execution(&arn).await {
                Ok(Some(record)) if record.closed.is_some() => return Ok(record.status()),
                Ok(Some(_)) => {}
                Ok(None) => return Err(internal()),
                Err(error) => tracing::warn!(%error, "the store did not read an execution"),
            }
            tokio::select! {
                happened = watch.happened() => if !happened {
                    // Not a busy loop where the driver shuts down.
                    tokio::time::sleep(PAUSE).await;
                },
                () = express::stopped(&mut stop) => {
                    let body = Signal::STOP.to_message().into();
                    match self.shared.store.deliver(&arn, body).await {
                        Ok(_) | Err(DeliverError::Closed | DeliverError::NoSuchExecution) => stop = None,
                        Err(error) => {
                            tracing::warn!(%error, "the store did not tell a child execution to stop");
                            tokio::time::sleep(PAUSE).await;
                        }
                    }
                }
            }
        }
    }

    /// Tries until the store has answered whether the child is new.
    async fn created<F>(&self, create: impl Fn() -> F) -> Result<Creation<ExecutionRecord>, Problem>
    where
        F: Future<Output = Result<Creation<ExecutionRecord>, CreateExecutionError>>,
    {
        loop {
            let permit = self.creations.acquire().await;
            let created = create().await;
            drop(permit);
            match created {
                Ok(creation) => return Ok(creation),
                Err(CreateExecutionError::Fault(error)) => {
                    tracing::warn!(%error, "the store did not create a child execution");
                    tokio::time::sleep(PAUSE).await;
                }
                Err(CreateExecutionError::MapRunNotRunning) => std::future::pending().await,
                Err(error) => {
                    tracing::error!(%error, map_run = %self.parent.map_run, "no child execution");
                    return Err(internal());
                }
            }
        }
    }

    async fn redrive(&self, record: ExecutionRecord) -> Result<ExecutionRecord, Problem> {
        let redrive = RedriveExecution {
            arn: record.arn.clone(),
            at: self.shared.now(),
            message: Signal::Redrive.to_message().into(),
            events_max: asl_runtime::Limits::REDRIVE_EVENTS_MAX,
        };
        match self.shared.store.redrive_execution(redrive).await {
            Ok(record) => Ok(record),
            Err(RedriveError::Fault(error)) => {
                tracing::warn!(%error, "the store did not redrive a child execution");
                Err(internal())
            }
            // It stays as it ended.
            Err(_) => Ok(record),
        }
    }

    /// Runs a child in memory, and stores it when it has ended.
    async fn run_express(
        &self,
        child: MapRunChild,
        definition: Arc<asl_parser::Definition>,
        is_redriven: bool,
    ) -> Result<ExecutionStatus, Problem> {
        let new = self.new_execution(&child)?;
        if is_redriven && let Some(status) = self.succeeded_before(child.number).await {
            return Ok(status);
        }
        if let Ok(Some(record)) = self.shared.store.execution(&new.arn).await {
            return Ok(record.status());
        }
        let start = ExpressStart {
            definition,
            start: child.start,
            test_case: self.parent.test_case.clone(),
            logging: self.parent.kin.logging.clone(),
            is_child: true,
        };
        let end = express::run(&self.shared, start, Some(self.stop.subscribe())).await;
        let progress = crate::live::ended(&end);
        let status =
            progress.closed.as_ref().map_or(ExecutionStatus::Failed, |closed| closed.outcome.status());
        let new = NewExecution { started_at: end.started_at, first: Some(progress), ..new };
        let store = &self.shared.store;
        let creation =
            self.created(|| async { Ok(store.create_execution(new.clone()).await?.execution) }).await?;
        Ok(creation.into_record().closed.map_or(status, |closed| closed.outcome.status()))
    }

    /// Whether the child of a place had succeeded before the redrive.
    async fn succeeded_before(&self, number: u64) -> Option<ExecutionStatus> {
        let children =
            MapRunChildren { arn: self.parent.map_run.clone(), after: number.checked_sub(1), limit: 1 };
        let records = self.shared.store.map_run_children(children).await.ok()?;
        let status = records.first().filter(|record| place(record) == Some(number))?.status();
        (status == ExecutionStatus::Succeeded).then_some(status)
    }

    /// The results as the state's output, in the order of their items.
    async fn gather(&self, map_run: &MapRun) -> Result<MapRunReport, Problem> {
        let bytes_max = map_run.output_bytes_max();
        let mut output = map_run.output()?;
        let mut after = None;
        while let Some(page) = self.page(&mut after).await {
            for record in page.iter().filter(|record| record.closed.is_some()) {
                output.push(&result(record));
                if output.bytes() > bytes_max {
                    return Ok(MapRunReport::TooLarge);
                }
            }
        }
        Ok(output.into_report(bytes_max))
    }

    /// Writes the results where they go, and tells the state's output.
    async fn write(&self, writer: WriteResults) -> Result<Payload, Problem> {
        let mut sink = self.shared.dispatcher.handler.open_results(writer).await?;
        self.push_ended(&mut *sink).await?;
        self.finish(sink).await
    }

    /// Writes the results of a map run that goes no further: with those
    /// children that were never started.
    async fn write_all(
        &self,
        writer: WriteResults,
        map_run: &mut MapRun,
        items: &mut Items,
    ) -> Result<Payload, Problem> {
        let mut sink = self.shared.dispatcher.handler.open_results(writer).await?;
        let last = self.push_ended(&mut *sink).await?;
        while let Some(child) = self.next_child(map_run, items).await? {
            // One that has a place in the store was started before a redrive.
            if last.is_none_or(|last| last < child.number) {
                sink.push(ChildResult::pending(&child.start)).await?;
            }
        }
        self.finish(sink).await
    }

    /// Writes the results of the children that have ended, and tells the place
    /// of the last child.
    async fn push_ended(&self, sink: &mut dyn ResultSink) -> Result<Option<u64>, Problem> {
        let mut after = None;
        while let Some(page) = self.page(&mut after).await {
            for record in page.iter().filter(|record| record.closed.is_some()) {
                sink.push(result(record)).await?;
            }
        }
        Ok(after)
    }

    async fn finish(&self, sink: Box<dyn ResultSink>) -> Result<Payload, Problem> {
        let output = sink.finish().await?;
        self.note(MapRunNote::ResultsWritten).await;
        Ok(output)
    }

    /// The children after a place, which goes on to the last of them; none at
    /// the end.
    async fn page(&self, after: &mut Option<u64>) -> Option<Vec<ExecutionRecord>> {
        loop {
            let children =
                MapRunChildren { arn: self.parent.map_run.clone(), after: *after, limit: RESULTS_PAGE };
            match self.shared.store.map_run_children(children).await {
                Ok(records) => {
                    *after = Some(records.last().and_then(place)?);
                    return Some(records);
                }
                Err(error) => tracing::warn!(%error, "the store did not read child executions"),
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// What became of a child that was started.
fn result(child: &ExecutionRecord) -> ChildResult {
    let outcome = child.closed.as_ref().map(|closed| &closed.outcome);
    let failure = outcome.and_then(|outcome| outcome.failure());
    ChildResult {
        execution_arn: Arc::clone(child.arn.shared()),
        name: child.arn.name().into(),
        state_machine_arn: child.arn.labelled_state_machine().into(),
        status: child.status().as_str(),
        input: Arc::clone(&child.input),
        output: outcome.and_then(|outcome| outcome.output()).cloned(),
        error: failure.and_then(|failure| failure.error.clone()),
        cause: failure.and_then(|failure| failure.cause.clone()),
        started_at: Some(child.started_at),
        stopped_at: child.closed.as_ref().map(|closed| closed.stopped_at),
        redrive_count: child.redrive_count.into(),
    }
}

fn place(record: &ExecutionRecord) -> Option<u64> {
    record.map_run.as_ref().map(|link| link.number)
}

fn settings(record: &MapRunRecord) -> MapRunSettings {
    MapRunSettings {
        max_concurrency: record.settings.max_concurrency,
        tolerated_failure_count: record.settings.tolerated_failure_count,
        tolerated_failure_percentage: record.settings.tolerated_failure_percentage,
    }
}

/// A defect, or a store that contradicts itself.
pub(crate) fn internal() -> Problem {
    Problem::new("States.Runtime", "the map run was ended by an internal failure")
}
