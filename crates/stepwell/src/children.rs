//! Map runs in process: their children are executions of the same run.

use std::collections::BTreeMap;
use std::sync::Arc;

use asl_parser::Definition;
use asl_runtime::{MapRun, MapRunReport, Outcome, Problem, ReadItems, Start, TaskKey};
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
    items: u64,
}

/// What a map run wants after something has happened to it.
#[derive(Debug, Default)]
pub(crate) struct Turn {
    /// Children to start.
    pub(crate) children: Vec<(Arc<Definition>, Place, Start)>,
    /// How it ended, if it has.
    pub(crate) report: Option<MapRunReport>,
}

/// The map runs that are under way.
#[derive(Debug, Default)]
pub(crate) struct MapRuns(BTreeMap<MapRunId, Distribution>);

#[derive(Debug)]
struct Distribution {
    map_run: MapRun,
    running: u64,
    failed_items: u64,
    outputs: BTreeMap<u64, Payload>,
}

impl MapRuns {
    /// Begins a map run. It may want its items read.
    pub(crate) fn start(&mut self, id: MapRunId, map_run: MapRun) -> (Option<ReadItems>, Turn) {
        let distribution = Distribution { map_run, running: 0, failed_items: 0, outputs: BTreeMap::new() };
        self.0.insert(id, distribution);
        let mut read = None;
        let turn = self.with(id, |distribution| {
            read = distribution.map_run.begin()?;
            Ok(())
        });
        (read, turn)
    }

    /// All items of a map run.
    pub(crate) fn take_items(&mut self, id: MapRunId, items: Result<Vec<Value>, Problem>) -> Turn {
        self.with(id, |distribution| {
            distribution.map_run.push_items(items?)?;
            distribution.map_run.end_items();
            Ok(())
        })
    }

    /// A child has ended.
    pub(crate) fn child_ended(&mut self, place: &Place, outcome: Outcome) -> Turn {
        self.with(place.map_run, |distribution| {
            distribution.running -= 1;
            match outcome {
                Outcome::Succeeded { output } => {
                    distribution.outputs.insert(place.number, output);
                }
                Outcome::Failed { .. } | Outcome::TimedOut { .. } | Outcome::Aborted { .. } => {
                    distribution.failed_items += place.items;
                }
            }
            Ok(())
        })
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
    fn with(&mut self, id: MapRunId, change: impl FnOnce(&mut Distribution) -> Result<(), Problem>) -> Turn {
        let Some(distribution) = self.0.get_mut(&id) else { return Turn::default() };
        let turn = change(distribution).and_then(|()| distribution.go_on(id));
        let turn = turn.unwrap_or_else(|problem| Turn {
            children: Vec::new(),
            report: Some(MapRunReport::Failed(problem)),
        });
        if turn.report.is_some() {
            self.0.remove(&id);
        }
        turn
    }
}

impl Distribution {
    fn go_on(&mut self, id: MapRunId) -> Result<Turn, Problem> {
        let settings = self.map_run.settings();
        if settings.is_exceeded_by(self.failed_items, self.map_run.items_total()) {
            return Err(self.map_run.exceeded());
        }
        let mut turn = Turn::default();
        while self.running < self.map_run.concurrency(&settings) {
            let Some(child) = self.map_run.next_child()? else { break };
            self.running += 1;
            let place = Place { map_run: id, number: child.number, items: child.items };
            turn.children.push((Arc::clone(self.map_run.definition()), place, child.start));
        }
        if self.running == 0 && self.map_run.items_total().is_some() {
            turn.report = Some(self.result()?);
        }
        Ok(turn)
    }

    fn result(&self) -> Result<MapRunReport, Problem> {
        if let Some(resource) = self.map_run.writer().and_then(|writer| writer.resource) {
            let cause = format!("a run in process has nobody who writes results with {resource}");
            return Err(Problem::new("States.ResultWriterFailed", cause));
        }
        let outputs: Vec<Payload> = self.outputs.values().cloned().collect();
        Ok(MapRunReport::Succeeded { output: Payload::array_of(&outputs) })
    }
}
