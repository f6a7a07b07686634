//! Executions that failed run again.

use rusqlite::{Connection, OptionalExtension, params};
use sfn_store::id::EventId;
use sfn_store::{
    ExecutionRecord, ExecutionStatus, Hint, MapRunStatus, RedriveError, RedriveExecution, StateMachineStatus,
};

use super::{execution, task};
use crate::column::{event_id, machine_status, map_run_status, millis, optional, status};
use crate::error::{Failure, refuse};

/// What a redrive is checked against.
struct Before {
    id: i64,
    status: ExecutionStatus,
    machine: Option<StateMachineStatus>,
    is_child: bool,
    map_run: Option<MapRunStatus>,
    has_snapshot: bool,
    last_event_id: EventId,
}

impl Before {
    fn check(&self, redrive: &RedriveExecution) -> Result<(), RedriveError> {
        let Self { status, machine, is_child, map_run, last_event_id, .. } = *self;
        let is_too_long = last_event_id.get() > redrive.events_max;
        match (status, machine) {
            (ExecutionStatus::Running, _) => Err(RedriveError::StillRunning),
            (ExecutionStatus::Succeeded, _) => Err(RedriveError::Succeeded),
            (_, None) => Err(RedriveError::StateMachineGone),
            _ if is_child && map_run != Some(MapRunStatus::Running) => Err(RedriveError::MapRunNotRunning),
            (_, Some(StateMachineStatus::Deleting)) if !is_child => Err(RedriveError::StateMachineGone),
            _ if !self.has_snapshot => Err(RedriveError::NoSnapshot),
            _ if is_too_long => {
                Err(RedriveError::HistoryTooLong { last_event_id, events_max: redrive.events_max })
            }
            _ => Ok(()),
        }
    }
}

pub(crate) fn redrive(
    db: &Connection,
    redrive: RedriveExecution,
    hints: &mut Vec<Hint>,
) -> Result<ExecutionRecord, Failure<RedriveError>> {
    let before = db
        .prepare_cached(
            "SELECT e.id, e.status, m.status, e.map_run IS NOT NULL, r.status, \
             EXISTS (SELECT 1 FROM snapshot WHERE execution = e.id), e.last_event_id FROM execution e \
             LEFT JOIN machine m ON m.id = e.machine LEFT JOIN map_run r ON r.id = e.map_run \
             WHERE e.arn = ?1",
        )?
        .query_row([redrive.arn.as_str()], |row| {
            Ok(Before {
                id: row.get(0)?,
                status: status(row, 1)?,
                machine: optional(row, 2, machine_status)?,
                is_child: row.get(3)?,
                map_run: optional(row, 4, map_run_status)?,
                has_snapshot: row.get(5)?,
                last_event_id: event_id(row, 6)?,
            })
        })
        .optional()?;
    let Some(before) = before else {
        return refuse(RedriveError::NoSuchExecution);
    };
    before.check(&redrive).map_err(Failure::Refused)?;
    // What its end has left in `execution_data` is not read while it runs, and
    // its next end writes over it.
    db.prepare_cached(
        "UPDATE execution SET status = 0, stopped_at = NULL, redrive_count = redrive_count + 1, \
         redriven_at = ?2 WHERE id = ?1",
    )?
    .execute(params![before.id, millis(redrive.at)])?;
    task::put_message(db, before.id, redrive.arn, redrive.message, hints)?;
    Ok(execution::by_id(db, before.id)?)
}
