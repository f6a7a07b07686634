//! The schema: numbered migrations, and the version a database is at.

use rusqlite::{Connection, TransactionBehavior};

use crate::OpenError;

/// Marks the file as ours (`PRAGMA application_id`); the ASCII codes of `SWel`.
const APPLICATION_ID: i32 = 0x5357_656c;

/// Migration `n` leads from version `n - 1` to version `n`. What has been
/// released is never changed.
pub(crate) const MIGRATIONS: &[&str] = &[
    include_str!("schema/0001.sql"),
    include_str!("schema/0002.sql"),
    include_str!("schema/0003.sql"),
    include_str!("schema/0004.sql"),
    include_str!("schema/0005.sql"),
];

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
    use std::path::PathBuf;
    use std::sync::Arc;

    use sfn_store::suite::fixture::{Fixture, all_of, at, commit, first_page, lasting, new_map_run, node};
    use sfn_store::suite::{Place, block_on};
    use sfn_store::{
        BoxFuture, Bytes, Claimed, ExecutionQuery, ExecutionsOf, MapRunChange, RedriveExecution, Store,
    };

    use super::*;
    use crate::{Options, SqliteStore};

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

    /// One execution runs and one has failed, from before there were map runs.
    #[test]
    fn executions_of_an_older_release_go_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("test.db");
        let mut old = Connection::open(&path).unwrap();
        migrate(&mut old, &MIGRATIONS[..3]).unwrap();
        old.execute_batch(include_str!("schema/before_0004.sql")).unwrap();
        drop(old);

        let fixture = block_on(Fixture::open(&Database(path)));
        let of_version = fixture.machine.version(1);
        for (of, want) in [(fixture.machine.clone().into(), 2), (of_version, 1)] {
            let of = ExecutionsOf::StateMachine(of);
            let query = ExecutionQuery { of, ..all_of(&fixture.machine, first_page(9)) };
            assert_eq!(block_on(fixture.store.list_executions(query)).unwrap().items.len(), want);
        }
        let failed = block_on(fixture.store.execution(&fixture.execution("failed"))).unwrap().unwrap();
        assert_eq!((failed.map_run, failed.redrive_count), (None, 0));
        let message = Bytes::from_static(b"redrive");
        let redrive = RedriveExecution { arn: failed.arn, at: at(9), message, events_max: 9 };
        block_on(fixture.store.redrive_execution(redrive)).unwrap();
        let claimed = block_on(fixture.claim(lasting(&node("n")), 1)).claimed;
        assert_eq!(claimed.len(), 2);
        let map_runs = vec![MapRunChange::Start(new_map_run("a"))];
        for Claimed { lease, record, .. } in claimed {
            let next = record.last_event_id.next().get();
            let mut step = commit(&lease, next, next);
            step.progress.map_runs = map_runs.clone();
            block_on(fixture.store.commit(step)).unwrap();
        }
        block_on(fixture.store.create_execution(fixture.new_child("a", "child", 0))).unwrap();
    }

    struct Database(PathBuf);

    impl Place for Database {
        fn open(&self) -> BoxFuture<Arc<dyn Store>> {
            let store = SqliteStore::open(&self.0, Options::default()).unwrap();
            Box::pin(async { Arc::new(store) as Arc<dyn Store> })
        }
    }
}
