//! What is wrong with a definition, and where.

mod pointer;
mod reason;
mod report;

pub(crate) use pointer::At;
pub use pointer::{Pointer, Segment};
pub use reason::Reason;
pub(crate) use report::Reports;

use std::fmt;
use std::ops::Range;

use serde::ser::{Serialize, SerializeStruct, Serializer};

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The service's code for it.
    pub code: Code,
    /// Which rule was broken; finer than the code.
    pub reason: Reason,
    /// Whether the definition is refused for it.
    pub severity: Severity,
    /// One line; the service's words where they are known.
    pub message: String,
    /// The value that it is about; none where it is about the text as a whole.
    pub pointer: Option<Pointer>,
    /// Bytes of the text that it is about, inside the text.
    pub span: Range<usize>,
    /// Line of the first byte, from 1.
    pub line: usize,
    /// Column of the first byte in characters, from 1.
    pub column: usize,
    /// Further facts, one sentence each.
    pub notes: Vec<String>,
    /// What to do about it.
    pub help: Option<String>,
    /// Where the JSON reader stopped, as the service says it.
    pub(crate) source: Option<String>,
}

impl Diagnostic {
    /// The location as the service writes it: `/States/A/Branches[0]/StartAt`,
    /// `/` for the machine; none where the service gives none.
    pub fn location(&self) -> Option<String> {
        self.source.clone().or_else(|| self.pointer.as_ref().map(Pointer::location))
    }

    /// Whether the definition is refused for it.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// `CODE: message at location`, as the operations that take a definition join
/// their findings; without a location the service writes `null`.
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let location = self.location();
        write!(f, "{}: {} at {}", self.code, self.message, location.as_deref().unwrap_or("null"))
    }
}

impl Serialize for Diagnostic {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Diagnostic", 11)?;
        object.serialize_field("severity", self.severity.name())?;
        object.serialize_field("code", self.code.name())?;
        object.serialize_field("reason", self.reason.name())?;
        object.serialize_field("message", &self.message)?;
        object.serialize_field("location", &self.location())?;
        object.serialize_field("pointer", &self.pointer.as_ref().map(Pointer::to_string))?;
        object.serialize_field("span", &[self.span.start, self.span.end])?;
        object.serialize_field("line", &self.line)?;
        object.serialize_field("column", &self.column)?;
        object.serialize_field("notes", &self.notes)?;
        object.serialize_field("help", &self.help)?;
        object.end()
    }
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The definition is accepted.
    Warning,
    /// The definition is refused.
    Error,
}

impl Severity {
    /// The service's word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Warning => "WARNING",
            Self::Error => "ERROR",
        }
    }
}

/// The service's codes. API reference, `ValidateStateMachineDefinitionDiagnostic`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Code {
    /// `INVALID_JSON_DESCRIPTION`
    InvalidJsonDescription,
    /// `MISSING_DESCRIPTION`
    MissingDescription,
    /// `SCHEMA_VALIDATION_FAILED`
    SchemaValidationFailed,
    /// `MISSING_TRANSITION_TARGET`
    MissingTransitionTarget,
    /// `MISSING_END_STATE`
    MissingEndState,
    /// `DUPLICATE_STATE_NAME`
    DuplicateStateName,
    /// `INVALID_STATE_NAME`
    InvalidStateName,
    /// `DUPLICATE_LABEL_NAME`
    DuplicateLabelName,
    /// `INVALID_LABEL_NAME`
    InvalidLabelName,
    /// `TOO_DEEPLY_NESTED`
    TooDeeplyNested,
    /// `INVALID_JSONATA_EXPRESSION`
    InvalidJsonataExpression,
    /// `UNSUPPORTED_JSONATA_EXPRESSION`
    UnsupportedJsonataExpression,
    /// `INVALID_VARIABLE_NAME`
    InvalidVariableName,
    /// `RESERVED_VARIABLE_NAME`
    ReservedVariableName,
    /// `NO_DOLLAR`
    NoDollar,
    /// `NO_PATH`
    NoPath,
    /// `PASS_RESULT_IS_STATIC`
    PassResultIsStatic,
}

impl Code {
    /// The code as the service writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::InvalidJsonDescription => "INVALID_JSON_DESCRIPTION",
            Self::MissingDescription => "MISSING_DESCRIPTION",
            Self::SchemaValidationFailed => "SCHEMA_VALIDATION_FAILED",
            Self::MissingTransitionTarget => "MISSING_TRANSITION_TARGET",
            Self::MissingEndState => "MISSING_END_STATE",
            Self::DuplicateStateName => "DUPLICATE_STATE_NAME",
            Self::InvalidStateName => "INVALID_STATE_NAME",
            Self::DuplicateLabelName => "DUPLICATE_LABEL_NAME",
            Self::InvalidLabelName => "INVALID_LABEL_NAME",
            Self::TooDeeplyNested => "TOO_DEEPLY_NESTED",
            Self::InvalidJsonataExpression => "INVALID_JSONATA_EXPRESSION",
            Self::UnsupportedJsonataExpression => "UNSUPPORTED_JSONATA_EXPRESSION",
            Self::InvalidVariableName => "INVALID_VARIABLE_NAME",
            Self::ReservedVariableName => "RESERVED_VARIABLE_NAME",
            Self::NoDollar => "NO_DOLLAR",
            Self::NoPath => "NO_PATH",
            Self::PassResultIsStatic => "PASS_RESULT_IS_STATIC",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
