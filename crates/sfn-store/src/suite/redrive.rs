//! Executions that failed run again.

use std::sync::{Arc, Mutex};
use std::thread;

use super::creation::history_of;
use super::fixture::{
    Fixture, all_of, at, callback, commit, counting, end_map_run, failed, first_page, lasting, map_run, node,
    segment, succeeded, token,
};
use super::{Place, block_on};
use crate::id::{EventId, ExecutionArn, InboxSequence};
use crate::{
    AnswerError, AnswerKind, Bytes, Closed, CommitError, DeleteStateMachine, Deletion, ExecutionQuery,
    ExecutionStatus, Failure, Hint, Lease, Listener, MapRunChange, MapRunStatus, Message, NewExecution,
    Outcome, RedriveError, RedriveExecution, Store, TaskAnswer, TaskMessage,
};

fn redrive(arn: &ExecutionArn) -> RedriveExecution {
    RedriveExecution {
        arn: arn.clone(),
        at: at(20),
        message: Bytes::from_static(b"redrive"),
        events_max: 1000,
    }
}

/// Ends an execution in a step of one event.
async fn close(store: &dyn Store, lease: &Lease, event: u64, closed: Closed) {
    let mut last = commit(lease, event, event);
    last.progress.closed = Some(closed);
    store.commit(last).await.unwrap();
}

/// It goes on where it was, with the message, a new lease, and no old task.
pub async fn executions_that_failed_run_again(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let store = &*fixture.store;
    let old = fixture.start("e", &node("n")).await;
    let mut task = commit(&old, 3, 3);
    task.progress.open_tasks = vec![callback("t")];
    task.progress.wake_at = Some(at(5));
    store.commit(task).await.unwrap();
    for _ in 0..2 {
        store.deliver(&old.execution, Bytes::from_static(b"lost")).await.unwrap();
    }
    close(store, &old, 4, failed()).await;
    let closed = store.execution(&old.execution).await.unwrap().unwrap();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let sink = heard.clone();
    store.add_listener(Listener::new(move |hint| sink.lock().unwrap().push(hint)));

    let redriven = store.redrive_execution(redrive(&old.execution)).await.unwrap();
    let mut want = closed;
    (want.closed, want.redrive_count, want.redriven_at) = (None, 1, Some(at(20)));
    assert_eq!(redriven, want);
    assert_eq!(store.execution(&old.execution).await.unwrap(), Some(want));
    let message = Message { sequence: InboxSequence::new(3), body: Bytes::from_static(b"redrive") };
    let hints = std::mem::take(&mut *heard.lock().unwrap());
    assert_eq!(hints, [Hint::Inbox { execution: old.execution.clone(), message: message.clone() }]);

    assert!(matches!(store.commit(commit(&old, 5, 5)).await, Err(CommitError::LeaseLost)));
    let claimed = fixture.claim(lasting(&node("n")), 0).await.claimed;
    assert_eq!(claimed.len(), 1);
    let claimed = &claimed[0];
    assert!(claimed.lease.epoch > old.epoch);
    assert_eq!(claimed.record, redriven);
    assert_eq!(claimed.snapshot, Some(Bytes::from_static(b"snapshot 4")));
    assert_eq!((claimed.consumed_through, &claimed.inbox), (InboxSequence::new(2), &vec![message]));
    let answer = TaskAnswer {
        token: token("t"),
        kind: AnswerKind::Final,
        message: TaskMessage::new(|_| Bytes::new()),
    };
    assert!(matches!(store.answer_task(answer).await, Err(AnswerError::Closed)));
}

/// A redriven execution is listed as running and as redriven, and ends as any
/// other does, as often as it is redriven.
pub async fn redriven_executions_end_again(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let Fixture { store, machine } = &fixture;
    let arn = fixture.execution("e");
    close(&**store, &fixture.start("e", &node("n")).await, 3, failed()).await;
    fixture.start("other", &node("n")).await;
    let listed = async |status, redriven| {
        let query = ExecutionQuery { status, redriven, ..all_of(machine, first_page(9)) };
        let page = store.list_executions(query).await.unwrap();
        page.items.iter().map(|it| it.arn.name().to_owned()).collect::<Vec<_>>()
    };
    for count in 1..=2 {
        store.redrive_execution(redrive(&arn)).await.unwrap();
        assert_eq!(listed(Some(ExecutionStatus::Running), Some(true)).await, ["e"]);
        assert_eq!(listed(None, Some(false)).await, ["other"]);
        assert_eq!(listed(None, None).await, ["other", "e"]);
        assert!(listed(Some(ExecutionStatus::Failed), None).await.is_empty());
        let claimed = fixture.claim(lasting(&node("n")), 0).await.claimed.remove(0);
        let end = if count == 1 { failed() } else { succeeded() };
        let mut last = commit(&claimed.lease, 3 + count, 3 + count);
        last.consumed_through = claimed.consumed_through;
        last.progress.closed = Some(end.clone());
        store.commit(last).await.unwrap();
        let record = store.execution(&arn).await.unwrap().unwrap();
        assert_eq!((record.closed, u64::from(record.redrive_count)), (Some(end), count));
    }
    assert_eq!(listed(Some(ExecutionStatus::Succeeded), Some(true)).await, ["e"]);
    let history = history_of(&**store, &arn).await;
    assert_eq!(history, [segment(1, 2), segment(3, 3), segment(4, 4), segment(5, 5)]);
}

/// What cannot run again stays as it is.
pub async fn redrives_are_refused(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let Fixture { store, machine } = &fixture;
    let failure = || Failure { error: None, cause: None };
    let ends = [
        ("succeeded", Some(succeeded())),
        ("failed", Some(failed())),
        ("timed-out", Some(Closed { stopped_at: at(9), outcome: Outcome::TimedOut(failure()) })),
        ("aborted", Some(Closed { stopped_at: at(9), outcome: Outcome::Aborted(failure()) })),
        ("running", None),
    ];
    let mut running = None;
    for (name, closed) in ends {
        let lease = fixture.start(name, &node("n")).await;
        match closed {
            Some(closed) => close(&**store, &lease, 3, closed).await,
            None => running = Some(lease),
        }
    }
    let running = running.unwrap();
    let first = crate::Progress { closed: Some(failed()), ..crate::Progress::default() };
    let bare = NewExecution { first: Some(first), ..fixture.new_execution("bare") };
    store.create_execution(bare).await.unwrap();
    let of = |name: &str| redrive(&fixture.execution(name));
    let short = |name: &str, events_max| RedriveExecution { events_max, ..of(name) };
    let before = store.execution(&fixture.execution("failed")).await.unwrap();

    let refused = store.redrive_execution(of("unknown")).await;
    assert!(matches!(refused, Err(RedriveError::NoSuchExecution)), "{refused:?}");
    let refused = store.redrive_execution(of("running")).await;
    assert!(matches!(refused, Err(RedriveError::StillRunning)), "{refused:?}");
    let refused = store.redrive_execution(of("succeeded")).await;
    assert!(matches!(refused, Err(RedriveError::Succeeded)), "{refused:?}");
    let refused = store.redrive_execution(of("bare")).await;
    assert!(matches!(refused, Err(RedriveError::NoSnapshot)), "{refused:?}");
    let refused = store.redrive_execution(short("failed", 2)).await;
    let too_long = matches!(
        refused,
        Err(RedriveError::HistoryTooLong { last_event_id, events_max: 2 }) if last_event_id == EventId::new(3)
    );
    assert!(too_long, "{refused:?}");
    assert_eq!(store.execution(&fixture.execution("failed")).await.unwrap(), before);
    assert!(store.inbox(running.clone(), InboxSequence::NONE).await.unwrap().is_empty());
    for name in ["timed-out", "aborted"] {
        let redriven = store.redrive_execution(short(name, 3)).await.unwrap();
        assert_eq!(redriven.status(), ExecutionStatus::Running, "{name}");
    }

    let deletion = DeleteStateMachine { arn: machine.clone(), stop: Bytes::new() };
    assert_eq!(store.delete_state_machine(deletion).await.unwrap(), Deletion::Deleting);
    let refused = store.redrive_execution(of("failed")).await;
    assert!(matches!(refused, Err(RedriveError::StateMachineGone)), "{refused:?}");
    close(&**store, &running, 3, failed()).await;
    for claimed in fixture.claim(lasting(&node("n")), 1).await.claimed {
        close(&**store, &claimed.lease, 4, failed()).await;
    }
    assert_eq!(store.state_machine(machine).await.unwrap(), None);
    let mut successor = super::fixture::new_machine("machine");
    successor.record.revision = super::fixture::revision(machine, 2);
    store.create_state_machine(successor).await.unwrap();
    let refused = store.redrive_execution(of("failed")).await;
    assert!(matches!(refused, Err(RedriveError::StateMachineGone)), "{refused:?}");
    assert_eq!(store.execution(&fixture.execution("failed")).await.unwrap(), before);
}

/// A child follows its map run, even in the deletion of its state machine.
pub async fn children_are_redriven_within_their_map_run(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let Fixture { store, machine } = &fixture;
    let parent = fixture.start_map_runs("parent", &["a"]).await;
    fixture.end_child("a", "child", 0, failed()).await;
    let child = fixture.new_child("a", "child", 0).arn;
    let mut end = commit(&parent, 3, 3);
    end.progress.map_runs = vec![end_map_run("a", MapRunStatus::Failed)];
    store.commit(end).await.unwrap();
    let refused = store.redrive_execution(redrive(&child)).await;
    assert!(matches!(refused, Err(RedriveError::MapRunNotRunning)), "{refused:?}");

    let mut again = commit(&parent, 4, 4);
    again.progress.map_runs = vec![MapRunChange::Redrive { arn: map_run("a"), at: at(20) }];
    store.commit(again).await.unwrap();
    let deletion = DeleteStateMachine { arn: machine.clone(), stop: Bytes::new() };
    assert_eq!(store.delete_state_machine(deletion).await.unwrap(), Deletion::Deleting);
    let redriven = store.redrive_execution(redrive(&child)).await.unwrap();
    assert_eq!((redriven.redrive_count, redriven.status()), (1, ExecutionStatus::Running));
    let counts = store.map_run_counts(counting("a")).await.unwrap();
    assert_eq!((counts.executions.running, counts.executions.failed), (1, 0));
    assert_eq!((counts.items.running, counts.items.failed), (2, 0));

    close(&**store, &parent, 5, failed()).await;
    assert!(store.state_machine(machine).await.unwrap().is_some());
    let lease = fixture.claim(lasting(&node("n")), 1).await.claimed.remove(0).lease;
    close(&**store, &lease, 3, succeeded()).await;
    assert_eq!(store.state_machine(machine).await.unwrap(), None);
}

/// Of many who redrive one execution, one does.
pub async fn redrives_happen_once(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let store = &*fixture.store;
    let lease = fixture.start("e", &node("n")).await;
    close(store, &lease, 3, failed()).await;
    let redriven: usize = thread::scope(|threads| {
        let redrivers: Vec<_> = (0..6)
            .map(|_| {
                let wish = redrive(&lease.execution);
                threads.spawn(move || match block_on(store.redrive_execution(wish)) {
                    Ok(_) => 1,
                    Err(RedriveError::StillRunning) => 0,
                    Err(error) => panic!("{error}"),
                })
            })
            .collect();
        redrivers.into_iter().map(|it| it.join().unwrap()).sum()
    });
    assert_eq!(redriven, 1);
    let claimed = fixture.claim(lasting(&node("n")), 1).await.claimed.remove(0);
    assert_eq!((claimed.record.redrive_count, claimed.inbox.len()), (1, 1));
}

/// A redrive outlives the handle.
pub async fn redrives_are_there_after_reopening(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let old = fixture.start("e", &node("n")).await;
    close(&*fixture.store, &old, 3, failed()).await;
    let redriven = fixture.store.redrive_execution(redrive(&old.execution)).await.unwrap();
    drop(fixture);
    let fixture = Fixture::open(place).await;
    assert_eq!(fixture.store.execution(&old.execution).await.unwrap(), Some(redriven));
    let claimed = fixture.claim(lasting(&node("n")), 1).await.claimed.remove(0);
    assert_eq!(claimed.inbox.len(), 1);
    assert_eq!(claimed.snapshot, Some(Bytes::from_static(b"snapshot 3")));
    close(&*fixture.store, &claimed.lease, 4, succeeded()).await;
}
