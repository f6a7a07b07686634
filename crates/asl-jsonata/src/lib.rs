//! JSONata 2 over shared JSON values: compiled once, evaluated often, within a
//! [`Budget`].
//!
//! The crate has the whole language and library of the reference, and as
//! [`Dialect::StepFunctions`] what AWS Step Functions makes of it. It does not
//! convert documents, knows no clock and no randomness (the [`Host`] brings
//! both), and has no way to wait or to hang: steps, depth, memory and regular
//! expression matching are all counted, and what is too much is an [`Error`].
//!
//! ```
//! use asl_jsonata::{Budget, Dialect, Expression, Host, Outcome};
//!
//! let total = Expression::compile("$sum(items.(price * quantity))", Dialect::Standard)?;
//! let order = asl_value::parse(r#"{ "items": [{ "price": 2.5, "quantity": 4 }, { "price": 1, "quantity": 2 }] }"#)?;
//! let mut host = Host { variable: &|_| None, now_millis: 0, entropy: &mut || 7, budget: Budget::default() };
//! let outcome = total.evaluate(Some(&order), &mut host)?;
//! assert!(matches!(outcome, Outcome::Value(value) if value == asl_value::Value::from(12)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod ast;
mod budget;
mod error;
mod eval;
mod expression;
mod frame;
mod functions;
mod item;
mod json;
mod lex;
mod lower;
mod parse;
mod picture;
mod print;
mod references;
mod regex;
mod signature;
mod spare;
mod syntax;
mod view;

pub use budget::{Budget, DEPTH_MAX};
pub use error::Error;
pub use expression::{Dialect, Expression, Host, Outcome};
pub use references::Reference;
