//! No object has a member twice; states have a rule of their own.

use std::collections::BTreeSet;

use crate::diagnostic::{At, Reason, Reports};
use crate::json::{Node, NodeValue, Object};

/// Up to this many members are compared with each other.
const SCAN_MAX: usize = 16;

pub(super) fn check(root: &Node<'_>, reports: &mut Reports) {
    // Hardly a definition has one, and places cost more than names.
    if !has_repeats(root) {
        return;
    }
    let mut waiting = vec![(root, At::default(), false)];
    while let Some((node, at, holds_states)) = waiting.pop() {
        match &node.value {
            NodeValue::Object(object) => {
                let mut seen = BTreeSet::new();
                for member in &object.members {
                    if !seen.insert(&*member.name) && !holds_states {
                        let message = format!("Field '{}' occurs more than once", member.name);
                        reports.add(
                            Reason::DuplicateField,
                            &at.name(&member.name),
                            &member.name_span,
                            message,
                        );
                    }
                    if holds_others(&member.value) {
                        waiting.push((&member.value, at.name(&member.name), member.name == "States"));
                    }
                }
            }
            NodeValue::Array(items) => {
                waiting.extend(items.iter().enumerate().map(|(place, item)| (item, at.index(place), false)));
            }
            NodeValue::Null | NodeValue::Bool(_) | NodeValue::Number | NodeValue::String(_) => {}
        }
    }
}

fn has_repeats(root: &Node<'_>) -> bool {
    let mut waiting = vec![root];
    while let Some(node) = waiting.pop() {
        match &node.value {
            NodeValue::Object(object) if repeats(object) => return true,
            NodeValue::Object(object) => {
                let values = object.members.iter().map(|member| &member.value);
                waiting.extend(values.filter(|value| holds_others(value)));
            }
            NodeValue::Array(items) => waiting.extend(items.iter().filter(|item| holds_others(item))),
            NodeValue::Null | NodeValue::Bool(_) | NodeValue::Number | NodeValue::String(_) => {}
        }
    }
    false
}

fn repeats(object: &Object<'_>) -> bool {
    let names = || object.members.iter().map(|member| &*member.name);
    if object.members.len() <= SCAN_MAX {
        return names().enumerate().any(|(place, name)| names().take(place).any(|other| other == name));
    }
    let mut seen = BTreeSet::new();
    !names().all(|name| seen.insert(name))
}

/// Most values hold nothing, and need no look.
fn holds_others(node: &Node<'_>) -> bool {
    matches!(node.value, NodeValue::Array(_) | NodeValue::Object(_))
}
