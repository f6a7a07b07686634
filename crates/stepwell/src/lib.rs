//! Runs Amazon States Language definitions inside a Rust program.
//!
//! A [`Workflow`] is a checked definition with closures for its tasks; running
//! it takes a few lines and no server:
//!
//! ```
//! use stepwell::{Payload, Problem, Value, Workflow};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let workflow = Workflow::parse(r#"{
//!     "StartAt": "Greet",
//!     "States": { "Greet": { "Type": "Task", "Resource": "greet", "ResultPath": "$.greeting", "End": true } }
//! }"#)?
//! .task("greet", |task| async move {
//!     match task.input.value().get("name").and_then(|name| name.as_str()) {
//!         Some(name) => Ok(Value::from(format!("Hello, {name}!"))),
//!         None => Err(Problem::new("NoName", "the input has no name")),
//!     }
//! });
//!
//! let finished = workflow.run_in_virtual_time(Payload::parse(r#"{ "name": "Ada" }"#)?).await;
//! assert_eq!(finished.output().map(|output| output.text()), Some(r#"{"name":"Ada","greeting":"Hello, Ada!"}"#));
//! # Ok(())
//! # }
//! ```
//!
//! [`Run`] is the same without any async: it hands out tasks, takes answers and
//! is told the time, so that a program can put it behind whatever it has. Both
//! give the history that AWS Step Functions would record, event for event.
//!
//! This crate holds nothing durable. For executions that survive the process,
//! and for the API that AWS clients speak, run the server: `stepwell serve`.

mod children;
mod drive;
mod run;
mod workflow;

pub use asl_parser::{Diagnostic, MachineType, Profile, Resource, ResourceKind};
pub use asl_runtime::{
    ChildResult, EventKind, ExecutionIdentity, HistoryEvent, Limits, Outcome, Problem, ReadItems, ResultForm,
    ResultText, StartTask as Task, TaskReport, TaskToken, Timestamp, WriteResults,
};
pub use asl_value::{Payload, Value};
pub use drive::Finished;
pub use run::{AnswerError, Begin, Progress, ReadId, Run, TaskId, WriteId};
pub use workflow::{InvalidDefinition, Workflow};
