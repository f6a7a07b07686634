//! Map runs in process: their children are executions of the same run.

use std::collections::BTreeMap;
use std::sync::Arc;

use asl_parser::Definition;
use asl_runtime::{
    ChildResult, MapRun, MapRunReport, Outcome, Problem, ReadItems, Start, TaskKey, Timestamp, WriteResults,
};
use asl_value::{Payload, Value};

use crate::run::Member;

/// Names a map run: the execution that it belongs to, and its key there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct MapRunId {
    pub(crate) member: Member,
    pub(crate) key: TaskKey,
}

/// A child's place.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) map_run: MapRunId,
    number: u64,
}

/// What a map run wants after something has happened to it.
#[derive(Debug, Default)]
pub(crate) struct Turn {
    /// Children to start.
    pub(crate) children: Vec<(Arc<Definition>, Place, Start)>,
    /// Its children that still run are to be stopped.
    pub(crate) stops: bool,
    /// Results to write somewhere.
    pub(crate) write: Option<(WriteResults, Vec<ChildResult>)>,
    /// How it ended, if it has.
    pub(crate) report: Option<MapRunReport>,
}

/// The map runs that are under way.
#[derive(Debug, Default)]
pub(crate) struct MapRuns(BTreeMap<MapRunId, Distribution>);

#[derive(Debug)]
struct Distribution {
    map_run: MapRun,
    running: BTreeMap<u64, Child>,
    ended: BTreeMap<u64, (Child, Timestamp, Outcome)>,
    failed_items: u64,
    /// Set while results are written: what is wrong all the same, if anything.
    written_with: Option<Result<(), Problem>>,
}

/// A child that was started.
#[derive(Debug)]
struct Child {
    start: Start,
    items: u64,
    started_at: Timestamp,
}

impl MapRuns {
    /// Begins a map run. It may want its items read.
    pub(crate) fn start(
        &mut self,
        id: MapRunId,
        map_run: MapRun,
        now: Timestamp,
    ) -> (Option<ReadItems>, Turn) {
        let distribution = Distribution {
            map_run,
            running: BTreeMap::new(),
            ended: BTreeMap::new(),
            failed_items: 0,
            written_with: None,
        };
        self.0.insert(id, distribution);
        let mut read = None;
        let turn = self.with(id, now, |distribution| {
            read = distribution.map_run.begin()?;
            Ok(())
        });
        (read, turn)
    }

    /// All items of a map run.
    pub(crate) fn take_items(
        &mut self,
        id: MapRunId,
        items: Result<Vec<Value>, Problem>,
        now: Timestamp,
    ) -> Turn {
        self.with(id, now, |distribution| {
            distribution.map_run.push_items(items?)?;
            distribution.map_run.end_items();
            Ok(())
        })
    }

    /// A child has ended.
    pub(crate) fn child_ended(&mut self, place: &Place, outcome: Outcome, now: Timestamp) -> Turn {
        self.with(place.map_run, now, |distribution| {
            distribution.take_end(place.number, outcome, now);
            Ok(())
        })
    }

    /// The results of a map run are written, or not: the state's output.
    pub(crate) fn take_written(&mut self, id: MapRunId, output: Result<Payload, Problem>) -> Turn {
        let Some(distribution) = self.0.remove(&id) else { return Turn::default() };
        let end = distribution.written_with.unwrap_or(Ok(()));
        let report = match output.and_then(|output| end.map(|()| output)) {
            Ok(output) => MapRunReport::Succeeded { output },
            Err(problem) => MapRunReport::Failed(problem),
        };
        Turn { report: Some(report), ..Turn::default() }
    }

    /// Drops a map run; false if there was none.
    pub(crate) fn forget(&mut self, id: MapRunId) -> bool {
        self.0.remove(&id).is_some()
    }

    /// Drops all map runs of an execution.
    pub(crate) fn forget_all_of(&mut self, member: Member) -> Vec<MapRunId> {
        let ids: Vec<MapRunId> = self.0.keys().filter(|id| id.member == member).copied().collect();
        for id in &ids {
            self.0.remove(id);
        }
        ids
    }

    /// Changes a map run, and goes on with it.
    fn with(
        &mut self,
        id: MapRunId,
        now: Timestamp,
        change: impl FnOnce(&mut Distribution) -> Result<(), Problem>,
    ) -> Turn {
        let Some(distribution) = self.0.get_mut(&id) else { return Turn::default() };
        let turn = change(distribution).and_then(|()| distribution.go_on(id, now));
        let turn = turn.unwrap_or_else(|problem| Turn {
            report: Some(MapRunReport::Failed(problem)),
            ..Turn::default()
        });
        if turn.report.is_some() {
            self.0.remove(&id);
        }
        turn
    }
}

impl Distribution {
    fn take_end(&mut self, number: u64, outcome: Outcome, now: Timestamp) {
        let Some(child) = self.running.remove(&number) else { return };
        if !matches!(outcome, Outcome::Succeeded { .. }) {
            self.failed_items = self.failed_items.saturating_add(child.items);
        }
        self.ended.insert(number, (child, now, outcome));
    }

    fn go_on(&mut self, id: MapRunId, now: Timestamp) -> Result<Turn, Problem> {
        if self.written_with.is_some() {
            return Ok(Turn::default());
        }
        let settings = self.map_run.settings();
        if settings.is_exceeded_by(self.failed_items, self.map_run.items_total()) {
            return self.exceeded(now);
        }
        let mut turn = Turn::default();
        while (self.running.len() as u64) < self.map_run.concurrency(&settings) {
            let Some(child) = self.map_run.next_child()? else { break };
            let place = Place { map_run: id, number: child.number };
            turn.children.push((Arc::clone(self.map_run.definition()), place, child.start.clone()));
            let child_started = Child { start: child.start, items: child.items, started_at: now };
            self.running.insert(child.number, child_started);
        }
        if self.running.is_empty() && self.map_run.items_total().is_some() {
            match self.map_run.writer() {
                Some(writer) => turn.write = Some((writer, self.results())),
                None => turn.report = Some(self.output()?),
            }
        }
        self.written_with = turn.write.as_ref().map(|_| Ok(()));
        Ok(turn)
    }

    /// Ends what runs. With a writer, what became of all is written first.
    fn exceeded(&mut self, now: Timestamp) -> Result<Turn, Problem> {
        let problem = self.map_run.exceeded();
        let Some(writer) = self.map_run.writer() else { return Err(problem) };
        for (number, child) in std::mem::take(&mut self.running) {
            self.ended.insert(number, (child, now, Outcome::Aborted { error: None, cause: None }));
        }
        let mut results = self.results();
        while let Some(child) = self.map_run.next_child()? {
            results.push(ChildResult::pending(&child.start));
        }
        self.written_with = Some(Err(problem));
        Ok(Turn { stops: true, write: Some((writer, results)), ..Turn::default() })
    }

    fn results(&self) -> Vec<ChildResult> {
        let results = self.ended.values().map(|(child, stopped_at, outcome)| {
            ChildResult::ended(&child.start, child.started_at, *stopped_at, outcome)
        });
        results.collect()
    }

    fn output(&self) -> Result<MapRunReport, Problem> {
        let mut output = self.map_run.output()?;
        for child in self.results() {
            output.push(&child);
        }
        Ok(output.into_report(self.map_run.output_bytes_max()))
    }
}
