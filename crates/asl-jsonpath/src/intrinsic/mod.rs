//! Intrinsic functions: `States.Format('{}', $.name)`. ASL specification,
//! *Intrinsic Functions*.

mod array;
mod encode;
mod json;
mod math;
mod parse;
mod text;

pub use text::uuid_of;

use std::fmt;
use std::sync::Arc;

use asl_value::{Array, Value};

use crate::Scope;
use crate::error::{CompileError, EvaluateError};
use crate::path::Path;

/// How deep calls may nest. AWS: developer guide, *Intrinsic functions*.
pub const CALL_DEPTH_MAX: usize = 10;

/// What a field takes whose name ends in `.$`, or `ErrorPath` and `CausePath`:
/// a path, or a call of an intrinsic function.
#[derive(Clone, Debug)]
pub struct PathOrIntrinsic(Source);

#[derive(Clone, Debug)]
enum Source {
    Path(Path),
    Call(Arc<Call>),
}

/// A call, with its text for error messages.
#[derive(Debug)]
struct Call {
    text: Box<str>,
    function: Function,
    arguments: Vec<Argument>,
}

#[derive(Debug)]
enum Argument {
    Literal(Value),
    /// A literal string as it is written, for `States.Format`, where an escaped
    /// brace is not a brace.
    Text {
        raw: Box<str>,
        value: Value,
    },
    Path(Path),
    Call(Call),
}

/// Declares the functions with their names and how many arguments they take.
macro_rules! functions {
    ($($name:ident: $least:literal to $most:expr;)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[expect(clippy::upper_case_acronyms, reason = "the names are those of the language")]
        enum Function {
            $($name),*
        }

        impl Function {
            /// By its name behind `States.`.
            fn named(name: &str) -> Option<Self> {
                match name {
                    $(stringify!($name) => Some(Self::$name),)*
                    _ => None,
                }
            }

            /// The least and the most arguments.
            fn arity(self) -> (usize, usize) {
                match self {
                    $(Self::$name => ($least, $most),)*
                }
            }
        }
    };
}

functions! {
    Format: 1 to usize::MAX;
    StringToJson: 1 to 1;
    JsonToString: 1 to 1;
    Array: 0 to usize::MAX;
    ArrayPartition: 2 to 2;
    ArrayContains: 2 to 2;
    ArrayRange: 3 to 3;
    ArrayGetItem: 2 to 2;
    ArrayLength: 1 to 1;
    ArrayUnique: 1 to 1;
    Base64Encode: 1 to 1;
    Base64Decode: 1 to 1;
    Hash: 2 to 2;
    JsonMerge: 3 to 3;
    MathRandom: 2 to 3;
    MathAdd: 2 to 2;
    StringSplit: 2 to 2;
    UUID: 0 to 0;
}

impl PathOrIntrinsic {
    /// Compiles a path or a call.
    pub fn compile(text: &str) -> Result<Self, CompileError> {
        if text.starts_with('$') {
            return Path::compile(text).map(Source::Path).map(Self);
        }
        parse::call(text).map(|call| Self(Source::Call(Arc::new(call))))
    }

    /// The text as written.
    pub fn text(&self) -> &str {
        match &self.0 {
            Source::Path(path) => path.text(),
            Source::Call(call) => &call.text,
        }
    }

    /// The value. `entropy` gives 64 random bits a call.
    pub fn evaluate(
        &self,
        scope: &Scope<'_>,
        entropy: &mut dyn FnMut() -> u64,
    ) -> Result<Value, EvaluateError> {
        match &self.0 {
            Source::Path(path) => Ok(path.select(scope)?),
            Source::Call(call) => call.evaluate(scope, entropy),
        }
    }
}

/// The text as written.
impl fmt::Display for PathOrIntrinsic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// The arguments of a call, evaluated. A wrong one gives the reason.
struct Arguments<'c> {
    values: Vec<Value>,
    call: &'c Call,
}

impl Call {
    fn evaluate(&self, scope: &Scope<'_>, entropy: &mut dyn FnMut() -> u64) -> Result<Value, EvaluateError> {
        let mut values = Vec::with_capacity(self.arguments.len());
        for argument in &self.arguments {
            values.push(match argument {
                Argument::Literal(value) | Argument::Text { value, .. } => value.clone(),
                Argument::Path(path) => path.select(scope).map_err(|_| {
                    let input = scope.input;
                    self.failed(format!(
                        "The JsonPath argument for the field '{path}' could not be found in the input '{input}'"
                    ))
                })?,
                Argument::Call(call) => call.evaluate(scope, entropy)?,
            });
        }
        let arguments = Arguments { values, call: self };
        self.function.apply(&arguments, entropy).map_err(|reason| self.failed(reason))
    }

    fn failed(&self, reason: String) -> EvaluateError {
        EvaluateError::Intrinsic { call: self.text.to_string(), reason }
    }
}

impl Function {
    fn apply(self, given: &Arguments<'_>, entropy: &mut dyn FnMut() -> u64) -> Result<Value, String> {
        match self {
            Self::Format => text::format(given),
            Self::StringSplit => text::split(given),
            Self::UUID => Ok(text::uuid(entropy)),
            Self::StringToJson => json::from_string(given),
            Self::JsonToString => Ok(json::to_string(given)),
            Self::JsonMerge => json::merge(given),
            Self::Array => Ok(Value::from(given.values.clone())),
            Self::ArrayPartition => array::partition(given),
            Self::ArrayContains => array::contains(given),
            Self::ArrayRange => array::range(given),
            Self::ArrayGetItem => array::item(given),
            Self::ArrayLength => array::length(given),
            Self::ArrayUnique => array::unique(given),
            Self::Base64Encode => encode::base64(given),
            Self::Base64Decode => encode::from_base64(given),
            Self::Hash => encode::hash(given),
            Self::MathRandom => math::random(given, entropy),
            Self::MathAdd => math::add(given),
        }
    }
}

impl Arguments<'_> {
    fn get(&self, place: usize) -> &Value {
        self.values.get(place).unwrap_or(&Value::Null)
    }

    fn array(&self, place: usize) -> Result<&Array, String> {
        self.get(place).as_array().ok_or_else(|| self.wrong(place, "an array"))
    }

    fn string(&self, place: usize) -> Result<&str, String> {
        self.get(place).as_str().ok_or_else(|| self.wrong(place, "a string"))
    }

    /// A number, rounded to the nearest integer, halves up.
    fn integer(&self, place: usize) -> Result<i64, String> {
        let number = self.get(place).as_number().ok_or_else(|| self.wrong(place, "a number"))?;
        match number.as_i64() {
            Some(integer) => Ok(integer),
            None => math::round(number.as_f64())
                .ok_or_else(|| self.wrong(place, "a number in the range of 64 bits")),
        }
    }

    fn wrong(&self, place: usize, wanted: &str) -> String {
        let (number, found) = (place + 1, self.get(place));
        format!(
            "Invalid type for argument {number}. Expected {wanted}, but was {}: {found}",
            found.kind().name()
        )
    }
}
