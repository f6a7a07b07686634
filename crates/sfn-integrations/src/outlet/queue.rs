//! A bounded queue to a task in the background. What finds it full is dropped
//! and counted: nobody on the way of executions waits for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;

/// Most items that wait.
const ITEMS_MAX: usize = 16_384;

/// Most bytes of data that wait, as their owners weigh them.
const BYTES_MAX: usize = 64 * 1024 * 1024;

/// Most items that are passed on together.
const ROUND_MAX: usize = 1_024;

/// How often at most it is logged that something did not arrive.
const WARN_EVERY: Duration = Duration::from_secs(10);

/// Passes things on, in order.
pub(super) trait Outlet<T>: Send + 'static {
    /// Passes these on; answers what became of them, in their own unit.
    fn pass_on(&mut self, items: Vec<T>) -> impl Future<Output = Passed> + Send;
}

/// What became of things.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Passed {
    /// How many arrived.
    pub(super) sent: u64,
    /// How many did not.
    pub(super) failed: u64,
    /// Why, if some did not.
    pub(super) problem: Option<String>,
}

impl Passed {
    /// Adds what became of so many more.
    pub(super) fn add(&mut self, count: usize, result: Result<(), String>) {
        let count = count as u64;
        match result {
            Ok(()) => self.sent += count,
            Err(problem) => {
                self.failed += count;
                self.problem = Some(problem);
            }
        }
    }
}

/// What a queue has counted.
#[derive(Debug, Default)]
pub(super) struct Counts {
    sent: AtomicU64,
    dropped: AtomicU64,
    bytes: AtomicUsize,
}

impl Counts {
    /// How many things arrived.
    pub(super) fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// How many were dropped or did not arrive.
    pub(super) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }
}

#[derive(Debug)]
enum Item<T> {
    /// Something of this many bytes and parts.
    Thing(T, usize),
    /// Tell, by dropping this, when all before it was passed on.
    Flush(oneshot::Sender<()>),
}

/// A handle of the queue.
#[derive(Debug)]
pub(super) struct Queue<T> {
    what: &'static str,
    sender: mpsc::Sender<Item<T>>,
    counts: Arc<Counts>,
}

impl<T> Clone for Queue<T> {
    fn clone(&self) -> Self {
        Self { what: self.what, sender: self.sender.clone(), counts: Arc::clone(&self.counts) }
    }
}

impl<T: Send + 'static> Queue<T> {
    /// A queue to this outlet, on the current tokio runtime, that passes
    /// nothing on before it is released. `what` names the things in it, for
    /// people.
    pub(super) fn start(
        what: &'static str,
        outlet: impl Outlet<T>,
        mut released: watch::Receiver<bool>,
    ) -> Self {
        let (sender, receiver) = mpsc::channel(ITEMS_MAX);
        let counts = Arc::<Counts>::default();
        let work = work(what, receiver, Arc::clone(&counts), outlet);
        tokio::spawn(async move {
            // Who could release it may be gone: then nothing has to wait.
            let _ = released.wait_for(|released| *released).await;
            work.await;
        });
        Self { what, sender, counts }
    }

    /// Queues something of about so many bytes that counts as so many parts,
    /// unless too much waits.
    pub(super) fn push(&self, thing: T, bytes: usize, parts: usize) {
        let waiting = self.counts.bytes.fetch_add(bytes, Ordering::Relaxed);
        let has_room = waiting.saturating_add(bytes) <= BYTES_MAX;
        if !has_room || self.sender.try_send(Item::Thing(thing, bytes)).is_err() {
            self.counts.bytes.fetch_sub(bytes, Ordering::Relaxed);
            let before = self.counts.dropped.fetch_add(parts as u64, Ordering::Relaxed);
            let dropped = before.saturating_add(parts as u64);
            // Said here, for the outlet may be stuck; each time that it is twice
            // as many.
            if dropped.checked_ilog2() > before.checked_ilog2() {
                let what = self.what;
                tracing::warn!(total = dropped, "{what} were dropped: too much waited");
            }
        }
    }

    /// Waits until all that was queued has been passed on, no longer than this.
    pub(super) async fn flush(&self, within: Duration) {
        let (flushed, wait) = oneshot::channel();
        let flush = async {
            if self.sender.send(Item::Flush(flushed)).await.is_ok() {
                // The answer is that the other end is dropped.
                let _ = wait.await;
            }
        };
        if tokio::time::timeout(within, flush).await.is_err() {
            tracing::warn!("log records or events were still waiting when time ran out");
        }
    }

    pub(super) fn counts(&self) -> &Counts {
        &self.counts
    }
}

async fn work<T>(
    what: &'static str,
    mut receiver: mpsc::Receiver<Item<T>>,
    counts: Arc<Counts>,
    mut outlet: impl Outlet<T>,
) {
    let mut round = Vec::new();
    let (mut untold, mut told_at) = (0, None::<Instant>);
    while receiver.recv_many(&mut round, ROUND_MAX).await > 0 {
        let (mut things, mut bytes, mut to_tell) = (Vec::new(), 0, Vec::new());
        for item in round.drain(..) {
            match item {
                Item::Thing(thing, weight) => {
                    things.push(thing);
                    bytes += weight;
                }
                Item::Flush(flushed) => to_tell.push(flushed),
            }
        }
        if !things.is_empty() {
            let passed = outlet.pass_on(things).await;
            counts.bytes.fetch_sub(bytes, Ordering::Relaxed);
            counts.sent.fetch_add(passed.sent, Ordering::Relaxed);
            counts.dropped.fetch_add(passed.failed, Ordering::Relaxed);
            untold += passed.failed;
            if let Some(problem) = passed.problem
                && told_at.is_none_or(|at| at.elapsed() >= WARN_EVERY)
            {
                tracing::warn!(dropped = untold, problem, "{what} were dropped");
                (untold, told_at) = (0, Some(Instant::now()));
            }
        }
        // Dropping them is the answer.
        drop(to_tell);
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::Semaphore;

    use super::*;

    /// Waits for a permit before each round, and keeps what it was given.
    struct Gated {
        gate: Arc<Semaphore>,
        kept: mpsc::UnboundedSender<Vec<u32>>,
    }

    impl Outlet<u32> for Gated {
        async fn pass_on(&mut self, items: Vec<u32>) -> Passed {
            self.gate.acquire().await.unwrap().forget();
            let sent = items.len() as u64;
            self.kept.send(items).unwrap();
            Passed { sent, ..Passed::default() }
        }
    }

    fn gated() -> (Queue<u32>, Arc<Semaphore>, mpsc::UnboundedReceiver<Vec<u32>>) {
        let (kept, receiver) = mpsc::unbounded_channel();
        let gate = Arc::new(Semaphore::new(0));
        let (_, released) = watch::channel(true);
        (Queue::start("numbers", Gated { gate: Arc::clone(&gate), kept }, released), gate, receiver)
    }

    #[tokio::test]
    async fn things_arrive_in_order_and_a_flush_waits_for_them() {
        let (queue, gate, mut kept) = gated();
        gate.add_permits(1_000);
        for number in 0..3_000 {
            queue.push(number, 1, 1);
        }
        queue.flush(Duration::from_mins(1)).await;
        let mut arrived = Vec::new();
        while let Ok(round) = kept.try_recv() {
            arrived.extend(round);
        }
        assert_eq!(arrived, (0..3_000).collect::<Vec<_>>());
        assert_eq!((queue.counts().sent(), queue.counts().dropped()), (3_000, 0));
    }

    #[tokio::test]
    async fn what_finds_no_room_is_dropped_and_counted() {
        let (queue, gate, _kept) = gated();
        for number in 0..ITEMS_MAX {
            queue.push(u32::try_from(number).unwrap(), 1, 1);
        }
        queue.push(7, 1, 3);
        assert_eq!(queue.counts().dropped(), 3);
        gate.add_permits(1_000);
        queue.flush(Duration::from_mins(1)).await;
        queue.push(8, BYTES_MAX + 1, 1);
        assert_eq!(queue.counts().dropped(), 4, "too many bytes at once");
        queue.push(9, BYTES_MAX, 1);
        assert_eq!(queue.counts().dropped(), 4, "what was passed on weighs nothing");
    }

    #[tokio::test(start_paused = true)]
    async fn a_flush_gives_up_in_time() {
        let (queue, _gate, _kept) = gated();
        queue.push(1, 1, 1);
        let began = Instant::now();
        queue.flush(Duration::from_secs(5)).await;
        assert_eq!(began.elapsed().as_secs(), 5);
    }
}
