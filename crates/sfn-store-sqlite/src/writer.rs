//! The one thread that writes: all operations that wait share a transaction
//! and its fsync (group commit), and are answered after it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};

use futures_channel::oneshot;
use rusqlite::Connection;
use sfn_store::{BoxFuture, Fault, Hint, Listeners};

use crate::error::{Failure, OpenError};

/// Most operations in one transaction.
const BATCH_MAX: usize = 512;
/// Most operations that wait for the thread.
pub(crate) const WAITING_MAX: usize = 8192;

/// The handle of the writing thread. Dropping it waits until all that was
/// asked for is done.
#[derive(Debug)]
pub(crate) struct Writer {
    jobs: Option<SyncSender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(crate) fn start(connection: Connection, listeners: Arc<Listeners>) -> Result<Self, OpenError> {
        let (jobs, waiting) = sync_channel(WAITING_MAX);
        let thread = thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || write_all(&connection, &waiting, &listeners))
            .map_err(OpenError::Thread)?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    /// Queues an operation. Its answer comes after the fsync.
    pub(crate) fn change<T, E>(
        &self,
        work: impl FnOnce(&Connection, &mut Vec<Hint>) -> Result<T, Failure<E>> + Send + 'static,
    ) -> BoxFuture<Result<T, E>>
    where
        T: Send + 'static,
        E: From<Fault> + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let job = Box::new(Operation { work: Some(work), answer: None, sender });
        if let Some(jobs) = &self.jobs
            && let Err(TrySendError::Full(_)) = jobs.try_send(job)
        {
            let fault = Fault::Overloaded { waiting: WAITING_MAX };
            return Box::pin(std::future::ready(Err(fault.into())));
        }
        // A thread that is gone drops the job, and with it the sender.
        Box::pin(async { receiver.await.unwrap_or_else(|_| Err(Fault::ShutDown.into())) })
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been reported by its own hook.
            let _ = thread.join();
        }
    }
}

trait Job: Send {
    /// Does the work, and tells whether its changes are to be kept.
    fn run(&mut self, connection: &Connection, hints: &mut Vec<Hint>) -> bool;
    /// Answers: what the work answered, or the fault that undid it.
    fn finish(self: Box<Self>, outcome: Result<(), Fault>);
}

struct Operation<F, T, E> {
    work: Option<F>,
    answer: Option<Result<T, E>>,
    sender: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> Job for Operation<F, T, E>
where
    F: FnOnce(&Connection, &mut Vec<Hint>) -> Result<T, Failure<E>> + Send,
    T: Send,
    E: From<Fault> + Send,
{
    fn run(&mut self, connection: &Connection, hints: &mut Vec<Hint>) -> bool {
        let Some(work) = self.work.take() else {
            return false;
        };
        // Work holds a caller's closure: its panic must not end the thread.
        let answer = catch_unwind(AssertUnwindSafe(|| work(connection, hints)));
        let is_kept = matches!(answer, Ok(Ok(_)));
        self.answer = answer.ok().map(|answer| answer.map_err(Failure::into_error));
        is_kept
    }

    fn finish(self: Box<Self>, outcome: Result<(), Fault>) {
        let answer = match outcome {
            Ok(()) => self.answer.unwrap_or_else(|| Err(Fault::Interrupted.into())),
            Err(fault) => Err(fault.into()),
        };
        // The caller may no longer care.
        let _ = self.sender.send(answer);
    }
}

fn write_all(connection: &Connection, waiting: &Receiver<Box<dyn Job>>, listeners: &Listeners) {
    while let Ok(first) = waiting.recv() {
        let batch = std::iter::once(first).chain(waiting.try_iter()).take(BATCH_MAX);
        let mut done = Vec::new();
        let mut hints = Vec::new();
        let outcome = write_batch(connection, batch, &mut done, &mut hints);
        let outcome = outcome.map_err(|error| {
            if !connection.is_autocommit() {
                // If even this fails, the next BEGIN does too, and so on: all
                // that follows is answered with faults.
                let _ = run(connection, "ROLLBACK");
            }
            Fault::backend("commit to the database", error)
        });
        if outcome.is_ok() {
            listeners.tell(hints);
        }
        for job in done {
            job.finish(outcome.clone());
        }
    }
}

/// Runs a batch in one transaction. An operation that is refused undoes only
/// its own changes. After an error nothing of the batch is in the database.
fn write_batch(
    connection: &Connection,
    batch: impl Iterator<Item = Box<dyn Job>>,
    done: &mut Vec<Box<dyn Job>>,
    hints: &mut Vec<Hint>,
) -> rusqlite::Result<()> {
    // Each job is among the done before anything can fail: it must be answered.
    for (number, job) in batch.enumerate() {
        done.push(job);
        if number == 0 {
            run(connection, "BEGIN IMMEDIATE")?;
        }
        if let Some(job) = done.last_mut() {
            run_one(connection, &mut **job, hints)?;
        }
    }
    run(connection, "COMMIT")
}

fn run_one(connection: &Connection, job: &mut dyn Job, hints: &mut Vec<Hint>) -> rusqlite::Result<()> {
    let hints_before = hints.len();
    run(connection, "SAVEPOINT operation")?;
    if !job.run(connection, hints) {
        hints.truncate(hints_before);
        // Fails if SQLite undid the whole transaction by itself, as it may do
        // when the disk is full: then the batch is lost, and its callers hear it.
        run(connection, "ROLLBACK TO operation")?;
    }
    run(connection, "RELEASE operation")
}

fn run(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute([]).map(drop)
}

#[cfg(test)]
mod tests;
