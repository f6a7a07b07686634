//! Executions are listed in pages.

use super::Place;
use super::fixture::{Fixture, all_of, commit, failed, first_page, name, node, scope, succeeded};
use crate::{ExecutionQuery, ExecutionStatus, PageRequest};

fn query(fixture: &Fixture, status: Option<ExecutionStatus>, page: PageRequest) -> ExecutionQuery {
    ExecutionQuery { status, ..all_of(&fixture.machine, page) }
}

/// Whatever comes between two pages, nothing is listed twice or left out.
pub async fn pages_are_stable_under_inserts(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    for number in 0..10 {
        let new = fixture.new_execution(&format!("e{number}"));
        fixture.store.create_execution(new).await.unwrap();
    }
    let mut page = first_page(3);
    let mut names = Vec::new();
    let mut sizes = Vec::new();
    loop {
        let got = fixture.store.list_executions(query(&fixture, None, page)).await.unwrap();
        sizes.push(got.items.len());
        names.extend(got.items.iter().map(|it| it.arn.name().to_owned()));
        let new = fixture.new_execution(&format!("later{}", sizes.len()));
        fixture.store.create_execution(new).await.unwrap();
        page.after = got.next;
        if got.next.is_none() {
            break;
        }
    }
    let want: Vec<_> = (0..10).rev().map(|number| format!("e{number}")).collect();
    assert_eq!(names, want);
    assert_eq!(sizes, [3, 3, 3, 1]);
    let exact = fixture.store.list_executions(query(&fixture, None, first_page(14))).await.unwrap();
    assert_eq!((exact.items.len(), exact.next), (14, None));
    assert_eq!(exact.items[0].arn.name(), "later4");
}

/// A status picks, and lists keep their order whatever changes status.
pub async fn executions_are_listed_by_status(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    for number in 0..6 {
        let lease = fixture.start(&format!("e{number}"), &node("n")).await;
        let closed = match number % 3 {
            0 => None,
            1 => Some(succeeded()),
            _ => Some(failed()),
        };
        let mut step = commit(&lease, 3, 3);
        step.progress.closed = closed;
        fixture.store.commit(step).await.unwrap();
    }
    use ExecutionStatus::{Aborted, Failed, Running, Succeeded};
    let rows: [(_, &[&str]); 5] = [
        (None, &["e5", "e4", "e3", "e2", "e1", "e0"]),
        (Some(Running), &["e3", "e0"]),
        (Some(Succeeded), &["e4", "e1"]),
        (Some(Failed), &["e5", "e2"]),
        (Some(Aborted), &[]),
    ];
    for (status, want) in rows {
        let page = fixture.store.list_executions(query(&fixture, status, first_page(9))).await.unwrap();
        let names: Vec<_> = page.items.iter().map(|it| it.arn.name()).collect();
        assert_eq!(names, want, "{status:?}");
        for summary in &page.items {
            let record = fixture.store.execution(&summary.arn).await.unwrap().unwrap();
            assert_eq!(*summary, (&record).into());
        }
    }
    let unknown = all_of(&scope().state_machine(&name("unknown")), first_page(9));
    assert!(fixture.store.list_executions(unknown).await.unwrap().items.is_empty());
}
