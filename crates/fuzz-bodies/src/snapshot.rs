//! Stored bytes: snapshots, segments of history, and signals from an inbox.

use std::sync::{Arc, LazyLock};

use asl_parser::{Definition, Options, parse};
use asl_runtime::{Execution, Signal, Snapshot, Timestamp, segment as stored};

use crate::definition::start;

/// A machine with something of each kind of rest in it.
const DEFINITION: &str = r#"{
  "StartAt": "Both",
  "States": {
    "Both": {
      "Type": "Parallel",
      "Branches": [
        { "StartAt": "Pause", "States": { "Pause": { "Type": "Wait", "Seconds": 5, "End": true } } },
        { "StartAt": "Ask", "States": { "Ask": {
            "Type": "Task",
            "Resource": "arn:aws:states:us-east-1:123456789012:activity:a",
            "TimeoutSeconds": 60,
            "Retry": [{ "ErrorEquals": ["States.ALL"] }],
            "End": true } } },
        { "StartAt": "Each", "States": { "Each": {
            "Type": "Map",
            "ItemsPath": "$$.Execution.Input",
            "ItemProcessor": { "StartAt": "In", "States": { "In": { "Type": "Pass", "End": true } } },
            "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "After" }],
            "Next": "After" }, "After": { "Type": "Succeed" } } }
      ],
      "End": true
    }
  }
}"#;

static MACHINE: LazyLock<Option<Arc<Definition>>> =
    LazyLock::new(|| parse(DEFINITION, &Options::default()).definition.map(Arc::new));

pub(crate) fn snapshot(bytes: &[u8]) {
    let Some(definition) = MACHINE.as_ref() else { unreachable!("the definition is right") };
    let Ok(mut execution) = Execution::resume(Arc::clone(definition), &Snapshot::from_bytes(bytes)) else {
        return;
    };
    let effects = execution.outstanding();
    let kept = execution.snapshot();
    match Execution::resume(Arc::clone(definition), &kept) {
        Ok(again) => {
            assert_eq!(again.outstanding(), effects, "a snapshot of what was resumed differs from it");
        }
        Err(error) => unreachable!("what was resumed cannot be resumed again: {error}"),
    }
    for hours in [0_i64, 1, 24] {
        let now = Timestamp::from_timestamp_millis(hours * 3_600_000).unwrap_or_default();
        let _ = execution.step(now, Signal::Tick).map(|step| step.events.len());
    }
}

pub(crate) fn segment(bytes: &[u8]) {
    let Ok(events) = stored::decode(bytes) else { return };
    let again = stored::decode(&stored::encode(&events));
    assert_eq!(again.ok(), Some(events), "what was read cannot be stored again");
}

pub(crate) fn signal(bytes: &[u8]) {
    let Ok(signal) = serde_json::from_slice::<Signal>(bytes) else { return };
    let text = serde_json::to_string(&signal).unwrap_or_default();
    assert_eq!(
        serde_json::from_str::<Signal>(&text).ok(),
        Some(signal.clone()),
        "a signal does not survive its JSON"
    );
    let Some(definition) = MACHINE.as_ref() else { unreachable!("the definition is right") };
    let now = Timestamp::default();
    let (mut execution, _step) = Execution::start(Arc::clone(definition), start(), now);
    let before = execution.snapshot();
    if execution.step(now, signal).is_err() {
        assert!(execution.snapshot().as_bytes() == before.as_bytes(), "a refused signal changed something");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text with each byte changed in turn, and cut short at each place.
    fn damaged(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
        let changed = (0..bytes.len()).flat_map(|place| {
            [0x01, 0x80, 0xff].map(|bits| {
                let mut damaged = bytes.to_vec();
                damaged[place] ^= bits;
                damaged
            })
        });
        changed.chain((0..bytes.len()).map(|length| bytes[..length].to_vec()))
    }

    #[test]
    fn damaged_bytes_are_refused_or_make_sense() {
        let definition = Arc::clone(MACHINE.as_ref().unwrap());
        let (execution, step) = Execution::start(Arc::clone(&definition), start(), Timestamp::default());
        let whole = execution.snapshot();
        assert!(Execution::resume(definition, &whole).is_ok());
        snapshot(whole.as_bytes());
        damaged(whole.as_bytes()).for_each(|bytes| snapshot(&bytes));
        let history = stored::encode(&step.events);
        assert_eq!(stored::decode(&history).unwrap(), step.events);
        damaged(&history).for_each(|bytes| segment(&bytes));
    }
}
