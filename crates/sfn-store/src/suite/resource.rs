//! State machines, activities and tags.

use super::Place;
use super::fixture::{
    Fixture, all_of, commit, first_page, lasting, name, new_activity, new_machine, node, revision,
    revision_id, scope, succeeded,
};
use crate::id::{ResourceArn, StateMachineArn};
use crate::{
    Bytes, Creation, DeleteStateMachine, Deletion, Page, PageRequest, StateMachineStatus, TAGS_MAX, Tag,
    TagChange, TagError, UpdateError, UpdateStateMachine,
};

/// Creating again answers what exists and changes nothing.
pub async fn state_machines_are_created_once(place: &impl Place) {
    let store = place.open().await;
    let new = new_machine("m");
    let arn = new.record.arn.clone();
    assert_eq!(store.state_machine(&arn).await.unwrap(), None);
    let created = store.create_state_machine(new.clone()).await.unwrap();
    assert_eq!(created, Creation::Created(new.record.clone()));
    let mut other = new.clone();
    other.record.revision = revision(&arn, 2);
    let existing = store.create_state_machine(other).await.unwrap();
    assert_eq!(existing, Creation::Existing(new.record.clone()));
    assert_eq!(store.state_machine(&arn).await.unwrap(), Some(new.record.clone()));
    let stored = store.revision(&new.record.revision.id).await.unwrap();
    assert_eq!(stored, Some(new.record.revision));
    assert_eq!(store.revision(&revision_id(&arn, 2)).await.unwrap(), None);
}

/// An update that was made from another revision is a conflict.
pub async fn state_machines_are_updated_from_the_revision_that_was_read(place: &impl Place) {
    let Fixture { store, machine } = Fixture::open(place).await;
    let update = |arn: &StateMachineArn, from, to| UpdateStateMachine {
        arn: arn.clone(),
        expected: revision_id(arn, from),
        revision: revision(arn, to),
    };
    let updated = store.update_state_machine(update(&machine, 1, 2)).await.unwrap();
    assert_eq!(updated.revision, revision(&machine, 2));
    assert_eq!(store.state_machine(&machine).await.unwrap(), Some(updated));
    let error = store.update_state_machine(update(&machine, 1, 3)).await.unwrap_err();
    let current = revision_id(&machine, 2);
    assert!(matches!(error, UpdateError::Conflict { current: it } if it == current));
    let unknown = scope().state_machine(&name("unknown"));
    let error = store.update_state_machine(update(&unknown, 1, 2)).await.unwrap_err();
    assert!(matches!(error, UpdateError::NoSuchStateMachine));
    let first = store.revision(&revision_id(&machine, 1)).await.unwrap();
    assert_eq!(first, Some(revision(&machine, 1)));
}

fn deletion(arn: &StateMachineArn) -> DeleteStateMachine {
    DeleteStateMachine { arn: arn.clone(), stop: Bytes::from_static(b"stop") }
}

/// Nothing of it is left but its revisions.
pub async fn state_machines_without_running_executions_are_deleted_at_once(place: &impl Place) {
    let Fixture { store, machine } = Fixture::open(place).await;
    assert_eq!(store.delete_state_machine(deletion(&machine)).await.unwrap(), Deletion::Deleted);
    let again = store.delete_state_machine(deletion(&machine)).await.unwrap();
    assert_eq!(again, Deletion::NoSuchStateMachine);
    assert_eq!(store.state_machine(&machine).await.unwrap(), None);
    assert_eq!(
        store.list_state_machines(first_page(9)).await.unwrap(),
        Page { items: Vec::new(), next: None }
    );
    assert!(store.revision(&revision_id(&machine, 1)).await.unwrap().is_some());
    let again = store.create_state_machine(new_machine("other")).await.unwrap();
    assert!(matches!(again, Creation::Created(_)));
}

/// Running executions are told, and the last of them takes it along.
pub async fn state_machines_in_deletion_go_with_their_last_execution(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let Fixture { store, machine } = &fixture;
    let node = node("n");
    let lease = fixture.start("e", &node).await;
    assert_eq!(store.delete_state_machine(deletion(machine)).await.unwrap(), Deletion::Deleting);
    let record = store.state_machine(machine).await.unwrap().unwrap();
    assert_eq!(record.status, StateMachineStatus::Deleting);
    let again = store.create_state_machine(new_machine("machine")).await.unwrap();
    assert_eq!(again, Creation::Existing(record));
    let refused = store.create_execution(fixture.new_execution("late")).await;
    assert!(matches!(refused, Err(crate::CreateExecutionError::StateMachineDeleting)));

    let inbox = store.inbox(lease.clone(), crate::id::InboxSequence::NONE).await.unwrap();
    assert_eq!(inbox.len(), 1);
    assert_eq!(inbox[0].body, Bytes::from_static(b"stop"));
    let mut last = commit(&lease, 3, 3);
    last.progress.closed = Some(succeeded());
    store.commit(last).await.unwrap();
    assert_eq!(store.state_machine(machine).await.unwrap(), None);
    assert!(store.execution(&lease.execution).await.unwrap().is_some());

    let mut successor = new_machine("machine");
    successor.record.revision = revision(machine, 2);
    let created = store.create_state_machine(successor).await.unwrap();
    assert!(matches!(created, Creation::Created(_)));
    assert!(store.list_executions(all_of(machine, first_page(9))).await.unwrap().items.is_empty());
    assert!(fixture.claim(lasting(&node), 100).await.claimed.is_empty());
}

/// Creating again answers what exists; deleting twice does not matter.
pub async fn activities_are_created_once(place: &impl Place) {
    let store = place.open().await;
    let new = new_activity("a");
    let arn = new.record.arn.clone();
    assert_eq!(store.activity(&arn).await.unwrap(), None);
    let created = store.create_activity(new.clone()).await.unwrap();
    assert_eq!(created, Creation::Created(new.record.clone()));
    let mut other = new.clone();
    other.record.encryption = Some("{}".into());
    let existing = store.create_activity(other).await.unwrap();
    assert_eq!(existing, Creation::Existing(new.record.clone()));
    assert_eq!(store.activity(&arn).await.unwrap(), Some(new.record.clone()));
    store.delete_activity(&arn).await.unwrap();
    store.delete_activity(&arn).await.unwrap();
    assert_eq!(store.activity(&arn).await.unwrap(), None);
}

/// A change that would leave too many tags changes none.
pub async fn tags_are_set_and_removed_within_their_limit(place: &impl Place) {
    let store = place.open().await;
    let tag = |key: &str, value: &str| Tag { key: key.into(), value: value.into() };
    let mut new = new_machine("m");
    new.tags = vec![tag("a", "1"), tag("b", "2")];
    let machine = ResourceArn::from(new.record.arn.clone());
    store.create_state_machine(new).await.unwrap();
    let mut activity = new_activity("m");
    activity.tags = vec![tag("x", "y")];
    let activity_arn = ResourceArn::from(activity.record.arn.clone());
    store.create_activity(activity).await.unwrap();

    let change = |remove: &[&str], set: Vec<Tag>| TagChange {
        resource: machine.clone(),
        remove: remove.iter().map(|key| (*key).into()).collect(),
        set,
    };
    store.change_tags(change(&["a", "unknown"], vec![tag("b", "3"), tag("c", "")])).await.unwrap();
    let want: Vec<_> = [("b", "3"), ("c", "")].map(|(k, v)| (k.into(), v.into())).into();
    assert_eq!(Vec::from_iter(store.tags(&machine).await.unwrap()), want);
    let many = (0..TAGS_MAX).map(|i| tag(&format!("k{i}"), "")).collect();
    let error = store.change_tags(change(&["b"], many)).await.unwrap_err();
    assert!(matches!(error, TagError::TooMany { found } if found == TAGS_MAX + 1));
    assert_eq!(Vec::from_iter(store.tags(&machine).await.unwrap()), want);
    assert_eq!(store.tags(&activity_arn).await.unwrap().len(), 1);
    let unknown = scope().activity(&name("unknown")).into();
    assert!(matches!(store.tags(&unknown).await, Err(TagError::NoSuchResource)));
}

/// Pages go on where the one before ended, though its entry is gone.
pub async fn resources_are_listed_newest_first(place: &impl Place) {
    let store = place.open().await;
    for machine in ["b", "a", "c"] {
        store.create_state_machine(new_machine(machine)).await.unwrap();
        store.create_activity(new_activity(machine)).await.unwrap();
    }
    let first = store.list_state_machines(first_page(2)).await.unwrap();
    let names = |page: &Page<crate::StateMachineSummary>| {
        page.items.iter().map(|it| it.arn.name().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&first), ["c", "a"]);
    let a = scope().state_machine(&name("a"));
    store.delete_state_machine(deletion(&a)).await.unwrap();
    let next = PageRequest { limit: 2, after: first.next };
    let second = store.list_state_machines(next).await.unwrap();
    assert_eq!((names(&second), second.next), (vec!["b".to_owned()], None));
    let activities = store.list_activities(first_page(3)).await.unwrap();
    let names: Vec<_> = activities.items.iter().map(|it| it.arn.name()).collect();
    assert_eq!((names, activities.next), (vec!["c", "a", "b"], None));
}
