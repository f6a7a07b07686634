//! The Fail state.

use super::field::Fields;
use super::{Lowered, Lowering};
use crate::definition::Fail;

impl Lowering<'_> {
    pub(super) fn fail_state(&mut self, fields: &Fields<'_>) -> Lowered<Fail> {
        let error = self.text_setting(fields, "Error", "ErrorPath");
        let cause = self.text_setting(fields, "Cause", "CausePath");
        Ok(Fail { error: error?, cause: cause? })
    }
}
