//! What states make of their data, and the words in which they fail.

mod support;

use support::{Run, one};

const INPUT: &str = r#"{ "a": { "b": 1 }, "list": [1, 2], "text": "x" }"#;

#[test]
fn the_fields_of_jsonpath_states() {
    for (case, state, want) in [
        ("untouched", r#""Type": "Pass""#, INPUT),
        ("input path", r#""Type": "Pass", "InputPath": "$.a""#, r#"{"b":1}"#),
        ("no input", r#""Type": "Pass", "InputPath": null"#, "{}"),
        ("no output", r#""Type": "Pass", "OutputPath": null"#, "{}"),
        (
            "parameters",
            r#""Type": "Pass", "Parameters": { "c.$": "$.a.b", "d": "$.a" }"#,
            r#"{"c":1,"d":"$.a"}"#,
        ),
        (
            "parameters see the input path",
            r#""Type": "Pass", "InputPath": "$.a", "Parameters": { "c.$": "$.b" }"#,
            r#"{"c":1}"#,
        ),
        ("a fixed result keeps its value", r#""Type": "Pass", "Result": [ 1, 2 ]"#, "[1,2]"),
        (
            "the result goes into the raw input",
            r#""Type": "Pass", "InputPath": "$.a", "ResultPath": "$.r""#,
            r#"{"a":{"b":1},"list":[1,2],"text":"x","r":{"b":1}}"#,
        ),
        ("a discarded result", r#""Type": "Pass", "Result": 1, "ResultPath": null"#, INPUT),
        ("output path", r#""Type": "Pass", "Result": 1, "ResultPath": "$.r", "OutputPath": "$.r""#, "1"),
        ("context", r#""Type": "Pass", "Parameters": { "n.$": "$$.State.Name" }"#, r#"{"n":"S"}"#),
        (
            "input path that leads nowhere",
            r#""Type": "Pass", "InputPath": "$.no""#,
            "States.Runtime: An error occurred while executing the state 'S' (entered at the event id #2). Invalid path \
             '$.no' : No results for path: $['no']",
        ),
        (
            "map over an object",
            r#""Type": "Map", "ItemProcessor": { "StartAt": "I", "States": { "I": { "Type": "Succeed" } } }"#,
            "States.Runtime: Reference path \"$\" must point to array.",
        ),
        (
            "too deep a concurrency",
            r#""Type": "Map", "ItemsPath": "$.list", "MaxConcurrencyPath": "$.text",
               "ItemProcessor": { "StartAt": "I", "States": { "I": { "Type": "Succeed" } } }"#,
            "States.Runtime: An error occurred while executing the state 'S' (entered at the event id #2). The \
             MaxConcurrencyPath field refers to value \"x\" which is not a valid integer: $.text",
        ),
    ] {
        let run = Run::start(&one(&format!("{{ {state}, \"End\": true }}")), INPUT);
        assert_eq!(run.result(), want, "{case}");
    }
}

#[test]
fn a_task_gets_some_time() {
    let located = "An error occurred while executing the state 'S' (entered at the event id #2).";
    for (case, fields, want) in [
        (
            "by a path",
            r#""TimeoutSecondsPath": "$.v""#,
            format!("States.Runtime: {located} TimeoutSeconds must be greater than 0."),
        ),
        (
            "a heartbeat by a path",
            r#""HeartbeatSecondsPath": "$.v""#,
            format!("States.Runtime: {located} HeartbeatSeconds must be greater than 0."),
        ),
        (
            "by an expression",
            r#""QueryLanguage": "JSONata", "TimeoutSeconds": "{% $states.input.v %}""#,
            format!(
                "States.QueryEvaluationError: {located} The JSONata expression '$states.input.v' specified for \
                 the field 'TimeoutSeconds' returned an unexpected result type. Expected 'positive integer', but \
                 was 'number' for value: 0"
            ),
        ),
    ] {
        let task = format!(r#"{{ "Type": "Task", "Resource": "mock-arn", {fields}, "End": true }}"#);
        assert_eq!(Run::start(&one(&task), r#"{"v":0}"#).result(), want, "{case}");
    }
}

#[test]
fn the_words_of_wait_states() {
    let located = "An error occurred while executing the state 'S' (entered at the event id #2).";
    for (field, value, want) in [
        ("Seconds", "null", "The SecondsPath parameter cannot be parsed as a long value: $.v == null"),
        ("Seconds", "1.5", "The SecondsPath parameter cannot be parsed as a long value: $.v == 1.5"),
        ("Seconds", "-1", "The SecondsPath parameter references a negative value: $.v == -1"),
        ("Seconds", "2147483648", "Wait state delay is too long."),
        (
            "Timestamp",
            "\"soon\"",
            "The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: \
             $.v == soon",
        ),
    ] {
        let state = format!(r#"{{ "Type": "Wait", "{field}Path": "$.v", "End": true }}"#);
        let run = Run::start(&one(&state), &format!(r#"{{ "v": {value} }}"#));
        assert_eq!(run.result(), format!("States.Runtime: {located} {want}"), "{field} {value}");
    }
    let run = Run::start(&one(r#"{ "Type": "Wait", "SecondsPath": "$.v", "End": true }"#), "{}");
    assert!(run.result().ends_with("The SecondsPath parameter does not reference an input value: $.v"));
}

#[test]
fn a_wait_ends_at_its_time_and_not_before() {
    let state = r#"{ "Type": "Wait", "TimestampPath": "$.v", "End": true }"#;
    let mut run = Run::start(&one(state), r#"{ "v": "1970-01-01T00:00:05Z" }"#);
    assert_eq!(run.wake_at, Some(support::at(5)));
    run.pass(4);
    run.tick();
    assert!(run.outcomes.is_empty());
    run.pass(1);
    run.tick();
    assert_eq!(run.outcomes.len(), 1);
    let past = Run::start(&one(state), r#"{ "v": "1969-01-01T00:00:00Z" }"#);
    assert_eq!(past.outcomes.len(), 1, "a time gone by is no wait");
}

#[test]
fn branches_read_outer_variables_and_keep_their_own() {
    let run = Run::start(
        r#"{ "StartAt": "A", "States": {
            "A": { "Type": "Pass", "Assign": { "x": 1 }, "Next": "P" },
            "P": { "Type": "Parallel", "Next": "Z", "Branches": [
                { "StartAt": "B", "States": { "B": { "Type": "Pass", "Assign": { "x.$": "$.new" }, "Next": "C" },
                    "C": { "Type": "Pass", "Parameters": { "x.$": "$x" }, "End": true } } },
                { "StartAt": "D", "States": { "D": { "Type": "Pass", "Parameters": { "x.$": "$x" }, "End": true } } } ] },
            "Z": { "Type": "Pass", "Parameters": { "branches.$": "$", "x.$": "$x" }, "End": true } } }"#,
        r#"{ "new": 2 }"#,
    );
    assert_eq!(run.result(), r#"{"branches":[{"x":2},{"x":1}],"x":1}"#);
}

#[test]
fn assigned_values_are_those_from_before() {
    let run = Run::start(
        r#"{ "StartAt": "A", "States": {
            "A": { "Type": "Pass", "Assign": { "x": 1, "y": 2 }, "Next": "B" },
            "B": { "Type": "Pass", "Assign": { "x.$": "$y", "y.$": "$x" }, "Next": "C" },
            "C": { "Type": "Pass", "Parameters": { "x.$": "$x", "y.$": "$y" }, "End": true } } }"#,
        "{}",
    );
    assert_eq!(run.result(), r#"{"x":2,"y":1}"#);
}

#[test]
fn iterations_see_their_item() {
    let run = Run::start(
        &one(r#"{ "Type": "Map", "End": true, "ItemsPath": "$.list",
                "ItemSelector": { "item.$": "$$.Map.Item.Value", "all.$": "$.text" },
                "ItemProcessor": { "StartAt": "I", "States": { "I": { "Type": "Pass", "End": true,
                    "Parameters": { "in.$": "$", "at.$": "$$.Map.Item.Index" } } } } }"#),
        INPUT,
    );
    assert_eq!(run.result(), r#"[{"in":{"item":1,"all":"x"},"at":0},{"in":{"item":2,"all":"x"},"at":1}]"#);
}

#[test]
fn texts_are_kept_and_joined() {
    let branch = |name: &str| {
        format!(r#"{{ "StartAt": "{name}", "States": {{ "{name}": {{ "Type": "Pass", "End": true }} }} }}"#)
    };
    let parallel = one(&format!(
        r#"{{ "Type": "Parallel", "End": true, "Branches": [{}, {}] }}"#,
        branch("A"),
        branch("B")
    ));
    assert_eq!(Run::start(&parallel, "[ 1,  2 ]").result(), "[[ 1,  2 ],[ 1,  2 ]]");
}

fn jsonata(state: &str) -> String {
    format!(r#"{{ "QueryLanguage": "JSONata", "StartAt": "S", "States": {{ "S": {{ {state} }} }} }}"#)
}

#[test]
fn the_fields_of_jsonata_states() {
    let located = "States.QueryEvaluationError: An error occurred while executing the state 'S' (entered at the event id #2).";
    for (case, state, want) in [
        ("untouched", r#""Type": "Pass", "End": true"#, INPUT.to_owned()),
        (
            "output",
            r#""Type": "Pass", "Output": { "sum": "{% $sum($states.input.list) %}", "text": "{ %" }, "End": true"#,
            r#"{"sum":3,"text":"{ %"}"#.to_owned(),
        ),
        (
            "context",
            r#""Type": "Pass", "Output": "{% $states.context.State.Name %}", "End": true"#,
            "\"S\"".to_owned(),
        ),
        (
            "undefined",
            r#""Type": "Pass", "Output": { "a": ["{% $nothing %}"] }, "End": true"#,
            format!(
                "{located} The JSONata expression '$nothing' specified for the field 'Output/a[0]' returned nothing \
                 (undefined)."
            ),
        ),
        (
            "a function",
            r#""Type": "Pass", "Output": "{% $sum %}", "End": true"#,
            format!(
                "{located} The JSONata expression '$sum' specified for the field 'Output' returned an unsupported result type."
            ),
        ),
        (
            "an error",
            r#""Type": "Pass", "Output": "{% 1 + 'a' %}", "End": true"#,
            format!(
                "{located} The JSONata expression '1 + 'a'' specified for the field 'Output' threw an error during \
                 evaluation. T2002: The right side of the \"+\" operator must evaluate to a number"
            ),
        ),
        (
            "a condition of another type",
            r#""Type": "Choice", "Choices": [{ "Condition": "{% 1 %}", "Next": "Z" }] }, "Z": { "Type": "Succeed""#,
            format!(
                "{located} The JSONata expression '1' specified for the field 'Choices[0]/Condition' returned an \
                 unexpected result type. Expected 'boolean', but was 'number' for value: 1"
            ),
        ),
        (
            "a map without an array",
            r#""Type": "Map", "End": true, "ItemProcessor": { "StartAt": "I", "States": { "I": { "Type": "Succeed" } } }"#,
            format!(
                "{located} Map state input must be an array but was: {{\"a\":{{\"b\":1}},\"list\":[1,2],\"text\":\"x\"}}"
            ),
        ),
    ] {
        assert_eq!(Run::start(&jsonata(state), INPUT).result(), want, "{case}");
    }
}

#[test]
fn rules_set_variables_and_output_on_the_way() {
    let run = Run::start(
        r#"{ "QueryLanguage": "JSONata", "StartAt": "S", "States": {
            "S": { "Type": "Choice", "Choices": [
                { "Condition": "{% $states.input.n > 1 %}", "Next": "T", "Assign": { "big": true }, "Output": "{% $states.input.n %}" } ] },
            "T": { "Type": "Succeed", "Output": { "big": "{% $big %}", "n": "{% $states.input %}" } } } }"#,
        r#"{ "n": 2 }"#,
    );
    assert_eq!(run.result(), r#"{"big":true,"n":2}"#);
}

#[test]
fn catchers_see_the_error_output() {
    let run = Run::start(
        r#"{ "QueryLanguage": "JSONata", "StartAt": "S", "States": {
            "S": { "Type": "Parallel", "End": true,
                "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "T", "Output": "{% $states.errorOutput.Error %}",
                    "Assign": { "cause": "{% $states.errorOutput.Cause %}" } }],
                "Branches": [{ "StartAt": "F", "States": { "F": { "Type": "Fail", "Error": "E", "Cause": "{% 'w' & 'hy' %}" } } }] },
            "T": { "Type": "Succeed", "Output": "{% $states.input & $cause %}" } } }"#,
        "{}",
    );
    assert_eq!(run.result(), "\"Ewhy\"");
}
