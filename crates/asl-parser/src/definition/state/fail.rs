//! The Fail state.

use crate::definition::setting::TextSetting;

/// A Fail state.
#[derive(Clone, Debug, Default)]
pub struct Fail {
    /// `Error`, `ErrorPath`.
    pub error: Option<TextSetting>,
    /// `Cause`, `CausePath`.
    pub cause: Option<TextSetting>,
}
