//! What enters the engine: a start, and then one signal per step.

use std::collections::BTreeSet;
use std::sync::Arc;

use asl_value::Payload;
use serde::{Deserialize, Serialize};

use crate::limits::Limits;
use crate::task::TaskKey;

/// What an execution begins with.
#[derive(Clone, Debug)]
pub struct Start {
    /// The input, as it was sent.
    pub input: Payload,
    /// Who the execution is.
    pub execution: ExecutionIdentity,
    /// Where the execution's entropy comes from: task tokens, UUIDs, random
    /// numbers, jitter. Tokens are as unguessable as this is.
    pub seed: u128,
    /// What the execution may use.
    pub limits: Limits,
    /// The Map state whose processor it runs, for the child of a map run; the
    /// whole machine otherwise.
    pub processor_of: Option<Arc<str>>,
    /// ARNs of activities of the definition that do not exist now; see
    /// [`Execution::set_missing_activities`](crate::Execution::set_missing_activities).
    pub missing_activities: BTreeSet<Arc<str>>,
}

/// Who an execution is: what the context object and the first event say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecutionIdentity {
    /// ARN of the execution.
    pub arn: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// ARN of the role that it runs as.
    pub role_arn: Arc<str>,
    /// ARN of the state machine, without version and alias.
    pub state_machine_arn: Arc<str>,
    /// Name of the state machine.
    pub state_machine_name: Arc<str>,
    /// The version that it was started on.
    pub state_machine_version_arn: Option<Arc<str>>,
    /// The alias that it was started on.
    pub state_machine_alias_arn: Option<Arc<str>>,
    /// Region, for `TaskScheduled` events.
    pub region: Arc<str>,
    /// How often it has been redriven.
    pub redrive_count: u64,
}

impl ExecutionIdentity {
    /// An identity for examples and tests.
    pub fn example() -> Self {
        Self {
            arn: "arn:aws:states:us-east-1:123456789012:execution:example:one".into(),
            name: "one".into(),
            role_arn: "arn:aws:iam::123456789012:role/example".into(),
            state_machine_arn: "arn:aws:states:us-east-1:123456789012:stateMachine:example".into(),
            state_machine_name: "example".into(),
            state_machine_version_arn: None,
            state_machine_alias_arn: None,
            region: "us-east-1".into(),
            redrive_count: 0,
        }
    }
}

/// What makes an execution go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Signal {
    /// Time has passed: the execution asked to be woken.
    Tick,
    /// Something happened to a task.
    Task {
        /// Which attempt of which task.
        task: TaskKey,
        /// What happened.
        report: TaskReport,
    },
    /// A map run has ended.
    MapRun {
        /// Which attempt of which Map state.
        map_run: TaskKey,
        /// How it ended.
        report: MapRunReport,
    },
    /// `RedriveExecution` was called: go on from where the execution failed.
    Redrive,
    /// `StopExecution` was called.
    Stop {
        /// The error name given.
        error: Option<String>,
        /// The cause given.
        cause: Option<String>,
    },
}

impl Signal {
    /// What `StopExecution` without error and cause sends.
    pub const STOP: Self = Self::Stop { error: None, cause: None };

    /// The signal as a store keeps it in an execution's inbox.
    pub fn to_message(&self) -> Vec<u8> {
        // Strings and numbers: nothing that JSON cannot write.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// The signal that a store has kept.
    pub fn from_message(message: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(message)
    }
}

/// What happened to a task. The engine makes up for a missing `Started`, so a
/// task that ends at once needs one report only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TaskReport {
    /// It could not be put into its queue. Ends the attempt.
    ScheduleFailed(Problem),
    /// It began: a worker took it, or the call was made.
    Started {
        /// The name that an activity's worker gave.
        worker_name: Option<String>,
    },
    /// It could not begin. Ends the attempt.
    StartFailed(Problem),
    /// A `.sync` or `.waitForTaskToken` request was answered; the end is yet
    /// to come.
    Submitted {
        /// The answer to the request.
        #[serde(with = "document")]
        output: Payload,
    },
    /// Such a request was refused. Ends the attempt.
    SubmitFailed(Problem),
    /// It ended well.
    Succeeded {
        /// The result.
        #[serde(with = "document")]
        output: Payload,
    },
    /// It failed.
    Failed(Problem),
    /// What was called says that it ran out of time.
    TimedOut(Problem),
    /// It is still alive.
    Heartbeat,
}

/// How a map run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MapRunReport {
    /// Well, with the state's result.
    Succeeded {
        /// The result.
        #[serde(with = "document")]
        output: Payload,
    },
    /// Well, but the results together exceed what a state may hand on.
    TooLarge,
    /// It failed.
    Failed(Problem),
}

/// An error name and a cause, each of which may be absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The error name.
    pub error: Option<String>,
    /// What led to it.
    pub cause: Option<String>,
}

impl Problem {
    /// A problem with both.
    pub fn new(error: impl Into<String>, cause: impl Into<String>) -> Self {
        Self { error: Some(error.into()), cause: Some(cause.into()) }
    }
}

/// A document as a JSON string that holds its text, so that it keeps it.
mod document {
    use asl_value::Payload;
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(document: &Payload, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(document.text())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Payload, D::Error> {
        Payload::parse(String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::FrameId;

    #[test]
    fn signals_survive_their_message() {
        let task = TaskKey { frame: FrameId { serial: 1, slot: 0 }, attempt: 3 };
        let output = Payload::parse("{ \"a\" : 1 }").unwrap();
        for report in [
            TaskReport::Succeeded { output },
            TaskReport::Failed(Problem::new("E", "c")),
            TaskReport::Started { worker_name: None },
            TaskReport::Heartbeat,
        ] {
            let signal = Signal::Task { task, report };
            let back = Signal::from_message(&signal.to_message()).unwrap();
            assert_eq!(back, signal);
            if let Signal::Task { report: TaskReport::Succeeded { output }, .. } = back {
                assert_eq!(output.text(), "{ \"a\" : 1 }");
            }
        }
    }
}
