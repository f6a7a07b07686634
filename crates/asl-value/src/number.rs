//! Numbers that keep what they were: 64-bit integers stay integers, everything
//! else is a double.

use std::cmp::Ordering;
use std::fmt;

/// A JSON number. Integers that fit 64 bits keep every digit; all others are
/// finite doubles. Equality and order are by numeric value, so `1` equals `1.0`.
#[derive(Clone, Copy, Debug)]
pub enum Number {
    /// An integer in the range of `i64`.
    Int(i64),
    /// An integer above `i64::MAX`.
    UInt(u64),
    /// A finite double, written with a fraction or an exponent, or out of the
    /// range of the integers.
    Float(f64),
}

impl Number {
    /// A number from a double; `None` for NaN and the infinities, which JSON
    /// cannot write.
    pub fn from_f64(value: f64) -> Option<Self> {
        value.is_finite().then_some(Self::Float(value))
    }

    /// The nearest double.
    #[expect(clippy::cast_precision_loss, reason = "the nearest double is what is asked for")]
    pub fn as_f64(self) -> f64 {
        match self {
            Self::Int(n) => n as f64,
            Self::UInt(n) => n as f64,
            Self::Float(n) => n,
        }
    }

    /// The integer, if this number is one that fits; a double with no fraction
    /// (`2.0`) counts.
    pub fn as_i64(self) -> Option<i64> {
        match self {
            Self::Int(n) => Some(n),
            Self::UInt(_) => None,
            Self::Float(n) => float_to_i64(n),
        }
    }

    fn as_integer(self) -> Option<i128> {
        match self {
            Self::Int(n) => Some(n.into()),
            Self::UInt(n) => Some(n.into()),
            Self::Float(_) => None,
        }
    }

    /// Whether the number was written, or computed, as an integer.
    pub fn is_integer(self) -> bool {
        !matches!(self, Self::Float(_))
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "the bounds are checked first, and both are powers of two"
)]
fn float_to_i64(n: f64) -> Option<i64> {
    let in_range = n >= i64::MIN as f64 && n < -(i64::MIN as f64);
    (in_range && n.fract() == 0.0).then_some(n as i64)
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        if let (Self::Int(a), Self::Int(b)) = (self, other) {
            return a.cmp(b);
        }
        match (self.as_integer(), other.as_integer()) {
            (Some(a), Some(b)) => a.cmp(&b),
            (Some(a), None) => compare(a, other.as_f64()),
            (None, Some(b)) => compare(b, self.as_f64()).reverse(),
            // Both are finite, so they compare.
            (None, None) => self.as_f64().partial_cmp(&other.as_f64()).unwrap_or(Ordering::Equal),
        }
    }
}

/// Compares exactly: the nearest double of a large integer may be another
/// number.
#[expect(clippy::cast_possible_truncation, reason = "the bounds are checked first")]
fn compare(integer: i128, double: f64) -> Ordering {
    // Past all integers of 64 bits, and well inside those of 128.
    const BOUND: f64 = 1e30;
    if double.abs() > BOUND {
        return if double > 0.0 { Ordering::Less } else { Ordering::Greater };
    }
    let whole = double.trunc();
    integer.cmp(&(whole as i128)).then_with(|| whole.partial_cmp(&double).unwrap_or(Ordering::Equal))
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<u64> for Number {
    fn from(value: u64) -> Self {
        i64::try_from(value).map_or(Self::UInt(value), Self::Int)
    }
}

/// Prints integers in full and doubles with the shortest digits that read back
/// as the same double, `1.0` with its fraction.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(n) => write!(f, "{n}"),
            Self::UInt(n) => write!(f, "{n}"),
            Self::Float(n) => match serde_json::Number::from_f64(*n) {
                Some(n) => write!(f, "{n}"),
                None => f.write_str("null"),
            },
        }
    }
}
