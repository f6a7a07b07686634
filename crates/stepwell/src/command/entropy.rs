//! Random bits from the system.

use anyhow::Context as _;

/// A seed that nobody can guess.
pub(crate) fn seed() -> anyhow::Result<u128> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).context("no random bits from the system")?;
    Ok(u128::from_le_bytes(bytes))
}

/// 64 bits a call, for random functions in an expression.
pub(crate) fn bits() -> impl FnMut() -> u64 {
    // Nothing secret hangs on them: without any from the system it is zeros.
    || getrandom::u64().unwrap_or_default()
}
