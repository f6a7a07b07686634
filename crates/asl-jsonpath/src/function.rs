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
        let given = match (self, value) {
            (Self::Length, Value::Array(items)) => Some(count(items.len())),
            (Self::Length, Value::Object(members)) => Some(count(members.len())),
            (Self::Length, Value::String(text)) => Some(count(text.chars().count())),
            (Self::Keys, Value::Object(members)) => {
                Some(members.keys().cloned().map(Value::String).collect::<Vec<_>>().into())
            }
            (Self::First, Value::Array(items)) => items.first().cloned(),
            (Self::Last, Value::Array(items)) => items.last().cloned(),
            (Self::Min | Self::Max | Self::Sum | Self::Avg | Self::Stddev, Value::Array(items)) => {
                self.aggregate(&items.iter().filter_map(Value::as_number).collect::<Vec<_>>())
            }
            _ => None,
        };
        given.ok_or_else(|| SelectError::NotApplicable { function: self.name(), found: value.to_string() })
    }

    /// Over the numbers of an array; nothing else in it counts.
    #[expect(clippy::cast_precision_loss, reason = "no array has 2^53 items")]
    fn aggregate(self, numbers: &[Number]) -> Option<Value> {
        let floats = || numbers.iter().map(|number| number.as_f64());
        let mean = || floats().sum::<f64>() / numbers.len() as f64;
        let number = match self {
            Self::Min => numbers.iter().min().copied(),
            Self::Max => numbers.iter().max().copied(),
            Self::Sum => Number::from_f64(floats().sum()),
            Self::Avg => Number::from_f64(mean()),
            Self::Stddev => {
                let mean = mean();
                Number::from_f64(
                    (floats().map(|n| (n - mean).powi(2)).sum::<f64>() / numbers.len() as f64).sqrt(),
                )
            }
            Self::Length | Self::Keys | Self::First | Self::Last => None,
        };
        number.filter(|_| !numbers.is_empty()).map(Value::Number)
    }
}

fn count(length: usize) -> Value {
    Value::from(u64::try_from(length).unwrap_or(u64::MAX))
}
