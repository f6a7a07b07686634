//! Events of status changes on their way out.

use std::io;
use std::sync::Arc;

use asl_runtime::{EventId, HistoryEvent, Timestamp};
use serde::Serialize;
use sfn_api::StatusChange;
use sfn_driver::{Entropy, ObservedExecution};
use sfn_store::Closed;

use super::event_bridge::{Entry, EventBridge, batches};
use super::lines::Lines;
use super::queue::{Outlet, Passed, Queue};
use super::{Destination, OutletsConfig};

const SOURCE: &str = "aws.states";
const DETAIL_TYPE: &str = "Step Functions Execution Status Change";

/// What an event weighs in the queue besides input and output, in bytes.
const EVENT_WEIGHT: usize = 1_024;

/// One change of an execution's status.
#[derive(Debug)]
pub(super) struct StatusEntry {
    execution: Arc<ObservedExecution>,
    /// How it ended; none if it runs.
    closed: Option<Closed>,
    last_event_id: EventId,
    at: Timestamp,
}

impl StatusEntry {
    /// The change with which `last` was the last event.
    pub(super) fn new(
        execution: &Arc<ObservedExecution>,
        last: Option<&HistoryEvent>,
        closed: Option<Closed>,
    ) -> Self {
        let began_at = execution.redriven_at.unwrap_or(execution.started_at);
        Self {
            at: closed.as_ref().map_or(began_at, |closed| closed.stopped_at),
            last_event_id: last.map(|event| event.id).unwrap_or_default(),
            execution: Arc::clone(execution),
            closed,
        }
    }

    pub(super) fn push_to(self, queue: &Queue<Self>) {
        let output = self.closed.as_ref().and_then(|closed| closed.outcome.output());
        let bytes = EVENT_WEIGHT + self.execution.input.len() + output.map_or(0, |output| output.len());
        queue.push(self, bytes, 1);
    }

    fn detail(&self) -> StatusChange<'_> {
        let execution = &self.execution;
        StatusChange {
            execution_arn: &execution.arn,
            state_machine_arn: &execution.state_machine_arn,
            state_machine_version_arn: execution.state_machine_version_arn.as_deref(),
            state_machine_alias_arn: execution.state_machine_alias_arn.as_deref(),
            name: &execution.name,
            input: &execution.input,
            started_at: execution.started_at,
            redrive_count: execution.redrive_count,
            redriven_at: execution.redriven_at,
            is_child: execution.is_child,
            last_event_id: self.last_event_id,
            closed: self.closed.as_ref(),
        }
    }
}

/// An event as EventBridge hands it to targets.
#[derive(Serialize)]
struct Event<'e> {
    version: &'static str,
    id: String,
    #[serde(rename = "detail-type")]
    detail_type: &'static str,
    source: &'static str,
    account: &'e str,
    time: String,
    region: &'e str,
    resources: [&'e str; 1],
    detail: StatusChange<'e>,
}

/// Where events go.
#[derive(Debug)]
pub(super) enum StatusOutlet {
    /// To lines, as EventBridge would hand them to targets.
    Lines(Lines, Entropy),
    /// To EventBridge.
    Bus(Box<EventBridge>),
}

impl StatusOutlet {
    pub(super) fn open(destination: &Destination, config: &OutletsConfig) -> io::Result<Self> {
        Ok(match destination {
            Destination::Stdout => Self::Lines(Lines::Stdout, config.entropy.clone()),
            Destination::File(path) => Self::Lines(Lines::open(path)?, config.entropy.clone()),
            Destination::Endpoint(endpoint) => {
                let bus = EventBridge::at(endpoint.clone(), &config.region);
                Self::Bus(Box::new(match &config.credentials {
                    Some(credentials) => bus.with_credentials(credentials.clone()),
                    None => bus,
                }))
            }
        })
    }
}

impl Outlet<StatusEntry> for StatusOutlet {
    async fn pass_on(&mut self, entries: Vec<StatusEntry>) -> Passed {
        match self {
            Self::Lines(lines, entropy) => write(lines, entropy, &entries).await,
            Self::Bus(bus) => put(bus, &entries).await,
        }
    }
}

async fn write(lines: &Lines, entropy: &Entropy, entries: &[StatusEntry]) -> Passed {
    let mut text = Vec::new();
    let mut passed = Passed::default();
    let mut events = 0;
    for entry in entries {
        match serde_json::to_vec(&event(entry, entropy)) {
            Ok(event) => {
                text.extend(event);
                text.push(b'\n');
                events += 1;
            }
            Err(error) => passed.add(1, Err(error.to_string())),
        }
    }
    passed.add(events, lines.write(text).await.map_err(|error| error.to_string()));
    passed
}

fn event<'e>(entry: &'e StatusEntry, entropy: &Entropy) -> Event<'e> {
    // arn:aws:states:REGION:ACCOUNT:...
    let part = |place| entry.execution.arn.split(':').nth(place).unwrap_or_default();
    Event {
        version: "0",
        id: uuid::Builder::from_random_bytes(entropy.draw().to_be_bytes()).into_uuid().to_string(),
        detail_type: DETAIL_TYPE,
        source: SOURCE,
        account: part(4),
        time: entry.at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        region: part(3),
        resources: [&entry.execution.arn],
        detail: entry.detail(),
    }
}

async fn put(bus: &EventBridge, entries: &[StatusEntry]) -> Passed {
    let mut passed = Passed::default();
    let mut put = Vec::new();
    for entry in entries {
        match serde_json::to_string(&entry.detail()) {
            Ok(detail) => put.push(Entry {
                time: entry.at.timestamp(),
                source: SOURCE,
                resources: [entry.execution.arn.to_string()],
                detail_type: DETAIL_TYPE,
                detail,
            }),
            Err(error) => passed.add(1, Err(error.to_string())),
        }
    }
    for batch in batches(put) {
        match bus.put(&batch).await {
            Ok(None) => passed.add(batch.len(), Ok(())),
            Ok(Some(refused)) => {
                passed.add(batch.len().saturating_sub(refused.count), Ok(()));
                passed.add(refused.count, Err(refused.problem));
            }
            Err(error) => passed.add(batch.len(), Err(error.to_string())),
        }
    }
    passed
}
