//! Work is paid for: whatever one operation does to much data costs steps in
//! proportion, so that no loop of few steps can do much.

use crate::support::{evaluate_in, shown};
use asl_jsonata::{Budget, Dialect};
use asl_value::Value;

/// Items in the lists, letters in the texts (ten times as many).
const SIZE: usize = 100_000;

/// Less than an operation on [`SIZE`] items may cost.
const FEW_STEPS: u64 = 2000;

fn input() -> Value {
    let list = |item: &dyn Fn(i64) -> Value| Value::from((0..).take(SIZE).map(item).collect::<Vec<_>>());
    let members = || Value::object((0_i64..).take(SIZE).map(|n| (format!("k{n}"), Value::from(n))));
    let text = |letter: &str| Value::from(letter.repeat(10 * SIZE));
    Value::object([
        ("n", list(&Value::from)),
        ("n2", list(&Value::from)),
        ("f", list(&|_| Value::from(false))),
        ("s", list(&|n| Value::from(format!("item {n}")))),
        ("e", list(&|_| Value::from(Vec::new()))),
        ("r", list(&|_| Value::object([("a", Value::from(1))]))),
        ("o", members()),
        ("o2", members()),
        ("t", text("a")),
        ("t2", text("a")),
        ("u", text("é")),
        ("w", text("a ")),
        ("one", Value::from(vec![Value::from(1)])),
        ("digits", Value::from("1".repeat(SIZE))),
        ("picture", Value::from("#,".repeat(SIZE) + "0")),
        ("irregular", Value::from("0,00,".repeat(SIZE) + "0")),
        ("dates", Value::from("[Y]".repeat(SIZE))),
    ])
}

#[test]
fn every_operation_pays_for_what_it_works_on() {
    let input = input();
    let rows = [
        // Operators and constructors.
        "n = n2",
        "o != o2",
        "t = t2",
        "t < t2",
        "t & t",
        "t in [t2]",
        "-1 in n",
        "f and true",
        "f ? 1 : 2",
        "f ?: 2",
        "[1..100000]",
        "[n, n]",
        "{ 'a': [n, 1] }",
        "n{ $string($): $ }",
        "$spread(r){ 'a': a }",
        // Paths and predicates.
        "e.a",
        "n.a",
        "o.*",
        "**",
        "n[$ < 0]",
        "one[$$.n]",
        "n^(>$)",
        "s^($)",
        "(r)@$x.a",
        "r#$i[$i < 0]",
        "(n)[[1, 2]]",
        // Functions and their arguments.
        "function($l)<a<n>:n>{ 1 }(n)",
        "($f := function($l) { $l[] }; $f([n, n]); 1)",
        "$map(n, $string)",
        "$filter(f, $boolean)",
        "$single(n, function($x) { $x = 99999 })",
        "$reduce(n, function($a, $b) { 1 })",
        "$each(o, function() { 1 })",
        "$sift(o, function() { false })",
        "$sort(n)",
        "$sort(s)",
        "$sort(s, function($a, $b) { false })",
        // Aggregates and arrays.
        "$sum(n)",
        "$max(n)",
        "$average(n)",
        "$append(n, n)",
        "$reverse(n)",
        "$zip(n, n2)",
        "$shuffle(n)",
        "$distinct(n)",
        "$distinct([n, n])",
        "$join(s)",
        "$boolean(f)",
        "$not(f)",
        // Objects.
        "$keys(r)",
        "$keys(e)",
        "$lookup(r, 'b')",
        "$spread(o)",
        "$spread(e)",
        "$merge([o, o2])",
        "o ~> |$|{ 'a': 1 }|",
        "r ~> |a|{ 'a': 1 }|",
        // Texts.
        "$string(n)",
        "$string(o, true)",
        "$length(t)",
        "$substring(t, 5, 1)",
        "$substringBefore(t, 'b')",
        "$substringAfter(t, 'b')",
        "$uppercase(t)",
        "$lowercase(u)",
        "$trim(w)",
        "$pad(t, 1000010)",
        "$pad('', 1000010)",
        "$contains(t, 'b')",
        "$split(t, 'b')",
        "$split(t, '')",
        "$replace(t, 'b', '')",
        "$replace('a', 'a', t)",
        "$replace('aaaa', /a/, t)",
        "$match(t, /a+/)",
        "$match(u, /(((é+)))/)",
        "/a+/(t)",
        "$base64encode(t)",
        "$base64decode(t)",
        "$encodeUrl(t)",
        "$encodeUrlComponent(u)",
        "$decodeUrl(t)",
        "$decodeUrlComponent(t)",
        "$eval(digits)",
        // Numbers and times.
        "$number(digits)",
        "$formatNumber(1, picture)",
        "$formatNumber(1e9, irregular)",
        "$formatInteger(1, irregular)",
        "$parseInteger(digits, '0')",
        "$parseInteger('1', irregular)",
        "$fromMillis(0, dates)",
        "$toMillis('1', dates)",
    ];
    let mut unpaid = Vec::new();
    for text in rows {
        let few = Budget { steps: FEW_STEPS, ..Budget::default() };
        let found = shown(evaluate_in(Dialect::Standard, text, Some(&input), few));
        if !found.starts_with("U1001") {
            unpaid.push(format!("{text}: {}", found.chars().take(80).collect::<String>()));
        }
    }
    assert!(unpaid.is_empty(), "{}", unpaid.join("\n"));
}

#[test]
fn searching_pays_in_steps_of_matching() {
    let input = input();
    for text in
        ["$contains(t, /b/)", "$contains(t, /[b-z]/)", "$contains('', /x/) or $contains(t, /(a+)\\1b/)"]
    {
        let few = Budget { regex_steps: FEW_STEPS, ..Budget::default() };
        let found = shown(evaluate_in(Dialect::Standard, text, Some(&input), few));
        assert!(found.starts_with("U1004"), "{text}: {found}");
    }
}

#[test]
fn functions_of_the_service_pay_too() {
    let input = input();
    for text in ["$partition(n, 10)", "$range(1, 100000, 1)", "$hash(t, 'SHA-512')", "$parse(digits & '')"] {
        let few = Budget { steps: FEW_STEPS, ..Budget::default() };
        let found = shown(evaluate_in(Dialect::StepFunctions, text, Some(&input), few));
        assert!(found.starts_with("U1001"), "{text}: {found}");
    }
}

/// What loops over much data ends by the budget, whichever part of it.
#[test]
fn loops_over_much_data_end() {
    let rows = [
        "($f := function($l, $n) { $n > 0 ? $f([$l, $l], $n) }; $f([1], 1))",
        "($f := function($l, $n) { $n > 0 ? $f($append($l, $l), $n) }; $f([1], 1))",
        "($f := function($s) { $f($s & $s) }; $f('ab'))",
        "($f := function($s) { $f($join([$s, $s])) }; $f('ab'))",
        "($f := function($l) { $f($reverse($l)) }; $f([1..100000]))",
        "($f := function($l) { $f($sort($l)) }; $f([1..100000]))",
        "($l := [1..100000].[false]; $f := function() { $l ? 1 : $f() }; $f())",
        "($s := $pad('', 1000000, 'a'); $f := function() { ($length($s); $f()) }; $f())",
        "($f := function() { ($formatBase(1e308, 2); $f()) }; $f())",
        "($f := function() { ($string(1 / 3); $f()) }; $f())",
        "($f := function($o) { $f($merge([$o, $o])) }; $f($merge([1..1000].{ $string(): 1 })))",
        "($f := function($o) { $f($o ~> |$|{ 'a': $$ }|) }; $f({ 'a': 1 }))",
        "($f := function() { ($fromMillis(0, '[FNn] [D1o] [MNn] [YWw]'); $f()) }; $f())",
        "($f := function() { ($toMillis('x', '[FNn] [D1o] [MNn] [YWw]'); $f()) }; $f())",
        "($f := function() { ($formatInteger(1e15, 'Ww'); $f()) }; $f())",
        "($f := function() { ($replace($pad('', 5000, 'é'), /é/, function($m) { '' }); $f()) }; $f())",
        "($f := function($o) { $f({ 'a': $o, 'b': $o }) }; $f(1))",
        "$string($reduce([1..60], function($o, $n) { { 'a': $o, 'b': $o } }, 1))",
        "$reduce([1..60], function($o, $n) { [[$o], [$o]] }, [1])",
    ];
    for text in rows {
        let tenth = Budget { steps: 1_000_000, allocated_bytes: 50 << 20, ..Budget::default() };
        let found = shown(evaluate_in(Dialect::Standard, text, None, tenth));
        assert!(found.starts_with("U100") || found.starts_with("D2015"), "{text}: {found}");
    }
}
