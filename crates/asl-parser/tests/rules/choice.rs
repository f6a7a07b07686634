//! Choice states: rules and conditions.

use crate::check_state;

#[test]
fn choices() {
    let check_rule = |name: &str, rule: &str, want: &[&str]| {
        check_state(name, &format!(r#""Type":"Choice","Choices":[{{{rule},"Next":"B"}}]"#), want);
    };
    for (name, rule, want) in [
        ("comment", r#""Variable":"$.a","IsPresent":true,"Comment":"c""#, &[][..]),
        (
            "context and variables",
            r#""And":[{"Variable":"$$.State.Name","IsString":true},{"Variable":"$v.a","NumericEquals":1.5}]"#,
            &[],
        ),
        (
            "two operators",
            r#""Variable":"$.a","StringEquals":"a","NumericEquals":1"#,
            &[
                "SCHEMA_VALIDATION_FAILED: Only one of these fields is allowed: [StringEquals, NumericEquals] at /States/A/Choices[0]",
            ],
        ),
        (
            "no operator",
            r#""Variable":"$.a""#,
            &[
                "SCHEMA_VALIDATION_FAILED: A rule must have a comparison operator, or one of these fields: [And, Or, Not] at /States/A/Choices[0]",
            ],
        ),
        (
            "no variable",
            r#""StringEquals":"a""#,
            &["SCHEMA_VALIDATION_FAILED: These fields are required: [Variable] at /States/A/Choices[0]"],
        ),
        (
            "empty and",
            r#""And":[]"#,
            &["SCHEMA_VALIDATION_FAILED: Value cannot be empty at /States/A/Choices[0]/And"],
        ),
        (
            "next inside",
            r#""Not":{"Variable":"$.a","IsNull":true,"Next":"B"}"#,
            &["SCHEMA_VALIDATION_FAILED: Field 'Next' is not supported at /States/A/Choices[0]/Not"],
        ),
        (
            "number for a text",
            r#""Variable":"$.a","StringEquals":1"#,
            &[
                "SCHEMA_VALIDATION_FAILED: The field 'StringEquals' must be a string, but is a number at /States/A/Choices[0]/StringEquals",
            ],
        ),
        (
            "no time",
            r#""Variable":"$.a","TimestampLessThan":"noon""#,
            &[
                "SCHEMA_VALIDATION_FAILED: String does not match RFC3339 timestamp at /States/A/Choices[0]/TimestampLessThan",
            ],
        ),
        (
            "other path",
            r#""Variable":"$.a","NumericEqualsPath":"b""#,
            &[
                "SCHEMA_VALIDATION_FAILED: Value must be a valid JSONPath. at /States/A/Choices[0]/NumericEqualsPath",
            ],
        ),
        (
            "condition in jsonpath",
            r#""Condition":true"#,
            &[
                "SCHEMA_VALIDATION_FAILED: Field 'Condition' is not supported at /States/A/Choices[0]",
                "SCHEMA_VALIDATION_FAILED: A rule must have a comparison operator, or one of these fields: [And, Or, Not] at /States/A/Choices[0]",
            ],
        ),
    ] {
        check_rule(name, rule, want);
    }
    for (name, rule, want) in [
        ("literal", r#""Condition":true,"Output":1,"Assign":{"a":1}"#, &[][..]),
        ("expression", r#""Condition":"{% $states.input.a %}""#, &[]),
        (
            "text",
            r#""Condition":"true""#,
            &[
                "SCHEMA_VALIDATION_FAILED: The field 'Condition' must be a JSONata expression or a boolean at /States/A/Choices[0]/Condition",
            ],
        ),
        (
            "none",
            r#""Comment":"c""#,
            &["SCHEMA_VALIDATION_FAILED: These fields are required: [Condition] at /States/A/Choices[0]"],
        ),
        (
            "comparison",
            r#""Variable":"$.a","IsNull":true"#,
            &[
                "SCHEMA_VALIDATION_FAILED: Field 'Variable' is not supported at /States/A/Choices[0]",
                "SCHEMA_VALIDATION_FAILED: Field 'IsNull' is not supported at /States/A/Choices[0]",
                "SCHEMA_VALIDATION_FAILED: These fields are required: [Condition] at /States/A/Choices[0]",
            ],
        ),
    ] {
        check_state(
            name,
            &format!(r#""Type":"Choice","QueryLanguage":"JSONata","Choices":[{{{rule},"Next":"B"}}]"#),
            want,
        );
    }
    check_state(
        "no choices",
        r#""Type":"Choice","Choices":[],"Default":"B""#,
        &["SCHEMA_VALIDATION_FAILED: Value cannot be empty at /States/A/Choices"],
    );
}
