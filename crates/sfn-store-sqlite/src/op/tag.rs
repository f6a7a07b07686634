//! Tags.

use std::sync::Arc;

use rusqlite::Connection;
use sfn_store::id::ResourceArn;
use sfn_store::{Tag, TagChange, TagError, Tags};

use crate::error::{Failure, refuse};

pub(super) fn set(db: &Connection, resource: &str, tags: &[Tag]) -> rusqlite::Result<()> {
    let mut insert =
        db.prepare_cached("INSERT OR REPLACE INTO tag (resource, key, value) VALUES (?1, ?2, ?3)")?;
    tags.iter().try_for_each(|tag| insert.execute((resource, &tag.key, &tag.value)).map(drop))
}

pub(super) fn remove_all(db: &Connection, resource: &str) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM tag WHERE resource = ?1")?.execute([resource]).map(drop)
}

pub(crate) fn get(db: &Connection, resource: &ResourceArn) -> Result<Tags, Failure<TagError>> {
    let sql = match resource {
        ResourceArn::StateMachine(_) => "SELECT 1 FROM machine WHERE arn = ?1",
        ResourceArn::Activity(_) => "SELECT 1 FROM activity WHERE arn = ?1",
    };
    if !db.prepare_cached(sql)?.exists([resource.as_str()])? {
        return refuse(TagError::NoSuchResource);
    }
    let tags = db
        .prepare_cached("SELECT key, value FROM tag WHERE resource = ?1")?
        .query_map([resource.as_str()], |row| Ok((row.get::<_, Arc<str>>(0)?, row.get::<_, Arc<str>>(1)?)))?
        .collect::<rusqlite::Result<Tags>>()?;
    Ok(tags)
}

pub(crate) fn change(db: &Connection, change: &TagChange) -> Result<(), Failure<TagError>> {
    let tags = change.apply(get(db, &change.resource)?).map_err(Failure::Refused)?;
    let tags: Vec<Tag> = tags.into_iter().map(|(key, value)| Tag { key, value }).collect();
    let resource = change.resource.as_str();
    remove_all(db, resource)?;
    set(db, resource, &tags)?;
    Ok(())
}
