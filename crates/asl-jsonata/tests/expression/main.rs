//! Expressions and what they evaluate to, through the public face.

mod language;
mod library;
mod limits;
mod properties;
mod support;
