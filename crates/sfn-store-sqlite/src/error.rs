//! Errors of opening, and those of operations on their way to the caller.

use std::path::PathBuf;

use sfn_store::Fault;

/// Why a database could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Another process, or another store in this one, has it open.
    #[error("the database is in use: another process holds {}", lock.display())]
    InUse {
        /// The lock file.
        lock: PathBuf,
    },
    /// The lock file beside the database cannot be opened or locked.
    #[error("cannot lock {}", lock.display())]
    Lock {
        /// The lock file.
        lock: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A newer release wrote it.
    #[error(
        "the database has version {found}, and this release knows versions up to {known}: use a newer release"
    )]
    Newer {
        /// Its version.
        found: usize,
        /// The last version that is known.
        known: usize,
    },
    /// It is a database of another application.
    #[error("the database belongs to another application")]
    Foreign,
    /// SQLite cannot open or migrate it.
    #[error("cannot open the database")]
    Sqlite(#[from] rusqlite::Error),
    /// A thread cannot be started.
    #[error("cannot start a thread")]
    Thread(#[source] std::io::Error),
}

/// Why an operation did nothing.
#[derive(Debug)]
pub(crate) enum Failure<E> {
    /// The store's rules refuse it.
    Refused(E),
    /// SQLite failed, or holds what cannot be read.
    Sqlite(rusqlite::Error),
}

impl<E> From<rusqlite::Error> for Failure<E> {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl<E: From<Fault>> Failure<E> {
    /// The error that the caller gets.
    pub(crate) fn into_error(self) -> E {
        match self {
            Self::Refused(error) => error,
            Self::Sqlite(error) => Fault::backend("use the database", error).into(),
        }
    }
}

/// Refuses an operation.
pub(crate) fn refuse<T, E>(error: E) -> Result<T, Failure<E>> {
    Err(Failure::Refused(error))
}
