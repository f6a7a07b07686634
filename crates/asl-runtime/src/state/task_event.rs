//! The events of a task, which have names of their own for activities, Lambda
//! functions and services.

use std::sync::Arc;

use asl_parser::{Resource, ResourceKind};
use asl_value::Payload;

use crate::error::StateError;
use crate::frame::Running;
use crate::history::{
    ActivityScheduled, ActivityStarted, EventKind, Failure, LambdaFunctionScheduled, Output, TaskFailure,
    TaskOutput, TaskScheduled, TaskStarted,
};

/// The three families of events.
enum Family {
    Activity,
    Lambda,
    /// With `resourceType` and `resource`.
    Service(Arc<str>, Arc<str>),
}

fn family(resource: &Resource) -> Family {
    match &resource.kind {
        ResourceKind::Activity => Family::Activity,
        ResourceKind::LambdaFunction | ResourceKind::Unknown => Family::Lambda,
        ResourceKind::Service { service, action, pattern } => {
            let resource = match pattern.suffix() {
                "" => Arc::clone(action),
                suffix => format!("{action}{suffix}").into(),
            };
            Family::Service(Arc::clone(service), resource)
        }
    }
}

/// What an error about the task's result calls it.
pub(crate) fn subject(resource: &Resource) -> &str {
    match &resource.kind {
        ResourceKind::Service { service, .. } => service,
        ResourceKind::Activity | ResourceKind::LambdaFunction | ResourceKind::Unknown => &resource.text,
    }
}

pub(crate) fn scheduled(resource: &Resource, region: &Arc<str>, running: &Running) -> EventKind {
    let Running { timeout_seconds, heartbeat_seconds, .. } = *running;
    let (input, task_credentials) = (running.input.clone(), running.role_arn.clone());
    match family(resource) {
        Family::Activity => EventKind::ActivityScheduled(ActivityScheduled {
            resource: Arc::clone(&resource.text),
            input,
            timeout_seconds,
            heartbeat_seconds,
        }),
        Family::Lambda => EventKind::LambdaFunctionScheduled(LambdaFunctionScheduled {
            resource: Arc::clone(&resource.text),
            input,
            timeout_seconds,
            task_credentials,
        }),
        Family::Service(resource_type, resource) => EventKind::TaskScheduled(TaskScheduled {
            resource_type,
            resource,
            region: Arc::clone(region),
            parameters: input,
            timeout_seconds,
            heartbeat_seconds,
            task_credentials,
        }),
    }
}

pub(crate) fn started(resource: &Resource, worker_name: Option<String>) -> EventKind {
    match family(resource) {
        Family::Activity => {
            EventKind::ActivityStarted(ActivityStarted { worker_name: worker_name.map(Arc::from) })
        }
        Family::Lambda => EventKind::LambdaFunctionStarted,
        Family::Service(resource_type, resource) => {
            EventKind::TaskStarted(TaskStarted { resource_type, resource })
        }
    }
}

/// Only services submit; [`refusal`](super::task::refusal) sees to it.
pub(crate) fn submitted(resource: &Resource, output: Payload) -> EventKind {
    let (resource_type, resource) = match family(resource) {
        Family::Service(resource_type, resource) => (resource_type, resource),
        Family::Activity | Family::Lambda => (Arc::default(), Arc::clone(&resource.text)),
    };
    EventKind::TaskSubmitted(TaskOutput { resource_type, resource, output })
}

pub(crate) fn succeeded(resource: &Resource, output: Payload) -> EventKind {
    match family(resource) {
        Family::Activity => EventKind::ActivitySucceeded(Output { output }),
        Family::Lambda => EventKind::LambdaFunctionSucceeded(Output { output }),
        Family::Service(resource_type, resource) => {
            EventKind::TaskSucceeded(TaskOutput { resource_type, resource, output })
        }
    }
}

/// How far a task came before it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    ScheduleFailed,
    StartFailed,
    SubmitFailed,
    Failed,
    TimedOut,
}

/// A stage that a family has no event for is a plain failure.
pub(crate) fn failed(resource: &Resource, stage: Stage, error: &StateError) -> EventKind {
    let StateError { error, cause, .. } = error.clone();
    match family(resource) {
        Family::Activity => {
            let details = Failure { error, cause };
            match stage {
                Stage::ScheduleFailed => EventKind::ActivityScheduleFailed(details),
                Stage::TimedOut => EventKind::ActivityTimedOut(details),
                Stage::StartFailed | Stage::SubmitFailed | Stage::Failed => {
                    EventKind::ActivityFailed(details)
                }
            }
        }
        Family::Lambda => {
            let details = Failure { error, cause };
            match stage {
                Stage::ScheduleFailed => EventKind::LambdaFunctionScheduleFailed(details),
                Stage::StartFailed => EventKind::LambdaFunctionStartFailed(details),
                Stage::TimedOut => EventKind::LambdaFunctionTimedOut(details),
                Stage::SubmitFailed | Stage::Failed => EventKind::LambdaFunctionFailed(details),
            }
        }
        Family::Service(resource_type, resource) => {
            let details = TaskFailure { resource_type, resource, error, cause };
            match stage {
                Stage::StartFailed => EventKind::TaskStartFailed(details),
                Stage::SubmitFailed => EventKind::TaskSubmitFailed(details),
                Stage::TimedOut => EventKind::TaskTimedOut(details),
                Stage::ScheduleFailed | Stage::Failed => EventKind::TaskFailed(details),
            }
        }
    }
}
