//! The Task state.

use crate::definition::data_flow::AnyTemplate;
use crate::definition::resource::Resource;
use crate::definition::setting::Setting;
use crate::definition::transition::{Catcher, Next, Retrier};

/// A Task state.
#[derive(Clone, Debug)]
pub struct Task {
    /// What it calls.
    pub resource: Resource,
    /// `TimeoutSeconds`, `TimeoutSecondsPath`: seconds until `States.Timeout`.
    pub timeout_seconds: Option<Setting<u64>>,
    /// `HeartbeatSeconds`, `HeartbeatSecondsPath`: seconds between signs of life.
    pub heartbeat_seconds: Option<Setting<u64>>,
    /// `Credentials`: an object with `RoleArn`.
    pub credentials: Option<AnyTemplate>,
    /// `Retry`, in order.
    pub retry: Vec<Retrier>,
    /// `Catch`, in order.
    pub catch: Vec<Catcher>,
    /// Where it leads.
    pub next: Next,
}
