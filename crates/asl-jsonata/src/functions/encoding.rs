//! Base64 and the percent encoding of URLs.

use super::Arguments;
use crate::error::{Fault, Res};
use crate::eval::Evaluator;
use crate::item::Item;
use crate::lex::is_lone_surrogate;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Each character is one byte: its code, of which only the low eight bits count.
pub(super) fn base64_encode(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let Some(text) = arguments.text(0) else { return Ok(Item::Undefined) };
    evaluator.meter.string(text.len().saturating_mul(2))?;
    evaluator.meter.letters(text.len())?;
    let bytes: Vec<u8> = text.encode_utf16().map(|unit| unit.to_le_bytes()[0]).collect();
    let mut encoded = String::with_capacity(bytes.len() * 4 / 3 + 4);
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let index = usize::try_from(group >> (18 - 6 * place) & 63).unwrap_or(0);
            let letter = ALPHABET.get(index).copied().map_or('=', char::from);
            encoded.push(if place <= chunk.len() { letter } else { '=' });
        }
    }
    Ok(Item::string(encoded))
}

/// Each byte becomes the character of its code. Of the UTF-16 units of the text
/// only the low eight bits count; what is no Base64 then is skipped.
pub(super) fn base64_decode(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let Some(text) = arguments.text(0) else { return Ok(Item::Undefined) };
    evaluator.meter.string(text.len().saturating_mul(2))?;
    evaluator.meter.letters(text.len())?;
    let mut decoded = String::with_capacity(text.len());
    let mut group = 0_u32;
    let mut bits = 0;
    for c in text.encode_utf16().map(|unit| unit.to_le_bytes()[0]).take_while(|c| *c != b'=') {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => continue,
        };
        group = (group << 6 | u32::from(value)) & 0xffff;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            decoded.push(char::from((group >> bits).to_le_bytes()[0]));
        }
    }
    Ok(Item::string(decoded))
}

/// Characters that `encodeURIComponent` leaves alone, letters and digits aside.
const UNRESERVED: &str = "-_.!~*'()";
/// Those that `encodeURI` leaves alone besides.
const RESERVED: &str = ";/?:@&=+$,#";

pub(super) fn encode_url_component(
    evaluator: &mut Evaluator<'_, '_>,
    arguments: &mut Arguments<'_>,
) -> Res<Item> {
    encode(evaluator, arguments, "", "encodeUrlComponent")
}

pub(super) fn encode_url(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    encode(evaluator, arguments, RESERVED, "encodeUrl")
}

fn encode(evaluator: &mut Evaluator<'_, '_>, arguments: &Arguments<'_>, kept: &str, name: &str) -> Res<Item> {
    use std::fmt::Write as _;
    let Some(text) = arguments.text(0) else { return Ok(Item::Undefined) };
    evaluator.meter.string(text.len().saturating_mul(3))?;
    evaluator.meter.letters(text.len().saturating_mul(3))?;
    let mut encoded = String::with_capacity(text.len());
    for c in text.chars() {
        if is_lone_surrogate(c) {
            return Err(malformed(name, text));
        }
        if c.is_ascii_alphanumeric() || UNRESERVED.contains(c) || kept.contains(c) {
            encoded.push(c);
        } else {
            for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                // Writing to a String does not fail.
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
    }
    Ok(Item::string(encoded))
}

pub(super) fn decode_url_component(
    evaluator: &mut Evaluator<'_, '_>,
    arguments: &mut Arguments<'_>,
) -> Res<Item> {
    decode(evaluator, arguments, "", "decodeUrlComponent")
}

pub(super) fn decode_url(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    decode(evaluator, arguments, RESERVED, "decodeUrl")
}

fn decode(evaluator: &mut Evaluator<'_, '_>, arguments: &Arguments<'_>, kept: &str, name: &str) -> Res<Item> {
    let Some(text) = arguments.text(0) else { return Ok(Item::Undefined) };
    evaluator.meter.string(text.len())?;
    evaluator.meter.letters(text.len())?;
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        if *first != b'%' {
            bytes.push(*first);
            rest = behind;
            continue;
        }
        let digits = behind.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let byte =
            digits.filter(|d| !d.starts_with('+')).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let Some(byte) = byte else { return Err(malformed(name, text)) };
        if kept.contains(char::from(byte)) {
            bytes.extend(rest.get(..3).unwrap_or_default());
        } else {
            bytes.push(byte);
        }
        rest = rest.get(3..).unwrap_or_default();
    }
    String::from_utf8(bytes).map(Item::string).map_err(|_| malformed(name, text))
}

fn malformed(name: &str, text: &str) -> Box<Fault> {
    Fault::new("D3140").text(name).value(&Item::string(text))
}
