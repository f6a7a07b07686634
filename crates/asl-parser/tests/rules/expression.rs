//! JSONata expressions: what they may read, and what is said where they do not
//! parse.

use crate::check_state;

/// A Pass state with the expression in `Output`.
fn check_output(expression: &str, want: &[&str]) {
    let expression = expression.replace('\\', "\\\\").replace('"', "\\\"");
    let fields = format!(
        r#""Type":"Pass","QueryLanguage":"JSONata","Output":{{"v":["{{% {expression} %}}"]}},"End":true"#
    );
    let want: Vec<String> = want.iter().map(|text| format!("{text} at /States/A/Output/v[0]")).collect();
    let want: Vec<&str> = want.iter().map(String::as_str).collect();
    check_state(&expression, &fields, &want);
}

fn unsupported(name: &str) -> String {
    format!("UNSUPPORTED_JSONATA_EXPRESSION: Reference to '{name}' at the top level is not supported.")
}

#[test]
fn a_context_is_not_there_to_be_read() {
    for (expression, names) in [
        ("phone", &["phone"][..]),
        ("phone[0]", &["phone"]),
        ("$.phone", &["$"]),
        ("aaa + bbb + aaa", &["aaa", "bbb"]),
        ("{aaa: 1}", &["aaa"]),
        ("$map($states.input.a, function($x){ b })", &["b"]),
        ("$exists(a.b) ? c : [d, $e]", &["a", "c", "d"]),
        ("$states.input.phone", &[]),
        ("$states.input.items[phone > 3]", &[]),
        ("$states.input.items^(>price).{'k': name}", &[]),
        ("$states.input{category: $sum(price)}", &[]),
        ("$map($states.input.a, function($x){ $x.phone })", &[]),
        ("$phone.number & $uppercase($states.context.State.Name)", &[]),
    ] {
        let want: Vec<String> = names.iter().map(|name| unsupported(name)).collect();
        check_output(expression, &want.iter().map(String::as_str).collect::<Vec<_>>());
    }
    for expression in ["$$", "$$.phone"] {
        check_output(expression, &["UNSUPPORTED_JSONATA_EXPRESSION: Reference to '$$' is not supported."]);
    }
}

#[test]
fn expressions_are_read_wherever_they_stand() {
    let task = r#""Type":"Task","QueryLanguage":"JSONata","Resource":"arn:aws:states:::lambda:invoke""#;
    let map = r#""Type":"Map","QueryLanguage":"JSONata","ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},"StartAt":"I","States":{"I":{"Type":"Succeed"}}}"#;
    for (fields, location) in [
        (
            r#""Type":"Pass","QueryLanguage":"JSONata","Assign":{"Next":"{% phone %}"},"End":true"#
                .to_owned(),
            "Assign/Next",
        ),
        (
            r#""Type":"Choice","QueryLanguage":"JSONata","Choices":[{"Condition":"{% phone %}","Next":"B"}]"#
                .to_owned(),
            "Choices[0]/Condition",
        ),
        (
            r#""Type":"Wait","QueryLanguage":"JSONata","Seconds":"{% phone %}","End":true"#.to_owned(),
            "Seconds",
        ),
        (r#""Type":"Fail","QueryLanguage":"JSONata","Cause":"{% phone %}""#.to_owned(), "Cause"),
        (
            format!(r#"{task},"Arguments":{{"Payload":{{"Comment":"{{% phone %}}"}}}},"End":true"#),
            "Arguments/Payload/Comment",
        ),
        (
            format!(
                r#"{task},"Catch":[{{"ErrorEquals":["States.ALL"],"Output":{{"v":"{{% phone %}}"}},"Next":"B"}}],"End":true"#
            ),
            "Catch[0]/Output/v",
        ),
        (format!(r#"{map},"Items":"{{% phone %}}","End":true"#), "Items"),
        (format!(r#"{map},"ItemSelector":{{"Next":"{{% phone %}}"}},"End":true"#), "ItemSelector/Next"),
        (
            format!(
                r#"{map},"ItemBatcher":{{"MaxItemsPerBatch":1,"BatchInput":{{"Comment":"{{% phone %}}"}}}},"End":true"#
            ),
            "ItemBatcher/BatchInput/Comment",
        ),
    ] {
        check_state(location, &fields, &[&format!("{} at /States/A/{location}", unsupported("phone"))]);
    }
    for fields in [
        // Not read: a comment, an error's name, the same text in JSONPath.
        r#""Type":"Pass","QueryLanguage":"JSONata","Comment":"{% phone %}","End":true"#.to_owned(),
        format!(r#"{task},"Retry":[{{"ErrorEquals":["{{% phone %}}"]}}],"End":true"#),
        r#""Type":"Pass","Parameters":{"v":"{% phone %}"},"End":true"#.to_owned(),
    ] {
        check_state("not read", &fields, &[]);
    }
}

#[test]
fn an_error_is_there_in_a_catcher_only() {
    check_output(
        "$states.errorOutput.Cause",
        &["UNSUPPORTED_JSONATA_EXPRESSION: Field '$states.errorOutput' does not exist."],
    );
    for field in
        [r#""Output":"{% $states.errorOutput %}""#, r#""Assign":{"e":"{% $states.errorOutput.Error %}"}"#]
    {
        check_state(
            field,
            &format!(
                r#""Type":"Task","QueryLanguage":"JSONata","Resource":"arn:aws:states:::lambda:invoke","Catch":[{{"ErrorEquals":["States.ALL"],{field},"Next":"B"}}],"Next":"B""#
            ),
            &[],
        );
    }
}

#[test]
fn a_result_is_there_once_work_has_ended() {
    let missing = |at: &str| {
        format!("UNSUPPORTED_JSONATA_EXPRESSION: Field '$states.result' does not exist. at /States/A/{at}")
    };
    let task = r#""Type":"Task","QueryLanguage":"JSONata","Resource":"arn:aws:states:::lambda:invoke""#;
    let pass = r#""Type":"Pass","QueryLanguage":"JSONata""#;
    let result = "{% $states.result.a %}";
    for (fields, at) in [
        (format!(r#"{task},"Output":"{result}","End":true"#), ""),
        (format!(r#"{task},"Assign":{{"v":["{result}"]}},"End":true"#), ""),
        (format!(r#"{task},"Arguments":{{"v":"{result}"}},"End":true"#), "Arguments/v"),
        (format!(r#"{task},"TimeoutSeconds":"{result}","End":true"#), "TimeoutSeconds"),
        (
            format!(r#"{task},"Catch":[{{"ErrorEquals":["E"],"Output":"{result}","Next":"B"}}],"Next":"B""#),
            "Catch[0]/Output",
        ),
        (format!(r#"{pass},"Output":"{result}","End":true"#), "Output"),
        (format!(r#"{pass},"Assign":{{"v":"{result}"}},"End":true"#), "Assign/v"),
        // All of $states may be asked for anywhere.
        (format!(r#"{pass},"Output":"{{% $states %}}","End":true"#), ""),
    ] {
        let want = if at.is_empty() { vec![] } else { vec![missing(at)] };
        check_state(at, &fields, &want.iter().map(String::as_str).collect::<Vec<_>>());
    }
}

#[test]
fn what_does_not_parse_is_told_without_its_code() {
    for (expression, message) in [
        ("a[1,2)", r#"Expected "]", got ",""#),
        (r#""unterminated"#, "String literal must be terminated by a matching quote"),
        ("1 +", "Unexpected end of expression"),
        (r#"{"a":}"#, r#"The symbol "}" cannot be used as a unary operator"#),
        ("$x :=", "Unexpected end of expression"),
        (r#"$match("a", /abc"#, "No terminating / in regular expression"),
        ("phone %.other", r#"The symbol "." cannot be used as a unary operator"#),
        ("", "Unexpected end of expression"),
    ] {
        check_output(expression, &[&format!("INVALID_JSONATA_EXPRESSION: {message}")]);
    }
}
