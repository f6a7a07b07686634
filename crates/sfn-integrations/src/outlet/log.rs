//! Log records on their way out.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::time::SystemTime;

use asl_runtime::{Field, HistoryEvent, Timestamp};
use sfn_api::{LogRecord, LogSettings};
use sfn_driver::{Entropy, ObservedExecution};

use super::cloud_watch_logs::{EVENT_BYTES_MAX, LogEvent, batches, group_name};
use super::lines::Lines;
use super::queue::{Outlet, Passed, Queue};
use super::{CloudWatchLogs, Destination, OutletsConfig};
use crate::aws_json::CallError;

/// What an event weighs in the queue besides its documents, in bytes.
const EVENT_WEIGHT: usize = 256;

/// Most log streams that are written at once; past it new ones are begun.
const STREAMS_MAX: usize = 1_024;

/// Events of one execution that are to be logged.
#[derive(Debug)]
pub(super) struct LogEntry {
    execution: Arc<ObservedExecution>,
    log_group_arn: Arc<str>,
    include_execution_data: bool,
    events: Vec<HistoryEvent>,
}

impl LogEntry {
    pub(super) fn new(
        execution: &Arc<ObservedExecution>,
        settings: &LogSettings,
        events: Vec<HistoryEvent>,
    ) -> Self {
        Self {
            execution: Arc::clone(execution),
            log_group_arn: Arc::clone(&settings.log_group_arn),
            include_execution_data: settings.include_execution_data,
            events,
        }
    }

    pub(super) fn push_to(self, queue: &Queue<Self>) {
        let (bytes, events) = (self.events.iter().map(weight).sum(), self.events.len());
        queue.push(self, bytes, events);
    }

    fn record<'e>(&'e self, event: &'e HistoryEvent) -> LogRecord<'e> {
        LogRecord {
            event,
            execution_arn: &self.execution.arn,
            redrive_count: self.execution.redrive_count,
            include_execution_data: self.include_execution_data,
        }
    }
}

fn weight(event: &HistoryEvent) -> usize {
    let fields = event.kind.details().map(|(_, fields)| fields).unwrap_or_default();
    let documents = fields.iter().map(|(_, field)| match field {
        Field::Document(document) | Field::Variables(document) => document.text().len(),
        Field::Text(text) => text.len(),
        Field::Integer(_) | Field::Credentials(_) => 0,
    });
    documents.fold(EVENT_WEIGHT, usize::saturating_add)
}

/// Where log records go.
#[derive(Debug)]
pub(super) enum LogOutlet {
    /// To lines.
    Lines(Lines),
    /// To log streams.
    Streams(Box<Streams>),
}

/// The log streams of CloudWatch Logs that are written.
#[derive(Debug)]
pub(super) struct Streams {
    logs: CloudWatchLogs,
    entropy: Entropy,
    /// The streams that were made, by log group and state machine.
    made: BTreeMap<(String, String), String>,
}

impl LogOutlet {
    pub(super) fn open(destination: &Destination, config: &OutletsConfig) -> io::Result<Self> {
        Ok(match destination {
            Destination::Stdout => Self::Lines(Lines::Stdout),
            Destination::File(path) => Self::Lines(Lines::open(path)?),
            Destination::Endpoint(endpoint) => {
                let mut logs = CloudWatchLogs::at(endpoint.clone(), &config.region);
                if let Some(credentials) = &config.credentials {
                    logs = logs.with_credentials(credentials.clone());
                }
                Self::Streams(Box::new(Streams {
                    logs,
                    entropy: config.entropy.clone(),
                    made: BTreeMap::new(),
                }))
            }
        })
    }
}

impl Outlet<LogEntry> for LogOutlet {
    async fn pass_on(&mut self, entries: Vec<LogEntry>) -> Passed {
        match self {
            Self::Lines(lines) => write(lines, &entries).await,
            Self::Streams(streams) => streams.put(entries).await,
        }
    }
}

async fn write(lines: &Lines, entries: &[LogEntry]) -> Passed {
    let mut text = Vec::new();
    let mut passed = Passed::default();
    let mut records = 0;
    for entry in entries {
        for event in &entry.events {
            match serde_json::to_vec(&entry.record(event)) {
                Ok(record) => {
                    text.extend(record);
                    text.push(b'\n');
                    records += 1;
                }
                Err(error) => passed.add(1, Err(error.to_string())),
            }
        }
    }
    passed.add(records, lines.write(text).await.map_err(|error| error.to_string()));
    passed
}

impl Streams {
    async fn put(&mut self, entries: Vec<LogEntry>) -> Passed {
        let mut passed = Passed::default();
        let now = milliseconds(SystemTime::now());
        let mut by_stream: BTreeMap<(String, String), Vec<LogEvent>> = BTreeMap::new();
        for entry in &entries {
            let Some(group) = group_name(&entry.log_group_arn) else {
                passed.add(entry.events.len(), Err(format!("{} names no log group", entry.log_group_arn)));
                continue;
            };
            let machine = entry.execution.state_machine_arn.rsplit(':').next().unwrap_or_default();
            let events = by_stream.entry((group.to_owned(), machine.to_owned())).or_default();
            for event in &entry.events {
                let message = serde_json::to_string(&entry.record(event)).map_err(|error| error.to_string());
                // Virtual time may be far ahead, which CloudWatch Logs refuses.
                let timestamp = event.timestamp.timestamp_millis().min(now);
                match message.map(|message| LogEvent { timestamp, message }) {
                    Ok(event) if event.bytes() <= EVENT_BYTES_MAX => events.push(event),
                    Ok(event) => {
                        passed.add(1, Err(format!("a record of {} bytes is too long", event.bytes())));
                    }
                    Err(problem) => passed.add(1, Err(problem)),
                }
            }
        }
        for (key, events) in by_stream {
            for batch in batches(events) {
                match self.put_batch(&key, &batch).await {
                    Ok(0) => passed.add(batch.len(), Ok(())),
                    Ok(rejected) => {
                        passed.add(batch.len().saturating_sub(rejected), Ok(()));
                        passed.add(rejected, Err("records were refused as too old or too new".to_owned()));
                    }
                    Err(error) => passed.add(batch.len(), Err(error.to_string())),
                }
            }
        }
        passed
    }

    /// Puts a batch into the stream of its group and machine, which is made if
    /// it is not there, or no more.
    async fn put_batch(&mut self, key: &(String, String), batch: &[LogEvent]) -> Result<usize, CallError> {
        if let Some(stream) = self.made.get(key) {
            match self.logs.put(&key.0, stream, batch).await {
                Err(error) if error.is("ResourceNotFoundException") => {}
                answer => return answer,
            }
        }
        let stream = self.stream_name(&key.1);
        self.made.remove(key);
        self.logs.create_stream(&key.0, &stream).await?;
        if self.made.len() >= STREAMS_MAX {
            self.made.clear();
        }
        self.made.insert(key.clone(), stream.clone());
        self.logs.put(&key.0, &stream, batch).await
    }

    /// A new name, after the pattern of Step Functions.
    fn stream_name(&self, machine: &str) -> String {
        let now = Timestamp::from_timestamp_millis(milliseconds(SystemTime::now())).unwrap_or_default();
        let minute = now.format("%Y-%m-%d-%H-%M");
        format!("states/{machine}/{minute}/{:08x}", self.entropy.draw() >> 96)
    }
}

fn milliseconds(time: SystemTime) -> i64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
