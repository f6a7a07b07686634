//! A way leads from `StartAt` to every state of a scope.

use crate::diagnostic::{Reason, Reports};
use crate::syntax::Scope;

pub(super) fn check(scope: &Scope<'_>, reports: &mut Reports) {
    let mut reached = vec![false; scope.states.len()];
    let mut waiting: Vec<usize> =
        scope.start_at().and_then(|(name, ..)| scope.by_name.get(name).copied()).into_iter().collect();
    while let Some(place) = waiting.pop() {
        let (Some(seen), Some(state)) = (reached.get_mut(place), scope.states.get(place)) else { continue };
        if !std::mem::replace(seen, true) {
            let targets = state.targets();
            waiting.extend(targets.iter().filter_map(|target| scope.by_name.get(target.name)));
        }
    }
    for (place, (state, reached)) in scope.states.iter().zip(reached).enumerate() {
        // A repeated name has its own finding already.
        if !reached && scope.by_name.get(state.name) == Some(&place) {
            let message = format!("State \"{}\" is not reachable.", state.name);
            reports.add(Reason::UnreachableState, &state.at, &state.name_span, message);
        }
    }
}
