//! Scopes and the graph of each: what leads where.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use petgraph::graph::{DiGraph, NodeIndex};

use super::resource::ResourceKind;
use super::state::{QueryLanguage, State, StateKind};

/// A state's place in the graph of its scope. States stand in the order of
/// the text, so the first state of `States` has index 0.
pub type StateIndex = NodeIndex<u32>;

/// Names one [`Scope`] of a [`Definition`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScopeId(u32);

impl ScopeId {
    /// The scope of the state machine itself.
    pub const ROOT: Self = Self(0);

    pub(crate) fn new(place: usize) -> Option<Self> {
        u32::try_from(place).ok().map(Self)
    }

    /// Its place in [`Definition::scopes`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Display for ScopeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Names one state of a definition: its scope, and its place there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateRef {
    /// The scope that holds the state.
    pub scope: ScopeId,
    /// The state's place in that scope's graph.
    pub state: StateIndex,
}

/// Why one state leads to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Edge {
    /// The state's `Next`.
    Next,
    /// `Next` of the catcher at this place of `Catch`.
    Catch(usize),
    /// `Next` of the rule at this place of `Choices`.
    Choice(usize),
    /// The Choice state's `Default`.
    Default,
}

/// Where an inner scope hangs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parent {
    /// The Parallel or Map state that runs the scope.
    pub state: StateRef,
    /// Which of `Branches` the scope is; 0 for a Map's processor.
    pub branch: usize,
}

/// States that run together under one `StartAt`: the machine, one branch of a
/// Parallel state, or the processor of a Map state.
#[derive(Clone, Debug)]
pub struct Scope {
    /// The states, and every transition among them.
    pub graph: DiGraph<State, Edge>,
    /// Where the scope begins.
    pub start_at: StateIndex,
    /// The state that runs this scope; none for [`ScopeId::ROOT`].
    pub parent: Option<Parent>,
    /// The scope's own `Comment`.
    pub comment: Option<Arc<str>>,
    pub(crate) by_name: BTreeMap<Arc<str>, StateIndex>,
}

impl Scope {
    /// The state at `index`.
    pub fn state(&self, index: StateIndex) -> Option<&State> {
        self.graph.node_weight(index)
    }

    /// The place of the state called `name`.
    pub fn find(&self, name: &str) -> Option<StateIndex> {
        self.by_name.get(name).copied()
    }

    /// The states with their places, in the order of the text.
    pub fn states(&self) -> impl Iterator<Item = (StateIndex, &State)> {
        self.graph.node_indices().zip(self.graph.node_weights())
    }
}

/// A state machine that may run.
///
/// Hold it behind an `Arc`: a clone copies every scope.
#[derive(Clone, Debug)]
pub struct Definition {
    /// The text that it was read from.
    pub text: Arc<str>,
    /// The machine's `Comment`.
    pub comment: Option<Arc<str>>,
    /// The machine's `Version`, `"1.0"` where it was left out.
    pub version: Arc<str>,
    /// The machine's `QueryLanguage`, which its states inherit.
    pub query_language: QueryLanguage,
    /// The machine's `TimeoutSeconds`: after so many seconds an execution
    /// fails with `States.Timeout`.
    pub timeout_seconds: Option<u64>,
    /// The machine's own scope first, then inner ones, parents before children.
    pub scopes: Vec<Scope>,
}

impl Definition {
    /// The scope called `id`.
    pub fn scope(&self, id: ScopeId) -> Option<&Scope> {
        self.scopes.get(id.index())
    }

    /// The state that `state` names.
    pub fn state(&self, state: StateRef) -> Option<&State> {
        self.scope(state.scope)?.state(state.state)
    }

    /// Where an execution begins.
    pub fn start(&self) -> Option<StateRef> {
        let state = self.scope(ScopeId::ROOT)?.start_at;
        Some(StateRef { scope: ScopeId::ROOT, state })
    }

    /// Finds a state by name in any scope. Names are unique in a machine.
    pub fn find(&self, name: &str) -> Option<StateRef> {
        self.scopes.iter().enumerate().find_map(|(place, scope)| {
            Some(StateRef { scope: ScopeId::new(place)?, state: scope.find(name)? })
        })
    }

    /// The ARNs of the activities that its tasks are for.
    pub fn activities(&self) -> BTreeSet<Arc<str>> {
        let states = self.scopes.iter().flat_map(|scope| scope.graph.node_weights());
        let of_task = |state: &State| match &state.kind {
            StateKind::Task(task) if task.resource.kind == ResourceKind::Activity => {
                Some(Arc::clone(&task.resource.text))
            }
            _ => None,
        };
        states.filter_map(of_task).collect()
    }

    /// All scopes with their ids, parents before children.
    pub fn scopes(&self) -> impl Iterator<Item = (ScopeId, &Scope)> {
        self.scopes.iter().enumerate().filter_map(|(place, scope)| Some((ScopeId::new(place)?, scope)))
    }
}
