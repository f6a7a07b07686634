//! Leases: who may step an execution, and when somebody should.

use std::collections::BTreeSet;
use std::time::Duration;

use super::Place;
use super::fixture::{Fixture, at, commit, fleeting, lasting, node, step};
use crate::id::{EventId, InboxSequence};
use crate::{Bytes, ClaimRequest, NewExecution, Renew, Renewal, Then};

/// Its node may still commit while nobody else has claimed the execution.
pub async fn leases_that_ran_out_are_good_until_taken(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    fixture.store.create_execution(fixture.new_execution("e")).await.unwrap();
    let lease = fixture.claim(fleeting(&node("slow")), 1).await.claimed.remove(0).lease;
    fixture.store.commit(commit(&lease, 1, 2)).await.unwrap();
    // Its node stalls: although nothing is due, another takes over.
    let taken = fixture.claim(lasting(&node("other")), 1).await.claimed.remove(0);
    assert_eq!(taken.record.last_event_id, EventId::new(2));
    assert!(fixture.store.commit(commit(&lease, 3, 3)).await.is_err());
}

/// Each lease is answered for, in order.
pub async fn renewal_tells_what_is_lost(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let store = &fixture.store;
    let node = node("n");
    let kept = fixture.start("kept", &node).await;
    let gone = fixture.start("gone", &node).await;
    store.release(gone.clone(), Some(at(100))).await.unwrap();
    store.deliver(&kept.execution, Bytes::from_static(b"m")).await.unwrap();
    let renew = |ttl| Renew { leases: vec![gone.clone(), kept.clone()], ttl };
    let held = Renewal::Held { last_message: InboxSequence::new(1) };
    let renewals = store.renew(renew(Duration::from_hours(1))).await.unwrap();
    assert_eq!(renewals, [Renewal::Lost, held]);
    assert!(fixture.claim(lasting(&node), 1).await.claimed.is_empty());
    let renewals = store.renew(renew(Duration::ZERO)).await.unwrap();
    assert_eq!(renewals, [Renewal::Lost, held]);
    assert_eq!(fixture.claim(lasting(&node), 1).await.claimed.len(), 1);
}

/// Never stepped, `wake_at`, a message: each makes due, and nothing else does.
pub async fn only_due_executions_are_claimed(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let store = &fixture.store;
    let resting = |name: &str, wake_at| {
        let mut first = step(1, 1);
        first.wake_at = wake_at;
        NewExecution { first: Some(first), ..fixture.new_execution(name) }
    };
    store.create_execution(fixture.new_execution("new")).await.unwrap();
    store.create_execution(resting("later", Some(at(20)))).await.unwrap();
    store.create_execution(resting("much-later", Some(at(30)))).await.unwrap();
    store.create_execution(resting("never", None)).await.unwrap();
    store.create_execution(resting("told", None)).await.unwrap();
    store.deliver(&fixture.execution("told"), Bytes::from_static(b"m")).await.unwrap();

    let names = |claims: &crate::Claims| -> BTreeSet<String> {
        claims.claimed.iter().map(|it| it.record.arn.name().to_owned()).collect()
    };
    let set = |names: &[&str]| names.iter().map(|it| (*it).to_owned()).collect::<BTreeSet<_>>();
    let claims = fixture.claim(lasting(&node("n")), 19).await;
    assert_eq!(names(&claims), set(&["new", "told"]));
    assert_eq!(claims.next_wake_at, Some(at(20)));
    let claims = fixture.claim(lasting(&node("n")), 20).await;
    assert_eq!(names(&claims), set(&["later"]));
    assert_eq!(claims.next_wake_at, Some(at(30)));
    let request = ClaimRequest { lease: lasting(&node("n")), limit: 0, now: at(40) };
    let claims = store.claim(request).await.unwrap();
    assert!(claims.claimed.is_empty());
    assert!(claims.next_wake_at.is_some_and(|at_| at_ <= at(40)));
    assert_eq!(names(&fixture.claim(lasting(&node("n")), 40).await), set(&["much-later"]));
    assert_eq!(fixture.claim(lasting(&node("n")), 50).await.next_wake_at, None);
}

/// Record, snapshot, messages: as the last commit left them.
pub async fn claims_give_all_that_a_node_needs(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let store = &fixture.store;
    let new = fixture.new_execution("e");
    let created = store.create_execution(new.clone()).await.unwrap().execution.into_record();
    store.deliver(&new.arn, Bytes::from_static(b"one")).await.unwrap();
    store.deliver(&new.arn, Bytes::from_static(b"two")).await.unwrap();
    let claimed = fixture.claim(fleeting(&node("a")), 1).await.claimed.remove(0);
    assert_eq!(claimed.record, created);
    assert_eq!((claimed.snapshot, claimed.consumed_through), (None, InboxSequence::NONE));
    assert_eq!((claimed.inbox.len(), &claimed.lease.node), (2, &node("a")));

    let mut keep = commit(&claimed.lease, 1, 3);
    keep.consumed_through = InboxSequence::new(1);
    store.commit(keep).await.unwrap();
    let mut quiet = commit(&claimed.lease, 4, 4);
    quiet.consumed_through = InboxSequence::new(1);
    quiet.progress.events = None;
    quiet.progress.snapshot = None;
    store.commit(quiet).await.unwrap();
    let again = fixture.claim(lasting(&node("b")), 1).await.claimed.remove(0);
    assert_eq!(again.record.last_event_id, EventId::new(3));
    assert_eq!(again.snapshot, Some(Bytes::from_static(b"snapshot 3")));
    assert_eq!(again.consumed_through, InboxSequence::new(1));
    let bodies: Vec<_> = again.inbox.iter().map(|it| (it.sequence.get(), &it.body[..])).collect();
    assert_eq!(bodies, [(2, &b"two"[..])]);
}

/// A node that gives an execution back unstepped says when to try again.
pub async fn released_executions_wait_for_their_time_or_a_message(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let store = &fixture.store;
    let node = node("n");
    let lease = fixture.start("e", &node).await;
    store.deliver(&lease.execution, Bytes::from_static(b"poison")).await.unwrap();
    store.release(lease, Some(at(20))).await.unwrap();
    assert!(fixture.claim(lasting(&node), 19).await.claimed.is_empty());
    let lease = fixture.claim(lasting(&node), 20).await.claimed.remove(0).lease;
    store.release(lease.clone(), Some(at(30))).await.unwrap();
    store.deliver(&lease.execution, Bytes::from_static(b"new")).await.unwrap();
    let lease = fixture.claim(lasting(&node), 20).await.claimed.remove(0).lease;
    store.release(lease, None).await.unwrap();
    let lease = fixture.claim(lasting(&node), 0).await.claimed.remove(0).lease;
    let mut rest = commit(&lease, 3, 3);
    rest.consumed_through = InboxSequence::new(2);
    rest.then = Then::Release;
    assert!(store.commit(rest).await.unwrap().released);
    assert!(fixture.claim(lasting(&node), 99).await.claimed.is_empty());
}
