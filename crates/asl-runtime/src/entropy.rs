//! Entropy from a seed and a counter, so that a replay draws the same.
//!
//! Every draw is the HMAC-SHA-256 of the counter under the seed. That is a
//! pseudo-random function: whoever sees tokens, UUIDs or random numbers of an
//! execution learns nothing of the seed or of other draws, so tokens are as
//! unguessable as the seed. Draws are rare (tasks, random intrinsics, jitter),
//! so one construction serves all of them.

use std::fmt::Write as _;
use std::sync::Arc;

use asl_jsonpath::uuid_of;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::task::TaskToken;

/// The execution's source of entropy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entropy {
    pub(crate) seed: u128,
    /// Draws so far.
    pub(crate) counter: u64,
}

impl Entropy {
    pub(crate) fn new(seed: u128) -> Self {
        Self { seed, counter: 0 }
    }

    /// 64 random bits.
    pub(crate) fn draw(&mut self) -> u64 {
        let block = self.block(b"draw");
        block.iter().take(8).fold(0, |bits, byte| bits << 8 | u64::from(*byte))
    }

    /// A uniform number from 0 to below 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit a double exactly")]
    pub(crate) fn fraction(&mut self) -> f64 {
        (self.draw() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A token of 256 random bits.
    pub(crate) fn task_token(&mut self) -> TaskToken {
        let mut text = String::with_capacity(64);
        for byte in self.block(b"token") {
            // Writing to a String does not fail.
            let _ = write!(text, "{byte:02x}");
        }
        TaskToken::new(text)
    }

    /// A UUID of version 4.
    pub(crate) fn uuid(&mut self) -> Arc<str> {
        Arc::from(uuid_of(first_bits(&self.block(b"uuid"))))
    }

    /// A seed for somebody else's entropy.
    pub(crate) fn seed(&mut self) -> u128 {
        first_bits(&self.block(b"seed"))
    }

    /// The entropy of the part of this number.
    pub(crate) fn of_part(seed: u128, part: u64) -> Self {
        Self::new(Self { seed, counter: part }.seed())
    }

    /// The HMAC of the purpose and the counter under the seed.
    fn block(&mut self, purpose: &[u8]) -> [u8; 32] {
        self.counter = self.counter.wrapping_add(1);
        // A key shorter than a block is padded with zeros (RFC 2104).
        let mut key = [0; 64];
        key[..16].copy_from_slice(&self.seed.to_le_bytes());
        let mut mac = Hmac::<Sha256>::new(&key.into());
        mac.update(purpose);
        mac.update(&self.counter.to_le_bytes());
        mac.finalize().into_bytes().into()
    }
}

/// The first 128 bits of a digest.
pub(crate) fn first_bits(digest: &[u8]) -> u128 {
    digest.iter().take(16).fold(0, |bits, byte| bits << 8 | u128::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_depend_on_seed_and_counter_alone() {
        let draws = |seed| {
            let mut entropy = Entropy::new(seed);
            (entropy.draw(), entropy.draw(), entropy.task_token())
        };
        assert_eq!(draws(7), draws(7));
        assert_ne!(draws(7), draws(8));
        let (first, second, _) = draws(7);
        assert_ne!(first, second);
    }

    #[test]
    fn a_token_is_the_hmac_of_purpose_and_counter() {
        // Computed with another implementation: HMAC-SHA-256 under sixteen
        // zero bytes of "token" and the counter 1.
        let token = Entropy::new(0).task_token();
        assert_eq!(token.as_str(), "33df1e4336507512da4eb511ff2faba9f947e4ee85aca204fa532994c811ea20");
    }

    #[test]
    fn uuids_have_their_version_and_variant() {
        assert_eq!(uuid_of(0), "00000000-0000-4000-8000-000000000000");
        assert_eq!(uuid_of(u128::MAX), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    }

    #[test]
    fn fractions_stay_below_one() {
        let mut entropy = Entropy::new(1);
        for _ in 0..1000 {
            let fraction = entropy.fraction();
            assert!((0.0..1.0).contains(&fraction), "{fraction}");
        }
    }
}
