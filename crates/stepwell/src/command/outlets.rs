//! Where a server passes on what executions tell of themselves.

use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use sfn_driver::Entropy;
use sfn_integrations::{CloudWatchLogs, Destination, Outlets, OutletsConfig};
use sfn_server::LogGroups;

use super::entropy::seed;
use super::tasks::{credentials, endpoint};

/// Where log records and events go.
#[derive(Debug, Args)]
pub(crate) struct OutletArguments {
    /// Where state machines log to whose `loggingConfiguration` says so:
    /// `stdout` or `file:PATH`, one JSON record a line, or the endpoint of the
    /// CloudWatch Logs API
    ///
    /// At an endpoint the log group must exist, which is checked when a state
    /// machine is created. `AWS_ENDPOINT_URL_LOGS`,
    /// `AWS_ENDPOINT_URL_CLOUDWATCH_LOGS` and `AWS_ENDPOINT_URL` are read too,
    /// in this order. Calls are signed if there are credentials in
    /// `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`.
    #[arg(long, value_name = "DEST", env = "STEPWELL_EXECUTION_LOGS")]
    execution_logs: Option<Destination>,
    /// Where events go that tell of status changes of Standard executions:
    /// `stdout` or `file:PATH`, one JSON event a line, or the endpoint of the
    /// EventBridge API
    ///
    /// `AWS_ENDPOINT_URL_EVENTS` and `AWS_ENDPOINT_URL_EVENTBRIDGE` are read too,
    /// in this order. The source of the events is `aws.states`, which
    /// EventBridge itself takes from AWS only, but emulators take from anybody.
    #[arg(long, value_name = "DEST", env = "STEPWELL_EVENTS")]
    events: Option<Destination>,
}

impl OutletArguments {
    /// What was configured.
    pub(crate) fn config(&self, region: &str) -> anyhow::Result<OutletsConfig> {
        let names = ["AWS_ENDPOINT_URL_LOGS", "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", "AWS_ENDPOINT_URL"];
        let logs = destination("CloudWatch Logs", self.execution_logs.as_ref(), &names)?;
        let names = ["AWS_ENDPOINT_URL_EVENTS", "AWS_ENDPOINT_URL_EVENTBRIDGE"];
        let events = destination("EventBridge", self.events.as_ref(), &names)?;
        // The system gives bits here, if it ever does.
        seed()?;
        Ok(OutletsConfig {
            logs,
            events,
            region: region.to_owned(),
            credentials: credentials(),
            entropy: Entropy::new(|| seed().unwrap_or_default()),
        })
    }
}

fn destination(
    service: &str,
    option: Option<&Destination>,
    names: &[&str],
) -> anyhow::Result<Option<Destination>> {
    match option {
        Some(destination) => Ok(Some(destination.clone())),
        None => Ok(endpoint(service, None, names)?.map(Destination::Endpoint)),
    }
}

/// Opens the outlets, if there are any.
pub(crate) fn open(config: &OutletsConfig) -> anyhow::Result<Option<Outlets>> {
    if config.logs.is_none() && config.events.is_none() {
        return Ok(None);
    }
    Outlets::start(config).map(Some).context("cannot write to a file of --execution-logs or --events")
}

/// Who knows whether a log group is there: CloudWatch Logs, if records go there.
pub(crate) fn log_groups(config: &OutletsConfig) -> Option<Arc<dyn LogGroups>> {
    let Some(Destination::Endpoint(endpoint)) = &config.logs else { return None };
    let logs = CloudWatchLogs::at(endpoint.clone(), &config.region);
    Some(Arc::new(match &config.credentials {
        Some(credentials) => logs.with_credentials(credentials.clone()),
        None => logs,
    }))
}
