//! What can go wrong. The texts of evaluation errors are those that AWS puts
//! into the cause of a failed execution.

use thiserror::Error;

/// A text that is no path, reference path, intrinsic call or template.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message} at character {position}")]
pub struct CompileError {
    /// What was expected, and what was found.
    pub message: String,
    /// Where, in characters from 1.
    pub position: usize,
}

/// A path that leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SelectError {
    /// Its last step matches nothing.
    #[error("No results for path: {0}")]
    NoResults(String),
    /// A step before the last names a member that is not there.
    #[error("Missing property in path {0}")]
    MissingProperty(String),
    /// A name is looked up in something that has no members.
    #[error("Property {property} not found in path {path}")]
    NotAnObject {
        /// The name, bracketed and quoted.
        property: String,
        /// The path to what was found.
        path: String,
    },
    /// Several names stand before another step.
    #[error("Multi properties can only be used as path leafs: {0}")]
    NamesInside(String),
    /// It comes by more values than are worth the while.
    #[error("The path comes by more than {0} values")]
    TooMany(usize),
    /// An index is looked up in something that has no items.
    #[error("Filter: {step} can only be applied to arrays. Current context is: {found}")]
    NotAnArray {
        /// The index, bracketed.
        step: String,
        /// What was found.
        found: String,
    },
    /// No variable has that name.
    #[error("The variable '{0}' is not defined")]
    UndefinedVariable(String),
    /// `min()`, `sum()` and the like find no numbers.
    #[error("Aggregation function attempted to calculate value using empty array")]
    NothingToAggregate,
    /// A function such as `keys()` does not apply to what the path gives.
    #[error("The function '{function}' cannot be applied to: {found}")]
    NotApplicable {
        /// Name of the function.
        function: &'static str,
        /// What was found.
        found: String,
    },
}

/// A template or an intrinsic call that cannot be evaluated.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EvaluateError {
    /// A path of a template matches nothing.
    #[error(
        "The JSONPath '{path}' specified for the field '{field}' could not be found in the input '{input}'"
    )]
    NotFound {
        /// The path as written.
        path: String,
        /// The name of the template's field, with its `.$`.
        field: String,
        /// The text of the input.
        input: String,
    },
    /// A path outside of a template matches nothing.
    #[error(transparent)]
    Select(#[from] SelectError),
    /// A call fails: States.IntrinsicFailure.
    #[error("The function '{call}' had the following error: {reason}")]
    Intrinsic {
        /// The call as written.
        call: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// A place that cannot be written to.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("Unable to apply ReferencePath {path} to input {input}")]
pub struct WriteError {
    /// The reference path as written.
    pub path: String,
    /// The text of the document that it was to be written into.
    pub input: String,
}
