//! The stored form, and the way there and back.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use asl_parser::{Definition, ScopeId, StateKind, StateRef};
use asl_value::Payload;
use chrono::DateTime;
use serde::{Deserialize, Serialize};

use super::{ResumeError, VERSION};
use crate::Timestamp;
use crate::deadline::Deadlines;
use crate::engine::Core;
use crate::entropy::Entropy;
use crate::execution::processor;
use crate::frame::{
    BackingOff, Branching, Child, Children, Distributing, Entered, Frame, Frames, Item, Mapping, Parent,
    Phase, Rest, Retries, Running, Waiting,
};
use crate::history::EventId;
use crate::limits::Limits;
use crate::map_run::Plan;
use crate::signal::ExecutionIdentity;
use crate::step::Outcome;
use crate::task::{FrameId, TaskToken};

/// Number of a document in the table.
type Document = usize;
/// Milliseconds since 1970.
type Millis = i64;

/// A whole snapshot.
#[derive(Serialize, Deserialize)]
pub(super) struct Stored {
    version: u32,
    identity: ExecutionIdentity,
    input: Document,
    started_at: Millis,
    limits: Limits,
    /// In hexadecimal: JSON's numbers are too small.
    seed: String,
    draws: u64,
    now: Millis,
    last_event: u64,
    queue: Vec<(u32, u32)>,
    free: Vec<u32>,
    next_serial: u32,
    frames: Vec<StoredFrame>,
    outcome: Option<StoredOutcome>,
    #[serde(default)]
    redriven_at: Option<Millis>,
    #[serde(default)]
    processor_of: Option<Arc<str>>,
    documents: Vec<Arc<str>>,
}

#[derive(Serialize, Deserialize)]
struct StoredFrame {
    id: (u32, u32),
    /// The parent's id and the place there.
    parent: Option<((u32, u32), usize)>,
    state: Arc<str>,
    input: Document,
    variables: Document,
    #[serde(default)]
    variable_bytes: usize,
    last_event: u64,
    /// Event, the one before, time.
    entered: (u64, u64, Millis),
    retries: Vec<u32>,
    attempts: u32,
    rest: StoredRest,
    #[serde(default)]
    is_over: bool,
}

#[derive(Serialize, Deserialize)]
enum StoredRest {
    Ready,
    Again,
    Waiting { until: Millis },
    BackingOff { until: Millis },
    Running(StoredRunning),
    Branching { children: Vec<StoredChild> },
    Mapping { input: Document, items: Document, concurrency: usize, children: Vec<StoredChild> },
    Distributing(StoredDistributing),
}

#[derive(Serialize, Deserialize)]
struct StoredDistributing {
    attempt: u32,
    arn: Arc<str>,
    input: Document,
    items: Option<Document>,
    plan: Box<Plan>,
    redrive_count: u64,
}

#[derive(Serialize, Deserialize)]
struct StoredRunning {
    attempt: u32,
    input: Document,
    token: Option<Arc<str>>,
    timeout_seconds: Option<u64>,
    heartbeat_seconds: Option<u64>,
    role_arn: Option<Arc<str>>,
    phase: StoredPhase,
    timeout_at: Option<Millis>,
    heartbeat_at: Option<Millis>,
}

#[derive(Serialize, Deserialize)]
enum StoredPhase {
    Scheduled,
    Started,
    Submitted(Document),
}

#[derive(Serialize, Deserialize)]
enum StoredChild {
    Running(u32, u32),
    Done(Document),
}

#[derive(Serialize, Deserialize)]
enum StoredOutcome {
    Succeeded(Document),
    Failed(Option<Arc<str>>, Option<Arc<str>>),
    TimedOut(Option<Arc<str>>, Option<Arc<str>>),
    Aborted(Option<Arc<str>>, Option<Arc<str>>),
}

/// Collects documents, each once.
#[derive(Default)]
struct Table {
    texts: Vec<Arc<str>>,
    /// By address: valid while the execution is borrowed.
    places: BTreeMap<usize, Document>,
}

impl Table {
    fn put(&mut self, document: &Payload) -> Document {
        let next = self.texts.len();
        let place = *self.places.entry(document.address()).or_insert(next);
        if place == next {
            self.texts.push(Arc::clone(document.shared_text()));
        }
        place
    }
}

impl Stored {
    pub(super) fn from_core(definition: &Definition, core: &Core) -> Self {
        let mut table = Table::default();
        let (free, next_serial) = core.frames.layout();
        let outcome = core.outcome.as_ref().map(|outcome| match outcome {
            Outcome::Succeeded { output } => StoredOutcome::Succeeded(table.put(output)),
            Outcome::Failed { error, cause } => StoredOutcome::Failed(error.clone(), cause.clone()),
            Outcome::TimedOut { error, cause } => StoredOutcome::TimedOut(error.clone(), cause.clone()),
            Outcome::Aborted { error, cause } => StoredOutcome::Aborted(error.clone(), cause.clone()),
        });
        Self {
            version: VERSION,
            identity: core.identity.clone(),
            input: table.put(&core.input),
            started_at: core.started_at.timestamp_millis(),
            limits: core.limits.clone(),
            seed: format!("{:x}", core.entropy.seed),
            draws: core.entropy.counter,
            now: core.now.timestamp_millis(),
            last_event: core.last_event.0,
            queue: core.queue.iter().map(|id| (id.serial, id.slot)).collect(),
            free: free.to_vec(),
            next_serial,
            frames: core
                .frames
                .in_order()
                .into_iter()
                .map(|frame| store_frame(definition, frame, &mut table))
                .collect(),
            outcome,
            redriven_at: core.redriven_at.map(|at| at.timestamp_millis()),
            processor_of: core.processor_of.clone(),
            documents: table.texts,
        }
    }

    pub(super) fn into_core(self, definition: &Definition) -> Result<Core, ResumeError> {
        let documents: Documents =
            Documents(self.documents.iter().map(Payload::parse).collect::<Result<_, _>>()?);
        // Parents come before their children.
        let mut loaded: BTreeMap<FrameId, Frame> = BTreeMap::new();
        for stored in self.frames {
            let frame = load_frame(definition, &loaded, stored, &documents, self.processor_of.as_deref())?;
            loaded.insert(frame.id, frame);
        }
        let frames = Frames::restore(loaded.into_values().collect(), self.free, self.next_serial)
            .ok_or(ResumeError::Inconsistent("the places of its frames"))?;
        let mut deadlines = Deadlines::default();
        for frame in frames.in_order() {
            check_children(frame, &frames)?;
            if !frame.is_over {
                deadlines.watch(frame);
            }
        }
        let queue = self.queue.into_iter().map(id).collect();
        Ok(Core {
            identity: self.identity,
            input: documents.get(self.input)?,
            started_at: time(self.started_at)?,
            limits: self.limits,
            entropy: Entropy {
                seed: u128::from_str_radix(&self.seed, 16)
                    .map_err(|_| ResumeError::Inconsistent("its seed"))?,
                counter: self.draws,
            },
            now: time(self.now)?,
            last_event: EventId(self.last_event),
            frames,
            queue,
            deadlines,
            outcome: self.outcome.map(|outcome| load_outcome(outcome, &documents)).transpose()?,
            redriven_at: self.redriven_at.map(time).transpose()?,
            processor_of: self.processor_of,
            missing_activities: BTreeSet::new(),
            observer: None,
        })
    }
}

fn store_frame(definition: &Definition, frame: &Frame, table: &mut Table) -> StoredFrame {
    let children = |children: &Children, table: &mut Table| {
        let store = |child: &Child| match child {
            Child::Running(id) => StoredChild::Running(id.serial, id.slot),
            Child::Done(output) => StoredChild::Done(table.put(output)),
        };
        children.all.iter().map(store).collect()
    };
    let rest = match &frame.rest {
        Rest::Ready => StoredRest::Ready,
        Rest::Again => StoredRest::Again,
        Rest::Waiting(waiting) => StoredRest::Waiting { until: waiting.until.timestamp_millis() },
        Rest::BackingOff(backing_off) => {
            StoredRest::BackingOff { until: backing_off.until.timestamp_millis() }
        }
        Rest::Running(running) => StoredRest::Running(StoredRunning {
            attempt: running.attempt,
            input: table.put(&running.input),
            token: running.token.as_ref().map(|token| Arc::clone(token.shared())),
            timeout_seconds: running.timeout_seconds,
            heartbeat_seconds: running.heartbeat_seconds,
            role_arn: running.role_arn.clone(),
            phase: match &running.phase {
                Phase::Scheduled => StoredPhase::Scheduled,
                Phase::Started => StoredPhase::Started,
                Phase::Submitted(output) => StoredPhase::Submitted(table.put(output)),
            },
            timeout_at: running.timeout_at.map(|at| at.timestamp_millis()),
            heartbeat_at: running.heartbeat_at.map(|at| at.timestamp_millis()),
        }),
        Rest::Branching(branching) => {
            StoredRest::Branching { children: children(&branching.children, table) }
        }
        Rest::Mapping(mapping) => StoredRest::Mapping {
            input: table.put(&mapping.input),
            items: table.put(&mapping.items),
            concurrency: mapping.concurrency,
            children: children(&mapping.children, table),
        },
        Rest::Distributing(distributing) => StoredRest::Distributing(StoredDistributing {
            attempt: distributing.attempt,
            arn: Arc::clone(&distributing.arn),
            input: table.put(&distributing.input),
            items: distributing.items.as_ref().map(|items| table.put(items)),
            plan: distributing.plan.clone(),
            redrive_count: distributing.redrive_count,
        }),
    };
    StoredFrame {
        id: (frame.id.serial, frame.id.slot),
        parent: frame.parent.map(|parent| ((parent.frame.serial, parent.frame.slot), parent.index)),
        state: frame.state(definition).map_or_else(Arc::default, |state| Arc::clone(&state.name)),
        input: table.put(&frame.input),
        variables: table.put(&frame.variables),
        variable_bytes: frame.variable_bytes,
        last_event: frame.last_event.0,
        entered: (frame.entered.event.0, frame.entered.previous.0, frame.entered.at.timestamp_millis()),
        retries: frame.retries.by_retrier.clone(),
        attempts: frame.attempts,
        rest,
        is_over: frame.is_over,
    }
}

/// The table of a snapshot that is read.
struct Documents(Vec<Payload>);

impl Documents {
    fn get(&self, document: Document) -> Result<Payload, ResumeError> {
        self.0.get(document).cloned().ok_or(ResumeError::Inconsistent("a document is missing"))
    }
}

fn load_frame(
    definition: &Definition,
    loaded: &BTreeMap<FrameId, Frame>,
    stored: StoredFrame,
    documents: &Documents,
    processor_of: Option<&str>,
) -> Result<Frame, ResumeError> {
    let parent = stored.parent.map(|(parent, index)| Parent { frame: id(parent), index });
    let above = match parent {
        None => None,
        Some(parent) => Some((
            loaded.get(&parent.frame).ok_or(ResumeError::Inconsistent("a frame has no parent"))?,
            parent.index,
        )),
    };
    let no_state = || ResumeError::NoSuchState(stored.state.to_string());
    let scope = match above {
        None => match processor_of {
            None => ScopeId::ROOT,
            Some(name) => processor(definition, name).ok_or_else(no_state)?,
        },
        Some((parent, index)) => inner_scope(definition, parent, index).ok_or_else(no_state)?,
    };
    let state = definition.scope(scope).and_then(|scope| scope.find(&stored.state)).ok_or_else(no_state)?;
    let at = StateRef { scope, state };
    let mut frame =
        Frame::new(id(stored.id), at, documents.get(stored.input)?, documents.get(stored.variables)?);
    let (event, previous, entered_at) = stored.entered;
    frame.variable_bytes = stored.variable_bytes;
    frame.parent = parent;
    frame.depth = above.map_or(0, |(parent, _)| parent.depth.saturating_add(1));
    frame.item = above.and_then(|(parent, index)| inner_item(parent, index));
    frame.state_name = stored.state;
    frame.last_event = EventId(stored.last_event);
    frame.entered = Entered { event: EventId(event), previous: EventId(previous), at: time(entered_at)? };
    let total = stored.retries.iter().fold(0_u32, |total, retries| total.saturating_add(*retries));
    frame.retries = Retries { total, by_retrier: stored.retries };
    frame.attempts = stored.attempts;
    frame.rest = load_rest(stored.rest, documents)?;
    frame.is_over = stored.is_over;
    let kind = definition.state(at).map(|state| &state.kind);
    let fits = match &frame.rest {
        Rest::Ready | Rest::Again | Rest::BackingOff(_) => true,
        Rest::Waiting(_) => matches!(kind, Some(StateKind::Wait(_))),
        Rest::Running(_) => matches!(kind, Some(StateKind::Task(_))),
        Rest::Branching(_) => matches!(kind, Some(StateKind::Parallel(_))),
        Rest::Mapping(_) | Rest::Distributing(_) => matches!(kind, Some(StateKind::Map(_))),
    };
    if fits { Ok(frame) } else { Err(ResumeError::Inconsistent("a state of that type cannot rest so")) }
}

/// The scope of a child, from its parent's state and its place there.
fn inner_scope(definition: &Definition, parent: &Frame, index: usize) -> Option<ScopeId> {
    match &parent.state(definition)?.kind {
        StateKind::Parallel(parallel) => parallel.branches.get(index).copied(),
        StateKind::Map(map) => Some(map.processor),
        StateKind::Pass(_)
        | StateKind::Task(_)
        | StateKind::Choice(_)
        | StateKind::Wait(_)
        | StateKind::Succeed
        | StateKind::Fail(_) => None,
    }
}

/// The item of a child: its own of a Map state's, or its parent's.
fn inner_item(parent: &Frame, index: usize) -> Option<Arc<Item>> {
    match &parent.rest {
        Rest::Mapping(mapping) => {
            let value = mapping.items.value().at(index)?.clone();
            Some(Arc::new(Item { index, value }))
        }
        Rest::Ready
        | Rest::Again
        | Rest::Waiting(_)
        | Rest::Running(_)
        | Rest::BackingOff(_)
        | Rest::Branching(_)
        | Rest::Distributing(_) => parent.item.clone(),
    }
}

fn load_rest(stored: StoredRest, documents: &Documents) -> Result<Rest, ResumeError> {
    Ok(match stored {
        StoredRest::Ready => Rest::Ready,
        StoredRest::Again => Rest::Again,
        StoredRest::Waiting { until } => Rest::Waiting(Waiting { until: time(until)? }),
        StoredRest::BackingOff { until } => Rest::BackingOff(BackingOff { until: time(until)? }),
        StoredRest::Running(running) => Rest::Running(Running {
            attempt: running.attempt,
            input: documents.get(running.input)?,
            token: running.token.map(TaskToken::new),
            timeout_seconds: running.timeout_seconds,
            heartbeat_seconds: running.heartbeat_seconds,
            role_arn: running.role_arn,
            phase: match running.phase {
                StoredPhase::Scheduled => Phase::Scheduled,
                StoredPhase::Started => Phase::Started,
                StoredPhase::Submitted(output) => Phase::Submitted(documents.get(output)?),
            },
            timeout_at: running.timeout_at.map(time).transpose()?,
            heartbeat_at: running.heartbeat_at.map(time).transpose()?,
        }),
        StoredRest::Branching { children } => {
            Rest::Branching(Branching { children: load_children(children, documents)? })
        }
        StoredRest::Mapping { input, items, concurrency, children } => Rest::Mapping(Mapping {
            input: documents.get(input)?,
            items: documents.get(items)?,
            concurrency,
            children: load_children(children, documents)?,
        }),
        StoredRest::Distributing(stored) => Rest::Distributing(Distributing {
            attempt: stored.attempt,
            arn: stored.arn,
            input: documents.get(stored.input)?,
            items: stored.items.map(|items| documents.get(items)).transpose()?,
            plan: stored.plan,
            redrive_count: stored.redrive_count,
        }),
    })
}

fn load_children(stored: Vec<StoredChild>, documents: &Documents) -> Result<Children, ResumeError> {
    let mut children = Children::default();
    for child in stored {
        match child {
            StoredChild::Running(serial, slot) => children.push(FrameId { serial, slot }),
            StoredChild::Done(output) => children.all.push(Child::Done(documents.get(output)?)),
        }
    }
    Ok(children)
}

fn check_children(frame: &Frame, frames: &Frames) -> Result<(), ResumeError> {
    let Some(children) = frame.rest.children() else { return Ok(()) };
    let is_child = |(index, child)| {
        let expected = Some(Parent { frame: frame.id, index });
        frames.get(child).is_some_and(|child| child.parent == expected)
    };
    if children.running().all(is_child) {
        Ok(())
    } else {
        Err(ResumeError::Inconsistent("a child is missing"))
    }
}

fn load_outcome(stored: StoredOutcome, documents: &Documents) -> Result<Outcome, ResumeError> {
    Ok(match stored {
        StoredOutcome::Succeeded(output) => Outcome::Succeeded { output: documents.get(output)? },
        StoredOutcome::Failed(error, cause) => Outcome::Failed { error, cause },
        StoredOutcome::TimedOut(error, cause) => Outcome::TimedOut { error, cause },
        StoredOutcome::Aborted(error, cause) => Outcome::Aborted { error, cause },
    })
}

fn id((serial, slot): (u32, u32)) -> FrameId {
    FrameId { serial, slot }
}

fn time(millis: Millis) -> Result<Timestamp, ResumeError> {
    DateTime::from_timestamp_millis(millis).ok_or(ResumeError::Inconsistent("a time is out of range"))
}
