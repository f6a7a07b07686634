//! JSON values: what is printed reads back as the same, and prints the same.

use asl_value::{Payload, parse};

pub(crate) fn value(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(value) = parse(text) else { return };
    let printed = value.to_string();
    let again = parse(&printed);
    assert_eq!(again.as_ref(), Ok(&value), "{printed} is another value");
    assert_eq!(again.map(|again| again.to_string()), Ok(printed), "printing twice differs");
    let payload = Payload::parse(text);
    assert_eq!(payload.as_ref().map(Payload::text), Ok(text.trim()), "an untouched text is kept");
    assert_eq!(payload.map(|payload| payload.value().clone()), Ok(value));
}
