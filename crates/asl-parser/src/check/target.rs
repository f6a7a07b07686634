//! `StartAt`, `Next` and `Default` name states of the same scope. The service
//! says `Next` for all of them.

use std::ops::Range;

use crate::diagnostic::{At, Reason, Reports};
use crate::syntax::Scope;

pub(super) fn check(scope: &Scope<'_>, reports: &mut Reports) {
    // Without states the missing ones are the finding.
    if scope.states.is_empty() {
        return;
    }
    let mut look_up = |name: &str, span: &Range<usize>, at: &At<'_>| {
        if !scope.by_name.contains_key(name) {
            reports.add(Reason::MissingTarget, at, span, format!("Missing 'Next' target: {name}"));
        }
    };
    if let Some((name, span, at)) = scope.start_at() {
        look_up(name, &span, &at);
    }
    for state in &scope.states {
        for target in state.targets() {
            look_up(target.name, &target.span, &target.at);
        }
    }
}
