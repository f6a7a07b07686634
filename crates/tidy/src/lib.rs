//! The workspace looked at from outside, for tests that keep it tidy: which
//! crate may know which, what the pure crates may touch, how long files and
//! functions may get, what every crate must document, and which licences its
//! dependencies may have.
//!
//! Lists of known exceptions stand beside the tests. They are exact: an entry
//! that is no longer needed fails as much as one that is missing.
//!
//! ```
//! use tidy::licence::is_satisfied;
//!
//! assert!(is_satisfied("(MIT OR GPL-3.0) AND ISC", &["MIT", "ISC"]));
//! assert!(!is_satisfied("MIT AND GPL-3.0", &["MIT", "ISC"]));
//! ```

pub mod function;
pub mod licence;
pub mod source;
pub mod workspace;
