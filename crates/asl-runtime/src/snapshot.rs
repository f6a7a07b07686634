//! Snapshots: an execution at rest as bytes.
//!
//! A snapshot is JSON. Each document is in it once, as a text in a table that
//! the rest refers to by number. States are named by their names, and a
//! frame's scope follows from its parent's state and its place there, so a
//! snapshot does not depend on how a release lays out definitions.

mod stored;

use asl_parser::Definition;
use thiserror::Error;

use crate::engine::Core;

/// The version that is written. Older ones are read.
const VERSION: u32 = 1;

/// An execution between two steps, as a store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot(Vec<u8>);

impl Snapshot {
    /// Takes up bytes that a store has kept. They are read by
    /// [`Execution::resume`](crate::Execution::resume).
    pub fn from_bytes(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// The bytes to keep.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes to keep.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

/// Why a snapshot cannot be resumed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ResumeError {
    /// It is not a snapshot, or a damaged one.
    #[error("the snapshot cannot be read")]
    Unreadable(#[from] serde_json::Error),
    /// A document in it is not JSON.
    #[error("a document in the snapshot cannot be read")]
    Document(#[from] asl_value::ParseError),
    /// It is of a version that this release does not know.
    #[error("snapshot version {0}, expected {VERSION}")]
    UnknownVersion(u32),
    /// The definition has no such state in that place.
    #[error("the definition has no state {0:?} where the snapshot has one")]
    NoSuchState(String),
    /// The parts of the snapshot contradict each other.
    #[error("the snapshot contradicts itself: {0}")]
    Inconsistent(&'static str),
}

pub(crate) fn write(definition: &Definition, core: &Core) -> Snapshot {
    let stored = stored::Stored::from_core(definition, core);
    // Strings, numbers and lists: nothing that JSON cannot write.
    Snapshot(serde_json::to_vec(&stored).unwrap_or_default())
}

pub(crate) fn read(definition: &Definition, snapshot: &Snapshot) -> Result<Core, ResumeError> {
    #[derive(serde::Deserialize)]
    struct Version {
        version: u32,
    }
    let Version { version } = serde_json::from_slice(&snapshot.0)?;
    if version != VERSION {
        return Err(ResumeError::UnknownVersion(version));
    }
    let stored: stored::Stored = serde_json::from_slice(&snapshot.0)?;
    stored.into_core(definition)
}
