//! Rules about the definition as a whole, one file each. They look at the
//! loose tree, so that one broken state does not hide the others' findings.

mod duplicate_field;
mod duplicate_label;
mod duplicate_state_name;
mod reachability;
mod state_name;
mod target;
mod terminal;

use crate::diagnostic::Reports;
use crate::syntax::{Scope, State};

/// Runs all of them, in the order in which the service tells its findings.
pub(crate) fn all(scopes: &[Scope<'_>], reports: &mut Reports) {
    if let Some(root) = scopes.first() {
        duplicate_field::check(root.node, reports);
    }
    state_name::check(scopes, reports);
    duplicate_state_name::check(scopes, reports);
    duplicate_label::check(scopes, reports);
    for scope in scopes {
        target::check(scope, reports);
    }
    for scope in scopes.iter().filter(|scope| !scope.states.is_empty() && scope.start_at().is_some()) {
        if scope.states.iter().all(State::has_transitions) && terminal::check(scope, reports) {
            reachability::check(scope, reports);
        }
    }
}
