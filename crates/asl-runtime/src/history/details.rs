//! The details of each event type, under the API's names.

use std::sync::Arc;

use asl_value::Payload;

use crate::segment::{Reader, SegmentError, Stored, Writer};

/// One field of an event's details, as an API answer has to write it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Field<'a> {
    /// A string.
    Text(&'a str),
    /// A document, written as a string that holds its text. `input` and
    /// `output` are followed by `inputDetails` or `outputDetails`.
    Document(&'a Payload),
    /// An integer.
    Integer(u64),
    /// `assignedVariables`: an object whose members are written as strings
    /// that hold their texts, followed by `assignedVariablesDetails`.
    Variables(&'a Payload),
    /// `taskCredentials`: an object with this `roleArn`.
    Credentials(&'a str),
}

/// Declares a details structure: its fields, their API names and how each is
/// shown. Absent optional fields are left out.
macro_rules! details {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $ty:ty = $api:literal $show:ident,)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, PartialEq, Eq)]
            pub struct $name {
                $($(#[$field_doc])* pub $field: $ty,)*
            }

            impl $name {
                pub(super) fn fields(&self) -> Vec<(&'static str, Field<'_>)> {
                    let mut fields = Vec::new();
                    $(fields.extend(self.$field.shown().map(|value| ($api, Field::$show(value))));)*
                    fields
                }
            }

            impl<'a> Stored<'a> for $name {
                fn write(&'a self, writer: &mut Writer<'a>) {
                    $(self.$field.write(writer);)*
                }

                fn read(reader: &mut Reader<'_>) -> Result<Self, SegmentError> {
                    Ok(Self { $($field: Stored::read(reader)?,)* })
                }
            }
        )*
    };
}

/// How a field's type appears in a [`Field`].
trait Shown {
    type As<'a>
    where
        Self: 'a;

    fn shown(&self) -> Option<Self::As<'_>>;
}

impl Shown for Arc<str> {
    type As<'a> = &'a str;

    fn shown(&self) -> Option<&str> {
        Some(self)
    }
}

impl Shown for Payload {
    type As<'a> = &'a Payload;

    fn shown(&self) -> Option<&Payload> {
        Some(self)
    }
}

impl Shown for u64 {
    type As<'a> = u64;

    fn shown(&self) -> Option<u64> {
        Some(*self)
    }
}

impl<T: Shown> Shown for Option<T> {
    type As<'a>
        = T::As<'a>
    where
        T: 'a;

    fn shown(&self) -> Option<Self::As<'_>> {
        self.as_ref().and_then(Shown::shown)
    }
}

details! {
    /// An error name and its cause, each of which may be absent.
    #[derive(Default)]
    Failure {
        /// The error name.
        error: Option<Arc<str>> = "error" Text,
        /// What led to it.
        cause: Option<Arc<str>> = "cause" Text,
    }

    /// A document that something succeeded with.
    Output {
        /// The document.
        output: Payload = "output" Document,
    }

    /// An activity's task was put into the activity's queue.
    ActivityScheduled {
        /// ARN of the activity.
        resource: Arc<str> = "resource" Text,
        /// What the worker gets.
        input: Payload = "input" Document,
        /// `TimeoutSeconds` of the state.
        timeout_seconds: Option<u64> = "timeoutInSeconds" Integer,
        /// `HeartbeatSeconds` of the state.
        heartbeat_seconds: Option<u64> = "heartbeatInSeconds" Integer,
    }

    /// A worker took an activity's task.
    ActivityStarted {
        /// The name that the worker gave.
        worker_name: Option<Arc<str>> = "workerName" Text,
    }

    /// An expression of a JSONata state failed.
    EvaluationFailed {
        /// The error name.
        error: Option<Arc<str>> = "error" Text,
        /// What led to it.
        cause: Option<Arc<str>> = "cause" Text,
        /// The field that holds the expression, such as `Output/result`.
        location: Option<Arc<str>> = "location" Text,
        /// The state's name.
        state: Arc<str> = "state" Text,
    }

    /// An execution was redriven.
    ExecutionRedriven {
        /// How often by now.
        redrive_count: u64 = "redriveCount" Integer,
    }

    /// An execution began.
    ExecutionStarted {
        /// Its input.
        input: Payload = "input" Document,
        /// The role that it runs as.
        role_arn: Arc<str> = "roleArn" Text,
        /// The alias that it was started on.
        state_machine_alias_arn: Option<Arc<str>> = "stateMachineAliasArn" Text,
        /// The version that it was started on.
        state_machine_version_arn: Option<Arc<str>> = "stateMachineVersionArn" Text,
    }

    /// A Lambda function's invocation was scheduled.
    LambdaFunctionScheduled {
        /// ARN of the function.
        resource: Arc<str> = "resource" Text,
        /// What the function gets.
        input: Payload = "input" Document,
        /// `TimeoutSeconds` of the state.
        timeout_seconds: Option<u64> = "timeoutInSeconds" Integer,
        /// The role that the task assumes.
        task_credentials: Option<Arc<str>> = "taskCredentials" Credentials,
    }

    /// An iteration of a Map state.
    MapIteration {
        /// The Map state's name.
        name: Arc<str> = "name" Text,
        /// Place of the item, from 0.
        index: u64 = "index" Integer,
    }

    /// A map run was redriven.
    MapRunRedriven {
        /// ARN of the map run.
        map_run_arn: Arc<str> = "mapRunArn" Text,
        /// How often by now.
        redrive_count: u64 = "redriveCount" Integer,
    }

    /// A map run began.
    MapRunStarted {
        /// ARN of the map run.
        map_run_arn: Arc<str> = "mapRunArn" Text,
    }

    /// A Map state began to work.
    MapStateStarted {
        /// How many items there are; 0 with an `ItemReader`.
        length: u64 = "length" Integer,
    }

    /// A state was entered.
    StateEntered {
        /// The state's name.
        name: Arc<str> = "name" Text,
        /// Its input.
        input: Payload = "input" Document,
    }

    /// A state was left.
    StateExited {
        /// The state's name.
        name: Arc<str> = "name" Text,
        /// Its output.
        output: Payload = "output" Document,
        /// The variables that it assigned: an object; absent if there are none.
        assigned_variables: Option<Payload> = "assignedVariables" Variables,
    }

    /// A service's task failed.
    TaskFailure {
        /// The service, such as `lambda` or `aws-sdk:dynamodb`.
        resource_type: Arc<str> = "resourceType" Text,
        /// The action with its pattern, such as `sendMessage.waitForTaskToken`.
        resource: Arc<str> = "resource" Text,
        /// The error name.
        error: Option<Arc<str>> = "error" Text,
        /// What led to it.
        cause: Option<Arc<str>> = "cause" Text,
    }

    /// A service answered.
    TaskOutput {
        /// The service.
        resource_type: Arc<str> = "resourceType" Text,
        /// The action with its pattern.
        resource: Arc<str> = "resource" Text,
        /// What it answered.
        output: Payload = "output" Document,
    }

    /// A service's task was scheduled.
    TaskScheduled {
        /// The service.
        resource_type: Arc<str> = "resourceType" Text,
        /// The action with its pattern.
        resource: Arc<str> = "resource" Text,
        /// Region of the service.
        region: Arc<str> = "region" Text,
        /// What the service gets.
        parameters: Payload = "parameters" Document,
        /// `TimeoutSeconds` of the state.
        timeout_seconds: Option<u64> = "timeoutInSeconds" Integer,
        /// `HeartbeatSeconds` of the state.
        heartbeat_seconds: Option<u64> = "heartbeatInSeconds" Integer,
        /// The role that the task assumes.
        task_credentials: Option<Arc<str>> = "taskCredentials" Credentials,
    }

    /// A service's task began.
    TaskStarted {
        /// The service.
        resource_type: Arc<str> = "resourceType" Text,
        /// The action with its pattern.
        resource: Arc<str> = "resource" Text,
    }
}
