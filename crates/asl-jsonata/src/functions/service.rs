//! What Step Functions adds to the library (Developer Guide, *Transforming data
//! with JSONata in Step Functions*).

use md5::{Digest, Md5};
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};

use super::Arguments;
use crate::error::{Fault, Res};
use crate::eval::Evaluator;
use crate::item::{Item, List};
use crate::print;

/// What it is to hash a text, however short.
const HASH_STEPS: usize = 16;

/// The most items that `$range` makes.
const RANGE_MAX: f64 = 1e7;

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates, which is meant")]
pub(super) fn partition(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let array = arguments.take(0);
    let (Some(items), Some(size)) = (array.items(), arguments.number(1)) else { return Ok(Item::Undefined) };
    if size < 1.0 || size.fract() != 0.0 {
        return Err(Fault::new("D3151").index(2).value(&Item::Number(size)));
    }
    let items = items.to_vec(&mut evaluator.meter)?;
    let parts = items.len().div_ceil(size as usize);
    evaluator.meter.sequence(items.len())?;
    evaluator.meter.step(parts)?;
    evaluator.meter.allocate(parts.saturating_mul(size_of::<List>()))?;
    Ok(Item::array(items.chunks(size as usize).map(|chunk| Item::array(chunk.to_vec())).collect()))
}

/// A sequence, so that a single number stands for itself, as the service has it.
pub(super) fn range(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let numbers = (arguments.number(0), arguments.number(1), arguments.number(2));
    let (Some(first), Some(last), Some(step)) = numbers else { return Ok(Item::Undefined) };
    if step == 0.0 || step.fract() != 0.0 {
        return Err(Fault::new("D3152").index(3).value(&Item::Number(step)));
    }
    if first.fract() != 0.0 {
        return Err(Fault::new("T2003"));
    }
    if last.fract() != 0.0 {
        return Err(Fault::new("T2004"));
    }
    let count = ((last - first) / step).floor() + 1.0;
    if count > RANGE_MAX {
        return Err(Fault::new("D2014").value_text(print::number(count)));
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "at most 1e7; negative is none"
    )]
    let count = count as u32;
    evaluator.meter.sequence(count as usize)?;
    Ok(Item::sequence((0..count).map(|place| Item::Number(first + step * f64::from(place))).collect()))
}

pub(super) fn hash(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let (Some(text), Some(algorithm)) = (arguments.text(0), arguments.text(1)) else {
        return Ok(Item::Undefined);
    };
    evaluator.meter.step(HASH_STEPS)?;
    evaluator.meter.letters(text.len())?;
    let digest = match algorithm {
        "MD5" => hexadecimal(&Md5::digest(text)),
        "SHA-1" => hexadecimal(&Sha1::digest(text)),
        "SHA-256" => hexadecimal(&Sha256::digest(text)),
        "SHA-384" => hexadecimal(&Sha384::digest(text)),
        "SHA-512" => hexadecimal(&Sha512::digest(text)),
        other => return Err(Fault::new("D3153").index(2).value(&Item::string(other))),
    };
    Ok(Item::string(digest))
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// With a seed the same number each time: the first double of the linear
/// congruential generator that Java's `Random` specifies.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "53 bits are exact; seeds saturate"
)]
pub(super) fn random(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    const MULTIPLIER: u64 = 0x5_DEEC_E66D;
    const MASK: u64 = (1 << 48) - 1;
    let Some(seed) = arguments.number(0) else { return super::numeric::random(evaluator, arguments) };
    let mut state = (seed as i64).cast_unsigned() ^ MULTIPLIER & MASK;
    let mut next = |bits: u32| {
        state = state.wrapping_mul(MULTIPLIER).wrapping_add(0xB) & MASK;
        state >> (48 - bits)
    };
    let bits = (next(26) << 27) + next(27);
    Ok(Item::Number(bits as f64 / (1_u64 << 53) as f64))
}

/// A version 4 UUID from the host's entropy.
pub(super) fn uuid(evaluator: &mut Evaluator<'_, '_>, _: &mut Arguments<'_>) -> Res<Item> {
    evaluator.meter.step(8)?;
    let high = (evaluator.host.entropy)() & 0xffff_ffff_ffff_0fff | 0x4000;
    let low = (evaluator.host.entropy)() & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000;
    Ok(Item::string(format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff
    )))
}

pub(super) fn parse(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let Some(text) = arguments.text(0) else { return Ok(Item::Undefined) };
    evaluator.meter.letters(text.len())?;
    evaluator.meter.allocate(text.len().saturating_mul(8))?;
    asl_value::parse(text)
        .map(Item::Json)
        .map_err(|error| Fault::new("D3150").index(1).text(error.to_string()))
}
