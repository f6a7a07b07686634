//! `States.MathAdd` and `States.MathRandom`.

use asl_value::Value;

use super::Arguments;

/// The nearest integer, halves up, as Java rounds; none out of range.
pub(super) fn round(number: f64) -> Option<i64> {
    let rounded = (number + 0.5).floor();
    asl_value::Number::from_f64(rounded)?.as_i64()
}

/// Rounds both, then adds.
pub(super) fn add(given: &Arguments<'_>) -> Result<Value, String> {
    let (left, right) = (given.integer(0)?, given.integer(1)?);
    let sum = left.checked_add(right).ok_or_else(|| format!("{left} + {right} is out of range"))?;
    Ok(sum.into())
}

/// An integer from the first argument on, below the second. A third one seeds
/// it: then the number is the same each time.
pub(super) fn random(given: &Arguments<'_>, entropy: &mut dyn FnMut() -> u64) -> Result<Value, String> {
    let (from, to) = (given.integer(0)?, given.integer(1)?);
    let width = to.checked_sub(from).and_then(|width| u64::try_from(width).ok()).filter(|width| *width > 0);
    let width =
        width.ok_or_else(|| format!("The start number {from} must be less than the end number {to}"))?;
    let bits = if given.values.len() > 2 { mix(given.integer(2)?.cast_unsigned()) } else { entropy() };
    // The high half of the product is uniform below the width.
    let offset = (u128::from(bits) * u128::from(width)) >> 64;
    let number = i64::try_from(offset).ok().and_then(|offset| from.checked_add(offset));
    number.map(Value::from).ok_or_else(|| format!("The range from {from} to {to} is too wide"))
}

/// `SplitMix64`: spreads a seed over 64 bits.
fn mix(seed: u64) -> u64 {
    let z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
