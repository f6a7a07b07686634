//! State machines and the revisions of their definitions.

use std::sync::Arc;

use bytes::Bytes;

use crate::id::{RevisionId, StateMachineArn};
use crate::{Fault, Tag, Timestamp};

/// A state machine and its current revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateMachineRecord {
    /// Its ARN, which holds its name.
    pub arn: StateMachineArn,
    /// Standard or Express; never changes.
    pub machine_type: MachineType,
    /// Whether it is being deleted.
    pub status: StateMachineStatus,
    /// When it was created.
    pub created_at: Timestamp,
    /// What new executions run.
    pub revision: Arc<Revision>,
}

/// What a state machine's update replaces. An execution keeps the revision
/// that it started with, even after the state machine is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// Its id.
    pub id: RevisionId,
    /// 1 for the one that the state machine was created with, then one more
    /// for each update.
    pub number: u64,
    /// When it was made.
    pub updated_at: Timestamp,
    /// The text of the definition.
    pub definition: Arc<str>,
    /// The role that executions assume.
    pub role_arn: Arc<str>,
    /// `loggingConfiguration` as JSON text.
    pub logging: Option<Arc<str>>,
    /// `tracingConfiguration` as JSON text.
    pub tracing: Option<Arc<str>>,
    /// `encryptionConfiguration` as JSON text.
    pub encryption: Option<Arc<str>>,
}

/// The type of a state machine. API reference, `StateMachineType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MachineType {
    /// Durable executions with a stored history.
    Standard,
    /// Short executions that are not stored.
    Express,
}

impl MachineType {
    /// All types.
    pub const ALL: [Self; 2] = [Self::Standard, Self::Express];

    /// AWS's name of it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "STANDARD",
            Self::Express => "EXPRESS",
        }
    }

    /// The type of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == name)
    }
}

/// The status of a state machine. API reference, `StateMachineStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StateMachineStatus {
    /// It can be executed.
    Active,
    /// It goes as soon as its last running execution has closed.
    Deleting,
}

impl StateMachineStatus {
    /// All statuses.
    pub const ALL: [Self; 2] = [Self::Active, Self::Deleting];

    /// AWS's name of it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Deleting => "DELETING",
        }
    }

    /// The status of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == name)
    }
}

/// A state machine to create.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewStateMachine {
    /// The record, its status [`StateMachineStatus::Active`].
    pub record: StateMachineRecord,
    /// Its first tags; a later one of the same key wins.
    pub tags: Vec<Tag>,
    /// The version 1 that its revision is published as with it, if any; made
    /// when the state machine is.
    pub version: Option<FirstVersion>,
}

/// The version that a state machine is created with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FirstVersion {
    /// What it is about.
    pub description: Option<Arc<str>>,
}

/// What came of a creation that is idempotent by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Creation<T> {
    /// It is new.
    Created(T),
    /// One of this name exists, and nothing was changed: the caller decides
    /// whether it is the same.
    Existing(T),
}

impl<T> Creation<T> {
    /// What exists now, new or not.
    pub fn into_record(self) -> T {
        match self {
            Self::Created(record) | Self::Existing(record) => record,
        }
    }
}

/// A new revision for a state machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateStateMachine {
    /// The state machine.
    pub arn: StateMachineArn,
    /// The revision that the new one was made from: if it is no longer the
    /// current one, nothing is changed.
    pub expected: RevisionId,
    /// The new revision.
    pub revision: Arc<Revision>,
}

/// Why a state machine was not updated.
#[derive(Debug, thiserror::Error)]
pub enum UpdateError {
    /// There is none of this ARN.
    #[error("no such state machine")]
    NoSuchStateMachine,
    /// It is being deleted.
    #[error("the state machine is being deleted")]
    Deleting,
    /// Somebody else updated it meanwhile: read it again.
    #[error("expected another current revision, found {current:?}")]
    Conflict {
        /// The current revision.
        current: RevisionId,
    },
    /// The store failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// The deletion of a state machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteStateMachine {
    /// The state machine.
    pub arn: StateMachineArn,
    /// Delivered to each running execution in the same transaction, so that
    /// it ends at its next transition.
    pub stop: Bytes,
}

/// What came of a deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deletion {
    /// There was none.
    NoSuchStateMachine,
    /// It is gone.
    Deleted,
    /// It goes when its running executions have closed.
    Deleting,
}

/// A line of the list of state machines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateMachineSummary {
    /// Its ARN, which holds its name.
    pub arn: StateMachineArn,
    /// Standard or Express.
    pub machine_type: MachineType,
    /// When it was created.
    pub created_at: Timestamp,
}
