//! What the language does where nobody would guess it: each row is what the
//! reference implementation answers, down to the places of errors.

use crate::support::check;
use asl_jsonata::Dialect;

const INPUT: &str = r#"{ "words": ["a"], "items": [{ "sku": "p", "qty": 1 }] }"#;

#[test]
fn functions_applied_in_part_have_no_signature() {
    let rows = [
        (r#"($f := function($a)<n:n>{ $a & "!" }; $q := $f(?); $q("x"))"#, r#""x!""#),
        (r#"($f := function($a)<n:n>{ $a & "!" }; $f("x"))"#, "T0410@41"),
        (r#"($h := $substring(?, 1); $h("abc"))"#, r#""bc""#),
        ("($p := function($f) { $f(1) }; $p(function($a)<n:n>{ $a + 1 }))", "2"),
    ];
    check(Dialect::Standard, INPUT, &rows);
}

#[test]
fn errors_tell_the_latest_call_of_a_function() {
    let rows = [
        ("$single([1,2], function($x){ $single([1,2]) })", "D3138@36"),
        (r#"($f := $abs ~> $floor; $f("x"))"#, "T0410@39"),
        ("($f := $floor ~> $string ~> $abs; $f(1))", "T0410@35"),
        (r#"(["a"] ~> $map($abs))"#, "T0410@15"),
        (r#"("a" ~> $abs)"#, "T0410"),
        ("/x*/(\"ab\").next()", "D1004@4"),
        (r#"$match("a", /^ *|e/m, 1)"#, "D1004@7"),
    ];
    check(Dialect::Standard, INPUT, &rows);
}

#[test]
fn what_is_no_number() {
    let rows = [
        (r#"$max([$parseInteger("x", "w"), 1])"#, "null"),
        (r#"$distinct([$parseInteger("x", "w"), $parseInteger("x", "w")])"#, "[null,null]"),
        (r#"$formatNumber($parseInteger("x", "w"), "0.0")"#, r#""-NaN.0""#),
        ("$formatInteger(1 / 0, 'w')", "D1001@15"),
        ("$formatInteger(-1 / 0, 'a')", "D1001@15"),
        ("$toMillis('21 August 839727340', '[D1] [MNn] [Y0001]')", "null"),
        (r#"$toMillis("2020-13-01")"#, "null"),
        (r#"$toMillis("2020-19-01T25:00:00Z")"#, "null"),
        (r#"$toMillis("2020-20-01")"#, "D3110@10"),
    ];
    check(Dialect::Standard, INPUT, &rows);
}

#[test]
fn pictures_with_separators_out_of_place() {
    let rows = [
        (r#"$formatInteger(31, "0a")"#, r#""31a""#),
        (r##"$formatInteger(0, "#,##0,0")"##, r#"",0,0""#),
        (r#"$formatInteger(1e21, "١")"#, r#""١ڕٛ٢١""#),
        (r##"$formatNumber(3, "#,##,##0.00")"##, r#"",3.0,0""#),
        (r#"$formatNumber(1e21, "0.000,0")"#, r#""1e+21.000,0""#),
        (r##"$formatNumber(-1e-7, "#e0")"##, r#""-0.e-6""#),
        (r##"$formatNumber(6, "#e0", { "zero-digit": "٠" })"##, "D3093@14"),
        (r#"$toMillis("2020-1-1 -05:30", "[Y]-[M]-[D] [Z00:00]")"#, "1577853000000"),
        ("$formatBase(1e21)", r#""1e+21""#),
    ];
    check(Dialect::Standard, INPUT, &rows);
}

#[test]
fn what_is_missing_or_of_another_type() {
    let rows = [
        (r#"$substring("zz", missing, 1)"#, r#""""#),
        (r#"$substring("zz", missing)"#, r#""zz""#),
        (r#"$filter(["abc", "bcd"], /b/)"#, r#""abc""#),
        ("/(\\d)/(12).next().match", r#""2""#),
        ("/object/(items[0]).start", "1"),
        ("(words)[%][]", "undefined"),
        ("[] in [[1], []]", "false"),
        ("$spread([[]])", "[]"),
        ("$spread([null])", "[null]"),
        ("$spread([{ 'a': 1 }])", r#"[{"a":1}]"#),
        ("$spread({ 'a': 1 })", r#"{"a":1}"#),
        ("$spread([])", "undefined"),
        ("items.qty[-2][[-1]]", "undefined"),
        ("$type(1e308 * 10)", "D1001@6"),
        (r#"$type($parseInteger("x", "w"))"#, r#""object""#),
        (r#"items#$i[0]{ "i": $i, "v": qty }"#, r#"{"i":0}"#),
        ("items#$i[0].sku", r#""p""#),
    ];
    check(Dialect::Standard, INPUT, &rows);
}
