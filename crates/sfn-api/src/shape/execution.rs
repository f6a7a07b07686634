//! Parts of executions that several operations show.

use asl_runtime::Limits;
use serde::Serialize;
use sfn_store::{ExecutionRecord, ExecutionStatus};

/// `CloudWatchEventsExecutionDataDetails`. Input and output are always
/// included in answers of the API.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct DataDetails {
    included: bool,
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

impl Redrive {
    pub(crate) fn of(execution: &ExecutionRecord) -> Self {
        let status = execution.status();
        let reason = if matches!(status, ExecutionStatus::Running | ExecutionStatus::Succeeded) {
            Some(format!("Execution is {} and cannot be redriven", status.as_str()))
        } else if execution.last_event_id.get() > Limits::REDRIVE_EVENTS_MAX {
            Some("Execution history event limit exceeded".to_owned())
        } else {
            None
        };
        let redrive_status = match reason {
            Some(_) => "NOT_REDRIVABLE",
            None if execution.map_run.is_some() => "REDRIVABLE_BY_MAP_RUN",
            None => "REDRIVABLE",
        };
        Self { redrive_status, redrive_status_reason: reason }
    }

    /// Why it cannot be redriven, if it cannot.
    pub(crate) fn reason(&self) -> Option<&str> {
        self.redrive_status_reason.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use sfn_store::id::{EventId, RevisionId};
    use sfn_store::{Closed, Failure, MapRunLink, Outcome};

    use super::*;
    use crate::Timestamp;

    #[test]
    fn what_failed_can_be_redriven() {
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
        for (case, record, want) in [
            (
                "succeeded",
                record(Some(Outcome::Succeeded { output: "1".into() }), "m:e", 4),
                r#"{"redriveStatus":"NOT_REDRIVABLE","redriveStatusReason":"Execution is SUCCEEDED and cannot be redriven"}"#,
            ),
            (
                "running",
                record(None, "m:e", 4),
                r#"{"redriveStatus":"NOT_REDRIVABLE","redriveStatusReason":"Execution is RUNNING and cannot be redriven"}"#,
            ),
            ("timed out", record(failed(), "m:e", 4), r#"{"redriveStatus":"REDRIVABLE"}"#),
            ("a child", record(failed(), "m/l:e", 4), r#"{"redriveStatus":"REDRIVABLE_BY_MAP_RUN"}"#),
            (
                "a full history",
                record(failed(), "m:e", 25_000),
                r#"{"redriveStatus":"NOT_REDRIVABLE","redriveStatusReason":"Execution history event limit exceeded"}"#,
            ),
        ] {
            assert_eq!(serde_json::to_string(&Redrive::of(&record)).unwrap(), want, "{case}");
        }
    }
}
