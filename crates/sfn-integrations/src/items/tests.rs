use std::sync::Arc;

use proptest::prelude::*;

use super::*;

/// The items of a text under a configuration in JSON, as JSON; or the cause of
/// the failure.
fn items(config: &ReaderConfig, text: &str) -> Result<String, String> {
    match parse_items(config, [text.as_bytes()]) {
        Ok(items) => Ok(Value::from(items).to_string()),
        Err(problem) => {
            assert_eq!(problem.error.as_deref(), Some("States.ItemReaderFailed"));
            Err(problem.cause.unwrap())
        }
    }
}

fn input(input_type: &str) -> ReaderConfig {
    ReaderConfig { input_type: Some(input_type.into()), ..ReaderConfig::default() }
}

fn given(headers: &[&str]) -> ReaderConfig {
    ReaderConfig {
        csv_header_location: Some("GIVEN".into()),
        csv_headers: Some(headers.iter().map(|header| Arc::from(*header)).collect()),
        ..input("CSV")
    }
}

/// A text with rows that the service was seen to read.
const RECORDED: &str =
    "Value1,Value2,Value3\nValue4,Value5,Value6\n,,,\ntrue,1,'HelloWorld'\nNull,None,\n   \n";

#[test]
fn csv_headers_are_as_recorded() {
    let first_row = input("CSV");
    let text = format!("0,True,{{}}\n{}", RECORDED.split_once('\n').unwrap().1);
    let rows = r#"[{"0":"Value4","{}":"Value6","True":"Value5"},{"0":"","{}":"","True":""},{"0":"true","{}":"'HelloWorld'","True":"1"},{"0":"Null","{}":"","True":"None"},{"0":"   ","{}":"","True":""}]"#;
    assert_eq!(items(&first_row, &text).as_deref(), Ok(rows));
    let rows = r#"[{"H1":"Value1"},{"H1":"Value4"},{"H1":""},{"H1":"true"},{"H1":"Null"},{"H1":"   "}]"#;
    assert_eq!(items(&given(&["H1"]), RECORDED).as_deref(), Ok(rows));
    let duplicates = Err("CSV headers cannot contain duplicates.".to_owned());
    assert_eq!(items(&given(&["H1", "H1", "H3"]), RECORDED), duplicates);
    assert_eq!(items(&first_row, "a,b,a\n1,2,3\n"), duplicates);
}

#[test]
fn csv_rows_follow_the_developer_guide() {
    for (case, text, want) in [
        ("nothing", "", "[]"),
        ("only a header", "a,b\n", "[]"),
        ("no newline at the end", "a\n1", r#"[{"a":"1"}]"#),
        ("missing fields", "a,b\n1\n", r#"[{"a":"1","b":""}]"#),
        ("additional fields", "a\n1,2\n", r#"[{"a":"1"}]"#),
        ("carriage returns", "a,b\r\n1,2\r\n\r\n3,4\r\n", r#"[{"a":"1","b":"2"},{"a":"3","b":"4"}]"#),
        ("a carriage return alone", "a\n1\r2\n", r#"[{"a":"1\r2"}]"#),
        ("empty lines", "\na\n\n1\n\n", r#"[{"a":"1"}]"#),
        ("a row of one empty field", "a\n\"\"\n", r#"[{"a":""}]"#),
        ("quotes", "a,b\n\"1,\n2\",\"\"\"x\"\"\"\n", r#"[{"a":"1,\n2","b":"\"x\""}]"#),
        ("doubled quotes outside quotes", "a\n{\"\"k\"\":\"\"v\"\"}\n", r#"[{"a":"{\"k\":\"v\"}"}]"#),
        ("a quote inside a field", "a,b\nx\"y,z\"\n", r#"[{"a":"x\"y","b":"z\""}]"#),
        ("text after quotes", "a\n\"x\"y\n", r#"[{"a":"xy"}]"#),
        ("a quoted carriage return", "a\n\"x\r\"\n", r#"[{"a":"x\r"}]"#),
        (
            "backslashes",
            r#"a,b
C:\\Dir\\x,\"q\" \, \z
"#,
            r#"[{"a":"C:\\Dir\\x","b":"\"q\" , z"}]"#,
        ),
        ("backslashes in quotes", "a\n\"x\\\"y\\\\\"\n", r#"[{"a":"x\"y\\"}]"#),
        ("a backslash at the end", "a\nx\\", r#"[{"a":"x"}]"#),
        ("a byte order mark", "\u{feff}\"a\"\n1\n", r#"[{"a":"1"}]"#),
        ("spaces", " a \n 1 \n", r#"[{" a ":" 1 "}]"#),
    ] {
        assert_eq!(items(&input("CSV"), text).as_deref(), Ok(want), "{case}");
    }
}

#[test]
fn csv_delimiters_are_named() {
    for (name, delimiter) in
        [("COMMA", ","), ("PIPE", "|"), ("SEMICOLON", ";"), ("SPACE", " "), ("TAB", "\t")]
    {
        let config = ReaderConfig { csv_delimiter: Some(name.into()), ..input("CSV") };
        let text = format!("a{delimiter}b\n1\\{delimiter}{delimiter}2\n");
        let value = Value::from(format!("1{delimiter}"));
        assert_eq!(items(&config, &text).unwrap(), format!(r#"[{{"a":{value},"b":"2"}}]"#), "{name}");
    }
}

#[test]
fn csv_that_is_no_csv_fails() {
    let large = "h".repeat(10 * 1024 + 1);
    for (case, config, text, want) in [
        ("open quotes", input("CSV"), "a\n\"x", "expected a closing double quote, but the CSV object ends"),
        ("large headers", input("CSV"), &*format!("{large}\n"), "expected CSV headers of at most 10 KiB"),
        (
            "a delimiter",
            ReaderConfig { csv_delimiter: Some("DOT".into()), ..input("CSV") },
            "",
            "the CSVDelimiter 'DOT' is not supported",
        ),
        (
            "a place of headers",
            ReaderConfig { csv_header_location: Some("LAST_ROW".into()), ..input("CSV") },
            "",
            "the CSVHeaderLocation 'LAST_ROW' is not supported",
        ),
        ("a type", input("PARQUET"), "", "the InputType 'PARQUET' is not supported"),
    ] {
        assert_eq!(items(&config, text), Err(want.to_owned()), "{case}");
    }
}

#[test]
fn json_arrays_are_taken_apart() {
    for (case, text, want) in [
        ("an empty one", " [ ] ", "[]"),
        ("numbers", "[1,2.5 , -3\n]", "[1,2.5,-3]"),
        ("words", "[true,false,null]", "[true,false,null]"),
        ("strings", r#"["a,]", "\"\\", "é"]"#, r#"["a,]","\"\\","é"]"#),
        ("containers", r#"[{"a":[1,{"]":"}"}]},[[]],{}]"#, r#"[{"a":[1,{"]":"}"}]},[[]],{}]"#),
        ("a byte order mark", "\u{feff}[1]", "[1]"),
    ] {
        assert_eq!(items(&ReaderConfig::default(), text).as_deref(), Ok(want), "{case}");
        assert_eq!(items(&input("JSON"), text).as_deref(), Ok(want), "{case}");
    }
}

#[test]
fn json_that_is_no_array_fails() {
    let not_iterable = "Attempting to map over non-iterable node.";
    let syntax = |what: &str| format!("the object is not valid JSON: {what}");
    for (case, text, want) in [
        ("an object, as recorded", r#"{"Hello": "world"}"#, not_iterable.to_owned()),
        ("a number", "1", not_iterable.to_owned()),
        ("a string", "\"[]\"", not_iterable.to_owned()),
        ("null", "null", not_iterable.to_owned()),
        ("nothing", " ", syntax("the document ends before its array does")),
        ("half of one", "[1,", syntax("the document ends before its array does")),
        ("no value", "[1,]", syntax("expected a value")),
        ("no comma", "[1 2]", syntax("expected ',' or ']'")),
        ("no comma after a number", "[1\"a\"]", syntax("expected ',' after a value")),
        ("more than one", "[1] 2", syntax("expected the end of the document")),
        ("other text", "<xml>", syntax("expected a value")),
        (
            "a bad item",
            r#"[1,{"a" 1}]"#,
            "item 2 is not valid JSON: expected ':' at line 1 column 6".to_owned(),
        ),
        (
            "a wrong bracket",
            "[[1}]",
            "item 1 is not valid JSON: expected ',' or ']' at line 1 column 3".to_owned(),
        ),
    ] {
        assert_eq!(items(&ReaderConfig::default(), text), Err(want), "{case}");
    }
}

#[test]
fn items_pointers_lead_to_an_array() {
    let text = r#" {"x" : "}", "n": 1 , "a":{"b~/c":[[0,"]"],{"d":[1,2]}]}, "e":[3],"rest":"#;
    let nothing = |pointer: &str| Err(format!("ItemsPointer '{pointer}' refers to nothing in the object"));
    for (pointer, want) in [
        ("/a/b~0~1c/0", Ok(r#"[0,"]"]"#.to_owned())),
        ("/a/b~0~1c/1/d", Ok("[1,2]".to_owned())),
        ("/e", Ok("[3]".to_owned())),
        ("/e/0", Err("Attempting to map over non-iterable node.".to_owned())),
        ("/a", Err("Attempting to map over non-iterable node.".to_owned())),
        ("/a/b~0~1c/2", nothing("/a/b~0~1c/2")),
        ("/a/b~0~1c/00", nothing("/a/b~0~1c/00")),
        ("/a/z", nothing("/a/z")),
        ("/x/0", nothing("/x/0")),
        ("e", nothing("e")),
        ("/z", Err("the object is not valid JSON: the document ends before its array does".to_owned())),
    ] {
        let config = ReaderConfig { items_pointer: Some(pointer.into()), ..ReaderConfig::default() };
        assert_eq!(items(&config, text), want, "{pointer}");
    }
    for (text, want) in [
        ("{a", "expected a name in double quotes"),
        ("{\"a\" 1", "expected ':'"),
        ("{\"z\": ,", "expected a value"),
        ("{\"z\": 1]", "expected ',' or '}'"),
        ("{\"a\": [}", "expected a value"),
        ("{\"a\": [0}", "expected ',' or ']'"),
    ] {
        let config = ReaderConfig { items_pointer: Some("/a/1".into()), ..ReaderConfig::default() };
        assert_eq!(items(&config, text), Err(format!("the object is not valid JSON: {want}")), "{text}");
    }
}

#[test]
fn json_lines_are_items() {
    for (text, want) in [
        ("", Ok("[]")),
        ("{\"a\": 1}\r\n\n[2]\n \n\"x\"", Ok(r#"[{"a":1},[2],"x"]"#)),
        ("1\n{\n", Err("item 2 is not valid JSON: expected a name in double quotes at line 2 column 1")),
    ] {
        let got = items(&input("JSONL"), text);
        assert_eq!(got.as_deref().map_err(String::as_str), want, "{text:?}");
    }
}

/// Texts that have much of what the formats know.
fn text() -> impl Strategy<Value = String> {
    let json =
        r#"\[?(-?[0-9]{1,3}|"[a\\",\]]{0,4}"|\{"a":[0-9]\}|[\[\],{}:" ])(,(null|[0-9]|"é"|\[1\])){0,5}\]?"#;
    prop_oneof!["[a-c,\"\\\\\r\n|é\u{feff} ]{0,40}", json, "(\\{\"a\":\"é\"\\}|[0-9]|\n|\r\n| ){0,12}"]
}

/// Texts of single values.
fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof!["-?[0-9]{1,4}", "\"[a-c,:{}\\[\\] ]{0,4}\"", Just("null".to_owned())];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(|items| format!("[{}]", items.join(" ,"))),
            inner.prop_map(|value| format!("{{\"a\": {value}}}")),
        ]
    })
}

fn config() -> impl Strategy<Value = ReaderConfig> {
    prop_oneof![
        Just(input("CSV")),
        Just(given(&["x", "y"])),
        Just(input("JSONL")),
        Just(input("JSON")),
        Just(ReaderConfig { items_pointer: Some("/a".into()), ..input("JSON") }),
    ]
}

proptest! {
    #[test]
    fn chunks_make_no_difference(config in config(), text in text(), sizes in prop::collection::vec(1_usize..7, 1..8)) {
        let mut rest = text.as_bytes();
        let mut chunks = Vec::new();
        for size in sizes.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (chunk, others) = rest.split_at((*size).min(rest.len()));
            chunks.push(chunk);
            rest = others;
        }
        prop_assert_eq!(parse_items(&config, chunks), parse_items(&config, [text.as_bytes()]));
    }

    #[test]
    fn json_arrays_come_out_as_the_parser_reads_them(values in prop::collection::vec("[ -~é]{0,8}", 0..6)) {
        let array = Value::from(values.into_iter().map(Value::from).collect::<Vec<_>>());
        let nested = Value::from(vec![array.clone(), Value::object([("k", array)])]);
        prop_assert_eq!(items(&ReaderConfig::default(), &nested.to_string()).unwrap(), nested.to_string());
    }

    #[test]
    fn pointers_find_what_is_there(before in json(), array in prop::collection::vec("[a-z]{0,3}", 0..4), space in "[ \n]{0,2}") {
        let array = Value::from(array.into_iter().map(Value::from).collect::<Vec<_>>()).to_string();
        let text = format!("{{{space}\"x\"{space}:{space}{before}{space},{space}\"a\":{space}[{before}{space},{space}{array}");
        let config = ReaderConfig { items_pointer: Some("/a/1".into()), ..ReaderConfig::default() };
        prop_assert_eq!(items(&config, &text), Ok(array));
    }

    #[test]
    fn quoted_rows_come_out_as_they_went_in(rows in prop::collection::vec(["[a,\n\r\" ]{0,6}", "[a,\n\r\" ]{0,6}"], 0..5)) {
        let quoted = |field: &String| format!("\"{}\"", field.replace('"', "\"\""));
        let lines: Vec<_> = rows.iter().map(|[x, y]| format!("{},{}\r\n", quoted(x), quoted(y))).collect();
        let text = lines.concat();
        let item = |[x, y]: &[String; 2]| Value::object([("x", Value::from(&**x)), ("y", Value::from(&**y))]);
        let want: Vec<Value> = rows.iter().map(item).collect();
        prop_assert_eq!(parse_items(&given(&["x", "y"]), [text.as_bytes()]).unwrap(), want);
    }
}
