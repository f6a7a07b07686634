//! The children of map runs.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::thread;

use super::fixture::{
    Fixture, all_of, at, commit, counting, end_map_run, failed, first_page, lasting, map_run, name, node,
    step, succeeded,
};
use super::map_run::changing;
use super::{Place, block_on};
use crate::id::{InboxSequence, QualifiedStateMachineArn};
use crate::{
    Bytes, Closed, CreateExecutionError, DeleteStateMachine, Deletion, ExecutionQuery, ExecutionStatus,
    ExecutionsOf, Failure, Hint, Listener, MapRunChange, MapRunChildren, MapRunCounts, MapRunLink,
    MapRunStatus, NewExecution, Outcome, PageRequest, Progress, StatusCounts,
};

/// A child is created while its map run runs, and not before or after.
pub async fn children_need_a_running_map_run(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let store = &*fixture.store;
    let new = fixture.new_child("a", "child", 4);
    let refused = store.create_execution(new.clone()).await;
    assert!(matches!(refused, Err(CreateExecutionError::MapRunNotRunning)));

    let lease = fixture.start_map_runs("parent", &["a"]).await;
    let created = store.create_execution(new.clone()).await.unwrap().execution.into_record();
    let link = MapRunLink { map_run: map_run("a"), number: 4, items: 2 };
    assert_eq!(created.map_run, Some(link));
    assert_eq!(store.execution(&new.arn).await.unwrap(), Some(created.clone()));
    let claimed = fixture.claim(lasting(&node("n")), 1).await.claimed;
    assert_eq!(claimed.len(), 1);
    assert_eq!(claimed[0].record, created);
    let unique = name("unique");
    let express = NewExecution {
        arn: map_run("a").express_execution(&name("express"), &unique),
        first: Some(Progress { closed: Some(succeeded()), ..Progress::default() }),
        ..new.clone()
    };
    let express = store.create_execution(express).await.unwrap().execution.into_record();
    assert_eq!(store.execution(&express.arn).await.unwrap(), Some(express));

    store.commit(changing(&lease, 3, vec![end_map_run("a", MapRunStatus::Succeeded)])).await.unwrap();
    let late = store.create_execution(fixture.new_child("a", "late", 5)).await;
    assert!(matches!(late, Err(CreateExecutionError::MapRunNotRunning)));
    let again = store.create_execution(new).await.unwrap().execution;
    assert_eq!(again, crate::Creation::Existing(created));

    let redrive = vec![MapRunChange::Redrive { arn: map_run("a"), at: at(9) }];
    store.commit(changing(&lease, 4, redrive)).await.unwrap();
    store.create_execution(fixture.new_child("a", "late", 5)).await.unwrap();
}

/// The deletion of a state machine waits for them, and does not keep others
/// from being created.
pub async fn children_keep_their_state_machine(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let Fixture { store, machine } = &fixture;
    let parent = fixture.start_map_runs("parent", &["a"]).await;
    let with_lease = |name: &str, number| {
        let lease = Some(lasting(&node("n")));
        store.create_execution(NewExecution { lease, ..fixture.new_child("a", name, number) })
    };
    let early = with_lease("early", 0).await.unwrap().lease.unwrap();
    let deletion = DeleteStateMachine { arn: machine.clone(), stop: Bytes::from_static(b"deleted") };
    assert_eq!(store.delete_state_machine(deletion).await.unwrap(), Deletion::Deleting);
    assert!(store.inbox(early.clone(), InboxSequence::NONE).await.unwrap().is_empty());
    assert_eq!(store.inbox(parent.clone(), InboxSequence::NONE).await.unwrap().len(), 1);
    let late = with_lease("late", 1).await.unwrap().lease.unwrap();

    let end = vec![end_map_run("a", MapRunStatus::Aborted)];
    for (lease, map_runs) in [(parent, end), (late, Vec::new()), (early, Vec::new())] {
        assert!(store.state_machine(machine).await.unwrap().is_some());
        let event = if lease.execution.label().is_some() { 1 } else { 3 };
        let mut last = changing(&lease, event, map_runs);
        last.progress.closed = Some(failed());
        store.commit(last).await.unwrap();
    }
    assert_eq!(store.state_machine(machine).await.unwrap(), None);
}

/// The end's message reaches each child that runs, leased or not, and none of
/// another map run.
pub async fn children_are_told_of_the_end(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let store = &*fixture.store;
    let parent = fixture.start_map_runs("parent", &["a", "b"]).await;
    let new = |child: &str| {
        let unique = if child == "other" { "b" } else { "a" };
        NewExecution { first: Some(step(1, 2)), ..fixture.new_child(unique, child, 0) }
    };
    let leased = NewExecution { lease: Some(lasting(&node("n"))), ..new("leased") };
    let leased = store.create_execution(leased).await.unwrap().lease.unwrap();
    store.deliver(&leased.execution, Bytes::from_static(b"before")).await.unwrap();
    for child in ["waiting", "other"] {
        store.create_execution(new(child)).await.unwrap();
    }
    fixture.end_child("a", "ended", 3, succeeded()).await;
    assert!(fixture.claim(lasting(&node("n")), 99).await.claimed.is_empty());

    let heard = Arc::new(Mutex::new(Vec::new()));
    let sink = heard.clone();
    store.add_listener(Listener::new(move |hint| sink.lock().unwrap().push(hint)));
    let mut end = changing(&parent, 3, vec![end_map_run("a", MapRunStatus::Failed)]);
    end.progress.closed = Some(failed());
    store.commit(end).await.unwrap();
    let told: BTreeSet<_> = std::mem::take(&mut *heard.lock().unwrap())
        .into_iter()
        .filter_map(|hint| match hint {
            Hint::Inbox { execution, message } if message.body == "stop" => {
                Some((execution.name().to_owned(), message.sequence.get()))
            }
            _ => None,
        })
        .collect();
    assert_eq!(told, BTreeSet::from([("leased".to_owned(), 2), ("waiting".to_owned(), 1)]));
    let inbox = store.inbox(leased, InboxSequence::new(1)).await.unwrap();
    assert_eq!(inbox.into_iter().map(|it| it.body).collect::<Vec<_>>(), [Bytes::from_static(b"stop")]);
    let claimed = fixture.claim(lasting(&node("n")), 1).await.claimed;
    assert_eq!(claimed.iter().map(|it| it.record.arn.name()).collect::<Vec<_>>(), ["waiting"]);
    assert_eq!(claimed[0].inbox.len(), 1);

    let silent = MapRunChange::End {
        arn: map_run("c"),
        status: MapRunStatus::Succeeded,
        at: at(9),
        stop_children: None,
    };
    let parent = fixture.start_map_runs("silent", &["c"]).await;
    store
        .create_execution(NewExecution { first: Some(step(1, 2)), ..fixture.new_child("c", "c", 0) })
        .await
        .unwrap();
    store.commit(changing(&parent, 3, vec![silent])).await.unwrap();
    assert!(fixture.claim(lasting(&node("n")), 99).await.claimed.is_empty());
}

/// They are in the list of their map run, and in none of the state machine.
pub async fn children_are_listed_apart(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let Fixture { store, machine } = &fixture;
    fixture.start_map_runs("parent", &["a", "b"]).await;
    for number in 0..4 {
        store.create_execution(fixture.new_child("a", &format!("r{number}"), number)).await.unwrap();
    }
    fixture.end_child("a", "s", 4, succeeded()).await;
    fixture.end_child("a", "f", 5, failed()).await;
    store.create_execution(fixture.new_child("b", "b", 0)).await.unwrap();
    let of = |unique: &str| ExecutionsOf::MapRun(map_run(unique));
    use ExecutionStatus::{Aborted, Failed, Running, Succeeded};
    let everything = ExecutionsOf::StateMachine(machine.clone().into());
    let labelled = format!("{machine}/label").parse::<QualifiedStateMachineArn>().unwrap();
    let rows: [(ExecutionsOf, _, &[&str]); 9] = [
        (of("a"), None, &["f", "s", "r3", "r2", "r1", "r0"]),
        (of("a"), Some(Running), &["r3", "r2", "r1", "r0"]),
        (of("a"), Some(Succeeded), &["s"]),
        (of("a"), Some(Failed), &["f"]),
        (of("a"), Some(Aborted), &[]),
        (of("b"), None, &["b"]),
        (of("unknown"), None, &[]),
        (everything, None, &["parent"]),
        (ExecutionsOf::StateMachine(labelled), None, &[]),
    ];
    for (of, status, want) in rows {
        let mut page = first_page(2);
        let mut names = Vec::new();
        loop {
            let query = ExecutionQuery { of: of.clone(), status, ..all_of(machine, page) };
            let answer = store.list_executions(query).await.unwrap();
            for summary in &answer.items {
                let record = store.execution(&summary.arn).await.unwrap().unwrap();
                assert_eq!(*summary, (&record).into());
            }
            names.extend(answer.items.into_iter().map(|it| it.arn.name().to_owned()));
            page = PageRequest { after: answer.next, ..page };
            if answer.next.is_none() {
                break;
            }
        }
        assert_eq!(names, want, "{of:?} {status:?}");
    }
}

/// Both executions and their items, as they are at the time.
pub async fn children_are_counted_by_status(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let store = &*fixture.store;
    fixture.start_map_runs("parent", &["a", "b"]).await;
    let failure = Failure::default();
    let timed_out = Closed { stopped_at: at(9), outcome: Outcome::TimedOut(failure.clone()) };
    let aborted = Closed { stopped_at: at(9), outcome: Outcome::Aborted(failure) };
    let ends = [(succeeded(), 1), (failed(), 2), (timed_out, 3), (aborted, 4)];
    let mut number = 0;
    for (closed, times) in ends {
        for _ in 0..times {
            fixture.end_child("a", &format!("e{number}"), number, closed.clone()).await;
            number += 1;
        }
    }
    let new = fixture.new_child("a", "running", number);
    let map_run_link = MapRunLink { map_run: map_run("a"), number, items: 40 };
    let new = NewExecution { map_run: Some(map_run_link), lease: Some(lasting(&node("n"))), ..new };
    let lease = store.create_execution(new).await.unwrap().lease.unwrap();
    let none = StatusCounts::default();
    let executions = StatusCounts { running: 1, succeeded: 1, failed: 2, timed_out: 3, aborted: 4, ..none };
    let items = StatusCounts { running: 40, succeeded: 2, failed: 4, timed_out: 6, aborted: 8, ..none };
    assert_eq!((executions.total(), items.total()), (11, 60));
    let counted = store.map_run_counts(counting("a")).await.unwrap();
    assert_eq!(counted, MapRunCounts { items, executions });

    let mut last = commit(&lease, 1, 1);
    last.progress.closed = Some(succeeded());
    store.commit(last).await.unwrap();
    let executions = StatusCounts { running: 0, succeeded: 2, ..executions };
    let items = StatusCounts { running: 0, succeeded: 42, ..items };
    let counted = store.map_run_counts(counting("a")).await.unwrap();
    assert_eq!(counted, MapRunCounts { items, executions });
    for none in ["b", "unknown"] {
        let counted = store.map_run_counts(counting(none)).await.unwrap();
        assert_eq!(counted, MapRunCounts::default(), "{none}");
    }
}

/// Place by place, the last child of each.
pub async fn children_are_read_by_place(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let store = &*fixture.store;
    fixture.start_map_runs("parent", &["a", "b"]).await;
    for (number, child, started) in
        [(2, "2", 1), (0, "0-later", 3), (0, "0", 2), (7, "7", 1), (1, "1", 1), (0, "0-last", 3)]
    {
        let new = fixture.new_child("a", child, number);
        store.create_execution(NewExecution { started_at: at(started), ..new }).await.unwrap();
    }
    store.create_execution(fixture.new_child("b", "b", 1)).await.unwrap();
    let rows: [(_, _, &[&str]); 8] = [
        (None, 0, &[]),
        (None, 1, &["0-last"]),
        (None, 2, &["0-last", "1"]),
        (Some(0), 2, &["1", "2"]),
        (Some(1), u32::MAX, &["2", "7"]),
        (Some(5), 1, &["7"]),
        (Some(7), 1, &[]),
        (Some(u64::MAX), 1, &[]),
    ];
    for (after, limit, want) in rows {
        let children = MapRunChildren { arn: map_run("a"), after, limit };
        let read = store.map_run_children(children).await.unwrap();
        let names: Vec<_> = read.iter().map(|it| it.arn.name()).collect();
        assert_eq!(names, want, "{limit} after {after:?}");
        for child in read {
            assert_eq!(store.execution(&child.arn).await.unwrap(), Some(child));
        }
    }
    let unknown = MapRunChildren { arn: map_run("unknown"), after: None, limit: 9 };
    assert_eq!(store.map_run_children(unknown).await.unwrap(), []);
}

/// A redriven map run comes to them by and by; what it has started again under
/// another name does not wait.
pub async fn failed_children_wait_for_a_redrive(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let Fixture { store, machine } = &fixture;
    let lease = fixture.start_map_runs("parent", &["a"]).await;
    for (number, closed) in [failed(), succeeded(), failed(), failed()].into_iter().enumerate() {
        fixture.end_child("a", &format!("c{number}"), number as u64, closed).await;
    }
    let listed = async |status| {
        let of = ExecutionsOf::MapRun(map_run("a"));
        let query = ExecutionQuery { of, status: Some(status), ..all_of(machine, first_page(9)) };
        let items = store.list_executions(query).await.unwrap().items;
        assert!(items.iter().all(|it| it.status == status), "{items:?}");
        items.iter().map(|it| it.arn.name().to_owned()).collect::<Vec<_>>()
    };
    let count = async || store.map_run_counts(counting("a")).await.unwrap();
    use ExecutionStatus::{Failed, PendingRedrive, Running};
    let ended = StatusCounts { succeeded: 1, failed: 3, ..StatusCounts::default() };
    assert_eq!(count().await.executions, ended);
    assert_eq!(listed(PendingRedrive).await, [""; 0]);

    store.commit(changing(&lease, 3, vec![end_map_run("a", MapRunStatus::Failed)])).await.unwrap();
    let redrive = vec![MapRunChange::Redrive { arn: map_run("a"), at: at(20) }];
    store.commit(changing(&lease, 4, redrive)).await.unwrap();
    let waiting = StatusCounts { failed: 0, pending_redrive: 3, ..ended };
    assert_eq!(count().await.executions, waiting);
    assert_eq!(count().await.items.pending_redrive, 6);
    assert_eq!(listed(PendingRedrive).await, ["c3", "c2", "c0"]);
    assert_eq!(listed(Failed).await, [""; 0]);
    let everywhere = ExecutionQuery { status: Some(PendingRedrive), ..all_of(machine, first_page(9)) };
    assert_eq!(store.list_executions(everywhere).await.unwrap().items, []);

    let first = Progress { closed: Some(failed()), ..step(1, 12) };
    let again = NewExecution { started_at: at(21), first: Some(first), ..fixture.new_child("a", "again", 0) };
    store.create_execution(again).await.unwrap();
    let running = NewExecution { started_at: at(21), ..fixture.new_child("a", "running", 2) };
    store.create_execution(running).await.unwrap();
    let mixed = StatusCounts { running: 1, failed: 1, pending_redrive: 1, not_redrivable: 1, ..ended };
    assert_eq!(count().await.executions, mixed);
    assert_eq!(count().await.items.not_redrivable, 2);
    assert_eq!(listed(PendingRedrive).await, ["c3"]);
    assert_eq!(listed(Failed).await, ["again", "c2", "c0"]);
    assert_eq!(listed(Running).await, ["running"]);

    store.commit(changing(&lease, 5, vec![end_map_run("a", MapRunStatus::Failed)])).await.unwrap();
    let over = StatusCounts { failed: 2, pending_redrive: 0, ..mixed };
    assert_eq!(count().await.executions, over);
    assert_eq!(listed(PendingRedrive).await, [""; 0]);
}

/// However creations and the end meet, every child that runs has the message.
pub async fn children_begin_before_the_end_or_not_at_all(place: &impl Place) {
    const THREADS: u64 = 4;
    let fixture = Fixture::open(place).await;
    let store = &*fixture.store;
    let parent = fixture.start_map_runs("parent", &["a"]).await;
    let created: Vec<_> = thread::scope(|threads| {
        let creators: Vec<_> = (0..THREADS)
            .map(|thread| {
                let fixture = &fixture;
                threads.spawn(move || {
                    let mut mine = Vec::new();
                    for number in (thread..).step_by(4) {
                        let new = fixture.new_child("a", &format!("c{number}"), number);
                        let new = NewExecution { lease: Some(lasting(&node("n"))), ..new };
                        match block_on(store.create_execution(new)) {
                            Ok(creation) => mine.push(creation.lease.unwrap()),
                            Err(CreateExecutionError::MapRunNotRunning) => return mine,
                            Err(error) => panic!("{error}"),
                        }
                    }
                    mine
                })
            })
            .collect();
        while block_on(store.map_run_counts(counting("a"))).unwrap().executions.running < 20 {
            thread::yield_now();
        }
        let mut end = changing(&parent, 3, vec![end_map_run("a", MapRunStatus::Aborted)]);
        end.progress.closed = Some(failed());
        block_on(store.commit(end)).unwrap();
        creators.into_iter().flat_map(|it| it.join().unwrap()).collect()
    });
    let counts = store.map_run_counts(counting("a")).await.unwrap();
    assert_eq!(counts.executions.running, created.len() as u64);
    for lease in created {
        assert_eq!(store.inbox(lease, InboxSequence::NONE).await.unwrap().len(), 1);
    }
}
