//! Published versions of state machines, and aliases that lead to them.

use std::sync::Arc;

use crate::id::{Name, QualifiedStateMachineArn, Qualifier, RevisionId, StateMachineArn};
use crate::{Fault, Revision, Timestamp};

/// Most versions of one state machine. API reference, `PublishStateMachineVersion`.
pub const VERSIONS_MAX: usize = 1000;

/// Most aliases of one state machine. API reference, `CreateStateMachineAlias`.
pub const ALIASES_MAX: usize = 100;

/// A version: a revision under a number that is never used again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionRecord {
    /// The state machine.
    pub machine: StateMachineArn,
    /// Its number, from 1.
    pub number: u64,
    /// What it runs.
    pub revision: Arc<Revision>,
    /// For people.
    pub description: Option<Arc<str>>,
    /// When it was published.
    pub created_at: Timestamp,
    /// Whether the creation of its state machine published it.
    pub is_created_with_machine: bool,
}

impl VersionRecord {
    /// Its ARN.
    pub fn arn(&self) -> QualifiedStateMachineArn {
        self.machine.version(self.number)
    }
}

/// A line of the list of versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionSummary {
    /// Its number.
    pub number: u64,
    /// When it was published.
    pub created_at: Timestamp,
}

/// A revision to publish as the next version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishVersion {
    /// The state machine.
    pub machine: StateMachineArn,
    /// The revision, one of that state machine.
    pub revision: RevisionId,
    /// For people.
    pub description: Option<Arc<str>>,
    /// When it is published.
    pub created_at: Timestamp,
}

/// Why a version was not published, or an alias not written.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// There is no state machine of this ARN.
    #[error("no such state machine")]
    NoSuchStateMachine,
    /// It is being deleted.
    #[error("the state machine is being deleted")]
    Deleting,
    /// The revision is not one of the state machine, or the version is not
    /// there that an alias is to lead to.
    #[error("no such revision or version of the state machine")]
    NoSuchTarget,
    /// The alias to change is not there.
    #[error("no such alias")]
    NoSuchAlias,
    /// There are as many as there may be.
    #[error("the state machine has {max} of them, which is the most")]
    TooMany {
        /// [`VERSIONS_MAX`] or [`ALIASES_MAX`].
        max: usize,
    },
    /// The store failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Why a version was not deleted.
#[derive(Debug, thiserror::Error)]
pub enum DeleteVersionError {
    /// Aliases lead to it.
    #[error("expected a version that no alias leads to, found {} that do", .aliases.len())]
    Referenced {
        /// Their names, in order.
        aliases: Vec<Name>,
    },
    /// The store failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// An alias: a name that leads to one version or to one of two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AliasRecord {
    /// The state machine.
    pub machine: StateMachineArn,
    /// Its name, unique in the state machine.
    pub name: Name,
    /// For people.
    pub description: Option<Arc<str>>,
    /// Where it leads.
    pub routing: Routing,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl AliasRecord {
    /// Its ARN.
    pub fn arn(&self) -> QualifiedStateMachineArn {
        self.machine.alias(&self.name)
    }
}

/// Where an alias leads: one version or two. API reference,
/// `RoutingConfigurationListItem`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Routing {
    /// The first version.
    pub first: Route,
    /// The second version.
    pub second: Option<Route>,
}

/// One version that an alias leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// The version's number.
    pub version: u64,
    /// How many of a hundred executions run it.
    pub weight: u8,
}

impl Routing {
    /// The routes in order.
    pub fn iter(&self) -> impl Iterator<Item = Route> {
        [Some(self.first), self.second].into_iter().flatten()
    }

    /// Whether it leads to this version.
    pub fn leads_to(&self, version: u64) -> bool {
        self.iter().any(|route| route.version == version)
    }

    /// The version for an execution that drew these random bits.
    pub fn pick(&self, entropy: u128) -> u64 {
        match self.second {
            Some(second) if entropy % 100 >= u128::from(self.first.weight) => second.version,
            _ => self.first.version,
        }
    }
}

/// What an alias's change replaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateAlias {
    /// The state machine.
    pub machine: StateMachineArn,
    /// The alias.
    pub name: Name,
    /// The new description, unless the old one stays.
    pub description: Option<Arc<str>>,
    /// The new routing, unless the old one stays.
    pub routing: Option<Routing>,
    /// When it is changed.
    pub updated_at: Timestamp,
}

/// The version that an execution was started on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartedOn {
    /// The version's number.
    pub version: u64,
    /// The alias that led to it.
    pub alias: Option<Name>,
}

impl StartedOn {
    /// The ARN of the version.
    pub fn version_arn(&self, machine: &StateMachineArn) -> QualifiedStateMachineArn {
        machine.version(self.version)
    }

    /// The ARN of the alias.
    pub fn alias_arn(&self, machine: &StateMachineArn) -> Option<QualifiedStateMachineArn> {
        self.alias.as_ref().map(|alias| machine.alias(alias))
    }

    /// Whether an execution was started on what this qualifier names.
    pub fn is_of(&self, qualifier: &Qualifier) -> bool {
        match qualifier {
            Qualifier::Version(number) => self.version == *number,
            Qualifier::Alias(name) => self.alias.as_ref() == Some(name),
            Qualifier::MapLabel(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_share_out_the_draws() {
        let route = |version, weight| Route { version, weight };
        for (first, second, want) in [
            (route(1, 100), None, 100),
            (route(1, 70), Some(route(2, 30)), 70),
            (route(1, 0), Some(route(2, 100)), 0),
            (route(1, 100), Some(route(2, 0)), 100),
        ] {
            let routing = Routing { first, second };
            let drawn = (0..100).filter(|entropy| routing.pick(*entropy) == 1).count();
            assert_eq!(drawn, want, "{routing:?}");
        }
    }
}
