//! Task: has something done outside, and waits for its reports.

use std::sync::Arc;

use asl_parser::{Pattern, QueryLanguage, Resource, ResourceKind, State, Task};
use asl_value::Payload;
use chrono::TimeDelta;

use crate::Timestamp;
use crate::data_flow::View;
use crate::deadline::DeadlineKind;
use crate::engine::{Core, Engine, Flow};
use crate::error::{ErrorKind, StateError};
use crate::frame::{Frame, Phase, Rest, Running};
use crate::parameters;
use crate::signal::{Problem, TaskReport};
use crate::state::task_event::{self, Stage};
use crate::step::{Effect, StartTask};

pub(crate) fn run(
    engine: &mut Engine<'_>,
    frame: &mut Frame,
    state: &State,
    task: &Task,
) -> Result<Flow, StateError> {
    let token = has_token(&task.resource.kind).then(|| engine.core.entropy.task_token());
    let mut view = View::new(engine.core, frame, state);
    if let Some(token) = &token {
        view = view.of_task(token);
    }
    let effective = view.input()?;
    let timeout_seconds = task.timeout_seconds.as_ref();
    let timeout_seconds = timeout_seconds
        .map(|setting| view.task_seconds(setting, "TimeoutSeconds", &effective))
        .transpose()?;
    let heartbeat_seconds = task.heartbeat_seconds.as_ref();
    let heartbeat_seconds = heartbeat_seconds
        .map(|setting| view.task_seconds(setting, "HeartbeatSeconds", &effective))
        .transpose()?;
    let role_arn =
        task.credentials.as_ref().map(|credentials| view.role_arn(credentials, &effective)).transpose()?;
    let input = view.arguments(effective)?;
    can_be_scheduled(engine.core, frame, state, &task.resource, &input)?;

    frame.attempts = frame.attempts.wrapping_add(1);
    let now = engine.core.now;
    let is_activity = task.resource.kind == ResourceKind::Activity;
    let running = Running {
        attempt: frame.attempts,
        input,
        token,
        timeout_seconds,
        heartbeat_seconds,
        role_arn,
        phase: Phase::Scheduled,
        timeout_at: timeout_seconds.map(|seconds| after(now, seconds)),
        // An activity's heartbeats count from when a worker takes it.
        heartbeat_at: heartbeat_seconds.filter(|_| !is_activity).map(|seconds| after(now, seconds)),
    };
    engine.record_in(frame, task_event::scheduled(&task.resource, &engine.core.identity.region, &running));
    engine.step.effects.push(Effect::StartTask(start_task(frame, task, &running)));
    frame.rest = Rest::Running(running);
    Ok(Flow::Rest)
}

/// What AWS finds out before it schedules a task: then the history has no
/// event of the task.
fn can_be_scheduled(
    core: &Core,
    frame: &Frame,
    state: &State,
    resource: &Resource,
    input: &Payload,
) -> Result<(), StateError> {
    if resource.kind == ResourceKind::Activity && core.missing_activities.contains(&resource.text) {
        return Err(StateError::runtime(frame, &format!("The activity {resource} does not exist.")));
    }
    let problems = parameters::problems(&resource.kind, input.value());
    if problems.is_empty() {
        return Ok(());
    }
    let field = match state.query_language {
        QueryLanguage::JsonPath => "Parameters",
        QueryLanguage::Jsonata => "Arguments",
    };
    let text = format!(
        "The {field} '{}' could not be used to start the Task: [{}]",
        input.text(),
        problems.join(", ")
    );
    Err(StateError::runtime(frame, &text))
}

/// The effect that starts, or starts again, an attempt.
pub(crate) fn start_task(frame: &Frame, task: &Task, running: &Running) -> StartTask {
    StartTask {
        key: frame.task_key(running.attempt),
        state_name: Arc::clone(&frame.state_name),
        resource: task.resource.clone(),
        input: running.input.clone(),
        task_token: running.token.clone(),
        timeout_seconds: running.timeout_seconds,
        heartbeat_seconds: running.heartbeat_seconds,
        role_arn: running.role_arn.clone(),
        retry_count: frame.retries.total,
        submitted: match &running.phase {
            Phase::Submitted(output) => Some(output.clone()),
            Phase::Scheduled | Phase::Started => None,
        },
    }
}

/// Whether a task must be started again after a resume. A worker that took an
/// activity's task, and whoever holds a callback's token, answers by itself.
pub(crate) fn is_outstanding(kind: &ResourceKind, phase: &Phase) -> bool {
    let callback = matches!(kind, ResourceKind::Service { pattern: Pattern::WaitForTaskToken, .. });
    match phase {
        Phase::Scheduled => true,
        Phase::Started => *kind != ResourceKind::Activity,
        Phase::Submitted(_) => !callback,
    }
}

fn has_token(kind: &ResourceKind) -> bool {
    match kind {
        ResourceKind::Activity => true,
        ResourceKind::Service { pattern, .. } => *pattern != Pattern::RequestResponse,
        ResourceKind::LambdaFunction | ResourceKind::Unknown => false,
    }
}

fn after(now: Timestamp, seconds: u64) -> Timestamp {
    let delay = i64::try_from(seconds).ok().and_then(TimeDelta::try_seconds);
    delay.and_then(|delay| now.checked_add_signed(delay)).unwrap_or(Timestamp::MAX_UTC)
}

/// What of a report does not fit the task, if anything.
pub(crate) fn refusal(task: &Task, running: &Running, report: &TaskReport) -> Option<&'static str> {
    let submits = matches!(
        &task.resource.kind,
        ResourceKind::Service { pattern: Pattern::Sync | Pattern::Sync2 | Pattern::WaitForTaskToken, .. }
    );
    let fresh = matches!(running.phase, Phase::Scheduled);
    let submitted = matches!(running.phase, Phase::Submitted(_));
    match report {
        TaskReport::ScheduleFailed(_) if !fresh => Some("not scheduled"),
        TaskReport::Started { .. } if !fresh => Some("started"),
        TaskReport::StartFailed(_) if !fresh => Some("not started"),
        TaskReport::Submitted { .. } if submitted || !submits => Some("submitted"),
        TaskReport::SubmitFailed(_) if submitted || !submits => Some("not submitted"),
        _ => None,
    }
}

/// Takes a report that fits.
pub(crate) fn report(
    engine: &mut Engine<'_>,
    frame: &mut Frame,
    state: &State,
    task: &Task,
    report: TaskReport,
) -> Result<Flow, StateError> {
    let resource = &task.resource;
    let (reached, error) = match report {
        TaskReport::Heartbeat => {
            let now = engine.core.now;
            if let Rest::Running(running) = &mut frame.rest {
                running.heartbeat_at = running.heartbeat_seconds.map(|seconds| after(now, seconds));
            }
            return Ok(Flow::Rest);
        }
        TaskReport::Started { worker_name } => {
            start(engine, frame, task, worker_name);
            return Ok(Flow::Rest);
        }
        TaskReport::Submitted { output } => {
            start(engine, frame, task, None);
            engine.record_in(frame, task_event::submitted(resource, output.clone()));
            if let Rest::Running(running) = &mut frame.rest {
                running.phase = Phase::Submitted(output);
            }
            return Ok(Flow::Rest);
        }
        TaskReport::Succeeded { output } => {
            start(engine, frame, task, None);
            if output.text_within(engine.core.limits.payload_bytes_max).is_some() {
                engine.record_in(frame, task_event::succeeded(resource, output.clone()));
                let exit = View::new(engine.core, frame, state).exit(output)?;
                return Ok(engine.leave(frame, state, exit, task.next));
            }
            let error = StateError::data_limit(task_event::subject(resource));
            (Stage::Failed, error)
        }
        TaskReport::ScheduleFailed(problem) => (Stage::ScheduleFailed, reported(engine, problem)),
        TaskReport::StartFailed(problem) => (Stage::StartFailed, reported(engine, problem)),
        TaskReport::SubmitFailed(problem) => {
            start(engine, frame, task, None);
            (Stage::SubmitFailed, reported(engine, problem))
        }
        TaskReport::Failed(problem) => {
            start(engine, frame, task, None);
            (Stage::Failed, reported(engine, problem))
        }
        TaskReport::TimedOut(problem) => {
            start(engine, frame, task, None);
            (Stage::TimedOut, StateError { kind: ErrorKind::TimedOut, ..reported(engine, problem) })
        }
    };
    engine.record_in(frame, task_event::failed(resource, reached, &error));
    // Whatever a task reports can be caught, the data limit too.
    let kind = if reached == Stage::TimedOut { error.kind } else { ErrorKind::Reported };
    Err(StateError { kind, ..error })
}

fn reported(engine: &Engine<'_>, problem: Problem) -> StateError {
    let cut = |text: Option<String>, max: usize| {
        text.map(|mut text| {
            if let Some((at, _)) = text.char_indices().nth(max) {
                text.truncate(at);
            }
            text
        })
    };
    let limits = &engine.core.limits;
    StateError::reported(Problem {
        error: cut(problem.error, limits.error_chars_max),
        cause: cut(problem.cause, limits.cause_chars_max),
    })
}

/// Records that the task began, if that has not been said yet. Its timeout
/// counts from here; until then it counts from when it was scheduled.
fn start(engine: &mut Engine<'_>, frame: &mut Frame, task: &Task, worker_name: Option<String>) {
    let now = engine.core.now;
    let Rest::Running(running) = &mut frame.rest else { return };
    if !matches!(running.phase, Phase::Scheduled) {
        return;
    }
    running.phase = Phase::Started;
    running.timeout_at = running.timeout_seconds.map(|seconds| after(now, seconds));
    running.heartbeat_at = running.heartbeat_seconds.map(|seconds| after(now, seconds));
    engine.record_in(frame, task_event::started(&task.resource, worker_name));
}

/// The task's time is over, or it gave no sign of life.
pub(crate) fn timed_out(
    engine: &mut Engine<'_>,
    frame: &mut Frame,
    task: &Task,
    deadline: DeadlineKind,
) -> StateError {
    let mut error = StateError::timed_out();
    if deadline == DeadlineKind::Heartbeat {
        error.kind = ErrorKind::HeartbeatMissed;
    }
    if let Rest::Running(running) = &frame.rest {
        engine.step.effects.push(Effect::CancelTask(frame.task_key(running.attempt)));
    }
    engine.record_in(frame, task_event::failed(&task.resource, Stage::TimedOut, &error));
    error
}
