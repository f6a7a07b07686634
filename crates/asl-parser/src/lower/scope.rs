//! The machine and its inner scopes: fields around `States`, and the graphs.

use std::sync::Arc;

use petgraph::graph::DiGraph;

use super::field::{Field, Fields};
use super::{Lowered, Lowering, Reported};
use crate::definition::{
    Definition, Edge, Next, Parent, QueryLanguage, Scope, ScopeId, State, StateIndex, StateKind, StateRef,
};
use crate::diagnostic::{Reason, Reports};
use crate::options::{MachineType, Options};
use crate::syntax::{self, Role};

/// `Version` where it is left out. ASL specification, *Top-level fields*.
const VERSION: &str = "1.0";

/// The machine's own fields.
struct Machine {
    comment: Option<Arc<str>>,
    version: Option<Arc<str>>,
    timeout_seconds: Option<u64>,
}

/// Lowers all scopes; the first is the machine.
pub(crate) fn machine(
    text: &str,
    scopes: &[syntax::Scope<'_>],
    options: &Options,
    reports: &mut Reports,
) -> Lowered<Definition> {
    let root = scopes.first().ok_or(Reported)?;
    let language = machine_language(root);
    let machine_types = machine_types(scopes, options.machine_type);
    let mut machine = Err(Reported);
    let mut lowered = Vec::with_capacity(scopes.len());
    for (scope, machine_type) in scopes.iter().zip(machine_types) {
        let depth = scope.at.pointer().segments().len();
        let mut lowering = Lowering {
            text,
            options,
            reports,
            language,
            state_type: None,
            machine_type,
            targets: &scope.by_name,
            inner: &[],
            depth: depth + 2,
        };
        let fields = lowering.scope_fields(scope);
        if scope.role == Role::Machine {
            machine = match &fields {
                Ok(fields) => lowering.machine_fields(fields),
                Err(reported) => Err(*reported),
            };
        }
        let comment = fields.and_then(|fields| lowering.comment(&fields));
        let states: Vec<Lowered<State>> = scope
            .states
            .iter()
            .map(|state| {
                lowering.inner = &state.inner;
                lowering.state(state, language)
            })
            .collect();
        lowered.push(comment.and_then(|comment| graph(scope, states, comment)));
    }
    let machine = machine?;
    Ok(Definition {
        text: text.into(),
        comment: machine.comment,
        version: machine.version.unwrap_or_else(|| VERSION.into()),
        query_language: language,
        timeout_seconds: machine.timeout_seconds,
        scopes: lowered.into_iter().collect::<Lowered<_>>()?,
    })
}

fn machine_language(root: &syntax::Scope<'_>) -> QueryLanguage {
    root.node
        .as_object()
        .and_then(|object| object.get("QueryLanguage"))
        .map_or(QueryLanguage::JsonPath, |field| QueryLanguage::declared(field.value.as_str()))
}

/// What runs each scope: a distributed Map's children have a type of their own.
fn machine_types(scopes: &[syntax::Scope<'_>], root: MachineType) -> Vec<MachineType> {
    let mut types: Vec<MachineType> = Vec::with_capacity(scopes.len());
    for scope in scopes {
        let outer = scope.parent.and_then(|parent| types.get(parent.scope).copied()).unwrap_or(root);
        let config = scope.node.as_object().and_then(|object| object.get("ProcessorConfig"));
        let config = config.and_then(|field| field.value.as_object());
        let word =
            |name: &str| config.and_then(|config| config.get(name)).and_then(|field| field.value.as_str());
        types.push(match (word("Mode"), word("ExecutionType")) {
            (Some("DISTRIBUTED"), Some("EXPRESS")) => MachineType::Express,
            (Some("DISTRIBUTED"), _) => MachineType::Standard,
            _ => outer,
        });
    }
    types
}

impl Lowering<'_> {
    /// The scope's object, with the fields that every scope has looked at.
    fn scope_fields<'t>(&mut self, scope: &syntax::Scope<'t>) -> Lowered<Fields<'t>> {
        let Some(object) = scope.node.as_object() else {
            return self.wrong_node(scope.node, &scope.at, "[OBJECT]");
        };
        let fields = Fields { object, at: scope.at.clone(), span: scope.node.span.clone() };
        let own: &[&str] = match scope.role {
            Role::Machine => &["QueryLanguage", "TimeoutSeconds"],
            Role::Branch => &[],
            Role::Processor => &["ProcessorConfig"],
        };
        let allowed = self.allow(&fields, &[&["StartAt", "States", "Comment", "Version"], own]);
        let required = self.require(&fields, &["States", "StartAt"]);
        let start = fields.get("StartAt").map(|field| self.string(&field)).transpose();
        let states = fields.get("States").map(|field| self.states_object(&field)).transpose();
        let version = fields.get("Version").map(|field| self.string(&field)).transpose();
        allowed?;
        required?;
        start?;
        states?;
        version?;
        Ok(fields)
    }

    fn states_object(&mut self, field: &Field<'_>) -> Lowered<()> {
        if self.fields(field)?.object.members.is_empty() {
            return self.fail(Reason::EmptyValue, field, "Value cannot be empty");
        }
        Ok(())
    }

    fn machine_fields(&mut self, fields: &Fields<'_>) -> Lowered<Machine> {
        let language = fields
            .get("QueryLanguage")
            .map(|field| self.word(&field, super::state::QUERY_LANGUAGES))
            .transpose();
        let timeout = fields.get("TimeoutSeconds");
        let timeout = timeout.map(|field| self.integer(&field, 1, super::transition::COUNT_MAX)).transpose();
        let version = fields.get("Version").map(|field| self.string(&field).map(Arc::from)).transpose();
        let comment = self.comment(fields);
        language?;
        Ok(Machine { comment: comment?, version: version?, timeout_seconds: timeout? })
    }
}

fn graph(
    scope: &syntax::Scope<'_>,
    states: Vec<Lowered<State>>,
    comment: Option<Arc<str>>,
) -> Lowered<Scope> {
    let (start_at, ..) = scope.start_at().ok_or(Reported)?;
    let start_at = scope.by_name.get(start_at).map(|place| StateIndex::new(*place)).ok_or(Reported)?;
    let mut graph = DiGraph::with_capacity(states.len(), states.len());
    let mut edges = Vec::new();
    for (place, state) in states.into_iter().enumerate() {
        let state = state?;
        let from = StateIndex::new(place);
        transitions(&state, |edge, to| edges.push((from, to, edge)));
        graph.add_node(state);
    }
    for (from, to, edge) in edges {
        graph.add_edge(from, to, edge);
    }
    let by_name =
        graph.node_indices().zip(graph.node_weights()).map(|(place, state)| (state.name.clone(), place));
    let by_name = by_name.collect();
    let parent = scope.parent.and_then(|parent| {
        let state = StateRef { scope: ScopeId::new(parent.scope)?, state: StateIndex::new(parent.state) };
        Some(Parent { state, branch: parent.branch })
    });
    Ok(Scope { graph, start_at, parent, comment, by_name })
}

/// Calls `add` for every transition out of `state`, in the order of the text.
fn transitions(state: &State, mut add: impl FnMut(Edge, StateIndex)) {
    if let Some(Next::State(to)) = state.next() {
        add(Edge::Next, to);
    }
    for (place, catcher) in state.catch().iter().enumerate() {
        add(Edge::Catch(place), catcher.next);
    }
    if let StateKind::Choice(choice) = &state.kind {
        for (place, rule) in choice.rules.iter().enumerate() {
            add(Edge::Choice(place), rule.next);
        }
        if let Some(to) = choice.default {
            add(Edge::Default, to);
        }
    }
}
