//! The comparison operators of JSONPath Choice states.

mod support;

use support::Run;

/// Whether a rule takes an input.
fn holds(rule: &str, input: &str) -> Result<bool, String> {
    let text = format!(
        r#"{{ "StartAt": "C", "States": {{ "Y": {{ "Type": "Pass", "Result": true, "End": true }},
            "N": {{ "Type": "Pass", "Result": false, "End": true }},
            "C": {{ "Type": "Choice", "Default": "N", "Choices": [{{ {rule}, "Next": "Y" }}] }} }} }}"#
    );
    let result = Run::start(&text, input).result();
    result.parse().map_err(|_| result)
}

#[test]
fn operators() {
    let rows: &[(&str, &str, &str, bool)] = &[
        ("StringEquals", "\"a\"", "\"a\"", true),
        ("StringEquals", "\"a\"", "1", false),
        ("StringLessThan", "\"b\"", "\"a\"", true),
        ("StringGreaterThanEquals", "\"b\"", "\"b\"", true),
        // U+FF61 is less than a surrogate pair as a number, yet greater as UTF-16.
        ("StringGreaterThan", "\"\u{10000}\"", "\"\u{ff61}\"", true),
        ("StringMatches", "\"a*c\"", "\"abc\"", true),
        ("StringMatches", "\"a*c\"", "1", false),
        ("NumericEquals", "1", "1.0", true),
        ("NumericLessThan", "2", "1", true),
        ("NumericGreaterThan", "2", "\"3\"", false),
        ("BooleanEquals", "true", "true", true),
        ("BooleanEquals", "true", "\"true\"", false),
        ("TimestampEquals", "\"2026-01-01T00:00:00Z\"", "\"2026-01-01T01:00:00+01:00\"", true),
        ("TimestampLessThan", "\"2026-01-01T00:00:00Z\"", "\"2025-12-31T23:59:59.999Z\"", true),
        ("TimestampEquals", "\"2026-01-01T00:00:00Z\"", "\"no time\"", false),
        ("IsNull", "true", "null", true),
        ("IsNull", "false", "0", true),
        ("IsPresent", "true", "null", true),
        ("IsNumeric", "true", "1", true),
        ("IsNumeric", "true", "\"1\"", false),
        ("IsString", "true", "\"\"", true),
        ("IsBoolean", "false", "1", true),
        ("IsTimestamp", "true", "\"2026-01-01T00:00:00Z\"", true),
        ("IsTimestamp", "true", "\"2026-01-01\"", false),
    ];
    for (operator, operand, value, want) in rows {
        let rule = format!(r#""Variable": "$.v", "{operator}": {operand}"#);
        let got = holds(&rule, &format!(r#"{{ "v": {value} }}"#));
        assert_eq!(got, Ok(*want), "{value} {operator} {operand}");
    }
}

#[test]
fn operands_from_paths() {
    for (operator, value, other, want) in [
        ("StringEqualsPath", "\"a\"", "\"a\"", true),
        ("NumericLessThanEqualsPath", "2", "2", true),
        ("NumericLessThanPath", "1", "\"2\"", false),
        ("BooleanEqualsPath", "false", "false", true),
        ("TimestampGreaterThanPath", "\"2026-01-01T00:00:01Z\"", "\"2026-01-01T00:00:00Z\"", true),
    ] {
        let rule = format!(r#""Variable": "$.v", "{operator}": "$.w""#);
        assert_eq!(holds(&rule, &format!(r#"{{ "v": {value}, "w": {other} }}"#)), Ok(want), "{operator}");
    }
}

#[test]
fn absent_variables() {
    assert_eq!(holds(r#""Variable": "$.v", "IsPresent": true"#, "{}"), Ok(false));
    assert_eq!(holds(r#""Variable": "$.v", "IsPresent": false"#, "{}"), Ok(true));
    let error = holds(r#""Variable": "$.v", "NumericEquals": 1"#, "{}").expect_err("nothing to compare");
    assert_eq!(
        error,
        "States.Runtime: An error occurred while executing the state 'C' (entered at the event id #2). Invalid path \
         '$.v': The choice state's condition path references an invalid value."
    );
}

#[test]
fn combinations_stop_as_soon_as_they_can() {
    let is = |value: bool| format!(r#"{{ "Variable": "$.v", "IsNull": {value} }}"#);
    let fails = r#"{ "Variable": "$.absent", "IsNull": true }"#;
    for (rule, want) in [
        (format!(r#""And": [{}, {fails}]"#, is(false)), false),
        (format!(r#""Or": [{}, {fails}]"#, is(true)), true),
        (format!(r#""Not": {}"#, is(false)), true),
        (format!(r#""And": [{}, {{ "Or": [{}, {}] }}]"#, is(true), is(false), is(true)), true),
    ] {
        assert_eq!(holds(&rule, r#"{ "v": null }"#), Ok(want), "{rule}");
    }
}

#[test]
fn no_rule_and_no_default() {
    let text = r#"{ "StartAt": "C", "States": { "Y": { "Type": "Succeed" },
        "C": { "Type": "Choice", "Choices": [{ "Variable": "$.v", "IsNull": true, "Next": "Y" }] } } }"#;
    assert!(Run::start(text, r#"{ "v": 1 }"#).result().starts_with("States.NoChoiceMatched: "));
}
