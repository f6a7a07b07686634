//! Page tokens: opaque, bound to the arguments of the request that made them,
//! valid for 24 hours, and of no use to who changes them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::{ApiError, Timestamp};

/// How long a token may be used. API reference, `nextToken`.
const LIFETIME_SECONDS: i64 = 24 * 60 * 60;

/// Bytes of the authentication code that a token carries.
const CODE_BYTES: usize = 16;

/// Bytes of the time that a token carries.
const TIME_BYTES: usize = 8;

/// The secret that makes tokens unforgeable.
#[derive(Clone)]
pub(crate) struct Key(Hmac<Sha256>);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(..)")
    }
}

impl Key {
    pub(crate) fn new(secret: [u8; 32]) -> Self {
        // A key of the digest's block size is always taken; a shorter one is padded to it.
        let mut block = [0; 64];
        block[..32].copy_from_slice(&secret);
        Self(Hmac::new(&block.into()))
    }

    /// A token that leads to `place` for a request with these `arguments`.
    pub(crate) fn seal(&self, arguments: &[&str], place: &str, now: Timestamp) -> String {
        let time = now.timestamp().to_be_bytes();
        let code = self.code(arguments, place, time);
        let mut bytes = Vec::with_capacity(CODE_BYTES + TIME_BYTES + place.len());
        bytes.extend_from_slice(code.get(..CODE_BYTES).unwrap_or_default());
        bytes.extend_from_slice(&time);
        bytes.extend_from_slice(place.as_bytes());
        BASE64.encode(bytes)
    }

    /// The place that a token leads to, if this key made it for the same
    /// arguments less than 24 hours ago.
    pub(crate) fn open(&self, arguments: &[&str], token: &str, now: Timestamp) -> Result<String, ApiError> {
        self.opened(arguments, token, now).ok_or_else(ApiError::invalid_token)
    }

    fn opened(&self, arguments: &[&str], token: &str, now: Timestamp) -> Option<String> {
        let bytes = BASE64.decode(token).ok()?;
        let (code, rest) = bytes.split_at_checked(CODE_BYTES)?;
        let (time, place) = rest.split_first_chunk::<TIME_BYTES>()?;
        let place = std::str::from_utf8(place).ok()?;
        self.mac(arguments, place, *time).verify_truncated_left(code).ok()?;
        let age = now.timestamp().checked_sub(i64::from_be_bytes(*time))?;
        (age < LIFETIME_SECONDS).then(|| place.to_owned())
    }

    fn code(&self, arguments: &[&str], place: &str, time: [u8; TIME_BYTES]) -> [u8; 32] {
        self.mac(arguments, place, time).finalize().into_bytes().into()
    }

    fn mac(&self, arguments: &[&str], place: &str, time: [u8; TIME_BYTES]) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        // Lengths go first, so that no two lists of arguments read the same.
        for part in arguments.iter().copied().chain([place]) {
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac.update(&time);
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn a_token_opens_for_its_own_request_for_a_day() {
        let key = Key::new([7; 32]);
        let token = key.seal(&["ListExecutions", "arn:a", "RUNNING"], "place/12", at(1_000));
        let cases = [
            ("same", &key, vec!["ListExecutions", "arn:a", "RUNNING"], 1_001, true),
            ("another filter", &key, vec!["ListExecutions", "arn:a", "FAILED"], 1_001, false),
            ("arguments shifted", &key, vec!["ListExecutions", "arn:aRUNNING", ""], 1_001, false),
            ("just in time", &key, vec!["ListExecutions", "arn:a", "RUNNING"], 1_000 + 86_399, true),
            ("a day later", &key, vec!["ListExecutions", "arn:a", "RUNNING"], 1_000 + 86_400, false),
            ("another server", &Key::new([8; 32]), vec!["ListExecutions", "arn:a", "RUNNING"], 1_001, false),
        ];
        for (name, key, arguments, now, want) in cases {
            assert_eq!(key.open(&arguments, &token, at(now)).is_ok(), want, "{name}");
        }
    }

    proptest::proptest! {
        #[test]
        fn places_come_back_and_changed_tokens_do_not(place in "\\PC{0,60}", at_byte in 0_usize..64, flip in 1_u8..=255) {
            let key = Key::new([1; 32]);
            let token = key.seal(&["Op"], &place, at(5));
            proptest::prop_assert_eq!(key.open(&["Op"], &token, at(6)).unwrap(), place);
            let mut bytes = BASE64.decode(&token).unwrap();
            let at_byte = at_byte % bytes.len();
            bytes[at_byte] ^= flip;
            proptest::prop_assert!(key.open(&["Op"], &BASE64.encode(bytes), at(6)).is_err());
        }
    }
}
