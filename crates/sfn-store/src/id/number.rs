//! Ids that count.

use std::fmt;

macro_rules! counter {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u64);

        impl $name {
            /// Before the first.
            pub const NONE: Self = Self(0);

            /// The id with this number.
            pub const fn new(number: u64) -> Self {
                Self(number)
            }

            /// The number, counted from 1; 0 is [`Self::NONE`].
            pub const fn get(self) -> u64 {
                self.0
            }

            /// The one after; the largest stays where it is.
            #[must_use]
            pub const fn next(self) -> Self {
                Self(self.0.saturating_add(1))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

counter! {
    /// The id of a history event: 1 for `ExecutionStarted`, no gaps.
    EventId
}

counter! {
    /// The place of a message in one execution's inbox: 1 for the first that
    /// the execution ever got, no gaps.
    InboxSequence
}

counter! {
    /// Grows each time that an execution is claimed: who holds an older epoch
    /// has lost the lease.
    LeaseEpoch
}
