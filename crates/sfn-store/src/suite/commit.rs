//! Commits are whole or not at all.

use super::Place;
use super::creation::history_of;
use super::fixture::{
    Fixture, activity_task, callback, commit, failed, fleeting, key, lasting, new_activity, node, segment,
    succeeded, token,
};
use crate::id::{EventId, InboxSequence};
use crate::{
    AnswerError, AnswerKind, Bytes, Commit, CommitError, DeliverError, Lease, LeaseError, Renew, Renewal,
    TakeActivityTask, TaskAnswer, TaskMessage, Then,
};

/// All parts of a commit are there afterwards.
pub async fn commits_are_whole(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let store = &fixture.store;
    let lease = fixture.start("e", &node("n")).await;
    store.deliver(&lease.execution, Bytes::from_static(b"m")).await.unwrap();
    let mut whole = commit(&lease, 3, 7);
    whole.consumed_through = InboxSequence::new(1);
    whole.progress.wake_at = Some(super::fixture::at(50));
    whole.progress.open_tasks = vec![callback("t")];
    whole.then = Then::Release;
    let committed = store.commit(whole).await.unwrap();
    assert!(committed.inbox.is_empty() && committed.released);

    assert_eq!(history_of(&**store, &lease.execution).await, [segment(1, 2), segment(3, 7)]);
    assert!(fixture.claim(lasting(&node("n")), 49).await.claimed.is_empty());
    let claims = fixture.claim(lasting(&node("n")), 50).await;
    let claimed = &claims.claimed[0];
    assert_eq!(claimed.record.last_event_id, EventId::new(7));
    assert_eq!(claimed.snapshot, Some(Bytes::from_static(b"snapshot 7")));
    assert_eq!((claimed.consumed_through, claimed.inbox.len()), (InboxSequence::new(1), 0));
    store.answer_task(answer("t")).await.unwrap();
}

fn answer(text: &str) -> TaskAnswer {
    TaskAnswer {
        token: token(text),
        kind: AnswerKind::Final,
        message: TaskMessage::new(|_| Bytes::from_static(b"answer")),
    }
}

/// A step that does not follow, or reuses a token, leaves all as it was.
pub async fn refused_commits_change_nothing(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let store = &fixture.store;
    let lease = fixture.start("e", &node("n")).await;
    let mut used = commit(&lease, 3, 3);
    used.progress.open_tasks = vec![callback("used")];
    store.commit(used).await.unwrap();
    store.deliver(&lease.execution, Bytes::from_static(b"m")).await.unwrap();
    let before = store.execution(&lease.execution).await.unwrap();

    let good = commit(&lease, 4, 6);
    type Spoil = fn(&mut Commit);
    let conflicts: [(&str, Spoil); 5] = [
        ("a step before", |it| it.expected_last_event_id = EventId::new(2)),
        ("a gap", |it| it.progress.events = Some(segment(5, 6))),
        ("a repetition", |it| it.progress.events = Some(segment(3, 6))),
        ("no events in the segment", |it| it.progress.events = Some(segment(4, 3))),
        ("a message to come", |it| it.consumed_through = InboxSequence::new(2)),
    ];
    for (what, spoil) in conflicts {
        let mut bad = good.clone();
        bad.progress.closed = Some(succeeded());
        bad.progress.close_tasks = vec![key("used")];
        spoil(&mut bad);
        let error = store.commit(bad).await.unwrap_err();
        assert!(matches!(error, CommitError::Conflict { .. }), "{what}: {error:?}");
    }
    for reused in ["used", "twice"] {
        let mut bad = good.clone();
        bad.consumed_through = InboxSequence::new(1);
        bad.progress.open_tasks = vec![callback("twice"), callback(reused)];
        let error = store.commit(bad).await.unwrap_err();
        assert!(matches!(error, CommitError::TokenInUse), "{reused}: {error:?}");
    }

    assert_eq!(store.execution(&lease.execution).await.unwrap(), before);
    assert_eq!(history_of(&**store, &lease.execution).await, [segment(1, 2), segment(3, 3)]);
    assert_eq!(store.inbox(lease.clone(), InboxSequence::NONE).await.unwrap().len(), 1);
    assert!(matches!(store.answer_task(answer("twice")).await, Err(AnswerError::NoSuchTask)));
    store.answer_task(answer("used")).await.unwrap();
    store.commit(good).await.unwrap();
}

/// Tasks, messages and the lease go with the execution.
pub async fn closing_ends_all(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let store = &fixture.store;
    let activity = new_activity("a").record.arn;
    store.create_activity(new_activity("a")).await.unwrap();
    let lease = fixture.start("e", &node("n")).await;
    let mut tasks = commit(&lease, 3, 3);
    tasks.progress.open_tasks = vec![callback("c"), activity_task("a", &activity)];
    store.commit(tasks).await.unwrap();
    store.deliver(&lease.execution, Bytes::from_static(b"m")).await.unwrap();
    let mut last = commit(&lease, 4, 4);
    last.progress.closed = Some(failed());
    let committed = store.commit(last).await.unwrap();
    assert!(committed.released && committed.inbox.is_empty());

    let record = store.execution(&lease.execution).await.unwrap().unwrap();
    assert_eq!(record.closed, Some(failed()));
    for text in ["a", "c"] {
        assert!(matches!(store.answer_task(answer(text)).await, Err(AnswerError::Closed)));
    }
    let take = TakeActivityTask { activity, message: TaskMessage::new(|_| Bytes::new()) };
    assert_eq!(store.take_activity_task(take).await.unwrap(), None);
    let late = store.deliver(&lease.execution, Bytes::new()).await;
    assert!(matches!(late, Err(DeliverError::Closed)));
    let late = store.commit(commit(&lease, 5, 5)).await;
    assert!(matches!(late, Err(CommitError::LeaseLost)));
    let renew = Renew { leases: vec![lease], ttl: lasting(&node("n")).ttl };
    assert_eq!(store.renew(renew).await.unwrap(), [Renewal::Lost]);
    assert!(fixture.claim(fleeting(&node("n")), 99).await.claimed.is_empty());
}

/// Whoever lost the lease can change nothing, whoever he is.
pub async fn commits_are_fenced_by_the_lease(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let store = &fixture.store;
    store.create_execution(fixture.new_execution("e")).await.unwrap();
    let old = fixture.claim(fleeting(&node("old")), 1).await.claimed.remove(0).lease;
    let new = fixture.claim(lasting(&node("new")), 1).await.claimed.remove(0).lease;
    assert!(new.epoch > old.epoch);
    let forged = Lease { node: node("forged"), ..new.clone() };
    let stale = Lease { epoch: old.epoch, ..new.clone() };
    for lost in [old, forged, stale] {
        let refused = store.commit(commit(&lost, 1, 2)).await;
        assert!(matches!(refused, Err(CommitError::LeaseLost)), "{lost:?}: {refused:?}");
        let refused = store.release(lost.clone(), None).await;
        assert!(matches!(refused, Err(LeaseError::LeaseLost)));
        let refused = store.inbox(lost, InboxSequence::NONE).await;
        assert!(matches!(refused, Err(LeaseError::LeaseLost)));
    }
    assert!(history_of(&**store, &new.execution).await.is_empty());
    store.commit(commit(&new, 1, 2)).await.unwrap();
}
