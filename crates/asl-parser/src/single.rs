//! One state by itself, as `TestState` takes it.

use std::collections::BTreeSet;

use asl_value::Value;

use crate::diagnostic::Reports;
use crate::{Options, Parsed, json, parse, read, syntax};

/// The name by which the service calls a state that came without one.
const STATE_NAME: &str = "StateName";

/// Reads and checks the definition of one state. It becomes the state
/// `StateName` of a machine in which each state that it leads to is a Succeed
/// state. Findings lie in `text`, and their locations begin with
/// `/States/StateName`.
pub fn parse_state(text: &str, options: &Options) -> Parsed {
    let Some(targets) = targets(text, options) else { return parse(text, options) };
    let prefix = format!("{{\"StartAt\":\"{STATE_NAME}\",\"States\":{{\"{STATE_NAME}\":");
    let others = targets.into_iter().map(|name| format!(",{}:{{\"Type\":\"Succeed\"}}", Value::from(name)));
    let machine = format!("{prefix}{text}{}}}}}", others.collect::<Vec<_>>().concat());
    let mut reports = Reports::new(options.limits.diagnostics_max);
    let definition = read(&machine, options, &mut reports);
    let definition = definition.filter(|_| !reports.failed());
    reports.shift(prefix.len(), text.len());
    Parsed { definition, diagnostics: reports.finish(text) }
}

/// The names of the states that a state leads to; nothing if it is no object.
fn targets(text: &str, options: &Options) -> Option<BTreeSet<String>> {
    let node = json::read(text, options.limits.depth_max).ok()??;
    node.as_object()?;
    let state = syntax::State::alone(&node);
    Some(
        state
            .targets()
            .iter()
            .map(|target| target.name.to_owned())
            .filter(|name| name != STATE_NAME)
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_checked_alone() {
        for (name, text, want) in [
            ("ends", r#"{"Type":"Pass","End":true}"#, vec![]),
            ("leads on", r#"{"Type":"Pass","Next":"B"}"#, vec![]),
            (
                "chooses",
                r#"{"Type":"Choice","Choices":[{"Variable":"$.a","IsNull":true,"Next":"B \"1\""}],"Default":"C"}"#,
                vec![],
            ),
            (
                "empty branches",
                r#"{"Type":"Parallel","Branches":[],"End":true}"#,
                vec!["SCHEMA_VALIDATION_FAILED: Value cannot be empty at /States/StateName/Branches"],
            ),
            (
                "a list",
                "[]",
                vec!["SCHEMA_VALIDATION_FAILED: Definition must be a valid JSON object at null"],
            ),
        ] {
            let parsed = parse_state(text, &Options::default());
            let found: Vec<String> = parsed.diagnostics.iter().map(ToString::to_string).collect();
            assert_eq!(found, want, "{name}");
            assert_eq!(parsed.definition.is_some(), want.is_empty(), "{name}");
        }
    }

    #[test]
    fn findings_lie_in_the_state() {
        let text = "{\n  \"Type\": \"Jump\"\n}";
        let found = &parse_state(text, &Options::default()).diagnostics[0];
        assert_eq!((&text[found.span.clone()], found.line, found.column), ("\"Jump\"", 2, 11));
    }
}
