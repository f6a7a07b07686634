//! What a definition is checked against.

/// How to read a definition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Whose rules hold.
    pub profile: Profile,
    /// The type of the state machine.
    pub machine_type: MachineType,
    /// How much is read and told.
    pub limits: Limits,
}

/// Whose rules hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// The service's: each `Resource` is an ARN that it takes, and
    /// `Credentials` name a role.
    #[default]
    Service,
    /// The language's alone: resources are any URI, credentials any object.
    Language,
}

/// The type of a state machine. Developer guide, *Choosing workflow type*.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MachineType {
    /// `STANDARD`
    #[default]
    Standard,
    /// `EXPRESS`: without callbacks, jobs, activities and distributed Map.
    Express,
}

/// Bounds on reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How deeply arrays and objects may be nested. The nesting of Parallel
    /// and Map states takes four or five levels each.
    pub depth_max: usize,
    /// How many findings are kept; more are dropped.
    pub diagnostics_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { depth_max: 500, diagnostics_max: 1000 }
    }
}
