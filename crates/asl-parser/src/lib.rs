//! Amazon States Language: definition text in, diagnostics and a typed graph out.
//!
//! [`parse`] reads a definition, checks it as the service does, and goes on
//! after each error, so that one call tells everything. What it accepts becomes
//! a [`Definition`]: scopes of states joined by typed edges, with every path,
//! template and expression compiled. It runs nothing and knows no I/O.
//!
//! ```
//! use asl_parser::{Options, StateType, parse};
//!
//! let text = r#"{ "StartAt": "Hello", "States": { "Hello": { "Type": "Succeed" } } }"#;
//! let parsed = parse(text, &Options::default());
//! let definition = parsed.definition.expect("nothing is wrong with it");
//! let start = definition.state(definition.start().unwrap()).unwrap();
//! assert_eq!((&*start.name, start.state_type()), ("Hello", StateType::Succeed));
//!
//! let parsed = parse(&text.replace("Succeed", "Jump"), &Options::default());
//! assert!(parsed.definition.is_none());
//! assert_eq!(parsed.diagnostics[0].location().as_deref(), Some("/States/Hello/Type"));
//! ```

mod check;
mod definition;
mod diagnostic;
mod json;
mod line;
mod lower;
mod options;
mod single;
mod syntax;

pub use definition::*;
pub use diagnostic::{Code, Diagnostic, Pointer, Reason, Segment, Severity};
pub use options::{Limits, MachineType, Options, Profile};
pub use single::parse_state;

use diagnostic::Reports;

/// What came of reading a definition.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The definition, unless a finding is an error.
    pub definition: Option<Definition>,
    /// What was found, warnings included, at most [`Limits::diagnostics_max`].
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads and checks a definition. Never panics, whatever the text.
pub fn parse(text: &str, options: &Options) -> Parsed {
    let mut reports = Reports::new(options.limits.diagnostics_max);
    let definition = read(text, options, &mut reports);
    let definition = definition.filter(|_| !reports.failed());
    Parsed { definition, diagnostics: reports.finish(text) }
}

fn read(text: &str, options: &Options, reports: &mut Reports) -> Option<Definition> {
    let whole = 0..text.len();
    let root = match json::read(text, options.limits.depth_max) {
        Ok(Some(root)) if root.as_object().is_some() => root,
        Ok(_) if text.is_empty() => {
            reports.add_unlocated(Reason::Empty, &whole, "Definition must not be empty");
            return None;
        }
        Ok(_) => {
            reports.add_unlocated(Reason::NotAnObject, &whole, "Definition must be a valid JSON object");
            return None;
        }
        Err(error) => {
            let source = error.source(text);
            let message = format!("{}\n at {source}", error.message(text));
            let reason = if error.is_depth() { Reason::TooDeep } else { Reason::NotJson };
            reports.add_unlocated(reason, &(error.offset..error.offset), message);
            reports.source(source);
            return None;
        }
    };
    let scopes = syntax::scopes(&root);
    let definition = lower::machine(text, &scopes, options, reports);
    check::all(&scopes, reports);
    definition.ok()
}
