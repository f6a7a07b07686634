//! The public face: compiled expressions and what evaluating them needs.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use asl_value::Value;

use crate::ast::Node;
use crate::budget::Budget;
use crate::error::Error;
use crate::eval::Evaluator;
use crate::item::Item;
use crate::json::{self, Strictness};
use crate::lower::{self, Symbols};
use crate::parse;
use crate::references::{self, Reference};

/// Which function library an expression sees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// JSONata as documented.
    #[default]
    Standard,
    /// JSONata in AWS Step Functions: `$partition`, `$range`, `$hash`, `$uuid`,
    /// `$parse` and a `$random` that takes a seed are there, `$eval` is not.
    StepFunctions,
}

/// A compiled expression. Cheap to clone; may be evaluated from many threads.
#[derive(Clone)]
pub struct Expression(Arc<Compiled>);

struct Compiled {
    text: Box<str>,
    dialect: Dialect,
    node: Node,
    symbols: Symbols,
    free: BTreeSet<Arc<str>>,
}

/// What an evaluation asks its surroundings for.
pub struct Host<'a> {
    /// The value of `$name`, given its name without the `$`. It is asked at
    /// most once for each name that the expression does not bind itself, and
    /// comes before the function library.
    pub variable: &'a dyn Fn(&str) -> Option<Value>,
    /// What `$now()` and `$millis()` answer, in milliseconds since 1970.
    pub now_millis: i64,
    /// Random bits for `$random()`, `$shuffle()` and `$uuid()`.
    pub entropy: &'a mut dyn FnMut() -> u64,
    /// What one evaluation may use.
    pub budget: Budget,
}

/// What an expression evaluates to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A JSON value. Values of the input stay as they came; computed numbers
    /// without a fraction are integers.
    Value(Value),
    /// No value.
    Undefined,
    /// A function, or a value with a function in it.
    Function,
}

impl Expression {
    /// Compiles a text. Errors have codes that begin with `S`.
    pub fn compile(text: &str, dialect: Dialect) -> Result<Self, Error> {
        let mut symbols = Symbols::default();
        let lowered = parse::parse(text)
            .and_then(|parsed| lower::lower(parsed, dialect, &mut symbols, false))
            .map_err(|fault| fault.finish())?;
        Ok(Self(Arc::new(Compiled {
            text: text.into(),
            dialect,
            node: lowered.node,
            symbols,
            free: lowered.free,
        })))
    }

    /// The text it was compiled from.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// The variables that only the host can know, without their `$`, in
    /// alphabetical order.
    pub fn free_variables(&self) -> impl Iterator<Item = &str> {
        self.0.free.iter().map(|name| &**name)
    }

    /// What it reads of its context, and which fields of variables, each once
    /// and in the order of the text.
    pub fn references(&self) -> Vec<Reference> {
        references::of(&self.0.node)
    }

    /// Evaluates with `input` as context; `None` is undefined.
    pub fn evaluate(&self, input: Option<&Value>, host: &mut Host<'_>) -> Result<Outcome, Error> {
        let compiled = &*self.0;
        let mut evaluator = Evaluator::new(host, compiled.dialect, &compiled.symbols);
        let outcome = evaluator.run(&compiled.node, input).and_then(|item| {
            let meter = &mut evaluator.meter;
            let value = match item {
                Item::Undefined => return Ok(Outcome::Undefined),
                Item::Json(value) => Some(value),
                other => json::of(&other, Strictness::Outcome, meter)?,
            };
            let Some(value) = value else { return Ok(Outcome::Function) };
            // What came in is no deeper than a text may be.
            if meter.has_nested {
                json::check_depth(&value, meter)?;
            }
            Ok(Outcome::Value(value))
        });
        outcome.map_err(|fault| fault.finish())
    }
}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Expression").field(&self.0.text).finish()
    }
}

impl fmt::Debug for Host<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host")
            .field("now_millis", &self.now_millis)
            .field("budget", &self.budget)
            .finish_non_exhaustive()
    }
}
