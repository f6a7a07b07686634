//! The bare engine under a virtual clock: signals in, steps out, nothing else.
//! What a program does that brings its own storage and timers.
//!
//! `cargo run -p stepwell --example virtual_clock`

#![expect(clippy::print_stdout, reason = "an example prints")]

use std::collections::BTreeSet;
use std::sync::Arc;

use asl_parser::{Options, parse};
use asl_runtime::{Execution, ExecutionIdentity, Limits, Signal, Snapshot, Start, Timestamp};
use asl_value::Payload;

const REMINDERS: &str = r#"{
  "StartAt": "Count",
  "States": {
    "Count": { "Type": "Pass", "Parameters": { "sent.$": "States.MathAdd($.sent, 1)" }, "Next": "Enough?" },
    "Enough?": {
      "Type": "Choice",
      "Choices": [{ "Variable": "$.sent", "NumericGreaterThanEquals": 30, "Next": "Done" }],
      "Default": "Tomorrow"
    },
    "Tomorrow": { "Type": "Wait", "Seconds": 86400, "Next": "Count" },
    "Done": { "Type": "Succeed" }
  }
}"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let parsed = parse(REMINDERS, &Options::default());
    let definition = Arc::new(parsed.definition.ok_or_else(|| format!("{:?}", parsed.diagnostics))?);
    let start = Start {
        input: Payload::parse(r#"{ "sent": 0 }"#)?,
        execution: ExecutionIdentity::example(),
        seed: 1,
        limits: Limits::default(),
        processor_of: None,
        missing_activities: BTreeSet::new(),
    };
    let mut now = Timestamp::UNIX_EPOCH;
    let (mut execution, mut step) = Execution::start(Arc::clone(&definition), start, now);
    let mut events = step.events.len();
    while let Some(wake_at) = step.wake_at {
        // Between two steps an execution is its snapshot: here is where a
        // program would commit it, and where it may crash.
        let stored: Snapshot = execution.snapshot();
        execution = Execution::resume(Arc::clone(&definition), &stored)?;
        now = wake_at;
        step = execution.step(now, Signal::Tick)?;
        events += step.events.len();
    }
    println!("{events} events in {} days: {:?}", (now - Timestamp::UNIX_EPOCH).num_days(), step.outcome);
    assert_eq!((now - Timestamp::UNIX_EPOCH).num_days(), 29);
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn runs() {
        super::main().unwrap();
    }
}
