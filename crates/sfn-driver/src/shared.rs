//! What all parts of one driver share.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use asl_runtime::Limits;
use sfn_store::id::{ExecutionArn, NodeId};
use sfn_store::{Clock, Store, Timestamp};
use tokio::time::Instant;

use crate::definitions::Definitions;
use crate::dispatch::Dispatcher;
use crate::metric::Metrics;
use crate::node::{Moment, Pace};
use crate::watch::Watchers;

/// Where bits come from that nobody can guess: for seeds and node ids.
#[derive(Clone)]
pub struct Entropy(Arc<dyn Fn() -> u128 + Send + Sync>);

impl Entropy {
    /// The entropy that `draw` draws.
    pub fn new(draw: impl Fn() -> u128 + Send + Sync + 'static) -> Self {
        Self(Arc::new(draw))
    }

    /// 128 bits, new with each call.
    pub fn draw(&self) -> u128 {
        (self.0)()
    }
}

impl fmt::Debug for Entropy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Entropy(..)")
    }
}

/// What a driver needs besides a store and a handler.
#[derive(Clone, Debug)]
pub struct Config {
    /// The time that executions live in.
    pub clock: Clock,
    /// Where node id and seeds come from.
    pub entropy: Entropy,
    /// What executions may use that this driver begins by itself.
    pub limits: Limits,
    /// How fast the node works, and how much it takes on.
    pub pace: Pace,
}

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) dispatcher: Dispatcher,
    pub(crate) definitions: Definitions,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) watchers: Arc<Watchers>,
    pub(crate) node: NodeId,
    pub(crate) pace: Pace,
    pub(crate) limits: Limits,
    pub(crate) entropy: Entropy,
    pub(crate) is_stopping: AtomicBool,
    clock: Clock,
    /// The latest time told, in milliseconds: time never goes back.
    latest: AtomicI64,
    began: Instant,
    /// Mock test cases of executions that run. They are lost with the process.
    test_cases: Mutex<BTreeMap<ExecutionArn, Arc<str>>>,
}

impl Shared {
    pub(crate) fn new(store: Arc<dyn Store>, dispatcher: Dispatcher, node: NodeId, config: Config) -> Self {
        Self {
            store,
            metrics: Arc::clone(&dispatcher.metrics),
            dispatcher,
            definitions: Definitions::default(),
            watchers: Arc::new(Watchers::default()),
            node,
            pace: config.pace,
            limits: config.limits,
            entropy: config.entropy,
            is_stopping: AtomicBool::new(false),
            clock: config.clock,
            latest: AtomicI64::new(i64::MIN),
            began: Instant::now(),
            test_cases: Mutex::default(),
        }
    }

    /// The present, in whole milliseconds; never before what it was.
    pub(crate) fn now(&self) -> Timestamp {
        let now = self.clock.now().timestamp_millis();
        let latest = self.latest.fetch_max(now, Ordering::Relaxed).max(now);
        Timestamp::from_timestamp_millis(latest).unwrap_or(Timestamp::MAX_UTC)
    }

    pub(crate) fn moment(&self) -> Moment {
        Moment { time: self.now(), uptime: self.began.elapsed() }
    }

    /// When the node's own clock shows this.
    pub(crate) fn instant(&self, uptime: std::time::Duration) -> Option<Instant> {
        self.began.checked_add(uptime)
    }

    /// Whether an execution that wants to be woken then stays in memory.
    pub(crate) fn is_soon(&self, wake_at: Option<Timestamp>, now: Timestamp) -> bool {
        let until = wake_at.map(|at| (at - now).to_std().unwrap_or_default());
        until.is_some_and(|until| until <= self.pace.keep_for)
    }

    /// Whether the node takes on more executions.
    pub(crate) fn has_room(&self) -> bool {
        !self.is_stopping.load(Ordering::Relaxed)
            && usize::try_from(self.metrics.held.get()).is_ok_and(|held| held < self.pace.held_max)
    }

    pub(crate) fn test_cases(&self) -> std::sync::MutexGuard<'_, BTreeMap<ExecutionArn, Arc<str>>> {
        self.test_cases.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
