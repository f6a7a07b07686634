//! JSON as the engine carries it: immutable values that are shared, not
//! copied, and payloads that keep the text they came with.
//!
//! * [`Value`] is a JSON value whose arrays, objects and strings are reference
//!   counted: a clone costs a counter, and a change copies only the nodes on
//!   the way from the root to it.
//! * [`Payload`] is a whole document: a value and its text. It is parsed once
//!   and printed once, however many states and history events carry it, and a
//!   document that nobody touched prints exactly as it arrived.
//!
//! The crate knows JSON and nothing of states. It has no I/O, and no recursion
//! that a document's nesting could drive: parsing, printing, comparing and
//! dropping all run on explicit stacks.
//!
//! ```
//! use asl_value::{Payload, Value};
//!
//! let order = Payload::parse(r#"{ "id": 7, "items": [1, 2] }"#)?;
//! assert_eq!(order.value().get("id"), Some(&Value::from(7)));
//! assert_eq!(order.text(), r#"{ "id": 7, "items": [1, 2] }"#); // untouched: as it came
//! let items = Payload::new(order.value().get("items").cloned().unwrap_or_default());
//! assert_eq!(items.text(), "[1,2]"); // picked out: printed compactly
//! # Ok::<(), asl_value::ParseError>(())
//! ```

mod conversion;
mod number;
mod object;
mod parse;
mod payload;
mod print;
mod value;

pub use number::Number;
pub use object::{Members, Object, ObjectBuilder};
pub use parse::{DEPTH_MAX, ParseError, parse};
pub use payload::Payload;
pub use print::{print_to, printed_len, printed_len_within};
pub use value::{Array, Kind, Value};
