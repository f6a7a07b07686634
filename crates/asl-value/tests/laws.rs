//! Laws that hold for all documents, with `serde_json` as the oracle.

use asl_value::{
    DEPTH_MAX, Object, ObjectBuilder, Payload, Value, parse, print_to, printed_len, printed_len_within,
};
use proptest::collection::vec;
use proptest::prelude::*;

fn document() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(serde_json::Value::from),
        any::<i64>().prop_map(serde_json::Value::from),
        any::<u64>().prop_map(serde_json::Value::from),
        any::<f64>().prop_map(serde_json::Value::from),
        any::<String>().prop_map(serde_json::Value::from),
        "[\\\\\"/\u{0}-\u{1f}é😀]{0,8}".prop_map(serde_json::Value::from),
    ];
    leaf.prop_recursive(5, 100, 20, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..20).prop_map(serde_json::Value::from),
            vec(("[a-z]{0,2}", inner), 0..20)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

fn print(value: &Value) -> String {
    let mut text = String::new();
    print_to(value, &mut text);
    text
}

proptest! {
    #[test]
    fn agrees_with_serde_json(oracle in document()) {
        for text in [oracle.to_string(), serde_json::to_string_pretty(&oracle).unwrap()] {
            let value = parse(&text).unwrap();
            prop_assert_eq!(&value, &Value::from(oracle.clone()));
            prop_assert_eq!(serde_json::to_value(&value).unwrap(), serde_json::from_str::<serde_json::Value>(&text).unwrap());
            prop_assert_eq!(&serde_json::from_str::<Value>(&text).unwrap(), &value);
            prop_assert_eq!(serde_json::Value::from(value).to_string(), oracle.to_string());
        }
    }

    #[test]
    fn what_is_printed_parses_to_the_same(oracle in document()) {
        let value = Value::from(oracle);
        let text = print(&value);
        prop_assert_eq!(print(&parse(&text).unwrap()), &*text);
        prop_assert_eq!(&parse(&text).unwrap(), &value);
        prop_assert_eq!(printed_len(&value), text.len());
        prop_assert_eq!(printed_len_within(&value, text.len()), Some(text.len()));
        prop_assert_eq!(printed_len_within(&value, text.len() - 1), None);
    }

    #[test]
    fn accepts_what_serde_json_accepts(text in "[\\[\\]{}:,\"\\\\ue0159.+ truefalsn-]{0,12}") {
        prop_assert_eq!(parse(&text).is_ok(), serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{}", text);
    }

    #[test]
    fn a_change_leaves_the_original_alone(oracle in document(), name in "[a-z]{0,2}") {
        let members: Object = [("m".into(), Value::from(oracle))].into_iter().collect();
        let before = print(&Value::Object(members.clone()));
        let changed = members.with(&*name, Value::from("new"));
        prop_assert_eq!(changed.get(&name), Some(&Value::from("new")));
        prop_assert!(!changed.without(&name).contains(&name));
        prop_assert_eq!(print(&Value::Object(members)), before);
    }

    /// Against the plainest map there is: a list that is searched.
    #[test]
    fn objects_keep_first_places_and_last_values(names in vec("[a-h]{1,2}", 0..60)) {
        let mut built = ObjectBuilder::default();
        let mut set = Object::default();
        let mut model: Vec<(String, Value)> = Vec::new();
        for (number, name) in (0_i64..).zip(&names) {
            let value = Value::from(number);
            built.push(&**name, value.clone());
            set.set(&**name, value.clone());
            match model.iter_mut().find(|(known, _)| known == name) {
                Some((_, old)) => *old = value,
                None => model.push((name.clone(), value)),
            }
        }
        for object in [built.build(), set] {
            let members: Vec<_> = object.iter().map(|(name, value)| (name.to_string(), value.clone())).collect();
            prop_assert_eq!(&members, &model);
            for (name, value) in &model {
                prop_assert_eq!(object.get(name), Some(value));
            }
            prop_assert_eq!(object.get("zz"), None);
        }
    }

    #[test]
    fn a_text_is_there_within_its_own_length_and_no_less(oracle in document()) {
        let payload = || Payload::new(Value::from(oracle.clone()));
        let text = payload().text().to_owned();
        let (fitting, too_large) = (payload(), payload());
        prop_assert_eq!(fitting.text_within(text.len()), Some(&*text));
        prop_assert_eq!(too_large.text_within(text.len() - 1), None);
        let printed = payload();
        prop_assert_eq!(printed.text(), &*text);
        prop_assert_eq!(printed.text_within(text.len() - 1), None);
    }

    #[test]
    fn payloads_keep_their_text(oracle in document()) {
        let text = serde_json::to_string_pretty(&oracle).unwrap();
        let payload = Payload::parse(format!(" {text}\n")).unwrap();
        prop_assert_eq!(payload.text(), &*text);
        let both = Payload::array_of(&[payload.clone(), payload]);
        prop_assert_eq!(both.text(), format!("[{text},{text}]"));
        prop_assert_eq!(&parse(both.text()).unwrap(), both.value());
    }
}

/// Where a value is kept, if it is an array or an object.
fn is_shared(one: Option<&Value>, other: Option<&Value>) -> bool {
    match (one, other) {
        (Some(Value::Array(one)), Some(Value::Array(other))) => one.is_same(other),
        (Some(Value::Object(one)), Some(Value::Object(other))) => one.is_same(other),
        _ => false,
    }
}

#[test]
fn clones_and_changes_share_what_they_do_not_touch() {
    let document = parse(r#"{"a":{"b":[1]},"c":{"d":[2]},"e":[]}"#).unwrap();
    assert!(is_shared(Some(&document), Some(&document.clone())));
    let changed = Value::Object(document.as_object().unwrap().with("a", Value::from(7)));
    assert_eq!(changed.to_string(), r#"{"a":7,"c":{"d":[2]},"e":[]}"#);
    assert!(is_shared(document.get("c"), changed.get("c")));
    assert!(!is_shared(document.get("c"), document.get("a")));
}

#[test]
fn a_payload_prints_once() {
    let payload = Payload::new(Value::from(vec![Value::from(1)]));
    let copy = payload.clone();
    assert!(std::sync::Arc::ptr_eq(payload.shared_text(), copy.shared_text()));
    assert!(payload.is_same(&copy) && payload.address() == copy.address());
}

#[test]
fn the_last_of_repeated_names_wins_in_the_first_place() {
    assert_eq!(
        parse(r#"{"b":1,"a":2,"b":[{"x":1,"x":2}]}"#).unwrap().to_string(),
        r#"{"b":[{"x":2}],"a":2}"#
    );
    let many = |last: &str| (0..40).map(|n| format!(r#""n{n}":{n}"#)).collect::<Vec<_>>().join(",") + last;
    let value = parse(&format!(r#"[{{{}}},{{"z":1}}]"#, many(r#","n3":"last","n39":null"#))).unwrap();
    let members = value.at(0).unwrap().as_object().unwrap();
    assert_eq!(members.len(), 40);
    assert_eq!(members.keys().nth(3).map(|name| &**name), Some("n3"));
    assert_eq!((members.get("n3"), members.get("n39")), (Some(&Value::from("last")), Some(&Value::Null)));
    assert_eq!(value.at(1).unwrap().to_string(), r#"{"z":1}"#);
}

#[test]
fn numbers_print_as_they_are_kept() {
    for (text, printed) in [
        ("0", "0"),
        ("-0", "0"),
        ("-0.0", "-0.0"),
        ("1.0", "1.0"),
        ("1E3", "1000.0"),
        ("0.1", "0.1"),
        ("123456789012345678", "123456789012345678"),
        ("9223372036854775807", "9223372036854775807"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("9223372036854775808", "9223372036854775808"),
        ("18446744073709551615", "18446744073709551615"),
        ("18446744073709551616", "1.8446744073709552e+19"),
        ("5e-324", "5e-324"),
        ("1e-400", "0.0"),
        ("1.7976931348623157e308", "1.7976931348623157e+308"),
    ] {
        assert_eq!(parse(text).map(|value| value.to_string()).as_deref(), Ok(printed), "{text}");
    }
}

#[test]
fn errors_name_the_place() {
    for (text, want) in [
        ("", "expected a value, but the text ends at line 1 column 1"),
        ("{\n  \"a\": tru\n}", "expected a value at line 2 column 8"),
        ("[1 2]", "expected ',' or ']' at line 1 column 4"),
        ("{\"a\" 1}", "expected ':' at line 1 column 6"),
        ("{\"a\":1,}", "expected a name in double quotes at line 1 column 8"),
        ("[1] x", "expected the end of the document at line 1 column 5"),
        ("01", "expected a digit, and no leading zero at line 1 column 1"),
        ("1.", "expected a digit at line 1 column 3"),
        ("1e400", "expected a number that fits a double at line 1 column 6"),
        ("\"a\tb\"", "expected an escape for the control character at line 1 column 3"),
        ("\"\\ud800\"", "expected a whole surrogate pair at line 1 column 8"),
        ("\"\\x\"", "expected an escape at line 1 column 3"),
    ] {
        assert_eq!(parse(text).map_err(|error| error.to_string()), Err(want.to_owned()), "{text}");
    }
}

#[test]
fn nesting_is_bounded_where_it_is_read() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(parse(&nested(DEPTH_MAX)).map(|value| value.to_string()), Ok(nested(DEPTH_MAX)));
    for text in [nested(DEPTH_MAX + 1), "[".repeat(1_000_000), "{\"a\":".repeat(1_000_000)] {
        let error = parse(&text).unwrap_err();
        assert_eq!(error.message, format!("expected at most {DEPTH_MAX} levels of nesting"));
    }
}

#[test]
fn deep_values_print_compare_and_drop() {
    const DEPTH: usize = 100_000;
    let deep = || {
        (0..DEPTH).fold(Value::Null, |inner, level| {
            if level % 2 == 0 { Value::from(vec![inner]) } else { Value::object([("a", inner)]) }
        })
    };
    let (one, other) = (deep(), deep());
    assert!(one == other);
    assert_eq!(print(&one).len(), printed_len(&one));
    let error = serde_json::to_string(&one).unwrap_err();
    assert_eq!(error.to_string(), format!("a value nests deeper than {DEPTH_MAX} levels"));
    // What holds it last takes it apart, whoever shared it.
    let shared = Value::from(vec![one.clone(), other]);
    drop(one);
    drop(shared);
}

#[test]
fn numbers_compare_exactly() {
    let numbers = [
        "-1e300",
        "-9223372036854775808",
        "-1.5",
        "-1",
        "0",
        "0.5",
        "9007199254740992.0",
        "9007199254740993",
        "18446744073709551615",
        "1.8446744073709552e19",
        "1e300",
    ];
    let numbers: Vec<_> = numbers.iter().filter_map(|text| parse(text).unwrap().as_number()).collect();
    for (place, a) in numbers.iter().enumerate() {
        for (other_place, b) in numbers.iter().enumerate() {
            assert_eq!(a.cmp(b), place.cmp(&other_place), "{a} and {b}");
        }
    }
    assert_eq!(parse("1").unwrap(), parse("1.0").unwrap());
}

/// A value that shares one part 2^60 times has a text that no memory holds.
#[test]
fn a_text_past_its_limit_is_not_printed() {
    let mut value = Value::from("part");
    for _ in 0..60 {
        value = Value::from(vec![value.clone(), value]);
    }
    assert_eq!(Payload::new(value).text_within(262_144), None);
}
