//! Laws of paths, and the paths of real definitions.

use asl_jsonpath::{Environment, Path, PathOrIntrinsic, ReferencePath, Scope};
use asl_value::Value;
use proptest::prelude::*;

struct Nothing;

impl Environment for Nothing {
    fn context(&self) -> &Value {
        &Value::Null
    }

    fn variable(&self, _: &str) -> Option<&Value> {
        None
    }
}

fn document() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        (-5_i64..5).prop_map(Into::into),
        "[a-c]{0,2}".prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 40, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::btree_map("[a-c]", inner, 0..4)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

/// The part of the grammar that RFC 9535 gives the same meaning. Filters are
/// asked of arrays only: Jayway's look at an object itself, not its members.
fn common_path() -> impl Strategy<Value = String> {
    let step = prop_oneof![
        "[a-c]".prop_map(|name| format!(".{name}")),
        "[a-c]".prop_map(|name| format!("['{name}']")),
        (-3_i64..3).prop_map(|index| format!("[{index}]")),
        (-3_i64..3, -3_i64..3).prop_map(|(from, to)| format!("[{from}:{to}]")),
        (0_i64..3).prop_map(|from| format!("[{from}:]")),
        (-3_i64..3, 1_i64..3).prop_map(|(to, step)| format!("[:{to}:{step}]")),
        Just("[*]".to_owned()),
        Just(".*".to_owned()),
        (0_i64..3, -3_i64..0).prop_map(|(a, b)| format!("[{a},{b}]")),
    ];
    prop::collection::vec(step, 0..5).prop_map(|steps| format!("${}", steps.concat()))
}

/// What the oracle finds.
fn oracle(text: &str, document: &serde_json::Value) -> Vec<Value> {
    let path = serde_json_path::JsonPath::parse(text).expect("a path of RFC 9535");
    path.query(document).all().into_iter().map(|value| value.clone().into()).collect()
}

proptest! {
    #[test]
    fn agrees_with_the_rfc_where_both_mean_the_same(document in document(), text in common_path()) {
        let want = oracle(&text, &document);
        let path = Path::compile(&text).unwrap();
        let input = Value::from(document);
        let got = path.select(&Scope { input: &input, environment: &Nothing });
        if path.is_definite() {
            prop_assert_eq!(got.ok(), want.first().cloned());
        } else {
            prop_assert_eq!(got.unwrap(), Value::from(want));
        }
    }

    /// The RFC leaves the order of some to the implementation.
    #[test]
    fn descents_agree_with_the_rfc_but_for_order(document in document(), step in "[a-c]|\\*|\\[(0|1|-1|-2)\\]") {
        let text = format!("$..{step}");
        let sorted = |values: &[Value]| {
            let mut texts: Vec<String> = values.iter().map(ToString::to_string).collect();
            texts.sort();
            texts
        };
        let want = oracle(&text, &document);
        let input = Value::from(document);
        let got = Path::compile(&text).unwrap().select(&Scope { input: &input, environment: &Nothing });
        prop_assert_eq!(sorted(got.unwrap().as_array().unwrap()), sorted(&want), "{}", text);
    }

    #[test]
    fn filters_agree_with_the_rfc(numbers in prop::collection::vec(-5_i64..5, 0..8), bound in -5_i64..5) {
        let items: Vec<_> = numbers.iter().map(|n| serde_json::json!({ "n": n })).collect();
        let document = serde_json::Value::from(items);
        for operator in ["==", "!=", "<", "<=", ">", ">="] {
            let text = format!("$[?(@.n {operator} {bound} || !(@.n > 0))]");
            let want = oracle(&text, &document);
            let input = Value::from(document.clone());
            let got = Path::compile(&text).unwrap().select(&Scope { input: &input, environment: &Nothing });
            prop_assert_eq!(got.unwrap(), Value::from(want));
        }
    }

    #[test]
    fn any_text_compiles_or_is_refused(text in ".{0,60}", tail in r"[$@.\[\]()?*'a0:,=&|!/ {}-]{0,40}") {
        let _ = Path::compile(&text);
        let _ = Path::compile(&format!("${tail}"));
        let _ = PathOrIntrinsic::compile(&format!("States.Format({tail}"));
        if let Ok(path) = ReferencePath::compile(&format!("${tail}")) {
            let _ = path.put(&Value::Null, Value::Null);
        }
    }

    #[test]
    fn what_was_put_is_found(document in document(), names in prop::collection::vec("[a-c]", 1..4)) {
        let text = format!("$.{}", names.join("."));
        let input = Value::from(document);
        if let Ok(changed) = ReferencePath::compile(&text).unwrap().put(&input, Value::from(7)) {
            let found = Path::compile(&text).unwrap().select(&Scope { input: &changed, environment: &Nothing });
            prop_assert_eq!(found.unwrap(), Value::from(7));
        }
    }
}

/// Every path of the definitions in public collections, where they are at hand.
#[test]
fn paths_of_real_definitions_compile() {
    let list = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/reference/paths.txt");
    let Ok(text) = std::fs::read_to_string(list) else {
        println!("skipped: {list} is not there");
        return;
    };
    let mut count = 0;
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (mark, path) = line.split_at(2);
        assert_eq!(Path::compile(path).is_ok(), mark == "  ", "{line}: {:?}", Path::compile(path));
        count += 1;
    }
    assert!(count > 900, "{count}");
}
