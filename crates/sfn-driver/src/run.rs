//! The shell around the node machine: it has the clock, the store and the
//! tasks, carries commands out and hands answers in.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use asl_runtime::Effect;
use sfn_store::id::ExecutionArn;
use sfn_store::{ClaimRequest, Claims, Hint, Lease, LeaseRequest, Message, Renew, Renewal};
use tokio::sync::{mpsc, oneshot};
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::Instant;

use crate::dispatch::carry_out;
use crate::live::Live;
use crate::node::{Command, Node, TurnEnd};
use crate::shared::Shared;
use crate::task::Report;
use crate::turn;
use crate::virtual_time::{Held, VirtualTime};

/// Most events handled before commands are carried out.
const EVENTS_PER_ROUND_MAX: usize = 256;

/// The shell never sleeps longer than this, whatever the alarm says.
const SLEEP_MAX: Duration = Duration::from_hours(1);

/// What the shell hears.
#[derive(Debug)]
pub(crate) enum Event {
    /// An execution was created here, and leased.
    Created { lease: Lease, live: Box<Live>, effects: Vec<Effect> },
    /// The store told something.
    Hinted(Hint),
    /// A task that runs here reports.
    Reported { execution: ExecutionArn, report: Report },
    /// A turn ended.
    Turned { execution: ExecutionArn, live: Option<Box<Live>>, end: TurnEnd },
    /// A claim was answered, or failed.
    Claimed(Option<Claims>),
    /// Leases were renewed, or not.
    Renewed(Vec<Lease>, Option<Vec<Renewal>>),
    /// An inbox was read, or not.
    Read(Lease, Option<Vec<Message>>),
    /// A lease was given up, or not.
    Released,
    /// Stop, and say so by dropping this.
    Stop(oneshot::Sender<()>),
}

#[derive(Debug)]
pub(crate) struct Shell {
    shared: Arc<Shared>,
    node: Node,
    /// Executions that rest in memory.
    lives: BTreeMap<ExecutionArn, Box<Live>>,
    leases: HashMap<ExecutionArn, Lease>,
    jobs: JoinSet<Event>,
    /// What a job comes to if it panics.
    if_panicked: HashMap<Id, Event>,
    sender: mpsc::Sender<Event>,
    receiver: mpsc::Receiver<Event>,
    stopping: Vec<oneshot::Sender<()>>,
}

impl Shell {
    pub(crate) fn new(
        shared: Arc<Shared>,
        sender: mpsc::Sender<Event>,
        receiver: mpsc::Receiver<Event>,
    ) -> Self {
        Self {
            node: Node::new(shared.pace.clone()),
            shared,
            lives: BTreeMap::new(),
            leases: HashMap::new(),
            jobs: JoinSet::new(),
            if_panicked: HashMap::new(),
            sender,
            receiver,
            stopping: Vec::new(),
        }
    }

    /// Runs until it was told to stop and holds nothing any more.
    pub(crate) async fn run(mut self) {
        loop {
            self.node.handle_time(self.shared.moment());
            while let Some(command) = self.node.poll_command() {
                self.carry_out(command);
            }
            self.shared.metrics.held.set(self.node.held());
            if self.node.is_drained() && self.jobs.is_empty() {
                return;
            }
            if self.jump() {
                continue;
            }
            let alarm = self.alarm();
            let virtual_time = self.shared.virtual_time.clone();
            tokio::select! {
                Some(event) = self.receiver.recv() => self.handle_some(event),
                Some(done) = self.jobs.join_next_with_id() => self.handle_done(done),
                () = tokio::time::sleep_until(alarm) => {}
                () = calmed(virtual_time.as_deref()) => {}
            }
        }
    }

    /// Lets virtual time jump to what happens next, if nothing else can happen.
    fn jump(&self) -> bool {
        let Some(time) = &self.shared.virtual_time else { return false };
        let is_idle = self.jobs.is_empty() && self.receiver.is_empty() && self.node.is_idle();
        if !is_idle || self.lives.values().any(|live| !live.running.is_empty()) {
            return false;
        }
        let next = self.lives.values().filter(|live| live.wake_at.is_some()).min_by_key(|live| live.wake_at);
        let held = next.and_then(|live| Some(Held { at: live.wake_at?, is_barred: live.waits_for_others() }));
        time.jump(self.shared.now(), held)
    }

    /// When the node wants to be called.
    fn alarm(&self) -> Instant {
        let alarm = self.node.alarm();
        let now = Instant::now();
        let latest = now + SLEEP_MAX;
        let by_uptime = alarm.uptime.and_then(|uptime| self.shared.instant(uptime));
        let by_time = alarm.time.and_then(|time| {
            // A negative wait is none; the next millisecond makes up for what
            // the clock's truncation took.
            let wait = (time - self.shared.now()).to_std().unwrap_or_default();
            now.checked_add(wait)
        });
        by_uptime.into_iter().chain(by_time).min().map_or(latest, |at| at.min(latest))
    }

    fn handle_some(&mut self, first: Event) {
        self.handle(first);
        for _ in 1..EVENTS_PER_ROUND_MAX {
            let Ok(event) = self.receiver.try_recv() else { return };
            self.handle(event);
        }
    }

    fn handle_done(&mut self, done: Result<(Id, Event), JoinError>) {
        match done {
            Ok((id, event)) => {
                self.if_panicked.remove(&id);
                self.handle(event);
            }
            Err(error) => {
                tracing::error!(%error, "a job of the driver panicked");
                if let Some(event) = self.if_panicked.remove(&error.id()) {
                    self.handle(event);
                }
            }
        }
    }

    fn handle(&mut self, event: Event) {
        let now = self.shared.moment();
        match event {
            Event::Created { lease, mut live, effects } => {
                let execution = lease.execution.clone();
                carry_out(&self.shared, &mut live, &execution, effects, &self.sender);
                let wake_at = live.wake_at;
                self.lives.insert(execution.clone(), live);
                self.leases.insert(execution, lease.clone());
                self.node.handle_created(now, lease, wake_at);
            }
            Event::Hinted(hint) => self.node.handle_hint(now, hint),
            Event::Reported { execution, report } => self.node.handle_report(&execution, report),
            Event::Turned { execution, live, end } => {
                match live {
                    Some(live) => drop(self.lives.insert(execution.clone(), live)),
                    None => drop(self.leases.remove(&execution)),
                }
                self.node.handle_turn(now, &execution, end);
            }
            Event::Claimed(claims) => {
                self.shared.metrics.claimed.add(claims.as_ref().map_or(0, |claims| claims.claimed.len()));
                self.node.handle_claimed(now, claims);
            }
            Event::Renewed(leases, renewals) => self.node.handle_renewed(&leases, renewals.as_deref()),
            Event::Read(lease, messages) => self.node.handle_inbox(&lease, messages),
            Event::Released => {}
            Event::Stop(stopped) => {
                self.stopping.push(stopped);
                self.node.handle_stop();
            }
        }
    }

    fn carry_out(&mut self, command: Command) {
        let store = Arc::clone(&self.shared.store);
        match command {
            Command::Claim { limit } => {
                let lease = LeaseRequest { node: self.shared.node.clone(), ttl: self.shared.pace.lease_ttl };
                let claim = store.claim(ClaimRequest { lease, limit, now: self.shared.claims_until() });
                self.spawn(Event::Claimed(None), async move { Event::Claimed(told("claim", claim.await)) });
            }
            Command::Resume(claimed) => {
                let execution = claimed.lease.execution.clone();
                self.leases.insert(execution.clone(), claimed.lease.clone());
                let (shared, events) = (Arc::clone(&self.shared), self.sender.clone());
                self.spawn(failed(&execution), async move {
                    let (live, end) = turn::resume(&shared, *claimed, &events).await;
                    Event::Turned { execution, live, end }
                });
            }
            Command::Turn { execution, incoming } => {
                let live = self.lives.remove(&execution);
                let Some((live, lease)) = live.zip(self.leases.get(&execution).cloned()) else {
                    self.handle(failed(&execution));
                    return;
                };
                let (shared, events) = (Arc::clone(&self.shared), self.sender.clone());
                self.spawn(failed(&execution), async move {
                    let (live, end) = turn::turn(&shared, live, &lease, incoming, &events).await;
                    Event::Turned { execution, live, end }
                });
            }
            Command::Renew(leases) => {
                let renewal = store.renew(Renew { leases: leases.clone(), ttl: self.shared.pace.lease_ttl });
                self.spawn(Event::Renewed(Vec::new(), None), async move {
                    Event::Renewed(leases, told("renew", renewal.await))
                });
            }
            Command::ReadInbox { lease, after } => {
                let read = store.inbox(lease.clone(), after);
                self.spawn(Event::Read(lease.clone(), None), async move {
                    Event::Read(lease, told("read an inbox", read.await))
                });
            }
            Command::Release { lease, wake_at } => {
                self.forget(&lease.execution);
                let release = store.release(lease, wake_at);
                self.spawn(Event::Released, async move {
                    told("release", release.await);
                    Event::Released
                });
            }
            Command::Forget(execution) => self.forget(&execution),
        }
    }

    fn forget(&mut self, execution: &ExecutionArn) {
        self.lives.remove(execution);
        self.leases.remove(execution);
    }

    fn spawn(&mut self, if_panicked: Event, job: impl Future<Output = Event> + Send + 'static) {
        let id = self.jobs.spawn(job).id();
        self.if_panicked.insert(id, if_panicked);
    }
}

/// Completes when somebody outside the shell no longer keeps time from jumping.
async fn calmed(time: Option<&VirtualTime>) {
    match time {
        Some(time) => time.calmed.notified().await,
        None => std::future::pending().await,
    }
}

fn failed(execution: &ExecutionArn) -> Event {
    Event::Turned { execution: execution.clone(), live: None, end: TurnEnd::Failed }
}

/// The answer; a failure is logged.
pub(crate) fn told<T, E: std::fmt::Display>(what: &'static str, answer: Result<T, E>) -> Option<T> {
    answer.inspect_err(|error| tracing::warn!(%error, "the store did not {what}")).ok()
}
