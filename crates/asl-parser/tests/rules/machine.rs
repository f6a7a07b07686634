//! What stands around states.

use asl_parser::{Options, Severity, parse};

use crate::findings;

#[test]
fn machines() {
    let state = r#""States":{"A":{"Type":"Succeed"}}"#;
    for (name, text, want) in [
        ("comment, version, timeout", format!(r#"{{"Comment":"c","Version":"1.0","TimeoutSeconds":60,"StartAt":"A",{state}}}"#), vec![]),
        ("nothing", "{}".into(), vec!["SCHEMA_VALIDATION_FAILED: These fields are required: [States, StartAt] at /"]),
        ("blank", " ".into(), vec!["SCHEMA_VALIDATION_FAILED: Definition must be a valid JSON object at null"]),
        ("a list", "[1]".into(), vec!["SCHEMA_VALIDATION_FAILED: Definition must be a valid JSON object at null"]),
        ("no states", r#"{"StartAt":"A","States":{}}"#.into(), vec!["SCHEMA_VALIDATION_FAILED: Value cannot be empty at /States"]),
        ("unknown field", format!(r#"{{"StartAt":"A","Statez":1,{state}}}"#), vec!["SCHEMA_VALIDATION_FAILED: Field 'Statez' is not supported at /"]),
        ("query language", format!(r#"{{"StartAt":"A","QueryLanguage":"SQL",{state}}}"#), vec!["SCHEMA_VALIDATION_FAILED: Value should be one of the following: [JSONPath, JSONata] at /QueryLanguage"]),
        ("timeout of 0", format!(r#"{{"StartAt":"A","TimeoutSeconds":0,{state}}}"#), vec!["SCHEMA_VALIDATION_FAILED: Minimum value is 1 at /TimeoutSeconds"]),
        ("start at a list", format!(r#"{{"StartAt":["A"],{state}}}"#), vec!["SCHEMA_VALIDATION_FAILED: Expected value of type [STRING] at /StartAt"]),
        ("state is a text", r#"{"StartAt":"A","States":{"A":"Succeed"}}"#.into(), vec!["SCHEMA_VALIDATION_FAILED: Expected value of type [OBJECT] at /States/A"]),
        ("start nowhere", format!(r#"{{"StartAt":"Z",{state}}}"#), vec!["MISSING_TRANSITION_TARGET: Missing 'Next' target: Z at /StartAt", "MISSING_TRANSITION_TARGET: State \"A\" is not reachable. at /States/A"]),
        ("loop", r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"},"B":{"Type":"Pass","Next":"A"},"C":{"Type":"Pass","Next":"A"}}}"#.into(), vec!["MISSING_END_STATE: Workflow has no terminal state at null"]),
        ("loop beside an end", r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"A"},"C":{"Type":"Succeed"}}}"#.into(), vec!["MISSING_TRANSITION_TARGET: State \"C\" is not reachable. at /States/C"]),
        ("dangling and endless", r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"N"}}}"#.into(), vec!["MISSING_TRANSITION_TARGET: Missing 'Next' target: N at /States/A/Next", "MISSING_END_STATE: Workflow has no terminal state at null"]),
        ("same name twice in one object", r#"{"StartAt":"A","States":{"A":{"Type":"Succeed"},"A":{"Type":"Succeed"}}}"#.into(), vec!["DUPLICATE_STATE_NAME: Duplicate State name: A at /States/A"]),
        ("name of 80", format!(r#"{{"StartAt":"{0}","States":{{"{0}":{{"Type":"Succeed"}}}}}}"#, "ä".repeat(80)), vec![]),
    ] {
        assert_eq!(findings(&text, &Options::default()), want, "{name}");
    }
}

#[test]
fn query_languages_mix_below_jsonpath_only() {
    let machine = |outer: &str, map: &str, inner: &str| {
        format!(
            r#"{{"StartAt":"A","QueryLanguage":"{outer}","States":{{"A":{{"Type":"Map","QueryLanguage":"{map}","End":true,"ItemProcessor":{{"StartAt":"I","States":{{"I":{{"Type":"Pass","QueryLanguage":"{inner}","End":true}}}}}}}}}}}}"#
        )
    };
    assert_eq!(findings(&machine("JSONPath", "JSONata", "JSONPath"), &Options::default()), [] as [String; 0]);
    assert_eq!(
        findings(&machine("JSONata", "JSONata", "JSONPath"), &Options::default()),
        [
            "SCHEMA_VALIDATION_FAILED: 'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine at /States/A/ItemProcessor/States/I"
        ]
    );
}

/// The codes that the API reference documents, with the texts and places that
/// are not shown by another table.
#[test]
fn documented_codes() {
    let pass =
        |fields: &str| format!(r#"{{"StartAt":"A","States":{{"A":{{"Type":"Pass",{fields},"End":true}}}}}}"#);
    let long = "a".repeat(81);
    let label = r#""Type":"Map","Label":"l","ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"EXPRESS"},"StartAt""#;
    let source = r#"[Source: (String)"not a definition"; line: 1, column: 4]"#;
    for (name, text, severity, want) in [
        (
            "no json",
            "not a definition".to_owned(),
            Severity::Error,
            format!(
                "INVALID_JSON_DESCRIPTION: Unrecognized token 'not': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')\n at {source} at {source}"
            ),
        ),
        (
            "empty",
            String::new(),
            Severity::Error,
            "MISSING_DESCRIPTION: Definition must not be empty at null".to_owned(),
        ),
        (
            "long name",
            format!(r#"{{"StartAt":"{long}","States":{{"{long}":{{"Type":"Succeed"}}}}}}"#),
            Severity::Error,
            format!("INVALID_STATE_NAME: State name must have 1 to 80 characters, but has 81 at /States/{long}"),
        ),
        (
            "one name in two scopes",
            r#"{"StartAt":"A","States":{"A":{"Type":"Parallel","End":true,"Branches":[{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}]}}}"#.to_owned(),
            Severity::Error,
            "DUPLICATE_STATE_NAME: Duplicate State name: A at /States/A/Branches[0]/States/A".to_owned(),
        ),
        (
            "one label twice",
            format!(
                r#"{{"StartAt":"A","States":{{"A":{{{label}:"B","States":{{"B":{{"Type":"Succeed"}}}}}},"Next":"C"}},"C":{{{label}:"D","States":{{"D":{{"Type":"Succeed"}}}}}},"End":true}}}}}}"#
            ),
            Severity::Error,
            "DUPLICATE_LABEL_NAME: Duplicate Label name: l at /States/C/Label".to_owned(),
        ),
        (
            "no dollar",
            pass(r#""Parameters":{"a":["$.b"],"c":"States.UUID()"}"#),
            Severity::Warning,
            "NO_DOLLAR: The value of the field 'c' looks like a JSONPath or an intrinsic function call, but its name does not end in '.$' at /States/A/Parameters".to_owned(),
        ),
        (
            "no path",
            r#"{"StartAt":"A","States":{"A":{"Type":"Fail","Cause":"$.cause"}}}"#.to_owned(),
            Severity::Warning,
            "NO_PATH: The value of the field 'Cause' looks like a path, but its name does not end in 'Path' at /States/A/Cause".to_owned(),
        ),
        (
            "static result",
            pass(r#""Result":{"a.$":"$.b"}"#),
            Severity::Warning,
            "PASS_RESULT_IS_STATIC: Result is not evaluated, but holds what looks like a path at /States/A/Result"
                .to_owned(),
        ),
        (
            "escape that is none",
            pass(r#""Parameters":{"parsed.$":"States.StringToJson('a\\nb')"}"#),
            Severity::Error,
            "SCHEMA_VALIDATION_FAILED: The value for the field 'parsed.$' must be a valid JSONPath or a valid intrinsic function call at /States/A/Parameters".to_owned(),
        ),
    ] {
        let parsed = parse(&text, &Options::default());
        let [found] = parsed.diagnostics.as_slice() else { panic!("{name}: {:#?}", parsed.diagnostics) };
        assert_eq!((found.to_string(), found.severity), (want, severity), "{name}");
    }
    let deep = format!(r#"{{"a":{}{}}}"#, "[".repeat(600), "]".repeat(600));
    let found = findings(&deep, &Options::default());
    assert!(matches!(found.as_slice(), [one] if one.starts_with("TOO_DEEPLY_NESTED: ")), "{found:?}");
}
