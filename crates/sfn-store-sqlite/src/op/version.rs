//! Versions and aliases.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Row, params};
use sfn_store::id::{Name, StateMachineArn};
use sfn_store::{
    ALIASES_MAX, AliasRecord, Creation, DeleteVersionError, Fault, Page, PageRequest, Position, PublishError,
    PublishVersion, Route, Routing, StateMachineStatus, Timestamp, UpdateAlias, VERSIONS_MAX, VersionRecord,
    VersionSummary,
};

use super::machine;
use super::page_bounds;
use crate::column::{int, machine_status, millis, number, parsed, timestamp};
use crate::error::{Failure, refuse};

/// The row id of a state machine.
fn machine_id(db: &Connection, arn: &StateMachineArn) -> rusqlite::Result<Option<i64>> {
    db.prepare_cached("SELECT id FROM machine WHERE arn = ?1")?
        .query_row([arn.as_str()], |row| row.get(0))
        .optional()
}

/// The row id of a state machine that is not being deleted.
fn active(db: &Connection, arn: &StateMachineArn) -> Result<i64, Failure<PublishError>> {
    let row = db
        .prepare_cached("SELECT id, status FROM machine WHERE arn = ?1")?
        .query_row([arn.as_str()], |row| Ok((row.get(0)?, machine_status(row, 1)?)))
        .optional()?;
    match row {
        None => refuse(PublishError::NoSuchStateMachine),
        Some((_, StateMachineStatus::Deleting)) => refuse(PublishError::Deleting),
        Some((id, StateMachineStatus::Active)) => Ok(id),
    }
}

pub(crate) fn publish(
    db: &Connection,
    publish: &PublishVersion,
) -> Result<Creation<VersionRecord>, Failure<PublishError>> {
    let id = active(db, &publish.machine)?;
    let revision: Option<i64> = db
        .prepare_cached("SELECT id FROM revision WHERE uid = ?1 AND machine_arn = ?2")?
        .query_row([publish.revision.as_str(), publish.machine.as_str()], |row| row.get(0))
        .optional()?;
    let Some(revision) = revision else {
        return refuse(PublishError::NoSuchTarget);
    };
    let existing: Option<u64> = db
        .prepare_cached("SELECT number FROM version WHERE machine = ?1 AND revision = ?2")?
        .query_row([id, revision], |row| number(row, 0))
        .optional()?;
    if let Some(number) = existing {
        return Ok(Creation::Existing(required(db, &publish.machine, number)?));
    }
    let versions: u64 = db
        .prepare_cached("SELECT count(*) FROM version WHERE machine = ?1")?
        .query_row([id], |row| number(row, 0))?;
    if versions >= VERSIONS_MAX as u64 {
        return refuse(PublishError::TooMany { max: VERSIONS_MAX });
    }
    let new = New {
        description: publish.description.clone(),
        created_at: publish.created_at,
        is_created_with_machine: false,
    };
    let number = insert(db, id, revision, &new)?;
    Ok(Creation::Created(required(db, &publish.machine, number)?))
}

/// A version to make.
pub(super) struct New {
    pub(super) description: Option<Arc<str>>,
    pub(super) created_at: Timestamp,
    pub(super) is_created_with_machine: bool,
}

/// Makes the next version of a state machine, and tells its number.
pub(super) fn insert(db: &Connection, machine: i64, revision: i64, new: &New) -> rusqlite::Result<u64> {
    let number: u64 = db
        .prepare_cached(
            "UPDATE machine SET last_version = last_version + 1 WHERE id = ?1 RETURNING last_version",
        )?
        .query_row([machine], |row| number(row, 0))?;
    db.prepare_cached(
        "INSERT INTO version (machine, number, revision, description, created_at, with_machine) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        machine,
        int(number),
        revision,
        new.description,
        millis(new.created_at),
        new.is_created_with_machine,
    ])?;
    Ok(number)
}

/// A version that is known to be there.
fn required(db: &Connection, machine: &StateMachineArn, number: u64) -> rusqlite::Result<VersionRecord> {
    get(db, machine, number)?.ok_or(rusqlite::Error::QueryReturnedNoRows)
}

pub(crate) fn get(
    db: &Connection,
    machine: &StateMachineArn,
    number: u64,
) -> rusqlite::Result<Option<VersionRecord>> {
    let row = db
        .prepare_cached(
            "SELECT v.revision, v.description, v.created_at, v.with_machine \
             FROM version v JOIN machine m ON m.id = v.machine WHERE m.arn = ?1 AND v.number = ?2",
        )?
        .query_row(params![machine.as_str(), int(number)], |row| {
            let (description, created_at) = (row.get(1)?, timestamp(row, 2)?);
            Ok((row.get(0)?, New { description, created_at, is_created_with_machine: row.get(3)? }))
        })
        .optional()?;
    let Some((revision, New { description, created_at, is_created_with_machine })) = row else {
        return Ok(None);
    };
    let revision = machine::revision_of_row(db, revision)?;
    let machine = machine.clone();
    Ok(Some(VersionRecord { machine, number, revision, description, created_at, is_created_with_machine }))
}

pub(crate) fn list(
    db: &Connection,
    machine: &StateMachineArn,
    page: PageRequest,
) -> Result<Page<VersionSummary>, Failure<Fault>> {
    let (before, rows) = page_bounds(page);
    let found = db
        .prepare_cached(
            "SELECT number, created_at FROM version WHERE machine = (SELECT id FROM machine WHERE arn = ?1) \
             AND number < ?2 ORDER BY number DESC LIMIT ?3",
        )?
        .query_map(params![machine.as_str(), before, rows], |row| {
            let summary = VersionSummary { number: number(row, 0)?, created_at: timestamp(row, 1)? };
            Ok((Position::new(summary.number), summary))
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(Page::from_candidates(page.limit, found))
}

pub(crate) fn delete(
    db: &Connection,
    machine: &StateMachineArn,
    number: u64,
) -> Result<(), Failure<DeleteVersionError>> {
    let Some(id) = machine_id(db, machine)? else { return Ok(()) };
    let aliases = db
        .prepare_cached(
            "SELECT name FROM alias WHERE machine = ?1 AND ?2 IN (first_version, second_version) ORDER BY name",
        )?
        .query_map([id, int(number)], |row| parsed(row, 0))?
        .collect::<rusqlite::Result<Vec<Name>>>()?;
    if !aliases.is_empty() {
        return refuse(DeleteVersionError::Referenced { aliases });
    }
    db.prepare_cached("DELETE FROM version WHERE machine = ?1 AND number = ?2")?
        .execute([id, int(number)])?;
    Ok(())
}

/// Refuses a routing to versions that are not there.
fn check(db: &Connection, id: i64, routing: &Routing) -> Result<(), Failure<PublishError>> {
    let mut version = db.prepare_cached("SELECT 1 FROM version WHERE machine = ?1 AND number = ?2")?;
    for route in routing.iter() {
        if !version.exists([id, int(route.version)])? {
            return refuse(PublishError::NoSuchTarget);
        }
    }
    Ok(())
}

/// Writes an alias, in place of the one of its name.
fn put_alias(db: &Connection, id: i64, alias: &AliasRecord) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT OR REPLACE INTO alias (machine, name, description, first_version, first_weight, \
         second_version, second_weight, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        id,
        alias.name.as_str(),
        alias.description,
        int(alias.routing.first.version),
        alias.routing.first.weight,
        alias.routing.second.map(|route| int(route.version)),
        alias.routing.second.map(|route| route.weight),
        millis(alias.created_at),
        millis(alias.updated_at),
    ])
    .map(drop)
}

pub(crate) fn create_alias(
    db: &Connection,
    alias: AliasRecord,
) -> Result<Creation<AliasRecord>, Failure<PublishError>> {
    let id = active(db, &alias.machine)?;
    if let Some(existing) = get_alias(db, &alias.machine, &alias.name)? {
        return Ok(Creation::Existing(existing));
    }
    check(db, id, &alias.routing)?;
    let aliases: u64 = db
        .prepare_cached("SELECT count(*) FROM alias WHERE machine = ?1")?
        .query_row([id], |row| number(row, 0))?;
    if aliases >= ALIASES_MAX as u64 {
        return refuse(PublishError::TooMany { max: ALIASES_MAX });
    }
    put_alias(db, id, &alias)?;
    Ok(Creation::Created(alias))
}

pub(crate) fn update_alias(
    db: &Connection,
    update: UpdateAlias,
) -> Result<AliasRecord, Failure<PublishError>> {
    let id = active(db, &update.machine)?;
    if let Some(routing) = &update.routing {
        check(db, id, routing)?;
    }
    let Some(mut alias) = get_alias(db, &update.machine, &update.name)? else {
        return refuse(PublishError::NoSuchAlias);
    };
    alias.description = update.description.or(alias.description);
    alias.routing = update.routing.unwrap_or(alias.routing);
    alias.updated_at = update.updated_at;
    put_alias(db, id, &alias)?;
    Ok(alias)
}

/// Reads aliases, by a condition that is given as a literal.
macro_rules! select_alias {
    ($condition:literal) => {
        concat!(
            "SELECT a.name, a.description, a.first_version, a.first_weight, a.second_version, \
             a.second_weight, a.created_at, a.updated_at FROM alias a JOIN machine m ON m.id = a.machine \
             WHERE m.arn = ?1",
            $condition
        )
    };
}

/// An alias from the columns of `select_alias!`.
fn alias_from(row: &Row<'_>, machine: &StateMachineArn) -> rusqlite::Result<AliasRecord> {
    let second = match row.get::<_, Option<i64>>(4)? {
        Some(_) => Some(Route { version: number(row, 4)?, weight: row.get(5)? }),
        None => None,
    };
    let first = Route { version: number(row, 2)?, weight: row.get(3)? };
    Ok(AliasRecord {
        machine: machine.clone(),
        name: parsed(row, 0)?,
        description: row.get(1)?,
        routing: Routing { first, second },
        created_at: timestamp(row, 6)?,
        updated_at: timestamp(row, 7)?,
    })
}

pub(crate) fn get_alias(
    db: &Connection,
    machine: &StateMachineArn,
    name: &Name,
) -> rusqlite::Result<Option<AliasRecord>> {
    db.prepare_cached(select_alias!(" AND a.name = ?2"))?
        .query_row([machine.as_str(), name.as_str()], |row| alias_from(row, machine))
        .optional()
}

pub(crate) fn aliases(db: &Connection, machine: &StateMachineArn) -> rusqlite::Result<Vec<AliasRecord>> {
    db.prepare_cached(select_alias!(" ORDER BY a.name"))?
        .query_map([machine.as_str()], |row| alias_from(row, machine))?
        .collect()
}

pub(crate) fn delete_alias(
    db: &Connection,
    machine: &StateMachineArn,
    name: &Name,
) -> Result<(), Failure<Fault>> {
    if let Some(id) = machine_id(db, machine)? {
        db.prepare_cached("DELETE FROM alias WHERE machine = ?1 AND name = ?2")?
            .execute(params![id, name.as_str()])?;
    }
    Ok(())
}

/// Removes what was published of a state machine that is gone.
pub(super) fn remove_all(db: &Connection, machine: i64) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM version WHERE machine = ?1")?.execute([machine])?;
    db.prepare_cached("DELETE FROM alias WHERE machine = ?1")?.execute([machine]).map(drop)
}
