//! Paths, templates and intrinsics by table: a row a rule.

use asl_jsonpath::{Environment, Path, PathOrIntrinsic, ReferencePath, Scope, Template};
use asl_value::{Value, parse};

struct World {
    context: Value,
    variable: Value,
}

impl Environment for World {
    fn context(&self) -> &Value {
        &self.context
    }

    fn variable(&self, name: &str) -> Option<&Value> {
        (name == "x").then_some(&self.variable)
    }
}

fn json(text: &str) -> Value {
    parse(text).expect("JSON")
}

/// Evaluates a path or call on a document: the compact result, or the error.
fn evaluate(text: &str, input: &str) -> String {
    let world = World { context: json(r#"{"State":{"Name":"S"}}"#), variable: json(r#"{"y":[10,20]}"#) };
    let input = json(input);
    let scope = Scope { input: &input, environment: &world };
    let mut bits = 0_u64;
    let mut entropy = || {
        bits += 1;
        bits << 60
    };
    match PathOrIntrinsic::compile(text) {
        Err(error) => format!("refused: {error}"),
        Ok(source) => match source.evaluate(&scope, &mut entropy) {
            Ok(value) => value.to_string(),
            Err(error) => format!("error: {error}"),
        },
    }
}

fn table(rows: &[(&str, &str, &str)]) {
    for (text, input, want) in rows {
        assert_eq!(evaluate(text, input), *want, "{text} on {input}");
    }
}

const SHOP: &str = r#"{"items":[{"n":1,"p":5,"tag":"a"},{"n":2,"p":15,"tag":"b"},{"n":3,"p":25}],"auto-id":{"k":"v"},"a":{"b":null}}"#;

#[test]
fn paths_select() {
    table(&[
        ("$", "[1, 2]", "[1,2]"),
        ("$.[0]", "[7]", "7"),
        ("$[*]", "[7]", "[7]"),
        ("$.auto-id.k", SHOP, r#""v""#),
        ("$['auto-id']['k']", SHOP, r#""v""#),
        ("$.items[0].n", SHOP, "1"),
        ("$.items[-1].n", SHOP, "3"),
        ("$.items.[1].n", SHOP, "2"),
        ("$.items[*].n", SHOP, "[1,2,3]"),
        ("$.items.[*].['n','p']", SHOP, r#"[{"n":1,"p":5},{"n":2,"p":15},{"n":3,"p":25}]"#),
        ("$.items[0]['n','tag','no']", SHOP, r#"{"n":1,"tag":"a"}"#),
        ("$.items[0,2].n", SHOP, "[1,3]"),
        ("$.items[1:].n", SHOP, "[2,3]"),
        ("$.items[:1].n", SHOP, "[1]"),
        ("$.items[-2:].n", SHOP, "[2,3]"),
        ("$.items[0:3:2].n", SHOP, "[1,3]"),
        ("$.items[-1,0].n", SHOP, "[3,1]"),
        ("$..items[0].n", SHOP, "[1]"),
        ("$..[0]", r#"{"a":[1,[2]],"b":[[3]]}"#, "[1,2,[3],3]"),
        ("$..n", SHOP, "[1,2,3]"),
        ("$.auto-id.*", SHOP, r#"["v"]"#),
        ("$.a.b", SHOP, "null"),
        ("$$.State.Name", "{}", r#""S""#),
        ("$x.y[1]", "{}", "20"),
        (r#"$['Test\""Name"']"#, r#"{"Test\"\"Name\"":1}"#, "1"),
        ("$.items[(@.length-1)].n", SHOP, "3"),
        ("$.a.b ", SHOP, "null"),
    ]);
}

#[test]
fn an_indefinite_path_that_matches_nothing_gives_an_empty_array() {
    table(&[
        ("$.no.such[*]", "{}", "[]"),
        ("$[*]", "{}", "[]"),
        ("$.items[1:5].x", "{}", "[]"),
        ("$..x", "7", "[]"),
        ("$.items[?(@.n > 9)]", SHOP, "[]"),
    ]);
}

#[test]
fn filters_pick_items() {
    table(&[
        ("$.items[?(@.p > 10)].n", SHOP, "[2,3]"),
        ("$.items[?(@.p >= 5 && @.p < 25)].n", SHOP, "[1,2]"),
        ("$.items[?(@.n == 1 || @.n == 3)].n", SHOP, "[1,3]"),
        ("$.items[?(!(@.tag))].n", SHOP, "[3]"),
        ("$.items[?(@.tag)].n", SHOP, "[1,2]"),
        ("$.items[?(@.tag == a)].n", SHOP, "[1]"),
        ("$.items[?(@.tag == 'a')].n", SHOP, "[1]"),
        ("$.items[?(@.tag in ['a', \"b\"])].n", SHOP, "[1,2]"),
        ("$.items[?(@.tag nin ['a'])].n", SHOP, "[2]"),
        ("$.items[?(@.tag =~ /^A$/i)].n", SHOP, "[1]"),
        ("$.items[?(@.tag size 1)].n", SHOP, "[1,2]"),
        ("$.l[?(@ contains 2)]", r#"{"l":[[1,2],[3]]}"#, "[[1,2]]"),
        ("$.l[?(@ empty true)]", r#"{"l":[[],[3]]}"#, "[[]]"),
        ("$.items[?(@.n == $.want)].p", r#"{"items":[{"n":1,"p":2}],"want":1}"#, "[2]"),
        ("$.items[?(@.n == $x.y)].p", r#"{"items":[{"n":[10,20],"p":2}]}"#, "[2]"),
        ("$.items[?(@.n == $$.State.Name)].p", r#"{"items":[{"n":"S","p":2}]}"#, "[2]"),
        ("$.items[?(@.tag != 'a')].n", SHOP, "[2,3]"),
        ("$.items[?(@.tag < 'b')].n", SHOP, "[1]"),
        // What has no order is neither less nor greater.
        ("$.items[?(@.tag > 0 || @.tag <= 0)].n", SHOP, "[]"),
        ("$.items[?(@.tag contains b)].n", SHOP, "[2]"),
        ("$.items[?(@.tag =~ /a|b.*/)].n", SHOP, "[1,2]"),
        ("$.items[?('a' == @.tag)].n", SHOP, "[1]"),
        ("$.l[?(@ subsetof [1,2,3])]", r#"{"l":[[1,2],[3,4]]}"#, "[[1,2]]"),
        ("$.l[?(@ anyof [3])]", r#"{"l":[[1,2],[3,4]]}"#, "[[3,4]]"),
        ("$.l[?(@ noneof [3])]", r#"{"l":[[1,2],[3,4]]}"#, "[[1,2]]"),
        ("$.l[?(@ type 'string')]", r#"{"l":[1,"s"]}"#, r#"["s"]"#),
        ("$.l[?(@ size 2)]", r#"{"l":[[1,2],"é😀",{"a":1,"b":2},7,null]}"#, r#"[[1,2],"é😀",{"a":1,"b":2}]"#),
        ("$.l[?(@ empty false)]", r#"{"l":[[],[3],"",{"a":1}]}"#, r#"[[3],{"a":1}]"#),
        ("$.l[?(@.length() == 2)]", r#"{"l":[[1,2],[3]]}"#, "[[1,2]]"),
        ("$.l[?(@.a[*])]", r#"{"l":[{"a":[]},{"a":[1]}]}"#, r#"[{"a":[1]}]"#),
        ("$[?(@.year <= 1999)]", r#"[{"year":1999},{"year":2000}]"#, r#"[{"year":1999}]"#),
        // A descent comes by every object itself.
        ("$..[?(@.n > 1)].n", r#"{"n":9,"l":[{"n":2},{"n":1}]}"#, "[9,2]"),
        // Of an object the filter looks at the object itself.
        ("$.a[?(@.s == 0)]", r#"{"a":{"s":0}}"#, r#"[{"s":0}]"#),
    ]);
}

#[test]
fn functions_end_a_path() {
    table(&[
        ("$.items.length()", SHOP, "3"),
        ("$.auto-id.keys()", SHOP, r#"["k"]"#),
        ("$.items[*].p.sum()", SHOP, "45.0"),
        ("$.items[*].p.min()", SHOP, "5.0"),
        ("$.items[*].p.max()", SHOP, "25.0"),
        ("$.items[*].p.avg()", SHOP, "15.0"),
        ("$.l.stddev()", r#"{"l":[2,4,4,4,5,5,7,9]}"#, "2.0"),
        ("$.l.first()", r#"{"l":[2,4]}"#, "2"),
        ("$.l.last()", r#"{"l":[2,4]}"#, "4"),
        ("$.auto-id.length()", SHOP, "1"),
        ("$.auto-id.size()", SHOP, "1"),
        ("$.l.sum()", r#"{"l":[1,"2",null]}"#, "1.0"),
        (
            "$.l.sum()",
            r#"{"l":[]}"#,
            "error: Aggregation function attempted to calculate value using empty array",
        ),
        ("$.items.keys()", "{\"items\":1}", "error: The function 'keys' cannot be applied to: 1"),
    ]);
}

#[test]
fn a_lost_path_says_where() {
    table(&[
        ("$.x", "{}", "error: No results for path: $['x']"),
        ("$.no.such.path", "{}", "error: Missing property in path $['no']"),
        ("$.auto-id.x", SHOP, "error: No results for path: $['auto-id']['x']"),
        ("$.items[10]", SHOP, "error: No results for path: $['items'][10]"),
        ("$.a.b.c", r#"{"a":"text"}"#, "error: Property ['b'] not found in path $['a']"),
        ("$['a','b'].v", "{}", "error: Multi properties can only be used as path leafs: $['a', 'b']"),
        ("$.s['a','b']", r#"{"s":1}"#, "error: Property ['a', 'b'] not found in path $['s']"),
        ("$nothing.y", "{}", "error: The variable 'nothing' is not defined"),
    ]);
}

#[test]
fn what_is_no_path_is_refused() {
    for text in [
        "",
        "a",
        "$$23",
        "$.${A}",
        "$.",
        "$[",
        "$['a",
        "$[?(@.a",
        "$.a b",
        "$.a.length(1)",
        "$.a[1:2:0]",
        "$.a[?(@ ==)]",
    ] {
        assert!(Path::compile(text).is_err(), "{text}");
    }
    let many = format!("[{}1]", "1,".repeat(5000));
    assert_eq!(
        evaluate("$[?($[?($[?(@ == 0)])])]", &many),
        "error: The path comes by more than 2000000 values"
    );
    let bushy = format!("{}1{}", "[".repeat(300), "]".repeat(300));
    assert_eq!(
        evaluate(&format!("${}", "..*".repeat(9)), &bushy),
        "error: The path comes by more than 2000000 values"
    );
    let deep = format!("$[?({}@.a{})]", "(".repeat(10_000), ")".repeat(10_000));
    assert!(Path::compile(&deep).is_err());
    assert_eq!(
        Path::compile("$.a[x]").unwrap_err().to_string(),
        "expected an index, a slice, a quoted name, '*' or '?', found 'x' at character 5"
    );
}

#[test]
fn reference_paths_write() {
    for (path, document, want) in [
        ("$", r#"{"a":1}"#, "9"),
        ("$.a", "{}", r#"{"a":9}"#),
        ("$.a", r#"{"a":1,"b":2}"#, r#"{"a":9,"b":2}"#),
        ("$.a.b.c", "{}", r#"{"a":{"b":{"c":9}}}"#),
        ("$.a[1]", r#"{"a":[1,2,3]}"#, r#"{"a":[1,9,3]}"#),
        ("$.a[2].b", r#"{"a":[1]}"#, r#"{"a":[1,null,{"b":9}]}"#),
        ("$.a", "null", r#"{"a":9}"#),
    ] {
        let original = json(document);
        let path = ReferencePath::compile(path).unwrap();
        assert_eq!(path.put(&original, Value::from(9)).unwrap().to_string(), want, "{path} in {document}");
        assert_eq!(original, json(document), "the original is as it was");
    }
    let original = json(r#"{"a":{"b":1},"c":[1]}"#);
    let path = ReferencePath::compile("$.a.b").unwrap();
    let changed = path.put(&original, Value::from(9)).unwrap();
    let list = |document: &Value| document.get("c").and_then(Value::as_array).cloned().unwrap();
    assert!(list(&changed).is_same(&list(&original)), "what lies off the path is shared");
    assert_eq!(
        path.put(&json(r#"{"a":"text"}"#), Value::Null).unwrap_err().to_string(),
        r#"Unable to apply ReferencePath $.a.b to input {"a":"text"}"#
    );
    for text in
        ["$.a[*]", "$..a", "$$.a", "$x", "$.a[1:]", "$.a[-1]", "$.a[10001]", "$.a['b','c']", "$.a.length()"]
    {
        assert!(ReferencePath::compile(text).is_err(), "{text}");
    }
}

#[test]
fn templates_fill_their_dynamic_fields() {
    let world = World { context: Value::Null, variable: Value::Null };
    let input = json(r#"{"a":1}"#);
    let scope = Scope { input: &input, environment: &world };
    let template = json(r#"{"k":[{"v.$":"$.a"},"$.a"],"same":{"deep":[1]},"s.$":"States.Array($.a)"}"#);
    let made = Template::compile(&template).unwrap().evaluate(&scope, &mut || 0).unwrap();
    assert_eq!(made.to_string(), r#"{"k":[{"v":1},"$.a"],"same":{"deep":[1]},"s":[1]}"#);

    let lost = Template::compile(&json(r#"{"value.$":"$.x"}"#)).unwrap();
    assert_eq!(
        lost.evaluate(&scope, &mut || 0).unwrap_err().to_string(),
        r#"The JSONPath '$.x' specified for the field 'value.$' could not be found in the input '{"a":1}'"#
    );
    for refused in [r#"{"a.$":1}"#, r#"{"a.$":"b"}"#, r#"[{"a.$":"States.Nope()"}]"#] {
        assert!(Template::compile(&json(refused)).is_err(), "{refused}");
    }
    let mut deep = Value::Null;
    for _ in 0..100_000 {
        deep = Value::from(vec![deep]);
    }
    assert!(Template::compile(&deep).is_err());
}

#[test]
fn intrinsics_on_text() {
    table(&[
        ("States.Format('a {} b {}', $, 'c')", r#""x""#, r#""a x b c""#),
        ("States.Format('{}', $)", r#"{"a":1,"b":[null,"x"]}"#, r#""{a=1, b=[null, x]}""#),
        ("States.Format('{} {}', 1.5, true)", "0", r#""1.5 true""#),
        (r"States.Format('\{\} \'{}\' \\', 1)", "0", r#""{} '1' \\""#),
        (
            "States.Format('{}')",
            "0",
            "error: The function 'States.Format('{}')' had the following error: number of arguments do not match the occurrences of {}: 0 were given",
        ),
        ("States.StringSplit(', , ,', ',')", "0", r#"[" "," "]"#),
        ("States.StringSplit('a.b+c', '.+')", "0", r#"["a","b","c"]"#),
        ("States.UUID()", "0", r#""10000000-0000-4000-a000-000000000000""#),
        ("States.Base64Encode('Data')", "0", r#""RGF0YQ==""#),
        ("States.Base64Decode('RGF0YQ==')", "0", r#""Data""#),
        ("States.Hash('input data', 'MD5')", "0", r#""812f45842bc6d66ee14572ce20db8e86""#),
        ("States.Hash('input data', 'SHA-1')", "0", r#""aaff4a450a104cd177d28d18d74485e8cae074b7""#),
        (
            "States.Hash('input data', 'SHA-256')",
            "0",
            r#""b4a697a057313163aee33cd8d40c66e9f0f177e00cac2de32475ffff6169c3e3""#,
        ),
        (
            "States.Hash('', 'SHA-384')",
            "0",
            r#""38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b""#,
        ),
        (
            "States.Hash('', 'SHA-512')",
            "0",
            r#""cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e""#,
        ),
        // What is no string is hashed as its text.
        ("States.Hash($, 'MD5')", "[1, 2]", r#""f79408e5ca998cd53faf44af31e6eb45""#),
        ("States.StringToJson($)", r#""{\"a\": [1]}""#, r#"{"a":[1]}"#),
        ("States.StringToJson(' ')", "0", "null"),
        ("States.JsonToString($)", r#"{ "a": [1] }"#, r#""{\"a\":[1]}""#),
        ("States.JsonMerge($.l, $.r, false)", r#"{"l":{"a":1,"b":2},"r":{"b":3}}"#, r#"{"a":1,"b":3}"#),
    ]);
}

#[test]
fn intrinsics_on_arrays_and_numbers() {
    table(&[
        ("States.Array()", "0", "[]"),
        ("States.Array(1, 'a', null, $)", "[2]", r#"[1,"a",null,[2]]"#),
        ("States.ArrayPartition($, 2)", "[1,2,3]", "[[1,2],[3]]"),
        ("States.ArrayContains($, 2)", "[1,2,3]", "true"),
        ("States.ArrayContains($, '2')", "[1,2,3]", "false"),
        ("States.ArrayRange(1, 9, 3)", "0", "[1,4,7]"),
        ("States.ArrayRange(3, 1, -1)", "0", "[3,2,1]"),
        ("States.ArrayGetItem($, 1)", "[1,2,3]", "2"),
        ("States.ArrayLength($)", "[1,2,3]", "3"),
        ("States.ArrayUnique($)", r#"[1,1,"1",{"a":1,"b":2},{"b":2,"a":1}]"#, r#"[1,"1",{"a":1,"b":2}]"#),
        ("States.MathAdd(1.49, 1.5)", "0", "3"),
        ("States.MathAdd(-1.5, -1.51)", "0", "-3"),
        ("States.MathAdd(-0.5, 0.5)", "0", "1"),
        ("States.MathRandom(1, 9)", "0", "1"),
        ("States.MathRandom(1, 9, 7)", "0", "4"),
        ("States.ArrayPartition($, 1.5)", "[1,2,3]", "[[1,2],[3]]"),
        ("States.ArrayContains($, $[0])", r#"[{"a":[1]}]"#, "true"),
        ("States.ArrayGetItem(States.StringSplit('a-b', '-'), States.MathAdd(0, 1))", "0", r#""b""#),
    ]);
}

#[test]
fn wrong_arguments_are_named() {
    for (text, input, part) in [
        ("States.ArrayLength($)", "1", "Invalid type for argument 1. Expected an array, but was number: 1"),
        ("States.ArrayGetItem($, 3)", "[1]", "The index 3 is out of range for an array of 1 elements"),
        ("States.ArrayPartition($, 0)", "[1]", "The chunk size must be a positive integer"),
        ("States.ArrayRange(0, 5000, 1)", "0", "at most 1000 elements"),
        ("States.ArrayRange(0, 5, 0)", "0", "The increment must not be 0"),
        ("States.StringToJson('\\{')", "0", "Invalid JSON"),
        ("States.JsonMerge($, $, true)", "{}", "Deep merging is not supported"),
        ("States.MathAdd('a', 1)", "0", "Expected a number, but was string"),
        ("States.MathAdd(9223372036854775807, 1)", "0", "out of range"),
        ("States.MathRandom(5, 5)", "0", "must be less than"),
        ("States.MathRandom('a', 5)", "0", "Invalid type for argument 1. Expected a number, but was string"),
        ("States.Hash('a', 'CRC')", "0", "Unknown algorithm 'CRC'"),
        ("States.Hash('a', 1)", "0", "Invalid type for argument 2. Expected a string"),
        ("States.Base64Encode(1)", "0", "Invalid type for argument 1. Expected a string, but was number: 1"),
        ("States.Base64Decode('!')", "0", "Invalid Base64"),
        ("States.Base64Decode('/w==')", "0", "not valid UTF-8"),
        ("States.StringSplit(1, ',')", "0", "Invalid type for argument 1. Expected a string"),
        ("States.StringToJson(1)", "0", "Invalid type for argument 1. Expected a string"),
        ("States.JsonMerge(1, $, false)", "{}", "Invalid type for argument 1. Expected an object"),
        ("States.JsonMerge($, $, 'no')", "{}", "Invalid type for argument 3. Expected a boolean"),
        ("States.ArrayPartition(1, 1)", "0", "Invalid type for argument 1. Expected an array"),
        ("States.ArrayContains(1, 1)", "0", "Invalid type for argument 1. Expected an array"),
        ("States.ArrayUnique(1)", "0", "Invalid type for argument 1. Expected an array"),
        ("States.ArrayGetItem($, -1)", "[1]", "The index -1 is out of range"),
        ("States.ArrayRange('a', 5, 1)", "0", "Invalid type for argument 1. Expected a number"),
        ("States.Format(1)", "0", "Invalid type for argument 1. Expected a string"),
        ("States.Format('{', 1)", "0", "matching '}' not found"),
        ("States.Format('{}', 1, 2)", "0", "number of arguments do not match the occurrences of {}"),
        ("States.Format('{}', $.no)", "{}", "could not be found in the input '{}'"),
    ] {
        let got = evaluate(text, input);
        assert!(got.starts_with("error: The function '") && got.contains(part), "{text}: {got}");
    }
    // 10,000 characters, however many bytes.
    let text = |characters: usize| Value::from("é".repeat(characters)).to_string();
    for call in ["States.Base64Encode($)", "States.Base64Decode($)", "States.Hash($, 'MD5')"] {
        let got = evaluate(call, &text(10_001));
        assert!(got.contains("at most 10000 characters"), "{call}: {got}");
    }
    assert!(!evaluate("States.Base64Encode($)", &text(10_000)).starts_with("error"));
}

#[test]
fn what_is_no_call_is_refused() {
    for text in [
        "States.Nope()",
        "States.Format",
        "States.Format(",
        "States.Format('a)",
        "States.ArrayLength()",
        "States.ArrayLength(1, 2)",
        "States.UUID(1)",
        "States.Array(1 2)",
        "States.Array(1,)",
        r#"States.Format('a \" b')"#,
        r"States.Format('a \n b')",
        "States.Array(x)",
        "States.Array(1) trailing",
        "Format('a')",
    ] {
        assert!(PathOrIntrinsic::compile(text).is_err(), "{text}");
    }
    let nested = |depth: usize| format!("{}1{}", "States.Array(".repeat(depth), ")".repeat(depth));
    assert!(PathOrIntrinsic::compile(&nested(10)).is_ok());
    assert!(PathOrIntrinsic::compile(&nested(11)).is_err());
    assert!(PathOrIntrinsic::compile(&nested(100_000)).is_err());
}
