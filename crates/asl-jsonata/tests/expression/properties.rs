//! Laws: no text and no input makes it panic or leave its budget, and the same
//! evaluation gives the same outcome.

use crate::support::evaluate_in;
use asl_jsonata::{Budget, Dialect, Expression};
use asl_value::Value;
use proptest::prelude::*;

fn budget() -> Budget {
    Budget {
        steps: 20_000,
        depth: 200,
        sequence_length: 5000,
        string_bytes: 20_000,
        allocated_bytes: 4 << 20,
        regex_steps: 20_000,
    }
}

fn input() -> Value {
    let text = r#"{"a": {"b": [1, 2, {"c": "x"}]}, "s": "a-b c", "n": [3, 1.5, -2], "o": [{"k": "p", "v": 1}, {"k": "q"}]}"#;
    asl_value::parse(text).expect("the input is JSON")
}

/// Pieces of expressions, to be put together in any order.
fn token() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(vec![
            "a", "b", "c", "s", "n", "o", "k", "v", "$", "$$", "$x", "%", "*", "**", ".", "..", "[", "]", "(", ")", "{",
            "}", ",", ";", ":", ":=", "?", "?:", "??", "+", "-", "/", "=", "!=", "<", ">=", "&", "and", "or", "in", "~>",
            "|", "^", "@$x", "#$i", "function", "λ", "'str'", "\"a\"", "1", "0", "-1", "2.5", "1e3", "true", "null", "/a+/",
            "/(a|b)*c/i", "[]", "^(", "`s`", "<n:n>", "$f(", "!",
        ]).prop_map(str::to_owned),
        1 => prop::sample::select(vec![
            "$sum(", "$map(", "$string(", "$replace(", "$split(", "$match(", "$formatNumber(", "$fromMillis(", "$toMillis(",
            "$formatInteger(", "$parseInteger(", "$sort(", "$reduce(", "$eval(", "$pad(", "$substring(", "$merge(", "$each(",
        ]).prop_map(str::to_owned),
        1 => "[ -~]{0,3}",
    ]
}

/// Expressions that parse.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "a",
        "a.b",
        "n",
        "o.k",
        "s",
        "$",
        "$x",
        "'x'",
        "1",
        "-2.5",
        "true",
        "null",
        "[]",
        "{}",
        "o",
        "*",
        "**",
        "/b/",
        "function($x) { $x }",
        "$uppercase",
        "$sum",
        "[1..5]",
    ]);
    leaf.prop_map(str::to_owned).prop_recursive(5, 40, 3, |inner| {
        let one = inner.clone();
        let two = (inner.clone(), inner.clone());
        let three = (inner.clone(), inner.clone(), inner);
        let name = prop::sample::select(vec![
            "sum",
            "count",
            "string",
            "length",
            "keys",
            "distinct",
            "reverse",
            "sort",
            "number",
            "not",
            "type",
            "spread",
            "merge",
            "trim",
            "formatInteger",
            "fromMillis",
            "toMillis",
            "eval",
            "clone",
            "exists",
            "base64decode",
            "zip",
        ]);
        let names = prop::sample::select(vec![
            "map",
            "filter",
            "append",
            "split",
            "contains",
            "match",
            "join",
            "lookup",
            "pad",
            "substring",
            "power",
            "round",
            "formatNumber",
            "formatBase",
            "each",
            "sift",
            "reduce",
            "single",
            "substringBefore",
            "parseInteger",
            "sort",
        ]);
        let operator = prop::sample::select(vec![
            "+", "-", "*", "/", "%", "=", "!=", "<", ">", "&", "and", "or", "in", ".", "~>", "?:", "??",
        ]);
        prop_oneof![
            one.clone().prop_map(|a| format!("({a})")),
            one.clone().prop_map(|a| format!("-({a})")),
            one.clone().prop_map(|a| format!("($x := {a}; $x)")),
            one.prop_map(|a| format!("({a})[]")),
            (two.clone(), operator).prop_map(|((a, b), operator)| format!("({a}) {operator} ({b})")),
            two.clone().prop_map(|(a, b)| format!("({a})[{b}]")),
            two.clone().prop_map(|(a, b)| format!("({a})^({b})")),
            two.clone().prop_map(|(a, b)| format!("[{a}, {b}]")),
            two.clone().prop_map(|(a, b)| format!("({a}){{ $string({b}): {a} }}")),
            two.clone().prop_map(|(a, b)| format!("({a}).{{ 'k': {b} }}")),
            two.clone().prop_map(|(a, b)| format!("({a}) ~> |{b}|{{'z': 1}}, 'k'|")),
            (two.clone(), names).prop_map(|((a, b), name)| format!("${name}({a}, {b})")),
            (two.clone(), name).prop_map(|((a, _), name)| format!("${name}({a})")),
            two.prop_map(|(a, b)| format!("({a})#$i.({b})")),
            three.clone().prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
            three.prop_map(|(a, b, c)| format!("$replace({a}, {b}, {c})")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn any_text_compiles_or_is_refused(text in "\\PC{0,60}") {
        let _ = Expression::compile(&text, Dialect::Standard);
    }

    #[test]
    fn any_tokens_evaluate_or_fail(tokens in prop::collection::vec(token(), 0..20)) {
        let text = tokens.join(" ");
        let _ = evaluate_in(Dialect::Standard, &text, Some(&input()), budget());
        let text = tokens.concat();
        let _ = evaluate_in(Dialect::StepFunctions, &text, Some(&input()), budget());
    }

    #[test]
    fn expressions_parse_and_repeat_themselves(text in expression()) {
        let first = evaluate_in(Dialect::Standard, &text, Some(&input()), budget());
        if let Err(error) = &first {
            prop_assert!(!error.code.starts_with('S') || matches!(error.code, "S0211" | "S0217"), "{text}: {error}");
            prop_assert!(!error.message.contains("{{"), "{error}");
        }
        prop_assert_eq!(first, evaluate_in(Dialect::Standard, &text, Some(&input()), budget()));
    }

    #[test]
    fn values_pass_through_untouched(n in any::<i64>(), f in any::<f64>().prop_filter("finite", |f| f.is_finite())) {
        let value = Value::object([("n", Value::from(n)), ("f", asl_value::Number::from_f64(f).map_or(Value::Null, Value::Number))]);
        let got = evaluate_in(Dialect::Standard, "$", Some(&value), budget());
        prop_assert_eq!(got, Ok(asl_jsonata::Outcome::Value(value)));
    }

    #[test]
    fn numbers_print_and_read_back(f in any::<f64>().prop_filter("finite", |f| f.is_finite())) {
        let value = asl_value::Number::from_f64(f).map_or(Value::Null, Value::Number);
        let got = evaluate_in(Dialect::Standard, "$number($string($)) - $", Some(&value), budget());
        // $string keeps fifteen digits.
        let Ok(asl_jsonata::Outcome::Value(difference)) = got else { return Err(TestCaseError::fail(format!("{got:?}"))) };
        prop_assert!(difference.as_f64().is_some_and(|d| d.abs() <= f.abs() * 1e-14), "{f}: {difference}");
    }

    #[test]
    fn any_picture_formats_or_is_refused(n in -1e12..1e12, picture in "[#0,.;%eE1 a-]{0,12}") {
        for text in ["$formatNumber(n, p)", "$formatInteger(n, p)", "$parseInteger($string(n), p)"] {
            let value = asl_value::Number::from_f64(n).map_or(Value::Null, Value::Number);
            let input = Value::object([("n", value), ("p", Value::from(picture.as_str()))]);
            let _ = evaluate_in(Dialect::Standard, text, Some(&input), budget());
        }
    }

    #[test]
    fn any_date_picture_reads_what_it_writes(millis in 0_i64..4_102_444_800_000, zone in -12_i64..13) {
        let zone = format!("{}{:02}00", if zone < 0 { '-' } else { '+' }, zone.abs());
        for picture in ["[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001][Z01:01]", "[D1o] [MNn] [Y0001] [h#1]:[m01]:[s01].[f001] [P] [z]"] {
            let text = format!("$toMillis($fromMillis($, '{picture}', '{zone}'), '{picture}')");
            let got = evaluate_in(Dialect::Standard, &text, Some(&Value::from(millis)), budget());
            prop_assert_eq!(got, Ok(asl_jsonata::Outcome::Value(Value::from(millis))), "{}", text);
        }
    }

    #[test]
    fn any_pattern_matches_within_its_steps(pattern in "[ab.*+?()|\\[\\]^$\\\\{}0-9,-]{1,12}", text in "[ab1-]{0,30}") {
        let expression = format!("$contains($, /{pattern}/)");
        let _ = evaluate_in(Dialect::Standard, &expression, Some(&Value::from(text.as_str())), budget());
    }
}
