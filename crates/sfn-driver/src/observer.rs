//! Who hears what executions have done, once it is durable.

use std::fmt::Debug;
use std::sync::Arc;

use asl_runtime::HistoryEvent;
use sfn_store::{BoxFuture, Closed, Timestamp};

/// Hears of executions. It is told after the commit, never before, and in the
/// order of the commits of one execution; what a process had committed but not
/// told when it died is not told again. Nothing of it may wait: it is called
/// on the way of executions.
pub trait Observer: Send + Sync + Debug {
    /// Who hears of this execution; `None`, and nothing more is done for it.
    /// Asked whenever an execution comes into memory.
    fn attend(&self, execution: &ObservedExecution) -> Option<Arc<dyn ExecutionObserver>>;

    /// What it has counted, under the names that a metrics page shows.
    fn counts(&self) -> Vec<(&'static str, u64)>;

    /// Passes on what it has heard, as far as that takes no longer than it may.
    /// For who owns the observer to call, once nothing runs any more; a driver
    /// does not.
    fn stop(&self) -> BoxFuture<()>;
}

/// Hears of one execution.
pub trait ExecutionObserver: Send + Sync + Debug {
    /// Takes what was made durable. Must return at once.
    fn hear(&self, observation: Observation);
}

/// What is known of an execution when it comes into memory.
#[derive(Clone, Debug)]
pub struct ObservedExecution {
    /// Its ARN.
    pub arn: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// Its type.
    pub machine_type: sfn_store::MachineType,
    /// ARN of its state machine, with the label for the child of a map run.
    pub state_machine_arn: Arc<str>,
    /// ARN of the version that it was started on, if on one.
    pub state_machine_version_arn: Option<Arc<str>>,
    /// ARN of the alias that it was started on, if on one.
    pub state_machine_alias_arn: Option<Arc<str>>,
    /// The text of its input.
    pub input: Arc<str>,
    /// When it was started.
    pub started_at: Timestamp,
    /// How often it was redriven.
    pub redrive_count: u32,
    /// When it was last redriven.
    pub redriven_at: Option<Timestamp>,
    /// Whether it is the child of a map run.
    pub is_child: bool,
    /// `loggingConfiguration` of its revision, as JSON text.
    pub logging: Option<Arc<str>>,
}

/// What one commit made durable, or one step of an Express execution did.
#[derive(Clone, Debug)]
pub struct Observation {
    /// The new events, in order.
    pub events: Vec<HistoryEvent>,
    /// Whether the execution was created with it.
    pub is_start: bool,
    /// How the execution ended, if it did.
    pub closed: Option<Closed>,
}
