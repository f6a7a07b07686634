//! Versions and aliases.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::State;
use super::resource::Machine;
use crate::id::{Name, StateMachineArn};
use crate::{
    ALIASES_MAX, AliasRecord, Creation, DeleteVersionError, Page, PageRequest, Position, PublishError,
    PublishVersion, Routing, StateMachineStatus, UpdateAlias, VERSIONS_MAX, VersionRecord, VersionSummary,
};

/// What is published of one state machine.
#[derive(Debug, Default)]
pub(super) struct Published {
    last_version: u64,
    versions: BTreeMap<u64, VersionRecord>,
    aliases: BTreeMap<Name, AliasRecord>,
}

impl Published {
    /// Takes the next version.
    pub(super) fn publish(&mut self, version: VersionRecord) {
        self.last_version = version.number;
        self.versions.insert(version.number, version);
    }

    /// Refuses a routing to versions that are not there.
    fn check(&self, routing: &Routing) -> Result<(), PublishError> {
        let is_whole = routing.iter().all(|route| self.versions.contains_key(&route.version));
        if is_whole { Ok(()) } else { Err(PublishError::NoSuchTarget) }
    }
}

impl State {
    fn active(&mut self, arn: &StateMachineArn) -> Result<&mut Machine, PublishError> {
        let machine = self.machines.get_mut(arn).ok_or(PublishError::NoSuchStateMachine)?;
        match machine.record.status {
            StateMachineStatus::Deleting => Err(PublishError::Deleting),
            StateMachineStatus::Active => Ok(machine),
        }
    }

    pub(super) fn publish_version(
        &mut self,
        publish: PublishVersion,
    ) -> Result<Creation<VersionRecord>, PublishError> {
        let revision = self.revisions.get(&publish.revision).cloned();
        let published = &mut self.active(&publish.machine)?.published;
        let (_, revision) =
            revision.filter(|(machine, _)| *machine == publish.machine).ok_or(PublishError::NoSuchTarget)?;
        if let Some(version) = published.versions.values().find(|it| it.revision.id == publish.revision) {
            return Ok(Creation::Existing(version.clone()));
        }
        if published.versions.len() >= VERSIONS_MAX {
            return Err(PublishError::TooMany { max: VERSIONS_MAX });
        }
        let version = VersionRecord {
            machine: publish.machine,
            number: published.last_version + 1,
            revision,
            description: publish.description,
            created_at: publish.created_at,
            is_created_with_machine: false,
        };
        published.publish(version.clone());
        Ok(Creation::Created(version))
    }

    pub(super) fn version(&self, machine: &StateMachineArn, number: u64) -> Option<VersionRecord> {
        self.machines.get(machine)?.published.versions.get(&number).cloned()
    }

    pub(super) fn list_versions(&self, machine: &StateMachineArn, page: PageRequest) -> Page<VersionSummary> {
        let before = page.after.map_or(Bound::Unbounded, |after| Bound::Excluded(after.get()));
        let machine = self.machines.get(machine);
        let newest_first = machine.into_iter().flat_map(|machine| {
            machine.published.versions.range((Bound::Unbounded, before)).rev().map(|(number, version)| {
                let summary = VersionSummary { number: *number, created_at: version.created_at };
                (Position::new(*number), summary)
            })
        });
        Page::from_candidates(page.limit, newest_first)
    }

    pub(super) fn delete_version(
        &mut self,
        machine: &StateMachineArn,
        number: u64,
    ) -> Result<(), DeleteVersionError> {
        let Some(machine) = self.machines.get_mut(machine) else { return Ok(()) };
        let published = &mut machine.published;
        let aliases: Vec<_> =
            published.aliases.values().filter(|alias| alias.routing.leads_to(number)).collect();
        if !aliases.is_empty() {
            let aliases = aliases.into_iter().map(|alias| alias.name.clone()).collect();
            return Err(DeleteVersionError::Referenced { aliases });
        }
        published.versions.remove(&number);
        Ok(())
    }

    pub(super) fn create_alias(&mut self, alias: AliasRecord) -> Result<Creation<AliasRecord>, PublishError> {
        let published = &mut self.active(&alias.machine)?.published;
        if let Some(existing) = published.aliases.get(&alias.name) {
            return Ok(Creation::Existing(existing.clone()));
        }
        published.check(&alias.routing)?;
        if published.aliases.len() >= ALIASES_MAX {
            return Err(PublishError::TooMany { max: ALIASES_MAX });
        }
        published.aliases.insert(alias.name.clone(), alias.clone());
        Ok(Creation::Created(alias))
    }

    pub(super) fn update_alias(&mut self, update: UpdateAlias) -> Result<AliasRecord, PublishError> {
        let published = &mut self.active(&update.machine)?.published;
        if let Some(routing) = &update.routing {
            published.check(routing)?;
        }
        let alias = published.aliases.get_mut(&update.name).ok_or(PublishError::NoSuchAlias)?;
        if update.description.is_some() {
            alias.description = update.description;
        }
        alias.routing = update.routing.unwrap_or(alias.routing);
        alias.updated_at = update.updated_at;
        Ok(alias.clone())
    }

    pub(super) fn aliases(&self, machine: &StateMachineArn) -> Vec<AliasRecord> {
        let machine = self.machines.get(machine);
        machine.into_iter().flat_map(|it| it.published.aliases.values().cloned()).collect()
    }

    pub(super) fn alias(&self, machine: &StateMachineArn, name: &Name) -> Option<AliasRecord> {
        self.machines.get(machine)?.published.aliases.get(name).cloned()
    }

    pub(super) fn delete_alias(&mut self, machine: &StateMachineArn, name: &Name) {
        if let Some(machine) = self.machines.get_mut(machine) {
            machine.published.aliases.remove(name);
        }
    }
}
