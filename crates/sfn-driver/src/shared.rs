//! What all parts of one driver share.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use asl_runtime::Limits;
use sfn_store::id::NodeId;
use sfn_store::{Clock, Store, Timestamp};
use tokio::time::Instant;

use crate::definitions::Definitions;
use crate::dispatch::Dispatcher;
use crate::labelled::Labelled;
use crate::machine_metric;
use crate::metric::Metrics;
use crate::node::{Moment, Pace};
use crate::observer::Observer;
use crate::task_metric::Tasks;
use crate::virtual_time::{Busy, VirtualTime};
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
    /// Whether time jumps to what happens next when nothing else can happen:
    /// then no Wait, retry or time-out takes real time. For a store that no
    /// other driver works on.
    ///
    /// Tasks under way are given their real time. While a handler carries one
    /// out, nothing jumps; while one waits for a worker or for an answer by
    /// token, others jump, but not past the moment when something would happen
    /// by itself in its execution, such as the task's own time-out.
    pub is_time_virtual: bool,
    /// Who hears of executions.
    pub observer: Option<Arc<dyn Observer>>,
}

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) dispatcher: Dispatcher,
    pub(crate) definitions: Definitions,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) machines: Labelled<machine_metric::Counters>,
    pub(crate) tasks: Tasks,
    pub(crate) observer: Option<Arc<dyn Observer>>,
    pub(crate) watchers: Arc<Watchers>,
    pub(crate) node: NodeId,
    pub(crate) pace: Pace,
    pub(crate) limits: Limits,
    pub(crate) entropy: Entropy,
    pub(crate) is_stopping: AtomicBool,
    /// Unless time is that of the clock.
    pub(crate) virtual_time: Option<Arc<VirtualTime>>,
    clock: Clock,
    /// The latest time told, in milliseconds: time never goes back.
    latest: AtomicI64,
    began: Instant,
}

impl Shared {
    pub(crate) fn new(store: Arc<dyn Store>, dispatcher: Dispatcher, node: NodeId, config: Config) -> Self {
        Self {
            store,
            metrics: Arc::clone(&dispatcher.metrics),
            dispatcher,
            definitions: Definitions::default(),
            machines: Labelled::default(),
            tasks: Tasks::default(),
            observer: config.observer,
            watchers: Arc::new(Watchers::default()),
            node,
            pace: config.pace,
            limits: config.limits,
            entropy: config.entropy,
            is_stopping: AtomicBool::new(false),
            virtual_time: config.is_time_virtual.then(Arc::default),
            clock: config.clock,
            latest: AtomicI64::new(i64::MIN),
            began: Instant::now(),
        }
    }

    /// The present, in whole milliseconds; never before what it was.
    pub(crate) fn now(&self) -> Timestamp {
        let mut now = self.clock.now();
        if let Some(time) = &self.virtual_time {
            now = now.checked_add_signed(time.ahead()).unwrap_or(Timestamp::MAX_UTC);
        }
        let now = now.timestamp_millis();
        let latest = self.latest.fetch_max(now, Ordering::Relaxed).max(now);
        Timestamp::from_timestamp_millis(latest).unwrap_or(Timestamp::MAX_UTC)
    }

    pub(crate) fn moment(&self) -> Moment {
        Moment { time: self.now(), uptime: self.began.elapsed() }
    }

    /// Completes when the executions' clock shows this.
    pub(crate) async fn sleep_until(&self, at: Option<Timestamp>) {
        let Some(at) = at else { return std::future::pending().await };
        loop {
            let jumped = self.virtual_time.as_ref().map(|time| time.jumped.notified());
            let left = (at - self.now()).to_std().unwrap_or_default();
            match jumped {
                None => return tokio::time::sleep(left).await,
                Some(jumped) => tokio::select! {
                    () = tokio::time::sleep(left) => return,
                    () = jumped => {}
                },
            }
        }
    }

    /// Keeps virtual time from jumping while the answer is there.
    pub(crate) fn busy(&self) -> Option<Busy> {
        self.virtual_time.as_ref().map(VirtualTime::busy)
    }

    /// Up to when due executions are claimed. Virtual time jumps for those in
    /// memory, so all are brought there.
    pub(crate) fn claims_until(&self) -> Timestamp {
        if self.virtual_time.is_some() { Timestamp::MAX_UTC } else { self.now() }
    }

    /// When the node's own clock shows this.
    pub(crate) fn instant(&self, uptime: std::time::Duration) -> Option<Instant> {
        self.began.checked_add(uptime)
    }

    /// Whether an execution that wants to be woken then stays in memory.
    pub(crate) fn is_soon(&self, wake_at: Option<Timestamp>, now: Timestamp) -> bool {
        if self.virtual_time.is_some() {
            return wake_at.is_some();
        }
        let until = wake_at.map(|at| (at - now).to_std().unwrap_or_default());
        until.is_some_and(|until| until <= self.pace.keep_for)
    }

    /// Whether the node takes on more executions.
    pub(crate) fn has_room(&self) -> bool {
        !self.is_stopping.load(Ordering::Relaxed)
            && usize::try_from(self.metrics.held.get()).is_ok_and(|held| held < self.pace.held_max)
    }
}
