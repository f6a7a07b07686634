//! The conformance harness: executions and calls, recorded on AWS or written
//! for a rule of the language, replayed and compared event by event.
//!
//! A *history case* is an execution: definition, input, scripted answers of
//! its tasks, and the history that must come of it. It is played on the engine
//! in virtual time, once straight and once resumed from its snapshot before
//! every signal. A *calls case* is a list of API calls with their responses;
//! it is replayed over HTTP against a server process of its own. A history case
//! that logs runs there too, for its log records.
//!
//! Cases live in `cases/<area>/<name>.json`; what is known to fail stands in
//! `gaps.json`, which may only shrink.
//!
//! ```
//! use conformance::text::{Bindings, Placeholders};
//!
//! let placeholders = Placeholders::new(&[], "us-east-1", "123456789012");
//! let mut bindings = Bindings::new();
//! let arn = "arn:<partition>:states:<region>:111111111111:stateMachine:<Name_0idx>";
//! assert!(placeholders.matches(arn, "arn:aws:states:us-east-1:123456789012:stateMachine:a", &mut bindings));
//! assert!(!placeholders.matches("<Name_0idx>", "b", &mut bindings)); // it stands for `a` by now
//! ```

pub mod calls;
pub mod case;
pub mod engine;
pub mod events;
pub mod execution_log;
pub mod gap;
pub mod history;
pub mod http;
pub mod json;
pub mod log_groups;
pub mod map_run;
pub mod recorded_text;
pub mod report;
pub mod server;
pub mod text;
