//! Runs a workflow with its closures: in virtual time with any executor, in
//! real time on tokio.

use std::pin::pin;

use asl_runtime::{HistoryEvent, Outcome, Problem, Timestamp};
use asl_value::{Payload, Value};
use futures_util::future::{Either, select};
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt as _, StreamExt as _};

use crate::run::{Begin, Progress, ReadId, Run, TaskId, WriteId};
use crate::workflow::Workflow;

/// A run that has ended.
#[derive(Clone, Debug)]
pub struct Finished {
    /// How it ended.
    pub outcome: Outcome,
    /// All that happened.
    pub history: Vec<HistoryEvent>,
}

impl Finished {
    /// The output, if it succeeded.
    pub fn output(&self) -> Option<&Payload> {
        match &self.outcome {
            Outcome::Succeeded { output } => Some(output),
            Outcome::Failed { .. } | Outcome::TimedOut { .. } | Outcome::Aborted { .. } => None,
        }
    }
}

impl Workflow {
    /// Runs to the end in virtual time: a wait takes no time once every task
    /// under way has ended. Needs no async runtime of its own.
    ///
    /// A task's own duration does not count: the virtual clock stands still
    /// while tasks run, so that a run with a seed is the same every time.
    pub async fn run_in_virtual_time(&self, begin: impl Into<Begin>) -> Finished {
        self.drive(begin.into(), None::<fn(Timestamp) -> std::future::Pending<Timestamp>>).await
    }

    /// Runs to the end, in the time of the clock on the wall, on tokio.
    /// `begin.now` should be the present: what is later is waited for.
    #[cfg(feature = "tokio")]
    pub async fn run(&self, begin: Begin) -> Finished {
        let (started_at, started) = (begin.now, tokio::time::Instant::now());
        let clock = move |until: Timestamp| async move {
            // Past the range of the timer it sleeps in parts.
            let day = std::time::Duration::from_hours(24);
            let left = (until - started_at).to_std().unwrap_or_default().saturating_sub(started.elapsed());
            tokio::time::sleep(left.min(day)).await;
            let elapsed = chrono::Duration::from_std(started.elapsed()).unwrap_or(chrono::Duration::MAX);
            started_at.checked_add_signed(elapsed).unwrap_or(until)
        };
        self.drive(begin, Some(clock)).await
    }

    /// Drives a run; without a `clock`, time jumps when nothing else can
    /// happen. A clock sleeps until a time and says what time it then is; it
    /// may wake early.
    async fn drive<C, S>(&self, begin: Begin, clock: Option<C>) -> Finished
    where
        C: Fn(Timestamp) -> S,
        S: Future<Output = Timestamp>,
    {
        let mut run = self.begin(begin);
        let mut under_way = FuturesUnordered::new();
        let mut outside = 0_usize;
        loop {
            let until = match run.progress() {
                Progress::Finished(outcome) => return Finished { outcome, history: run.into_history() },
                Progress::Task { id, task } => {
                    let call = self.call(*task);
                    under_way.push(async move { Ended::Task(id, call.await) }.boxed());
                    continue;
                }
                Progress::Read { id, read } => {
                    let items = self.read(*read);
                    outside += 1;
                    under_way.push(async move { Ended::Read(id, items.await) }.boxed());
                    continue;
                }
                Progress::Write { id, write, results } => {
                    let output = self.write(*write, results);
                    outside += 1;
                    under_way.push(async move { Ended::Write(id, output.await) }.boxed());
                    continue;
                }
                Progress::Waiting { until } => until,
            };
            match (until, &clock) {
                // Calls whose tasks were cancelled hold nothing up.
                (Some(until), None) if run.open_tasks() == 0 && outside == 0 => run.advance_to(until),
                (Some(until), Some(clock)) => {
                    match select(pin!(clock(until)), pin!(ended(&mut under_way))).await {
                        Either::Left((now, _)) => run.advance_to(now),
                        Either::Right((end, _)) => outside -= end.hand_to(&mut run),
                    }
                }
                _ => outside -= ended(&mut under_way).await.hand_to(&mut run),
            }
        }
    }
}

/// The first call to end; never, if there is none.
async fn ended<F: Future>(under_way: &mut FuturesUnordered<F>) -> F::Output {
    match under_way.next().await {
        Some(ended) => ended,
        None => std::future::pending().await,
    }
}

/// What a call to a handler came to.
enum Ended {
    Task(TaskId, Result<Payload, Problem>),
    Read(ReadId, Result<Vec<Value>, Problem>),
    Write(WriteId, Result<Payload, Problem>),
}

impl Ended {
    /// Hands it in, and tells how many readers and writers are done by that.
    fn hand_to(self, run: &mut Run) -> usize {
        match self {
            Self::Task(task, result) => {
                // A task that timed out or was cancelled meanwhile is not waited for.
                let _late = run.answer(task, result);
                0
            }
            Self::Read(id, items) => {
                run.items(id, items);
                1
            }
            Self::Write(id, output) => {
                run.written(id, output);
                1
            }
        }
    }
}
