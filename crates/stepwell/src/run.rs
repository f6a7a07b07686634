//! One execution, step by step, without async and without a clock.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use asl_parser::Definition;
use asl_runtime::{
    ChildResult, Effect, Execution, ExecutionIdentity, HistoryEvent, Limits, Outcome, Problem, ReadItems,
    Refused, Signal, Start, StartTask, Step, TaskKey, TaskReport, TaskToken, Timestamp, WriteResults,
};
use asl_value::{Payload, Value};

use crate::children::{MapRunId, MapRuns, Place, Turn};

/// What a run begins with.
#[derive(Clone, Debug)]
pub struct Begin {
    /// The input.
    pub input: Payload,
    /// The present, as far as the run is concerned.
    pub now: Timestamp,
    /// Where task tokens, UUIDs and jitter come from. The same seed gives the
    /// same run; tokens are as unguessable as the seed.
    pub seed: u128,
    /// What the context object says the execution is.
    pub identity: ExecutionIdentity,
    /// What the execution may use.
    pub limits: Limits,
}

impl Begin {
    /// A run at the Unix epoch with seed 0, AWS's quotas and an example's name.
    pub fn new(input: Payload) -> Self {
        Self {
            input,
            now: Timestamp::UNIX_EPOCH,
            seed: 0,
            identity: ExecutionIdentity::example(),
            limits: Limits::default(),
        }
    }
}

impl From<Payload> for Begin {
    fn from(input: Payload) -> Self {
        Self::new(input)
    }
}

/// Names a task of a run: one attempt, of the execution itself or of a child
/// of one of its map runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId {
    pub(crate) member: Member,
    pub(crate) key: TaskKey,
}

/// Names an execution of a run: 0 is the run's own, the others are children
/// of map runs.
pub(crate) type Member = u64;

const ROOT: Member = 0;

/// Names a map run whose items are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReadId(MapRunId);

/// Names a map run whose results are to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WriteId(MapRunId);

/// What a run needs next.
#[derive(Clone, Debug)]
pub enum Progress {
    /// Carry this task out and [report](Run::report) what became of it. Each
    /// task is handed out once.
    Task {
        /// Names it.
        id: TaskId,
        /// What to do.
        task: Box<StartTask>,
    },
    /// Read these items of a distributed Map state, and [hand](Run::items)
    /// them in. They are asked for once.
    Read {
        /// Names the map run.
        id: ReadId,
        /// What to read.
        read: Box<ReadItems>,
    },
    /// Write these results of a distributed Map state, and
    /// [tell](Run::written) the state's output. They are handed out once.
    Write {
        /// Names the map run.
        id: WriteId,
        /// Where to.
        write: Box<WriteResults>,
        /// What became of each child, in the order of their places.
        results: Vec<ChildResult>,
    },
    /// Nothing to start: report on a task, or tell the run that time has
    /// passed.
    Waiting {
        /// When it goes on by itself: the end of a Wait, a retry, a timeout.
        until: Option<Timestamp>,
    },
    /// It has ended.
    Finished(Outcome),
}

/// Why an answer was not taken. The run is as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// No open task has the token.
    #[error("no open task has this token")]
    NoSuchToken,
    /// The engine refused the report.
    #[error(transparent)]
    Refused(#[from] Refused),
}

/// One execution that its owner drives: it hands out tasks, takes their
/// answers, and is told the time. The children of its map runs are part of it.
///
/// ```
/// use stepwell::{Begin, Payload, Progress, Workflow};
///
/// let workflow = Workflow::parse(r#"{ "StartAt": "Rest", "States": {
///     "Rest": { "Type": "Wait", "Seconds": 86400, "End": true } } }"#)?;
/// let mut run = workflow.begin(Begin::new(Payload::parse("{}")?));
/// let Progress::Waiting { until: Some(tomorrow) } = run.progress() else { panic!("it waits") };
/// run.advance_to(tomorrow);
/// assert!(matches!(run.progress(), Progress::Finished(_)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Run {
    members: BTreeMap<Member, Running>,
    next_member: Member,
    map_runs: MapRuns,
    now: Timestamp,
    ready: VecDeque<(TaskId, StartTask)>,
    reads: VecDeque<(ReadId, ReadItems)>,
    writes: VecDeque<(WriteId, WriteResults, Vec<ChildResult>)>,
    /// Tasks handed out or about to be, with the token that names them.
    open: BTreeMap<TaskId, Option<TaskToken>>,
    history: Vec<HistoryEvent>,
    /// Steps whose effects are still to be carried out.
    steps: VecDeque<(Member, Step)>,
    outcome: Option<Outcome>,
}

/// An execution of the run.
#[derive(Debug)]
struct Running {
    execution: Execution,
    wake_at: Option<Timestamp>,
    /// Which child of which map run; none for the run's own.
    place: Option<Place>,
}

impl Run {
    pub(crate) fn begin(definition: Arc<Definition>, begin: Begin) -> Self {
        let Begin { input, now, seed, identity, limits } = begin;
        let start = Start {
            input,
            execution: identity,
            seed,
            limits,
            processor_of: None,
            missing_activities: BTreeSet::new(),
        };
        let mut run = Self {
            members: BTreeMap::new(),
            next_member: ROOT,
            map_runs: MapRuns::default(),
            now,
            ready: VecDeque::new(),
            reads: VecDeque::new(),
            writes: VecDeque::new(),
            open: BTreeMap::new(),
            history: Vec::new(),
            steps: VecDeque::new(),
            outcome: None,
        };
        run.start(definition, start, None);
        run.settle();
        run
    }

    /// What the run needs next.
    pub fn progress(&mut self) -> Progress {
        loop {
            if let Some(outcome) = &self.outcome {
                return Progress::Finished(outcome.clone());
            }
            if let Some((id, task)) = self.ready.pop_front() {
                return Progress::Task { id, task: Box::new(task) };
            }
            if let Some((id, read)) = self.reads.pop_front() {
                return Progress::Read { id, read: Box::new(read) };
            }
            if let Some((id, write, results)) = self.writes.pop_front() {
                return Progress::Write { id, write: Box::new(write), results };
            }
            if !self.tick_if_due() {
                return Progress::Waiting { until: self.wake_at() };
            }
        }
    }

    /// Tells the run the time. A time before the present one changes nothing.
    pub fn advance_to(&mut self, now: Timestamp) {
        self.now = self.now.max(now);
        self.tick_if_due();
    }

    /// Says what happened to a task. Refused when the task is over: it timed
    /// out, was cancelled, or has been answered.
    pub fn report(&mut self, task: TaskId, report: TaskReport) -> Result<(), Refused> {
        let ends = !matches!(
            report,
            TaskReport::Started { .. } | TaskReport::Submitted { .. } | TaskReport::Heartbeat
        );
        self.step(task.member, task.key, Signal::Task { task: task.key, report })?;
        if ends {
            self.open.remove(&task);
        }
        self.settle();
        Ok(())
    }

    /// Ends a task: with its result, or with an error that the state may retry
    /// or catch.
    pub fn answer(&mut self, task: TaskId, result: Result<Payload, Problem>) -> Result<(), Refused> {
        let report = match result {
            Ok(output) => TaskReport::Succeeded { output },
            Err(problem) => TaskReport::Failed(problem),
        };
        self.report(task, report)
    }

    /// Ends the task that waits for this token, as `SendTaskSuccess`
    /// and `SendTaskFailure` do.
    pub fn answer_token(&mut self, token: &str, result: Result<Payload, Problem>) -> Result<(), AnswerError> {
        let named =
            |(_, known): &(&TaskId, &Option<TaskToken>)| known.as_ref().is_some_and(|t| t.as_str() == token);
        let task = self.open.iter().find(named).map(|(task, _)| *task).ok_or(AnswerError::NoSuchToken)?;
        Ok(self.answer(task, result)?)
    }

    /// Hands in all items that a map run asked for, or why there are none.
    /// Those of a map run that is over are dropped.
    pub fn items(&mut self, id: ReadId, items: Result<Vec<Value>, Problem>) {
        let turn = self.map_runs.take_items(id.0, items, self.now);
        self.give(id.0, turn);
        self.settle();
    }

    /// Tells that results are written, with the state's output, or why they
    /// could not be. Nobody hears it for a map run that is over.
    pub fn written(&mut self, id: WriteId, output: Result<Payload, Problem>) {
        let turn = self.map_runs.take_written(id.0, output);
        self.give(id.0, turn);
        self.settle();
    }

    /// Aborts the execution, as `StopExecution` does.
    pub fn stop(&mut self, error: Option<String>, cause: Option<String>) -> Result<(), Refused> {
        let root = self.members.get_mut(&ROOT).ok_or(Refused::Closed)?;
        let step = root.execution.step(self.now, Signal::Stop { error, cause })?;
        self.steps.push_back((ROOT, step));
        self.settle();
        Ok(())
    }

    /// Runs to the end in virtual time, every task answered at once by
    /// `handler`, and every reader and writer with an error. What nothing moves any more
    /// ends by the quota on an execution's seconds; `None` if even that is far
    /// out of reach.
    pub fn finish(
        &mut self,
        mut handler: impl FnMut(&StartTask) -> Result<Payload, Problem>,
    ) -> Option<Outcome> {
        loop {
            match self.progress() {
                Progress::Finished(outcome) => return Some(outcome),
                Progress::Waiting { until } => self.advance_to(until?),
                Progress::Read { id, read } => self.items(id, Err(nobody_reads(&read))),
                Progress::Write { id, write, .. } => self.written(id, Err(nobody_writes(&write))),
                Progress::Task { id, task } => {
                    let result = handler(&task);
                    // The task was handed out just now, so it is open.
                    self.answer(id, result).ok()?;
                }
            }
        }
    }

    /// How many tasks wait for an answer, handed out or not.
    pub fn open_tasks(&self) -> usize {
        self.open.len()
    }

    /// The present, as last told.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// How the execution ended, if it has.
    pub fn outcome(&self) -> Option<&Outcome> {
        self.outcome.as_ref()
    }

    /// All that happened so far, but for what happened in children.
    pub fn history(&self) -> &[HistoryEvent] {
        &self.history
    }

    /// All that happened, but for what happened in children.
    pub fn into_history(self) -> Vec<HistoryEvent> {
        self.history
    }

    fn start(&mut self, definition: Arc<Definition>, start: Start, place: Option<Place>) {
        let member = self.next_member;
        self.next_member += 1;
        let (execution, step) = Execution::start(definition, start, self.now);
        self.members.insert(member, Running { execution, wake_at: None, place });
        self.steps.push_back((member, step));
    }

    fn step(&mut self, member: Member, key: TaskKey, signal: Signal) -> Result<(), Refused> {
        let running = self.members.get_mut(&member).ok_or(Refused::NoSuchTask(key))?;
        let step = running.execution.step(self.now, signal)?;
        self.steps.push_back((member, step));
        Ok(())
    }

    fn wake_at(&self) -> Option<Timestamp> {
        self.members.values().filter_map(|running| running.wake_at).min()
    }

    fn tick_if_due(&mut self) -> bool {
        let is_due = |running: &Running| running.wake_at.is_some_and(|at| at <= self.now);
        let due: Vec<Member> =
            self.members.iter().filter(|(_, running)| is_due(running)).map(|(member, _)| *member).collect();
        for member in &due {
            // One that was ended by another's tick is gone.
            let Some(running) = self.members.get_mut(member) else { continue };
            if let Ok(step) = running.execution.step(self.now, Signal::Tick) {
                self.steps.push_back((*member, step));
                self.settle();
            }
        }
        !due.is_empty()
    }

    /// Carries out what steps have led to, and what follows from that.
    fn settle(&mut self) {
        while let Some((member, step)) = self.steps.pop_front() {
            if self.members.contains_key(&member) {
                self.take(member, step);
            }
        }
    }

    fn take(&mut self, member: Member, step: Step) {
        if member == ROOT {
            self.history.extend(step.events);
        }
        if let Some(running) = self.members.get_mut(&member) {
            running.wake_at = step.wake_at;
        }
        for effect in step.effects {
            match effect {
                Effect::StartTask(task) => {
                    let id = TaskId { member, key: task.key };
                    self.open.insert(id, task.task_token.clone());
                    self.ready.push_back((id, task));
                }
                Effect::CancelTask(key) => self.cancel(TaskId { member, key }),
                Effect::StartMapRun(start) => self.start_map_run(MapRunId { member, key: start.key }),
                // Effects of later versions name what this one has no part for.
                _ => {}
            }
        }
        let Some(outcome) = step.outcome else { return };
        let Some(running) = self.members.remove(&member) else { return };
        match running.place {
            None => self.outcome = Some(outcome),
            Some(place) => {
                let turn = self.map_runs.child_ended(&place, outcome, self.now);
                self.give(place.map_run, turn);
            }
        }
    }

    fn start_map_run(&mut self, id: MapRunId) {
        let map_run = self.members.get(&id.member).and_then(|running| running.execution.map_run(id.key));
        let Some(map_run) = map_run else { return };
        let (read, turn) = self.map_runs.start(id, map_run, self.now);
        self.reads.extend(read.map(|read| (ReadId(id), read)));
        self.give(id, turn);
    }

    /// Gives a map run's owner what the map run has come to.
    fn give(&mut self, id: MapRunId, turn: Turn) {
        let Turn { children, stops, write, report } = turn;
        for (definition, place, start) in children {
            self.start(definition, start, Some(place));
        }
        if stops {
            self.forget_children(id);
        }
        self.writes.extend(write.map(|(write, results)| (WriteId(id), write, results)));
        let Some(report) = report else { return };
        self.forget_children(id);
        // A parent that no longer waits for it has said so before.
        let _ = self.step(id.member, id.key, Signal::MapRun { map_run: id.key, report });
    }

    fn cancel(&mut self, task: TaskId) {
        self.open.remove(&task);
        self.ready.retain(|(ready, _)| *ready != task);
        let map_run = MapRunId { member: task.member, key: task.key };
        if self.map_runs.forget(map_run) {
            self.reads.retain(|(read, _)| read.0 != map_run);
            self.writes.retain(|(write, ..)| write.0 != map_run);
            self.forget_children(map_run);
        }
    }

    /// Ends the children of a map run, and theirs.
    fn forget_children(&mut self, map_run: MapRunId) {
        let mut pending = vec![map_run];
        while let Some(map_run) = pending.pop() {
            let is_child =
                |running: &Running| running.place.as_ref().is_some_and(|place| place.map_run == map_run);
            let children: Vec<Member> =
                self.members.iter().filter(|(_, it)| is_child(it)).map(|(member, _)| *member).collect();
            for member in children {
                self.members.remove(&member);
                self.open.retain(|task, _| task.member != member);
                self.ready.retain(|(task, _)| task.member != member);
                self.reads.retain(|(read, _)| read.0.member != member);
                self.writes.retain(|(write, ..)| write.0.member != member);
                pending.extend(self.map_runs.forget_all_of(member));
            }
        }
    }
}

/// Why a writer writes nothing where nobody was given that writes.
pub(crate) fn nobody_writes(write: &WriteResults) -> Problem {
    let cause = format!("no handler was given that writes results with {}", write.resource);
    Problem::new("States.ResultWriterFailed", cause)
}

/// Why a reader reads nothing where nobody was given that reads.
pub(crate) fn nobody_reads(read: &ReadItems) -> Problem {
    let cause = format!("no handler was given that reads items with {}", read.resource);
    Problem::new("States.ItemReaderFailed", cause)
}
