//! `stepwell eval`: one expression, or a batch of them.

use std::io::{BufRead as _, Write as _};
use std::ops::Range;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use asl_jsonata::{Budget, Dialect, Expression, Host, Outcome};
use asl_jsonpath::{Environment, Path as JsonPath, PathOrIntrinsic, Scope};
use asl_value::{Object, Value};
use clap::{Args, ValueEnum};
use serde::Deserialize;
use serde_json::json;
use stepwell::Payload;

use super::source::input;
use crate::command::{clock, entropy};
use crate::render;

/// Arguments of `stepwell eval`.
#[derive(Debug, Args)]
#[command(after_help = "\
Prints the value, nothing for no value, or the error with its place.

  stepwell eval '$sum(items.price)' --input '{\"items\": [{\"price\": 2}, {\"price\": 3}]}'
  stepwell eval --language jsonpath '$.items[?(@.price > 2)]' --input @order.json
  stepwell eval --language intrinsic \"States.Format('Hello, {}', $.name)\" --input '{\"name\": \"Ada\"}'

A batch reads a JSON object a line, {\"language\", \"expr\", \"data\"?, \"bindings\"?},
and answers each with a line: {\"value\"}, {\"undefined\": true}, or {\"error\"}.")]
pub(crate) struct Arguments {
    /// The expression
    #[arg(required_unless_present = "batch", value_name = "EXPR")]
    expression: Option<String>,
    /// What it is evaluated on: JSON, `@FILE`, or `-` for standard input
    #[arg(long, value_name = "JSON|@FILE|-")]
    input: Option<String>,
    /// The language of the expression
    #[arg(long, value_enum, default_value_t = Language::Jsonata)]
    language: Language,
    /// Read expressions from standard input, one JSON object a line
    #[arg(long, conflicts_with_all = ["expression", "input"])]
    batch: bool,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, ValueEnum)]
#[serde(rename_all = "lowercase")]
enum Language {
    /// JSONata, with the functions that Step Functions adds
    #[default]
    Jsonata,
    /// JSONPath
    Jsonpath,
    /// An intrinsic function, or a path
    Intrinsic,
}

/// One line of a batch.
#[derive(Debug, Deserialize)]
struct Request {
    #[serde(default)]
    language: Language,
    expr: String,
    #[serde(default, deserialize_with = "present")]
    data: Option<Value>,
    #[serde(default)]
    bindings: Option<Value>,
}

/// A member that is there, even if it is null.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// Why an expression has no value.
struct Failure {
    /// JSONata's code; none in the other languages.
    code: Option<&'static str>,
    message: String,
    /// In bytes of the expression.
    position: Option<usize>,
    /// What stands there, or just before.
    token: Option<String>,
}

impl Failure {
    fn new(message: String, position: Option<usize>) -> Self {
        Self { code: None, message, position, token: None }
    }

    /// What to point at. JSONata's positions lie behind the operator that failed,
    /// or behind the parenthesis of the call.
    fn place(&self, expression: &str) -> Option<Range<usize>> {
        let position = self.position?.min(expression.len());
        let at = (0..=position).rev().find(|at| expression.is_char_boundary(*at)).unwrap_or_default();
        let token = self.token.as_deref().filter(|token| !token.is_empty());
        let (before, behind) = expression.split_at_checked(at)?;
        let called = before.strip_suffix('(').map_or(before, str::trim_end);
        let Some(token) = token else { return Some(at..at) };
        Some(if called.ends_with(token) {
            let start = called.len() - token.len();
            let sigil = called.get(..start).is_some_and(|text| text.ends_with('$'));
            start - usize::from(sigil)..called.len()
        } else if before.ends_with(token) {
            at - token.len()..at
        } else if behind.starts_with(token) {
            at..at + token.len()
        } else {
            at..at
        })
    }
}

/// Evaluates. Exit code 1 if the expression is wrong.
pub(crate) fn execute(arguments: Arguments) -> anyhow::Result<ExitCode> {
    if arguments.batch {
        return batch();
    }
    let Some(expression) = arguments.expression else { bail!("an expression is missing") };
    let input = arguments.input.as_deref().map(input).transpose()?;
    let data = input.as_ref().map(Payload::value);
    let bindings = Object::default();
    match evaluate(arguments.language, &expression, data, &bindings) {
        Ok(Some(value)) => println!("{value}"),
        Ok(None) => {}
        Err(failure) => {
            let place = failure.place(&expression);
            let title = match failure.code {
                Some(code) => format!("{code}: {}", failure.message),
                None => failure.message,
            };
            eprintln!("{}", render::expression_error(&expression, &title, place));
            return Ok(ExitCode::FAILURE);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Answers each line of standard input with a line. A line that is no request
/// is answered with an error too, so that answers stay in step.
fn batch() -> anyhow::Result<ExitCode> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let line = line.context("cannot read standard input")?;
        let evaluated = match serde_json::from_str::<Request>(&line) {
            Ok(request) => {
                let bindings =
                    request.bindings.as_ref().and_then(Value::as_object).cloned().unwrap_or_default();
                evaluate(request.language, &request.expr, request.data.as_ref(), &bindings)
            }
            Err(error) => Err(Failure::new(format!("not a request: {error}"), None)),
        };
        match evaluated {
            Ok(Some(value)) => writeln!(out, "{{\"value\":{value}}}"),
            Ok(None) => writeln!(out, "{{\"undefined\":true}}"),
            Err(Failure { code, message, position, .. }) => {
                writeln!(
                    out,
                    "{}",
                    json!({ "error": { "code": code, "message": message, "position": position } })
                )
            }
        }?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn evaluate(
    language: Language,
    text: &str,
    data: Option<&Value>,
    bindings: &Object,
) -> Result<Option<Value>, Failure> {
    match language {
        Language::Jsonata => jsonata(text, data, bindings),
        Language::Jsonpath | Language::Intrinsic => {
            let world = World { context: Value::Null, bindings };
            let scope = Scope { input: data.unwrap_or(&Value::Null), environment: &world };
            let compiled = |error: asl_jsonpath::CompileError| {
                let place = error.position.saturating_sub(1);
                let at = text.char_indices().nth(place).map_or(text.len(), |(at, _)| at);
                Failure::new(error.message, Some(at))
            };
            let lost = |message: String| Failure::new(message, None);
            if language == Language::Jsonpath {
                let path = JsonPath::compile(text).map_err(compiled)?;
                return path.select(&scope).map(Some).map_err(|error| lost(error.to_string()));
            }
            let source = PathOrIntrinsic::compile(text).map_err(compiled)?;
            let value = source.evaluate(&scope, &mut entropy::bits());
            value.map(Some).map_err(|error| lost(error.to_string()))
        }
    }
}

fn jsonata(text: &str, data: Option<&Value>, bindings: &Object) -> Result<Option<Value>, Failure> {
    let failed = |error: asl_jsonata::Error| Failure {
        code: Some(error.code),
        position: error.position,
        message: error.message,
        token: error.token,
    };
    let expression = Expression::compile(text, Dialect::StepFunctions).map_err(failed)?;
    let mut bits = entropy::bits();
    let mut host = Host {
        variable: &|name| bindings.get(name).cloned(),
        now_millis: clock::now().timestamp_millis(),
        entropy: &mut bits,
        budget: Budget::default(),
    };
    match expression.evaluate(data, &mut host).map_err(failed)? {
        Outcome::Value(value) => Ok(Some(value)),
        // A function is no JSON value.
        Outcome::Undefined | Outcome::Function => Ok(None),
    }
}

/// What `$name` stands for; there is no context object here.
struct World<'b> {
    context: Value,
    bindings: &'b Object,
}

impl Environment for World<'_> {
    fn context(&self) -> &Value {
        &self.context
    }

    fn variable(&self, name: &str) -> Option<&Value> {
        self.bindings.get(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text that the error of an expression points at, and where it begins.
    fn pointed_at(expression: &str) -> (usize, &str) {
        let failure = jsonata(expression, None, &Object::default()).expect_err("the expression fails");
        let place = failure.place(expression).expect("the error has a place");
        (place.start, expression.get(place).expect("the place is in the expression"))
    }

    #[test]
    fn errors_point_at_what_is_wrong() {
        for (expression, want) in [
            ("'a' + 1", (4, "+")),
            ("'日本語' <= true", (12, "<=")),
            ("{\n\t\"b\": $sum (\"x\")\n}", (8, "$sum")),
            ("$error('no')", (0, "$error")),
            ("(1 2)", (3, "2")),
            ("items[", (6, "")),
            ("", (0, "")),
            ("\"😀", (5, "")),
            ("$uppercase(1) & $foo()", (0, "$uppercase")),
        ] {
            assert_eq!(pointed_at(expression), want, "{expression}");
        }
    }
}
