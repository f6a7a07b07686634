//! Messages into an execution.

use std::sync::{Arc, Mutex};

use super::Place;
use super::fixture::{Fixture, activity_task, at, commit, lasting, new_activity, node, step, succeeded};
use crate::id::InboxSequence;
use crate::{Bytes, DeliverError, Hint, Listener, NewExecution, Then};

fn body(number: u64) -> Bytes {
    Bytes::from(number.to_string())
}

/// They are numbered without a gap, in the order of their delivery.
pub async fn messages_keep_their_order(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let store = &fixture.store;
    let lease = fixture.start("e", &node("n")).await;
    for number in 1..=20 {
        let delivered = store.deliver(&lease.execution, body(number)).await.unwrap();
        assert_eq!(delivered.sequence, InboxSequence::new(number));
        assert_eq!(delivered.execution, lease.execution);
    }
    let inbox = store.inbox(lease.clone(), InboxSequence::new(5)).await.unwrap();
    let got: Vec<_> = inbox.iter().map(|it| (it.sequence.get(), it.body.clone())).collect();
    assert_eq!(got, (6..=20).map(|number| (number, body(number))).collect::<Vec<_>>());
    let unknown = store.deliver(&fixture.execution("unknown"), body(1)).await;
    assert!(matches!(unknown, Err(DeliverError::NoSuchExecution)));
}

/// What a step consumed is never given out again, and numbers go on.
pub async fn messages_are_consumed_once(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let store = &fixture.store;
    let lease = fixture.start("e", &node("n")).await;
    for number in 1..=3 {
        store.deliver(&lease.execution, body(number)).await.unwrap();
    }
    let mut two = commit(&lease, 3, 3);
    two.consumed_through = InboxSequence::new(2);
    let left = store.commit(two).await.unwrap().inbox;
    assert_eq!(left.iter().map(|it| it.sequence.get()).collect::<Vec<_>>(), [3]);
    let mut back = commit(&lease, 4, 4);
    back.consumed_through = InboxSequence::new(1);
    assert!(store.commit(back).await.is_err());
    let mut three = commit(&lease, 4, 4);
    three.consumed_through = InboxSequence::new(3);
    assert!(store.commit(three).await.unwrap().inbox.is_empty());
    let delivered = store.deliver(&lease.execution, body(4)).await.unwrap();
    assert_eq!(delivered.sequence, InboxSequence::new(4));
    assert_eq!(store.inbox(lease, InboxSequence::NONE).await.unwrap().len(), 1);
}

/// A message that came meanwhile is not left lying.
pub async fn messages_keep_a_lease_from_release(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let store = &fixture.store;
    let lease = fixture.start("e", &node("n")).await;
    store.deliver(&lease.execution, body(1)).await.unwrap();
    let mut release = commit(&lease, 3, 3);
    release.then = Then::Release;
    let committed = store.commit(release).await.unwrap();
    assert_eq!((committed.inbox.len(), committed.released), (1, false));
    let mut release = commit(&lease, 4, 4);
    release.then = Then::Release;
    release.consumed_through = InboxSequence::new(1);
    assert!(store.commit(release).await.unwrap().released);
    store.deliver(&lease.execution, body(2)).await.unwrap();
    let claims = fixture.claim(lasting(&node("other")), 1).await;
    assert_eq!(claims.claimed[0].inbox.len(), 1);
}

/// Each hint tells what is then there.
pub async fn hints_follow_what_happened(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let store = &fixture.store;
    let activity = new_activity("a").record.arn;
    let heard = Arc::new(Mutex::new(Vec::new()));
    let sink = heard.clone();
    store.add_listener(Listener::new(move |hint| sink.lock().unwrap().push(hint)));
    let hints = || std::mem::take(&mut *heard.lock().unwrap());

    store.create_execution(fixture.new_execution("new")).await.unwrap();
    assert_eq!(hints(), [Hint::Due { at: None }]);
    let mut first = step(1, 1);
    first.wake_at = Some(at(20));
    let waiting = NewExecution { first: Some(first), ..fixture.new_execution("waiting") };
    store.create_execution(waiting).await.unwrap();
    assert_eq!(hints(), [Hint::Due { at: Some(at(20)) }]);
    let lease = fixture.start("e", &node("n")).await;
    assert_eq!(hints(), []);
    let delivered = store.deliver(&lease.execution, body(1)).await.unwrap();
    let message = crate::Message { sequence: delivered.sequence, body: body(1) };
    assert_eq!(hints(), [Hint::Inbox { execution: lease.execution.clone(), message }]);
    let mut task = commit(&lease, 3, 3);
    task.progress.open_tasks = vec![activity_task("t", &activity)];
    store.commit(task).await.unwrap();
    assert_eq!(hints(), [Hint::ActivityTask(activity)]);
    let mut last = commit(&lease, 4, 4);
    last.progress.closed = Some(succeeded());
    store.commit(last).await.unwrap();
    assert_eq!(hints(), [Hint::Closed(lease.execution)]);
}
