//! Paths and intrinsics: where they are compiled, and what is said of bad ones.

use asl_jsonpath::{Path, PathOrIntrinsic, ReferencePath};

use super::field::Field;
use super::{Lowered, Lowering};
use crate::diagnostic::Reason;

/// Settings that the service does not read from the context object.
const INPUT_ONLY: &[&str] = &[
    "MaxConcurrencyPath",
    "MaxInputBytesPerBatchPath",
    "MaxItemsPath",
    "MaxItemsPerBatchPath",
    "ToleratedFailureCountPath",
    "ToleratedFailurePercentagePath",
];

impl Lowering<'_> {
    /// A path into the input, the context object or a variable.
    pub(super) fn path(&mut self, field: &Field<'_>) -> Lowered<Path> {
        let text = self.string(field)?;
        Path::compile(text).or_else(|error| {
            let result = self.fail(Reason::InvalidPath, field, "Value must be a valid JSONPath.");
            self.reports.note(error.to_string());
            result
        })
    }

    /// A path to one value: of a setting.
    pub(super) fn single_path(&mut self, field: &Field<'_>) -> Lowered<Path> {
        let path = self.path(field)?;
        let from_context = path.text().starts_with("$$") && INPUT_ONLY.contains(&field.name);
        if path.is_definite() && !from_context {
            return Ok(path);
        }
        let result = self.fail(Reason::InvalidReferencePath, field, "Value is not a Reference Path");
        self.reports.note(if from_context {
            "it may not begin with $$"
        } else {
            "it can select several values"
        });
        result
    }

    /// A path to one place that can be written to.
    pub(super) fn reference_path(&mut self, field: &Field<'_>) -> Lowered<ReferencePath> {
        let text = self.string(field)?;
        ReferencePath::compile(text).or_else(|error| {
            let result = self.fail(Reason::InvalidReferencePath, field, "Value is not a Reference Path");
            self.reports.note(error.to_string());
            result
        })
    }

    /// A path or a call of an intrinsic.
    pub(super) fn path_or_intrinsic(&mut self, field: &Field<'_>) -> Lowered<PathOrIntrinsic> {
        let text = self.string(field)?;
        PathOrIntrinsic::compile(text).or_else(|error| {
            let message = format!(
                "The value for the field '{}' must be a valid JSONPath or a valid intrinsic function call",
                field.name
            );
            let result = self.fail(Reason::InvalidPath, field, message);
            self.reports.note(error.to_string());
            result
        })
    }
}

/// Whether a string looks as if it were meant to be evaluated.
pub(super) fn looks_like_path(text: &str) -> bool {
    ["$.", "$[", "$$.", "States."].iter().any(|start| text.starts_with(start))
}
