//! Versions and aliases: what the operations on them have in common.

use std::sync::Arc;

use sfn_store::id::{QualifiedStateMachineArn, Qualifier, StateMachineArn};
use sfn_store::{Creation, PublishError, PublishVersion, StartedOn, StateMachineRecord, VersionRecord};

use crate::{Api, ApiError, ErrorCode};

impl Api {
    /// Publishes the revision of this record, unless it is a version already.
    pub(crate) async fn publish(
        &self,
        machine: &StateMachineRecord,
        description: Option<&str>,
    ) -> Result<Creation<VersionRecord>, ApiError> {
        let publish = PublishVersion {
            machine: machine.arn.clone(),
            revision: machine.revision.id.clone(),
            description: description.map(Arc::from),
            created_at: self.host.now(),
        };
        self.store.publish_version(publish).await.map_err(|error| match error {
            PublishError::NoSuchStateMachine | PublishError::NoSuchTarget | PublishError::NoSuchAlias => {
                ApiError::no_state_machine(&machine.arn)
            }
            other => refused(other, &machine.arn),
        })
    }

    /// The state machine with the revision that an execution of this ARN runs,
    /// and the version that this is. An alias draws one of its versions.
    pub(crate) async fn drawn(
        &self,
        arn: &QualifiedStateMachineArn,
    ) -> Result<(StateMachineRecord, Option<StartedOn>), ApiError> {
        let unknown = || ApiError::no_state_machine(arn);
        let mut machine = self.store.state_machine(&arn.state_machine).await?.ok_or_else(unknown)?;
        let started_on = match &arn.qualifier {
            None => return Ok((machine, None)),
            Some(Qualifier::MapLabel(_)) => return Err(unknown()),
            Some(Qualifier::Version(version)) => StartedOn { version: *version, alias: None },
            Some(Qualifier::Alias(name)) => {
                let alias = self.store.alias(&arn.state_machine, name).await?.ok_or_else(unknown)?;
                StartedOn { version: alias.routing.pick(self.host.entropy()), alias: Some(alias.name) }
            }
        };
        let version =
            self.store.version(&arn.state_machine, started_on.version).await?.ok_or_else(unknown)?;
        machine.revision = version.revision;
        Ok((machine, Some(started_on)))
    }

    /// The state machine, if the version or the alias of the ARN is there.
    pub(crate) async fn qualified(
        &self,
        arn: &QualifiedStateMachineArn,
    ) -> Result<StateMachineRecord, ApiError> {
        let machine = self.store.state_machine(&arn.state_machine).await?;
        let is_there = match &arn.qualifier {
            None => true,
            Some(Qualifier::Version(number)) => {
                self.store.version(&arn.state_machine, *number).await?.is_some()
            }
            Some(Qualifier::Alias(name)) => self.store.alias(&arn.state_machine, name).await?.is_some(),
            Some(Qualifier::MapLabel(_)) => false,
        };
        machine.filter(|_| is_there).ok_or_else(|| ApiError::no_state_machine(arn))
    }
}

/// Why nothing was published or written, to callers that name an alias or its
/// versions.
pub(crate) fn refused(error: PublishError, machine: &StateMachineArn) -> ApiError {
    match error {
        PublishError::Deleting => ApiError::deleting(machine),
        PublishError::NoSuchStateMachine | PublishError::NoSuchTarget | PublishError::NoSuchAlias => {
            not_there()
        }
        PublishError::TooMany { max } => ApiError::new(
            ErrorCode::ServiceQuotaExceededException,
            format!("The request would exceed the quota of {max} for the state machine '{machine}'"),
        ),
        PublishError::Fault(fault) => fault.into(),
    }
}

/// An alias, or a version that it is to lead to, is not there.
pub(crate) fn not_there() -> ApiError {
    ApiError::new(ErrorCode::ResourceNotFound, "Request references a resource that does not exist.")
}
