//! JSONPath states: paths, payload templates and comparisons, with the error
//! texts of AWS.

use std::cmp::Ordering;
use std::sync::Arc;

use asl_jsonpath::{Environment, EvaluateError, Path, PathOrIntrinsic, Scope, Template};
use asl_parser::{Comparison, Condition, Operand, PathField, ResultPath, TypeTest};
use asl_value::{Kind, Object, Payload, Value};

use super::{Surroundings, View, timestamp};
use crate::Timestamp;
use crate::error::{StateError, name};

impl Environment for Surroundings<'_> {
    fn context(&self) -> &Value {
        Surroundings::context(self)
    }

    fn variable(&self, name: &str) -> Option<&Value> {
        Surroundings::variable(self, name)
    }
}

impl View<'_> {
    fn scope<'s>(&'s self, input: &'s Payload) -> Scope<'s> {
        Scope { input: input.value(), environment: &self.surroundings }
    }

    /// `InputPath` or `OutputPath`.
    pub(super) fn path_field(&self, field: &PathField, input: &Payload) -> Result<Payload, StateError> {
        match field {
            PathField::Whole => Ok(input.clone()),
            PathField::Nothing => Ok(Payload::new(Value::Object(Object::default()))),
            PathField::Path(path) => self.select(path, input),
        }
    }

    fn select(&self, path: &Path, input: &Payload) -> Result<Payload, StateError> {
        let selected = path.select(&self.scope(input));
        selected
            .map(Payload::new)
            .map_err(|error| StateError::runtime(self.frame, &format!("Invalid path '{path}' : {error}")))
    }

    /// `Parameters`, `ResultSelector`, `ItemSelector`, `Credentials`.
    pub(super) fn payload_template(
        &mut self,
        template: &Template,
        input: &Payload,
    ) -> Result<Payload, StateError> {
        self.fill(template, input).map(Payload::new)
    }

    /// `Assign`.
    pub(super) fn assign_template(
        &mut self,
        template: &Template,
        input: &Payload,
    ) -> Result<Object, StateError> {
        Ok(self.fill(template, input)?.as_object().cloned().unwrap_or_default())
    }

    fn fill(&mut self, template: &Template, input: &Payload) -> Result<Value, StateError> {
        let scope = Scope { input: input.value(), environment: &self.surroundings };
        let entropy = &mut *self.entropy;
        template.evaluate(&scope, &mut || entropy.draw()).map_err(|error| self.unfilled(&error))
    }

    fn unfilled(&self, error: &EvaluateError) -> StateError {
        if matches!(error, EvaluateError::Intrinsic { .. }) {
            return StateError::named(self.frame, name::INTRINSIC_FAILURE, &error.to_string());
        }
        StateError::runtime(self.frame, &error.to_string())
    }

    /// Puts a result where `ResultPath` says.
    pub(super) fn combine(&self, path: &ResultPath, result: Payload) -> Result<Payload, StateError> {
        match path {
            ResultPath::Replace => Ok(result),
            ResultPath::Discard => Ok(self.frame.input.clone()),
            ResultPath::At(path) => {
                let combined = path.put(self.frame.input.value(), result.value().clone());
                combined.map(Payload::new).map_err(|error| {
                    StateError::named(self.frame, name::RESULT_PATH_MATCH_FAILURE, &error.to_string())
                })
            }
        }
    }

    /// A Map state's items: `ItemsPath`, or the input as a whole.
    pub(super) fn items_at(&self, path: Option<&Path>, input: &Payload) -> Result<Payload, StateError> {
        let items = match path {
            None => input.clone(),
            Some(path) => self.select(path, input)?,
        };
        if items.value().as_array().is_some() {
            return Ok(items);
        }
        let path = path.map_or_else(|| "$".to_owned(), Path::to_string);
        // A path into the context object is named without its second dollar
        // (recorded in `test-state/state_context_object.state_map_context_object`).
        let path = path.strip_prefix('$').filter(|path| path.starts_with('$')).unwrap_or(&path);
        // Recorded without the words that name the state.
        Err(StateError::fatal(format!("Reference path \"{path}\" must point to array.")))
    }

    /// A setting given by a path. A string that holds the number will do
    /// (recorded in `assign/reference_in_map_state`).
    pub(super) fn integer_at(&self, path: &Path, field: &str, input: &Payload) -> Result<u64, StateError> {
        let number = self.signed_integer_at(path, field, input)?;
        u64::try_from(number)
            .map_err(|_| StateError::runtime(self.frame, &format!("{field} cannot be negative.")))
    }

    /// The same, of either sign.
    pub(super) fn signed_integer_at(
        &self,
        path: &Path,
        field: &str,
        input: &Payload,
    ) -> Result<i64, StateError> {
        let value = self.select(path, input)?;
        let number = match value.value() {
            Value::String(text) => text.parse().ok(),
            other => other.as_i64(),
        };
        number.ok_or_else(|| self.no_number(path, field, &value, "integer"))
    }

    /// A setting that need not be integral.
    pub(super) fn number_at(&self, path: &Path, field: &str, input: &Payload) -> Result<f64, StateError> {
        let value = self.select(path, input)?;
        let number = match value.value() {
            Value::String(text) => text.parse().ok(),
            other => other.as_f64(),
        };
        number.ok_or_else(|| self.no_number(path, field, &value, "float"))
    }

    fn no_number(&self, path: &Path, field: &str, value: &Payload, wanted: &str) -> StateError {
        let text = format!(
            "The {field}Path field refers to value \"{}\" which is not a valid {wanted}: {path}",
            plain(value.value())
        );
        StateError::runtime(self.frame, &text)
    }

    /// `SecondsPath` of a Wait state.
    pub(super) fn wait_seconds_at(&self, path: &Path, input: &Payload) -> Result<u64, StateError> {
        let error =
            |text: String| StateError::runtime(self.frame, &format!("The SecondsPath parameter {text}"));
        let Ok(value) = path.select(&self.scope(input)) else {
            return Err(error(format!("does not reference an input value: {path}")));
        };
        let Some(seconds) =
            value.as_number().filter(|number| number.is_integer()).and_then(|_| value.as_i64())
        else {
            return Err(error(format!("cannot be parsed as a long value: {path} == {}", plain(&value))));
        };
        u64::try_from(seconds).map_err(|_| error(format!("references a negative value: {path} == {seconds}")))
    }

    /// `TimestampPath` of a Wait state.
    pub(super) fn wait_timestamp_at(&self, path: &Path, input: &Payload) -> Result<Timestamp, StateError> {
        let error =
            |text: String| StateError::runtime(self.frame, &format!("The TimestampPath parameter {text}"));
        let Ok(value) = path.select(&self.scope(input)) else {
            return Err(error(format!("does not reference an input value: {path}")));
        };
        value.as_str().and_then(timestamp::parse).ok_or_else(|| {
            let value = plain(&value);
            error(format!(
                "does not reference a valid ISO-8601 extended offset date-time format string: {path} == {value}"
            ))
        })
    }

    /// `ErrorPath` or `CausePath` of a Fail state.
    pub(super) fn text_at(&mut self, source: &PathOrIntrinsic, field: &str) -> Result<Arc<str>, StateError> {
        let scope = Scope { input: self.frame.input.value(), environment: &self.surroundings };
        let entropy = &mut *self.entropy;
        let value = source.evaluate(&scope, &mut || entropy.draw()).map_err(|error| {
            if matches!(error, EvaluateError::Intrinsic { .. }) {
                return self.unfilled(&error);
            }
            let text = format!(
                "The JSONPath '{source}' specified for the field '{field}Path' could not be found in the input '{}'",
                self.frame.input
            );
            StateError::runtime(self.frame, &text)
        })?;
        match value {
            Value::String(text) => Ok(text),
            other => {
                let text = format!("The field '{field}Path' must refer to a string, but was: {other}");
                Err(StateError::runtime(self.frame, &text))
            }
        }
    }

    /// A Choice rule.
    pub(super) fn comparison(&self, condition: &Condition, input: &Payload) -> Result<bool, StateError> {
        Ok(match condition {
            Condition::And(all) => {
                for condition in all {
                    if !self.comparison(condition, input)? {
                        return Ok(false);
                    }
                }
                true
            }
            Condition::Or(any) => {
                for condition in any {
                    if self.comparison(condition, input)? {
                        return Ok(true);
                    }
                }
                false
            }
            Condition::Not(condition) => !self.comparison(condition, input)?,
            Condition::Compare { variable, comparison } => self.compare(variable, comparison, input)?,
            // JSONata states alone have these.
            Condition::Literal(literal) => *literal,
            Condition::Expression(_) => false,
        })
    }

    fn compare(&self, variable: &Path, comparison: &Comparison, input: &Payload) -> Result<bool, StateError> {
        if let Comparison::Is(TypeTest::Present, want) = comparison {
            return Ok(self.is_present(variable, input) == *want);
        }
        let value = self.operand(variable, input)?;
        Ok(match comparison {
            Comparison::String(order, operand) => {
                let wanted = match operand {
                    Operand::Literal(wanted) => Value::String(Arc::clone(wanted)),
                    Operand::Path(path) => self.operand(path, input)?,
                };
                let pair = value.as_str().zip(wanted.as_str());
                pair.is_some_and(|(value, wanted)| order.holds(utf16_order(value, wanted)))
            }
            Comparison::Numeric(order, operand) => {
                let wanted = match operand {
                    Operand::Literal(wanted) => Some(*wanted),
                    Operand::Path(path) => self.operand(path, input)?.as_number(),
                };
                value.as_number().zip(wanted).is_some_and(|(value, wanted)| order.holds(value.cmp(&wanted)))
            }
            Comparison::Timestamp(order, operand) => {
                let wanted = match operand {
                    Operand::Literal(wanted) => Some(*wanted),
                    Operand::Path(path) => self.operand(path, input)?.as_str().and_then(timestamp::parse),
                };
                let value = value.as_str().and_then(timestamp::parse);
                value.zip(wanted).is_some_and(|(value, wanted)| order.holds(value.cmp(&wanted)))
            }
            Comparison::BooleanEquals(operand) => {
                let wanted = match operand {
                    Operand::Literal(wanted) => Some(*wanted),
                    Operand::Path(path) => self.operand(path, input)?.as_bool(),
                };
                value.as_bool().zip(wanted).is_some_and(|(value, wanted)| value == wanted)
            }
            Comparison::StringMatches(pattern) => value.as_str().is_some_and(|text| pattern.matches(text)),
            Comparison::Is(test, want) => is(*test, &value) == *want,
        })
    }

    fn is_present(&self, path: &Path, input: &Payload) -> bool {
        let found = path.select(&self.scope(input));
        // A path for many gives an array, however few there are.
        found.is_ok_and(|found| path.is_definite() || found.as_array().is_some_and(|items| !items.is_empty()))
    }

    fn operand(&self, path: &Path, input: &Payload) -> Result<Value, StateError> {
        path.select(&self.scope(input)).map_err(|_| {
            let text = format!(
                "Invalid path '{path}': The choice state's condition path references an invalid value."
            );
            StateError::runtime(self.frame, &text)
        })
    }
}

fn is(test: TypeTest, value: &Value) -> bool {
    match test {
        TypeTest::Null => value.is_null(),
        TypeTest::Present => true,
        TypeTest::Numeric => value.kind() == Kind::Number,
        TypeTest::String => value.kind() == Kind::String,
        TypeTest::Boolean => value.kind() == Kind::Boolean,
        TypeTest::Timestamp => value.as_str().and_then(timestamp::parse).is_some(),
    }
}

/// The order of Java's strings, which AWS compares.
fn utf16_order(a: &str, b: &str) -> Ordering {
    if a == b { Ordering::Equal } else { a.encode_utf16().cmp(b.encode_utf16()) }
}

/// A value in an error text: strings without quotes.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
