//! Nothing hangs, overflows the stack or grows without bound.

use crate::support::{evaluate_in, shown};
use asl_jsonata::{Budget, DEPTH_MAX, Dialect};
use asl_value::Value;

fn run(text: &str, budget: Budget) -> String {
    shown(evaluate_in(Dialect::Standard, text, None, budget))
}

fn code(text: &str) -> String {
    run(text, Budget::default()).split('@').next().unwrap_or_default().to_owned()
}

#[test]
fn nesting_of_the_text_is_bounded() {
    for (open, middle, close) in [
        ("(", "1", ")"),
        ("[", "1", "]"),
        ("{'a':", "1", "}"),
        ("-", "a", ""),
        ("$f(", "1", ")"),
        ("function(){", "1", "}"),
        ("a[", "1", "]"),
        ("1?", "1", ":2"),
        ("|a|", "{}", "|"),
        ("(a ?? ", "b", ")"),
    ] {
        let text = format!("{}{middle}{}", open.repeat(10_000), close.repeat(10_000));
        assert_eq!(code(&text), "S0304", "{open}");
    }
    for chain in ["a[0]", "a{b:1}", "a^(b)", "$f()", "a~>$f"] {
        let tail = chain.strip_prefix(['a', '$']).unwrap_or(chain).replace('f', "");
        let text = format!("a{}", tail.repeat(10_000));
        let found = code(&text);
        assert!(found.starts_with('S'), "{chain}: {found}");
    }
}

#[test]
fn long_chains_are_no_nesting() {
    assert_eq!(run(&format!("1{}", " + 1".repeat(20_000)), Budget::default()), "20001");
    assert_eq!(run(&format!("a{}", ".a".repeat(20_000)), Budget::default()), "undefined");
    assert_eq!(run(&format!("({})", "1;".repeat(20_000)), Budget::default()), "1");
    assert_eq!(run(&format!("$count([{}])", "1,".repeat(20_000) + "1"), Budget::default()), "20001");
}

#[test]
fn the_deepest_evaluation_fits_the_stack() {
    let texts = [
        "($f := function($n) { $n + $f($n) }; $f(1))".to_owned(),
        "($f := function($n) { [$map([$n], $f)] }; $f(1))".to_owned(),
        "($f := function($n) { {'a': $sort([2, 1], function($a, $b) { $f($n) })} }; $f(1))".to_owned(),
        "($f := function($n) { $x.a.b[$f(1)]^(c){ 'd': 1 } }; $x := {'a': {'b': 1}}; $f(1))".to_owned(),
        "($f := function($n) { 'a' ~> $replace(/a/, function($m) { $f(1) }) }; $f(1))".to_owned(),
        "($f := function($n) { $n ~> |$|{'a': $f($n) & ''}| }; $f({'b': 1}))".to_owned(),
        "($f := function() { $eval('$f() + 1') }; $f())".to_owned(),
        "($f := $sum; $g := function($x) { ($h($x); 1) }; $h := $g ~> $string; $h(1))".to_owned(),
        "($d := $reduce([1..120], function($a, $b) { [[$a]] }, [1]); $f := function($n) { [$map([$n], function($x) { $string($d) & $f(1) })] }; $f(1))".to_owned(),
        "($f := function($x, $y) { ($p := $f(?, 1); $p(1); 1) }; $f(1, 2))".to_owned(),
    ];
    for text in texts {
        let found = code(&text);
        assert!(found == "U1001" || found == "D3121", "{text}: {found}");
    }
}

#[test]
fn tail_calls_do_not_nest() {
    let text = "($sum := function($n, $s) { $n = 0 ? $s : $sum($n - 1, $s + $n) }; $sum(100000, 0))";
    assert_eq!(run(text, Budget::default()), "5000050000");
    let text = "($f := function($n) { ([1].($); $n = 0 ? 'done' : $f($n - 1)) }; $f(1000))";
    assert_eq!(run(text, Budget::default()), "\"done\"");
    let endless = run("($f := function() { $f() }; $f())", Budget { steps: 100_000, ..Budget::default() });
    assert!(endless.starts_with("U1001"), "{endless}");
}

#[test]
fn each_limit_has_its_error() {
    let small = Budget {
        steps: 20_000,
        depth: 50,
        sequence_length: 1000,
        string_bytes: 1000,
        allocated_bytes: 1 << 20,
        regex_steps: 10_000,
    };
    let rows = [
        ("$map([1..150], function($x) { $map([1..150], function($y) { $y }) })", "U1001"),
        ("($f := function($n) { 1 + $f($n) }; $f(1))", "U1001"),
        ("[1..1001]", "D2015"),
        ("$pad('', 1001)", "U1002"),
        ("$reduce([1..20], function($s, $x) { $s & $s }, 'ab')", "U1002"),
        ("$join([1..900].('0123456789'))", "U1002"),
        ("$string([1..900])", "U1002"),
        ("$replace($pad('', 900, 'a'), 'a', 'bb')", "U1002"),
        ("$map([1..60], function($x) { [1..900] })", "U1003"),
        ("$contains('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!', /(a+)+$/)", "U1004"),
        ("$distinct([1..900].[$])", "U1001"),
        ("$formatInteger(1e300, 'I')", "U1002"),
        ("$fromMillis(0, '[Y,4-99999999]')", "U1002"),
    ];
    for (text, want) in rows {
        let found = run(text, small.clone());
        assert_eq!(found.split('@').next(), Some(want), "{text}: {found}");
    }
    assert_eq!(run("1", Budget { depth: usize::MAX, ..Budget::default() }), "1");
    assert!(Budget::default().depth <= DEPTH_MAX);
}

#[test]
fn large_arrays_pass() {
    let numbers: Vec<Value> = (0..100_000_i64).map(Value::from).collect();
    let input = Value::object([("n", Value::from(numbers))]);
    let rows = [
        ("$sum(n)", "4999950000"),
        ("$count(n[$ % 2 = 0])", "50000"),
        ("$count($distinct(n))", "100000"),
        ("n^(>$)[0]", "99999"),
        ("$sort(n, function($a, $b) { $a < $b })[0]", "99999"),
        ("$reduce(n, function($a, $b) { $a + $b })", "4999950000"),
        ("$length($join(n.$string()))", "488890"),
        ("$count(n{ $string(): $ })", "1"),
        ("$count($merge(n.{ $string(): $ }) ~> $keys())", "100000"),
    ];
    for (text, want) in rows {
        let budget = Budget { steps: 100_000_000, ..Budget::default() };
        assert_eq!(shown(evaluate_in(Dialect::Standard, text, Some(&input), budget)), want, "{text}");
    }
}

#[test]
fn deep_documents_are_walked() {
    let (mut arrays, mut objects) = (Value::from(1), Value::from(1));
    for _ in 0..asl_value::DEPTH_MAX {
        arrays = Value::from(vec![arrays]);
        objects = Value::object([("a", objects)]);
    }
    let rows = [
        (&arrays, "$length($string($))", "2001"),
        (&arrays, "$length($string($, true))", "2004001"),
        (&objects, "$length($string($))", "6001"),
        (&objects, "$length($string($, true))", "2009001"),
        (&objects, "$count(**)", "1001"),
        (&arrays, "$ = [$$]", "true"),
        (&arrays, "$boolean($)", "true"),
        (&objects, "$count(($ ~> |**|{'b': 1}|).**.b)", "1000"),
        (&objects, "$keys($)", "\"a\""),
        (&arrays, "$distinct([[$], [$]]) = [[$]]", "true"),
        (&objects, "$distinct([$, {'f': $sum}, $].a ~> $string)[1]", "undefined"),
        // What leaves is no deeper than a document may be.
        (&objects, "{'x': $}", "U1001"),
        (&arrays, "[[$]]", "U1001"),
        (&objects, "{'x': $}.x.a.a.a ~> $string ~> $length", "5983"),
    ];
    for (input, text, want) in rows {
        let found = shown(evaluate_in(Dialect::Standard, text, Some(input), Budget::default()));
        assert_eq!(found, want, "{text}");
    }
    for input in [arrays, objects] {
        for text in [
            "$string($)",
            "$string($, true)",
            "$ = [$]",
            "$ = $clone($)",
            "a",
            "$boolean($)",
            "$count(**)",
            "*",
            "$keys($)",
            "$spread($)",
            "$ ~> |**|{'b': 1}|",
            "$distinct([$, $])",
            "{'x': $}",
            "[[$]]",
            "$lookup($, 'a')",
            "$ & ''",
            "$number($)",
            "$merge([$, $])",
            "$ ~> |$|{'f': $sum}|",
            "**[a = 1]",
            "$sum($)",
            "{'f': $sum, 'b': $} = $",
        ] {
            let outcome = evaluate_in(Dialect::Standard, text, Some(&input), Budget::default());
            assert!(!shown(outcome).is_empty());
        }
    }
}

#[test]
fn deep_data_is_dropped_and_refused_without_overflow() {
    assert_eq!(code("$reduce([1..100000], function($a, $b) { [[$a]] })"), "U1001");
    assert_eq!(code("$reduce([1..100000], function($a, $b) { {'a': $a} }).b"), "undefined");
    assert_eq!(
        code("$length($string($reduce([1..100000], function($a, $b) { {'a': $a} }, 1)))"),
        (100_000 * 6 + 1).to_string()
    );
    assert_eq!(code("$type($reduce([1..100000], function($a, $b) { function() { $a } }))"), "\"function\"");
    assert_eq!(
        code(
            "$type($map([1], function() { $reduce([1..1000], function($a, $b) { {'f': $a.f ~> $string} }, {'f': $sum}).f }))"
        ),
        "\"function\""
    );
    assert_eq!(code("$type($reduce([1..100000], function($a, $b) { {'f': $sum, 'a': $a} }))"), "\"object\"");
    assert_eq!(code("$count($reduce([1..100000], function($a, $b) { {'a': $a} }).**)"), "100000");
}
