//! Timestamps on the wire: numbers of seconds with milliseconds.

use serde::{Serialize, Serializer};

use crate::Timestamp;

/// An instant as the wire has it: epoch seconds with a fraction.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Epoch(pub(crate) Timestamp);

impl Serialize for Epoch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let milliseconds = self.0.timestamp_millis();
        #[expect(clippy::cast_precision_loss, reason = "dates within 285,000 years are exact")]
        serializer.serialize_f64(milliseconds as f64 / 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milliseconds_are_three_decimals() {
        for (milliseconds, want) in [(1_700_000_000_123, "1700000000.123"), (5_000, "5.0"), (-1, "-0.001")] {
            let epoch = Epoch(Timestamp::from_timestamp_millis(milliseconds).unwrap());
            assert_eq!(serde_json::to_string(&epoch).unwrap(), want);
        }
    }
}
