//! Every bound of the engine, by name.

use serde::{Deserialize, Serialize};

/// What an execution may use. The defaults are the quotas of AWS Step
/// Functions, developer guide, *Service quotas*, where it has one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// Seconds from the start of an execution to its time-out, if its machine's
    /// `TimeoutSeconds` do not say less. AWS: a year for Standard executions.
    pub execution_seconds_max: u64,
    /// The same for Express executions: who runs one makes it the
    /// `execution_seconds_max`. AWS: 300.
    pub express_execution_seconds_max: u64,
    /// Events in a history, the last one included; the execution fails when
    /// they are used up. AWS: 25,000 for Standard executions. Express
    /// executions have no such quota: `u64::MAX` lifts it.
    pub events_max: u64,
    /// Bytes of a document that enters or leaves a state, as UTF-8.
    /// AWS: 262,144.
    pub payload_bytes_max: usize,
    /// States of one execution at work at the same time, so many iterations
    /// of inline Map states above all. Past it the execution fails.
    pub frames_max: usize,
    /// How deep Map and Parallel states may stand in each other.
    pub nesting_max: u32,
    /// Iterations of one inline Map state at the same time, whatever its
    /// `MaxConcurrency`. AWS: 40.
    pub map_concurrency_max: u64,
    /// Child executions of one map run at the same time, whatever its
    /// `MaxConcurrency`. AWS: 10,000.
    pub map_run_concurrency_max: u64,
    /// Transitions in one step. Past it the step asks for an immediate
    /// wake-up, so that one busy execution does not keep its node from others.
    pub transitions_per_step_max: u64,
    /// Seconds that a Wait state may wait. AWS: 2,147,483,647.
    pub wait_seconds_max: u64,
    /// Characters of an error name. AWS: 256.
    pub error_chars_max: usize,
    /// Characters of a cause. AWS: 32,768.
    pub cause_chars_max: usize,
    /// Bytes of the variables that one state assigns, together; so also of
    /// each. AWS: 262,144.
    pub assign_bytes_max: usize,
    /// Bytes of all variables that an execution holds at the same time, in all
    /// its scopes. AWS: 10 MiB.
    pub variables_bytes_max: usize,
}

impl Limits {
    /// Events that a history may have for its execution to be redriven. AWS:
    /// 24,999.
    pub const REDRIVE_EVENTS_MAX: u64 = 24_999;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            execution_seconds_max: 365 * 24 * 60 * 60,
            express_execution_seconds_max: 300,
            events_max: 25_000,
            payload_bytes_max: 262_144,
            frames_max: 100_000,
            nesting_max: 64,
            map_concurrency_max: 40,
            map_run_concurrency_max: 10_000,
            transitions_per_step_max: 10_000,
            wait_seconds_max: 2_147_483_647,
            error_chars_max: 256,
            cause_chars_max: 32_768,
            assign_bytes_max: 262_144,
            variables_bytes_max: 10 * 1024 * 1024,
        }
    }
}
