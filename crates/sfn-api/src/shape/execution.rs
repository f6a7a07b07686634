//! Parts of executions that several operations show.

use serde::Serialize;

/// `CloudWatchEventsExecutionDataDetails`. Input and output are always
/// included in answers of the API.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct DataDetails {
    included: bool,
}

impl DataDetails {
    pub(crate) const INCLUDED: Self = Self { included: true };
}

/// The states of an execution, in the order in which AWS lists them.
pub(crate) const STATUSES: [&str; 6] =
    ["SUCCEEDED", "TIMED_OUT", "PENDING_REDRIVE", "ABORTED", "FAILED", "RUNNING"];

/// The values of `includedData`.
pub(crate) const INCLUDED_DATA: [&str; 2] = ["ALL_DATA", "METADATA_ONLY"];

/// Whether an execution can be redriven, and why not.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Redrive {
    redrive_status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    redrive_status_reason: Option<String>,
}

impl Redrive {
    pub(crate) fn of(status: &str) -> Self {
        if matches!(status, "RUNNING" | "SUCCEEDED") {
            Self {
                redrive_status: "NOT_REDRIVABLE",
                redrive_status_reason: Some(format!("Execution is {status} and cannot be redriven")),
            }
        } else {
            Self { redrive_status: "REDRIVABLE", redrive_status_reason: None }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_can_be_redriven() {
        let succeeded = r#"{"redriveStatus":"NOT_REDRIVABLE","redriveStatusReason":"Execution is SUCCEEDED and cannot be redriven"}"#;
        let failed = r#"{"redriveStatus":"REDRIVABLE"}"#;
        for (status, want) in [("SUCCEEDED", succeeded), ("TIMED_OUT", failed), ("FAILED", failed)] {
            assert_eq!(serde_json::to_string(&Redrive::of(status)).unwrap(), want);
        }
    }
}
