use std::sync::Mutex;
use std::sync::mpsc;

use sfn_store::suite::block_on;
use sfn_store::{AnswerError, Listener};

use super::*;
use crate::error::refuse;

type Answer = BoxFuture<Result<(), AnswerError>>;

fn writer(pages_max: i64) -> (tempfile::TempDir, Writer, Arc<Listeners>) {
    let folder = tempfile::tempdir().unwrap();
    let connection = Connection::open(folder.path().join("test.db")).unwrap();
    connection.pragma_update(None, "journal_mode", "WAL").unwrap();
    connection.execute_batch("CREATE TABLE t (name, body)").unwrap();
    connection.pragma_update(None, "max_page_count", pages_max).unwrap();
    let listeners = Arc::new(Listeners::default());
    let writer = Writer::start(connection, listeners.clone()).unwrap();
    (folder, writer, listeners)
}

fn insert(writer: &Writer, name: &'static str, size: i64) -> Answer {
    writer.change(move |db, hints| {
        db.execute("INSERT INTO t VALUES (?1, zeroblob(?2))", (name, size))?;
        hints.push(Hint::Due { at: None });
        Ok(())
    })
}

fn names(writer: &Writer) -> Vec<String> {
    let names: BoxFuture<Result<_, Fault>> = writer.change(|db, _| {
        let mut select = db.prepare("SELECT name FROM t ORDER BY name")?;
        let names = select.query_map([], |row| row.get(0))?;
        Ok(names.collect::<rusqlite::Result<Vec<String>>>()?)
    });
    block_on(names).unwrap()
}

/// Holds the writer in an operation until the answer is dropped or used, so
/// that all operations queued meanwhile are in its batch.
fn hold(writer: &Writer) -> mpsc::Sender<()> {
    let (release, held) = mpsc::channel();
    let (begun, wait) = mpsc::channel();
    let answer: Answer = writer.change(move |_, _| {
        let _ = begun.send(());
        let _ = held.recv();
        Ok(())
    });
    drop(answer);
    wait.recv().unwrap();
    release
}

#[test]
fn a_refused_operation_undoes_only_itself() {
    let (_folder, writer, listeners) = writer(1 << 20);
    let heard = Arc::new(Mutex::new(0));
    let count = heard.clone();
    listeners.add(Listener::new(move |_| *count.lock().unwrap() += 1));
    let held = hold(&writer);
    let first = insert(&writer, "first", 10);
    let refused: Answer = writer.change(|db, hints| {
        db.execute("INSERT INTO t VALUES ('refused', NULL)", [])?;
        hints.push(Hint::Due { at: None });
        refuse(AnswerError::Closed)
    });
    let broken: Answer = writer.change(|db, _| {
        db.execute("INSERT INTO t VALUES ('broken', NULL)", [])?;
        db.execute("INSERT INTO nowhere VALUES (1)", [])?;
        Ok(())
    });
    let panicking: Answer = writer.change(|db, _| {
        db.execute("INSERT INTO t VALUES ('panicking', NULL)", [])?;
        panic!("as a caller's closure might");
    });
    let last = insert(&writer, "last", 10);
    drop(held);
    block_on(first).unwrap();
    assert!(matches!(block_on(refused), Err(AnswerError::Closed)));
    assert!(matches!(block_on(broken), Err(AnswerError::Fault(Fault::Backend { .. }))));
    assert!(matches!(block_on(panicking), Err(AnswerError::Fault(Fault::Interrupted))));
    block_on(last).unwrap();
    assert_eq!(names(&writer), ["first", "last"]);
    assert_eq!(*heard.lock().unwrap(), 2);
}

#[test]
fn a_full_disk_is_an_error_and_never_a_false_success() {
    let (_folder, writer, _) = writer(64);
    let held = hold(&writer);
    let batch = ["a", "b", "c", "d"];
    let sizes = [4096, 1 << 20, 4096, 4096];
    let answers: Vec<Answer> =
        batch.iter().zip(sizes).map(|(name, size)| insert(&writer, name, size)).collect();
    drop(held);
    let outcomes: Vec<_> = answers.into_iter().map(block_on).collect();
    assert!(matches!(outcomes[1], Err(AnswerError::Fault(Fault::Backend { .. }))));
    let acknowledged: Vec<&str> =
        batch.into_iter().zip(&outcomes).filter(|(_, it)| it.is_ok()).map(|(name, _)| name).collect();
    assert_eq!(names(&writer), acknowledged);

    let one_page = |name| block_on(insert(&writer, name, 4000));
    let stored = (0..100).map_while(|_| one_page("fill").ok()).count();
    assert!(stored < 64, "the disk is full");
    assert_eq!(names(&writer).len(), acknowledged.len() + stored);
    let room: Answer = writer.change(|db, _| Ok(db.pragma_update(None, "max_page_count", 1000)?));
    block_on(room).unwrap();
    one_page("more").unwrap();
}

#[test]
fn dropping_the_writer_finishes_the_queue() {
    let (folder, writer, _) = writer(1 << 20);
    let held = hold(&writer);
    let answers: Vec<Answer> = (0..50).map(|_| insert(&writer, "x", 10)).collect();
    drop(held);
    drop(writer);
    for answer in answers {
        block_on(answer).unwrap();
    }
    let connection = Connection::open(folder.path().join("test.db")).unwrap();
    let rows: i64 = connection.query_row("SELECT count(*) FROM t", [], |row| row.get(0)).unwrap();
    assert_eq!(rows, 50);
}

#[test]
fn a_full_queue_refuses_and_forgets_nothing() {
    let (_folder, writer, _) = writer(1 << 20);
    let held = hold(&writer);
    let answers: Vec<Answer> = (0..WAITING_MAX + 3).map(|_| insert(&writer, "x", 1)).collect();
    drop(held);
    let refused =
        |answer: &Result<(), _>| matches!(answer, Err(AnswerError::Fault(Fault::Overloaded { .. })));
    let answers: Vec<_> = answers.into_iter().map(block_on).collect();
    assert_eq!(answers.iter().filter(|it| it.is_ok()).count(), names(&writer).len());
    assert!(answers.iter().all(|it| it.is_ok() || refused(it)));
    assert!(answers.iter().any(refused));
}
