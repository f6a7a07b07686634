//! Executions as they are described and listed, and their histories.

use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row, params};
use sfn_store::id::{ExecutionArn, Qualifier, RevisionId};
use sfn_store::{
    Closed, ExecutionQuery, ExecutionRecord, ExecutionStatus, ExecutionSummary, Failure as Ended, Fault,
    HistoryOrder, HistoryQuery, Outcome, Page, Position, Segment, StartedOn,
};

use super::page_bounds;
use crate::column::{
    STATUSES, bytes, checked, event_id, int, number, optional_timestamp, parsed, status, status_code,
    timestamp,
};
use crate::error::Failure;

/// Reads executions, by a condition that is given as a literal.
macro_rules! select_execution {
    ($condition:literal) => {
        concat!(
            "SELECT e.arn, r.uid, d.input, d.trace_header, e.started_at, e.redrive_count, \
             e.redriven_at, e.last_event_id, e.status, e.stopped_at, d.output, d.error, d.cause, \
             e.version, e.alias, d.test_case \
             FROM execution e JOIN revision r ON r.id = e.revision \
             JOIN execution_data d ON d.execution = e.id WHERE ",
            $condition
        )
    };
}

/// An execution from the columns of `select_execution!`.
fn record_from(row: &Row<'_>) -> rusqlite::Result<ExecutionRecord> {
    Ok(ExecutionRecord {
        arn: parsed(row, 0)?,
        revision: checked(row, 1, RevisionId::new)?,
        started_on: started_on_from(row, 13)?,
        input: row.get(2)?,
        trace_header: row.get(3)?,
        test_case: row.get(15)?,
        started_at: timestamp(row, 4)?,
        redrive_count: row.get(5)?,
        redriven_at: optional_timestamp(row, 6)?,
        last_event_id: event_id(row, 7)?,
        closed: closed_from(row)?,
    })
}

/// What an execution was started on, from two columns: version and alias.
fn started_on_from(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<StartedOn>> {
    if row.get_ref(column)? == ValueRef::Null {
        return Ok(None);
    }
    let alias = match row.get_ref(column + 1)? {
        ValueRef::Null => None,
        _ => Some(parsed(row, column + 1)?),
    };
    Ok(Some(StartedOn { version: number(row, column)?, alias }))
}

fn closed_from(row: &Row<'_>) -> rusqlite::Result<Option<Closed>> {
    let failure = || Ok::<_, rusqlite::Error>(Ended { error: row.get(11)?, cause: row.get(12)? });
    let outcome = match status(row, 8)? {
        ExecutionStatus::Succeeded => Outcome::Succeeded { output: row.get(10)? },
        ExecutionStatus::Failed => Outcome::Failed(failure()?),
        ExecutionStatus::TimedOut => Outcome::TimedOut(failure()?),
        ExecutionStatus::Aborted => Outcome::Aborted(failure()?),
        _ => return Ok(None),
    };
    Ok(Some(Closed { stopped_at: timestamp(row, 9)?, outcome }))
}

pub(crate) fn get(db: &Connection, arn: &ExecutionArn) -> rusqlite::Result<Option<ExecutionRecord>> {
    db.prepare_cached(select_execution!("e.arn = ?1"))?.query_row([arn.as_str()], record_from).optional()
}

pub(super) fn by_id(db: &Connection, id: i64) -> rusqlite::Result<ExecutionRecord> {
    db.prepare_cached(select_execution!("e.id = ?1"))?.query_row([id], record_from)
}

/// Lists executions of a status, by a condition on what they were started on.
macro_rules! list_executions {
    ($condition:literal) => {
        concat!(
            "SELECT id, arn, status, started_at, stopped_at, redrive_count, redriven_at, version, alias \
             FROM execution WHERE machine = (SELECT id FROM machine WHERE arn = ?1) \
             AND status = ?2 AND id < ?3 AND ",
            $condition,
            " ORDER BY id DESC LIMIT ?4"
        )
    };
}

pub(crate) fn list(
    db: &Connection,
    query: &ExecutionQuery,
) -> Result<Page<ExecutionSummary>, Failure<Fault>> {
    let (before, rows) = page_bounds(query.page);
    // One index serves lists with and without a status: each status gives its
    // newest, and the newest of these are the page.
    let (sql, qualifier) = match &query.qualifier {
        None => (list_executions!("?5 IS NULL"), Value::Null),
        Some(Qualifier::Version(version)) => (list_executions!("version = ?5"), Value::from(int(*version))),
        Some(Qualifier::Alias(name)) => (list_executions!("alias = ?5"), Value::from(name.to_string())),
        Some(Qualifier::MapLabel(_)) => return Ok(Page { items: Vec::new(), next: None }),
    };
    let mut select = db.prepare_cached(sql)?;
    let mut found = Vec::new();
    for status in STATUSES {
        if query.status.is_none_or(|wanted| wanted == status) {
            let arn = query.state_machine.as_str();
            let rows =
                select.query_map(params![arn, status_code(status), before, rows, qualifier], summary_from)?;
            found.extend(rows.collect::<rusqlite::Result<Vec<_>>>()?);
        }
    }
    found.sort_unstable_by_key(|(position, _)| std::cmp::Reverse(*position));
    Ok(Page::from_candidates(query.page.limit, found))
}

fn summary_from(row: &Row<'_>) -> rusqlite::Result<(Position, ExecutionSummary)> {
    let summary = ExecutionSummary {
        arn: parsed(row, 1)?,
        started_on: started_on_from(row, 7)?,
        status: status(row, 2)?,
        started_at: timestamp(row, 3)?,
        stopped_at: optional_timestamp(row, 4)?,
        redrive_count: row.get(5)?,
        redriven_at: optional_timestamp(row, 6)?,
    };
    Ok((Position::new(number(row, 0)?), summary))
}

pub(crate) fn history(db: &Connection, query: &HistoryQuery) -> Result<Option<Vec<Segment>>, Failure<Fault>> {
    let execution: Option<i64> = db
        .prepare_cached("SELECT id FROM execution WHERE arn = ?1")?
        .query_row([query.execution.as_str()], |row| row.get(0))
        .optional()?;
    let Some(execution) = execution else {
        return Ok(None);
    };
    let (sql, from) = match query.order {
        HistoryOrder::Forward => (
            "SELECT first_event_id, last_event_id, events FROM segment \
             WHERE execution = ?1 AND last_event_id >= ?2 ORDER BY last_event_id",
            query.from.map_or(0, |from| int(from.get())),
        ),
        HistoryOrder::Reverse => (
            "SELECT first_event_id, last_event_id, events FROM segment \
             WHERE execution = ?1 AND first_event_id <= ?2 ORDER BY last_event_id DESC",
            query.from.map_or(i64::MAX, |from| int(from.get())),
        ),
    };
    let mut select = db.prepare_cached(sql)?;
    let mut rows = select.query([execution, from])?;
    let mut missing = u64::from(query.limit);
    let mut segments = Vec::new();
    while missing > 0
        && let Some(row) = rows.next()?
    {
        let segment = Segment {
            first_event_id: event_id(row, 0)?,
            last_event_id: event_id(row, 1)?,
            events: bytes(row, 2)?,
        };
        missing = missing.saturating_sub(segment.events_of(query));
        segments.push(segment);
    }
    Ok(Some(segments))
}
