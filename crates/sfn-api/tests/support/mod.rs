//! A host that runs executions in place, and calls in one line each.
#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::needless_pass_by_value, reason = "requests read best as literals")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking; the bench uses this too")]

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use asl_parser::{Options, ResourceKind};
use asl_runtime::{Effect, Execution, Outcome, Signal, Snapshot, Step, TaskReport, segment};
use serde_json::{Value, json};
use sfn_api::{
    Api, ApiConfig, ApiError, ExpressEnd, ExpressStart, Host, HostFuture, LoneTask, Operation, StandardStart,
    Subject, Timestamp, Watch,
};
use sfn_store::id::{ActivityArn, ArnScope, EventId, InboxSequence, NodeId, TaskKey, TaskToken};
use sfn_store::{
    Bytes, ClaimRequest, Claimed, Closed, Commit, CreateExecutionError, Creation, ExecutionRecord, Failure,
    LeaseRequest, MemoryStore, OpenTask, Progress, Segment, Store, Then, Work,
};

pub(crate) const ROLE: &str = "arn:aws:iam::123456789012:role/r";

/// The answer of a future that never waits.
pub(crate) fn now_or_never<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the future waits for something"),
    }
}

/// Runs executions when somebody watches, on a clock that stands still.
#[derive(Debug)]
pub(crate) struct TestHost {
    store: Arc<dyn Store>,
    milliseconds: AtomicI64,
    entropy: AtomicU64,
    watched: Mutex<Vec<Subject>>,
}

impl TestHost {
    fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            milliseconds: AtomicI64::new(1_700_000_000_000),
            entropy: AtomicU64::new(0),
            watched: Mutex::default(),
        }
    }

    pub(crate) fn advance(&self, duration: Duration) {
        let milliseconds = i64::try_from(duration.as_millis()).unwrap();
        self.milliseconds.fetch_add(milliseconds, Ordering::Relaxed);
    }

    /// Steps everything that is due.
    pub(crate) fn drive(&self) {
        let node = NodeId::new("test").unwrap();
        loop {
            let lease = LeaseRequest { node: node.clone(), ttl: Duration::from_mins(1) };
            let request = ClaimRequest { lease, limit: 100, now: self.now() };
            let claims = now_or_never(self.store.claim(request)).unwrap();
            if claims.claimed.is_empty() {
                return;
            }
            for claimed in claims.claimed {
                self.step(claimed);
            }
        }
    }

    fn step(&self, claimed: Claimed) {
        let revision = now_or_never(self.store.revision(&claimed.record.revision)).unwrap().unwrap();
        let parsed = asl_parser::parse(&revision.definition, &Options::default());
        let snapshot = Snapshot::from_bytes(claimed.snapshot.unwrap().to_vec());
        let mut execution = Execution::resume(Arc::new(parsed.definition.unwrap()), &snapshot).unwrap();
        let mut last = claimed.record.last_event_id;
        let mut consumed = claimed.consumed_through;
        let messages = claimed
            .inbox
            .into_iter()
            .map(|message| (message.sequence, serde_json::from_slice(&message.body).unwrap()));
        let mut signals: Vec<(InboxSequence, Signal)> = messages.collect();
        signals.push((InboxSequence::NONE, Signal::Tick));
        for (sequence, signal) in signals {
            consumed = consumed.max(sequence);
            let Ok(step) = execution.step(self.now(), signal) else { continue };
            let outcome = step.outcome.clone();
            let progress = progress(&execution, step, self.now());
            let next = progress.events.as_ref().map_or(last, |events| events.last_event_id);
            let commit = Commit {
                lease: claimed.lease.clone(),
                expected_last_event_id: last,
                consumed_through: consumed,
                progress,
                then: if sequence == InboxSequence::NONE { Then::Release } else { Then::Keep },
            };
            now_or_never(self.store.commit(commit)).unwrap();
            last = next;
            if outcome.is_some() {
                return;
            }
        }
    }
}

/// What a step changes in the store.
fn progress(execution: &Execution, step: Step, now: Timestamp) -> Progress {
    let ends = step.events.first().zip(step.events.last());
    let events = ends.map(|(first, last)| Segment {
        first_event_id: EventId::new(first.id.0),
        last_event_id: EventId::new(last.id.0),
        events: Bytes::from(segment::encode(&step.events)),
    });
    let open_tasks = step.effects.into_iter().filter_map(|effect| match effect {
        Effect::StartTask(task) => {
            let work = match task.resource.kind {
                ResourceKind::Activity => Work::Activity {
                    activity: task.resource.text.parse::<ActivityArn>().unwrap(),
                    input: Arc::clone(task.input.shared_text()),
                },
                _ => Work::Callback,
            };
            let token = TaskToken::new(Arc::clone(task.task_token?.shared())).unwrap();
            Some(OpenTask { token, key: TaskKey::new(task.key.to_string()).unwrap(), work })
        }
        _ => None,
    });
    Progress {
        events,
        open_tasks: open_tasks.collect(),
        snapshot: Some(Bytes::from(execution.snapshot().into_bytes())),
        wake_at: step.wake_at,
        closed: step.outcome.map(|outcome| Closed { stopped_at: now, outcome: stored(outcome) }),
        ..Progress::default()
    }
}

fn stored(outcome: Outcome) -> sfn_store::Outcome {
    match outcome {
        Outcome::Succeeded { output } => {
            sfn_store::Outcome::Succeeded { output: Arc::clone(output.shared_text()) }
        }
        Outcome::Failed { error, cause } => sfn_store::Outcome::Failed(Failure { error, cause }),
        Outcome::TimedOut { error, cause } => sfn_store::Outcome::TimedOut(Failure { error, cause }),
        Outcome::Aborted { error, cause } => sfn_store::Outcome::Aborted(Failure { error, cause }),
    }
}

impl Host for TestHost {
    fn now(&self) -> Timestamp {
        Timestamp::from_timestamp_millis(self.milliseconds.load(Ordering::Relaxed)).unwrap()
    }

    fn entropy(&self) -> u128 {
        // Spread over all bits, as names and tokens show only some of them.
        let count = u128::from(self.entropy.fetch_add(1, Ordering::Relaxed)) + 1;
        count.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)
    }

    fn start_execution(
        &self,
        execution: StandardStart,
    ) -> HostFuture<'_, Result<Creation<ExecutionRecord>, CreateExecutionError>> {
        let now = self.now();
        let (running, step) = Execution::start(execution.definition, execution.start, now);
        let mut new = execution.new;
        new.first = Some(progress(&running, step, now));
        let creation = self.store.create_execution(new);
        Box::pin(async move { Ok(creation.await?.execution) })
    }

    fn run_express(&self, execution: ExpressStart) -> HostFuture<'static, ExpressEnd> {
        let now = self.now();
        let (_, step) = Execution::start(execution.definition, execution.start, now);
        let outcome = step.outcome.unwrap();
        Box::pin(async move { ExpressEnd { outcome, started_at: now, stopped_at: now } })
    }

    fn run_task(&self, task: LoneTask) -> HostFuture<'static, TaskReport> {
        let output = task.task.input;
        Box::pin(async move { TaskReport::Succeeded { output } })
    }

    fn watch(&self, subject: Subject, _timeout: Duration) -> Box<dyn Watch> {
        self.watched.lock().unwrap().push(subject);
        Box::new(Once(false))
    }
}

/// A watch that says once that something may have happened.
struct Once(bool);

impl Watch for Once {
    fn happened(&mut self) -> HostFuture<'_, bool> {
        let first = !std::mem::replace(&mut self.0, true);
        Box::pin(async move { first })
    }
}

/// An API over a new store in memory.
pub(crate) struct World {
    pub(crate) api: Api,
    pub(crate) host: Arc<TestHost>,
}

impl World {
    pub(crate) fn new() -> Self {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let host = Arc::new(TestHost::new(Arc::clone(&store)));
        let scope = ArnScope::new("us-east-1", "123456789012").unwrap();
        let config = ApiConfig { scope, limits: asl_runtime::Limits::default() };
        Self { api: Api::new(store, Arc::clone(&host) as Arc<dyn Host>, config), host }
    }

    /// Calls an operation and lets executions run.
    pub(crate) fn try_call(&self, operation: Operation, request: Value) -> Result<Value, ApiError> {
        let body = request.to_string();
        let answer = now_or_never(self.api.call(operation, body.as_bytes()));
        self.host.drive();
        answer.map(|body| serde_json::from_slice(&body).unwrap())
    }

    pub(crate) fn call(&self, operation: Operation, request: Value) -> Value {
        self.try_call(operation, request).unwrap_or_else(|error| panic!("{operation}: {error}"))
    }

    /// The code and the text that a call is refused with.
    pub(crate) fn refusal(&self, operation: Operation, request: Value) -> (String, String) {
        match self.try_call(operation, request) {
            Ok(answer) => panic!("{operation} answered {answer}"),
            Err(error) => (error.code.name().to_owned(), error.message),
        }
    }

    pub(crate) fn machine(&self, name: &str, definition: &Value) -> String {
        self.machine_of_type(name, definition, "STANDARD")
    }

    pub(crate) fn machine_of_type(&self, name: &str, definition: &Value, machine_type: &str) -> String {
        let request = json!({
            "name": name, "definition": definition.to_string(), "roleArn": ROLE, "type": machine_type,
        });
        text(&self.call(Operation::CreateStateMachine, request), "stateMachineArn")
    }

    pub(crate) fn start(&self, machine: &str, input: &str) -> String {
        let request = json!({ "stateMachineArn": machine, "input": input });
        text(&self.call(Operation::StartExecution, request), "executionArn")
    }

    pub(crate) fn activity(&self, name: &str) -> String {
        text(&self.call(Operation::CreateActivity, json!({ "name": name })), "activityArn")
    }
}

pub(crate) fn text(value: &Value, member: &str) -> String {
    value[member].as_str().unwrap_or_else(|| panic!("no {member} in {value}")).to_owned()
}

pub(crate) fn pass() -> Value {
    json!({ "StartAt": "A", "States": { "A": { "Type": "Pass", "Result": { "a": 1 }, "End": true } } })
}

pub(crate) fn wait() -> Value {
    json!({ "StartAt": "A", "States": { "A": { "Type": "Wait", "Seconds": 3600, "End": true } } })
}

pub(crate) fn task(resource: &str) -> Value {
    json!({ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": resource, "End": true } } })
}
