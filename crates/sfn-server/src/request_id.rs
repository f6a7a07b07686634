//! Request ids: unique, cheap, and of no further meaning.

use std::sync::atomic::{AtomicU64, Ordering};

/// Numbers the requests of one server.
#[derive(Debug)]
pub(crate) struct RequestIds {
    base: u64,
    count: AtomicU64,
}

impl RequestIds {
    /// `base` tells this server's requests from those of others.
    pub(crate) fn new(base: u64) -> Self {
        Self { base, count: AtomicU64::new(0) }
    }

    /// The next id, in the form of a UUID.
    pub(crate) fn next(&self) -> String {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        // An odd factor maps counts to distinct numbers that do not look alike.
        let spread = count.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        uuid::Builder::from_random_bytes((u128::from(self.base) << 64 | u128::from(spread)).to_be_bytes())
            .into_uuid()
            .to_string()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_differ() {
        let ids = RequestIds::new(7);
        let seen: BTreeSet<_> = (0..1000).map(|_| ids.next()).collect();
        assert_eq!(seen.len(), 1000);
        assert!(seen.iter().all(|id| id.len() == 36));
    }
}
