//! Executions come into being.

use super::Place;
use super::fixture::{
    Fixture, callback, failed, lasting, name, node, revision_id, scope, segment, step, succeeded,
};
use crate::id::EventId;
use crate::{
    CreateExecutionError, Creation, ExecutionStatus, HistoryOrder, HistoryQuery, NewExecution, Segment, Store,
};

/// The whole history of an execution.
pub(super) async fn history_of(store: &dyn Store, new: &crate::id::ExecutionArn) -> Vec<Segment> {
    let query =
        HistoryQuery { execution: new.clone(), from: None, limit: u32::MAX, order: HistoryOrder::Forward };
    store.history(query).await.unwrap().expect("the execution exists")
}

/// Creating again answers what exists and changes nothing, whatever differs.
pub async fn executions_are_created_once(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let store = &fixture.store;
    let mut new = fixture.new_execution("e");
    new.trace_header = Some("Root=1".into());
    assert_eq!(store.execution(&new.arn).await.unwrap(), None);
    let creation = store.create_execution(new.clone()).await.unwrap();
    let Creation::Created(record) = creation.execution else { panic!("it is new") };
    assert_eq!(creation.lease, None);
    assert_eq!((&record.arn, &record.input), (&new.arn, &new.input));
    assert_eq!((&record.trace_header, record.started_at), (&new.trace_header, new.started_at));
    assert_eq!((record.status(), record.last_event_id), (ExecutionStatus::Running, EventId::NONE));
    assert_eq!((record.redrive_count, record.redriven_at), (0, None));
    let again = NewExecution {
        input: "2".into(),
        first: Some(step(1, 5)),
        lease: Some(lasting(&node("n"))),
        ..new.clone()
    };
    let existing = store.create_execution(again).await.unwrap();
    assert_eq!(existing.execution, Creation::Existing(record.clone()));
    assert_eq!(existing.lease, None);
    assert_eq!(store.execution(&new.arn).await.unwrap(), Some(record));
    assert!(history_of(&**store, &new.arn).await.is_empty());
}

/// Neither another's revision nor an unknown state machine will do.
pub async fn executions_need_their_state_machine(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let store = &fixture.store;
    let new = fixture.new_execution("e");
    let unknown = scope().state_machine(&name("unknown"));
    let of_unknown = NewExecution { arn: unknown.execution(&name("e")), ..new.clone() };
    let error = store.create_execution(of_unknown).await.unwrap_err();
    assert!(matches!(error, CreateExecutionError::NoSuchStateMachine));
    let other = super::fixture::new_machine("other");
    store.create_state_machine(other.clone()).await.unwrap();
    for revision in [revision_id(&fixture.machine, 2), other.record.revision.id.clone()] {
        let wrong = NewExecution { revision, ..new.clone() };
        let error = store.create_execution(wrong).await.unwrap_err();
        assert!(matches!(error, CreateExecutionError::NoSuchRevision));
    }
    let mut gap = new.clone();
    gap.first = Some(step(2, 3));
    let error = store.create_execution(gap).await.unwrap_err();
    assert!(matches!(error, CreateExecutionError::FirstStep));
    let mut twice = new.clone();
    twice.first = Some(step(1, 1));
    twice.first.as_mut().unwrap().open_tasks = vec![callback("t"), callback("t")];
    let error = store.create_execution(twice).await.unwrap_err();
    assert!(matches!(error, CreateExecutionError::TokenInUse));
    assert_eq!(store.execution(&new.arn).await.unwrap(), None);
    let created = store.create_execution(new).await.unwrap();
    assert!(matches!(created.execution, Creation::Created(_)));
}

/// The creator has the lease, and nobody else can claim the execution.
pub async fn first_steps_are_committed_with_the_creation(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let lease = fixture.start("e", &node("n")).await;
    let record = fixture.store.execution(&lease.execution).await.unwrap().unwrap();
    assert_eq!(record.last_event_id, EventId::new(2));
    assert_eq!(history_of(&*fixture.store, &record.arn).await, [segment(1, 2)]);
    assert!(fixture.claim(lasting(&node("other")), 99).await.claimed.is_empty());
}

/// One commit from start to end: there is no lease, and nothing is left to do.
pub async fn first_steps_may_close_the_execution(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    for (execution, closed) in [("good", succeeded()), ("bad", failed())] {
        let mut new = fixture.new_execution(execution);
        new.first = Some(step(1, 4));
        new.first.as_mut().unwrap().closed = Some(closed.clone());
        new.lease = Some(lasting(&node("n")));
        let creation = fixture.store.create_execution(new.clone()).await.unwrap();
        assert_eq!(creation.lease, None);
        let Creation::Created(record) = creation.execution else { panic!("it is new") };
        assert_eq!(record.closed, Some(closed));
        assert_eq!(fixture.store.execution(&new.arn).await.unwrap(), Some(record));
    }
    assert!(fixture.claim(lasting(&node("n")), 99).await.claimed.is_empty());
}
