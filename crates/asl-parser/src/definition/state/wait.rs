//! The Wait state.

use super::choice::Timestamp;
use crate::definition::setting::Setting;
use crate::definition::transition::Next;

/// A Wait state.
#[derive(Clone, Debug)]
pub struct Wait {
    /// How long.
    pub until: WaitUntil,
    /// Where it leads.
    pub next: Next,
}

/// How long a Wait state waits.
#[derive(Clone, Debug)]
pub enum WaitUntil {
    /// `Seconds`, `SecondsPath`.
    Seconds(Setting<u64>),
    /// `Timestamp`, `TimestampPath`.
    Timestamp(Setting<Timestamp>),
}
