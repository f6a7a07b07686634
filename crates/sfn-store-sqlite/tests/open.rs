//! Who may open a database.

use rusqlite::Connection;
use sfn_store_sqlite::{OpenError, Options, SqliteStore};

#[test]
fn a_second_store_on_one_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    let first = SqliteStore::open(&path, Options::default()).unwrap();
    let second = SqliteStore::open(&path, Options::default());
    assert!(matches!(second, Err(OpenError::InUse { .. })), "{second:?}");
    drop(first);
    SqliteStore::open(&path, Options::default()).unwrap();
}

#[test]
fn a_database_of_a_newer_release_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    drop(SqliteStore::open(&path, Options::default()).unwrap());
    let database = Connection::open(&path).unwrap();
    database.pragma_update(None, "user_version", 1000).unwrap();
    drop(database);
    let error = SqliteStore::open(&path, Options::default()).unwrap_err();
    assert!(matches!(error, OpenError::Newer { found: 1000, .. }), "{error}");
}

#[test]
fn what_is_no_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    let text = "not a database, but a text that is long enough to look at. ".repeat(20);
    std::fs::write(&path, &text).unwrap();
    assert!(matches!(SqliteStore::open(&path, Options::default()), Err(OpenError::Sqlite(_))));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}
