//! One row per rule of the language: a machine's text, and all that is said of it.

mod choice;
mod expression;
mod machine;
mod map;
mod state;
mod task;

use asl_parser::{Options, parse};

fn findings(text: &str, options: &Options) -> Vec<String> {
    parse(text, options).diagnostics.iter().map(ToString::to_string).collect()
}

/// Checks a machine of one state `A`, given as its fields, that leads to `B`
/// or ends by itself.
fn check_state(name: &str, fields: &str, want: &[&str]) {
    let leads_on = fields.contains(r#""B""#);
    let rest = if leads_on { r#","B":{"Type":"Succeed"}"# } else { "" };
    let text = format!(r#"{{"StartAt":"A","States":{{"A":{{{fields}}}{rest}}}}}"#);
    assert_eq!(findings(&text, &Options::default()), want, "{name}");
}
