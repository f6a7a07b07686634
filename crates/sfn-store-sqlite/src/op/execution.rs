//! Executions as they are described and listed, and their histories.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params};
use sfn_store::id::{ExecutionArn, QualifiedStateMachineArn, Qualifier, RevisionId};
use sfn_store::{
    Closed, ExecutionQuery, ExecutionRecord, ExecutionStatus, ExecutionSummary, ExecutionsOf,
    Failure as Ended, Fault, HistoryOrder, HistoryQuery, MapRunLink, Outcome, Page, Position, Segment,
    StartedOn,
};

use super::page_bounds;
use crate::column::{
    STATUSES, bytes, checked, event_id, int, number, optional, optional_timestamp, parsed, status,
    status_code, timestamp,
};
use crate::error::Failure;

/// Reads executions, by a condition that is given as a literal.
macro_rules! select_execution {
    ($condition:expr) => {
        concat!(
            "SELECT e.arn, r.uid, d.input, d.trace_header, e.started_at, e.redrive_count, \
             e.redriven_at, e.last_event_id, e.status, e.stopped_at, d.output, d.error, d.cause, \
             e.version, e.alias, d.test_case, m.arn, e.place, e.items \
             FROM execution e JOIN revision r ON r.id = e.revision \
             JOIN execution_data d ON d.execution = e.id \
             LEFT JOIN map_run m ON m.id = e.map_run WHERE ",
            $condition
        )
    };
}

/// An execution from the columns of `select_execution!`.
pub(super) fn record_from(row: &Row<'_>) -> rusqlite::Result<ExecutionRecord> {
    Ok(ExecutionRecord {
        arn: parsed(row, 0)?,
        revision: checked(row, 1, RevisionId::new)?,
        started_on: started_on_from(row, 13)?,
        input: row.get(2)?,
        trace_header: row.get(3)?,
        test_case: row.get(15)?,
        map_run: map_run_from(row, 16)?,
        started_at: timestamp(row, 4)?,
        redrive_count: row.get(5)?,
        redriven_at: optional_timestamp(row, 6)?,
        last_event_id: event_id(row, 7)?,
        closed: closed_from(row)?,
    })
}

/// What an execution was started on, from two columns: version and alias.
fn started_on_from(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<StartedOn>> {
    optional(row, column, |row, version| {
        Ok(StartedOn { version: number(row, version)?, alias: optional(row, version + 1, parsed)? })
    })
}

/// What an execution does for a map run, from three columns: the ARN of that,
/// its place and its items.
fn map_run_from(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<MapRunLink>> {
    optional(row, column, |row, arn| {
        Ok(MapRunLink {
            map_run: parsed(row, arn)?,
            number: number(row, arn + 1)?,
            items: number(row, arn + 2)?,
        })
    })
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

/// Whether the child `e` is the last that was created for its place.
macro_rules! is_current {
    () => {
        "NOT EXISTS (SELECT 1 FROM execution later \
         WHERE later.map_run = e.map_run AND later.place = e.place AND later.id > e.id)"
    };
}
pub(super) use is_current;

/// Whether `e` is a child that waits for a redrive: see
/// `ExecutionRecord::status_in`.
macro_rules! is_pending {
    () => {
        concat!(
            "(e.status IN (2, 3, 4) AND EXISTS (SELECT 1 FROM map_run p WHERE p.id = e.map_run \
             AND p.status = 0 AND coalesce(e.redriven_at, e.started_at) < p.redriven_at) AND ",
            super::execution::is_current!(),
            ")"
        )
    };
}
pub(super) use is_pending;

/// The children of a map run, so many after this place.
pub(super) const CHILDREN: &str = select_execution!(concat!(
    "e.map_run = (SELECT id FROM map_run WHERE arn = ?1) AND e.place > ?2 AND ",
    is_current!(),
    " ORDER BY e.place LIMIT ?3"
));

/// Lists executions of a status, by a condition on whose they are.
macro_rules! list_executions {
    ($($condition:expr),+) => {
        concat!(
            "SELECT e.id, e.arn, e.status, e.started_at, e.stopped_at, e.redrive_count, e.redriven_at, \
             e.version, e.alias, (SELECT m.arn FROM map_run m WHERE m.id = e.map_run), e.place, e.items, ",
            is_pending!(),
            " FROM execution e WHERE e.status = ?2 AND e.id < ?3 \
             AND (?6 IS NULL OR (e.redrive_count > 0) = ?6) AND ",
            $($condition,)+
            " ORDER BY e.id DESC LIMIT ?4"
        )
    };
}

/// Those of a state machine, by a condition on what they were started on.
macro_rules! list_machine {
    ($condition:expr) => {
        list_executions!(
            "e.machine = (SELECT id FROM machine WHERE arn = ?1) AND e.map_run IS NULL AND ",
            $condition
        )
    };
}

const OF_MACHINE: &str = list_machine!("?5 IS NULL");
const OF_VERSION: &str = list_machine!("e.version = ?5");
const OF_ALIAS: &str = list_machine!("e.alias = ?5");
const OF_MAP_RUN: &str = list_executions!(
    "e.map_run = (SELECT id FROM map_run WHERE arn = ?1) AND (?5 IS NULL OR ?5 = ",
    is_pending!(),
    ")"
);

pub(crate) fn list(
    db: &Connection,
    query: &ExecutionQuery,
) -> Result<Page<ExecutionSummary>, Failure<Fault>> {
    let (before, rows) = page_bounds(query.page);
    // One index serves lists with and without a status: each status gives its
    // newest, and the newest of these are the page.
    let (sql, arn, narrowed_by) = match &query.of {
        ExecutionsOf::MapRun(arn) => {
            let is_pending = |status| status == ExecutionStatus::PendingRedrive;
            (OF_MAP_RUN, arn.as_str(), query.status.map_or(Value::Null, |status| is_pending(status).into()))
        }
        ExecutionsOf::StateMachine(QualifiedStateMachineArn { state_machine, qualifier }) => {
            let (sql, narrowed_by) = match qualifier {
                None => (OF_MACHINE, Value::Null),
                Some(Qualifier::Version(version)) => (OF_VERSION, Value::from(int(*version))),
                Some(Qualifier::Alias(name)) => (OF_ALIAS, Value::from(name.to_string())),
                Some(Qualifier::MapLabel(_)) => return Ok(Page { items: Vec::new(), next: None }),
            };
            (sql, state_machine.as_str(), narrowed_by)
        }
    };
    let mut select = db.prepare_cached(sql)?;
    let mut found = Vec::new();
    let may_have = |status: &ExecutionStatus| match (&query.of, query.status) {
        (_, None) => true,
        (ExecutionsOf::MapRun(_), Some(ExecutionStatus::PendingRedrive)) => status.is_unsuccessful(),
        (_, Some(wanted)) => wanted == *status,
    };
    for status in STATUSES {
        if may_have(&status) {
            let parameters = params![arn, status_code(status), before, rows, narrowed_by, query.redriven];
            let rows = select.query_map(parameters, summary_from)?;
            found.extend(rows.collect::<rusqlite::Result<Vec<_>>>()?);
        }
    }
    found.sort_unstable_by_key(|(position, _)| std::cmp::Reverse(*position));
    Ok(Page::from_candidates(query.page.limit, found))
}

fn summary_from(row: &Row<'_>) -> rusqlite::Result<(Position, ExecutionSummary)> {
    let is_pending: bool = row.get(12)?;
    let summary = ExecutionSummary {
        arn: parsed(row, 1)?,
        started_on: started_on_from(row, 7)?,
        status: if is_pending { ExecutionStatus::PendingRedrive } else { status(row, 2)? },
        started_at: timestamp(row, 3)?,
        stopped_at: optional_timestamp(row, 4)?,
        redrive_count: row.get(5)?,
        redriven_at: optional_timestamp(row, 6)?,
        map_run: map_run_from(row, 9)?,
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

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::super::map_run::COUNTS;
    use super::*;
    use crate::schema::{MIGRATIONS, migrate};
    use crate::store::keep_statements;

    /// Values that are bound do not have a statement compiled again.
    #[test]
    fn statements_are_compiled_once() {
        let mut db = Connection::open_in_memory().unwrap();
        keep_statements(&db).unwrap();
        migrate(&mut db, MIGRATIONS).unwrap();
        for sql in [select_execution!("e.arn = ?1"), OF_MACHINE, OF_MAP_RUN, CHILDREN, COUNTS] {
            let mut select = db.prepare(sql).unwrap();
            for value in 0..3 {
                for parameter in 1..=select.parameter_count() {
                    select.raw_bind_parameter(parameter, value).unwrap();
                }
                assert!(select.raw_query().next().unwrap().is_none());
            }
            assert_eq!(select.get_status(StatementStatus::RePrepare), 0, "{sql}");
        }
    }

    /// Which index each list is read from, in its order and without sorting.
    #[test]
    fn lists_are_read_from_their_index() {
        let mut db = Connection::open_in_memory().unwrap();
        migrate(&mut db, MIGRATIONS).unwrap();
        for (sql, want) in [
            (OF_MACHINE, "USING INDEX execution_by_status (machine=? AND status=?"),
            (OF_VERSION, "USING INDEX execution_by_version (machine=? AND version=? AND status=?"),
            (OF_ALIAS, "USING INDEX execution_by_alias (machine=? AND alias=? AND status=?"),
            (OF_MAP_RUN, "USING INDEX child_by_status (map_run=? AND status=?"),
            (CHILDREN, "SEARCH e USING INDEX child_by_place (map_run=? AND place>?)"),
            (CHILDREN, "SEARCH later USING COVERING INDEX child_by_place (map_run=? AND place=?)"),
            (COUNTS, "SEARCH e USING INDEX child_by_status (map_run=?)"),
            (COUNTS, "SEARCH later USING COVERING INDEX child_by_place (map_run=? AND place=?)"),
        ] {
            let mut explain = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let plan = explain.raw_query().mapped(|row| row.get::<_, String>(3));
            let plan = plan.collect::<rusqlite::Result<Vec<_>>>().unwrap().join("\n");
            assert!(plan.contains(want) && !plan.contains("TEMP B-TREE"), "{want}\n{plan}");
        }
    }
}
