//! A state's name has 1 to 80 characters.

use crate::diagnostic::{Reason, Reports};
use crate::syntax::Scope;

const CHARACTERS_MAX: usize = 80;

pub(super) fn check(scopes: &[Scope<'_>], reports: &mut Reports) {
    for state in scopes.iter().flat_map(|scope| &scope.states) {
        let characters = state.name.chars().count();
        if !(1..=CHARACTERS_MAX).contains(&characters) {
            let message =
                format!("State name must have 1 to {CHARACTERS_MAX} characters, but has {characters}");
            reports.add(Reason::InvalidStateName, &state.at, &state.name_span, message);
        }
    }
}
