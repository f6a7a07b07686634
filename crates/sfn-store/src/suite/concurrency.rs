//! Many at once.

use std::collections::BTreeSet;
use std::thread;

use super::creation::history_of;
use super::fixture::{Fixture, at, commit, lasting, node};
use super::{Place, block_on};
use crate::id::EventId;
use crate::{Bytes, ClaimRequest};

/// Claimers on many threads together get each execution once.
pub async fn claimers_never_share(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    for number in 0..60 {
        let new = fixture.new_execution(&format!("e{number}"));
        fixture.store.create_execution(new).await.unwrap();
    }
    let claimed: Vec<_> = thread::scope(|threads| {
        let claimers: Vec<_> = (0..6)
            .map(|number| {
                let store = &fixture.store;
                threads.spawn(move || {
                    let mut mine = Vec::new();
                    loop {
                        let lease = lasting(&node(&format!("n{number}")));
                        let request = ClaimRequest { lease, limit: 3, now: at(1) };
                        let claims = block_on(store.claim(request)).unwrap().claimed;
                        if claims.is_empty() {
                            return mine;
                        }
                        assert!(claims.len() <= 3);
                        mine.extend(claims.into_iter().map(|it| it.record.arn));
                    }
                })
            })
            .collect();
        claimers.into_iter().flat_map(|it| it.join().unwrap()).collect()
    });
    assert_eq!(claimed.len(), 60);
    assert_eq!(claimed.iter().collect::<BTreeSet<_>>().len(), 60);
}

/// Commits and deliveries of many threads are all there, whole and in order.
pub async fn many_commit_at_once(place: &impl Place) {
    const THREADS: u64 = 8;
    const STEPS: u64 = 25;
    let fixture = Fixture::open(place).await;
    let shared = fixture.start("shared", &node("n")).await;
    thread::scope(|threads| {
        for number in 0..THREADS {
            let (fixture, shared) = (&fixture, &shared);
            threads.spawn(move || {
                block_on(async {
                    let lease = fixture.start(&format!("e{number}"), &node("n")).await;
                    for event in 3..3 + STEPS {
                        fixture.store.commit(commit(&lease, event, event)).await.unwrap();
                        // A second commit of the same step is refused among good ones.
                        fixture.store.commit(commit(&lease, event, event)).await.unwrap_err();
                        let body = Bytes::from(format!("{number} {event}"));
                        fixture.store.deliver(&shared.execution, body).await.unwrap();
                    }
                });
            });
        }
    });
    for number in 0..THREADS {
        let arn = fixture.execution(&format!("e{number}"));
        let record = fixture.store.execution(&arn).await.unwrap().unwrap();
        assert_eq!(record.last_event_id, EventId::new(2 + STEPS));
        let segments = history_of(&*fixture.store, &arn).await;
        assert_eq!(segments.len() as u64, 1 + STEPS);
        assert!(segments.windows(2).all(|two| two[1].first_event_id == two[0].last_event_id.next()));
    }
    let inbox = fixture.store.inbox(shared, crate::id::InboxSequence::NONE).await.unwrap();
    let sequences: Vec<_> = inbox.iter().map(|it| it.sequence.get()).collect();
    assert_eq!(sequences, (1..=THREADS * STEPS).collect::<Vec<_>>());
    for number in 0..THREADS {
        let prefix = format!("{number} ");
        let mine: Vec<_> = inbox.iter().filter(|it| it.body.starts_with(prefix.as_bytes())).collect();
        let want: Vec<_> = (3..3 + STEPS).map(|event| Bytes::from(format!("{number} {event}"))).collect();
        assert_eq!(mine.iter().map(|it| it.body.clone()).collect::<Vec<_>>(), want);
    }
}
