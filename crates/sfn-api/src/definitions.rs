//! Parsed definitions: each text is parsed once, not once per start.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use asl_parser::{Definition, Diagnostic, MachineType, Options, Parsed, Profile};

use crate::{ApiError, ErrorCode};

/// How many definitions are kept; past it all are parsed anew when needed.
const KEPT_MAX: usize = 1024;

/// The definitions of state machines in use, by type and text.
#[derive(Debug, Default)]
pub(crate) struct Definitions {
    standard: Mutex<BTreeMap<Arc<str>, Arc<Definition>>>,
    express: Mutex<BTreeMap<Arc<str>, Arc<Definition>>>,
}

impl Definitions {
    /// The definition in `text`, or the error that lists its findings.
    pub(crate) fn parsed(&self, text: &str, machine_type: MachineType) -> Result<Arc<Definition>, ApiError> {
        let kept = match machine_type {
            MachineType::Standard => &self.standard,
            MachineType::Express => &self.express,
        };
        // A panic elsewhere cannot leave a map of finished values half changed.
        if let Some(definition) = kept.lock().unwrap_or_else(PoisonError::into_inner).get(text) {
            return Ok(Arc::clone(definition));
        }
        let definition = Arc::new(parse(text, machine_type)?);
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT_MAX {
            kept.clear();
        }
        kept.insert(Arc::clone(&definition.text), Arc::clone(&definition));
        Ok(definition)
    }
}

fn parse(text: &str, machine_type: MachineType) -> Result<Definition, ApiError> {
    let options = Options { profile: Profile::Service, machine_type, ..Options::default() };
    accepted(asl_parser::parse(text, &options))
}

/// The definition that was read, or the error that lists its findings.
pub(crate) fn accepted(parsed: Parsed) -> Result<Definition, ApiError> {
    parsed.definition.ok_or_else(|| {
        let errors = parsed.diagnostics.iter().filter(|diagnostic| diagnostic.is_error());
        let findings: Vec<_> = errors.map(Diagnostic::to_string).collect();
        ApiError::new(
            ErrorCode::InvalidDefinition,
            format!("Invalid State Machine Definition: '{}'", findings.join(", ")),
        )
    })
}
