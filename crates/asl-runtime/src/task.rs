//! Names of tasks: the key that fences answers, and the token that workers hold.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::de::{self, Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};
use thiserror::Error;

/// Names a frame, one thread of states: the root, a branch or an iteration.
/// Never used twice in one execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FrameId {
    /// Order of creation, from 0 for the root.
    pub(crate) serial: u32,
    /// Where the frame lies; places are used again.
    pub(crate) slot: u32,
}

/// Names one attempt of one task. An answer that carries the key of an
/// attempt that is over is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskKey {
    /// The frame that waits for the task.
    pub frame: FrameId,
    /// Number of the attempt among all that the frame made, from 1.
    pub attempt: u32,
}

/// A text that is no [`TaskKey`].
#[derive(Debug, Error, PartialEq, Eq)]
#[error("{0:?} is not a task key, expected three numbers joined by dots")]
pub struct TaskKeyError(String);

impl fmt::Display for TaskKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.frame.serial, self.frame.slot, self.attempt)
    }
}

impl FromStr for TaskKey {
    type Err = TaskKeyError;

    fn from_str(text: &str) -> Result<Self, TaskKeyError> {
        let mut numbers = text.split('.').map(|part| {
            let plain = part.bytes().all(|byte| byte.is_ascii_digit());
            part.parse().ok().filter(|_| plain)
        });
        let mut next = || numbers.next().flatten();
        match (next(), next(), next()) {
            (Some(serial), Some(slot), Some(attempt)) if numbers.next().is_none() => {
                Ok(Self { frame: FrameId { serial, slot }, attempt })
            }
            _ => Err(TaskKeyError(text.to_owned())),
        }
    }
}

impl Serialize for TaskKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TaskKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

/// What a worker proves with that it holds a task. Unguessable where the
/// execution's seed is; it carries nothing else.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskToken(Arc<str>);

impl TaskToken {
    pub(crate) fn new(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// The token's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The token's text as a shared allocation.
    pub fn shared(&self) -> &Arc<str> {
        &self.0
    }
}

impl fmt::Display for TaskToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Shows no token: whoever reads a log must not be able to answer the task.
impl fmt::Debug for TaskToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TaskToken(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_survive_their_text() {
        let key = TaskKey { frame: FrameId { serial: 7, slot: 3 }, attempt: 2 };
        assert_eq!(key.to_string(), "7.3.2");
        assert_eq!("7.3.2".parse(), Ok(key));
        for wrong in ["", "7.3", "7.3.2.1", "7.3.x", "+7.3.2", "7..2", "7.3.4294967296"] {
            assert!(wrong.parse::<TaskKey>().is_err(), "{wrong}");
        }
    }
}
