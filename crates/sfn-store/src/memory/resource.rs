//! State machines, activities and tags.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use super::State;
use super::version::Published;
use crate::id::{ActivityArn, ResourceArn};
use crate::{
    ActivityRecord, Creation, DeleteStateMachine, Deletion, FirstVersion, Hint, NewActivity, NewStateMachine,
    Page, PageRequest, Position, StateMachineRecord, StateMachineStatus, StateMachineSummary, Tag, TagChange,
    TagError, Tags, UpdateError, UpdateStateMachine, VersionRecord,
};

/// A state machine. Its number tells it from an earlier one of its name.
#[derive(Debug)]
pub(super) struct Machine {
    pub(super) number: u64,
    pub(super) record: StateMachineRecord,
    pub(super) published: Published,
    tags: Tags,
}

#[derive(Debug)]
pub(super) struct Activity {
    number: u64,
    pub(super) record: ActivityRecord,
    tags: Tags,
}

fn first_tags(tags: Vec<Tag>) -> Tags {
    tags.into_iter().map(|tag| (tag.key, tag.value)).collect()
}

/// A page of what is listed by number, newest first.
pub(super) fn page_of<A, T>(
    list: &BTreeMap<u64, A>,
    page: PageRequest,
    item: impl Fn(&A) -> Option<T>,
) -> Page<T> {
    let before = page.after.map_or(Bound::Unbounded, |after| Bound::Excluded(after.get()));
    let newest_first = list.range((Bound::Unbounded, before)).rev();
    let candidates =
        newest_first.filter_map(|(number, entry)| item(entry).map(|item| (Position::new(*number), item)));
    Page::from_candidates(page.limit, candidates)
}

impl State {
    pub(super) fn create_state_machine(&mut self, new: NewStateMachine) -> Creation<StateMachineRecord> {
        if let Some(machine) = self.machines.get(&new.record.arn) {
            return Creation::Existing(machine.record.clone());
        }
        let number = self.next_number();
        let record = new.record;
        self.keep_revision(&record);
        let mut published = Published::default();
        if let Some(FirstVersion { description }) = new.version {
            published.publish(VersionRecord {
                machine: record.arn.clone(),
                number: 1,
                revision: Arc::clone(&record.revision),
                description,
                created_at: record.created_at,
                is_created_with_machine: true,
            });
        }
        self.machines_by_number.insert(number, record.arn.clone());
        let machine = Machine { number, record: record.clone(), published, tags: first_tags(new.tags) };
        self.machines.insert(record.arn.clone(), machine);
        Creation::Created(record)
    }

    fn keep_revision(&mut self, record: &StateMachineRecord) {
        let value = (record.arn.clone(), record.revision.clone());
        self.revisions.insert(record.revision.id.clone(), value);
    }

    pub(super) fn update_state_machine(
        &mut self,
        update: UpdateStateMachine,
    ) -> Result<StateMachineRecord, UpdateError> {
        let machine = self.machines.get_mut(&update.arn).ok_or(UpdateError::NoSuchStateMachine)?;
        if machine.record.status == StateMachineStatus::Deleting {
            return Err(UpdateError::Deleting);
        }
        if machine.record.revision.id != update.expected {
            return Err(UpdateError::Conflict { current: machine.record.revision.id.clone() });
        }
        machine.record.revision = update.revision;
        let record = machine.record.clone();
        self.keep_revision(&record);
        Ok(record)
    }

    pub(super) fn delete_state_machine(
        &mut self,
        deletion: &DeleteStateMachine,
        hints: &mut Vec<Hint>,
    ) -> Deletion {
        let Some(machine) = self.machines.get_mut(&deletion.arn) else {
            return Deletion::NoSuchStateMachine;
        };
        if machine.record.status == StateMachineStatus::Deleting {
            return Deletion::Deleting;
        }
        machine.record.status = StateMachineStatus::Deleting;
        let number = machine.number;
        for arn in self.index.running_of(number) {
            if let Some(execution) = self.executions.get_mut(&arn) {
                self.index.put_message(execution, deletion.stop.clone(), hints);
            }
        }
        if self.remove_if_deserted(number) { Deletion::Deleted } else { Deletion::Deleting }
    }

    /// Removes a state machine in deletion once no execution of it runs.
    pub(super) fn remove_if_deserted(&mut self, number: u64) -> bool {
        let Some(arn) = self.machines_by_number.get(&number).cloned() else { return false };
        let in_deletion = self
            .machines
            .get(&arn)
            .is_some_and(|machine| machine.record.status == StateMachineStatus::Deleting);
        if !in_deletion || self.index.is_used(number) {
            return false;
        }
        self.machines.remove(&arn);
        self.machines_by_number.remove(&number);
        true
    }

    pub(super) fn list_state_machines(&self, page: PageRequest) -> Page<StateMachineSummary> {
        page_of(&self.machines_by_number, page, |arn| {
            self.machines.get(arn).map(|machine| StateMachineSummary {
                arn: arn.clone(),
                machine_type: machine.record.machine_type,
                created_at: machine.record.created_at,
            })
        })
    }

    pub(super) fn create_activity(&mut self, new: NewActivity) -> Creation<ActivityRecord> {
        if let Some(activity) = self.activities.get(&new.record.arn) {
            return Creation::Existing(activity.record.clone());
        }
        let number = self.next_number();
        let record = new.record;
        self.activities_by_number.insert(number, record.arn.clone());
        let activity = Activity { number, record: record.clone(), tags: first_tags(new.tags) };
        self.activities.insert(record.arn.clone(), activity);
        Creation::Created(record)
    }

    pub(super) fn delete_activity(&mut self, arn: &ActivityArn) {
        if let Some(activity) = self.activities.remove(arn) {
            self.activities_by_number.remove(&activity.number);
        }
    }

    pub(super) fn list_activities(&self, page: PageRequest) -> Page<ActivityRecord> {
        page_of(&self.activities_by_number, page, |arn| {
            self.activities.get(arn).map(|activity| activity.record.clone())
        })
    }

    pub(super) fn tags(&self, resource: &ResourceArn) -> Option<&Tags> {
        match resource {
            ResourceArn::StateMachine(arn) => self.machines.get(arn).map(|it| &it.tags),
            ResourceArn::Activity(arn) => self.activities.get(arn).map(|it| &it.tags),
        }
    }

    pub(super) fn change_tags(&mut self, change: &TagChange) -> Result<(), TagError> {
        let tags = match &change.resource {
            ResourceArn::StateMachine(arn) => self.machines.get_mut(arn).map(|it| &mut it.tags),
            ResourceArn::Activity(arn) => self.activities.get_mut(arn).map(|it| &mut it.tags),
        };
        let tags = tags.ok_or(TagError::NoSuchResource)?;
        *tags = change.apply(tags.clone())?;
        Ok(())
    }
}
