//! `States.Base64Encode`, `States.Base64Decode` and `States.Hash`.

use asl_value::Value;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::Arguments;

/// How many characters may be encoded, decoded or hashed.
const CHARACTERS_MAX: usize = 10_000;

pub(super) fn base64(given: &Arguments<'_>) -> Result<Value, String> {
    Ok(STANDARD.encode(bounded(given)?).into())
}

pub(super) fn from_base64(given: &Arguments<'_>) -> Result<Value, String> {
    let bytes = STANDARD.decode(bounded(given)?).map_err(|error| format!("Invalid Base64: {error}"))?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text.into()),
        Err(_) => Err("The decoded data is not valid UTF-8".to_owned()),
    }
}

/// The digest in hexadecimal. What is no string is hashed as its JSON text.
pub(super) fn hash(given: &Arguments<'_>) -> Result<Value, String> {
    let data = match given.get(0) {
        Value::String(text) => text.to_string(),
        other => other.to_string(),
    };
    if data.chars().count() > CHARACTERS_MAX {
        return Err(too_long());
    }
    let data = data.as_bytes();
    Ok(match given.string(1)? {
        "MD5" => hex(&Md5::digest(data)),
        "SHA-1" => hex(&Sha1::digest(data)),
        "SHA-256" => hex(&Sha256::digest(data)),
        "SHA-384" => hex(&Sha384::digest(data)),
        "SHA-512" => hex(&Sha512::digest(data)),
        other => {
            return Err(format!(
                "Unknown algorithm '{other}'. Expected MD5, SHA-1, SHA-256, SHA-384 or SHA-512"
            ));
        }
    })
}

fn bounded<'a>(given: &'a Arguments<'_>) -> Result<&'a str, String> {
    let text = given.string(0)?;
    if text.chars().count() > CHARACTERS_MAX { Err(too_long()) } else { Ok(text) }
}

fn too_long() -> String {
    format!("The data must have at most {CHARACTERS_MAX} characters")
}

fn hex(bytes: &[u8]) -> Value {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).copied().unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect::<String>().into()
}
