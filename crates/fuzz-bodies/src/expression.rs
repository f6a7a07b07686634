//! Expressions: the first line is the expression, the rest its input.

use asl_jsonata::{Budget, Dialect, Expression, Host};
use asl_jsonpath::{Environment, Path, PathOrIntrinsic, ReferencePath, Scope};
use asl_value::{Value, parse};

/// Little work, so that the fuzzer tries much.
pub(crate) fn jsonata_budget() -> Budget {
    Budget { steps: 20_000, regex_steps: 20_000, allocated_bytes: 32 << 20, ..Budget::default() }
}

/// The document is the input, the context object and every variable.
#[derive(Debug)]
struct Everywhere(Value);

impl Environment for Everywhere {
    fn context(&self) -> &Value {
        &self.0
    }

    fn variable(&self, _name: &str) -> Option<&Value> {
        Some(&self.0)
    }
}

fn split(bytes: &[u8]) -> Option<(&str, Value)> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (expression, document) = text.split_once('\n').unwrap_or((text, "{}"));
    Some((expression, parse(document).unwrap_or_default()))
}

/// Random bits that repeat.
fn counter() -> impl FnMut() -> u64 {
    let mut state = 0_u64;
    move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        state
    }
}

pub(crate) fn jsonpath(bytes: &[u8]) {
    let Some((text, document)) = split(bytes) else { return };
    let Ok(path) = Path::compile(text) else { return };
    let environment = Everywhere(document.clone());
    let scope = Scope { input: &document, environment: &environment };
    let first = path.select(&scope).ok();
    assert_eq!(path.select(&scope).ok(), first, "{text} selects something else the second time");
    if let Ok(place) = ReferencePath::compile(text)
        && let Ok(written) = place.put(&document, Value::from("written"))
    {
        let scope = Scope { input: &written, environment: &environment };
        assert_eq!(path.select(&scope), Ok(Value::from("written")), "{text} is not where it was written");
    }
}

pub(crate) fn intrinsic(bytes: &[u8]) {
    let Some((text, document)) = split(bytes) else { return };
    let Ok(expression) = PathOrIntrinsic::compile(text) else { return };
    let environment = Everywhere(document.clone());
    let scope = Scope { input: &document, environment: &environment };
    let first = expression.evaluate(&scope, &mut counter()).ok();
    let second = expression.evaluate(&scope, &mut counter()).ok();
    assert_eq!(first, second, "{text} gives something else with the same entropy");
}

pub(crate) fn jsonata(bytes: &[u8]) {
    let Some((text, document)) = split(bytes) else { return };
    for dialect in [Dialect::Standard, Dialect::StepFunctions] {
        let Ok(expression) = Expression::compile(text, dialect) else { continue };
        let evaluate = || {
            let budget = jsonata_budget();
            let variable = |name: &str| (name.len() < 3).then(|| document.clone());
            let mut entropy = counter();
            let mut host =
                Host { variable: &variable, now_millis: 1_700_000_000_000, entropy: &mut entropy, budget };
            expression.evaluate(Some(&document), &mut host).ok()
        };
        assert_eq!(evaluate(), evaluate(), "{text} gives something else the second time");
    }
}
