//! CloudWatch Logs: the operations that execution logs need.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use sfn_api::LogGroups;
use sfn_store::BoxFuture;

use crate::aws_json::{AwsJson, CallError, Service};
use crate::{Credentials, Endpoint};

/// Most bytes of one event, with what each counts for besides its message.
/// API reference of CloudWatch Logs, `PutLogEvents`.
pub(super) const EVENT_BYTES_MAX: usize = 256 * 1024;

/// What each event counts for besides its message.
const EVENT_BYTES_BESIDES: usize = 26;

/// Most bytes of the events in one call.
const BATCH_BYTES_MAX: usize = 1_048_576;

/// Most events in one call.
const BATCH_EVENTS_MAX: usize = 10_000;

/// Longest time from the first event to the last in one call.
const BATCH_SPAN_MILLISECONDS_MAX: i64 = 24 * 60 * 60 * 1_000;

/// Amazon CloudWatch Logs, or a server that speaks like it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct CloudWatchLogs(AwsJson);

/// One event of a log stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct LogEvent {
    /// When it happened, in milliseconds.
    pub(super) timestamp: i64,
    /// What happened.
    pub(super) message: String,
}

impl LogEvent {
    /// What it counts for in limits.
    pub(super) fn bytes(&self) -> usize {
        self.message.len() + EVENT_BYTES_BESIDES
    }
}

#[derive(Serialize)]
struct PutLogEvents<'a> {
    #[serde(rename = "logGroupName")]
    group: &'a str,
    #[serde(rename = "logStreamName")]
    stream: &'a str,
    #[serde(rename = "logEvents")]
    events: &'a [LogEvent],
}

#[derive(Serialize)]
struct CreateLogStream<'a> {
    #[serde(rename = "logGroupName")]
    group: &'a str,
    #[serde(rename = "logStreamName")]
    stream: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DescribeLogGroups<'a> {
    log_group_name_prefix: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<Cow<'a, str>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Put {
    rejected_log_events_info: Option<Rejected>,
}

/// `RejectedLogEventsInfo`: places in the call, from 0.
#[derive(Deserialize)]
struct Rejected {
    #[serde(rename = "tooNewLogEventStartIndex")]
    too_new_from: Option<usize>,
    #[serde(rename = "tooOldLogEventEndIndex")]
    too_old_to: Option<usize>,
    #[serde(rename = "expiredLogEventEndIndex")]
    expired_to: Option<usize>,
}

impl Rejected {
    /// How many of so many events were not taken.
    fn count(&self, events: usize) -> usize {
        // Ends are those of the first events, as far as they reach.
        let old = self.too_old_to.max(self.expired_to).unwrap_or(0);
        let new = self.too_new_from.map_or(0, |start| events.saturating_sub(start));
        old.saturating_add(new).min(events)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Described {
    #[serde(default)]
    log_groups: Vec<LogGroup>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LogGroup {
    log_group_name: Option<String>,
}

impl CloudWatchLogs {
    /// A server at this endpoint. Requests are not signed.
    pub fn at(endpoint: Endpoint, region: &str) -> Self {
        let service = Service { name: "logs", target: "Logs_20140328" };
        Self(AwsJson::new(endpoint, region, service))
    }

    /// Signs requests with these.
    #[must_use]
    pub fn with_credentials(self, credentials: Credentials) -> Self {
        Self(self.0.with_credentials(credentials))
    }

    /// `CreateLogStream`; one that is there is as good.
    pub(super) async fn create_stream(&self, group: &str, stream: &str) -> Result<(), CallError> {
        let request = CreateLogStream { group, stream };
        match self.0.call_patiently("CreateLogStream", &json(&request)).await {
            Err(error) if !error.is("ResourceAlreadyExistsException") => Err(error),
            _ => Ok(()),
        }
    }

    /// `PutLogEvents`, for events of one [batch](batches). Answers how many were
    /// not taken because they are too old or too new.
    pub(super) async fn put(
        &self,
        group: &str,
        stream: &str,
        events: &[LogEvent],
    ) -> Result<usize, CallError> {
        let request = PutLogEvents { group, stream, events };
        let answer = self.0.call_patiently("PutLogEvents", &json(&request)).await?;
        let put: Put = serde_json::from_slice(&answer).unwrap_or_default();
        Ok(put.rejected_log_events_info.map_or(0, |rejected| rejected.count(events.len())))
    }

    /// `DescribeLogGroups`: whether there is a log group of this name.
    async fn has_group(&self, name: &str) -> Result<bool, CallError> {
        /// The group itself is the first of those that begin with its name, so
        /// one page is enough; a few more do no harm.
        const PAGES_MAX: usize = 4;
        let mut next_token = None;
        for _ in 0..PAGES_MAX {
            let request = DescribeLogGroups { log_group_name_prefix: name, next_token };
            let answer = self.0.call("DescribeLogGroups", &json(&request)).await?;
            let Ok(described) = serde_json::from_slice::<Described>(&answer) else { return Ok(true) };
            if described.log_groups.iter().any(|group| group.log_group_name.as_deref() == Some(name)) {
                return Ok(true);
            }
            match described.next_token {
                Some(token) => next_token = Some(Cow::Owned(token)),
                None => return Ok(false),
            }
        }
        Ok(false)
    }
}

impl LogGroups for CloudWatchLogs {
    fn exists(&self, log_group_arn: &str) -> BoxFuture<bool> {
        let Some(name) = group_name(log_group_arn).map(str::to_owned) else {
            return Box::pin(std::future::ready(false));
        };
        let logs = self.clone();
        Box::pin(async move {
            logs.has_group(&name).await.unwrap_or_else(|error| {
                // Logging is best effort: that it cannot be asked for is no
                // reason to refuse the state machine.
                tracing::warn!(%error, "a log group could not be looked up");
                true
            })
        })
    }
}

/// The name in the ARN of a log group, such as
/// `arn:aws:logs:us-east-1:123456789012:log-group:NAME:*`.
pub(super) fn group_name(arn: &str) -> Option<&str> {
    let rest = arn.split_once(":log-group:")?.1;
    let name = rest.strip_suffix(":*").unwrap_or(rest);
    (!name.is_empty()).then_some(name)
}

/// Splits events into what one call takes each: in the order of time, within
/// the limits of size, number and span.
pub(super) fn batches(mut events: Vec<LogEvent>) -> Vec<Vec<LogEvent>> {
    events.sort_by_key(|event| event.timestamp);
    let mut batches: Vec<Vec<LogEvent>> = Vec::new();
    let mut bytes = 0;
    for event in events {
        let fits = batches.last().is_some_and(|batch| {
            let began_at = batch.first().map_or(event.timestamp, |first| first.timestamp);
            batch.len() < BATCH_EVENTS_MAX
                && bytes + event.bytes() <= BATCH_BYTES_MAX
                && event.timestamp - began_at < BATCH_SPAN_MILLISECONDS_MAX
        });
        if !fits {
            batches.push(Vec::new());
            bytes = 0;
        }
        bytes += event.bytes();
        if let Some(batch) = batches.last_mut() {
            batch.push(event);
        }
    }
    batches
}

/// A request's text. These shapes cannot fail to be written.
fn json(request: &impl Serialize) -> bytes::Bytes {
    serde_json::to_vec(request).unwrap_or_default().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_log_groups() {
        for (arn, want) in [
            (
                "arn:aws:logs:us-east-1:123456789012:log-group:/aws/vendedlogs/states/g:*",
                Some("/aws/vendedlogs/states/g"),
            ),
            ("arn:aws:logs:us-east-1:123456789012:log-group:g", Some("g")),
            ("arn:aws:logs:us-east-1:123456789012:log-group::*", None),
            ("arn:aws:s3:::bucket", None),
        ] {
            assert_eq!(group_name(arn), want, "{arn}");
        }
    }

    fn event(timestamp: i64, bytes: usize) -> LogEvent {
        LogEvent { timestamp, message: "x".repeat(bytes - EVENT_BYTES_BESIDES) }
    }

    fn sizes(events: Vec<LogEvent>) -> Vec<usize> {
        batches(events).iter().map(Vec::len).collect()
    }

    #[test]
    fn batches_keep_to_the_limits() {
        assert_eq!(sizes(vec![]), Vec::<usize>::new());
        assert_eq!(sizes(vec![event(1, EVENT_BYTES_MAX); 9]), [4, 4, 1], "of bytes");
        assert_eq!(sizes(vec![event(1, 26); BATCH_EVENTS_MAX + 1]), [BATCH_EVENTS_MAX, 1], "of number");
        let day = BATCH_SPAN_MILLISECONDS_MAX;
        assert_eq!(sizes(vec![event(0, 30), event(day - 1, 30), event(day, 30)]), [2, 1], "of span");
    }

    #[test]
    fn batches_are_in_the_order_of_time() {
        let batches = batches(vec![event(2, 30), event(1, 31), event(2, 32)]);
        let order: Vec<_> = batches.concat().iter().map(|event| (event.timestamp, event.bytes())).collect();
        assert_eq!(order, [(1, 31), (2, 30), (2, 32)]);
    }

    #[test]
    fn events_that_are_not_taken_are_counted() {
        for (text, want) in [
            (r#"{"tooNewLogEventStartIndex":7}"#, 3),
            (r#"{"tooOldLogEventEndIndex":2}"#, 2),
            (r#"{"tooOldLogEventEndIndex":2,"expiredLogEventEndIndex":4,"tooNewLogEventStartIndex":9}"#, 5),
            ("{}", 0),
        ] {
            assert_eq!(serde_json::from_str::<Rejected>(text).unwrap().count(10), want, "{text}");
        }
    }
}
