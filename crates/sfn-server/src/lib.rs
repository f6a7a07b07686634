//! Stepwell as a server: the Step Functions API as AWS JSON 1.0 over HTTP, on
//! one port, with health and metrics beside it.
//!
//! [`Server::bind`] opens store and port, [`Server::run`] serves until its
//! shutdown signal and then lets everything under way finish. The crate prints
//! nothing; it logs through `tracing`.
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use asl_runtime::{StartTask, TaskReport};
//! use sfn_driver::{TaskContext, TaskHandler};
//! use sfn_server::{Config, Server, StoreUrl, shutdown_signal};
//! use sfn_store::BoxFuture;
//!
//! #[derive(Debug)]
//! struct Echo;
//!
//! impl TaskHandler for Echo {
//!     fn run(&self, task: StartTask, _: TaskContext) -> BoxFuture<TaskReport> {
//!         Box::pin(async move { TaskReport::Succeeded { output: task.input } })
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), sfn_server::Error> {
//! let config = Config { store: StoreUrl::Memory, ..Config::default() };
//! let server = Server::bind(config, Arc::new(Echo)).await?;
//! eprintln!("listening on http://{}", server.address());
//! server.run(shutdown_signal()).await;
//! # Ok(())
//! # }
//! ```

mod auth;
mod config;
mod connection;
mod host;
mod machine_metric;
mod metric;
mod protocol;
mod request_id;
mod route;
mod server;
mod task_metric;

pub use auth::Credential;
pub use config::{Config, StoreUrl, StoreUrlError};
pub use server::{Error, Server, shutdown_signal};
pub use sfn_api::LogGroups;
