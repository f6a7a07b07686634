//! Who may step an execution: at most one node at a time.

use std::time::Duration;

use bytes::Bytes;

use crate::execution::{ExecutionRecord, LeaseRequest};
use crate::id::{ExecutionArn, InboxSequence, LeaseEpoch, NodeId};
use crate::progress::Message;
use crate::{Fault, Timestamp};

/// The right to step an execution. It lasts for the wanted time on the
/// store's clock, and longer if nobody else claims the execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The execution.
    pub execution: ExecutionArn,
    /// The node that has it.
    pub node: NodeId,
    /// Fences those who had it before.
    pub epoch: LeaseEpoch,
}

/// A wish for executions that are due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimRequest {
    /// Who wants them, and for how long.
    pub lease: LeaseRequest,
    /// Most executions to claim.
    pub limit: u32,
    /// The time that `wake_at` is measured against. Leases are measured on
    /// the store's own clock, so that this one may be virtual.
    pub now: Timestamp,
}

/// What a claim answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// The executions, now leased to the node.
    pub claimed: Vec<Claimed>,
    /// The earliest `wake_at` among the executions that nobody has leased;
    /// not later than `now` if the limit left some that are due.
    pub next_wake_at: Option<Timestamp>,
}

/// An execution that a node has claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// The execution.
    pub record: ExecutionRecord,
    /// Its last snapshot; `None` if it has never been stepped.
    pub snapshot: Option<Bytes>,
    /// The last message that a step has consumed.
    pub consumed_through: InboxSequence,
    /// The messages that wait, oldest first.
    pub inbox: Vec<Message>,
    /// The lease.
    pub lease: Lease,
}

/// Leases to prolong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renew {
    /// The leases.
    pub leases: Vec<Lease>,
    /// How long they last from now, on the store's clock.
    pub ttl: Duration,
}

/// What became of one lease of a [`Renew`], in the order asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// It lasts on.
    Held {
        /// The last message that came for the execution, so that a node which
        /// got no hint of it knows.
        last_message: InboxSequence,
    },
    /// It is lost, or the execution has closed.
    Lost,
}

/// Why something that needs the lease was not done.
#[derive(Debug, thiserror::Error)]
pub enum LeaseError {
    /// Another node has the lease, or the execution was released or has closed.
    #[error("the lease is lost")]
    LeaseLost,
    /// The store failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}
