//! A store in one SQLite file, for one process.
//!
//! * One thread writes. It takes all operations that wait into one
//!   transaction, a savepoint for each, and answers them after one fsync
//!   (write-ahead log, `synchronous=FULL`): an answer means that it is on the
//!   disk, and a full or failing disk is an error to the caller.
//! * Some threads read, each on a connection of its own, and see every change
//!   that was answered. No thread of the caller ever waits for the disk, and
//!   no async runtime is needed.
//! * A lock file beside the database keeps other processes out: opening it
//!   twice is refused. The lock ends with the process, however it ends.
//! * A database of an older release is migrated when it is opened; one of a
//!   newer release is refused.
//!
//! ```no_run
//! use sfn_store_sqlite::{Options, SqliteStore};
//!
//! let store = SqliteStore::open("stepwell.db", Options::default())?;
//! # Ok::<(), sfn_store_sqlite::OpenError>(())
//! ```

mod column;
mod error;
mod op;
mod reader;
mod schema;
mod store;
mod writer;

pub use error::OpenError;
pub use store::{Options, SqliteStore};
