//! The node machine alone, and against the store in memory under a seed.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use sfn_store::id::{ArnScope, LeaseEpoch, Name, NodeId};

use super::*;

mod rules;
mod world;

fn node_id() -> NodeId {
    NodeId::new("n").unwrap()
}

fn machine() -> sfn_store::id::StateMachineArn {
    ArnScope::new("us-east-1", "123456789012").unwrap().state_machine(&Name::new("m").unwrap())
}

fn arn(name: &str) -> ExecutionArn {
    machine().execution(&Name::new(name).unwrap())
}

fn lease(name: &str) -> Lease {
    Lease { execution: arn(name), node: node_id(), epoch: LeaseEpoch::new(1) }
}

/// A moment so many milliseconds after the beginning, on both clocks.
fn at(milliseconds: i64) -> Moment {
    Moment { time: time(milliseconds), uptime: Duration::from_millis(u64::try_from(milliseconds).unwrap()) }
}

fn time(milliseconds: i64) -> Timestamp {
    Timestamp::from_timestamp_millis(1_700_000_000_000 + milliseconds).unwrap()
}

fn message(sequence: u64) -> Message {
    Message { sequence: InboxSequence::new(sequence), body: sfn_store::Bytes::from_static(b"m") }
}

fn hint(name: &str, sequence: u64) -> Hint {
    Hint::Inbox { execution: arn(name), message: message(sequence) }
}
