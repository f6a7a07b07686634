//! State machines and their revisions.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Row, params};
use sfn_store::id::{RevisionId, StateMachineArn};
use sfn_store::{
    Creation, DeleteStateMachine, Deletion, Fault, FirstVersion, Hint, NewStateMachine, Page, PageRequest,
    Position, Revision, StateMachineRecord, StateMachineStatus, StateMachineSummary, UpdateError,
    UpdateStateMachine,
};

use super::{page_bounds, tag, task, version};
use crate::column::{
    checked, int, machine_status, machine_status_code, machine_type, machine_type_code, millis, number,
    parsed, timestamp,
};
use crate::error::{Failure, refuse};

/// Reads revisions, by a condition that is given as a literal.
macro_rules! select_revision {
    ($condition:literal) => {
        concat!(
            "SELECT r.uid, r.number, r.updated_at, d.text, r.role_arn, r.logging, r.tracing, \
             r.encryption FROM revision r JOIN definition d ON d.id = r.definition WHERE ",
            $condition
        )
    };
}

/// A revision from the columns of `select_revision!`.
fn revision_from(row: &Row<'_>) -> rusqlite::Result<Revision> {
    Ok(Revision {
        id: checked(row, 0, RevisionId::new)?,
        number: number(row, 1)?,
        updated_at: timestamp(row, 2)?,
        definition: row.get(3)?,
        role_arn: row.get(4)?,
        logging: row.get(5)?,
        tracing: row.get(6)?,
        encryption: row.get(7)?,
    })
}

pub(crate) fn revision(db: &Connection, id: &RevisionId) -> Result<Option<Arc<Revision>>, Failure<Fault>> {
    let found = db
        .prepare_cached(select_revision!("r.uid = ?1"))?
        .query_row([id.as_str()], revision_from)
        .optional()?;
    Ok(found.map(Arc::new))
}

/// The revision of this row id.
pub(super) fn revision_of_row(db: &Connection, id: i64) -> rusqlite::Result<Arc<Revision>> {
    db.prepare_cached(select_revision!("r.id = ?1"))?.query_row([id], revision_from).map(Arc::new)
}

pub(crate) fn get(db: &Connection, arn: &StateMachineArn) -> rusqlite::Result<Option<StateMachineRecord>> {
    let row = db
        .prepare_cached("SELECT type, status, created_at, revision FROM machine WHERE arn = ?1")?
        .query_row([arn.as_str()], |row| {
            Ok((machine_type(row, 0)?, machine_status(row, 1)?, timestamp(row, 2)?, row.get(3)?))
        })
        .optional()?;
    let Some((machine_type, status, created_at, revision)) = row else {
        return Ok(None);
    };
    let revision = revision_of_row(db, revision)?;
    Ok(Some(StateMachineRecord { arn: arn.clone(), machine_type, status, created_at, revision }))
}

/// Stores a revision; its text only if no revision of the machine has it.
fn keep_revision(db: &Connection, arn: &StateMachineArn, revision: &Revision) -> rusqlite::Result<i64> {
    let definition: Option<i64> = db
        .prepare_cached(
            "SELECT d.id FROM revision r JOIN definition d ON d.id = r.definition \
             WHERE r.machine_arn = ?1 AND d.text = ?2 LIMIT 1",
        )?
        .query_row(params![arn.as_str(), revision.definition], |row| row.get(0))
        .optional()?;
    let definition = match definition {
        Some(id) => id,
        None => {
            db.prepare_cached("INSERT INTO definition (text) VALUES (?1)")?.insert([&revision.definition])?
        }
    };
    db.prepare_cached(
        "INSERT INTO revision (uid, machine_arn, number, updated_at, definition, role_arn, \
         logging, tracing, encryption) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .insert(params![
        revision.id.as_str(),
        arn.as_str(),
        int(revision.number),
        millis(revision.updated_at),
        definition,
        revision.role_arn,
        revision.logging,
        revision.tracing,
        revision.encryption,
    ])
}

pub(crate) fn create(
    db: &Connection,
    new: NewStateMachine,
) -> Result<Creation<StateMachineRecord>, Failure<Fault>> {
    let record = new.record;
    if let Some(existing) = get(db, &record.arn)? {
        return Ok(Creation::Existing(existing));
    }
    let revision = keep_revision(db, &record.arn, &record.revision)?;
    let id = db
        .prepare_cached(
            "INSERT INTO machine (arn, type, status, created_at, revision) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .insert(params![
            record.arn.as_str(),
            machine_type_code(record.machine_type),
            machine_status_code(record.status),
            millis(record.created_at),
            revision,
        ])?;
    if let Some(FirstVersion { description }) = new.version {
        let new = version::New { description, created_at: record.created_at, is_created_with_machine: true };
        version::insert(db, id, revision, &new)?;
    }
    tag::set(db, record.arn.as_str(), &new.tags)?;
    Ok(Creation::Created(record))
}

pub(crate) fn update(
    db: &Connection,
    update: UpdateStateMachine,
) -> Result<StateMachineRecord, Failure<UpdateError>> {
    let Some(mut record) = get(db, &update.arn)? else {
        return refuse(UpdateError::NoSuchStateMachine);
    };
    if record.status == StateMachineStatus::Deleting {
        return refuse(UpdateError::Deleting);
    }
    if record.revision.id != update.expected {
        return refuse(UpdateError::Conflict { current: record.revision.id.clone() });
    }
    let revision = keep_revision(db, &update.arn, &update.revision)?;
    db.prepare_cached("UPDATE machine SET revision = ?2 WHERE arn = ?1")?
        .execute(params![update.arn.as_str(), revision])?;
    record.revision = update.revision;
    Ok(record)
}

pub(crate) fn delete(
    db: &Connection,
    deletion: &DeleteStateMachine,
    hints: &mut Vec<Hint>,
) -> Result<Deletion, Failure<Fault>> {
    let row = db
        .prepare_cached("SELECT id, status FROM machine WHERE arn = ?1")?
        .query_row([deletion.arn.as_str()], |row| Ok((row.get(0)?, machine_status(row, 1)?)))
        .optional()?;
    let id: i64 = match row {
        None => return Ok(Deletion::NoSuchStateMachine),
        Some((_, StateMachineStatus::Deleting)) => return Ok(Deletion::Deleting),
        Some((id, StateMachineStatus::Active)) => id,
    };
    db.prepare_cached("UPDATE machine SET status = 1 WHERE id = ?1")?.execute([id])?;
    let running = db
        .prepare_cached(
            "SELECT id, arn FROM execution WHERE machine = ?1 AND status = 0 AND map_run IS NULL",
        )?
        .query_map([id], |row| Ok((row.get(0)?, parsed(row, 1)?)))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    for (execution, arn) in running {
        task::put_message(db, execution, arn, deletion.stop.clone(), hints)?;
    }
    let is_deleted = remove_if_deserted(db, id)?;
    Ok(if is_deleted { Deletion::Deleted } else { Deletion::Deleting })
}

/// Removes a state machine in deletion once no execution of it runs.
pub(super) fn remove_if_deserted(db: &Connection, id: i64) -> rusqlite::Result<bool> {
    let removed: Option<String> = db
        .prepare_cached(
            "DELETE FROM machine WHERE id = ?1 AND status = 1 AND NOT EXISTS \
             (SELECT 1 FROM execution WHERE machine = ?1 AND status = 0 AND map_run IS NULL) AND NOT EXISTS \
             (SELECT 1 FROM execution WHERE machine = ?1 AND status = 0 AND map_run IS NOT NULL) \
             RETURNING arn",
        )?
        .query_row([id], |row| row.get(0))
        .optional()?;
    if let Some(arn) = &removed {
        tag::remove_all(db, arn)?;
        version::remove_all(db, id)?;
    }
    Ok(removed.is_some())
}

pub(crate) fn list(db: &Connection, page: PageRequest) -> Result<Page<StateMachineSummary>, Failure<Fault>> {
    let (before, rows) = page_bounds(page);
    let found = db
        .prepare_cached(
            "SELECT id, arn, type, created_at FROM machine WHERE id < ?1 ORDER BY id DESC LIMIT ?2",
        )?
        .query_map([before, rows], |row| {
            let summary = StateMachineSummary {
                arn: parsed(row, 1)?,
                machine_type: machine_type(row, 2)?,
                created_at: timestamp(row, 3)?,
            };
            Ok((Position::new(number(row, 0)?), summary))
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(Page::from_candidates(page.limit, found))
}
