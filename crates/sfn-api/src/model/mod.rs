//! The service model: which members each operation takes, what the model says
//! about each, and which errors it may answer. Requests are read by these
//! tables, the reference in `docs/api.md` is written from them, and the tests
//! break every line of them.
//!
//! API reference, version 2016-11-23.

mod check;
mod error;
mod input;
mod pattern;
mod read;
mod shape;

pub use error::{Unused, unused};
pub use pattern::Pattern;
pub(crate) use read::read;

use crate::{ErrorCode, Operation};

/// A member of a request or of a structure in one.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    /// The name on the wire.
    pub name: &'static str,
    /// Whether a request without it is refused.
    pub is_required: bool,
    /// What its value must be.
    pub shape: Shape,
}

/// What a value must be: its type, and the constraints on it.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// A string.
    Text(Text),
    /// A whole number within bounds, both included; a fraction is cut off.
    Integer {
        /// The least, if any.
        min: Option<i64>,
        /// The greatest, if any.
        max: Option<i64>,
    },
    /// A number within bounds, both included.
    Float {
        /// The least.
        min: i32,
        /// The greatest.
        max: i32,
    },
    /// `true` or `false`.
    Boolean,
    /// An array of so many values, all of one shape.
    List {
        /// The shape of its elements.
        of: &'static Shape,
        /// Fewest and most elements, if the model says so.
        length: Option<(usize, usize)>,
    },
    /// An object.
    Structure {
        /// The structure's name in the model, which texts show.
        name: &'static str,
        /// Its members, in the model's order.
        members: &'static [Member],
    },
}

/// The constraints on a string.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    /// Least length, in UTF-16 units.
    pub min: usize,
    /// Greatest length, in the unit of `measure`, if any.
    pub max: Option<usize>,
    /// What `max` counts.
    pub measure: Measure,
    /// The pattern that it must match, if any.
    pub pattern: Option<Pattern>,
    /// The values that it may have; empty: any.
    pub values: &'static [&'static str],
    /// Whether error texts leave the value out.
    pub is_sensitive: bool,
}

/// What a length counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// UTF-16 code units, as the service's own language counts characters.
    Utf16Units,
    /// Bytes of UTF-8, as the quota on payloads counts.
    Bytes,
}

impl Text {
    /// Any text of so many characters.
    const fn new(min: usize, max: usize) -> Self {
        Self {
            min,
            max: Some(max),
            measure: Measure::Utf16Units,
            pattern: None,
            values: &[],
            is_sensitive: false,
        }
    }

    /// Any text at all.
    const fn any() -> Self {
        Self { max: None, ..Self::new(0, 0) }
    }

    /// One of these values, which error texts list in this order.
    const fn one_of(values: &'static [&'static str]) -> Self {
        Self { values, ..Self::any() }
    }

    /// A JSON document within the quota on payloads.
    const fn document() -> Self {
        Self { measure: Measure::Bytes, ..Self::new(0, 262_144) }.sensitive()
    }

    const fn sensitive(self) -> Self {
        Self { is_sensitive: true, ..self }
    }

    const fn matching(self, pattern: Pattern) -> Self {
        Self { pattern: Some(pattern), ..self }
    }
}

impl Operation {
    /// The members of its request, in the model's order.
    pub fn input(self) -> &'static [Member] {
        input::of(self)
    }

    /// The errors that the model names for it and that this service answers.
    /// Every operation may answer the [common ones](crate::ErrorCode::COMMON)
    /// too.
    pub fn errors(self) -> &'static [ErrorCode] {
        error::of(self)
    }
}
