//! What most states have, and the small state types.

use crate::check_state;

#[test]
fn transitions_and_fields() {
    for (name, fields, want) in [
        (
            "both",
            r#""Type":"Pass","Next":"B","End":true"#,
            &[
                "SCHEMA_VALIDATION_FAILED: There should only be one of the following fields: [Next, End] at /States/A",
            ][..],
        ),
        (
            "neither",
            r#""Type":"Pass""#,
            &[
                "SCHEMA_VALIDATION_FAILED: This object should have only one of the following fields: [Next, End] at /States/A",
            ],
        ),
        (
            "end false",
            r#""Type":"Pass","End":false"#,
            &[
                "SCHEMA_VALIDATION_FAILED: The field 'End' must be true at /States/A/End",
                "MISSING_END_STATE: Workflow has no terminal state at null",
            ],
        ),
        (
            "next on succeed",
            r#""Type":"Succeed","Next":"B""#,
            &["SCHEMA_VALIDATION_FAILED: Field 'Next' is not supported at /States/A"],
        ),
        (
            "end on choice",
            r#""Type":"Choice","Choices":[{"Variable":"$.a","IsNull":true,"Next":"B"}],"End":true"#,
            &["SCHEMA_VALIDATION_FAILED: Field 'End' is not supported at /States/A"],
        ),
        (
            "no type",
            r#""End":true"#,
            &["SCHEMA_VALIDATION_FAILED: These fields are required: [Type] at /States/A"],
        ),
        (
            "type of another case",
            r#""Type":"pass","End":true"#,
            &[
                "SCHEMA_VALIDATION_FAILED: The field 'Type' should have one of these values: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map] at /States/A/Type",
            ],
        ),
        (
            "timeout on pass",
            r#""Type":"Pass","TimeoutSeconds":1,"End":true"#,
            &["SCHEMA_VALIDATION_FAILED: Field 'TimeoutSeconds' is not supported at /States/A"],
        ),
        (
            "jsonata field in jsonpath",
            r#""Type":"Pass","Output":1,"End":true"#,
            &[
                "SCHEMA_VALIDATION_FAILED: The QueryLanguage is set to 'JSONPath', but field 'Output' is only supported for the 'JSONata' QueryLanguage at /States/A",
            ],
        ),
        (
            "jsonpath field in jsonata",
            r#""Type":"Pass","QueryLanguage":"JSONata","ResultPath":null,"End":true"#,
            &[
                "SCHEMA_VALIDATION_FAILED: The QueryLanguage is set to 'JSONata', but field 'ResultPath' is only supported for the 'JSONPath' QueryLanguage at /States/A",
            ],
        ),
        (
            "jsonpath fields in jsonata",
            r#""Type":"Pass","QueryLanguage":"jsonata","Output":"{% 1 %}","InputPath":"$.a","End":true"#,
            &[
                "SCHEMA_VALIDATION_FAILED: Value should be one of the following: [JSONPath, JSONata] at /States/A/QueryLanguage",
                "SCHEMA_VALIDATION_FAILED: The QueryLanguage is set to 'JSONata', but field 'InputPath' is only supported for the 'JSONPath' QueryLanguage at /States/A",
            ],
        ),
        (
            "language no text",
            r#""Type":"Pass","QueryLanguage":5,"Output":"{% 1 %}","End":true"#,
            &["SCHEMA_VALIDATION_FAILED: Expected value of type [STRING] at /States/A/QueryLanguage"],
        ),
        ("assign in jsonpath", r#""Type":"Pass","Assign":{"counter":1},"End":true"#, &[]),
        (
            "null paths",
            r#""Type":"Pass","InputPath":null,"ResultPath":null,"OutputPath":null,"End":true"#,
            &[],
        ),
        (
            "input path is no path",
            r#""Type":"Pass","InputPath":"a","End":true"#,
            &["SCHEMA_VALIDATION_FAILED: Value must be a valid JSONPath. at /States/A/InputPath"],
        ),
        (
            "several at once",
            r#""Type":"Pass","Colour":1,"InputPath":"a","End":"yes""#,
            &[
                "SCHEMA_VALIDATION_FAILED: Field 'Colour' is not supported at /States/A",
                "SCHEMA_VALIDATION_FAILED: Value must be a valid JSONPath. at /States/A/InputPath",
                "SCHEMA_VALIDATION_FAILED: Expected value of type [BOOLEAN] at /States/A/End",
                "MISSING_END_STATE: Workflow has no terminal state at null",
            ],
        ),
    ] {
        check_state(name, fields, want);
    }
}

#[test]
fn templates_and_variables() {
    for (name, fields, want) in [
        ("any json", r#""Type":"Pass","Parameters":[1,"a",{"b.$":"$.c"}],"End":true"#, &[][..]),
        (
            "deep inside",
            r#""Type":"Pass","Parameters":[{"a":{"b.$":1}}],"End":true"#,
            &[
                "SCHEMA_VALIDATION_FAILED: The value for the field 'b.$' must be a valid JSONPath or a valid intrinsic function call at /States/A/Parameters",
            ],
        ),
        (
            "no object",
            r#""Type":"Task","Resource":"arn:aws:states:::lambda:invoke","ResultSelector":"$","End":true"#,
            &["SCHEMA_VALIDATION_FAILED: Expected value of type [OBJECT] at /States/A/ResultSelector"],
        ),
        ("variables", r#""Type":"Pass","Assign":{"a":1,"b_2.$":"$.c"},"End":true"#, &[]),
        (
            "reserved variable",
            r#""Type":"Pass","Assign":{"states.$":"$"},"End":true"#,
            &[
                "RESERVED_VARIABLE_NAME: Cannot assign to reserved variable '$states'. at /States/A/Assign/states.$",
            ],
        ),
        (
            "assign no object",
            r#""Type":"Pass","Assign":1,"End":true"#,
            &["SCHEMA_VALIDATION_FAILED: Expected value of type [OBJECT] at /States/A/Assign"],
        ),
        (
            "expressions anywhere",
            r#""Type":"Pass","QueryLanguage":"JSONata","Output":["{% $states.input %}",{"a":"{%1%}"}],"Assign":{"x":"{% 'a \" b' %}"},"End":true"#,
            &[],
        ),
        (
            "expression with an error",
            r#""Type":"Pass","QueryLanguage":"JSONata","Output":{"a":"{% 1 + %}"},"End":true"#,
            &["INVALID_JSONATA_EXPRESSION: Unexpected end of expression at /States/A/Output/a"],
        ),
        (
            "blank before the brace",
            r#""Type":"Pass","QueryLanguage":"JSONata","Output":" {% 1 %}","End":true"#,
            &[
                "SCHEMA_VALIDATION_FAILED: JSONata string must start with {% and end with %} at /States/A/Output",
            ],
        ),
        (
            "braces in the middle",
            r#""Type":"Pass","QueryLanguage":"JSONata","Output":"a {% 1 %} b","End":true"#,
            &[],
        ),
        (
            "arguments",
            r#""Type":"Task","QueryLanguage":"JSONata","Resource":"arn:aws:states:::lambda:invoke","Arguments":1,"End":true"#,
            &["SCHEMA_VALIDATION_FAILED: Expected value of type [OBJECT] at /States/A/Arguments"],
        ),
    ] {
        check_state(name, fields, want);
    }
}

#[test]
fn wait_fail_parallel() {
    for (name, fields, want) in [
        (
            "no time",
            r#""Type":"Wait","End":true"#,
            &[
                "SCHEMA_VALIDATION_FAILED: This object should have only one of the following fields: [SecondsPath, Seconds, TimestampPath, Timestamp] at /States/A",
            ][..],
        ),
        (
            "two times",
            r#""Type":"Wait","Seconds":1,"Timestamp":"2016-03-14T01:59:00Z","End":true"#,
            &[
                "SCHEMA_VALIDATION_FAILED: There should only be one of the following fields: [SecondsPath, Seconds, TimestampPath, Timestamp] at /States/A",
            ],
        ),
        (
            "seconds computed",
            r#""Type":"Wait","QueryLanguage":"JSONata","Seconds":"{% 1 %}","End":true"#,
            &[],
        ),
        (
            "timestamp computed",
            r#""Type":"Wait","QueryLanguage":"JSONata","Timestamp":"{% $now() %}","End":true"#,
            &[],
        ),
        (
            "expression in jsonpath",
            r#""Type":"Wait","Timestamp":"{% $now() %}","End":true"#,
            &["SCHEMA_VALIDATION_FAILED: String does not match RFC3339 timestamp at /States/A/Timestamp"],
        ),
        ("fail with nothing", r#""Type":"Fail""#, &[]),
        (
            "both causes",
            r#""Type":"Fail","Cause":"c","CausePath":"$.c""#,
            &[
                "SCHEMA_VALIDATION_FAILED: There should only be one of the following fields: [Cause, CausePath] at /States/A",
            ],
        ),
        ("cause by intrinsic", r#""Type":"Fail","CausePath":"States.Format('{}', $.a)""#, &[]),
        (
            "cause by an intrinsic that makes a number",
            r#""Type":"Fail","CausePath":"States.MathAdd(1, 2)""#,
            &[
                "SCHEMA_VALIDATION_FAILED: The intrinsic function in the field 'CausePath' must return a string at /States/A/CausePath",
            ],
        ),
        (
            "no branches",
            r#""Type":"Parallel","End":true"#,
            &["SCHEMA_VALIDATION_FAILED: These fields are required: [Branches] at /States/A"],
        ),
        (
            "branch is a text",
            r#""Type":"Parallel","Branches":["b"],"End":true"#,
            &["SCHEMA_VALIDATION_FAILED: Expected value of type [OBJECT] at /States/A/Branches[0]"],
        ),
        (
            "branch field",
            r#""Type":"Parallel","Branches":[{"StartAt":"I","States":{"I":{"Type":"Succeed"}},"TimeoutSeconds":1}],"End":true"#,
            &["SCHEMA_VALIDATION_FAILED: Field 'TimeoutSeconds' is not supported at /States/A/Branches[0]"],
        ),
        (
            "out of a branch",
            r#""Type":"Parallel","Branches":[{"StartAt":"I","States":{"I":{"Type":"Pass","Next":"B"},"J":{"Type":"Succeed"}}}],"Next":"B""#,
            &[
                "MISSING_TRANSITION_TARGET: Missing 'Next' target: B at /States/A/Branches[0]/States/I/Next",
                "MISSING_TRANSITION_TARGET: State \"J\" is not reachable. at /States/A/Branches[0]/States/J",
            ],
        ),
    ] {
        check_state(name, fields, want);
    }
}
