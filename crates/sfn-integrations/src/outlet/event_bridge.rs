//! EventBridge: putting events on the default bus.

use serde::{Deserialize, Serialize};

use crate::aws_json::{AwsJson, CallError, Service};
use crate::{Credentials, Endpoint};

/// Most entries in one call. API reference of EventBridge, `PutEvents`.
const BATCH_ENTRIES_MAX: usize = 10;

/// Most bytes of the entries in one call.
const BATCH_BYTES_MAX: usize = 256 * 1024;

/// What the time of an entry counts for.
const TIME_BYTES: usize = 14;

/// Amazon EventBridge, or a server that speaks like it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct EventBridge(AwsJson);

/// `PutEventsRequestEntry`
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Entry {
    /// When it happened, in seconds.
    pub(super) time: i64,
    /// The service that it comes from.
    pub(super) source: &'static str,
    /// ARNs of what it is about.
    pub(super) resources: [String; 1],
    /// Its type.
    pub(super) detail_type: &'static str,
    /// JSON text.
    pub(super) detail: String,
}

impl Entry {
    /// What it counts for in limits.
    fn bytes(&self) -> usize {
        let [resource] = &self.resources;
        TIME_BYTES + self.source.len() + resource.len() + self.detail_type.len() + self.detail.len()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PutEvents<'a> {
    entries: &'a [Entry],
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Put {
    #[serde(default)]
    failed_entry_count: usize,
    #[serde(default)]
    entries: Vec<PutEntry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PutEntry {
    error_code: Option<String>,
    error_message: Option<String>,
}

/// Entries that EventBridge did not take.
#[derive(Debug)]
pub(super) struct Refused {
    /// How many.
    pub(super) count: usize,
    /// Why the first was not taken.
    pub(super) problem: String,
}

impl EventBridge {
    /// A server at this endpoint. Requests are not signed.
    pub fn at(endpoint: Endpoint, region: &str) -> Self {
        let service = Service { name: "events", target: "AWSEvents" };
        Self(AwsJson::new(endpoint, region, service))
    }

    /// Signs requests with these.
    #[must_use]
    pub fn with_credentials(self, credentials: Credentials) -> Self {
        Self(self.0.with_credentials(credentials))
    }

    /// `PutEvents`, for entries of one [batch](batches).
    pub(super) async fn put(&self, entries: &[Entry]) -> Result<Option<Refused>, CallError> {
        // This shape cannot fail to be written.
        let request = serde_json::to_vec(&PutEvents { entries }).unwrap_or_default();
        let answer = self.0.call_patiently("PutEvents", &request.into()).await?;
        let put: Put = serde_json::from_slice(&answer).unwrap_or_default();
        if put.failed_entry_count == 0 {
            return Ok(None);
        }
        let failed = put.entries.into_iter().find(|entry| entry.error_code.is_some());
        let told = failed.map(|entry| [entry.error_code, entry.error_message]).unwrap_or_default();
        let problem = told.into_iter().flatten().collect::<Vec<_>>().join(": ");
        Ok(Some(Refused { count: put.failed_entry_count.min(entries.len()), problem }))
    }
}

/// Splits entries, in order, into what one call takes each.
pub(super) fn batches(entries: Vec<Entry>) -> Vec<Vec<Entry>> {
    let mut batches: Vec<Vec<Entry>> = Vec::new();
    let mut bytes = 0;
    for entry in entries {
        let fits = batches
            .last()
            .is_some_and(|batch| batch.len() < BATCH_ENTRIES_MAX && bytes + entry.bytes() <= BATCH_BYTES_MAX);
        if !fits {
            batches.push(Vec::new());
            bytes = 0;
        }
        bytes += entry.bytes();
        if let Some(batch) = batches.last_mut() {
            batch.push(entry);
        }
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(detail_bytes: usize) -> Entry {
        Entry {
            time: 1,
            source: "aws.states",
            resources: ["arn".to_owned()],
            detail_type: "t",
            detail: "x".repeat(detail_bytes),
        }
    }

    #[test]
    fn batches_keep_to_the_limits() {
        let sizes = |entries| batches(entries).iter().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(sizes(vec![entry(1); 21]), [10, 10, 1]);
        let beside = entry(0).bytes();
        assert_eq!(sizes(vec![entry(BATCH_BYTES_MAX / 2 - beside); 3]), [2, 1]);
        assert_eq!(sizes(vec![entry(BATCH_BYTES_MAX / 2 - beside + 1); 2]), [1, 1]);
    }
}
