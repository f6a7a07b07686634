//! Histories are read in parts.

use super::Place;
use super::fixture::{Fixture, commit, node};
use crate::id::EventId;
use crate::{HistoryOrder, HistoryQuery};

/// Segments are whole, as many as it takes, in the order of reading.
pub async fn histories_are_read_both_ways(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let store = &fixture.store;
    let lease = fixture.start("e", &node("n")).await; // events 1 and 2
    for (first, last) in [(3, 3), (4, 9), (10, 11)] {
        store.commit(commit(&lease, first, last)).await.unwrap();
    }
    let forward = HistoryOrder::Forward;
    let reverse = HistoryOrder::Reverse;
    let rows: [(_, _, _, &[u64]); 13] = [
        (forward, None, 100, &[1, 3, 4, 10]),
        (forward, None, 2, &[1]),
        (forward, None, 3, &[1, 3]),
        (forward, Some(2), 2, &[1, 3]),
        (forward, Some(3), 1, &[3]),
        (forward, Some(9), 2, &[4, 10]),
        (forward, Some(12), 5, &[]),
        (forward, None, 0, &[]),
        (reverse, None, 100, &[10, 4, 3, 1]),
        (reverse, None, 2, &[10]),
        (reverse, Some(10), 2, &[10, 4]),
        (reverse, Some(9), 6, &[4]),
        (reverse, Some(2), 9, &[1]),
    ];
    for (order, from, limit, want) in rows {
        let from = from.map(EventId::new);
        let query = HistoryQuery { execution: lease.execution.clone(), from, limit, order };
        let segments = store.history(query).await.unwrap().unwrap();
        let got: Vec<_> = segments.iter().map(|it| it.first_event_id.get()).collect();
        assert_eq!(got, want, "{order:?} from {from:?}, {limit} events");
        let bodies = segments
            .iter()
            .all(|it| *it == super::fixture::segment(it.first_event_id.get(), it.last_event_id.get()));
        assert!(bodies);
    }
    let execution = fixture.execution("unknown");
    let query = HistoryQuery { execution, from: None, limit: 9, order: forward };
    assert_eq!(store.history(query).await.unwrap(), None);
}
