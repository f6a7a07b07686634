//! Names of states are unique in a machine, over all its scopes.

use std::collections::BTreeMap;

use crate::diagnostic::{At, Reason, Reports};
use crate::syntax::Scope;

pub(super) fn check(scopes: &[Scope<'_>], reports: &mut Reports) {
    let mut seen: BTreeMap<&str, &At<'_>> = BTreeMap::new();
    for state in scopes.iter().flat_map(|scope| &scope.states) {
        match seen.get(state.name) {
            None => {
                seen.insert(state.name, &state.at);
            }
            Some(first) => {
                let message = format!("Duplicate State name: {}", state.name);
                reports.add(Reason::DuplicateStateName, &state.at, &state.name_span, message);
                reports.note(format!("the first one is at {}", first.pointer().location()));
            }
        }
    }
}
