//! Executions come into being.

use rusqlite::{Connection, OptionalExtension, params};
use sfn_store::id::{EventId, LeaseEpoch, Name};
use sfn_store::{
    Clock, CreateExecutionError, Creation, ExecutionCreation, ExecutionRecord, Hint, Lease, NewExecution,
    Progress, StateMachineStatus,
};

use super::commit::{self, Applied};
use super::{execution, map_run};
use crate::column::{AT_ONCE, int, machine_status, millis, status_code};
use crate::error::{Failure, refuse};

pub(crate) fn create(
    db: &Connection,
    mut new: NewExecution,
    clock: &Clock,
    hints: &mut Vec<Hint>,
) -> Result<ExecutionCreation, Failure<CreateExecutionError>> {
    if let Some(existing) = execution::get(db, &new.arn)? {
        return Ok(ExecutionCreation { execution: Creation::Existing(existing), lease: None });
    }
    let (machine, revision) = find_machine(db, &new)?;
    let map_run = find_map_run(db, &new)?;
    let is_unstepped = new.first.is_none();
    let first = new.first.take().unwrap_or_default();
    let Some(last_event_id) = first.last_event_after(EventId::NONE) else {
        return refuse(CreateExecutionError::FirstStep);
    };
    let lease = new.lease.take().filter(|_| first.closed.is_none());
    let record = ExecutionRecord {
        arn: new.arn,
        revision: new.revision,
        started_on: new.started_on,
        input: new.input,
        trace_header: new.trace_header,
        test_case: new.test_case,
        map_run: new.map_run,
        started_at: new.started_at,
        redrive_count: 0,
        redriven_at: None,
        last_event_id,
        closed: first.closed.clone(),
    };
    let due_at = match (&lease, &first.closed) {
        (None, None) if is_unstepped => Some(AT_ONCE),
        (None, None) => first.wake_at.map(millis),
        _ => None,
    };
    let epoch = lease.as_ref().map_or(LeaseEpoch::NONE, |_| LeaseEpoch::NONE.next());
    let id = db
        .prepare_cached(
            "INSERT INTO execution (arn, machine, revision, status, started_at, stopped_at, \
             last_event_id, epoch, lease_node, lease_until, due_at, version, alias, map_run, place, items) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
        )?
        .insert(params![
            record.arn.as_str(),
            machine,
            revision,
            status_code(record.status()),
            millis(record.started_at),
            record.closed.as_ref().map(|closed| millis(closed.stopped_at)),
            int(last_event_id.get()),
            int(epoch.get()),
            lease.as_ref().map(|lease| lease.node.as_str()),
            lease.as_ref().map(|lease| millis(clock.after(lease.ttl))),
            due_at,
            record.started_on.as_ref().map(|on| int(on.version)),
            record.started_on.as_ref().and_then(|on| on.alias.as_ref()).map(Name::as_str),
            map_run,
            record.map_run.as_ref().map(|link| int(link.number)),
            record.map_run.as_ref().map(|link| int(link.items)),
        ])?;
    insert_data(db, id, &record)?;
    write_first(db, id, &record, &first, hints)?;
    commit::hint_due(due_at, hints);
    let lease = lease.map(|lease| Lease { execution: record.arn.clone(), node: lease.node, epoch });
    Ok(ExecutionCreation { execution: Creation::Created(record), lease })
}

/// The row of the map run that it is to be a child of; it must be running.
fn find_map_run(db: &Connection, new: &NewExecution) -> Result<Option<i64>, Failure<CreateExecutionError>> {
    let Some(link) = &new.map_run else { return Ok(None) };
    match map_run::running(db, link)? {
        None => refuse(CreateExecutionError::MapRunNotRunning),
        running => Ok(running),
    }
}

fn write_first(
    db: &Connection,
    id: i64,
    record: &ExecutionRecord,
    first: &Progress,
    hints: &mut Vec<Hint>,
) -> Result<(), Failure<CreateExecutionError>> {
    let applied = commit::apply(db, id, first, Applied::First, hints)?;
    if applied.is_token_in_use {
        return refuse(CreateExecutionError::TokenInUse);
    }
    if record.closed.is_some() {
        hints.push(Hint::Closed(record.arn.clone()));
    }
    Ok(())
}

/// The row ids of the state machine and the revision.
fn find_machine(db: &Connection, new: &NewExecution) -> Result<(i64, i64), Failure<CreateExecutionError>> {
    let machine_arn = new.arn.state_machine();
    let machine = db
        .prepare_cached("SELECT id, status FROM machine WHERE arn = ?1")?
        .query_row([machine_arn.as_str()], |row| Ok((row.get(0)?, machine_status(row, 1)?)))
        .optional()?;
    let machine = match machine {
        None => return refuse(CreateExecutionError::NoSuchStateMachine),
        Some((_, StateMachineStatus::Deleting)) if new.map_run.is_none() => {
            return refuse(CreateExecutionError::StateMachineDeleting);
        }
        Some((id, StateMachineStatus::Active | StateMachineStatus::Deleting)) => id,
    };
    let revision = db
        .prepare_cached("SELECT id FROM revision WHERE uid = ?1 AND machine_arn = ?2")?
        .query_row([new.revision.as_str(), machine_arn.as_str()], |row| row.get(0))
        .optional()?;
    match revision {
        Some(revision) => Ok((machine, revision)),
        None => refuse(CreateExecutionError::NoSuchRevision),
    }
}

fn insert_data(db: &Connection, id: i64, record: &ExecutionRecord) -> rusqlite::Result<()> {
    let outcome = record.closed.as_ref().map(|closed| &closed.outcome);
    let failure = outcome.and_then(|outcome| outcome.failure());
    db.prepare_cached(
        "INSERT INTO execution_data (execution, input, trace_header, test_case, output, error, cause) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .insert(params![
        id,
        record.input,
        record.trace_header,
        record.test_case,
        outcome.and_then(|outcome| outcome.output()),
        failure.and_then(|failure| failure.error.as_ref()),
        failure.and_then(|failure| failure.cause.as_ref()),
    ])
    .map(drop)
}
