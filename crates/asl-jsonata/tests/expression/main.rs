//! Expressions and what they evaluate to, through the public face.

mod language;
mod library;
mod limits;
mod oddities;
mod properties;
mod support;
mod work;
