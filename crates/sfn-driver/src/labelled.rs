//! Counters by the ARN of what they count, a bounded number of them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Most ARNs of one kind that are told apart. What is past it is counted
/// together, until others are gone.
pub const LABELS_MAX: usize = 1_000;

/// Longest ARN that is told apart, in bytes: longer ones are no ARNs of AWS.
const LABEL_BYTES_MAX: usize = 512;

/// Counters by ARN.
#[derive(Debug, Default)]
pub(crate) struct Labelled<C> {
    known: Mutex<BTreeMap<Arc<str>, Arc<C>>>,
    /// Of those that found no place.
    others: Arc<C>,
    has_others: AtomicBool,
}

impl<C: Default> Labelled<C> {
    /// The counters of this ARN.
    pub(crate) fn of(&self, arn: &str) -> Arc<C> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(counters) = known.get(arn) {
            return Arc::clone(counters);
        }
        if known.len() >= LABELS_MAX || arn.len() > LABEL_BYTES_MAX {
            self.has_others.store(true, Ordering::Relaxed);
            return Arc::clone(&self.others);
        }
        let counters = Arc::<C>::default();
        known.insert(Arc::from(arn), Arc::clone(&counters));
        counters
    }

    /// All counters; those of ARNs that found no place come last, under none, if
    /// there were any.
    pub(crate) fn all(&self) -> Vec<(Option<Arc<str>>, Arc<C>)> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<_> =
            known.iter().map(|(arn, counters)| (Some(Arc::clone(arn)), Arc::clone(counters))).collect();
        if self.has_others.load(Ordering::Relaxed) {
            all.push((None, Arc::clone(&self.others)));
        }
        all
    }

    /// The ARNs that are told apart.
    pub(crate) fn arns(&self) -> Vec<Arc<str>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }

    /// Forgets an ARN of what is gone.
    pub(crate) fn forget(&self, arn: &str) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).remove(arn);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::Counter;

    #[test]
    fn past_the_most_they_are_counted_together_until_some_are_gone() {
        let labelled = Labelled::<Counter>::default();
        for number in 0..LABELS_MAX + 2 {
            labelled.of(&format!("m{number}")).add(1);
        }
        let mut all = labelled.all();
        assert_eq!(all.len(), LABELS_MAX + 1);
        assert!(matches!(all.pop(), Some((None, others)) if others.get() == 2));
        labelled.forget("m7");
        labelled.of(&"x".repeat(LABEL_BYTES_MAX + 1)).add(1);
        assert_eq!(labelled.all().len(), LABELS_MAX, "what is too long is counted with the others");
        labelled.of("new").add(1);
        assert!(labelled.all().iter().any(|(arn, _)| arn.as_deref() == Some("new")));
        assert!(!labelled.arns().iter().any(|arn| **arn == *"m7"));
    }
}
