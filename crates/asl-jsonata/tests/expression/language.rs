//! The language: paths, operators, functions, and what goes wrong in them.

use crate::support::check;
use asl_jsonata::{Dialect, Expression, Outcome};

const ORDERS: &str = r#"{
    "customer": { "name": "Ada", "tags": ["a", "b"] },
    "orders": [
        { "id": 1, "items": [{ "sku": "x", "price": 2.5, "n": 4 }, { "sku": "y", "price": 10, "n": 1 }] },
        { "id": 2, "items": [{ "sku": "x", "price": 3, "n": 2 }] }
    ],
    "nested": [[1, 2], [3]],
    "one": [5],
    "none": [],
    "odd name": true
}"#;

fn standard(rows: &[(&str, &str)]) {
    check(Dialect::Standard, ORDERS, rows);
}

#[test]
fn paths() {
    standard(&[
        ("customer.name", r#""Ada""#),
        ("customer.absent.name", "undefined"),
        ("orders.id", "[1,2]"),
        ("orders.items.sku", r#"["x","y","x"]"#),
        ("orders[0].items.sku", r#"["x","y"]"#),
        ("orders.items[0].sku", r#"["x","x"]"#),
        ("(orders.items)[0].sku", r#""x""#),
        ("orders[-1].id", "2"),
        ("orders[[0..5]].id", "[1,2]"),
        ("orders[id = 2].items.price", "3"),
        ("orders.items[price > 2.7].sku", r#"["y","x"]"#),
        ("orders[id = 2].items[].price", "[3]"),
        ("one", "[5]"),
        ("one[0]", "5"),
        ("none", "[]"),
        ("none.x", "undefined"),
        ("nested", "[[1,2],[3]]"),
        ("nested.$", "[1,2,3]"),
        ("`odd name`", "true"),
        ("\"odd name\".x", "undefined"),
        ("customer.*", r#"["Ada","a","b"]"#),
        ("$count(**)", "26"),
        ("**.sku", r#"["x","y","x"]"#),
        ("orders.[id]", "[[1],[2]]"),
        ("customer.{ 'n': name }", r#"{"n":"Ada"}"#),
        ("$v.x", "7"),
        ("$$.customer.name", r#""Ada""#),
        ("orders.items.sku.%.%.id", "[1,1,2]"),
    ]);
}

#[test]
fn joins_sorting_and_grouping() {
    standard(&[
        ("orders@$o.customer.{ 'id': $o.id, 'n': name }", r#"[{"id":1,"n":"Ada"},{"id":2,"n":"Ada"}]"#),
        (
            "orders.items#$i.{ 'i': $i, 'sku': sku }",
            r#"[{"i":0,"sku":"x"},{"i":1,"sku":"y"},{"i":0,"sku":"x"}]"#,
        ),
        ("orders#$i[$i = 1].id", "2"),
        ("orders.items^(>price).price", "[10,3,2.5]"),
        ("orders.items^(sku, price).price", "[2.5,3,10]"),
        ("orders.items^(absent).price", "[2.5,10,3]"),
        ("orders.items^(customer ? 1 : sku).sku", r#"["x","x","y"]"#),
        ("orders.items{ sku: $sum(price) }", r#"{"x":5.5,"y":10}"#),
        ("orders.items.{ sku: price }", r#"[{"x":2.5},{"y":10},{"x":3}]"#),
        ("orders.items{ sku: price, 'x': n }", "D1009@13"),
        ("orders{ id: 1 }", "T1003@7"),
        ("nested^($)", "T2008@7"),
    ]);
}

#[test]
fn operators() {
    standard(&[
        ("1 + 2 * 3 - 4 / 2 % 3", "5"),
        ("-customer.absent", "undefined"),
        ("-'a'", "D1002@1"),
        ("0.1 + 0.2", "0.30000000000000004"),
        ("9007199254740993 + 0", "9007199254740992"),
        ("1e21 & ''", r#""1e+21""#),
        ("1 / 0", "null"),
        ("missing[[0, 0]]", "[null,null]"),
        ("[missing[[0]]]", "[]"),
        ("$match('abc', /(a)|(b)/).groups[0]", "\"a\""),
        ("matrix^(rank)[-1]", "undefined"),
        ("[[1], []]^($count($))[0]", "[]"),
        ("1 / 0 + 1", "D1001@7"),
        ("'a' + 1", "T2001@5"),
        ("1 + 'a'", "T2002@3"),
        ("absent + 1", "undefined"),
        ("1 = 1.0", "true"),
        ("{'a': [1]} = {'a': [1]}", "true"),
        ("absent = absent", "false"),
        ("absent != 1", "false"),
        ("1 < 'a'", "T2009@3"),
        ("1 < null", "T2010@3"),
        ("'a' < 'b' and 2 >= 2", "true"),
        ("true or $error('no')", "true"),
        ("false and $error('no')", "false"),
        ("2 in [1, 2]", "true"),
        ("2 in 2", "true"),
        ("'a' & 1 & null & true & [1]", r#""a1nulltrue[1]""#),
        ("absent['a' < 1]", "T2009@12"),
        ("[1..3, 5]", "[1,2,3,5]"),
        ("[3..1]", "[]"),
        ("[1.5..2]", "T2003@6"),
        ("[1..'a']", "T2004@4"),
        ("[0..10000000]", "D2014@4"),
        ("absent ?: 'b'", r#""b""#),
        ("0 ?: 'b'", r#""b""#),
        ("0 ?? 'b'", "0"),
        ("absent ?? 'b'", r#""b""#),
        ("true ? 1", "1"),
        ("false ? 1", "undefined"),
        ("[1, 2] ~> $sum()", "3"),
        ("customer ~> |$|{'name': 'Bob', 'n': 1}, ['tags']|", r#"{"name":"Bob","n":1}"#),
        ("customer ~> |$|5|", "T2011@16"),
        ("/* comment */ 1", "1"),
    ]);
}

#[test]
fn functions() {
    standard(&[
        ("($f := function($x) { $x * 2 }; $f(4))", "8"),
        ("function($x) { $x }", "function"),
        ("[function() { 1 }]", "function"),
        ("($x := 1; ($x := 2); $x)", "1"),
        ("($n := 0; $up := function() { $n + 1 }; $n := 5; $up())", "6"),
        ("($add := function($a, $b) { $a + $b }; $inc := $add(1, ?); $inc(2))", "3"),
        ("($first := $substring(?, 0, 1); ['abc', 'xyz'].$first($))", r#"["a","x"]"#),
        ("($both := $uppercase ~> $trim; $both(' a '))", r#""A""#),
        ("function($x)<n:n> { $x }('a')", "T0410@25"),
        ("function($x)<a<s>:n> { $count($x) }('a')", "1"),
        ("function($x)<a<s>:n> { $count($x) }([1])", "T0412@36"),
        ("function($x, $y)<n-n:n> { $x + $y }(1)", "T0411@36"),
        ("λ($x)<z<n>:n> { $x }(1)", "S0401@9"),
        ("name()", "T1006@5"),
        ("sum([1])", "T1005@4"),
        ("sum(?)", "T1007@4"),
        ("absent(?)", "T1008@7"),
        ("$nope(1)", "T1006@6"),
        ("1 ~> 2", "T2006@4"),
        (
            "($even := function($n) { $n = 0 ? true : $odd($n - 1) }; $odd := function($n) { $n = 0 ? false : $even($n - 1) }; $even(6555))",
            "false",
        ),
        ("($fib := function($n) { $n < 2 ? $n : $fib($n - 1) + $fib($n - 2) }; $fib(15))", "610"),
    ]);
}

#[test]
fn errors_of_syntax() {
    standard(&[
        ("", "S0207@0"),
        ("1 +", "S0207@3"),
        ("[1", "S0203@2"),
        ("[1)", "S0202@3"),
        ("1 2", "S0201@3"),
        ("\"abc", "S0101@4"),
        ("1e999", "S0102@0"),
        ("\"\\y\"", "S0103@2"),
        ("\"\\u12\"", "S0104@2"),
        ("`abc", "S0105@4"),
        ("/* abc", "S0106@0"),
        ("1 ! 2", "S0204@3"),
        ("@ 1", "S0211@1"),
        ("a := 1", "S0212@1"),
        ("a.1", "S0213@3"),
        ("a@b", "S0214@3"),
        ("a[0]@$x", "S0215@5"),
        ("a^(b)@$x", "S0216@6"),
        ("a.%.%", "S0217@1"),
        ("function(a) { 1 }", "S0208@10"),
        ("a{b: 1}{c: 2}", "S0210@8"),
        ("a[1]{b: 1}[0]", "{}"),
        ("//", "S0301@1"),
        ("/abc", "S0302@4"),
        ("/(/", "S0302@3"),
        ("/*(/", "S0106@0"),
        ("/a**/", "S0303@1"),
    ]);
}

#[test]
fn messages_are_those_of_jsonata() {
    let rows = [
        ("$nope()", "T1006: Attempted to invoke a non-function"),
        ("'a' + 1", "T2001: The left side of the \"+\" operator must evaluate to a number"),
        ("$sum('a')", "T0412: Argument 1 of function \"sum\" must be an array of \"numbers\""),
        ("$length(1)", "T0410: Argument 1 of function \"length\" does not match function signature"),
        (
            "1 < 'a'",
            "T2009: The values 1 and \"a\" either side of operator \"<\" must be of the same data type",
        ),
        ("sum(1)", "T1005: Attempted to invoke a non-function. Did you mean $sum?"),
        ("$number('x')", "D3030: Unable to cast value to a number: \"x\""),
        ("$error('my words')", "D3137: my words"),
        ("[1", "S0203: Expected \"]\" before end of expression"),
        ("{'a': 1, 'a': 2}", "D1009: Multiple key definitions evaluate to same key: \"a\""),
        ("$decodeUrl('%')", "D3140: Malformed URL passed to $decodeUrl(): \"%\""),
    ];
    for (text, want) in rows {
        let error =
            crate::support::evaluate_in(Dialect::Standard, text, None, asl_jsonata::Budget::default())
                .expect_err("the expression fails");
        assert_eq!(error.to_string(), want, "{text}");
    }
}

#[test]
fn an_array_as_input_is_one_value() {
    check(
        Dialect::Standard,
        "[1, 2, [3]]",
        &[("$", "[1,2,[3]]"), ("$[0]", "1"), ("$count($)", "3"), ("$string()", r#""[1,2,[3]]""#)],
    );
    check(
        Dialect::Standard,
        r#"[{"a": 1}, {"a": 2}]"#,
        &[("a", "[1,2]"), ("$.a", "[1,2]"), ("$sum(a)", "3"), ("*.a", "[1,2]")],
    );
}

#[test]
fn untouched_values_keep_their_form() {
    check(
        Dialect::Standard,
        r#"{"big": 12345678901234567890, "float": 1.0, "list": [1.0, 2]}"#,
        &[
            ("big", "12345678901234567890"),
            ("float", "1.0"),
            ("list", "[1.0,2]"),
            ("{'a': list}", r#"{"a":[1.0,2]}"#),
            ("float + 0", "1"),
            ("$string(float)", r#""1""#),
        ],
    );
}

#[test]
fn free_variables_are_those_that_nothing_binds() {
    let rows = [
        ("$states.input.$f($x)", "f states x"),
        ("($x := 1; $x + $y)", "y"),
        ("$x + ($x := 1; $x)", "x"),
        ("$map($states.input, function($v, $i) { $v + $i + $k })", "k states"),
        ("($even := function($n) { $odd($n) }; $odd := function($n) { $even($n) }; $odd(1))", ""),
        ("orders@$o.items#$i.[$o, $i, $p]", "p"),
        ("$sum($) & $$ & $now()", ""),
    ];
    for (text, want) in rows {
        let expression = Expression::compile(text, Dialect::Standard).expect("the expression compiles");
        assert_eq!(expression.free_variables().collect::<Vec<_>>().join(" "), want, "{text}");
        assert_eq!(expression.text(), text);
    }
}

#[test]
fn undefined_input_is_no_null() {
    let undefined =
        |text| crate::support::evaluate_in(Dialect::Standard, text, None, asl_jsonata::Budget::default());
    assert_eq!(undefined("$"), Ok(Outcome::Undefined));
    assert_eq!(undefined("a.b"), Ok(Outcome::Undefined));
    assert_eq!(undefined("$exists($)"), Ok(Outcome::Value(false.into())));
}

#[test]
fn calls_keep_their_variables_to_themselves() {
    standard(&[
        ("$map([1, 2, 3], function($v) { function() { $v } }).$()", "[1,2,3]"),
        (
            "($f := $map([1, 2, 3], function($v) { function() { $v } }); [$f[0](), $f[1](), $f[2]()])",
            "[1,2,3]",
        ),
        ("$map([1, 2], function($v) { ($v = 1 ? $x := 5; $x) })", "5"),
        ("($f := $map([1, 2], function($v) { ($w := $v; function() { $w }) }); [$f[0](), $f[1]()])", "[1,2]"),
        ("($f := function($n) { $n > 0 ? [$n, $f($n - 1)] : [] }; $map([1, 2], $f))", "[[1],[2,1]]"),
        ("$map([1, 2], function($v) { $map([3, 4], function($w) { $v * $w }) })", "[[3,4],[6,8]]"),
        ("$map([1, 2], function($v) { $v.$map([3], function($w) { $v * $w }) })", "[3,6]"),
        ("($f := function($a, $b) { $b }; $f(1, 2); $f(1))", "undefined"),
        ("$reduce([1, 2, 3], function($a, $v) { function() { [$a, $v] } })()[1]", "3"),
        ("$sort([3, 1, 2], function($a, $b) { ($c := $a; $c > $b) })", "[1,2,3]"),
        ("$count($map([1..1000], function($v) { () }))", "0"),
        ("$count($map([1..1000], function($v) { $v > 2 ? () }))", "0"),
    ]);
}

#[test]
fn arithmetic_with_what_is_no_number() {
    standard(&[
        ("$map(['a', 2], function($v) { $v * 2 })", "T2001@5"),
        ("$map([1, 2], function($v) { $v * 'a' })", "T2002@5"),
        ("$map([1, 2], function($v) { $v * absent })", "undefined"),
        ("$map([1e200, 2], function($v) { $v * $v + 1 })", "D1001@5"),
        ("$map([1, 2], function($v) { $v * 2 + 1 > 4 })", "[false,true]"),
        ("$map([1, 2], function($v) { 1 < $v = true })", "[false,true]"),
        ("$map([1, 2], function($v) { $v & 2 + 1 })", "T2001@5"),
        ("orders.(id * 2 - 1)", "[1,3]"),
        ("orders.(id * customer)", "undefined"),
        ("orders.(id * items)", "T2002@12"),
        ("orders.items.(price < n)", "[true,false,false]"),
        ("orders.items.(sku < n)", "T2009@19"),
        ("($o := orders[0]; $o.id * 3 + $o.items)", "T2002@29"),
    ]);
}

#[test]
fn sorting() {
    standard(&[
        ("['b', 'a', 'c']^($)", r#"["a","b","c"]"#),
        ("[3, 1, 2]^(>$)", "[3,2,1]"),
        ("orders.items^(sku, >price).price", "[3,2.5,10]"),
        ("orders.items^(absent, price).price", "[2.5,3,10]"),
        ("[1, 'a', 2]^($)", "T2007@12"),
        ("[1, 2, true]^($)", "T2008@13"),
        ("[1, 2, true]^($ = true ? $error('late') : $)", "D3137@32"),
        ("[1, 'a', true]^($ = true ? $error('late') : $)", "D3137@34"),
        ("[1, 'a', 2, true]^($ = true ? $error('late') : $)", "T2007@18"),
        ("[true]^($error('never'))", "true"),
        ("['\u{ff21}', '\u{1f600}', '\u{d7ff}']^($)", "[\"\u{d7ff}\",\"\u{1f600}\",\"\u{ff21}\"]"),
        ("$sort(['\u{ff21}', '\u{1f600}'])", "[\"\u{1f600}\",\"\u{ff21}\"]"),
        ("'\u{ff21}' > '\u{1f600}'", "true"),
    ]);
}
