//! Known gaps: what the project does not do yet, in one list that only shrinks.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Context as _;
use serde::Deserialize;

/// What is known to be missing.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Gaps {
    /// Cases that fail: why, and their ids.
    cases: Vec<Group>,
    /// Event types that no case of the project's own shows.
    pub event_types: BTreeSet<String>,
}

#[derive(Clone, Debug, Deserialize)]
struct Group {
    reason: String,
    ids: Vec<String>,
}

impl Gaps {
    /// Reads the list.
    pub fn load(path: &Path) -> anyhow::Result<Self> {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        serde_json::from_str(&text).with_context(|| format!("{} is no list of gaps", path.display()))
    }

    /// Why each case fails that is known to fail.
    pub fn reasons(&self) -> anyhow::Result<BTreeMap<&str, &str>> {
        let mut reasons = BTreeMap::new();
        for group in &self.cases {
            for id in &group.ids {
                let twice = reasons.insert(id.as_str(), group.reason.as_str()).is_some();
                anyhow::ensure!(!twice, "{id} is listed twice among the known gaps");
            }
        }
        Ok(reasons)
    }
}
