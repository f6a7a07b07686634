//! The schema: numbered migrations, and the version a database is at.

use rusqlite::{Connection, TransactionBehavior};

use crate::OpenError;

/// Marks the file as ours (`PRAGMA application_id`); the ASCII codes of `SWel`.
const APPLICATION_ID: i32 = 0x5357_656c;

/// Migration `n` leads from version `n - 1` to version `n`. What has been
/// released is never changed.
pub(crate) const MIGRATIONS: &[&str] =
    &[include_str!("schema/0001.sql"), include_str!("schema/0002.sql"), include_str!("schema/0003.sql")];

/// Brings a database to the last version of `migrations`. Each migration is
/// done whole or not at all.
pub(crate) fn migrate(
    connection: &mut Connection,
    migrations: &'static [&'static str],
) -> Result<(), OpenError> {
    let version = usize::try_from(pragma(connection, "user_version")?).unwrap_or(usize::MAX);
    let known = migrations.len();
    if version > known {
        return Err(OpenError::Newer { found: version, known });
    }
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let is_new = version == 0 && tables == 0;
    if !is_new && pragma(connection, "application_id")? != APPLICATION_ID {
        return Err(OpenError::Foreign);
    }
    for (number, sql) in (1_i32..).zip(migrations).skip(version) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(sql)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", number)?;
        transaction.commit()?;
    }
    Ok(())
}

fn pragma(connection: &Connection, name: &str) -> rusqlite::Result<i32> {
    connection.pragma_query_value(None, name, |row| row.get(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &[&str] = &["CREATE TABLE a (x); INSERT INTO a VALUES (1)"];
    const NEW: &[&str] = &[OLD[0], "ALTER TABLE a ADD COLUMN y DEFAULT 2"];
    const BROKEN: &[&str] = &[OLD[0], "CREATE TABLE b (x); CREATE TABLE b (x)"];

    fn old() -> Connection {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, OLD).unwrap();
        connection
    }

    #[test]
    fn an_older_database_is_migrated_once() {
        let mut connection = old();
        for _ in 0..2 {
            migrate(&mut connection, NEW).unwrap();
            let sum: i64 = connection.query_row("SELECT sum(x + y) FROM a", [], |row| row.get(0)).unwrap();
            assert_eq!(sum, 3);
        }
        assert_eq!(pragma(&connection, "user_version").unwrap(), 2);
    }

    #[test]
    fn a_newer_database_is_refused() {
        let mut connection = old();
        migrate(&mut connection, NEW).unwrap();
        let error = migrate(&mut connection, OLD).unwrap_err();
        assert!(matches!(error, OpenError::Newer { found: 2, known: 1 }), "{error}");
        assert!(error.to_string().contains("version 2"), "{error}");
    }

    #[test]
    fn a_broken_migration_leaves_the_version_before() {
        let mut connection = old();
        assert!(migrate(&mut connection, BROKEN).is_err());
        assert_eq!(pragma(&connection, "user_version").unwrap(), 1);
        migrate(&mut connection, NEW).unwrap();
    }

    #[test]
    fn a_database_of_something_else_is_refused() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE theirs (x)").unwrap();
        assert!(matches!(migrate(&mut connection, NEW), Err(OpenError::Foreign)));
    }

    #[test]
    fn the_real_migrations_apply() {
        migrate(&mut Connection::open_in_memory().unwrap(), MIGRATIONS).unwrap();
    }
}
