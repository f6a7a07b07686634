//! The Parallel state. Its branches are scopes and lowered on their own.

use super::field::Fields;
use super::{Lowered, Lowering};
use crate::definition::Parallel;

impl Lowering<'_> {
    pub(super) fn parallel(&mut self, fields: &Fields<'_>) -> Lowered<Parallel> {
        let required = self.require(fields, &["Branches"]);
        let branches = fields.get("Branches").map(|field| self.items(&field)).transpose();
        let retry = self.retry(fields);
        let catch = self.catch(fields);
        let next = self.transition(fields);
        required?;
        branches?;
        Ok(Parallel { branches: self.inner(), retry: retry?, catch: catch?, next: next? })
    }
}
