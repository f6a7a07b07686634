//! Activities.

use rusqlite::{Connection, OptionalExtension, params};
use sfn_store::id::ActivityArn;
use sfn_store::{ActivityRecord, Creation, Fault, NewActivity, Page, PageRequest, Position};

use super::{page_bounds, tag};
use crate::column::{millis, number, parsed, timestamp};
use crate::error::Failure;

pub(crate) fn get(db: &Connection, arn: &ActivityArn) -> rusqlite::Result<Option<ActivityRecord>> {
    db.prepare_cached("SELECT created_at, encryption FROM activity WHERE arn = ?1")?
        .query_row([arn.as_str()], |row| {
            let created_at = timestamp(row, 0)?;
            Ok(ActivityRecord { arn: arn.clone(), created_at, encryption: row.get(1)? })
        })
        .optional()
}

pub(crate) fn create(db: &Connection, new: NewActivity) -> Result<Creation<ActivityRecord>, Failure<Fault>> {
    let record = new.record;
    if let Some(existing) = get(db, &record.arn)? {
        return Ok(Creation::Existing(existing));
    }
    db.prepare_cached("INSERT INTO activity (arn, created_at, encryption) VALUES (?1, ?2, ?3)")?
        .insert(params![record.arn.as_str(), millis(record.created_at), record.encryption])?;
    tag::set(db, record.arn.as_str(), &new.tags)?;
    Ok(Creation::Created(record))
}

pub(crate) fn delete(db: &Connection, arn: &ActivityArn) -> Result<(), Failure<Fault>> {
    db.prepare_cached("DELETE FROM activity WHERE arn = ?1")?.execute([arn.as_str()])?;
    tag::remove_all(db, arn.as_str())?;
    Ok(())
}

pub(crate) fn list(db: &Connection, page: PageRequest) -> Result<Page<ActivityRecord>, Failure<Fault>> {
    let (before, rows) = page_bounds(page);
    let found = db
        .prepare_cached(
            "SELECT id, arn, created_at, encryption FROM activity \
             WHERE id < ?1 ORDER BY id DESC LIMIT ?2",
        )?
        .query_map([before, rows], |row| {
            let record = ActivityRecord {
                arn: parsed(row, 1)?,
                created_at: timestamp(row, 2)?,
                encryption: row.get(3)?,
            };
            Ok((Position::new(number(row, 0)?), record))
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(Page::from_candidates(page.limit, found))
}
