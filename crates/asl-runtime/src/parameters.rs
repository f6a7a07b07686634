//! Parameters of optimized integrations: what AWS looks at before it schedules
//! the task. Most services judge their parameters themselves when they are
//! called; only what the developer guide says of the integration is here.

use asl_parser::ResourceKind;
use asl_value::{Kind, Value};

/// The shape that a parameter must have, if it is there and not null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// An object whose members are arrays.
    Lists,
}

/// A parameter of an integration.
struct Rule {
    service: &'static str,
    action: &'static str,
    parameter: &'static str,
    shape: Shape,
}

/// Developer guide, *Call API Gateway with Step Functions*: headers and query
/// parameters map names to lists of values.
const RULES: &[Rule] = &[
    Rule { service: "apigateway", action: "invoke", parameter: "Headers", shape: Shape::Lists },
    Rule { service: "apigateway", action: "invoke", parameter: "QueryParameters", shape: Shape::Lists },
];

/// What is wrong with a task's parameters, in the words of AWS; empty if they
/// will do.
pub(crate) fn problems(resource: &ResourceKind, parameters: &Value) -> Vec<String> {
    let ResourceKind::Service { service, action, pattern: _ } = resource else { return Vec::new() };
    let rules = RULES.iter().filter(|rule| rule.service == &**service && rule.action == &**action);
    let broken = rules.filter(|rule| {
        let value = parameters.get(rule.parameter).filter(|value| !value.is_null());
        value.is_some_and(|value| !fits(rule.shape, value))
    });
    broken.map(|rule| format!("The value of the field '{}' has an invalid format", rule.parameter)).collect()
}

fn fits(shape: Shape, value: &Value) -> bool {
    match shape {
        Shape::Lists => value
            .as_object()
            .is_some_and(|members| members.values().all(|member| member.kind() == Kind::Array)),
    }
}

#[cfg(test)]
mod tests {
    use asl_parser::Pattern;

    use super::*;

    #[test]
    fn parameters_are_held_against_the_integration() {
        let bad = |names: &[&str]| -> Vec<String> {
            names
                .iter()
                .map(|name| format!("The value of the field '{name}' has an invalid format"))
                .collect()
        };
        for (case, service, parameters, want) in [
            ("nothing", "apigateway", "{}", bad(&[])),
            ("lists", "apigateway", r#"{"Headers":{"a":["b"],"c":[]}}"#, bad(&[])),
            ("no members", "apigateway", r#"{"Headers":{},"QueryParameters":{}}"#, bad(&[])),
            ("null", "apigateway", r#"{"Headers":null}"#, bad(&[])),
            ("a string in place of a list", "apigateway", r#"{"Headers":{"a":"b"}}"#, bad(&["Headers"])),
            ("one of two", "apigateway", r#"{"Headers":{"a":["b"],"c":1}}"#, bad(&["Headers"])),
            ("no object", "apigateway", r#"{"QueryParameters":["a"]}"#, bad(&["QueryParameters"])),
            (
                "both",
                "apigateway",
                r#"{"QueryParameters":{"a":"b"},"Headers":""}"#,
                bad(&["Headers", "QueryParameters"]),
            ),
            ("other parameters", "apigateway", r#"{"RequestBody":"","Stage":1}"#, bad(&[])),
            ("other services", "http", r#"{"Headers":{"a":"b"}}"#, bad(&[])),
            ("no parameters", "apigateway", "[]", bad(&[])),
        ] {
            let resource = ResourceKind::Service {
                service: service.into(),
                action: "invoke".into(),
                pattern: Pattern::WaitForTaskToken,
            };
            assert_eq!(problems(&resource, &asl_value::parse(parameters).unwrap()), want, "{case}");
        }
    }
}
