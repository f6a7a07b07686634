//! Messages, task tokens and the queues of activities.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::execution::Execution;
use super::{Index, State};
use crate::id::{ActivityArn, ExecutionArn, TaskKey, TaskToken};
use crate::{
    ActivityTask, AnswerError, AnswerKind, Bytes, DeliverError, Delivered, Hint, OpenTask, TakeActivityTask,
    TakeError, TaskAnswer, Work,
};

/// A task that was once open, so that a late answer is told from a wrong token.
#[derive(Debug)]
pub(super) struct Task {
    number: u64,
    execution: ExecutionArn,
    key: TaskKey,
    state: TaskState,
}

#[derive(Debug)]
enum TaskState {
    /// In an activity's queue.
    Queued { activity: ActivityArn, input: Arc<str> },
    /// With a worker, or whoever has the token.
    Open,
    /// Answered or given up.
    Closed,
}

impl Index {
    /// Whether none of these tokens is known, and none is there twice.
    pub(super) fn are_new_tokens(&self, tasks: &[OpenTask]) -> bool {
        let mut seen = BTreeSet::new();
        tasks.iter().all(|task| !self.tasks.contains_key(&task.token) && seen.insert(&task.token))
    }

    pub(super) fn open_task(&mut self, execution: &mut Execution, task: OpenTask, hints: &mut Vec<Hint>) {
        self.last_task += 1;
        let number = self.last_task;
        let state = match task.work {
            Work::Callback => TaskState::Open,
            Work::Activity { activity, input } => {
                let queue = self.queues.entry(activity.clone()).or_default();
                queue.insert(number, task.token.clone());
                hints.push(Hint::ActivityTask(activity.clone()));
                TaskState::Queued { activity, input }
            }
        };
        execution.open_tasks.entry(task.key.clone()).or_default().insert(task.token.clone());
        let execution = execution.record.arn.clone();
        let task_record = Task { number, execution, key: task.key, state };
        self.tasks.insert(task.token, task_record);
    }

    pub(super) fn close_task(&mut self, token: &TaskToken) {
        let Some(task) = self.tasks.get_mut(token) else { return };
        let number = task.number;
        if let TaskState::Queued { activity, .. } = std::mem::replace(&mut task.state, TaskState::Closed) {
            self.leave_queue(&activity, number);
        }
    }

    fn leave_queue(&mut self, activity: &ActivityArn, number: u64) {
        if let Some(queue) = self.queues.get_mut(activity) {
            queue.remove(&number);
            if queue.is_empty() {
                self.queues.remove(activity);
            }
        }
    }
}

impl State {
    pub(super) fn deliver(
        &mut self,
        arn: &ExecutionArn,
        body: Bytes,
        hints: &mut Vec<Hint>,
    ) -> Result<Delivered, DeliverError> {
        let execution = self.executions.get_mut(arn).ok_or(DeliverError::NoSuchExecution)?;
        execution.check_inbox()?;
        Ok(self.index.put_message(execution, body, hints))
    }

    pub(super) fn answer_task(
        &mut self,
        answer: &TaskAnswer,
        hints: &mut Vec<Hint>,
    ) -> Result<Delivered, AnswerError> {
        let task = self.index.tasks.get(&answer.token).ok_or(AnswerError::NoSuchTask)?;
        if matches!(task.state, TaskState::Closed) {
            return Err(AnswerError::Closed);
        }
        let execution = self.executions.get_mut(&task.execution).ok_or(AnswerError::Closed)?;
        execution.check_inbox()?;
        let body = answer.message.about(&task.key);
        if answer.kind == AnswerKind::Final {
            if let Some(open) = execution.open_tasks.get_mut(&task.key) {
                open.remove(&answer.token);
            }
            self.index.close_task(&answer.token);
        }
        Ok(self.index.put_message(execution, body, hints))
    }

    pub(super) fn take_activity_task(
        &mut self,
        take: &TakeActivityTask,
        hints: &mut Vec<Hint>,
    ) -> Result<Option<ActivityTask>, TakeError> {
        if !self.activities.contains_key(&take.activity) {
            return Err(TakeError::NoSuchActivity);
        }
        let queue = self.index.queues.get(&take.activity);
        let Some((number, token)) = queue.and_then(|queue| queue.first_key_value()) else {
            return Ok(None);
        };
        let (number, token) = (*number, token.clone());
        let Some(task) = self.index.tasks.get_mut(&token) else { return Ok(None) };
        let Some(execution) = self.executions.get_mut(&task.execution) else { return Ok(None) };
        // Not counted against the inbox's limit: a task starts only once.
        let body = take.message.about(&task.key);
        let TaskState::Queued { activity, input } = std::mem::replace(&mut task.state, TaskState::Open)
        else {
            return Ok(None);
        };
        self.index.leave_queue(&activity, number);
        self.index.put_message(execution, body, hints);
        Ok(Some(ActivityTask { token, input }))
    }
}
