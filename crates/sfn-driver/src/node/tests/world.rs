//! The node with a store, under a seed: answers come in any order, hints are
//! lost, turns fail, time jumps. Every message must be consumed once and in
//! order, no execution may have two turns at once, and all must come to rest.

use std::task::{Context, Poll, Waker};

use sfn_store::id::{EventId, RevisionId};
use sfn_store::{
    BoxFuture, ClaimRequest, Clock, Commit, CommitError, LeaseRequest, Listener, MachineType, MemoryStore,
    NewExecution, NewStateMachine, Progress, Renew, Revision, StateMachineRecord, StateMachineStatus, Store,
    Then,
};

use super::*;

const EXECUTIONS: u64 = 5;

/// The answers of a store in memory are always ready.
fn now_or_never<T>(mut future: BoxFuture<T>) -> T {
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the store is not ready"),
    }
}

struct World {
    seed: u64,
    milliseconds: Arc<AtomicI64>,
    store: MemoryStore,
    hints: Arc<std::sync::Mutex<Vec<Hint>>>,
    node: Node,
    /// Commands that were not answered yet.
    open: Vec<Command>,
    /// In memory, by epoch: the last message that was consumed.
    lives: BTreeMap<ExecutionArn, (Lease, InboxSequence)>,
    turning: BTreeSet<ExecutionArn>,
    delivered: BTreeMap<ExecutionArn, u64>,
    consumed: BTreeMap<ExecutionArn, Vec<u64>>,
}

impl World {
    fn new(seed: u64) -> Self {
        let milliseconds = Arc::new(AtomicI64::new(0));
        let clock = {
            let milliseconds = Arc::clone(&milliseconds);
            Clock::new(move || time(milliseconds.load(Ordering::Relaxed)))
        };
        let store = MemoryStore::with_clock(clock);
        let hints = Arc::new(std::sync::Mutex::new(Vec::new()));
        let heard = Arc::clone(&hints);
        store.add_listener(Listener::new(move |hint| heard.lock().unwrap().push(hint)));
        let revision = Revision {
            id: RevisionId::new("r").unwrap(),
            number: 1,
            updated_at: time(0),
            definition: "{}".into(),
            role_arn: "role".into(),
            logging: None,
            tracing: None,
            encryption: None,
        };
        let record = StateMachineRecord {
            arn: machine(),
            machine_type: MachineType::Standard,
            status: StateMachineStatus::Active,
            created_at: time(0),
            revision: revision.into(),
        };
        now_or_never(store.create_state_machine(NewStateMachine { record, tags: vec![], version: None }))
            .unwrap();
        Self {
            seed: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1,
            milliseconds,
            store,
            hints,
            node: Node::new(Pace { held_max: 3, lease_ttl: Duration::from_secs(3), ..Pace::default() }),
            open: Vec::new(),
            lives: BTreeMap::new(),
            turning: BTreeSet::new(),
            delivered: BTreeMap::new(),
            consumed: BTreeMap::new(),
        }
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        self.seed % bound
    }

    fn now(&self) -> Moment {
        at(self.milliseconds.load(Ordering::Relaxed))
    }

    /// Takes the node's commands. What they drop from memory is dropped at
    /// once, as the shell does; the rest is answered some time.
    fn collect(&mut self) {
        while let Some(command) = self.node.poll_command() {
            match &command {
                Command::Release { lease, .. } => drop(self.lives.remove(&lease.execution)),
                Command::Forget(execution) => drop(self.lives.remove(execution)),
                Command::Claim { .. }
                | Command::Resume(_)
                | Command::Turn { .. }
                | Command::Renew(_)
                | Command::ReadInbox { .. } => {}
            }
            self.open.push(command);
        }
    }

    fn create(&mut self, number: u64) {
        let new = NewExecution {
            arn: arn(&format!("e{number}")),
            revision: RevisionId::new("r").unwrap(),
            input: "{}".into(),
            started_on: None,
            trace_header: None,
            test_case: None,
            map_run: None,
            started_at: time(0),
            first: None,
            lease: None,
        };
        now_or_never(self.store.create_execution(new)).unwrap();
    }

    fn deliver(&mut self) {
        let execution = arn(&format!("e{}", self.below(EXECUTIONS)));
        if now_or_never(self.store.deliver(&execution, sfn_store::Bytes::from_static(b"m"))).is_ok() {
            *self.delivered.entry(execution).or_default() += 1;
        }
    }

    /// Hands one of the hints over, or loses it.
    fn hint(&mut self, may_lose: bool) {
        let count = self.hints.lock().unwrap().len() as u64;
        if count == 0 {
            return;
        }
        let place = usize::try_from(self.below(count)).unwrap();
        let hint = self.hints.lock().unwrap().remove(place);
        if !may_lose || self.below(10) < 7 {
            self.node.handle_hint(self.now(), hint);
        }
    }

    fn advance(&mut self) {
        let now = self.now();
        let alarm = self.node.alarm();
        let until = |moment: Option<i64>| moment.map(|at| at - self.milliseconds.load(Ordering::Relaxed));
        let by_time = until(alarm.time.map(|at| (at - time(0)).num_milliseconds()));
        let by_uptime = until(alarm.uptime.map(|at| i64::try_from(at.as_millis()).unwrap()));
        let wait = by_time.into_iter().chain(by_uptime).min().unwrap_or(10).max(1);
        self.milliseconds.fetch_add(wait, Ordering::Relaxed);
        assert!(self.now().uptime > now.uptime);
        self.node.handle_time(self.now());
    }

    /// Answers one of the open commands.
    fn answer(&mut self, may_fail: bool) {
        if self.open.is_empty() {
            return;
        }
        let place = usize::try_from(self.below(self.open.len() as u64)).unwrap();
        let command = self.open.remove(place);
        let fails = may_fail && self.below(10) == 0;
        let now = self.now();
        match command {
            Command::Claim { .. } if fails => self.node.handle_claimed(now, None),
            Command::Claim { limit } => {
                let lease = LeaseRequest { node: node_id(), ttl: Duration::from_secs(3) };
                let claims = self.store.claim(ClaimRequest { lease, limit, now: now.time });
                self.node.handle_claimed(now, now_or_never(claims).ok());
                assert!(self.node.held() <= 3);
            }
            Command::Resume(claimed) => {
                let Claimed { lease, consumed_through, inbox, .. } = *claimed;
                self.lives.insert(lease.execution.clone(), (lease.clone(), consumed_through));
                self.turn(&lease.execution, &inbox, fails);
            }
            Command::Turn { execution, incoming } => {
                let messages = incoming.into_iter().filter_map(|incoming| match incoming {
                    Incoming::Message(message) => Some(message),
                    Incoming::Tick | Incoming::Report(_) => None,
                });
                self.turn(&execution, &messages.collect::<Vec<_>>(), fails);
            }
            Command::Renew(leases) => {
                let renew = Renew { leases: leases.clone(), ttl: Duration::from_secs(3) };
                let renewals = now_or_never(self.store.renew(renew)).ok().filter(|_| !fails);
                self.node.handle_renewed(&leases, renewals.as_deref());
            }
            Command::ReadInbox { lease, after } => {
                let messages = now_or_never(self.store.inbox(lease.clone(), after)).ok().filter(|_| !fails);
                self.node.handle_inbox(&lease, messages);
            }
            Command::Release { lease, wake_at } => {
                if !fails {
                    let _ = now_or_never(self.store.release(lease, wake_at));
                }
            }
            Command::Forget(_) => {}
        }
    }

    fn turn(&mut self, execution: &ExecutionArn, messages: &[Message], fails: bool) {
        assert!(self.turning.insert(execution.clone()), "two turns at once");
        let (lease, mut consumed) = self.lives.get(execution).cloned().expect("it is in memory");
        let before = consumed;
        for message in messages {
            if message.sequence > consumed {
                assert_eq!(message.sequence, consumed.next(), "messages come in order");
                consumed = message.sequence;
            }
        }
        let then = if self.below(2) == 0 { Then::Keep } else { Then::Release };
        let commit = Commit {
            lease,
            expected_last_event_id: EventId::NONE,
            consumed_through: consumed,
            progress: Progress::default(),
            then,
        };
        let end = if fails {
            TurnEnd::Failed
        } else {
            match now_or_never(self.store.commit(commit)) {
                Ok(committed) => {
                    let list = self.consumed.entry(execution.clone()).or_default();
                    list.extend(before.get() + 1..=consumed.get());
                    if committed.released {
                        TurnEnd::Released { consumed_through: consumed }
                    } else {
                        // As one that is kept has something to come back for.
                        let wake_at = Some(time(self.milliseconds.load(Ordering::Relaxed) + 50));
                        TurnEnd::Kept { consumed_through: consumed, wake_at }
                    }
                }
                Err(CommitError::LeaseLost) => TurnEnd::LeaseLost,
                Err(error) => panic!("{error}"),
            }
        };
        match end {
            TurnEnd::Kept { .. } => {
                if let Some(live) = self.lives.get_mut(execution) {
                    live.1 = consumed;
                }
            }
            TurnEnd::Released { .. } | TurnEnd::Closed | TurnEnd::LeaseLost | TurnEnd::Failed => {
                self.lives.remove(execution);
            }
        }
        self.turning.remove(execution);
        self.node.handle_turn(self.now(), execution, end);
    }

    fn is_at_rest(&self) -> bool {
        let consumed = |arn: &ExecutionArn| self.consumed.get(arn).map_or(0, |list| list.len() as u64);
        self.delivered.iter().all(|(arn, delivered)| consumed(arn) == *delivered)
    }
}

fn run(seed: u64) -> BTreeMap<ExecutionArn, Vec<u64>> {
    let mut world = World::new(seed);
    for number in 0..EXECUTIONS {
        world.create(number);
    }
    for _ in 0..400 {
        match world.below(8) {
            0 => world.deliver(),
            1 | 2 => world.hint(true),
            3 => world.advance(),
            _ => world.answer(true),
        }
        world.collect();
    }
    for round in 0.. {
        if world.is_at_rest() {
            break;
        }
        assert!(round < 2_000, "seed {seed}: messages are left");
        world.hint(false);
        world.collect();
        while !world.open.is_empty() {
            world.answer(false);
            world.collect();
        }
        world.advance();
        world.collect();
    }
    for (execution, consumed) in &world.consumed {
        let want: Vec<u64> = (1..=world.delivered.get(execution).copied().unwrap_or_default()).collect();
        assert_eq!(*consumed, want, "seed {seed}: {execution}");
    }
    world.consumed
}

#[test]
fn every_message_is_consumed_once_whatever_fails() {
    for seed in 1..=300 {
        run(seed);
    }
}

#[test]
fn the_same_seed_gives_the_same_run() {
    assert_eq!(run(7), run(7));
}
