//! What JSONPath states are written in: paths, reference paths, payload
//! templates and intrinsic functions, compiled once and evaluated on shared
//! values.
//!
//! Paths have the flavour of AWS Step Functions, which is Jayway's: a definite
//! path gives one value, an indefinite one (with a wildcard, a slice, a filter,
//! a union or `..`) an array of all that it matches, `[]` if that is nothing.
//! The crate knows JSON and nothing of states; what `$$` and variables stand
//! for comes in through an [`Environment`], random numbers through an argument.
//!
//! ```
//! use asl_jsonpath::{Environment, Path, Scope, Template};
//! use asl_value::{Value, parse};
//!
//! struct Context(Value);
//!
//! impl Environment for Context {
//!     fn context(&self) -> &Value {
//!         &self.0
//!     }
//!     fn variable(&self, _: &str) -> Option<&Value> {
//!         None
//!     }
//! }
//!
//! let environment = Context(parse(r#"{ "State": { "Name": "Ship" } }"#)?);
//! let input = parse(r#"{ "orders": [{ "id": 1, "sum": 5 }, { "id": 2, "sum": 50 }] }"#)?;
//! let scope = Scope { input: &input, environment: &environment };
//!
//! let large = Path::compile("$.orders[?(@.sum > 10)].id")?;
//! assert_eq!(large.select(&scope)?.to_string(), "[2]");
//!
//! let template = Template::compile(&parse(
//!     r#"{ "state.$": "$$.State.Name", "text.$": "States.Format('{} orders', States.ArrayLength($.orders))" }"#,
//! )?)?;
//! let made = template.evaluate(&scope, &mut || 7)?;
//! assert_eq!(made.to_string(), r#"{"state":"Ship","text":"2 orders"}"#);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod cursor;
mod error;
mod filter;
mod function;
mod intrinsic;
mod path;
mod path_parse;
mod reference;
mod template;

pub use error::{CompileError, EvaluateError, SelectError, WriteError};
pub use intrinsic::{CALL_DEPTH_MAX, PathOrIntrinsic, uuid_of};
pub use path::Path;
pub use reference::{INDEX_MAX, ReferencePath};
pub use template::{TEMPLATE_DEPTH_MAX, Template};

use asl_value::Value;

/// What a path may refer to besides the input.
pub trait Environment {
    /// The context object, `$$`. Asked for only when a path begins with it.
    fn context(&self) -> &Value;

    /// The variable of that name, without its `$`.
    fn variable(&self, name: &str) -> Option<&Value>;
}

/// What paths are evaluated on.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    /// What `$` stands for.
    pub input: &'a Value,
    /// What `$$` and `$name` stand for.
    pub environment: &'a dyn Environment,
}

impl std::fmt::Debug for Scope<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scope").field("input", self.input).finish_non_exhaustive()
    }
}
