//! What the tests begin with.

use std::sync::Arc;
use std::time::Duration;

use super::Place;
use crate::id::{
    ActivityArn, ArnScope, EventId, ExecutionArn, InboxSequence, MapRunArn, Name, NodeId, RevisionId,
    StateMachineArn, TaskKey, TaskToken,
};
use crate::{
    ActivityRecord, Bytes, ClaimRequest, Claims, Closed, Commit, CountMapRun, ExecutionQuery, ExecutionsOf,
    Failure, Lease, LeaseRequest, MachineType, MapRunChange, MapRunLink, MapRunSettings, MapRunStatus,
    NewActivity, NewExecution, NewMapRun, NewStateMachine, OpenTask, Outcome, PageRequest, Progress,
    Revision, Segment, StateMachineRecord, StateMachineStatus, Store, Then, Timestamp, Work,
};

/// A store with one state machine.
#[derive(Clone, Debug)]
pub struct Fixture {
    /// The store.
    pub store: Arc<dyn Store>,
    /// The state machine.
    pub machine: StateMachineArn,
}

impl Fixture {
    /// Opens the store and creates the state machine if it is not there.
    pub async fn open(place: &impl Place) -> Self {
        let store = place.open().await;
        let new = new_machine("machine");
        let machine = new.record.arn.clone();
        store.create_state_machine(new).await.unwrap();
        Self { store, machine }
    }

    /// The ARN of an execution of the state machine.
    pub fn execution(&self, execution: &str) -> ExecutionArn {
        self.machine.execution(&name(execution))
    }

    /// An execution to create: no first step, no lease.
    pub fn new_execution(&self, execution: &str) -> NewExecution {
        NewExecution {
            arn: self.execution(execution),
            revision: revision_id(&self.machine, 1),
            input: r#"{"a":1}"#.into(),
            started_on: None,
            trace_header: None,
            test_case: Some("case".into()),
            map_run: None,
            started_at: at(1),
            first: None,
            lease: None,
        }
    }

    /// Creates an execution that has made a first step of two events and that
    /// this node has leased for an hour.
    pub async fn start(&self, execution: &str, node: &NodeId) -> Lease {
        let mut new = self.new_execution(execution);
        new.first = Some(step(1, 2));
        new.lease = Some(lasting(node));
        let creation = self.store.create_execution(new).await.unwrap();
        creation.lease.expect("the creator wanted a lease")
    }

    /// Starts such an execution, which starts these map runs as well.
    pub async fn start_map_runs(&self, execution: &str, uniques: &[&str]) -> Lease {
        let mut new = self.new_execution(execution);
        let changes = uniques.iter().map(|unique| MapRunChange::Start(new_map_run(unique)));
        new.first = Some(Progress { map_runs: changes.collect(), ..step(1, 2) });
        new.lease = Some(lasting(&node("n")));
        let creation = self.store.create_execution(new).await.unwrap();
        creation.lease.expect("the creator wanted a lease")
    }

    /// A child of a map run to create, at this place and with two items: no
    /// first step, no lease.
    pub fn new_child(&self, unique: &str, child: &str, number: u64) -> NewExecution {
        let map_run = map_run(unique);
        NewExecution {
            arn: map_run.execution(&name(child)),
            map_run: Some(MapRunLink { map_run, number, items: 2 }),
            ..self.new_execution(child)
        }
    }

    /// Creates a child that has ended.
    pub async fn end_child(&self, unique: &str, child: &str, number: u64, closed: Closed) {
        let first = Progress { closed: Some(closed), ..step(1, 2) };
        let new = NewExecution { first: Some(first), ..self.new_child(unique, child, number) };
        self.store.create_execution(new).await.unwrap();
    }

    /// Claims what is due at this second.
    pub async fn claim(&self, lease: LeaseRequest, second: i64) -> Claims {
        let request = ClaimRequest { lease, limit: 100, now: at(second) };
        self.store.claim(request).await.unwrap()
    }
}

/// A second of the tests' time.
pub fn at(second: i64) -> Timestamp {
    Timestamp::from_timestamp(1_700_000_000 + second, 0).unwrap()
}

/// A name.
pub fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

/// A node.
pub fn node(text: &str) -> NodeId {
    NodeId::new(text).unwrap()
}

/// Where the tests' resources live.
pub fn scope() -> ArnScope {
    ArnScope::new("us-east-1", "123456789012").unwrap()
}

/// The id of a state machine's revision.
pub fn revision_id(machine: &StateMachineArn, number: u64) -> RevisionId {
    RevisionId::new(format!("{}-{number}", machine.name())).unwrap()
}

/// A revision of a state machine.
pub fn revision(machine: &StateMachineArn, number: u64) -> Arc<Revision> {
    Arc::new(Revision {
        id: revision_id(machine, number),
        number,
        updated_at: at(0),
        definition: format!(r#"{{"Comment":"{number}"}}"#).into(),
        role_arn: "arn:aws:iam::123456789012:role/r".into(),
        logging: Some(r#"{"level":"OFF"}"#.into()),
        tracing: None,
        encryption: None,
    })
}

/// A state machine to create.
pub fn new_machine(machine: &str) -> NewStateMachine {
    let arn = scope().state_machine(&name(machine));
    let record = StateMachineRecord {
        revision: revision(&arn, 1),
        arn,
        machine_type: MachineType::Standard,
        status: StateMachineStatus::Active,
        created_at: at(0),
    };
    NewStateMachine { record, tags: Vec::new(), version: None }
}

/// An activity to create.
pub fn new_activity(activity: &str) -> NewActivity {
    let arn = scope().activity(&name(activity));
    NewActivity { record: ActivityRecord { arn, created_at: at(0), encryption: None }, tags: Vec::new() }
}

/// A lease that lasts longer than any test.
pub fn lasting(node: &NodeId) -> LeaseRequest {
    LeaseRequest { node: node.clone(), ttl: Duration::from_hours(1) }
}

/// A lease that has run out when it is given.
pub fn fleeting(node: &NodeId) -> LeaseRequest {
    LeaseRequest { node: node.clone(), ttl: Duration::ZERO }
}

/// The events from `first` to `last`.
pub fn segment(first: u64, last: u64) -> Segment {
    Segment {
        first_event_id: EventId::new(first),
        last_event_id: EventId::new(last),
        events: Bytes::from(format!("events {first} to {last}")),
    }
}

/// A step with these events and a snapshot that names the last.
pub fn step(first: u64, last: u64) -> Progress {
    Progress {
        events: Some(segment(first, last)),
        snapshot: Some(Bytes::from(format!("snapshot {last}"))),
        ..Progress::default()
    }
}

/// The commit of such a step, keeping the lease.
pub fn commit(lease: &Lease, first: u64, last: u64) -> Commit {
    Commit {
        lease: lease.clone(),
        expected_last_event_id: EventId::new(first - 1),
        consumed_through: InboxSequence::NONE,
        progress: step(first, last),
        then: Then::Keep,
    }
}

/// The end of an execution that succeeded.
pub fn succeeded() -> Closed {
    Closed { stopped_at: at(9), outcome: Outcome::Succeeded { output: "7".into() } }
}

/// The end of an execution that failed.
pub fn failed() -> Closed {
    let failure = Failure { error: Some("E".into()), cause: None };
    Closed { stopped_at: at(9), outcome: Outcome::Failed(failure) }
}

/// A token.
pub fn token(text: &str) -> TaskToken {
    TaskToken::new(text).unwrap()
}

/// A task that waits for its token.
pub fn callback(text: &str) -> OpenTask {
    OpenTask { token: token(text), key: key(text), work: Work::Callback }
}

/// A task for an activity's workers.
pub fn activity_task(text: &str, activity: &ActivityArn) -> OpenTask {
    let work = Work::Activity { activity: activity.clone(), input: format!("\"{text}\"").into() };
    OpenTask { token: token(text), key: key(text), work }
}

/// A task's key.
pub fn key(text: &str) -> TaskKey {
    TaskKey::new(format!("key of {text}")).unwrap()
}

/// All executions of a state machine.
pub fn all_of(machine: &StateMachineArn, page: PageRequest) -> ExecutionQuery {
    let of = ExecutionsOf::StateMachine(machine.clone().into());
    ExecutionQuery { of, status: None, redriven: None, page }
}

/// The ARN of a map run of the state machine.
pub fn map_run(unique: &str) -> MapRunArn {
    format!("arn:aws:states:us-east-1:123456789012:mapRun:machine/label:{unique}").parse().unwrap()
}

/// A map run to start.
pub fn new_map_run(unique: &str) -> NewMapRun {
    let settings = MapRunSettings {
        max_concurrency: 5,
        tolerated_failure_count: None,
        tolerated_failure_percentage: Some(12.5),
    };
    NewMapRun { arn: map_run(unique), state_name: "Each".into(), settings, started_at: at(2) }
}

/// The end of a map run, with a message to its children.
pub fn end_map_run(unique: &str, status: MapRunStatus) -> MapRunChange {
    let stop_children = Some(Bytes::from_static(b"stop"));
    MapRunChange::End { arn: map_run(unique), status, at: at(8), stop_children }
}

/// The count of a map run's children, of which those with more than nine
/// events cannot be redriven.
pub fn counting(unique: &str) -> CountMapRun {
    CountMapRun { arn: map_run(unique), redrive_events_max: 9 }
}

/// The first page of a list.
pub fn first_page(limit: u32) -> PageRequest {
    PageRequest { limit, after: None }
}
