//! What the fuzz targets run: one function per target, which takes any bytes
//! and panics where something is wrong.
//!
//! The targets themselves (`fuzz/`) need a nightly compiler; here the same
//! functions run over the checked-in corpus as ordinary tests.
//!
//! ```
//! let body = fuzz_bodies::body("value").expect("there is such a target");
//! body(b"{\"any\": [1, 2.50, \"bytes\"]}");
//! body(b"\xff not even text");
//! ```

mod definition;
mod expression;
mod generated;
mod snapshot;
mod value;

/// A target's name and its body.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const TARGETS: &[Target] = &[
    ("definition", definition::definition),
    ("intrinsic", expression::intrinsic),
    ("jsonata", expression::jsonata),
    ("jsonata_data", generated::jsonata_data),
    ("jsonpath", expression::jsonpath),
    ("segment", snapshot::segment),
    ("signal", snapshot::signal),
    ("snapshot", snapshot::snapshot),
    ("value", value::value),
];

/// The body of the target with this name.
pub fn body(name: &str) -> Option<fn(&[u8])> {
    TARGETS.iter().find(|(target, _)| *target == name).map(|&(_, body)| body)
}
