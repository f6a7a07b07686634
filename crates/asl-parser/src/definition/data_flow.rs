//! How data passes through a state, in either query language.

use asl_jsonpath::{Path, ReferencePath, Template};

use super::expression::ExpressionTemplate;

/// What a state does with its input, its result and its output.
///
/// Fields that a state's type does not have are as if absent.
#[derive(Clone, Debug)]
pub enum DataFlow {
    /// A state whose query language is JSONPath.
    JsonPath {
        /// `InputPath`: what of the raw input the state sees.
        input_path: PathField,
        /// `Parameters`: what is made of that. A Map state's is in
        /// [`Map::item_selector`](crate::Map::item_selector) instead.
        parameters: Option<Template>,
        /// `ResultSelector`: what is made of the result.
        result_selector: Option<Template>,
        /// `ResultPath`: where the result goes in the raw input.
        result_path: ResultPath,
        /// `OutputPath`: what of that is the output.
        output_path: PathField,
        /// `Assign`: variables set when the state ends.
        assign: Option<Template>,
    },
    /// A state whose query language is JSONata.
    Jsonata {
        /// `Arguments`: what a Task or Parallel state hands on.
        arguments: Option<ExpressionTemplate>,
        /// `Output`: the state's output. A Choice state's applies where no
        /// rule matched.
        output: Option<ExpressionTemplate>,
        /// `Assign`: variables set when the state ends.
        assign: Option<ExpressionTemplate>,
    },
}

/// `InputPath` or `OutputPath`.
#[derive(Clone, Debug, Default)]
pub enum PathField {
    /// Absent or `$`: everything.
    #[default]
    Whole,
    /// `null`: the empty object.
    Nothing,
    /// What the path selects.
    Path(Path),
}

/// `ResultPath`.
#[derive(Clone, Debug, Default)]
pub enum ResultPath {
    /// Absent or `$`: the result replaces the input.
    #[default]
    Replace,
    /// `null`: the result is dropped, the input goes on.
    Discard,
    /// The result is put there into the input.
    At(ReferencePath),
}

/// A template in the language of the state that holds it.
#[derive(Clone, Debug)]
pub enum AnyTemplate {
    /// A payload template: fields that end in `.$` hold paths or intrinsics.
    JsonPath(Template),
    /// A tree with `{% … %}` strings.
    Jsonata(ExpressionTemplate),
}
