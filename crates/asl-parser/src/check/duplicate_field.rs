//! No object has a member twice; states have a rule of their own.

use std::collections::BTreeSet;

use crate::diagnostic::{At, Reason, Reports};
use crate::json::{Node, NodeValue};

pub(super) fn check(root: &Node<'_>, reports: &mut Reports) {
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
                    // Most values hold nothing, and need no place.
                    if matches!(member.value.value, NodeValue::Array(_) | NodeValue::Object(_)) {
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
