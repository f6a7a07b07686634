//! Some state ends its scope. Where none does, the service says only that.

use crate::diagnostic::{Reason, Reports};
use crate::syntax::{Scope, State};

/// Whether a state ends the scope.
pub(super) fn check(scope: &Scope<'_>, reports: &mut Reports) -> bool {
    let ends = scope.states.iter().any(State::is_terminal);
    if !ends {
        reports.add_unlocated(Reason::NoTerminalState, &scope.node.span, "Workflow has no terminal state");
        if scope.parent.is_some() {
            reports.note(format!("no state ends the scope at {}", scope.at.pointer().location()));
        }
    }
    ends
}
