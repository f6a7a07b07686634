//! Map runs, and what their children are together.

use rusqlite::{Connection, OptionalExtension, Row, params};
use sfn_store::id::{ExecutionArn, MapRunArn};
use sfn_store::{
    CountMapRun, ExecutionRecord, ExecutionStatus, Fault, Hint, MapRunChange, MapRunChildren, MapRunCounts,
    MapRunError, MapRunLink, MapRunNote, MapRunRecord, MapRunSettings, MapRunStatus, NewMapRun, Page,
    PageRequest, Position, UpdateMapRun,
};

use super::execution::{is_current, is_pending};
use super::{execution, page_bounds, task};
use crate::column::{
    int, map_run_status, map_run_status_code, millis, number, optional, optional_timestamp, parsed, status,
    timestamp,
};
use crate::error::{Failure, refuse};

/// Reads map runs, by a condition that is given as a literal.
macro_rules! select_map_run {
    ($condition:literal) => {
        concat!(
            "SELECT m.arn, e.arn, m.state_name, m.status, m.started_at, m.stopped_at, \
             m.max_concurrency, m.tolerated_failure_count, m.tolerated_failure_percentage, \
             m.redrive_count, m.redriven_at, m.items_total, m.results_written, m.id \
             FROM map_run m JOIN execution e ON e.id = m.execution WHERE ",
            $condition
        )
    };
}

/// A map run from the columns of `select_map_run!`.
fn record_from(row: &Row<'_>) -> rusqlite::Result<MapRunRecord> {
    Ok(MapRunRecord {
        arn: parsed(row, 0)?,
        execution: parsed(row, 1)?,
        state_name: row.get(2)?,
        status: map_run_status(row, 3)?,
        started_at: timestamp(row, 4)?,
        stopped_at: optional_timestamp(row, 5)?,
        settings: MapRunSettings {
            max_concurrency: number(row, 6)?,
            tolerated_failure_count: optional(row, 7, number)?,
            tolerated_failure_percentage: row.get(8)?,
        },
        redrive_count: row.get(9)?,
        redriven_at: optional_timestamp(row, 10)?,
        items_total: number(row, 11)?,
        results_written: row.get(12)?,
    })
}

pub(crate) fn get(db: &Connection, arn: &MapRunArn) -> rusqlite::Result<Option<MapRunRecord>> {
    db.prepare_cached(select_map_run!("m.arn = ?1"))?.query_row([arn.as_str()], record_from).optional()
}

pub(crate) fn list(
    db: &Connection,
    execution: &ExecutionArn,
    page: PageRequest,
) -> Result<Page<MapRunRecord>, Failure<Fault>> {
    let (before, rows) = page_bounds(page);
    let found = db
        .prepare_cached(select_map_run!(
            "m.execution = (SELECT id FROM execution WHERE arn = ?1) AND m.id < ?2 \
             ORDER BY m.id DESC LIMIT ?3"
        ))?
        .query_map(params![execution.as_str(), before, rows], |row| {
            Ok((Position::new(number(row, 13)?), record_from(row)?))
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(Page::from_candidates(page.limit, found))
}

/// The row id of a map run that runs.
pub(super) fn running(db: &Connection, link: &MapRunLink) -> rusqlite::Result<Option<i64>> {
    db.prepare_cached("SELECT id FROM map_run WHERE arn = ?1 AND status = 0")?
        .query_row([link.map_run.as_str()], |row| row.get(0))
        .optional()
}

/// Applies what a step changes of a map run of its execution.
pub(super) fn change(
    db: &Connection,
    execution: i64,
    change: &MapRunChange,
    hints: &mut Vec<Hint>,
) -> rusqlite::Result<()> {
    match change {
        MapRunChange::Start(new) => start(db, execution, new),
        MapRunChange::Redrive { arn, at } => db
            .prepare_cached(
                "UPDATE map_run SET status = 0, stopped_at = NULL, redrive_count = redrive_count + 1, \
                 redriven_at = ?3, results_written = 0 WHERE arn = ?1 AND execution = ?2 AND status != 0",
            )?
            .execute(params![arn.as_str(), execution, millis(*at)])
            .map(drop),
        MapRunChange::End { arn, status, at, stop_children } => {
            let ended: Option<i64> = db
                .prepare_cached(
                    "UPDATE map_run SET status = ?3, stopped_at = ?4 \
                     WHERE arn = ?1 AND execution = ?2 AND status = 0 RETURNING id",
                )?
                .query_row(
                    params![arn.as_str(), execution, map_run_status_code(*status), millis(*at)],
                    |row| row.get(0),
                )
                .optional()?;
            let (Some(map_run), Some(body)) = (ended, stop_children) else { return Ok(()) };
            let children = db
                .prepare_cached("SELECT id, arn FROM execution WHERE map_run = ?1 AND status = 0")?
                .query_map([map_run], |row| Ok((row.get(0)?, parsed(row, 1)?)))?
                .collect::<rusqlite::Result<Vec<_>>>()?;
            children
                .into_iter()
                .try_for_each(|(id, arn)| task::put_message(db, id, arn, body.clone(), hints).map(drop))
        }
    }
}

fn start(db: &Connection, execution: i64, new: &NewMapRun) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO map_run (arn, execution, state_name, status, started_at, max_concurrency, \
         tolerated_failure_count, tolerated_failure_percentage) \
         VALUES (?1, ?2, ?3, 0, ?4, ?5, ?6, ?7) ON CONFLICT (arn) DO NOTHING",
    )?
    .execute(params![
        new.arn.as_str(),
        execution,
        new.state_name,
        millis(new.started_at),
        int(new.settings.max_concurrency),
        new.settings.tolerated_failure_count.map(int),
        new.settings.tolerated_failure_percentage,
    ])
    .map(drop)
}

/// A map run that runs.
fn get_running(db: &Connection, arn: &MapRunArn) -> Result<MapRunRecord, Failure<MapRunError>> {
    match get(db, arn)? {
        None => refuse(MapRunError::NoSuchMapRun),
        Some(record) if record.status != MapRunStatus::Running => refuse(MapRunError::NotRunning),
        Some(record) => Ok(record),
    }
}

pub(crate) fn update(db: &Connection, update: &UpdateMapRun) -> Result<MapRunRecord, Failure<MapRunError>> {
    let mut record = get_running(db, &update.arn)?;
    record.settings = update.apply(record.settings);
    db.prepare_cached(
        "UPDATE map_run SET max_concurrency = ?2, tolerated_failure_count = ?3, \
         tolerated_failure_percentage = ?4 WHERE arn = ?1",
    )?
    .execute(params![
        update.arn.as_str(),
        int(record.settings.max_concurrency),
        record.settings.tolerated_failure_count.map(int),
        record.settings.tolerated_failure_percentage,
    ])?;
    Ok(record)
}

pub(crate) fn note(db: &Connection, arn: &MapRunArn, note: MapRunNote) -> Result<(), Failure<MapRunError>> {
    get_running(db, arn)?;
    match note {
        MapRunNote::ItemsTotal(items) => db
            .prepare_cached("UPDATE map_run SET items_total = ?2 WHERE arn = ?1")?
            .execute(params![arn.as_str(), int(items)])?,
        MapRunNote::ResultsWritten => db
            .prepare_cached("UPDATE map_run SET results_written = 1 WHERE arn = ?1")?
            .execute([arn.as_str()])?,
    };
    Ok(())
}

/// The children of a map run, and how many of them wait for a redrive: read from
/// indexes alone, but for those that failed.
pub(super) const COUNTS: &str = concat!(
    "SELECT e.status, count(*), sum(e.items), sum(",
    is_pending!(),
    "), sum(iif(",
    is_pending!(),
    ", e.items, 0)) FROM execution e WHERE e.map_run = (SELECT id FROM map_run WHERE arn = ?1) AND ",
    is_current!(),
    " GROUP BY e.status"
);

/// Those whose history is too long to be redriven.
const COUNTS_OF_LONG: &str = concat!(
    "SELECT count(*), coalesce(sum(e.items), 0) FROM execution e \
     WHERE e.map_run = (SELECT id FROM map_run WHERE arn = ?1) AND e.status IN (2, 3, 4) \
     AND e.last_event_id > ?2 AND ",
    is_current!()
);

pub(crate) fn counts(db: &Connection, count: &CountMapRun) -> Result<MapRunCounts, Failure<Fault>> {
    let arn = count.arn.as_str();
    let mut counts = MapRunCounts::default();
    let mut select = db.prepare_cached(COUNTS)?;
    let mut rows = select.query([arn])?;
    while let Some(row) = rows.next()? {
        let (executions, items) = (number(row, 1)?, number(row, 2)?);
        let (pending, pending_items) = (number(row, 3)?, number(row, 4)?);
        counts.add(status(row, 0)?, executions.saturating_sub(pending), items.saturating_sub(pending_items));
        counts.add(ExecutionStatus::PendingRedrive, pending, pending_items);
    }
    let (executions, items) =
        db.prepare_cached(COUNTS_OF_LONG)?.query_row(params![arn, int(count.redrive_events_max)], |row| {
            Ok((number(row, 0)?, number(row, 1)?))
        })?;
    counts.add_not_redrivable(executions, items);
    Ok(counts)
}

pub(crate) fn children(
    db: &Connection,
    children: &MapRunChildren,
) -> Result<Vec<ExecutionRecord>, Failure<Fault>> {
    let after = children.after.map_or(-1, int);
    let found = db
        .prepare_cached(execution::CHILDREN)?
        .query_map(params![children.arn.as_str(), after, children.limit], execution::record_from)?
        .collect::<rusqlite::Result<_>>()?;
    Ok(found)
}
