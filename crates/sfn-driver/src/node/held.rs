//! One execution that the node has leased, and what waits for it.

use std::collections::{BTreeMap, VecDeque};

use sfn_store::id::InboxSequence;
use sfn_store::{Bytes, Claimed, Lease, Message, Timestamp};

use super::Incoming;
use crate::task::Report;

/// One execution that the node has leased.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) lease: Lease,
    pub(super) phase: Phase,
    pub(super) pending: Pending,
    /// Whether its inbox is being read.
    pub(super) is_reading: bool,
    /// A newer claim of the same execution, to be taken up when its turn,
    /// whose lease is lost, has ended.
    pub(super) reclaimed: Option<Box<Claimed>>,
}

/// What a held execution does.
#[derive(Debug)]
pub(super) enum Phase {
    /// It was claimed, and pauses after a failure.
    Claimed(Box<Claimed>),
    /// It is in memory, and nothing is to be done.
    Resting {
        /// When it wants to be woken.
        wake_at: Option<Timestamp>,
        /// Whether that time has come.
        is_due: bool,
    },
    /// It has a turn.
    Turning,
}

impl Held {
    /// One that was created here, and rests.
    pub(super) fn created(lease: Lease) -> Self {
        Self::claimed(lease, InboxSequence::NONE)
    }

    /// One that was claimed with all messages up to `last`.
    pub(super) fn claimed(lease: Lease, last: InboxSequence) -> Self {
        Self {
            lease,
            phase: Phase::Turning,
            pending: Pending::after(last),
            is_reading: false,
            reclaimed: None,
        }
    }
}

/// What waits for a held execution's next turn.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) reports: VecDeque<Report>,
    /// Messages that were heard of, perhaps with gaps.
    messages: BTreeMap<InboxSequence, Bytes>,
    /// The last message that was handed out.
    pub(super) last: InboxSequence,
    /// The last message that is known to exist.
    heard_of: InboxSequence,
}

impl Pending {
    fn after(last: InboxSequence) -> Self {
        Self { reports: VecDeque::new(), messages: BTreeMap::new(), last, heard_of: last }
    }

    /// Takes messages in, old ones aside. Past `max` they are only heard of.
    pub(super) fn take_in(&mut self, messages: impl IntoIterator<Item = Message>, max: usize) {
        for message in messages {
            self.heard_of(message.sequence);
            if message.sequence > self.last && self.messages.len() < max {
                self.messages.insert(message.sequence, message.body);
            }
        }
    }

    pub(super) fn heard_of(&mut self, last: InboxSequence) {
        self.heard_of = self.heard_of.max(last);
    }

    /// Messages through `last` have been consumed.
    pub(super) fn consume(&mut self, last: InboxSequence) {
        self.last = self.last.max(last);
        self.heard_of(last);
        self.messages = self.messages.split_off(&self.last.next());
    }

    pub(super) fn has_messages(&self) -> bool {
        self.heard_of > self.last
    }

    /// Whether there are messages that must be read from the store first.
    pub(super) fn has_gap(&self) -> bool {
        self.has_messages() && !self.messages.contains_key(&self.last.next())
    }

    /// The messages that follow without a gap.
    pub(super) fn pop_messages(&mut self) -> Vec<Message> {
        let mut popped = Vec::new();
        while let Some(body) = self.messages.remove(&self.last.next()) {
            self.last = self.last.next();
            popped.push(Message { sequence: self.last, body });
        }
        popped
    }

    /// The messages that are remembered, perhaps with gaps.
    pub(super) fn into_messages(self) -> Vec<Message> {
        self.messages.into_iter().map(|(sequence, body)| Message { sequence, body }).collect()
    }

    /// All that can go into a turn.
    pub(super) fn pop(&mut self) -> Vec<Incoming> {
        let messages = self.pop_messages().into_iter().map(Incoming::Message);
        let reports = self.reports.drain(..).map(Incoming::Report);
        reports.chain(messages).collect()
    }
}
