//! The Step Functions API: its operations, shapes and error texts, over a
//! store and a host that the embedder chooses.
//!
//! [`Api::call`] takes the JSON of a request and answers the JSON of a
//! response, or an [`ApiError`] with the code and the words that AWS sends.
//! The crate knows no HTTP, no clock, no threads and no async runtime: time,
//! entropy and the running of executions come from the [`Host`], everything
//! that lasts goes to the [`Store`].
//!
//! ```
//! use sfn_api::{Api, ApiError, Operation};
//!
//! async fn start(api: &Api, state_machine_arn: &str) -> Result<String, ApiError> {
//!     let request = format!(r#"{{"stateMachineArn":"{state_machine_arn}","input":"{{}}"}}"#);
//!     let response = api.call(Operation::StartExecution, request.as_bytes()).await?;
//!     Ok(String::from_utf8_lossy(&response).into_owned())
//! }
//! ```

mod api;
mod arn_rules;
mod constraint;
mod definitions;
mod document;
mod error;
mod escaped;
mod execution_log;
mod history_view;
mod host;
mod input_text;
mod json;
mod lookup;
pub mod model;
mod op;
mod operation;
mod page_token;
mod paging;
mod publishing;
mod redrive_tokens;
mod shape;
mod start;
mod status_change;
mod task_report;
mod test_state;
mod variable_references;

pub use api::{Api, ApiConfig};
pub use error::{ApiError, Detail, ErrorCode, Reason};
pub use execution_log::{LOG_DATA_BYTES_MAX, LogLevel, LogRecord, LogSettings};
pub use history_view::EventView;
pub use host::{
    ExpressEnd, ExpressStart, Host, HostFuture, LogGroups, LoneTask, StandardStart, Subject, Watch,
};
pub use operation::{Operation, UnknownOperation};
pub use sfn_store::Store;
pub use status_change::{STATUS_DATA_BYTES_MAX, StatusChange};

/// An instant, in milliseconds.
pub type Timestamp = chrono::DateTime<chrono::Utc>;
