//! What a store of executions is: ids, records, and the [`Store`] trait.
//!
//! Each operation of [`Store`] is one intent, atomic and durable when it
//! answers; there is no transaction handle. Definitions, payloads, snapshots,
//! events and messages are texts or bytes here: the crate knows nothing of the
//! engine, and needs no async runtime. [`MemoryStore`] is a store for tests and
//! embedding; the feature `suite` has the tests that every store passes.
//!
//! ```
//! use sfn_store::id::{ArnScope, Name, RevisionId};
//! use sfn_store::{MachineType, MemoryStore, NewStateMachine, Revision, Store};
//! use sfn_store::{StateMachineRecord, StateMachineStatus, Timestamp};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let store = MemoryStore::new();
//! let scope = ArnScope::new("us-east-1", "123456789012")?;
//! let arn = scope.state_machine(&Name::new("orders")?);
//! let revision = Revision {
//!     id: RevisionId::new("2b1c")?,
//!     number: 1,
//!     updated_at: Timestamp::UNIX_EPOCH,
//!     definition: "{}".into(),
//!     role_arn: "arn:aws:iam::123456789012:role/orders".into(),
//!     logging: None,
//!     tracing: None,
//!     encryption: None,
//! };
//! let record = StateMachineRecord {
//!     arn: arn.clone(),
//!     machine_type: MachineType::Standard,
//!     status: StateMachineStatus::Active,
//!     created_at: Timestamp::UNIX_EPOCH,
//!     revision: revision.into(),
//! };
//! store.create_state_machine(NewStateMachine { record, tags: vec![], version: None }).await?;
//! assert!(store.state_machine(&arn).await?.is_some());
//! # Ok(())
//! # }
//! ```

mod activity;
mod clock;
mod error;
mod execution;
mod hint;
pub mod id;
mod lease;
mod map_run;
mod memory;
mod page;
mod progress;
mod state_machine;
mod store;
#[cfg(feature = "suite")]
pub mod suite;
mod task;
mod version;

pub use activity::{ActivityRecord, NewActivity, TAGS_MAX, Tag, TagChange, TagError, Tags};
pub use bytes::Bytes;
pub use clock::Clock;
pub use error::Fault;
pub use execution::{
    Closed, CreateExecutionError, ExecutionCreation, ExecutionQuery, ExecutionRecord, ExecutionStatus,
    ExecutionSummary, ExecutionsOf, Failure, HistoryOrder, HistoryQuery, LeaseRequest, NewExecution, Outcome,
    RedriveError, RedriveExecution, Segment,
};
pub use hint::{Hint, Listener, Listeners};

pub use lease::{ClaimRequest, Claimed, Claims, Lease, LeaseError, Renew, Renewal};
pub use map_run::{
    CountMapRun, MapRunChange, MapRunChildren, MapRunCounts, MapRunError, MapRunLink, MapRunNote,
    MapRunRecord, MapRunSettings, MapRunStatus, NewMapRun, StatusCounts, UpdateMapRun,
};
pub use memory::MemoryStore;
pub use page::{Page, PageRequest, Position};
pub use progress::{Commit, CommitError, Committed, Message, OpenTask, Progress, Then, Work};
pub use state_machine::{
    Creation, DeleteStateMachine, Deletion, FirstVersion, MachineType, NewStateMachine, Revision,
    StateMachineRecord, StateMachineStatus, StateMachineSummary, UpdateError, UpdateStateMachine,
};
pub use store::{BoxFuture, Store};
pub use task::{
    ActivityTask, AnswerError, AnswerKind, DeliverError, Delivered, INBOX_MESSAGES_MAX, TakeActivityTask,
    TakeError, TaskAnswer, TaskMessage,
};
pub use version::{
    ALIASES_MAX, AliasRecord, DeleteVersionError, PublishError, PublishVersion, Route, Routing, StartedOn,
    UpdateAlias, VERSIONS_MAX, VersionRecord, VersionSummary,
};

/// A point in time, kept to the millisecond.
pub type Timestamp = chrono::DateTime<chrono::Utc>;
