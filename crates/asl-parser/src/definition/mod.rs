//! What a definition means: scopes of states, joined by typed edges.
//!
//! The engine walks this. Names are resolved, defaults filled in, paths,
//! templates and expressions compiled; nothing here refers to the text except
//! [`Definition::text`], which is what a store keeps.

mod data_flow;
mod expression;
mod graph;
mod resource;
mod setting;
mod state;
mod transition;

pub use data_flow::{AnyTemplate, DataFlow, PathField, ResultPath};
pub use expression::{Expression, ExpressionTemplate, LocatedExpression};
pub use graph::{Definition, Edge, Parent, Scope, ScopeId, StateIndex, StateRef};
pub use resource::{Pattern, Resource, ResourceKind};
pub use setting::{Setting, TextSetting};
pub use state::choice::{
    Choice, Comparison, Condition, Operand, Order, Rule, StringPattern, Timestamp, TypeTest,
};
pub use state::fail::Fail;
pub use state::map::{
    ExecutionType, ItemBatcher, ItemReader, Items, Map, ProcessorConfig, ProcessorMode, ReaderConfig,
    ResultWriter, WriterConfig,
};
pub use state::parallel::Parallel;
pub use state::pass::Pass;
pub use state::task::Task;
pub use state::wait::{Wait, WaitUntil};
pub use state::{QueryLanguage, State, StateKind, StateType};
pub use transition::{Catcher, Jitter, Next, Retrier};
