//! Map runs begin, change and end.

use super::Place;
use super::fixture::{
    Fixture, at, callback, commit, counting, end_map_run, failed, first_page, lasting, map_run, new_map_run,
    node, segment,
};
use crate::id::{EventId, InboxSequence};
use crate::{
    Commit, CommitError, CreateExecutionError, Lease, MapRunChange, MapRunChildren, MapRunError, MapRunNote,
    MapRunRecord, MapRunStatus, NewExecution, Progress, Store, UpdateMapRun,
};

/// A step of one event that changes map runs.
pub(super) fn changing(lease: &Lease, event: u64, map_runs: Vec<MapRunChange>) -> Commit {
    let mut commit = commit(lease, event, event);
    commit.progress.map_runs = map_runs;
    commit
}

async fn record(store: &dyn Store, unique: &str) -> MapRunRecord {
    store.map_run(&map_run(unique)).await.unwrap().expect("the map run exists")
}

/// A start, an end and a redrive each happen once, and only to their own
/// execution's map runs.
pub async fn map_runs_begin_and_end_with_steps(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let store = &*fixture.store;
    let other = fixture.start("other", &node("n")).await;
    let lease = fixture.start_map_runs("parent", &["a"]).await;
    let new = new_map_run("a");
    let running = MapRunRecord {
        arn: map_run("a"),
        execution: lease.execution.clone(),
        state_name: "Each".into(),
        status: MapRunStatus::Running,
        started_at: at(2),
        stopped_at: None,
        settings: new.settings,
        redrive_count: 0,
        redriven_at: None,
        items_total: 0,
        results_written: false,
    };
    assert_eq!(record(store, "a").await, running);
    assert_eq!(store.map_run(&map_run("unknown")).await.unwrap(), None);

    let again = MapRunChange::Start(crate::NewMapRun { started_at: at(3), ..new.clone() });
    let redrive = MapRunChange::Redrive { arn: map_run("a"), at: at(5) };
    let foreign = vec![again.clone(), redrive.clone(), end_map_run("a", MapRunStatus::Failed)];
    store.commit(changing(&other, 3, foreign)).await.unwrap();
    store.commit(changing(&lease, 3, vec![again, redrive.clone()])).await.unwrap();
    assert_eq!(record(store, "a").await, running);

    store.note_map_run(&map_run("a"), MapRunNote::ResultsWritten).await.unwrap();
    let ends = vec![end_map_run("a", MapRunStatus::Succeeded), end_map_run("a", MapRunStatus::Aborted)];
    store.commit(changing(&lease, 4, ends)).await.unwrap();
    let ended = MapRunRecord {
        status: MapRunStatus::Succeeded,
        stopped_at: Some(at(8)),
        results_written: true,
        ..running.clone()
    };
    assert_eq!(record(store, "a").await, ended);

    let later = MapRunChange::Redrive { arn: map_run("a"), at: at(6) };
    store.commit(changing(&lease, 5, vec![redrive, later])).await.unwrap();
    let redriven = MapRunRecord { redrive_count: 1, redriven_at: Some(at(5)), ..running };
    assert_eq!(record(store, "a").await, redriven);
}

/// They are part of the step: whole or not at all.
pub async fn refused_commits_leave_map_runs_alone(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let store = &*fixture.store;
    let lease = fixture.start_map_runs("parent", &["a"]).await;
    let child = fixture.new_child("a", "child", 0);
    let child = NewExecution { lease: Some(lasting(&node("n"))), ..child };
    let child = store.create_execution(child).await.unwrap().lease.unwrap();
    let before = record(store, "a").await;
    let changes = || vec![MapRunChange::Start(new_map_run("b")), end_map_run("a", MapRunStatus::Failed)];

    let gap = Commit { expected_last_event_id: EventId::new(9), ..changing(&lease, 3, changes()) };
    assert!(matches!(store.commit(gap).await, Err(CommitError::Conflict { .. })));
    let mut token = changing(&lease, 3, changes());
    token.progress.open_tasks = vec![callback("t"), callback("t")];
    assert!(matches!(store.commit(token).await, Err(CommitError::TokenInUse)));
    let lost = changing(&Lease { node: node("lost"), ..lease.clone() }, 3, changes());
    assert!(matches!(store.commit(lost).await, Err(CommitError::LeaseLost)));
    let first = Progress { events: Some(segment(2, 2)), map_runs: changes(), ..Progress::default() };
    let new = NewExecution { first: Some(first), ..fixture.new_execution("late") };
    assert!(matches!(store.create_execution(new).await, Err(CreateExecutionError::FirstStep)));

    assert_eq!(store.map_run(&map_run("b")).await.unwrap(), None);
    assert_eq!(record(store, "a").await, before);
    assert!(store.inbox(child, InboxSequence::NONE).await.unwrap().is_empty());
    store.commit(changing(&lease, 3, changes())).await.unwrap();
    assert_eq!(record(store, "b").await.status, MapRunStatus::Running);
}

/// Those of one execution, page by page.
pub async fn map_runs_are_listed_newest_first(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let store = &*fixture.store;
    let lease = fixture.start_map_runs("parent", &["a", "b"]).await;
    fixture.start_map_runs("other", &["c"]).await;
    store.commit(changing(&lease, 3, vec![MapRunChange::Start(new_map_run("d"))])).await.unwrap();
    let mut page = first_page(2);
    let mut listed = Vec::new();
    loop {
        let answer = store.list_map_runs(&lease.execution, page).await.unwrap();
        for it in &answer.items {
            assert_eq!(*it, record(store, it.arn.unique()).await);
        }
        listed.extend(answer.items.into_iter().map(|it| it.arn.unique().to_owned()));
        page.after = answer.next;
        if answer.next.is_none() {
            break;
        }
    }
    assert_eq!(listed, ["d", "b", "a"]);
    fixture.start("childless", &node("n")).await;
    for none in ["childless", "unknown"] {
        let answer = store.list_map_runs(&fixture.execution(none), first_page(9)).await.unwrap();
        assert!(answer.items.is_empty() && answer.next.is_none(), "{none}");
    }
}

/// Settings are changed one by one, and nothing once it has ended.
pub async fn map_runs_change_while_they_run(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let store = &*fixture.store;
    let lease = fixture.start_map_runs("parent", &["a"]).await;
    let nothing = UpdateMapRun {
        arn: map_run("a"),
        max_concurrency: None,
        tolerated_failure_count: None,
        tolerated_failure_percentage: None,
    };
    let mut settings = new_map_run("a").settings;
    type Change = fn(&mut UpdateMapRun, &mut crate::MapRunSettings);
    let rows: [(&str, Change); 4] = [
        ("nothing", |_, _| {}),
        ("concurrency", |update, want| {
            update.max_concurrency = Some(0);
            want.max_concurrency = 0;
        }),
        ("count", |update, want| {
            update.tolerated_failure_count = Some(7);
            want.tolerated_failure_count = Some(7);
        }),
        ("percentage", |update, want| {
            update.tolerated_failure_percentage = Some(0.25);
            want.tolerated_failure_percentage = Some(0.25);
        }),
    ];
    for (what, change) in rows {
        let mut update = nothing.clone();
        change(&mut update, &mut settings);
        let updated = store.update_map_run(update).await.unwrap();
        assert_eq!(updated.settings, settings, "{what}");
        assert_eq!(updated, record(store, "a").await, "{what}");
    }
    for items in [3, 2] {
        store.note_map_run(&map_run("a"), MapRunNote::ItemsTotal(items)).await.unwrap();
        assert_eq!(record(store, "a").await.items_total, items);
    }

    store.commit(changing(&lease, 3, vec![end_map_run("a", MapRunStatus::Aborted)])).await.unwrap();
    let ended = record(store, "a").await;
    let notes = [MapRunNote::ItemsTotal(9), MapRunNote::ResultsWritten];
    for note in notes {
        let refused = store.note_map_run(&map_run("a"), note).await;
        assert!(matches!(refused, Err(MapRunError::NotRunning)), "{note:?}");
        let refused = store.note_map_run(&map_run("unknown"), note).await;
        assert!(matches!(refused, Err(MapRunError::NoSuchMapRun)), "{note:?}");
    }
    let update = UpdateMapRun { max_concurrency: Some(9), ..nothing };
    let refused = store.update_map_run(update.clone()).await;
    assert!(matches!(refused, Err(MapRunError::NotRunning)));
    let refused = store.update_map_run(UpdateMapRun { arn: map_run("unknown"), ..update }).await;
    assert!(matches!(refused, Err(MapRunError::NoSuchMapRun)));
    assert_eq!(record(store, "a").await, ended);
}

/// Map runs and what they are to their children outlive the handle.
pub async fn map_runs_are_there_after_reopening(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let store = &*fixture.store;
    let parent = fixture.start_map_runs("parent", &["a", "b"]).await;
    store.create_execution(fixture.new_child("b", "running", 0)).await.unwrap();
    fixture.end_child("b", "failed", 1, failed()).await;
    store.note_map_run(&map_run("b"), MapRunNote::ItemsTotal(8)).await.unwrap();
    store.commit(changing(&parent, 3, vec![end_map_run("a", MapRunStatus::Failed)])).await.unwrap();
    let redrive = vec![MapRunChange::Redrive { arn: map_run("a"), at: at(9) }];
    store.commit(changing(&parent, 4, redrive)).await.unwrap();
    let everything = async |store: &dyn Store| {
        let children = MapRunChildren { arn: map_run("b"), after: None, limit: 9 };
        (
            store.list_map_runs(&parent.execution, first_page(9)).await.unwrap().items,
            store.map_run_counts(counting("b")).await.unwrap(),
            store.map_run_children(children).await.unwrap(),
        )
    };
    let before = everything(store).await;
    assert_eq!((before.0.len(), before.2.len()), (2, 2));
    drop(fixture);

    let fixture = Fixture::open(place).await;
    let store = &*fixture.store;
    assert_eq!(everything(store).await, before);
    store.commit(changing(&parent, 5, vec![end_map_run("b", MapRunStatus::Aborted)])).await.unwrap();
    let claimed = fixture.claim(lasting(&node("n")), 1).await.claimed;
    let child = claimed.iter().find(|it| it.record.arn.name() == "running").unwrap();
    assert_eq!(child.inbox.len(), 1);
    let refused = store.create_execution(fixture.new_child("b", "late", 2)).await;
    assert!(matches!(refused, Err(CreateExecutionError::MapRunNotRunning)));
}
