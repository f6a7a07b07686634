//! `variableReferences`: which states of a definition read which variables.

use std::collections::{BTreeMap, BTreeSet};

use asl_value::Value;

/// Fields that hold payload templates: in them only names that end in `.$`
/// have paths as values.
const TEMPLATES: [&str; 6] =
    ["Arguments", "Assign", "Credentials", "ItemSelector", "Parameters", "ResultSelector"];

/// Fields that hold states of their own, or documents that are not evaluated.
const OTHERS: [&str; 4] = ["Branches", "ItemProcessor", "Iterator", "Result"];

/// The variables that each state reads, by the state's name.
pub(crate) type References = BTreeMap<String, BTreeSet<String>>;

/// Reads the references off a definition that has been accepted.
pub(crate) fn of(definition: &str) -> References {
    let Ok(machine) = asl_value::parse(definition) else { return References::new() };
    let states = states(&machine);
    let assigned: BTreeSet<&str> = states.iter().flat_map(|(_, state)| assigned(state)).collect();
    let mut references = References::new();
    for (name, state) in states {
        let mut found = BTreeSet::new();
        read(state, &assigned, &mut found);
        if !found.is_empty() {
            references.entry(name.to_owned()).or_default().append(&mut found);
        }
    }
    references
}

/// All states, those of branches and processors too.
fn states(machine: &Value) -> Vec<(&str, &Value)> {
    let mut states = Vec::new();
    let mut machines = vec![machine];
    while let Some(machine) = machines.pop() {
        for (name, state) in machine.get("States").and_then(Value::as_object).into_iter().flatten() {
            states.push((&**name, state));
            machines.extend(state.get("Branches").and_then(Value::as_array).into_iter().flatten());
            machines.extend(["ItemProcessor", "Iterator"].into_iter().filter_map(|field| state.get(field)));
        }
    }
    states
}

/// The names that a state assigns, in its own `Assign` and in those of its
/// rules and catchers.
fn assigned(state: &Value) -> Vec<&str> {
    let inner = ["Choices", "Catch"].into_iter().filter_map(|field| state.get(field)?.as_array());
    let holders = std::iter::once(state).chain(inner.flatten());
    let names = holders.filter_map(|holder| holder.get("Assign")?.as_object());
    names.flatten().map(|(name, _)| name.strip_suffix(".$").unwrap_or(name)).collect()
}

/// Finds the variables that the fields of one state read.
fn read<'s>(state: &'s Value, assigned: &BTreeSet<&str>, found: &mut BTreeSet<String>) {
    // With each value goes the name it stands under, and whether in a template.
    let mut values: Vec<(&'s str, bool, &'s Value)> = vec![("", false, state)];
    while let Some((name, in_template, value)) = values.pop() {
        match value {
            Value::Object(members) => {
                for (member, value) in members {
                    let is_field = !in_template && OTHERS.contains(&&**member);
                    if !is_field {
                        values.push((member, in_template || TEMPLATES.contains(&&**member), value));
                    }
                }
            }
            Value::Array(items) => values.extend(items.iter().map(|item| (name, in_template, item))),
            Value::String(text) => {
                let is_path = if in_template {
                    name.ends_with(".$")
                } else {
                    name.ends_with("Path") || name == "Variable"
                };
                if text.starts_with("{%") {
                    let read = variables(text).filter(|name| assigned.contains(name));
                    found.extend(read.map(str::to_owned));
                } else if is_path {
                    found.extend(variables(text).map(str::to_owned));
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

/// The names after single `$` signs outside of quotes.
fn variables(expression: &str) -> impl Iterator<Item = &str> {
    // Parts at odd places stand in quotes.
    let outside = expression.split('\'').step_by(2);
    outside.flat_map(|part| {
        part.match_indices('$').filter_map(move |(at, _)| {
            let (before, after) = part.split_at_checked(at)?;
            let after = after.strip_prefix('$')?;
            let end = after.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(after.len());
            let name = after.get(..end).filter(|name| !name.is_empty())?;
            (!before.ends_with('$')).then_some(name)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(definition: &str) -> Vec<(String, Vec<String>)> {
        of(definition).into_iter().map(|(state, names)| (state, names.into_iter().collect())).collect()
    }

    #[test]
    fn paths_read_variables_wherever_they_stand() {
        let cases = [
            ("InputPath", r#"{"InputPath":"$answer"}"#, vec!["answer"]),
            (
                "a choice, by name",
                r#"{"Choices":[{"Variable":"$guess","StringEqualsPath":"$answer"}]}"#,
                vec!["answer", "guess"],
            ),
            ("a template field", r#"{"Parameters":{"a.$":"$b.c[0]","d":"$e"}}"#, vec!["b"]),
            (
                "an intrinsic",
                r#"{"ItemSelector":{"a.$":"States.Format($b, '$c', $$.Map.Item.Value, $.d)"}}"#,
                vec!["b"],
            ),
            ("a path below", r#"{"ItemReader":{"ReaderConfig":{"MaxItemsPath":"$max"}}}"#, vec!["max"]),
            ("a literal", r#"{"Result":{"InputPath":"$answer"}}"#, vec![]),
            ("what is read to be assigned", r#"{"Assign":{"a.$":"$b"}}"#, vec!["b"]),
            (
                "a JSONata expression",
                r#"{"Assign":{"known":1},"Output":"{% $known + $local + $states.input %}"}"#,
                vec!["known"],
            ),
        ];
        for (name, state, want) in cases {
            let want: Vec<_> = if want.is_empty() {
                vec![]
            } else {
                vec![("S".to_owned(), want.iter().map(ToString::to_string).collect())]
            };
            assert_eq!(found(&format!(r#"{{"States":{{"S":{state}}}}}"#)), want, "{name}");
        }
    }

    #[test]
    fn inner_states_stand_under_their_own_names() {
        let definition = r#"{"States":{"Map":{"ItemsPath":"$list","ItemProcessor":{"States":{"Inner":{"InputPath":"$item"}}}}}}"#;
        let want =
            [("Inner".to_owned(), vec!["item".to_owned()]), ("Map".to_owned(), vec!["list".to_owned()])];
        assert_eq!(found(definition), want);
    }
}
