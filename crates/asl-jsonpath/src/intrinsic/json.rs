//! `States.StringToJson`, `States.JsonToString` and `States.JsonMerge`.

use asl_value::Value;

use super::Arguments;

/// Nothing but blanks is null.
pub(super) fn from_string(given: &Arguments<'_>) -> Result<Value, String> {
    let text = given.string(0)?;
    if text.trim().is_empty() {
        return Ok(Value::Null);
    }
    asl_value::parse(text).map_err(|error| format!("Invalid JSON: {error}"))
}

pub(super) fn to_string(given: &Arguments<'_>) -> Value {
    given.get(0).to_string().into()
}

/// The members of both objects; those of the second win. Only shallow merging
/// is supported, so the third argument must be false.
pub(super) fn merge(given: &Arguments<'_>) -> Result<Value, String> {
    let object = |place| given.get(place).as_object().ok_or_else(|| given.wrong(place, "an object"));
    let (left, right) = (object(0)?, object(1)?);
    match given.get(2) {
        Value::Bool(false) => {}
        Value::Bool(true) => {
            return Err("Deep merging is not supported. The third argument must be false".to_owned());
        }
        _ => return Err(given.wrong(2, "a boolean")),
    }
    let members = left.into_iter().chain(right);
    Ok(Value::Object(members.map(|(name, value)| (name.clone(), value.clone())).collect()))
}
