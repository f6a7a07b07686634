//! What stands around states.

use asl_parser::Options;

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
        ("query language", format!(r#"{{"StartAt":"A","QueryLanguage":"SQL",{state}}}"#), vec!["SCHEMA_VALIDATION_FAILED: The field 'QueryLanguage' should have one of these values: [JSONPath, JSONata] at /QueryLanguage"]),
        ("timeout of 0", format!(r#"{{"StartAt":"A","TimeoutSeconds":0,{state}}}"#), vec!["SCHEMA_VALIDATION_FAILED: The field 'TimeoutSeconds' must be an integer from 1 to 99999999 at /TimeoutSeconds"]),
        ("start at a list", format!(r#"{{"StartAt":["A"],{state}}}"#), vec!["SCHEMA_VALIDATION_FAILED: The field 'StartAt' must be a string, but is an array at /StartAt"]),
        ("state is a text", r#"{"StartAt":"A","States":{"A":"Succeed"}}"#.into(), vec!["SCHEMA_VALIDATION_FAILED: A state must be an object, but is a string at /States/A"]),
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
