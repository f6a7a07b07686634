//! One execution, step by step, without async and without a clock.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use asl_parser::Definition;
use asl_runtime::{
    Effect, Execution, ExecutionIdentity, HistoryEvent, Limits, Outcome, Problem, Refused, Signal, Start,
    StartTask, Step, TaskKey, TaskReport, TaskToken, Timestamp,
};
use asl_value::Payload;

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

/// What a run needs next.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// Carry this task out and [report](Run::report) what became of it. Each
    /// task is handed out once.
    Task(Box<StartTask>),
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
/// answers, and is told the time.
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
    execution: Execution,
    now: Timestamp,
    wake_at: Option<Timestamp>,
    ready: VecDeque<StartTask>,
    /// Tasks handed out or about to be, with the token that names them.
    open: BTreeMap<TaskKey, Option<TaskToken>>,
    history: Vec<HistoryEvent>,
}

impl Run {
    pub(crate) fn begin(definition: Arc<Definition>, begin: Begin) -> Self {
        let Begin { input, now, seed, identity, limits } = begin;
        let start = Start { input, execution: identity, seed, limits };
        let (execution, step) = Execution::start(definition, start, now);
        let mut run = Self {
            execution,
            now,
            wake_at: None,
            ready: VecDeque::new(),
            open: BTreeMap::new(),
            history: Vec::new(),
        };
        run.take(step);
        run
    }

    /// What the run needs next.
    pub fn progress(&mut self) -> Progress {
        loop {
            if let Some(outcome) = self.execution.outcome() {
                return Progress::Finished(outcome.clone());
            }
            if let Some(task) = self.ready.pop_front() {
                return Progress::Task(Box::new(task));
            }
            if !self.tick_if_due() {
                return Progress::Waiting { until: self.wake_at };
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
    pub fn report(&mut self, task: TaskKey, report: TaskReport) -> Result<(), Refused> {
        let ends = !matches!(
            report,
            TaskReport::Started { .. } | TaskReport::Submitted { .. } | TaskReport::Heartbeat
        );
        let step = self.execution.step(self.now, Signal::Task { task, report })?;
        if ends {
            self.open.remove(&task);
        }
        self.take(step);
        Ok(())
    }

    /// Ends a task: with its result, or with an error that the state may retry
    /// or catch.
    pub fn answer(&mut self, task: TaskKey, result: Result<Payload, Problem>) -> Result<(), Refused> {
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
            |(_, known): &(&TaskKey, &Option<TaskToken>)| known.as_ref().is_some_and(|t| t.as_str() == token);
        let task = self.open.iter().find(named).map(|(task, _)| *task).ok_or(AnswerError::NoSuchToken)?;
        Ok(self.answer(task, result)?)
    }

    /// Aborts the execution, as `StopExecution` does.
    pub fn stop(&mut self, error: Option<String>, cause: Option<String>) -> Result<(), Refused> {
        let step = self.execution.step(self.now, Signal::Stop { error, cause })?;
        self.take(step);
        Ok(())
    }

    /// Runs to the end in virtual time, every task answered at once by
    /// `handler`. What nothing moves any more ends by the quota on an
    /// execution's seconds; `None` if even that is far out of reach.
    pub fn finish(
        &mut self,
        mut handler: impl FnMut(&StartTask) -> Result<Payload, Problem>,
    ) -> Option<Outcome> {
        loop {
            match self.progress() {
                Progress::Finished(outcome) => return Some(outcome),
                Progress::Waiting { until } => self.advance_to(until?),
                Progress::Task(task) => {
                    let result = handler(&task);
                    // The task was handed out just now, so it is open.
                    self.answer(task.key, result).ok()?;
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
        self.execution.outcome()
    }

    /// All that happened so far.
    pub fn history(&self) -> &[HistoryEvent] {
        &self.history
    }

    /// All that happened.
    pub fn into_history(self) -> Vec<HistoryEvent> {
        self.history
    }

    fn tick_if_due(&mut self) -> bool {
        if self.wake_at.is_none_or(|at| at > self.now) {
            return false;
        }
        match self.execution.step(self.now, Signal::Tick) {
            Ok(step) => {
                self.take(step);
                true
            }
            Err(_) => false, // it has ended, and waits for nothing
        }
    }

    fn take(&mut self, step: Step) {
        self.history.extend(step.events);
        self.wake_at = step.wake_at;
        for effect in step.effects {
            match effect {
                Effect::StartTask(task) => {
                    self.open.insert(task.key, task.task_token.clone());
                    self.ready.push_back(task);
                }
                Effect::CancelTask(task) => {
                    self.open.remove(&task);
                    self.ready.retain(|ready| ready.key != task);
                }
                // Effects of later versions name what this one has no part for.
                _ => {}
            }
        }
    }
}
