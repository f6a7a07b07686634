//! Reference paths: paths to one place, which can be written to.

use std::fmt;

use asl_value::{Object, Value};

use crate::error::{CompileError, WriteError};
use crate::path::{Path, Root, Step};

/// The largest index that can be written to; what lies before it becomes null.
pub const INDEX_MAX: usize = 10_000;

/// A path that names one place in a document: names and indexes only. ASL
/// specification, *Reference Paths*.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferencePath(Path);

impl ReferencePath {
    /// Compiles a reference path.
    pub fn compile(text: &str) -> Result<Self, CompileError> {
        let path = Path::compile(text)?;
        let plan = path.plan();
        let refused = |message: &str| Err(CompileError { message: message.to_owned(), position: 1 });
        if plan.root != Root::Input {
            return refused("expected a path into the input, which begins with '$.' or '$['");
        }
        if !plan.is_definite() || plan.function.is_some() {
            return refused("expected a path of names and indexes only");
        }
        let writable = plan.steps.iter().all(|step| match step {
            Step::Index(index) => usize::try_from(*index).is_ok_and(|index| index <= INDEX_MAX),
            _ => matches!(step, Step::Name(_)),
        });
        if !writable {
            return refused("expected single names, and indexes from 0 to 10000");
        }
        Ok(Self(path))
    }

    /// The path as written.
    pub fn text(&self) -> &str {
        self.0.text()
    }

    /// The document with `value` at this place, which is made if it is not
    /// there. The original is left as it is; what lies off the path is shared.
    pub fn put(&self, document: &Value, value: Value) -> Result<Value, WriteError> {
        let steps = &self.0.plan().steps;
        // Down: the containers on the way, those that are there.
        let mut on_the_way = Vec::with_capacity(steps.len());
        let mut at = Some(document);
        for step in steps {
            on_the_way.push(at);
            at = match (step, at) {
                (Step::Name(name), Some(Value::Object(members))) => members.get(name),
                (Step::Index(index), Some(array @ Value::Array(_))) => {
                    usize::try_from(*index).ok().and_then(|index| array.at(index))
                }
                // Nothing is there yet: the container will be made.
                (Step::Name(_) | Step::Index(_), None | Some(Value::Null)) => None,
                _ => return Err(self.refuse(document)),
            };
        }
        // And up again, each with its changed child.
        let mut value = value;
        for (step, container) in steps.iter().zip(on_the_way).rev() {
            value = match step {
                Step::Name(name) => {
                    let members = container.and_then(Value::as_object).cloned().unwrap_or_default();
                    Value::Object(Object::with(&members, name.clone(), value))
                }
                Step::Index(index) => {
                    let mut items =
                        container.and_then(Value::as_array).map_or_else(Vec::new, |items| items.to_vec());
                    let index = usize::try_from(*index).map_err(|_| self.refuse(document))?;
                    if items.len() <= index {
                        items.resize(index + 1, Value::Null);
                    }
                    if let Some(place) = items.get_mut(index) {
                        *place = value;
                    }
                    Value::from(items)
                }
                _ => return Err(self.refuse(document)),
            };
        }
        Ok(value)
    }

    #[cold]
    fn refuse(&self, document: &Value) -> WriteError {
        WriteError { path: self.text().to_owned(), input: document.to_string() }
    }
}

/// The path as written.
impl fmt::Display for ReferencePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
