//! One line to evaluate an expression.

use asl_jsonata::{Budget, Dialect, Error, Expression, Host, Outcome};
use asl_value::Value;

/// Evaluates in the dialect, with the variable `$v` and a clock that stands at
/// 2018-02-01T12:34:56.789Z.
pub(crate) fn evaluate_in(
    dialect: Dialect,
    text: &str,
    input: Option<&Value>,
    budget: Budget,
) -> Result<Outcome, Error> {
    let expression = Expression::compile(text, dialect)?;
    let mut state = 42_u64;
    let mut host = Host {
        variable: &|name| (name == "v").then(|| Value::object([("x", Value::from(7))])),
        now_millis: 1_517_488_496_789,
        entropy: &mut || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state
        },
        budget,
    };
    expression.evaluate(input, &mut host)
}

/// What a table writes for an outcome: JSON, `undefined`, `function`, or the
/// error's code and position.
pub(crate) fn shown(outcome: Result<Outcome, Error>) -> String {
    match outcome {
        Ok(Outcome::Value(value)) => value.to_string(),
        Ok(Outcome::Undefined) => "undefined".to_owned(),
        Ok(Outcome::Function) => "function".to_owned(),
        Err(error) => match error.position {
            Some(position) => format!("{}@{position}", error.code),
            None => error.code.to_owned(),
        },
    }
}

/// Checks rows of expression and what is shown, over one input.
pub(crate) fn check(dialect: Dialect, input: &str, rows: &[(&str, &str)]) {
    let input = asl_value::parse(input).expect("the input is JSON");
    let mut wrong = Vec::new();
    for (text, want) in rows {
        let got = shown(evaluate_in(dialect, text, Some(&input), Budget::default()));
        if got != *want {
            wrong.push(format!("{text}\n  want {want}\n  got  {got}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
