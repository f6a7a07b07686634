//! `stepwell serve`.

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use sfn_server::{Config, Server, StoreUrl, shutdown_signal};

use super::outlets::{OutletArguments, log_groups, open};
use super::tasks::{OutsideArguments, mock_config_of_local, read_mocks};

/// How long threads that still write may take at the end.
const EXIT_TIMEOUT: Duration = Duration::from_secs(2);

/// Arguments of `stepwell serve`.
#[derive(Debug, Args)]
#[command(after_help = "\
Point any client at it; boto3 and the AWS CLI need no more than
  export AWS_ENDPOINT_URL_SFN=http://stepwell@127.0.0.1:8083
The name before @ takes the `sync-` that clients put before the host for
StartSyncExecution and TestState. docs/clients.md has the settings of others. Any credentials are taken.
Every option can be set as STEPWELL_<OPTION> too.")]
pub(crate) struct Arguments {
    /// Address and port to listen on; port 0 picks a free one
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8083", env = "STEPWELL_LISTEN")]
    listen: SocketAddr,
    /// Where everything is kept: `sqlite:PATH`, or `memory:` until the end
    #[arg(long, value_name = "URL", default_value = "sqlite:stepwell.db", env = "STEPWELL_STORE")]
    store: StoreUrl,
    /// The AWS region in ARNs
    #[arg(long, default_value = "us-east-1", env = "STEPWELL_REGION")]
    region: String,
    /// The AWS account in ARNs
    #[arg(long, default_value = "123456789012", env = "STEPWELL_ACCOUNT")]
    account: String,
    /// Mock configuration in the format of Step Functions Local; executions
    /// started on `STATE_MACHINE_ARN#TEST_CASE` take their answers from it
    ///
    /// `SFN_MOCK_CONFIG` is read too.
    #[arg(long, value_name = "FILE", env = "STEPWELL_MOCK_CONFIG")]
    mock_config: Option<PathBuf>,
    /// Let time jump when nothing else can happen: no Wait, retry or time-out
    /// takes real time
    ///
    /// Tasks under way have their real time. While one waits for an activity's
    /// worker or for an answer by token, its time-outs are not jumped over.
    #[arg(long, env = "STEPWELL_VIRTUAL_TIME")]
    virtual_time: bool,
    #[command(flatten)]
    outside: OutsideArguments,
    #[command(flatten)]
    outlets: OutletArguments,
}

/// Serves until SIGTERM or SIGINT.
pub(crate) fn execute(arguments: Arguments) -> anyhow::Result<ExitCode> {
    log_to_stderr();
    let mut router = arguments.outside.router(&arguments.region)?;
    if let Some(path) = arguments.mock_config.or_else(mock_config_of_local) {
        router = router.with_mocks(read_mocks(&path)?);
    }
    let outlets = arguments.outlets.config(&arguments.region)?;
    let mut config = Config {
        listen: arguments.listen,
        store: arguments.store,
        region: arguments.region,
        account: arguments.account,
        virtual_time: arguments.virtual_time,
        log_groups: log_groups(&outlets),
        ..Config::default()
    };
    let runtime = tokio::runtime::Runtime::new().context("cannot start the async runtime")?;
    runtime.block_on(async {
        let outlets = open(&outlets)?;
        config.observer = outlets.clone().map(|outlets| Arc::new(outlets) as Arc<_>);
        let server = Server::bind(config, Arc::new(router)).await?;
        // Who waits for the first line on stdout finds the settings there already.
        std::io::stderr().write_all(settings(server.address()).as_bytes())?;
        let mut stdout = std::io::stdout();
        writeln!(stdout, "stepwell listening on http://{}", server.address())?;
        stdout.flush()?;
        // Not before: the greeting is the first line.
        if let Some(outlets) = &outlets {
            outlets.release();
        }
        server.run(shutdown_signal()).await;
        anyhow::Ok(())
    })?;
    // A write that nobody reads must not keep the process.
    runtime.shutdown_timeout(EXIT_TIMEOUT);
    Ok(ExitCode::SUCCESS)
}

/// What a shell needs so that boto3 and the AWS CLI find the server. They put
/// `sync-` before what stands between `//` and the port, for two operations: the
/// name before `@` takes it, and the host stays as it is.
fn settings(address: SocketAddr) -> String {
    // What listens on every address answers on this one.
    let ip = if address.ip().is_unspecified() { Ipv4Addr::LOCALHOST.into() } else { address.ip() };
    let address = SocketAddr::new(ip, address.port());
    format!(
        "For boto3 and the AWS CLI, in a shell (docs/clients.md has others):\n  \
         export AWS_ENDPOINT_URL_SFN=http://stepwell@{address}\n"
    )
}

/// Warnings and errors, unless `STEPWELL_LOG` says otherwise (`info`, `debug`).
fn log_to_stderr() {
    let level = std::env::var("STEPWELL_LOG").ok().and_then(|level| level.parse().ok());
    tracing_subscriber::fmt()
        .with_max_level(level.unwrap_or(tracing::Level::WARN))
        .with_writer(std::io::stderr)
        .init();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_name_an_address_that_clients_can_reach() {
        for (listening, reachable) in [
            ("127.0.0.1:8083", "http://stepwell@127.0.0.1:8083\n"),
            ("0.0.0.0:1", "http://stepwell@127.0.0.1:1\n"),
            ("[::]:1", "http://stepwell@127.0.0.1:1\n"),
            ("192.0.2.7:80", "http://stepwell@192.0.2.7:80\n"),
        ] {
            let text = settings(listening.parse().unwrap());
            assert!(text.contains(reachable), "{text}");
        }
    }
}
