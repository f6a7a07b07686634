//! The Choice state: rules, conditions and comparison operators.

use std::sync::Arc;

use asl_jsonpath::Path;
use asl_value::Number;
use chrono::{DateTime, Utc};

use crate::definition::data_flow::AnyTemplate;
use crate::definition::expression::{ExpressionTemplate, LocatedExpression};
use crate::definition::graph::StateIndex;

/// A moment, to the millisecond.
pub type Timestamp = DateTime<Utc>;

/// A Choice state.
#[derive(Clone, Debug)]
pub struct Choice {
    /// `Choices`, in order, never empty: the first that holds is taken.
    pub rules: Vec<Rule>,
    /// `Default`: where to go if none holds.
    pub default: Option<StateIndex>,
}

/// One entry of `Choices`.
#[derive(Clone, Debug)]
pub struct Rule {
    /// When it holds.
    pub condition: Condition,
    /// Where it leads.
    pub next: StateIndex,
    /// Variables set on the way.
    pub assign: Option<AnyTemplate>,
    /// JSONata states: the output in place of the input.
    pub output: Option<ExpressionTemplate>,
    /// The rule's `Comment`.
    pub comment: Option<Arc<str>>,
}

/// When a rule holds.
#[derive(Clone, Debug)]
pub enum Condition {
    /// All of them, never empty.
    And(Vec<Condition>),
    /// One of them, never empty.
    Or(Vec<Condition>),
    /// Not this.
    Not(Box<Condition>),
    /// One comparison.
    Compare {
        /// `Variable`: what is compared.
        variable: Path,
        /// The operator and what it is compared with.
        comparison: Comparison,
    },
    /// JSONata states: `Condition` is an expression.
    Expression(LocatedExpression),
    /// JSONata states: `Condition` is a literal.
    Literal(bool),
}

/// A comparison operator with its operand.
///
/// The five ordered families share [`Order`]; each is false where the variable
/// is of another type.
#[derive(Clone, Debug)]
pub enum Comparison {
    /// `StringEquals`, `StringLessThanPath` and so on: by UTF-16 code unit.
    String(Order, Operand<Arc<str>>),
    /// `NumericEquals` and so on.
    Numeric(Order, Operand<Number>),
    /// `TimestampEquals` and so on.
    Timestamp(Order, Operand<Timestamp>),
    /// `BooleanEquals`, `BooleanEqualsPath`.
    BooleanEquals(Operand<bool>),
    /// `StringMatches`.
    StringMatches(StringPattern),
    /// `IsNull` and its kin: whether the test's answer is as given.
    Is(TypeTest, bool),
}

/// What a comparison compares with.
#[derive(Clone, Debug)]
pub enum Operand<T> {
    /// Written down.
    Literal(T),
    /// Read from the input by an operator whose name ends in `Path`.
    Path(Path),
}

/// How two values must stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// `…Equals`
    Equals,
    /// `…LessThan`
    LessThan,
    /// `…GreaterThan`
    GreaterThan,
    /// `…LessThanEquals`
    LessThanEquals,
    /// `…GreaterThanEquals`
    GreaterThanEquals,
}

impl Order {
    /// Whether values that compare so fulfil it.
    pub fn holds(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Self::Equals => ordering.is_eq(),
            Self::LessThan => ordering.is_lt(),
            Self::GreaterThan => ordering.is_gt(),
            Self::LessThanEquals => ordering.is_le(),
            Self::GreaterThanEquals => ordering.is_ge(),
        }
    }
}

/// The tests of `IsNull` and its kin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeTest {
    /// `IsNull`
    Null,
    /// `IsPresent`: the path selects something.
    Present,
    /// `IsNumeric`
    Numeric,
    /// `IsString`
    String,
    /// `IsBoolean`
    Boolean,
    /// `IsTimestamp`: an RFC 3339 string.
    Timestamp,
}

/// The pattern of `StringMatches`: literal text with `*` for any text, and
/// `\*` and `\\` for those characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StringPattern {
    /// What stands between the stars: one part without a star, two with one.
    parts: Vec<Arc<str>>,
}

impl StringPattern {
    /// Reads a pattern. Every text is one: a backslash before any other
    /// character stands for itself.
    pub fn new(pattern: &str) -> Self {
        let mut parts = Vec::new();
        let mut part = String::new();
        let mut characters = pattern.chars().peekable();
        while let Some(character) = characters.next() {
            match character {
                '*' => parts.push(Arc::from(std::mem::take(&mut part))),
                '\\' if matches!(characters.peek(), Some('*' | '\\')) => part.extend(characters.next()),
                _ => part.push(character),
            }
        }
        parts.push(Arc::from(part));
        Self { parts }
    }

    /// Whether the whole of `text` matches, in time linear in the text for
    /// each star.
    pub fn matches(&self, text: &str) -> bool {
        let Some((first, rest)) = self.parts.split_first() else { return false };
        let Some((last, middle)) = rest.split_last() else { return text == &**first };
        let Some(inner) = text.strip_prefix(&**first).and_then(|text| text.strip_suffix(&**last)) else {
            return false;
        };
        middle.iter().try_fold(inner, |text, part| text.split_once(&**part).map(|(_, after)| after)).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_texts() {
        for (pattern, text, want) in [
            ("", "", true),
            ("", "a", false),
            ("log-*.txt", "log-2026.txt", true),
            ("log-*.txt", "log-.txt", true),
            ("log-*.txt", "log-2026.txt.gz", false),
            ("*", "", true),
            ("*.*", "a.b.c", true),
            ("a*a", "a", false),
            ("*ab*ab*", "abab", true),
            ("*ab*ab*", "aba", false),
            (r"\*", "*", true),
            (r"\*", "x", false),
            (r"a\\*", r"a\b", true),
            (r"a\b", r"a\b", true),
        ] {
            assert_eq!(StringPattern::new(pattern).matches(text), want, "{pattern} on {text}");
        }
    }
}
