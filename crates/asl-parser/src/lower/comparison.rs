//! Comparison operators: names to typed operators, and their operands.

use std::sync::Arc;

use asl_value::{Number, Value};

use super::field::Field;
use super::{Lowered, Lowering, Reported};
use crate::definition::{Comparison, Operand, Order, StringPattern, TypeTest};
use crate::json::NodeValue;

/// An operator, as its name says.
#[derive(Clone, Copy)]
enum Operator {
    Ordered(Family, Order, Side),
    BooleanEquals(Side),
    StringMatches,
    Is(TypeTest),
}

/// What an ordered operator compares.
#[derive(Clone, Copy)]
enum Family {
    String,
    Numeric,
    Timestamp,
}

/// Where the operand is.
#[derive(Clone, Copy)]
enum Side {
    Literal,
    Path,
}

/// Whether the language has an operator of that name.
pub(super) fn is_operator(name: &str) -> bool {
    operator(name).is_some()
}

fn operator(name: &str) -> Option<Operator> {
    let test = match name {
        "StringMatches" => return Some(Operator::StringMatches),
        "IsNull" => Some(TypeTest::Null),
        "IsPresent" => Some(TypeTest::Present),
        "IsNumeric" => Some(TypeTest::Numeric),
        "IsString" => Some(TypeTest::String),
        "IsBoolean" => Some(TypeTest::Boolean),
        "IsTimestamp" => Some(TypeTest::Timestamp),
        _ => None,
    };
    if let Some(test) = test {
        return Some(Operator::Is(test));
    }
    let (plain, side) = name.strip_suffix("Path").map_or((name, Side::Literal), |plain| (plain, Side::Path));
    if plain == "BooleanEquals" {
        return Some(Operator::BooleanEquals(side));
    }
    let (family, order) =
        [("String", Family::String), ("Numeric", Family::Numeric), ("Timestamp", Family::Timestamp)]
            .into_iter()
            .find_map(|(word, family)| Some((family, plain.strip_prefix(word)?)))?;
    let order = match order {
        "Equals" => Order::Equals,
        "LessThan" => Order::LessThan,
        "GreaterThan" => Order::GreaterThan,
        "LessThanEquals" => Order::LessThanEquals,
        "GreaterThanEquals" => Order::GreaterThanEquals,
        _ => return None,
    };
    Some(Operator::Ordered(family, order, side))
}

impl Lowering<'_> {
    /// The comparison in the field of an operator.
    pub(super) fn comparison(&mut self, field: &Field<'_>) -> Lowered<Comparison> {
        match operator(field.name).ok_or(Reported)? {
            Operator::Ordered(Family::String, order, side) => {
                let operand =
                    self.operand(field, side, |lowering, field| lowering.string(field).map(Arc::from))?;
                Ok(Comparison::String(order, operand))
            }
            Operator::Ordered(Family::Numeric, order, side) => {
                Ok(Comparison::Numeric(order, self.operand(field, side, Self::any_number)?))
            }
            Operator::Ordered(Family::Timestamp, order, side) => {
                Ok(Comparison::Timestamp(order, self.operand(field, side, Self::timestamp)?))
            }
            Operator::BooleanEquals(side) => {
                Ok(Comparison::BooleanEquals(self.operand(field, side, Self::boolean)?))
            }
            Operator::StringMatches => {
                self.string(field).map(StringPattern::new).map(Comparison::StringMatches)
            }
            Operator::Is(test) => self.boolean(field).map(|answer| Comparison::Is(test, answer)),
        }
    }

    fn operand<T>(
        &mut self,
        field: &Field<'_>,
        side: Side,
        literal: impl FnOnce(&mut Self, &Field<'_>) -> Lowered<T>,
    ) -> Lowered<Operand<T>> {
        match side {
            Side::Literal => literal(self, field).map(Operand::Literal),
            Side::Path => self.path(field).map(Operand::Path),
        }
    }

    fn any_number(&mut self, field: &Field<'_>) -> Lowered<Number> {
        match (&field.node.value, self.value(field.node)) {
            (NodeValue::Number, Value::Number(number)) => Ok(number),
            _ => self.wrong_type(field, "Float"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_operator;

    #[test]
    fn the_language_has_39_operators() {
        let mut names = Vec::new();
        for family in ["String", "Numeric", "Timestamp"] {
            for order in ["Equals", "LessThan", "GreaterThan", "LessThanEquals", "GreaterThanEquals"] {
                names.extend([format!("{family}{order}"), format!("{family}{order}Path")]);
            }
        }
        names.extend(["BooleanEquals", "BooleanEqualsPath", "StringMatches"].map(str::to_owned));
        names.extend(
            ["Null", "Present", "Numeric", "String", "Boolean", "Timestamp"].map(|test| format!("Is{test}")),
        );
        assert_eq!(names.len(), 39);
        assert!(names.iter().all(|name| is_operator(name)));
        for name in ["StringMatchesPath", "IsNullPath", "BooleanLessThan", "Equals", "String", "Path", ""] {
            assert!(!is_operator(name), "{name}");
        }
    }
}
