//! Expected JSON against actual JSON.

use std::fmt;

use serde_json::{Map, Value};

use crate::text::{Bindings, Placeholders};

/// Members that no comparison looks at.
const IGNORED: [&str; 2] = ["ResponseMetadata", "billedDurationInMilliseconds"];

/// Characters of a value that a mismatch shows.
const SHOWN_CHARS: usize = 240;

/// The first place where two values differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// JSON pointer from the compared value.
    pub at: String,
    /// What should be there.
    pub expected: String,
    /// What is there.
    pub actual: String,
}

impl Mismatch {
    /// A difference at a place.
    pub fn new(at: impl Into<String>, expected: impl fmt::Display, actual: impl fmt::Display) -> Self {
        Self {
            at: at.into(),
            expected: shortened(&expected.to_string()),
            actual: shortened(&actual.to_string()),
        }
    }

    /// The same difference, seen from one level up.
    #[must_use]
    pub fn below(mut self, step: impl fmt::Display) -> Self {
        self.at.insert_str(0, &format!("/{step}"));
        self
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at {}: expected {}, actual {}", self.at, self.expected, self.actual)
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Whether `actual` is what `expected` describes: object keys unordered,
/// numbers by value, strings with holes, and a string parsed where the
/// recorder had parsed it. Holes are bound only by a match.
pub fn compare(
    placeholders: &Placeholders,
    expected: &Value,
    actual: &Value,
    bindings: &mut Bindings,
) -> Result<(), Mismatch> {
    let mut bound = bindings.clone();
    walk(placeholders, expected, actual, &mut bound)?;
    *bindings = bound;
    Ok(())
}

fn walk(
    placeholders: &Placeholders,
    expected: &Value,
    actual: &Value,
    bindings: &mut Bindings,
) -> Result<(), Mismatch> {
    let differ = || Err(Mismatch::new("", expected, actual));
    match (expected, actual) {
        (Value::String(want), Value::String(got)) => {
            if placeholders.matches(want, got, bindings) {
                return Ok(());
            }
            // A text in which the recorder has put holes is its own, not AWS's.
            match (serde_json::from_str(want), serde_json::from_str(got)) {
                (Ok(want @ Value::Array(_)), Ok(got @ Value::Array(_))) if has_hole(placeholders, &want) => {
                    walk(placeholders, &want, &got, bindings)
                }
                _ => differ(),
            }
        }
        (Value::String(want), Value::Number(_)) if want == "datetime" => Ok(()),
        (Value::String(want), got) if placeholders.is_hole(want) => {
            if placeholders.matches(want, &got.to_string(), bindings) { Ok(()) } else { differ() }
        }
        (_, Value::String(got)) => match serde_json::from_str(got) {
            Ok(parsed) if !matches!(parsed, Value::String(_)) => {
                walk(placeholders, expected, &parsed, bindings)
            }
            Ok(_) | Err(_) => differ(),
        },
        (Value::Object(want), Value::Object(got)) => objects(placeholders, want, got, bindings),
        (Value::Array(want), Value::Array(got)) => {
            for (index, pair) in want.iter().zip(got).enumerate() {
                walk(placeholders, pair.0, pair.1, bindings).map_err(|mismatch| mismatch.below(index))?;
            }
            if want.len() == got.len() {
                Ok(())
            } else {
                Err(Mismatch::new("", format!("{} elements", want.len()), format!("{} elements", got.len())))
            }
        }
        (Value::Number(want), Value::Number(got)) => {
            let same = match (want.as_i128(), got.as_i128()) {
                (Some(want), Some(got)) => want == got,
                _ => want.as_f64() == got.as_f64(),
            };
            if same { Ok(()) } else { differ() }
        }
        (want, got) => {
            if want == got {
                Ok(())
            } else {
                differ()
            }
        }
    }
}

fn has_hole(placeholders: &Placeholders, value: &Value) -> bool {
    match value {
        Value::String(text) => placeholders.is_hole(text),
        Value::Array(elements) => elements.iter().any(|element| has_hole(placeholders, element)),
        Value::Object(members) => members.values().any(|member| has_hole(placeholders, member)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn objects(
    placeholders: &Placeholders,
    want: &Map<String, Value>,
    got: &Map<String, Value>,
    bindings: &mut Bindings,
) -> Result<(), Mismatch> {
    let counts = |key: &str| !IGNORED.contains(&key);
    for (key, value) in want.iter().filter(|(key, _)| counts(key)) {
        let Some(actual) = got.get(key) else {
            return Err(Mismatch::new(format!("/{key}"), value, "nothing"));
        };
        walk(placeholders, value, actual, bindings).map_err(|mismatch| mismatch.below(key))?;
    }
    match got.iter().find(|(key, _)| counts(key) && !want.contains_key(*key)) {
        Some((key, value)) => Err(Mismatch::new(format!("/{key}"), "nothing", value)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn result(expected: &Value, actual: &Value) -> Result<(), Mismatch> {
        let placeholders = Placeholders::new(&["creation-date".to_owned()], "us-east-1", "111111111111");
        compare(&placeholders, expected, actual, &mut Bindings::new())
    }

    #[test]
    fn values_that_match() {
        for (name, expected, actual) in [
            ("keys in any order", json!({"a": 1, "b": 2}), json!({"b": 2, "a": 1})),
            ("numbers by value", json!([1, 2.5]), json!([1.0, 2.50])),
            ("object parsed from a string", json!({"a": {"b": 1}}), json!({"a": "{\"b\": 1}"})),
            ("array parsed from a string", json!([1]), json!("[ 1 ]")),
            ("number parsed from a string", json!(1), json!("1")),
            ("date is a number", json!({"d": "datetime"}), json!({"d": 17.5})),
            ("a hole takes a number", json!("creation-date"), json!(17.5)),
            ("ignored members", json!({"ResponseMetadata": 1}), json!({"billedDurationInMilliseconds": 100})),
            (
                "holes in the text of an array",
                json!("[{\"a\": \"<uuid:1>\", \"b\": 1}]"),
                json!("[{\"b\":1,\"a\":\"x\"}]"),
            ),
            ("one hole in two places", json!(["<uuid:1>", "<uuid:1>"]), json!(["x", "x"])),
        ] {
            assert_eq!(result(&expected, &actual), Ok(()), "{name}");
        }
    }

    #[test]
    fn values_that_differ_and_where() {
        for (name, expected, actual, at) in [
            ("missing member", json!({"a": {"b": 1}}), json!({"a": {}}), "/a/b"),
            ("member too many", json!({}), json!({"a": 1}), "/a"),
            ("other number", json!([1, 2]), json!([1, 3]), "/1"),
            ("integers beyond 2^53", json!(9_007_199_254_740_993_i64), json!(9_007_199_254_740_992_i64), ""),
            ("shorter array", json!([1, 2]), json!([1]), ""),
            ("longer array", json!([1]), json!([1, 2]), ""),
            ("text of an array counts", json!("[1, 2]"), json!("[1,2]"), ""),
            ("string and number", json!("1"), json!(1), ""),
            ("null is no absence", json!({"a": null}), json!({}), "/a"),
            ("false and null", json!(false), json!(null), ""),
            ("a string that is no JSON", json!({"a": 1}), json!("a=1"), ""),
            (
                "a hole bound to two values",
                json!({"a": "<uuid:1>", "b": "<uuid:1>"}),
                json!({"a": "x", "b": "y"}),
                "/b",
            ),
        ] {
            assert_eq!(
                result(&expected, &actual).map_err(|mismatch| mismatch.at),
                Err(at.to_owned()),
                "{name}"
            );
        }
    }

    #[test]
    fn long_values_are_cut() {
        let mismatch = result(&json!("x".repeat(1000)), &json!("y")).unwrap_err();
        assert_eq!(mismatch.expected.chars().count(), SHOWN_CHARS + 1);
    }
}
