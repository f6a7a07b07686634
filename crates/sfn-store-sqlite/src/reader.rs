//! The threads that read, each on a connection of its own. They see what was
//! committed when a read begins.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use futures_channel::oneshot;
use rusqlite::Connection;
use sfn_store::{BoxFuture, Fault};

use crate::error::{Failure, OpenError};

/// Most reads that wait for a thread.
const WAITING_MAX: usize = 8192;

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// The handle of the reading threads. Dropping it waits for them.
#[derive(Debug)]
pub(crate) struct Readers {
    jobs: Option<SyncSender<Job>>,
    threads: Vec<JoinHandle<()>>,
}

impl Readers {
    pub(crate) fn start(connections: Vec<Connection>) -> Result<Self, OpenError> {
        let (jobs, waiting) = sync_channel(WAITING_MAX);
        let waiting = Arc::new(Mutex::new(waiting));
        let mut readers = Self { jobs: Some(jobs), threads: Vec::new() };
        for mut connection in connections {
            let waiting = waiting.clone();
            let thread = thread::Builder::new()
                .name("sqlite-reader".to_owned())
                .spawn(move || {
                    while let Some(job) = next(&waiting) {
                        job(&mut connection);
                    }
                })
                .map_err(OpenError::Thread)?;
            readers.threads.push(thread);
        }
        Ok(readers)
    }

    /// Queues a read.
    pub(crate) fn read<T, E>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Failure<E>> + Send + 'static,
    ) -> BoxFuture<Result<T, E>>
    where
        T: Send + 'static,
        E: From<Fault> + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            let answer = consistently(connection, work).map_err(Failure::into_error);
            // The caller may no longer care.
            let _ = sender.send(answer);
        });
        if let Some(jobs) = &self.jobs
            && let Err(TrySendError::Full(_)) = jobs.try_send(job)
        {
            let fault = Fault::Overloaded { waiting: WAITING_MAX };
            return Box::pin(std::future::ready(Err(fault.into())));
        }
        Box::pin(async { receiver.await.unwrap_or_else(|_| Err(Fault::ShutDown.into())) })
    }
}

/// Reads in one transaction, so that all statements see the same state.
fn consistently<T, E>(
    connection: &mut Connection,
    work: impl FnOnce(&Connection) -> Result<T, Failure<E>>,
) -> Result<T, Failure<E>> {
    let transaction = connection.transaction()?;
    work(&transaction)
}

fn next(waiting: &Mutex<Receiver<Job>>) -> Option<Job> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.jobs = None;
        for thread in self.threads.drain(..) {
            // A panic of the thread has been reported by its own hook.
            let _ = thread.join();
        }
    }
}
