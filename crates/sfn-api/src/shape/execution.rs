//! Parts of executions that several operations show.

use asl_runtime::Limits;
use chrono::TimeDelta;
use serde::Serialize;
use sfn_store::{ExecutionRecord, ExecutionStatus, StateMachineStatus};

use crate::{Api, ApiError, Timestamp};

/// `CloudWatchEventsExecutionDataDetails`. Input and output are always
/// included in answers of the API.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct DataDetails {
    pub(crate) included: bool,
}

impl DataDetails {
    pub(crate) const INCLUDED: Self = Self { included: true };
}

/// Whether an execution can be redriven, and why not.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Redrive {
    redrive_status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    redrive_status_reason: Option<String>,
}

/// How long after its end an execution may be redriven. API reference,
/// `RedriveExecution`.
const PERIOD: TimeDelta = TimeDelta::days(14);

/// How long after its start.
const AGE_MAX: TimeDelta = TimeDelta::days(365);

impl Redrive {
    /// That of an execution which ends now, with this status and so many events.
    pub(crate) fn at_end(status: ExecutionStatus, events: u64, is_child: bool) -> Self {
        Self::new(state_reason(status, events), is_child)
    }

    /// Whether an execution can be redriven now.
    pub(crate) async fn of(api: &Api, execution: &ExecutionRecord) -> Result<Self, ApiError> {
        let mut reason = reason(execution, api.host.now());
        if reason.is_none() {
            let machine = api.store.state_machine(&execution.arn.state_machine()).await?;
            if machine.is_none_or(|machine| machine.status == StateMachineStatus::Deleting) {
                reason = Some("State machine is in DELETING status".to_owned());
            }
        }
        Ok(Self::new(reason, execution.map_run.is_some()))
    }

    fn new(reason: Option<String>, is_child: bool) -> Self {
        let redrive_status = match reason {
            Some(_) => "NOT_REDRIVABLE",
            None if is_child => "REDRIVABLE_BY_MAP_RUN",
            None => "REDRIVABLE",
        };
        Self { redrive_status, redrive_status_reason: reason }
    }

    /// `redriveStatus`
    pub(crate) fn status(&self) -> &'static str {
        self.redrive_status
    }

    /// Why it cannot be redriven, if it cannot.
    pub(crate) fn reason(&self) -> Option<&str> {
        self.redrive_status_reason.as_deref()
    }
}

/// Why an execution cannot be redriven, as far as it tells by itself. API
/// reference, `redriveStatusReason`.
fn reason(execution: &ExecutionRecord, now: Timestamp) -> Option<String> {
    let reason = state_reason(execution.status(), execution.last_event_id.get());
    let stopped_at = execution.closed.as_ref().map_or(now, |closed| closed.stopped_at);
    reason.or_else(|| {
        if now - execution.started_at > AGE_MAX {
            Some("Execution has exceeded the max execution time".to_owned())
        } else if now - stopped_at > PERIOD {
            Some("Execution redrivable period exceeded".to_owned())
        } else {
            None
        }
    })
}

/// Why an execution of this status and with so many events cannot be redriven,
/// whenever that is.
fn state_reason(status: ExecutionStatus, events: u64) -> Option<String> {
    if matches!(status, ExecutionStatus::Running | ExecutionStatus::Succeeded) {
        Some(format!("Execution is {} and cannot be redriven", status.as_str()))
    } else if events > Limits::REDRIVE_EVENTS_MAX {
        Some("Execution history event limit exceeded".to_owned())
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use sfn_store::id::{EventId, RevisionId};
    use sfn_store::{Closed, Failure, MapRunLink, Outcome};

    use super::*;

    #[test]
    fn what_failed_of_late_can_be_redriven() {
        let machine = "arn:aws:states:us-east-1:123456789012";
        let record = |outcome: Option<Outcome>, arn: &str, last: u64| ExecutionRecord {
            arn: format!("{machine}:execution:{arn}").parse().unwrap(),
            revision: RevisionId::new("r").unwrap(),
            started_on: None,
            map_run: arn.contains('/').then(|| MapRunLink {
                map_run: format!("{machine}:mapRun:m/l:u").parse().unwrap(),
                number: 0,
                items: 1,
            }),
            input: "{}".into(),
            trace_header: None,
            test_case: None,
            started_at: Timestamp::UNIX_EPOCH,
            redrive_count: 0,
            redriven_at: None,
            last_event_id: EventId::new(last),
            closed: outcome.map(|outcome| Closed { stopped_at: Timestamp::UNIX_EPOCH, outcome }),
        };
        let failed = || Some(Outcome::TimedOut(Failure::default()));
        let succeeded = || Some(Outcome::Succeeded { output: "1".into() });
        for (case, record, days, want) in [
            ("succeeded", record(succeeded(), "m:e", 4), 0, "Execution is SUCCEEDED and cannot be redriven"),
            ("running", record(None, "m:e", 4), 0, "Execution is RUNNING and cannot be redriven"),
            ("timed out", record(failed(), "m:e", 4), 14, ""),
            ("a child", record(failed(), "m/l:e", 4), 0, ""),
            ("a full history", record(failed(), "m:e", 25_000), 0, "Execution history event limit exceeded"),
            ("two weeks ago", record(failed(), "m:e", 4), 15, "Execution redrivable period exceeded"),
            ("a year ago", record(failed(), "m:e", 4), 366, "Execution has exceeded the max execution time"),
        ] {
            let now = Timestamp::UNIX_EPOCH + TimeDelta::days(days);
            assert_eq!(reason(&record, now).unwrap_or_default(), want, "{case}");
        }
    }
}
