//! The loose tree: which scopes and states there are, before anything of them
//! is checked.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::ops::Range;

use crate::definition::StateType;
use crate::diagnostic::At;
use crate::json::{Node, Object};

/// What may be a scope: the machine, an entry of `Branches`, a processor.
#[derive(Debug)]
pub(crate) struct Scope<'t> {
    pub(crate) node: &'t Node<'t>,
    pub(crate) at: At<'t>,
    pub(crate) role: Role,
    /// The state that holds it.
    pub(crate) parent: Option<Parent>,
    pub(crate) states: Vec<State<'t>>,
    /// Places of the states; of two with one name, the last.
    pub(crate) by_name: BTreeMap<&'t str, usize>,
}

/// What a scope is to the state that holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Machine,
    Branch,
    Processor,
}

/// Places of the state that holds a scope.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parent {
    pub(crate) scope: usize,
    pub(crate) state: usize,
    pub(crate) branch: usize,
}

/// What may be a state: a member of `States`.
#[derive(Debug)]
pub(crate) struct State<'t> {
    pub(crate) name: &'t str,
    pub(crate) name_span: Range<usize>,
    pub(crate) node: &'t Node<'t>,
    pub(crate) at: At<'t>,
    pub(crate) kind: Option<StateType>,
    /// Places of the scopes that it holds.
    pub(crate) inner: Vec<usize>,
}

/// A field that names another state.
#[derive(Debug)]
pub(crate) struct Target<'t> {
    pub(crate) name: &'t str,
    pub(crate) span: Range<usize>,
    pub(crate) at: At<'t>,
}

/// All scopes below `root`, parents before children.
pub(crate) fn scopes<'t>(root: &'t Node<'t>) -> Vec<Scope<'t>> {
    let mut scopes = vec![Scope::new(root, At::default(), Role::Machine, None)];
    let mut next = 0;
    while let Some(scope) = scopes.get_mut(next) {
        let mut found = Vec::new();
        for (state, holder) in scope.states.iter().enumerate() {
            for (branch, (node, at, role)) in holder.inner_nodes().into_iter().enumerate() {
                found.push(Scope::new(node, at, role, Some(Parent { scope: next, state, branch })));
            }
        }
        for inner in found {
            let place = scopes.len();
            let holder = inner.parent.and_then(|parent| scopes.get_mut(next)?.states.get_mut(parent.state));
            if let Some(holder) = holder {
                holder.inner.push(place);
            }
            scopes.push(inner);
        }
        next += 1;
    }
    scopes
}

impl<'t> Scope<'t> {
    fn new(node: &'t Node<'t>, at: At<'t>, role: Role, parent: Option<Parent>) -> Self {
        let members = node
            .as_object()
            .and_then(|object| object.get("States"))
            .and_then(|states| states.value.as_object())
            .map_or(&[][..], |states| &states.members);
        let states_at = at.name("States");
        let states: Vec<_> = members
            .iter()
            .map(|member| {
                let name: &'t str = member.name.borrow();
                State::new(name, member.name_span.clone(), &member.value, states_at.name(name))
            })
            .collect();
        let by_name = states.iter().enumerate().map(|(place, state)| (state.name, place)).collect();
        Self { node, at, role, parent, states, by_name }
    }

    /// `StartAt`, where it names anything.
    pub(crate) fn start_at(&self) -> Option<(&'t str, Range<usize>, At<'t>)> {
        let field = self.node.as_object()?.get("StartAt")?;
        Some((field.value.as_str()?, field.value.span.clone(), self.at.name("StartAt")))
    }
}

impl<'t> State<'t> {
    fn new(name: &'t str, name_span: Range<usize>, node: &'t Node<'t>, at: At<'t>) -> Self {
        let kind = node
            .as_object()
            .and_then(|object| object.get("Type"))
            .and_then(|field| StateType::from_name(field.value.as_str()?));
        Self { name, name_span, node, at, kind, inner: Vec::new() }
    }

    /// A state that is in no scope.
    pub(crate) fn alone(node: &'t Node<'t>) -> Self {
        Self::new("", 0..0, node, At::default())
    }

    pub(crate) fn object(&self) -> Option<&'t Object<'t>> {
        self.node.as_object()
    }

    /// The nodes that are scopes if the state is what its type says.
    fn inner_nodes(&self) -> Vec<(&'t Node<'t>, At<'t>, Role)> {
        let Some(object) = self.object() else { return Vec::new() };
        match self.kind {
            Some(StateType::Parallel) => {
                let at = self.at.name("Branches");
                let branches = object.get("Branches").and_then(|field| field.value.as_array());
                branches
                    .unwrap_or_default()
                    .iter()
                    .enumerate()
                    .map(|(place, node)| (node, at.index(place), Role::Branch))
                    .collect()
            }
            Some(StateType::Map) => ["ItemProcessor", "Iterator"]
                .into_iter()
                .find_map(|name| Some((name, object.get(name)?)))
                .map(|(name, field)| (&field.value, self.at.name(name), Role::Processor))
                .into_iter()
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Every field of the state that names another one.
    pub(crate) fn targets(&self) -> Vec<Target<'t>> {
        let Some(object) = self.object() else { return Vec::new() };
        let mut targets = Vec::new();
        let mut add = |holder: &'t Object<'t>, at: &At<'t>, field: &'static str| {
            if let Some(member) = holder.get(field)
                && let Some(name) = member.value.as_str()
            {
                targets.push(Target { name, span: member.value.span.clone(), at: at.name(field) });
            }
        };
        add(object, &self.at, "Next");
        for list in ["Choices", "Catch"] {
            let entries = object.get(list).and_then(|field| field.value.as_array()).unwrap_or_default();
            let at = self.at.name(list);
            for (place, entry) in entries.iter().enumerate() {
                if let Some(entry) = entry.as_object() {
                    add(entry, &at.index(place), "Next");
                }
            }
        }
        add(object, &self.at, "Default");
        targets
    }

    /// Whether the state ends its scope.
    pub(crate) fn is_terminal(&self) -> bool {
        let ends = self.object().and_then(|object| object.get("End")).and_then(|field| field.value.as_bool());
        ends == Some(true) || matches!(self.kind, Some(StateType::Succeed | StateType::Fail))
    }

    /// Whether its fields say where it leads, so that following them tells
    /// something about the other states.
    pub(crate) fn has_transitions(&self) -> bool {
        let Some((object, state_type)) = self.object().zip(self.kind) else { return false };
        let has = |field: &str| object.get(field).is_some();
        match state_type {
            StateType::Succeed | StateType::Fail => true,
            StateType::Choice => has("Choices"),
            StateType::Pass | StateType::Task | StateType::Wait | StateType::Parallel | StateType::Map => {
                has("Next") || has("End")
            }
        }
    }
}
