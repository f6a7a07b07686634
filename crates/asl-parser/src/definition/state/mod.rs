//! A state, and what is its type's own.

pub(crate) mod choice;
pub(crate) mod fail;
pub(crate) mod map;
pub(crate) mod parallel;
pub(crate) mod pass;
pub(crate) mod task;
pub(crate) mod wait;

use std::fmt;
use std::sync::Arc;

use super::data_flow::DataFlow;
use super::transition::{Catcher, Next, Retrier};

/// One state of a scope.
#[derive(Clone, Debug)]
pub struct State {
    /// Its name, unique in the machine and at most 80 characters long.
    pub name: Arc<str>,
    /// Its `Comment`.
    pub comment: Option<Arc<str>>,
    /// Its query language: its own, or that of the machine.
    pub query_language: QueryLanguage,
    /// How data passes through it.
    pub flow: DataFlow,
    /// What it does.
    pub kind: StateKind,
}

impl State {
    /// The type of the state.
    pub fn state_type(&self) -> StateType {
        match self.kind {
            StateKind::Pass(_) => StateType::Pass,
            StateKind::Task(_) => StateType::Task,
            StateKind::Choice(_) => StateType::Choice,
            StateKind::Wait(_) => StateType::Wait,
            StateKind::Succeed => StateType::Succeed,
            StateKind::Fail(_) => StateType::Fail,
            StateKind::Parallel(_) => StateType::Parallel,
            StateKind::Map(_) => StateType::Map,
        }
    }

    /// Its one transition; none for Choice, Succeed and Fail.
    pub fn next(&self) -> Option<Next> {
        match &self.kind {
            StateKind::Pass(pass) => Some(pass.next),
            StateKind::Task(task) => Some(task.next),
            StateKind::Wait(wait) => Some(wait.next),
            StateKind::Parallel(parallel) => Some(parallel.next),
            StateKind::Map(map) => Some(map.next),
            StateKind::Choice(_) | StateKind::Succeed | StateKind::Fail(_) => None,
        }
    }

    /// Its `Retry`, empty where its type has none.
    pub fn retry(&self) -> &[Retrier] {
        match &self.kind {
            StateKind::Task(task) => &task.retry,
            StateKind::Parallel(parallel) => &parallel.retry,
            StateKind::Map(map) => &map.retry,
            StateKind::Pass(_)
            | StateKind::Choice(_)
            | StateKind::Wait(_)
            | StateKind::Succeed
            | StateKind::Fail(_) => &[],
        }
    }

    /// Its `Catch`, empty where its type has none.
    pub fn catch(&self) -> &[Catcher] {
        match &self.kind {
            StateKind::Task(task) => &task.catch,
            StateKind::Parallel(parallel) => &parallel.catch,
            StateKind::Map(map) => &map.catch,
            StateKind::Pass(_)
            | StateKind::Choice(_)
            | StateKind::Wait(_)
            | StateKind::Succeed
            | StateKind::Fail(_) => &[],
        }
    }
}

/// What a state does, by its `Type`.
#[derive(Clone, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "states are built once and lie in the graph; a box would cost a hop per step"
)]
pub enum StateKind {
    /// Hands its input on, or a fixed result.
    Pass(pass::Pass),
    /// Calls a resource.
    Task(task::Task),
    /// Chooses the next state.
    Choice(choice::Choice),
    /// Waits.
    Wait(wait::Wait),
    /// Ends its scope well.
    Succeed,
    /// Ends the execution with an error.
    Fail(fail::Fail),
    /// Runs branches side by side.
    Parallel(parallel::Parallel),
    /// Runs a processor for each item.
    Map(map::Map),
}

/// `Type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StateType {
    /// `Task`
    Task,
    /// `Wait`
    Wait,
    /// `Pass`
    Pass,
    /// `Succeed`
    Succeed,
    /// `Fail`
    Fail,
    /// `Choice`
    Choice,
    /// `Parallel`
    Parallel,
    /// `Map`
    Map,
}

impl StateType {
    /// All types, in the order in which AWS lists them.
    pub const ALL: [Self; 8] = [
        Self::Task,
        Self::Wait,
        Self::Pass,
        Self::Succeed,
        Self::Fail,
        Self::Choice,
        Self::Parallel,
        Self::Map,
    ];

    /// The word in `Type`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Task => "Task",
            Self::Wait => "Wait",
            Self::Pass => "Pass",
            Self::Succeed => "Succeed",
            Self::Fail => "Fail",
            Self::Choice => "Choice",
            Self::Parallel => "Parallel",
            Self::Map => "Map",
        }
    }

    /// The type that `Type` names.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl fmt::Display for StateType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// `QueryLanguage`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum QueryLanguage {
    /// Paths, payload templates and intrinsics.
    #[default]
    JsonPath,
    /// Expressions in `{% … %}`.
    Jsonata,
}

impl QueryLanguage {
    /// The word in `QueryLanguage`.
    pub fn name(self) -> &'static str {
        match self {
            Self::JsonPath => "JSONPath",
            Self::Jsonata => "JSONata",
        }
    }

    /// The language that a `QueryLanguage` with this string in it stands for. To
    /// the service all but the exact word is JSONata, even where it refuses it.
    pub(crate) fn declared(word: Option<&str>) -> Self {
        if word == Some(Self::JsonPath.name()) { Self::JsonPath } else { Self::Jsonata }
    }

    /// The one that it is not.
    pub(crate) fn other(self) -> Self {
        match self {
            Self::JsonPath => Self::Jsonata,
            Self::Jsonata => Self::JsonPath,
        }
    }
}

impl fmt::Display for QueryLanguage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
