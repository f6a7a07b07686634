//! Parsed definitions by revision: each is read and parsed once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use asl_parser::{Definition, MachineType, Options, Severity};
use sfn_store::id::RevisionId;
use sfn_store::{Fault, Revision, Store};

/// How many definitions are kept; past it all are read anew when needed.
const KEPT_MAX: usize = 1024;

/// A definition, and its revision's role and logging.
#[derive(Clone, Debug)]
pub(crate) struct Defined {
    pub(crate) definition: Arc<Definition>,
    pub(crate) role_arn: Arc<str>,
    /// `loggingConfiguration` as JSON text.
    pub(crate) logging: Option<Arc<str>>,
}

/// Why there is no definition to go on with.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DefinitionError {
    #[error("the store has no revision {0}")]
    Missing(RevisionId),
    #[error("revision {revision} cannot be parsed: {finding}")]
    Invalid { revision: RevisionId, finding: String },
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// The definitions of executions that were taken up lately.
#[derive(Debug, Default)]
pub(crate) struct Definitions(Mutex<BTreeMap<RevisionId, Defined>>);

impl Definitions {
    /// The definition of this revision.
    pub(crate) async fn of(&self, store: &dyn Store, id: &RevisionId) -> Result<Defined, DefinitionError> {
        if let Some(defined) = self.kept(id) {
            return Ok(defined);
        }
        let revision = store.revision(id).await?.ok_or_else(|| DefinitionError::Missing(id.clone()))?;
        let defined = parse(&revision)?;
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT_MAX {
            kept.clear();
        }
        kept.insert(id.clone(), defined.clone());
        Ok(defined)
    }

    fn kept(&self, id: &RevisionId) -> Option<Defined> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }
}

fn parse(revision: &Revision) -> Result<Defined, DefinitionError> {
    let options = Options { machine_type: MachineType::Standard, ..Options::default() };
    let parsed = asl_parser::parse(&revision.definition, &options);
    let definition = parsed.definition.ok_or_else(|| {
        let finding = parsed.diagnostics.iter().find(|it| it.severity == Severity::Error);
        DefinitionError::Invalid {
            revision: revision.id.clone(),
            finding: finding.map(|it| it.message.clone()).unwrap_or_default(),
        }
    })?;
    Ok(Defined {
        definition: Arc::new(definition),
        role_arn: Arc::clone(&revision.role_arn),
        logging: revision.logging.clone(),
    })
}
