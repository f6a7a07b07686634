//! Functions at the end of a path: `$.items.length()`.

use asl_value::{Number, Value};

use crate::error::SelectError;

/// What a path may end with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Function {
    Length,
    Keys,
    First,
    Last,
    Min,
    Max,
    Sum,
    Avg,
    Stddev,
}

impl Function {
    const ALL: [(&'static str, Self); 10] = [
        ("length", Self::Length),
        ("size", Self::Length),
        ("keys", Self::Keys),
        ("first", Self::First),
        ("last", Self::Last),
        ("min", Self::Min),
        ("max", Self::Max),
        ("sum", Self::Sum),
        ("avg", Self::Avg),
        ("stddev", Self::Stddev),
    ];

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, function)| *function)
    }

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, function)| *function == self).map_or("", |(name, _)| name)
    }

    pub(crate) fn apply(self, value: &Value) -> Result<Value, SelectError> {
        let found = match (self, value) {
            (Self::Length, Value::Array(items)) => Some(count(items.len())),
            (Self::Length, Value::Object(members)) => Some(count(members.len())),
            (Self::Length, Value::String(text)) => Some(count(text.chars().count())),
            (Self::Keys, Value::Object(members)) => {
                Some(members.keys().cloned().map(Value::String).collect::<Vec<_>>().into())
            }
            (Self::First, Value::Array(items)) => items.first().cloned(),
            (Self::Last, Value::Array(items)) => items.last().cloned(),
            (Self::Min | Self::Max | Self::Sum | Self::Avg | Self::Stddev, _) => {
                let items = value.as_array().into_iter().flatten();
                let numbers: Vec<f64> = items.filter_map(Value::as_f64).collect();
                return self.aggregate(&numbers).ok_or(SelectError::NothingToAggregate);
            }
            _ => None,
        };
        found.ok_or_else(|| SelectError::NotApplicable { function: self.name(), found: value.to_string() })
    }

    /// Over the numbers of an array; nothing else in it counts. Always a
    /// double, as with Jayway.
    #[expect(clippy::cast_precision_loss, reason = "no array has 2^53 items")]
    fn aggregate(self, numbers: &[f64]) -> Option<Value> {
        let count = numbers.len() as f64;
        let sum = || numbers.iter().sum::<f64>();
        let double = match self {
            _ if numbers.is_empty() => return None,
            Self::Min => numbers.iter().copied().fold(f64::INFINITY, f64::min),
            Self::Max => numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            Self::Sum => sum(),
            Self::Avg => sum() / count,
            Self::Stddev => {
                let mean = sum() / count;
                (numbers.iter().map(|n| (n - mean).powi(2)).sum::<f64>() / count).sqrt()
            }
            Self::Length | Self::Keys | Self::First | Self::Last => return None,
        };
        Number::from_f64(double).map(Value::Number)
    }
}

fn count(length: usize) -> Value {
    Value::from(u64::try_from(length).unwrap_or(u64::MAX))
}
