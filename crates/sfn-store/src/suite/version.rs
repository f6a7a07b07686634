//! Versions and aliases of state machines.

use std::sync::Arc;

use super::Place;
use super::fixture::{
    Fixture, all_of, at, commit, first_page, name, new_machine, node, revision, revision_id, scope, succeeded,
};
use crate::id::{QualifiedStateMachineArn, Qualifier, StateMachineArn};
use crate::{
    ALIASES_MAX, AliasRecord, Bytes, Creation, DeleteStateMachine, DeleteVersionError, ExecutionQuery,
    ExecutionsOf, FirstVersion, NewExecution, NewStateMachine, PageRequest, PublishError, PublishVersion,
    Route, Routing, StartedOn, Store, UpdateAlias, UpdateStateMachine, VersionRecord,
};

fn publication(machine: &StateMachineArn, number: u64) -> PublishVersion {
    PublishVersion {
        machine: machine.clone(),
        revision: revision_id(machine, number),
        description: Some(format!("of revision {number}").into()),
        created_at: at(3),
    }
}

async fn publish(store: &dyn Store, machine: &StateMachineArn, number: u64) -> Creation<VersionRecord> {
    store.publish_version(publication(machine, number)).await.unwrap()
}

/// Gives the state machine revisions up to this one, a version of each.
async fn with_versions(fixture: &Fixture, count: u64) {
    let Fixture { store, machine } = fixture;
    publish(&**store, machine, 1).await;
    for number in 2..=count {
        let update = UpdateStateMachine {
            arn: machine.clone(),
            expected: revision_id(machine, number - 1),
            revision: revision(machine, number),
        };
        store.update_state_machine(update).await.unwrap();
        publish(&**store, machine, number).await;
    }
}

fn alias(machine: &StateMachineArn, alias: &str, first: u64, second: Option<u64>) -> AliasRecord {
    AliasRecord {
        machine: machine.clone(),
        name: name(alias),
        description: None,
        routing: Routing {
            first: Route { version: first, weight: 70 },
            second: second.map(|version| Route { version, weight: 30 }),
        },
        created_at: at(4),
        updated_at: at(4),
    }
}

async fn numbers(store: &dyn Store, machine: &StateMachineArn, page: PageRequest) -> Vec<u64> {
    store.list_versions(machine, page).await.unwrap().items.iter().map(|version| version.number).collect()
}

/// A revision is published once; numbers are never used again.
pub async fn versions_are_published_once_per_revision(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let Fixture { store, machine } = &fixture;
    let Creation::Created(first) = publish(&**store, machine, 1).await else {
        panic!("the first version exists already");
    };
    assert_eq!((first.number, &first.revision), (1, &revision(machine, 1)));
    let again = PublishVersion { description: None, created_at: at(9), ..publication(machine, 1) };
    assert_eq!(store.publish_version(again).await.unwrap(), Creation::Existing(first.clone()));
    assert_eq!(store.version(machine, 1).await.unwrap(), Some(first));

    with_versions(&fixture, 3).await;
    store.delete_version(machine, 3).await.unwrap();
    store.delete_version(machine, 3).await.unwrap();
    assert_eq!(store.version(machine, 3).await.unwrap(), None);
    assert_eq!(publish(&**store, machine, 3).await.into_record().number, 4);
    assert_eq!(numbers(&**store, machine, first_page(9)).await, [4, 2, 1]);
    let page = store.list_versions(machine, first_page(2)).await.unwrap();
    let next = PageRequest { limit: 2, after: page.next };
    assert_eq!(numbers(&**store, machine, next).await, [1]);

    let description = Some(Arc::from("with its state machine"));
    let version = Some(FirstVersion { description: description.clone() });
    let Creation::Created(with) =
        store.create_state_machine(NewStateMachine { version, ..new_machine("with") }).await.unwrap()
    else {
        panic!("it exists already");
    };
    let first = store.version(&with.arn, 1).await.unwrap().unwrap();
    assert_eq!((&first.description, first.created_at), (&description, with.created_at));
    assert_eq!((first.is_created_with_machine, &first.revision), (true, &with.revision));
    let again = PublishVersion { revision: with.revision.id.clone(), ..publication(&with.arn, 1) };
    assert_eq!(store.publish_version(again).await.unwrap(), Creation::Existing(first));

    let unknown = scope().state_machine(&name("unknown"));
    let error = store.publish_version(publication(&unknown, 1)).await.unwrap_err();
    assert!(matches!(error, PublishError::NoSuchStateMachine));
    store.create_state_machine(new_machine("other")).await.unwrap();
    let other = scope().state_machine(&name("other"));
    let foreign = PublishVersion { machine: other, ..publication(machine, 1) };
    let error = store.publish_version(foreign).await.unwrap_err();
    assert!(matches!(error, PublishError::NoSuchTarget));
}

/// An alias is created once and holds the versions that it leads to.
pub async fn aliases_lead_to_versions(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let Fixture { store, machine } = &fixture;
    with_versions(&fixture, 3).await;
    let new = alias(machine, "b", 1, Some(2));
    assert_eq!(store.create_alias(new.clone()).await.unwrap(), Creation::Created(new.clone()));
    let other = AliasRecord { description: Some("other".into()), ..new.clone() };
    assert_eq!(store.create_alias(other).await.unwrap(), Creation::Existing(new.clone()));
    store.create_alias(alias(machine, "a", 2, None)).await.unwrap();
    let error = store.create_alias(alias(machine, "c", 1, Some(9))).await.unwrap_err();
    assert!(matches!(error, PublishError::NoSuchTarget));

    let error = store.delete_version(machine, 2).await.unwrap_err();
    let names = [name("a"), name("b")];
    assert!(matches!(error, DeleteVersionError::Referenced { aliases } if aliases == names));
    let update = UpdateAlias {
        machine: machine.clone(),
        name: name("b"),
        description: Some("changed".into()),
        routing: None,
        updated_at: at(5),
    };
    let mut changed = AliasRecord { description: Some("changed".into()), updated_at: at(5), ..new };
    assert_eq!(store.update_alias(update.clone()).await.unwrap(), changed);
    changed.routing = alias(machine, "b", 3, None).routing;
    let update = UpdateAlias { description: None, routing: Some(changed.routing), ..update };
    assert_eq!(store.update_alias(update.clone()).await.unwrap(), changed);
    assert_eq!(store.alias(machine, &name("b")).await.unwrap(), Some(changed.clone()));
    assert_eq!(store.aliases(machine).await.unwrap(), [alias(machine, "a", 2, None), changed]);

    store.delete_alias(machine, &name("a")).await.unwrap();
    store.delete_alias(machine, &name("a")).await.unwrap();
    store.delete_version(machine, 2).await.unwrap();
    let error = store.update_alias(UpdateAlias { name: name("a"), ..update.clone() }).await.unwrap_err();
    assert!(matches!(error, PublishError::NoSuchAlias));
    let gone = UpdateAlias { routing: Some(alias(machine, "b", 2, None).routing), ..update };
    let error = store.update_alias(gone).await.unwrap_err();
    assert!(matches!(error, PublishError::NoSuchTarget));
}

/// One more alias than there may be is refused.
pub async fn aliases_are_limited(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let Fixture { store, machine } = &fixture;
    with_versions(&fixture, 1).await;
    for number in 0..ALIASES_MAX {
        store.create_alias(alias(machine, &format!("a{number}"), 1, None)).await.unwrap();
    }
    let error = store.create_alias(alias(machine, "late", 1, None)).await.unwrap_err();
    assert!(matches!(error, PublishError::TooMany { max: ALIASES_MAX }));
}

/// What was published goes with the state machine.
pub async fn versions_and_aliases_go_with_their_state_machine(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let Fixture { store, machine } = &fixture;
    with_versions(&fixture, 1).await;
    store.create_alias(alias(machine, "a", 1, None)).await.unwrap();
    let lease = fixture.start("e", &node("n")).await;
    let deletion = DeleteStateMachine { arn: machine.clone(), stop: Bytes::from_static(b"stop") };
    store.delete_state_machine(deletion).await.unwrap();
    let error = store.publish_version(publication(machine, 1)).await.unwrap_err();
    assert!(matches!(error, PublishError::Deleting));
    let error = store.create_alias(alias(machine, "b", 1, None)).await.unwrap_err();
    assert!(matches!(error, PublishError::Deleting));
    let mut last = commit(&lease, 3, 3);
    last.progress.closed = Some(succeeded());
    store.commit(last).await.unwrap();

    let mut successor = new_machine("machine");
    successor.record.revision = revision(machine, 2);
    store.create_state_machine(successor).await.unwrap();
    assert_eq!(store.version(machine, 1).await.unwrap(), None);
    assert_eq!(store.aliases(machine).await.unwrap(), []);
    assert_eq!(publish(&**store, machine, 2).await.into_record().number, 1);
}

/// Executions keep what they were started on, and are listed by it.
pub async fn executions_are_listed_by_version_and_alias(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let Fixture { store, machine } = &fixture;
    with_versions(&fixture, 2).await;
    let on = |version, alias: Option<&str>| Some(StartedOn { version, alias: alias.map(name) });
    let rows = [
        ("plain", None),
        ("one", on(1, None)),
        ("two", on(2, None)),
        ("one by a", on(1, Some("a"))),
        ("two by a", on(2, Some("a"))),
        ("two by b", on(2, Some("b"))),
    ];
    for (execution, started_on) in rows {
        let execution = execution.replace(' ', "-");
        let new = NewExecution { started_on: started_on.clone(), ..fixture.new_execution(&execution) };
        let arn = new.arn.clone();
        store.create_execution(new).await.unwrap();
        assert_eq!(store.execution(&arn).await.unwrap().unwrap().started_on, started_on);
    }
    let lists: [(_, &[&str]); 5] = [
        (None, &["two-by-b", "two-by-a", "one-by-a", "two", "one", "plain"]),
        (Some(Qualifier::Version(1)), &["one-by-a", "one"]),
        (Some(Qualifier::Version(2)), &["two-by-b", "two-by-a", "two"]),
        (Some(Qualifier::Alias(name("a"))), &["two-by-a", "one-by-a"]),
        (Some(Qualifier::Version(3)), &[]),
    ];
    for (qualifier, want) in lists {
        let mut page = first_page(2);
        let mut found = Vec::new();
        loop {
            let arn =
                QualifiedStateMachineArn { state_machine: machine.clone(), qualifier: qualifier.clone() };
            let of = ExecutionsOf::StateMachine(arn);
            let query = ExecutionQuery { of, ..all_of(machine, page) };
            let answer = store.list_executions(query).await.unwrap();
            for summary in &answer.items {
                let record = store.execution(&summary.arn).await.unwrap().unwrap();
                assert_eq!(*summary, (&record).into());
            }
            found.extend(answer.items.into_iter().map(|it| it.arn.name().to_owned()));
            page.after = answer.next;
            if answer.next.is_none() {
                break;
            }
        }
        assert_eq!(found, want, "{qualifier:?}");
    }
}

/// Versions and aliases outlive the handle.
pub async fn versions_and_aliases_are_there_after_reopening(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    with_versions(&fixture, 2).await;
    let Fixture { store, machine } = &fixture;
    let published = store.version(machine, 2).await.unwrap();
    let new = alias(machine, "a", 1, Some(2));
    store.create_alias(new.clone()).await.unwrap();
    drop(fixture);
    let Fixture { store, machine } = Fixture::open(place).await;
    assert_eq!(store.version(&machine, 2).await.unwrap(), published);
    assert_eq!(store.aliases(&machine).await.unwrap(), [new]);
}
