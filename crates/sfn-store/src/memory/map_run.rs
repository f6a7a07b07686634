//! Map runs, and their children among the executions.

use super::State;
use super::resource::page_of;
use crate::id::{ExecutionArn, MapRunArn};
use crate::{
    CountMapRun, ExecutionRecord, ExecutionStatus, Hint, MapRunChange, MapRunChildren, MapRunCounts,
    MapRunError, MapRunLink, MapRunNote, MapRunRecord, MapRunStatus, NewMapRun, Page, PageRequest,
    UpdateMapRun,
};

/// A map run. Its number is that of the list of its children too.
#[derive(Debug)]
pub(super) struct MapRun {
    pub(super) number: u64,
    pub(super) record: MapRunRecord,
}

impl State {
    /// The number of the map run that a child belongs to, if that runs.
    pub(super) fn running_map_run(&self, link: &MapRunLink) -> Option<u64> {
        let map_run = self.map_runs.get(&link.map_run);
        let map_run = map_run.filter(|it| it.record.status == MapRunStatus::Running);
        map_run.map(|map_run| map_run.number)
    }

    /// Applies what a checked step changes of its execution's map runs.
    pub(super) fn change_map_runs(
        &mut self,
        execution: &ExecutionArn,
        changes: Vec<MapRunChange>,
        hints: &mut Vec<Hint>,
    ) {
        for change in changes {
            match change {
                MapRunChange::Start(new) => self.start_map_run(execution, new),
                MapRunChange::Redrive { arn, at } => {
                    let map_run = self.map_run_of(execution, &arn);
                    if let Some(record) = map_run.filter(|it| it.status != MapRunStatus::Running) {
                        record.status = MapRunStatus::Running;
                        record.stopped_at = None;
                        record.redrive_count += 1;
                        record.redriven_at = Some(at);
                        record.results_written = false;
                    }
                }
                MapRunChange::End { arn, status, at, stop_children } => {
                    let map_run = self.map_run_of(execution, &arn);
                    if let Some(record) = map_run.filter(|it| it.status == MapRunStatus::Running) {
                        record.status = status;
                        record.stopped_at = Some(at);
                        if let Some(body) = stop_children {
                            self.tell_children(&arn, &body, hints);
                        }
                    }
                }
            }
        }
    }

    fn start_map_run(&mut self, execution: &ExecutionArn, new: NewMapRun) {
        if self.map_runs.contains_key(&new.arn) {
            return;
        }
        let number = self.next_number();
        if let Some(execution) = self.executions.get_mut(execution) {
            execution.map_runs.insert(number, new.arn.clone());
        }
        let record = MapRunRecord {
            arn: new.arn.clone(),
            execution: execution.clone(),
            state_name: new.state_name,
            status: MapRunStatus::Running,
            started_at: new.started_at,
            stopped_at: None,
            settings: new.settings,
            redrive_count: 0,
            redriven_at: None,
            items_total: 0,
            results_written: false,
        };
        self.map_runs.insert(new.arn, MapRun { number, record });
    }

    fn map_run_of(&mut self, execution: &ExecutionArn, arn: &MapRunArn) -> Option<&mut MapRunRecord> {
        let record = self.map_runs.get_mut(arn).map(|map_run| &mut map_run.record);
        record.filter(|record| record.execution == *execution)
    }

    /// Puts a message into the inbox of each running child.
    fn tell_children(&mut self, arn: &MapRunArn, body: &crate::Bytes, hints: &mut Vec<Hint>) {
        let Some(number) = self.map_runs.get(arn).map(|map_run| map_run.number) else { return };
        for arn in self.index.running_of(number) {
            if let Some(child) = self.executions.get_mut(&arn) {
                self.index.put_message(child, body.clone(), hints);
            }
        }
    }

    pub(super) fn list_map_runs(&self, execution: &ExecutionArn, page: PageRequest) -> Page<MapRunRecord> {
        let Some(execution) = self.executions.get(execution) else {
            return Page { items: Vec::new(), next: None };
        };
        page_of(&execution.map_runs, page, |arn| Some(self.map_runs.get(arn)?.record.clone()))
    }

    fn running_record(&mut self, arn: &MapRunArn) -> Result<&mut MapRunRecord, MapRunError> {
        let map_run = self.map_runs.get_mut(arn).ok_or(MapRunError::NoSuchMapRun)?;
        let is_running = map_run.record.status == MapRunStatus::Running;
        is_running.then_some(&mut map_run.record).ok_or(MapRunError::NotRunning)
    }

    pub(super) fn update_map_run(&mut self, update: &UpdateMapRun) -> Result<MapRunRecord, MapRunError> {
        let record = self.running_record(&update.arn)?;
        record.settings = update.apply(record.settings);
        Ok(record.clone())
    }

    pub(super) fn note_map_run(&mut self, arn: &MapRunArn, note: MapRunNote) -> Result<(), MapRunError> {
        let record = self.running_record(arn)?;
        match note {
            MapRunNote::ItemsTotal(items) => record.items_total = items,
            MapRunNote::ResultsWritten => record.results_written = true,
        }
        Ok(())
    }

    /// The status of a child as it is listed. One that was started again under
    /// another name stays as it ended.
    pub(super) fn status_of_child(&self, child: &ExecutionRecord) -> ExecutionStatus {
        let Some(link) = &child.map_run else { return child.status() };
        let Some(map_run) = self.map_runs.get(&link.map_run) else { return child.status() };
        let place = self.index.by_place.get(&(map_run.number, link.number));
        let current = place.and_then(|children| children.values().next_back());
        if current == Some(&child.arn) { child.status_in(&map_run.record) } else { child.status() }
    }

    pub(super) fn map_run_counts(&self, count: &CountMapRun) -> MapRunCounts {
        let mut counts = MapRunCounts::default();
        let children = MapRunChildren { arn: count.arn.clone(), after: None, limit: u32::MAX };
        for child in self.current_children(&children) {
            let (status, items) =
                (self.status_of_child(child), child.map_run.as_ref().map_or(0, |link| link.items));
            counts.add(status, 1, items);
            if status.is_unsuccessful() && child.last_event_id.get() > count.redrive_events_max {
                counts.add_not_redrivable(1, items);
            }
        }
        counts
    }

    pub(super) fn map_run_children(&self, children: &MapRunChildren) -> Vec<ExecutionRecord> {
        self.current_children(children).cloned().collect()
    }

    /// The last child of each place.
    fn current_children(&self, children: &MapRunChildren) -> impl Iterator<Item = &ExecutionRecord> {
        let map_run = self.map_runs.get(&children.arn);
        let first = children.after.map_or(Some(0), |after| after.checked_add(1));
        let places = map_run.zip(first).into_iter().flat_map(|(map_run, first)| {
            self.index.by_place.range((map_run.number, first)..=(map_run.number, u64::MAX))
        });
        let places = places.take(children.limit as usize);
        let arns = places.filter_map(|(_, arns)| arns.values().next_back());
        arns.filter_map(|arn| self.executions.get(arn)).map(|child| &child.record)
    }
}
