//! The Parallel state.

use crate::definition::graph::ScopeId;
use crate::definition::transition::{Catcher, Next, Retrier};

/// A Parallel state.
#[derive(Clone, Debug)]
pub struct Parallel {
    /// `Branches`, in order, never empty.
    pub branches: Vec<ScopeId>,
    /// `Retry`, in order.
    pub retry: Vec<Retrier>,
    /// `Catch`, in order.
    pub catch: Vec<Catcher>,
    /// Where it leads.
    pub next: Next,
}
