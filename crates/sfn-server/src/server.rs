//! A server from its store to its port.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use asl_runtime::Limits;
use sfn_api::{Api, ApiConfig, Host};
use sfn_driver::{Driver, Entropy, Observer, Pace, TaskHandler};
use sfn_store::id::{ArnError, ArnScope, IdError};
use sfn_store::{Clock, MemoryStore, Store};
use sfn_store_sqlite::SqliteStore;
use tokio::net::TcpListener;

use crate::auth::Gate;
use crate::config::{Config, StoreUrl};
use crate::connection;
use crate::host::DriverHost;
use crate::machine_metric::Sweep;
use crate::metric::Metrics;
use crate::request_id::RequestIds;
use crate::route::Shared;

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Region or account cannot stand in an ARN.
    #[error("wanted a region such as us-east-1 and an account of twelve digits")]
    Scope(#[from] ArnError),
    /// The system gave no random bits.
    #[error("no random bits from the system")]
    Entropy(#[from] getrandom::Error),
    /// The driver did not start.
    #[error("the driver did not start")]
    Driver(#[from] IdError),
    /// The database cannot be opened.
    #[error("cannot open the database")]
    Store(#[from] sfn_store_sqlite::OpenError),
    /// Opening the database panicked, or the runtime shut down meanwhile.
    #[error("opening the database was interrupted")]
    Interrupted,
    /// The address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why not.
        source: std::io::Error,
    },
}

/// A server that listens, but answers only while it [runs](Self::run).
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    shared: Arc<Shared>,
    driver: Driver,
    observer: Option<Arc<dyn Observer>>,
}

impl Server {
    /// Opens the store, starts a driver on it, and takes the port. `handler`
    /// carries out the tasks of executions.
    pub async fn bind(config: Config, handler: Arc<dyn TaskHandler>) -> Result<Self, Error> {
        let scope = ArnScope::new(&config.region, &config.account)?;
        let request_ids = RequestIds::new(getrandom::u64()?);
        let listen = |source| Error::Listen { address: config.listen, source };
        let listener = TcpListener::bind(config.listen).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let clock = Clock::default();
        let store = open(config.store.clone(), clock.clone()).await?;
        let entropy = Entropy::new(random);
        let driver = Driver::start(
            Arc::clone(&store),
            handler,
            sfn_driver::Config {
                clock,
                entropy: entropy.clone(),
                limits: Limits::default(),
                pace: Pace::default(),
                is_time_virtual: config.virtual_time,
                observer: config.observer.clone(),
            },
        )?;
        let host: Arc<dyn Host> =
            Arc::new(DriverHost { driver: driver.clone(), entropy, log_groups: config.log_groups });
        let shared = Shared {
            api: Api::new(store, host, ApiConfig { scope, limits: Limits::default() }),
            gate: Gate::new(&config.credentials),
            metrics: Metrics::new(),
            sweep: Sweep::default(),
            driver: driver.clone(),
            observer: config.observer.clone(),
            request_ids,
            body_bytes_max: config.body_bytes_max,
        };
        Ok(Self { listener, address, shared: Arc::new(shared), driver, observer: config.observer })
    }

    /// The address that it listens on, its port picked if 0 was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `shutdown` completes. Then it stops accepting, lets long
    /// polls end and answers under way go out, commits what has been stepped,
    /// gives all executions back to the store, and passes on what observers have
    /// heard.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let Self { listener, shared, driver, observer, .. } = self;
        connection::serve(listener, shared, shutdown, driver.stop()).await;
        if let Some(observer) = observer {
            observer.stop().await;
        }
    }
}

/// Opens the store; a database is opened, and made or brought up to date, on a
/// thread that may block.
async fn open(url: StoreUrl, clock: Clock) -> Result<Arc<dyn Store>, Error> {
    match url {
        StoreUrl::Memory => Ok(Arc::new(MemoryStore::with_clock(clock))),
        StoreUrl::Sqlite(path) => {
            let options = sfn_store_sqlite::Options { clock, ..sfn_store_sqlite::Options::default() };
            let opened = tokio::task::spawn_blocking(move || SqliteStore::open(path, options)).await;
            let store = opened.map_err(|_| Error::Interrupted)??;
            Ok(Arc::new(store))
        }
    }
}

/// 128 bits from the system.
fn random() -> u128 {
    let mut bytes = [0; 16];
    // The system gave bits when the server was bound. That it no longer does
    // would make tokens guessable: nothing may go on.
    #[expect(clippy::expect_used, reason = "see above")]
    getrandom::fill(&mut bytes).expect("random bits from the system");
    u128::from_be_bytes(bytes)
}

/// Completes at SIGTERM or SIGINT (on Windows: Ctrl-C).
pub async fn shutdown_signal() {
    let interrupted = async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::error!(%error, "cannot hear SIGINT");
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = interrupted => {}
        () = terminated() => {}
    }
}

#[cfg(unix)]
async fn terminated() {
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut signal) => {
            signal.recv().await;
        }
        Err(error) => {
            tracing::error!(%error, "cannot hear SIGTERM");
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending::<()>().await;
}
