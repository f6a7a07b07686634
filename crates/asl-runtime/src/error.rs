//! State errors: what Retry and Catch act on, in the words of AWS.

use std::sync::Arc;

use crate::frame::Frame;
use crate::signal::Problem;

/// Names of the errors that the engine raises itself.
pub(crate) mod name {
    pub(crate) const ALL: &str = "States.ALL";
    pub(crate) const DATA_LIMIT_EXCEEDED: &str = "States.DataLimitExceeded";
    pub(crate) const EXCEED_TOLERATED_FAILURE_THRESHOLD: &str = "States.ExceedToleratedFailureThreshold";
    pub(crate) const HEARTBEAT_TIMEOUT: &str = "States.HeartbeatTimeout";
    pub(crate) const INTRINSIC_FAILURE: &str = "States.IntrinsicFailure";
    pub(crate) const ITEM_READER_FAILED: &str = "States.ItemReaderFailed";
    pub(crate) const NO_CHOICE_MATCHED: &str = "States.NoChoiceMatched";
    pub(crate) const QUERY_EVALUATION_ERROR: &str = "States.QueryEvaluationError";
    pub(crate) const RESULT_PATH_MATCH_FAILURE: &str = "States.ResultPathMatchFailure";
    pub(crate) const RESULT_WRITER_FAILED: &str = "States.ResultWriterFailed";
    pub(crate) const RUNTIME: &str = "States.Runtime";
    pub(crate) const TASK_FAILED: &str = "States.TaskFailed";
    pub(crate) const TIMEOUT: &str = "States.Timeout";
}

/// An error in a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StateError {
    pub(crate) error: Option<Arc<str>>,
    pub(crate) cause: Option<Arc<str>>,
    pub(crate) kind: ErrorKind,
}

/// What retriers and catchers make of an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ErrorKind {
    /// From a task, a Fail state, or a check with a name of its own.
    Reported,
    /// A task took too long.
    TimedOut,
    /// A task gave no sign of life. AWS records it as a timeout, yet
    /// `States.HeartbeatTimeout` matches it.
    HeartbeatMissed,
    /// A `States.Runtime` of the engine: nothing catches it.
    Fatal,
    /// A document grew too large inside the engine: only its name catches it.
    /// When a task reports the same name, everything does
    /// (recorded in `catch/states_errors`).
    DataLimit,
    /// An expression failed, in that field.
    Evaluation { location: Option<Arc<str>> },
}

impl StateError {
    pub(crate) fn reported(problem: Problem) -> Self {
        Self {
            error: problem.error.map(Arc::from),
            cause: problem.cause.map(Arc::from),
            kind: ErrorKind::Reported,
        }
    }

    /// The error as others are told of it.
    pub(crate) fn into_problem(self) -> Problem {
        Problem {
            error: self.error.map(|error| error.to_string()),
            cause: self.cause.map(|cause| cause.to_string()),
        }
    }

    /// `States.Runtime` in a state, with the text that AWS puts before it.
    pub(crate) fn runtime(frame: &Frame, text: &str) -> Self {
        Self::fatal(frame.located(text))
    }

    /// `States.Runtime` with a bare text.
    pub(crate) fn fatal(cause: impl Into<Arc<str>>) -> Self {
        Self { error: Some(name::RUNTIME.into()), cause: Some(cause.into()), kind: ErrorKind::Fatal }
    }

    /// An error that the engine raises under a name that can be caught.
    pub(crate) fn named(frame: &Frame, error: &str, text: &str) -> Self {
        Self { error: Some(error.into()), cause: Some(frame.located(text).into()), kind: ErrorKind::Reported }
    }

    /// `States.QueryEvaluationError` in a field.
    pub(crate) fn evaluation(frame: &Frame, location: Option<Arc<str>>, text: &str) -> Self {
        Self {
            error: Some(name::QUERY_EVALUATION_ERROR.into()),
            cause: Some(frame.located(text).into()),
            kind: ErrorKind::Evaluation { location },
        }
    }

    /// `States.DataLimitExceeded`: the result of a state or task is too large.
    pub(crate) fn data_limit(subject: &str) -> Self {
        let cause = format!(
            "The state/task '{subject}' returned a result with a size exceeding the maximum number of bytes \
             service limit."
        );
        Self {
            error: Some(name::DATA_LIMIT_EXCEEDED.into()),
            cause: Some(cause.into()),
            kind: ErrorKind::DataLimit,
        }
    }

    /// `States.Timeout` without a cause, as AWS records it.
    pub(crate) fn timed_out() -> Self {
        Self { error: Some(name::TIMEOUT.into()), cause: None, kind: ErrorKind::TimedOut }
    }

    /// Whether `Retry` and `Catch` see the error at all.
    pub(crate) fn can_be_caught(&self) -> bool {
        self.kind != ErrorKind::Fatal
    }

    /// Whether an entry of `ErrorEquals` matches. ASL specification, *Errors*.
    pub(crate) fn matches(&self, wanted: &str) -> bool {
        let timeout = matches!(self.kind, ErrorKind::TimedOut | ErrorKind::HeartbeatMissed)
            || self.error.as_deref() == Some(name::TIMEOUT);
        match wanted {
            _ if self.error.as_deref() == Some(wanted) => true,
            name::ALL => self.kind != ErrorKind::DataLimit,
            name::TASK_FAILED => !timeout && self.kind != ErrorKind::DataLimit,
            name::HEARTBEAT_TIMEOUT => self.kind == ErrorKind::HeartbeatMissed,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_equals_follows_the_wildcards() {
        let reported = |error: &str| StateError::reported(Problem::new(error, ""));
        let missed = StateError { kind: ErrorKind::HeartbeatMissed, ..StateError::timed_out() };
        for (case, error, wanted, want) in [
            ("its own name", reported("E"), "E", true),
            ("another name", reported("E"), "F", false),
            ("any", reported("E"), name::ALL, true),
            ("any task failure", reported("E"), name::TASK_FAILED, true),
            ("a nameless error", StateError::reported(Problem::default()), name::ALL, true),
            ("a timeout is no task failure", StateError::timed_out(), name::TASK_FAILED, false),
            ("nor is a reported one", reported(name::TIMEOUT), name::TASK_FAILED, false),
            ("a timeout by name", StateError::timed_out(), name::TIMEOUT, true),
            ("a timeout is no missed heartbeat", StateError::timed_out(), name::HEARTBEAT_TIMEOUT, false),
            ("a missed heartbeat", missed.clone(), name::HEARTBEAT_TIMEOUT, true),
            ("a missed heartbeat is a timeout", missed, name::TIMEOUT, true),
            ("the engine's data limit by name", StateError::data_limit("S"), name::DATA_LIMIT_EXCEEDED, true),
            ("the engine's data limit by wildcard", StateError::data_limit("S"), name::ALL, false),
            ("a task's data limit by wildcard", reported(name::DATA_LIMIT_EXCEEDED), name::ALL, true),
        ] {
            assert_eq!(error.matches(wanted), want, "{case}");
        }
        assert!(!StateError::fatal("").can_be_caught());
    }
}
