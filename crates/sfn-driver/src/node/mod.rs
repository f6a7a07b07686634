//! The node machine, without I/O: which executions are held, and what to do
//! next about them. Events come in through the `handle_*` methods with the
//! present as an argument, commands go out through [`Node::poll_command`], and
//! of all timers only the next one leaves through [`Node::alarm`].

mod held;
mod pace;
mod trouble;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use sfn_store::id::{ExecutionArn, InboxSequence};
use sfn_store::{Claimed, Claims, Hint, Lease, Message, Renewal, Timestamp};

use self::held::{Held, Phase};
pub use self::pace::Pace;
use self::trouble::Troubles;
use crate::task::Report;

/// The present, on two clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The time that executions live in; it may be virtual.
    pub time: Timestamp,
    /// Time since the node began, for leases and pauses; never virtual.
    pub uptime: Duration,
}

/// When [`Node::handle_time`] is to be called at the latest: at whichever of
/// both comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Alarm {
    /// On the executions' clock.
    pub time: Option<Timestamp>,
    /// On the node's own clock.
    pub uptime: Option<Duration>,
}

/// Something that becomes a signal of an execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Incoming {
    /// Its time has come.
    Tick,
    /// A message from its inbox.
    Message(Message),
    /// A report of a task that runs here.
    Report(Report),
}

/// What the node wants done. Each is answered through the method named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Claim executions: [`Node::handle_claimed`].
    Claim {
        /// Most executions to claim.
        limit: u32,
    },
    /// Take a claimed execution up and give it a turn: [`Node::handle_turn`].
    Resume(Box<Claimed>),
    /// Give an execution that is in memory a turn: [`Node::handle_turn`].
    Turn {
        /// The execution.
        execution: ExecutionArn,
        /// What came for it, in order.
        incoming: Vec<Incoming>,
    },
    /// Prolong leases: [`Node::handle_renewed`].
    Renew(Vec<Lease>),
    /// Read messages that a hint did not bring: [`Node::handle_inbox`].
    ReadInbox {
        /// The lease.
        lease: Lease,
        /// The last message that the node has.
        after: InboxSequence,
    },
    /// Drop an execution from memory and give its lease up; no answer.
    Release {
        /// The lease.
        lease: Lease,
        /// When it is due again; `None` is at once.
        wake_at: Option<Timestamp>,
    },
    /// Drop an execution from memory, its lease is lost; no answer.
    Forget(ExecutionArn),
}

/// How a turn ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TurnEnd {
    /// It rests in memory, its lease kept.
    Kept {
        /// The last message that it has consumed.
        consumed_through: InboxSequence,
        /// When it wants to be woken.
        wake_at: Option<Timestamp>,
    },
    /// It rests in the store, its lease given up.
    Released {
        /// The last message that it has consumed.
        consumed_through: InboxSequence,
    },
    /// It has ended.
    Closed,
    /// Another node has it.
    LeaseLost,
    /// It panicked, cannot be read, or its commit failed. It is no longer in
    /// memory, and what the turn did may or may not be in the store.
    Failed,
}

/// The node machine.
#[derive(Debug)]
pub struct Node {
    pace: Pace,
    held: BTreeMap<ExecutionArn, Held>,
    /// Executions that rest in memory, by when they want to be woken.
    wakes: BTreeSet<(Timestamp, ExecutionArn)>,
    troubles: Troubles,
    claims: Claiming,
    next_renewal: Duration,
    is_renewing: bool,
    is_stopping: bool,
    commands: VecDeque<Command>,
}

/// What is known about executions that nobody has leased.
#[derive(Debug, Default)]
struct Claiming {
    is_under_way: bool,
    /// How many were asked for last.
    limit: u32,
    /// Something is due now.
    is_wanted: bool,
    /// Something will be due then.
    due_at: Option<Timestamp>,
    /// Look again then, whatever is known.
    next_look: Duration,
    /// After a failure, not before then.
    not_before: Duration,
    failures: u32,
    /// Messages for executions that are not held, while a claim is under way:
    /// it may bring them, without those that came after it.
    strays: BTreeMap<ExecutionArn, Vec<Message>>,
}

impl Node {
    /// A node that holds nothing and looks for executions at once.
    pub fn new(pace: Pace) -> Self {
        let claims = Claiming { is_wanted: true, ..Claiming::default() };
        Self {
            next_renewal: pace.renew_every(),
            pace,
            held: BTreeMap::new(),
            wakes: BTreeSet::new(),
            troubles: Troubles::default(),
            claims,
            is_renewing: false,
            is_stopping: false,
            commands: VecDeque::new(),
        }
    }

    /// How many executions the node holds.
    pub fn held(&self) -> usize {
        self.held.len()
    }

    /// Whether the node has been told to stop and holds nothing any more.
    pub fn is_drained(&self) -> bool {
        self.is_stopping && self.held.is_empty() && !self.claims.is_under_way
    }

    /// Whether nothing but time can move what is held, and nothing else is
    /// being looked for.
    pub fn is_idle(&self) -> bool {
        let is_looking = self.claims.is_under_way || (self.claims.is_wanted && self.room() > 0);
        let is_moving = |held: &Held| {
            let Held { phase, pending, .. } = held;
            matches!(phase, Phase::Turning) || pending.has_messages() || !pending.reports.is_empty()
        };
        !self.is_stopping && !is_looking && !self.held.values().any(is_moving)
    }

    /// What to do next, if anything.
    pub fn poll_command(&mut self) -> Option<Command> {
        self.commands.pop_front()
    }

    /// When to call [`Node::handle_time`] at the latest.
    pub fn alarm(&self) -> Alarm {
        let mut alarm = Alarm { time: self.wakes.first().map(|(at, _)| *at), uptime: None };
        let mut at = |uptime: Duration| alarm.uptime = Some(alarm.uptime.map_or(uptime, |it| it.min(uptime)));
        if let Some(until) = self.troubles.next() {
            at(until);
        }
        if !self.held.is_empty() && !self.is_renewing {
            at(self.next_renewal);
        }
        if !self.is_stopping && !self.claims.is_under_way && self.room() > 0 {
            at(self.claims.next_look.max(self.claims.not_before));
            if self.claims.failures == 0
                && let Some(due) = self.claims.due_at
            {
                alarm.time = Some(alarm.time.map_or(due, |it| it.min(due)));
            }
        }
        alarm
    }

    /// Time has passed.
    pub fn handle_time(&mut self, now: Moment) {
        while let Some((_, execution)) = self.wakes.first().filter(|(at, _)| *at <= now.time).cloned() {
            self.wakes.pop_first();
            if let Some(Held { phase: Phase::Resting { is_due, .. }, .. }) = self.held.get_mut(&execution) {
                *is_due = true;
                self.give_turn(&execution);
            }
        }
        for execution in self.troubles.over(now.uptime) {
            self.take_up(&execution);
        }
        if now.uptime >= self.next_renewal && !self.is_renewing {
            self.next_renewal = now.uptime.saturating_add(self.pace.renew_every());
            if !self.held.is_empty() {
                self.is_renewing = true;
                let leases = self.held.values().map(|held| held.lease.clone()).collect();
                self.commands.push_back(Command::Renew(leases));
            }
        }
        self.claim_if_due(now);
    }

    /// An execution was created here with its first step, and is in memory.
    pub fn handle_created(&mut self, now: Moment, lease: Lease, wake_at: Option<Timestamp>) {
        let execution = lease.execution.clone();
        self.held.insert(execution.clone(), Held::created(lease));
        if self.is_stopping {
            self.release(&execution, None);
        } else {
            self.rest(now, &execution, wake_at);
        }
    }

    /// A claim was answered, or failed.
    pub fn handle_claimed(&mut self, now: Moment, claims: Option<Claims>) {
        self.claims.is_under_way = false;
        let mut strays = std::mem::take(&mut self.claims.strays);
        let Some(claims) = claims else {
            self.claims.failures = self.claims.failures.saturating_add(1);
            self.claims.not_before = now.uptime.saturating_add(self.pace.pause(self.claims.failures));
            self.claims.is_wanted = true;
            return;
        };
        self.claims.failures = 0;
        self.claims.due_at = earlier(self.claims.due_at, claims.next_wake_at);
        // Where as many came as were asked for, there may be more.
        self.claims.is_wanted |= claims.claimed.len() as u64 >= u64::from(self.claims.limit);
        for claimed in claims.claimed {
            let strays = strays.remove(&claimed.lease.execution).unwrap_or_default();
            self.hold(now, claimed, strays);
        }
        self.claim_if_due(now);
    }

    /// The store told something.
    pub fn handle_hint(&mut self, now: Moment, hint: Hint) {
        match hint {
            Hint::Inbox { execution, message } => {
                if let Some(held) = self.held.get_mut(&execution) {
                    held.pending.take_in([message], self.pace.pending_messages_max);
                    self.give_turn(&execution);
                    return;
                }
                self.claims.is_wanted = true;
                let strays = &mut self.claims.strays;
                if self.claims.is_under_way && strays.len() < self.pace.pending_messages_max {
                    strays.entry(execution).or_default().push(message);
                }
            }
            Hint::Due { at: None } => self.claims.is_wanted = true,
            Hint::Due { at } => self.claims.due_at = earlier(self.claims.due_at, at),
            Hint::ActivityTask(_) | Hint::Closed(_) => {}
        }
        self.claim_if_due(now);
    }

    /// A task that runs here reports.
    pub fn handle_report(&mut self, execution: &ExecutionArn, report: Report) {
        if let Some(held) = self.held.get_mut(execution) {
            held.pending.reports.push_back(report);
            self.give_turn(execution);
        }
    }

    /// Messages were read, or could not be: `None`.
    pub fn handle_inbox(&mut self, lease: &Lease, messages: Option<Vec<Message>>) {
        let Some(held) = self.held.get_mut(&lease.execution).filter(|held| held.lease == *lease) else {
            return;
        };
        held.is_reading = false;
        if let Some(messages) = messages {
            held.pending.take_in(messages, usize::MAX);
            self.give_turn(&lease.execution);
        }
    }

    /// A turn ended.
    pub fn handle_turn(&mut self, now: Moment, execution: &ExecutionArn, end: TurnEnd) {
        if let Some(claimed) = self.held.get_mut(execution).and_then(|held| held.reclaimed.take()) {
            let later = self.held.remove(execution).map(|held| held.pending.into_messages());
            self.commands.push_back(Command::Forget(execution.clone()));
            self.hold(now, *claimed, later.unwrap_or_default());
            return;
        }
        match end {
            TurnEnd::Kept { consumed_through, wake_at } => {
                self.troubles.forget(execution);
                if let Some(held) = self.held.get_mut(execution) {
                    held.pending.consume(consumed_through);
                    if self.is_stopping {
                        self.release(execution, None);
                    } else {
                        self.rest(now, execution, wake_at);
                    }
                }
            }
            TurnEnd::Released { consumed_through } => {
                self.troubles.forget(execution);
                if let Some(mut held) = self.held.remove(execution) {
                    // What came between the commit and now made it due.
                    held.pending.consume(consumed_through);
                    self.claims.is_wanted |= held.pending.has_messages();
                }
            }
            TurnEnd::Closed | TurnEnd::LeaseLost => {
                self.troubles.forget(execution);
                self.held.remove(execution);
            }
            TurnEnd::Failed => {
                let pause = self.troubles.add(execution, now.uptime, &self.pace);
                self.release(execution, Some(plus(now.time, pause)));
            }
        }
        self.claim_if_due(now);
    }

    /// Leases were renewed, or the store failed: `None`.
    pub fn handle_renewed(&mut self, leases: &[Lease], renewals: Option<&[Renewal]>) {
        self.is_renewing = false;
        for (lease, renewal) in leases.iter().zip(renewals.unwrap_or_default()) {
            let Some(held) = self.held.get_mut(&lease.execution).filter(|held| held.lease == *lease) else {
                continue;
            };
            match renewal {
                Renewal::Held { last_message } => {
                    held.pending.heard_of(*last_message);
                    self.give_turn(&lease.execution);
                }
                // A turn under way learns it from its commit.
                Renewal::Lost if matches!(held.phase, Phase::Turning) => {}
                Renewal::Lost => {
                    self.remove(&lease.execution);
                    self.commands.push_back(Command::Forget(lease.execution.clone()));
                }
            }
        }
    }

    /// Stop: claim nothing more, let turns end, give all leases up.
    pub fn handle_stop(&mut self) {
        self.is_stopping = true;
        let resting = self.held.iter().filter(|(_, held)| !matches!(held.phase, Phase::Turning));
        let resting: Vec<_> = resting.map(|(execution, _)| execution.clone()).collect();
        for execution in resting {
            self.release(&execution, None);
        }
    }

    /// Room for more executions.
    fn room(&self) -> usize {
        self.pace.held_max.saturating_sub(self.held.len())
    }

    fn claim_if_due(&mut self, now: Moment) {
        let claims = &mut self.claims;
        if self.is_stopping || claims.is_under_way || now.uptime < claims.not_before {
            return;
        }
        let is_due = claims.due_at.is_some_and(|at| at <= now.time);
        let room = self.pace.held_max.saturating_sub(self.held.len());
        if room == 0 || !(claims.is_wanted || is_due || now.uptime >= claims.next_look) {
            return;
        }
        claims.is_under_way = true;
        claims.is_wanted = false;
        // The answer tells the next one anew.
        claims.due_at = None;
        claims.next_look = now.uptime.saturating_add(self.pace.look_every);
        let limit = u32::try_from(room).unwrap_or(u32::MAX).min(self.pace.claim_max);
        claims.limit = limit;
        self.commands.push_back(Command::Claim { limit });
    }

    /// Lets an execution rest in memory, unless something waits for it.
    fn rest(&mut self, now: Moment, execution: &ExecutionArn, wake_at: Option<Timestamp>) {
        let Some(held) = self.held.get_mut(execution) else { return };
        let is_due = wake_at.is_some_and(|at| at <= now.time);
        held.phase = Phase::Resting { wake_at, is_due };
        if let Some(at) = wake_at
            && !is_due
        {
            self.wakes.insert((at, execution.clone()));
        }
        self.give_turn(execution);
    }

    /// Gives a resting execution a turn if there is anything for it.
    fn give_turn(&mut self, execution: &ExecutionArn) {
        let Some(held) = self.held.get_mut(execution) else { return };
        let Phase::Resting { wake_at, is_due } = held.phase else { return };
        let mut incoming = held.pending.pop();
        if incoming.is_empty() && is_due {
            incoming.push(Incoming::Tick);
        }
        if incoming.is_empty() {
            if held.pending.has_gap() && !held.is_reading {
                held.is_reading = true;
                let after = held.pending.last;
                self.commands.push_back(Command::ReadInbox { lease: held.lease.clone(), after });
            }
            return;
        }
        held.phase = Phase::Turning;
        if let Some(at) = wake_at {
            self.wakes.remove(&(at, execution.clone()));
        }
        self.commands.push_back(Command::Turn { execution: execution.clone(), incoming });
    }

    /// Holds a claimed execution; `later` are messages that may have come
    /// after the claim.
    fn hold(&mut self, now: Moment, mut claimed: Claimed, later: Vec<Message>) {
        if self.is_stopping {
            self.commands.push_back(Command::Release { lease: claimed.lease, wake_at: None });
            return;
        }
        let execution = claimed.lease.execution.clone();
        // Its lease ran out before it was renewed, and this node got it again.
        if let Some(held) = self.held.get_mut(&execution).filter(|held| matches!(held.phase, Phase::Turning))
        {
            held.pending.take_in(later, self.pace.pending_messages_max);
            held.reclaimed = Some(Box::new(claimed));
            return;
        }
        if self.remove(&execution).is_some() {
            self.commands.push_back(Command::Forget(execution.clone()));
        }
        let last = claimed.inbox.last().map_or(claimed.consumed_through, |message| message.sequence);
        let mut held = Held::claimed(claimed.lease.clone(), last);
        held.pending.take_in(later, self.pace.pending_messages_max);
        claimed.inbox.extend(held.pending.pop_messages());
        held.phase = Phase::Claimed(Box::new(claimed));
        self.held.insert(execution.clone(), held);
        if !self.troubles.is_paused(&execution, now.uptime) {
            self.take_up(&execution);
        }
    }

    /// Takes a claimed execution up.
    fn take_up(&mut self, execution: &ExecutionArn) {
        let Some(held) = self.held.get_mut(execution) else { return };
        match std::mem::replace(&mut held.phase, Phase::Turning) {
            Phase::Claimed(mut claimed) => {
                claimed.inbox.extend(held.pending.pop_messages());
                self.commands.push_back(Command::Resume(claimed));
            }
            other => held.phase = other,
        }
    }

    fn release(&mut self, execution: &ExecutionArn, wake_at: Option<Timestamp>) {
        if let Some(held) = self.remove(execution) {
            self.commands.push_back(Command::Release { lease: held.lease, wake_at });
        }
    }

    fn remove(&mut self, execution: &ExecutionArn) -> Option<Held> {
        let held = self.held.remove(execution)?;
        if let Phase::Resting { wake_at: Some(at), .. } = held.phase {
            self.wakes.remove(&(at, execution.clone()));
        }
        Some(held)
    }
}

/// The earlier of two times that may be unknown.
fn earlier(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    one.into_iter().chain(other).min()
}

/// A time and a while.
fn plus(time: Timestamp, pause: Duration) -> Timestamp {
    let pause = chrono::TimeDelta::from_std(pause).ok();
    pause.and_then(|pause| time.checked_add_signed(pause)).unwrap_or(Timestamp::MAX_UTC)
}
