//! Labels of Map states are unique in a machine.

use std::collections::BTreeSet;

use crate::diagnostic::{Reason, Reports};
use crate::syntax::Scope;

pub(super) fn check(scopes: &[Scope<'_>], reports: &mut Reports) {
    let mut seen = BTreeSet::new();
    for state in scopes.iter().flat_map(|scope| &scope.states) {
        let Some(field) = state.object().and_then(|object| object.get("Label")) else { continue };
        if let Some(label) = field.value.as_str()
            && !seen.insert(label)
        {
            let message = format!("Duplicate Label name: {label}");
            reports.add(Reason::DuplicateLabel, &state.at.name("Label"), &field.value.span, message);
        }
    }
}
