//! Runs executions: claims them from a store, steps them through the engine,
//! commits each step, and only then carries out its effects.
//!
//! [`Driver`] is the async shell. What it does when is decided by [`node`], a
//! machine without I/O. Tasks are carried out by a [`TaskHandler`]; those of
//! activities wait in the store for workers. An execution that only waits is
//! let go of and claimed again when its time or a message has come. Express
//! executions never touch the store.
//!
//! ```
//! use std::sync::Arc;
//! use asl_runtime::{Problem, StartTask, TaskReport};
//! use sfn_driver::{Config, Driver, Entropy, Pace, TaskContext, TaskHandler};
//! use sfn_store::{BoxFuture, Clock, MemoryStore};
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
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let config = Config {
//!     clock: Clock::default(),
//!     entropy: Entropy::new(|| 7), // a real one cannot be guessed
//!     limits: Default::default(),
//!     pace: Pace::default(),
//!     is_time_virtual: false,
//!     observer: None,
//! };
//! let driver = Driver::start(Arc::new(MemoryStore::new()), Arc::new(Echo), config)?;
//! driver.stop().await;
//! # Ok(())
//! # }
//! ```

mod activity;
mod chronicle;
mod create;
mod definitions;
mod dispatch;
mod driver;
mod express;
mod guard;
mod labelled;
mod live;
mod lone;
mod machine_metric;
mod map_run;
mod metric;
pub mod node;
mod observer;
mod run;
mod shared;
mod task;
mod task_metric;
mod turn;
mod virtual_time;
mod watch;

pub use create::StandardStart;
pub use driver::Driver;
pub use express::{ExpressEnd, ExpressStart};
pub use labelled::LABELS_MAX;
pub use lone::LoneTask;
pub use machine_metric::{EXECUTION_TIME_BOUNDS_MILLISECONDS, MachineCounts};
pub use metric::Metrics;
pub use node::Pace;
pub use observer::{ExecutionObserver, Observation, ObservedExecution, Observer};
pub use shared::{Config, Entropy};
pub use task::{ItemStream, Pending, Report, Reported, ResultSink, TaskContext, TaskHandler, TaskOrigin};
pub use task_metric::{TaskCounts, TaskFamily, TaskTime};
pub use watch::{Subject, Watch};
