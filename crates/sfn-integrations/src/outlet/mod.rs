//! What executions tell of themselves, passed on: log records, and events of
//! their changes of status. Neither is guaranteed to arrive, as on AWS, where
//! both are best effort.

mod cloud_watch_logs;
mod destination;
mod event_bridge;
mod lines;
mod log;
mod queue;
mod status;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use asl_runtime::EventKind;
use sfn_api::LogSettings;
use sfn_driver::{Entropy, ExecutionObserver, Observation, ObservedExecution, Observer};
use sfn_store::{BoxFuture, MachineType};
use tokio::sync::watch;

use crate::Credentials;

pub use cloud_watch_logs::CloudWatchLogs;
pub use destination::{Destination, DestinationError};
pub use event_bridge::EventBridge;

use log::{LogEntry, LogOutlet};
use queue::Queue;
use status::{StatusEntry, StatusOutlet};

/// How long what waits may take once the process is to end.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(5);

/// What outlets need.
#[derive(Clone, Debug)]
pub struct OutletsConfig {
    /// Where log records go, if anywhere.
    pub logs: Option<Destination>,
    /// Where events go, if anywhere.
    pub events: Option<Destination>,
    /// The AWS region that requests are signed for.
    pub region: String,
    /// What requests are signed with, if at all.
    pub credentials: Option<Credentials>,
    /// Where the ids of events and log streams come from.
    pub entropy: Entropy,
}

/// Observes executions for the destinations that are configured.
#[derive(Clone, Debug)]
pub struct Outlets {
    logs: Option<Queue<LogEntry>>,
    events: Option<Queue<StatusEntry>>,
    released: Arc<watch::Sender<bool>>,
}

impl Outlets {
    /// Opens the destinations, on the current tokio runtime. Nothing is passed
    /// on before it is [released](Self::release). Fails if a file cannot be
    /// written.
    pub fn start(config: &OutletsConfig) -> io::Result<Self> {
        let released = Arc::new(watch::Sender::new(false));
        let logs = match &config.logs {
            None => None,
            Some(destination) => {
                let outlet = LogOutlet::open(destination, config)?;
                Some(Queue::start("log records", outlet, released.subscribe()))
            }
        };
        let events = match &config.events {
            None => None,
            Some(destination) => {
                let outlet = StatusOutlet::open(destination, config)?;
                Some(Queue::start("events of status changes", outlet, released.subscribe()))
            }
        };
        Ok(Self { logs, events, released })
    }

    /// Begins to pass on what is heard, and was heard before.
    pub fn release(&self) {
        self.released.send_replace(true);
    }
}

impl Observer for Outlets {
    fn attend(&self, execution: &ObservedExecution) -> Option<Arc<dyn ExecutionObserver>> {
        let settings = || execution.logging.as_deref().and_then(LogSettings::read);
        let logs = self.logs.as_ref().and_then(|logs| Some((logs.clone(), settings()?)));
        let events = self.events.clone().filter(|_| execution.machine_type == MachineType::Standard);
        if logs.is_none() && events.is_none() {
            return None;
        }
        Some(Arc::new(Attended { execution: Arc::new(execution.clone()), logs, events }))
    }

    fn counts(&self) -> Vec<(&'static str, u64)> {
        let mut counts = Vec::new();
        if let Some(logs) = &self.logs {
            counts.push(("stepwell_log_records_sent_total", logs.counts().sent()));
            counts.push(("stepwell_log_records_dropped_total", logs.counts().dropped()));
        }
        if let Some(events) = &self.events {
            counts.push(("stepwell_status_events_sent_total", events.counts().sent()));
            counts.push(("stepwell_status_events_dropped_total", events.counts().dropped()));
        }
        counts
    }

    fn stop(&self) -> BoxFuture<()> {
        let Self { logs, events, .. } = self.clone();
        Box::pin(async move {
            let logs = async {
                if let Some(logs) = logs {
                    logs.flush(FLUSH_TIMEOUT).await;
                }
            };
            let events = async {
                if let Some(events) = events {
                    events.flush(FLUSH_TIMEOUT).await;
                }
            };
            tokio::join!(logs, events);
        })
    }
}

/// An execution that is observed.
#[derive(Debug)]
struct Attended {
    execution: Arc<ObservedExecution>,
    logs: Option<(Queue<LogEntry>, LogSettings)>,
    events: Option<Queue<StatusEntry>>,
}

impl ExecutionObserver for Attended {
    fn hear(&self, observation: Observation) {
        let Observation { mut events, is_start, closed } = observation;
        if let Some(queue) = &self.events {
            let is_redriven =
                events.iter().any(|event| matches!(event.kind, EventKind::ExecutionRedriven(_)));
            let last = events.last();
            let entry = |closed| StatusEntry::new(&self.execution, last, closed);
            if is_start || is_redriven {
                entry(None).push_to(queue);
            }
            if closed.is_some() {
                entry(closed).push_to(queue);
            }
        }
        if let Some((queue, settings)) = &self.logs {
            events.retain(|event| settings.level.includes(&event.kind));
            if !events.is_empty() {
                LogEntry::new(&self.execution, settings, events).push_to(queue);
            }
        }
    }
}
