//! The loose tree to typed states: one file per state type, and one per thing
//! that several types share.
//!
//! Every function reads all that it can, reports what is wrong, and only then
//! gives up with [`Reported`], so that one run finds everything.

mod choice;
mod comparison;
mod condition;
mod data_flow;
mod expression;
mod fail;
mod field;
mod jsonpath;
mod map;
mod map_data;
mod parallel;
mod pass;
mod resource;
mod scope;
mod setting;
mod state;
mod task;
mod template;
mod transition;
mod wait;

use std::collections::BTreeMap;

use crate::definition::{QueryLanguage, ScopeId, StateIndex, StateType};
use crate::diagnostic::Reports;
use crate::options::{MachineType, Options};

pub(crate) use scope::machine;

/// Marks something that could not be read; why has been reported.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reported;

type Lowered<T> = Result<T, Reported>;

/// What lowering a state needs to know beside the state.
struct Lowering<'a> {
    text: &'a str,
    options: &'a Options,
    reports: &'a mut Reports,
    /// The query language of the state at hand.
    language: QueryLanguage,
    /// The type of the state at hand.
    state_type: Option<StateType>,
    /// The type of execution that runs the state at hand.
    machine_type: MachineType,
    /// The states that the state at hand may lead to.
    targets: &'a BTreeMap<&'a str, usize>,
    /// The scopes that the state at hand holds.
    inner: &'a [usize],
    /// How many steps lead to the state at hand.
    depth: usize,
}

impl Lowering<'_> {
    /// The state called `name`. That there is none has been reported by the
    /// check on targets.
    fn target(&self, name: &str) -> Lowered<StateIndex> {
        self.targets.get(name).map(|place| StateIndex::new(*place)).ok_or(Reported)
    }

    fn is_jsonata(&self) -> bool {
        self.language == QueryLanguage::Jsonata
    }

    /// The scopes that the state holds, in the order of its branches.
    fn inner(&self) -> Vec<ScopeId> {
        self.inner.iter().filter_map(|place| ScopeId::new(*place)).collect()
    }
}
