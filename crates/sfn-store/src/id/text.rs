//! Ids that are opaque texts.

use std::fmt;
use std::sync::Arc;

/// Why a text is not such an id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a {what} of 1 to {bytes_max} bytes, found {bytes}")]
pub struct IdError {
    /// Which id was wanted.
    pub what: &'static str,
    /// Its greatest length in bytes.
    pub bytes_max: usize,
    /// The length found.
    pub bytes: usize,
}

macro_rules! opaque {
    ($(#[$doc:meta])* $name:ident, $what:literal, $bytes_max:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Greatest length in bytes.
            pub const BYTES_MAX: usize = $bytes_max;

            /// Checks that the text is not empty and not too long.
            pub fn new(text: impl Into<Arc<str>>) -> Result<Self, IdError> {
                let text = text.into();
                if text.is_empty() || text.len() > Self::BYTES_MAX {
                    return Err(IdError {
                        what: $what,
                        bytes_max: Self::BYTES_MAX,
                        bytes: text.len(),
                    });
                }
                Ok(Self(text))
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The same text, shared.
            pub fn shared(&self) -> &Arc<str> {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    };
}

macro_rules! shown {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }
    };
}

opaque! {
    /// One process that runs executions; a restarted process is another node.
    NodeId, "node id", 128
}
shown!(NodeId);

opaque! {
    /// One revision of a state machine, unique among all state machines and
    /// their predecessors of the same name: a UUID.
    RevisionId, "revision id", 128
}
shown!(RevisionId);

opaque! {
    /// The engine's name for one attempt of one task, unique in its execution.
    TaskKey, "task key", 128
}
shown!(TaskKey);

opaque! {
    /// What a worker answers a task with. It is a secret: whoever has it can
    /// finish the task, so it is not shown by `Debug` and has no `Display`.
    TaskToken, "task token", 2048
}

impl fmt::Debug for TaskToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TaskToken(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_bounded_and_not_shown() {
        assert!(TaskToken::new("").is_err());
        assert!(TaskToken::new("t".repeat(2049)).is_err());
        let token = TaskToken::new("secret").unwrap();
        assert!(!format!("{token:?}").contains("secret"));
    }
}
