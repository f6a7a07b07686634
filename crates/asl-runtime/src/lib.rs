//! The Amazon States Language engine: deterministic, without I/O.
//!
//! An [`Execution`] takes one [`Signal`] at a time and answers with a [`Step`]:
//! the history events that AWS Step Functions would record, the [`Effect`]s to
//! carry out once the step is committed, and the time of the next wake-up. It
//! knows no clock, randomness, threads or storage: the same definition, start
//! and signals give the same bytes. Between two steps it fits into a
//! [`Snapshot`].
//!
//! It does not run tasks, keep histories, or know of other executions.
//!
//! ```
//! use std::sync::Arc;
//!
//! use asl_parser::{Options, Profile, parse};
//! use asl_runtime::{Effect, Execution, ExecutionIdentity, Limits, Outcome, Signal, Start, TaskReport};
//! use asl_value::Payload;
//! use chrono::DateTime;
//!
//! let text = r#"{ "StartAt": "Greet", "States": { "Greet": {
//!     "Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:greet", "End": true } } }"#;
//! let options = Options { profile: Profile::Language, ..Options::default() };
//! let definition = Arc::new(parse(text, &options).definition.expect("nothing is wrong with it"));
//! let start = Start {
//!     input: Payload::parse(r#"{ "name": "Ada" }"#)?,
//!     execution: ExecutionIdentity::example(),
//!     seed: 7,
//!     limits: Limits::default(),
//!     processor_of: None,
//!     missing_activities: Default::default(),
//! };
//!
//! let now = DateTime::UNIX_EPOCH;
//! let (mut execution, step) = Execution::start(definition, start, now);
//! let Some(Effect::StartTask(task)) = step.effects.first() else { panic!("a task is to be started") };
//! let report = TaskReport::Succeeded { output: Payload::parse("\"Hello, Ada\"")? };
//! let step = execution.step(now, Signal::Task { task: task.key, report })?;
//! assert!(matches!(step.outcome, Some(Outcome::Succeeded { output }) if output.text() == "\"Hello, Ada\""));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod catch;
mod children;
mod context;
mod data_flow;
mod deadline;
mod ending;
mod engine;
mod entropy;
mod error;
mod execution;
mod frame;
mod history;
mod limits;
mod map_run;
mod observer;
mod parameters;
mod probe;
mod results;
mod retry;
pub mod segment;
mod signal;
mod snapshot;
mod state;
mod step;
mod task;

pub use execution::Execution;
pub use history::*;
pub use limits::Limits;
pub use map_run::{MapRun, MapRunChild, MapRunSettings, ReadItems, WriteResults};
pub use observer::Stage;
pub use probe::{Handled, Probe, ProbeEnd, ProbeProgress, ProbeStart, Probed};
pub use results::{ChildResult, ResultForm, ResultText};
pub use segment::SegmentError;
pub use signal::{ExecutionIdentity, MapRunReport, Problem, Signal, Start, TaskReport};
pub use snapshot::{ResumeError, Snapshot};
pub use step::{Effect, Outcome, Refused, StartMapRun, StartTask, Step};
pub use task::{FrameId, TaskKey, TaskKeyError, TaskToken};

/// A moment, truncated to milliseconds.
pub type Timestamp = chrono::DateTime<chrono::Utc>;
