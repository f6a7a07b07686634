//! Conversions: serde in both directions, `serde_json::Value`, plain Rust values.

use std::fmt;
use std::sync::Arc;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{self, Serialize, Serializer};

use crate::{DEPTH_MAX, Members, Number, ObjectBuilder, Value};

/// A value nested deeper than [`DEPTH_MAX`], which only a program can make, is
/// an error: serializers recurse.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Nested { value: self, levels_left: DEPTH_MAX }.serialize(serializer)
    }
}

struct Nested<'a> {
    value: &'a Value,
    levels_left: usize,
}

impl Serialize for Nested<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let too_deep = || ser::Error::custom(format_args!("a value nests deeper than {DEPTH_MAX} levels"));
        match self.value {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(b) => serializer.serialize_bool(*b),
            Value::Number(Number::Int(n)) => serializer.serialize_i64(*n),
            Value::Number(Number::UInt(n)) => serializer.serialize_u64(*n),
            Value::Number(Number::Float(n)) => serializer.serialize_f64(*n),
            Value::String(s) => serializer.serialize_str(s),
            Value::Array(items) => {
                let levels_left = self.levels_left.checked_sub(1).ok_or_else(too_deep)?;
                serializer.collect_seq(items.iter().map(|value| Nested { value, levels_left }))
            }
            Value::Object(members) => {
                let levels_left = self.levels_left.checked_sub(1).ok_or_else(too_deep)?;
                serializer
                    .collect_map(members.iter().map(|(name, value)| (&**name, Nested { value, levels_left })))
            }
        }
    }
}

/// Recurses as deep as the format lets a document nest (`serde_json`: 128
/// levels); for a text, [`crate::parse`] goes deeper and does not recurse.
impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Deserialize::deserialize(deserializer)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Value::from(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = ObjectBuilder::default();
        while let Some((name, value)) = map.next_entry::<String, Value>()? {
            members.push(name, value);
        }
        Ok(Value::Object(members.build()))
    }
}

/// Recurses as deep as the value nests; `serde_json` parses 128 levels.
impl From<serde_json::Value> for Value {
    fn from(value: serde_json::Value) -> Self {
        use serde_json::Value as Json;
        match value {
            Json::Null => Self::Null,
            Json::Bool(b) => Self::Bool(b),
            Json::Number(n) => n
                .as_i64()
                .map(Number::Int)
                .or_else(|| n.as_u64().map(Number::UInt))
                .or_else(|| n.as_f64().and_then(Number::from_f64))
                .map_or(Self::Null, Self::Number),
            Json::String(s) => Self::String(s.into()),
            Json::Array(items) => items.into_iter().map(Self::from).collect::<Vec<_>>().into(),
            Json::Object(members) => Self::object(members.into_iter().map(|(k, v)| (k, Self::from(v)))),
        }
    }
}

/// Does not recurse; dropping what comes of a deep value does.
impl From<&Value> for serde_json::Value {
    fn from(value: &Value) -> Self {
        /// A container with members still to come, and those that it has.
        enum Open<'a> {
            Array(std::slice::Iter<'a, Value>, Vec<serde_json::Value>),
            /// With the name of the member that is being made.
            Object(Members<'a>, serde_json::Map<String, serde_json::Value>, &'a Arc<str>),
        }
        let mut open = Vec::new();
        let mut next = value;
        loop {
            let mut made = match next {
                Value::Null => Self::Null,
                Value::Bool(b) => (*b).into(),
                Value::Number(Number::Int(n)) => (*n).into(),
                Value::Number(Number::UInt(n)) => (*n).into(),
                Value::Number(Number::Float(n)) => (*n).into(),
                Value::String(s) => (**s).into(),
                Value::Array(items) => {
                    let mut rest = items.iter();
                    if let Some(first) = rest.next() {
                        open.push(Open::Array(rest, Vec::with_capacity(items.len())));
                        next = first;
                        continue;
                    }
                    Self::Array(Vec::new())
                }
                Value::Object(members) => {
                    let mut rest = members.into_iter();
                    if let Some((name, first)) = rest.next() {
                        open.push(Open::Object(rest, serde_json::Map::new(), name));
                        next = first;
                        continue;
                    }
                    Self::Object(serde_json::Map::new())
                }
            };
            next = loop {
                made = match open.last_mut() {
                    None => return made,
                    Some(Open::Array(rest, items)) => {
                        items.push(made);
                        match rest.next() {
                            Some(value) => break value,
                            None => Self::Array(std::mem::take(items)),
                        }
                    }
                    Some(Open::Object(rest, members, name)) => {
                        members.insert(name.to_string(), made);
                        match rest.next() {
                            Some((next_name, value)) => {
                                *name = next_name;
                                break value;
                            }
                            None => Self::Object(std::mem::take(members)),
                        }
                    }
                };
                open.pop();
            };
        }
    }
}

impl From<Value> for serde_json::Value {
    fn from(value: Value) -> Self {
        Self::from(&value)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<Number> for Value {
    fn from(value: Number) -> Self {
        Self::Number(value)
    }
}

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Self::Number(Number::Int(value.into()))
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Number(Number::from(value))
    }
}

impl From<u64> for Value {
    fn from(value: u64) -> Self {
        Self::Number(Number::from(value))
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::String(value.into())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::String(value.into())
    }
}

impl From<Arc<str>> for Value {
    fn from(value: Arc<str>) -> Self {
        Self::String(value)
    }
}

impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Self {
        Self::Array(items.into())
    }
}

impl From<crate::Object> for Value {
    fn from(members: crate::Object) -> Self {
        Self::Object(members)
    }
}
