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
                "SCHEMA_VALIDATION_FAILED: There should only be one of the following fields: [StringEquals, NumericEquals] at /States/A/Choices[0]",
            ],
        ),
        (
            "no operator",
            r#""Variable":"$.a""#,
            &[
                "SCHEMA_VALIDATION_FAILED: A rule with a Variable must have a comparison operator at /States/A/Choices[0]",
            ],
        ),
        (
            "no variable",
            r#""StringEquals":"a""#,
            &[
                "SCHEMA_VALIDATION_FAILED: The object must have only one of the following fields, [And, Or, Not, Variable, Condition] at /States/A/Choices[0]",
            ],
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
                "SCHEMA_VALIDATION_FAILED: Expected value of type [STRING] at /States/A/Choices[0]/StringEquals",
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
                "SCHEMA_VALIDATION_FAILED: The QueryLanguage is set to 'JSONPath', but field 'Condition' is only supported for the 'JSONata' QueryLanguage at /States/A/Choices[0]",
            ],
        ),
        (
            "and beside or",
            r#""And":[{"Variable":"$.a","IsNull":true}],"Or":[{"Variable":"$.a","IsNull":true}]"#,
            &[
                "SCHEMA_VALIDATION_FAILED: The object must have only one of the following fields, [And, Or, Not, Variable, Condition] at /States/A/Choices[0]",
            ],
        ),
        (
            "and beside a comparison",
            r#""And":[{"Variable":"$.a","IsNull":true}],"IsNull":true"#,
            &[
                "SCHEMA_VALIDATION_FAILED: There should only be one of the following fields: [And, IsNull] at /States/A/Choices[0]",
            ],
        ),
        (
            "nothing",
            r#""Comment":"c""#,
            &[
                "SCHEMA_VALIDATION_FAILED: The object must have only one of the following fields, [And, Or, Not, Variable, Condition] at /States/A/Choices[0]",
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
            &[
                "SCHEMA_VALIDATION_FAILED: The object must have only one of the following fields, [And, Or, Not, Variable, Condition] at /States/A/Choices[0]",
            ],
        ),
        (
            "comparison",
            r#""Variable":"$.a","IsNull":true"#,
            &[
                "SCHEMA_VALIDATION_FAILED: The QueryLanguage is set to 'JSONata', but field 'Variable' is only supported for the 'JSONPath' QueryLanguage at /States/A/Choices[0]",
                "SCHEMA_VALIDATION_FAILED: The QueryLanguage is set to 'JSONata', but field 'IsNull' is only supported for the 'JSONPath' QueryLanguage at /States/A/Choices[0]",
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
