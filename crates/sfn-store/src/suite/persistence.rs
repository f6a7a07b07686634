//! What is there after the store was closed and opened again.

use super::Place;
use super::creation::history_of;
use super::fixture::{
    Fixture, activity_task, all_of, commit, failed, first_page, fleeting, lasting, new_activity, node,
    revision, revision_id, segment, token,
};
use crate::id::InboxSequence;
use crate::{Bytes, TakeActivityTask, TaskMessage, UpdateStateMachine};

/// Records, histories, snapshots, messages and tasks outlive the handle.
pub async fn everything_is_there_after_reopening(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let Fixture { store, machine } = &fixture;
    let activity = new_activity("a").record.arn;
    store.create_activity(new_activity("a")).await.unwrap();
    let update = UpdateStateMachine {
        arn: machine.clone(),
        expected: revision_id(machine, 1),
        revision: revision(machine, 2),
    };
    let updated = store.update_state_machine(update).await.unwrap();
    let lease = fixture.start("open", &node("n")).await;
    let mut step = commit(&lease, 3, 5);
    step.progress.open_tasks = vec![activity_task("t", &activity)];
    store.commit(step).await.unwrap();
    store.deliver(&lease.execution, Bytes::from_static(b"m")).await.unwrap();
    let closed = fixture.start("closed", &node("n")).await;
    let mut last = commit(&closed, 3, 3);
    last.progress.closed = Some(failed());
    store.commit(last).await.unwrap();
    let open_record = store.execution(&lease.execution).await.unwrap();
    let closed_record = store.execution(&closed.execution).await.unwrap();
    let machine = machine.clone();
    drop(fixture);

    let store = place.open().await;
    assert_eq!(store.state_machine(&machine).await.unwrap(), Some(updated));
    assert_eq!(store.revision(&revision_id(&machine, 1)).await.unwrap(), Some(revision(&machine, 1)));
    assert_eq!(store.execution(&lease.execution).await.unwrap(), open_record);
    assert_eq!(store.execution(&closed.execution).await.unwrap(), closed_record);
    assert_eq!(history_of(&*store, &lease.execution).await, [segment(1, 2), segment(3, 5)]);
    // The lease is still good, for its node may have been elsewhere.
    assert_eq!(store.inbox(lease.clone(), InboxSequence::NONE).await.unwrap().len(), 1);
    let take = TakeActivityTask { activity, message: TaskMessage::new(|_| Bytes::new()) };
    let task = store.take_activity_task(take).await.unwrap().unwrap();
    assert_eq!(task.token, token("t"));
    store.commit(commit(&lease, 6, 6)).await.unwrap();
}

/// Nothing that grows begins again.
pub async fn epochs_and_positions_grow_after_reopening(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    fixture.store.create_execution(fixture.new_execution("e1")).await.unwrap();
    let before = fixture.claim(fleeting(&node("a")), 1).await.claimed.remove(0).lease;
    drop(fixture);
    let fixture = Fixture::open(place).await;
    let after = fixture.claim(lasting(&node("b")), 1).await.claimed.remove(0).lease;
    assert!(after.epoch > before.epoch);
    assert!(fixture.store.commit(commit(&before, 1, 1)).await.is_err());
    fixture.store.create_execution(fixture.new_execution("e2")).await.unwrap();
    let page = fixture.store.list_executions(all_of(&fixture.machine, first_page(9))).await.unwrap();
    let names: Vec<_> = page.items.iter().map(|it| it.arn.name()).collect();
    assert_eq!(names, ["e2", "e1"]);
}
