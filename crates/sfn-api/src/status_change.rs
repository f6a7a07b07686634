//! What Step Functions tells EventBridge when the status of a Standard
//! execution changes. Developer guide, *Automating Step Functions event
//! delivery with EventBridge*.

use asl_runtime::EventId;
use serde::ser::{Serialize, Serializer};
use sfn_store::{Closed, ExecutionStatus};

use crate::shape::execution::{DataDetails, Redrive};
use crate::{Timestamp, escaped};

/// Most bytes of input and output together, as the event's JSON escapes them.
pub const STATUS_DATA_BYTES_MAX: usize = 248 * 1024;

/// The detail of an event of the type `Step Functions Execution Status Change`:
/// members that do not apply are null.
#[derive(Clone, Copy, Debug)]
pub struct StatusChange<'e> {
    /// ARN of the execution.
    pub execution_arn: &'e str,
    /// ARN of its state machine.
    pub state_machine_arn: &'e str,
    /// ARN of the version that it was started on, if on one.
    pub state_machine_version_arn: Option<&'e str>,
    /// ARN of the alias that it was started on, if on one.
    pub state_machine_alias_arn: Option<&'e str>,
    /// Name of the execution.
    pub name: &'e str,
    /// The text of its input.
    pub input: &'e str,
    /// When it was started.
    pub started_at: Timestamp,
    /// How often it was redriven.
    pub redrive_count: u32,
    /// When it was last redriven.
    pub redriven_at: Option<Timestamp>,
    /// Whether it is the child of a map run.
    pub is_child: bool,
    /// The last event of its history.
    pub last_event_id: EventId,
    /// How it ended; none if it runs.
    pub closed: Option<&'e Closed>,
}

#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct Detail<'e> {
    execution_arn: &'e str,
    state_machine_arn: &'e str,
    name: &'e str,
    status: &'static str,
    start_date: i64,
    stop_date: Option<i64>,
    input: Option<&'e str>,
    output: Option<&'e str>,
    state_machine_version_arn: Option<&'e str>,
    state_machine_alias_arn: Option<&'e str>,
    redrive_count: u32,
    redrive_date: Option<i64>,
    redrive_status: &'static str,
    redrive_status_reason: Option<&'e str>,
    input_details: DataDetails,
    output_details: Option<DataDetails>,
    error: Option<&'e str>,
    cause: Option<&'e str>,
}

impl Serialize for StatusChange<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let outcome = self.closed.map(|closed| &closed.outcome);
        let status = outcome.map_or(ExecutionStatus::Running, sfn_store::Outcome::status);
        let output = outcome.and_then(|outcome| outcome.output());
        let failure = outcome.and_then(|outcome| outcome.failure());
        let redrive = Redrive::at_end(status, self.last_event_id.0, self.is_child);
        // An output that is too long by itself is left out, and an input that
        // is too long beside the output.
        let output_bytes = output.map_or(0, |output| escaped::bytes(output));
        let has_output = output_bytes <= STATUS_DATA_BYTES_MAX;
        let has_input = escaped::bytes(self.input) + output_bytes <= STATUS_DATA_BYTES_MAX;
        Detail {
            execution_arn: self.execution_arn,
            state_machine_arn: self.state_machine_arn,
            name: self.name,
            status: status.as_str(),
            start_date: self.started_at.timestamp_millis(),
            stop_date: self.closed.map(|closed| closed.stopped_at.timestamp_millis()),
            input: has_input.then_some(self.input),
            output: output.filter(|_| has_output).map(|output| &**output),
            state_machine_version_arn: self.state_machine_version_arn,
            state_machine_alias_arn: self.state_machine_alias_arn,
            redrive_count: self.redrive_count,
            redrive_date: self.redriven_at.map(|at| at.timestamp_millis()),
            redrive_status: redrive.status(),
            redrive_status_reason: redrive.reason(),
            input_details: DataDetails { included: has_input },
            output_details: output.map(|_| DataDetails { included: has_output }),
            error: failure.and_then(|failure| failure.error.as_deref()),
            cause: failure.and_then(|failure| failure.cause.as_deref()),
        }
        .serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use sfn_store::{Failure, Outcome};

    use super::*;

    fn change<'e>(input: &'e str, closed: Option<&'e Closed>) -> StatusChange<'e> {
        StatusChange {
            execution_arn: "arn:e",
            state_machine_arn: "arn:m",
            state_machine_version_arn: Some("arn:m:1"),
            state_machine_alias_arn: None,
            name: "e",
            input,
            started_at: Timestamp::from_timestamp_millis(1_001).unwrap(),
            redrive_count: 0,
            redriven_at: None,
            is_child: false,
            last_event_id: EventId(4),
            closed,
        }
    }

    fn closed(outcome: Outcome) -> Closed {
        Closed { stopped_at: Timestamp::from_timestamp_millis(1_022).unwrap(), outcome }
    }

    fn shown(change: &StatusChange<'_>) -> serde_json::Value {
        serde_json::to_value(change).unwrap()
    }

    #[test]
    fn what_does_not_apply_is_null() {
        assert_eq!(
            serde_json::to_string(&change("{}", None)).unwrap(),
            concat!(
                r#"{"executionArn":"arn:e","stateMachineArn":"arn:m","name":"e","status":"RUNNING","#,
                r#""startDate":1001,"stopDate":null,"input":"{}","output":null,"#,
                r#""stateMachineVersionArn":"arn:m:1","stateMachineAliasArn":null,"redriveCount":0,"#,
                r#""redriveDate":null,"redriveStatus":"NOT_REDRIVABLE","#,
                r#""redriveStatusReason":"Execution is RUNNING and cannot be redriven","#,
                r#""inputDetails":{"included":true},"outputDetails":null,"error":null,"cause":null}"#
            )
        );
    }

    #[test]
    fn ends_are_told() {
        let succeeded = shown(&change("{}", Some(&closed(Outcome::Succeeded { output: "1".into() }))));
        assert_eq!((&succeeded["status"], &succeeded["output"]), (&"SUCCEEDED".into(), &"1".into()));
        assert_eq!(succeeded["outputDetails"]["included"], true);
        assert_eq!(succeeded["stopDate"], 1_022);
        let failure = Failure { error: Some("E".into()), cause: None };
        let failed = shown(&change("{}", Some(&closed(Outcome::Failed(failure)))));
        assert_eq!((&failed["status"], &failed["error"]), (&"FAILED".into(), &"E".into()));
        assert_eq!(failed["redriveStatus"], "REDRIVABLE");
        assert!(failed["redriveStatusReason"].is_null() && failed["outputDetails"].is_null());
    }

    #[test]
    fn input_then_output_are_left_out_when_too_long() {
        let half = "x".repeat(STATUS_DATA_BYTES_MAX / 2 + 1);
        let whole = half.repeat(2);
        let included = |input: &str, output: &str| {
            let closed = closed(Outcome::Succeeded { output: output.into() });
            let shown = shown(&change(input, Some(&closed)));
            assert_eq!(shown["input"].is_string(), shown["inputDetails"]["included"] == true);
            assert_eq!(shown["output"].is_string(), shown["outputDetails"]["included"] == true);
            (shown["input"].is_string(), shown["output"].is_string())
        };
        assert_eq!(included(&half, "1"), (true, true));
        assert_eq!(included(&half, &half), (false, true));
        assert_eq!(included("1", &whole), (false, false));
    }
}
