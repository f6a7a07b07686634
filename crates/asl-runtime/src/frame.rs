//! Frames: the threads of states of an execution, and how they rest.

use std::sync::Arc;

use asl_parser::{Definition, State, StateRef};
use asl_value::{Payload, Value};

use crate::Timestamp;
use crate::history::EventId;
use crate::map_run::Plan;
use crate::task::{FrameId, TaskKey, TaskToken};

/// One thread of states: the root, a branch or an iteration.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    pub(crate) id: FrameId,
    /// Which child of which frame; none for the root.
    pub(crate) parent: Option<Parent>,
    /// How many frames are above.
    pub(crate) depth: u32,
    /// The state that the frame is in, or is about to enter.
    pub(crate) at: StateRef,
    pub(crate) state_name: Arc<str>,
    /// That state's raw input.
    pub(crate) input: Payload,
    /// The variables in sight: an object. A child begins with its parent's and
    /// sets its own copy, so outer variables can be read and not changed.
    pub(crate) variables: Payload,
    /// Bytes of those that it has set itself.
    pub(crate) variable_bytes: usize,
    /// The item of the innermost iteration around.
    pub(crate) item: Option<Arc<Item>>,
    /// The event that the next one follows.
    pub(crate) last_event: EventId,
    pub(crate) entered: Entered,
    pub(crate) retries: Retries,
    /// Task attempts so far, of all states: what fences answers.
    pub(crate) attempts: u32,
    pub(crate) rest: Rest,
    /// Whether it has failed or was ended, and is only kept to be redriven.
    pub(crate) is_over: bool,
}

/// A frame's place in its parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Parent {
    pub(crate) frame: FrameId,
    /// Number of the branch or of the item.
    pub(crate) index: usize,
}

/// When and by which event the current state was entered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Entered {
    pub(crate) event: EventId,
    /// The event before that one.
    pub(crate) previous: EventId,
    pub(crate) at: Timestamp,
}

/// Retries of the current state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Retries {
    /// Of all retriers together: `$$.State.RetryCount`.
    pub(crate) total: u32,
    /// By place of the retrier; shorter where the rest has none yet.
    pub(crate) by_retrier: Vec<u32>,
}

/// `$$.Map.Item`
#[derive(Debug, PartialEq)]
pub(crate) struct Item {
    pub(crate) index: usize,
    pub(crate) value: Value,
}

/// What a frame waits for.
#[derive(Clone, Debug)]
pub(crate) enum Rest {
    /// Nothing: it is in the run queue, about to enter its state.
    Ready,
    /// Nothing: it is in the run queue, about to try its state again.
    Again,
    Waiting(Waiting),
    Running(Running),
    BackingOff(BackingOff),
    Branching(Branching),
    Mapping(Mapping),
    Distributing(Distributing),
}

impl Rest {
    /// The branches or iterations that it waits for.
    pub(crate) fn children(&self) -> Option<&Children> {
        match self {
            Self::Branching(branching) => Some(&branching.children),
            Self::Mapping(mapping) => Some(&mapping.children),
            Self::Ready
            | Self::Again
            | Self::Waiting(_)
            | Self::Running(_)
            | Self::BackingOff(_)
            | Self::Distributing(_) => None,
        }
    }

    /// The number of the attempt that works outside of the engine: a task's,
    /// or a map run's.
    pub(crate) fn attempt_outside(&self) -> Option<u32> {
        match self {
            Self::Running(running) => Some(running.attempt),
            Self::Distributing(distributing) => Some(distributing.attempt),
            Self::Ready
            | Self::Again
            | Self::Waiting(_)
            | Self::BackingOff(_)
            | Self::Branching(_)
            | Self::Mapping(_) => None,
        }
    }
}

/// A Wait state.
#[derive(Clone, Debug)]
pub(crate) struct Waiting {
    pub(crate) until: Timestamp,
}

/// A task under way.
#[derive(Clone, Debug)]
pub(crate) struct Running {
    /// Number of the attempt, as in its [`TaskKey`].
    pub(crate) attempt: u32,
    pub(crate) input: Payload,
    pub(crate) token: Option<TaskToken>,
    pub(crate) timeout_seconds: Option<u64>,
    pub(crate) heartbeat_seconds: Option<u64>,
    pub(crate) role_arn: Option<Arc<str>>,
    pub(crate) phase: Phase,
    pub(crate) timeout_at: Option<Timestamp>,
    pub(crate) heartbeat_at: Option<Timestamp>,
}

/// How far a task has come.
#[derive(Clone, Debug)]
pub(crate) enum Phase {
    Scheduled,
    Started,
    /// With the answer that its request got.
    Submitted(Payload),
}

/// A delay before a retry.
#[derive(Clone, Debug)]
pub(crate) struct BackingOff {
    pub(crate) until: Timestamp,
}

/// A Parallel state whose branches are under way.
#[derive(Clone, Debug)]
pub(crate) struct Branching {
    pub(crate) children: Children,
}

/// A Map state whose iterations are under way.
#[derive(Clone, Debug)]
pub(crate) struct Mapping {
    /// The state's input as `InputPath` leaves it, for `ItemSelector`.
    pub(crate) input: Payload,
    /// What is mapped over: an array.
    pub(crate) items: Payload,
    /// Iterations begun and their results, in order of the items.
    pub(crate) children: Children,
    /// Iterations at once.
    pub(crate) concurrency: usize,
}

/// A Map state whose map run is under way.
#[derive(Clone, Debug)]
pub(crate) struct Distributing {
    /// Number of the attempt, as in the map run's key.
    pub(crate) attempt: u32,
    /// The map run's ARN.
    pub(crate) arn: Arc<str>,
    /// The state's input as `InputPath` leaves it, for `ItemSelector`.
    pub(crate) input: Payload,
    /// What is mapped over, unless a reader reads it: an array.
    pub(crate) items: Option<Payload>,
    /// The state's settings as they came out.
    pub(crate) plan: Box<Plan>,
    /// How often the map run was redriven.
    pub(crate) redrive_count: u64,
}

impl Mapping {
    pub(crate) fn length(&self) -> usize {
        self.items.value().as_array().map_or(0, |items| items.len())
    }
}

/// The children of a Parallel or Map state.
#[derive(Clone, Debug, Default)]
pub(crate) struct Children {
    pub(crate) all: Vec<Child>,
    /// How many of them still run.
    pub(crate) running: usize,
}

/// One branch or iteration.
#[derive(Clone, Debug)]
pub(crate) enum Child {
    Running(FrameId),
    Done(Payload),
}

impl Children {
    pub(crate) fn push(&mut self, frame: FrameId) {
        self.all.push(Child::Running(frame));
        self.running += 1;
    }

    /// Notes a child's output.
    pub(crate) fn finish(&mut self, index: usize, output: Payload) {
        if let Some(child @ Child::Running(_)) = self.all.get_mut(index) {
            *child = Child::Done(output);
            self.running -= 1;
        }
    }

    /// The outputs, once all have ended.
    pub(crate) fn outputs(&self) -> Vec<Payload> {
        let output = |child: &Child| match child {
            Child::Done(output) => Some(output.clone()),
            Child::Running(_) => None,
        };
        self.all.iter().filter_map(output).collect()
    }

    /// The children that still run, with their places.
    pub(crate) fn running(&self) -> impl Iterator<Item = (usize, FrameId)> {
        self.all.iter().enumerate().filter_map(|(index, child)| match child {
            Child::Running(frame) => Some((index, *frame)),
            Child::Done(_) => None,
        })
    }
}

impl Frame {
    /// A frame that is about to enter `at`.
    pub(crate) fn new(id: FrameId, at: StateRef, input: Payload, variables: Payload) -> Self {
        Self {
            id,
            parent: None,
            depth: 0,
            at,
            state_name: Arc::default(),
            input,
            variables,
            variable_bytes: 0,
            item: None,
            last_event: EventId(0),
            entered: Entered::default(),
            retries: Retries::default(),
            attempts: 0,
            rest: Rest::Ready,
            is_over: false,
        }
    }

    /// The state that the frame is in.
    pub(crate) fn state<'d>(&self, definition: &'d Definition) -> Option<&'d State> {
        definition.state(self.at)
    }

    /// An error text with the words that AWS puts before it.
    pub(crate) fn located(&self, text: &str) -> String {
        format!(
            "An error occurred while executing the state '{}' (entered at the event id #{}). {text}",
            self.state_name, self.entered.event
        )
    }

    /// The key of an attempt of the frame's.
    pub(crate) fn task_key(&self, attempt: u32) -> TaskKey {
        TaskKey { frame: self.id, attempt }
    }

    /// The key of the task or map run under way.
    pub(crate) fn key_outside(&self) -> Option<TaskKey> {
        self.rest.attempt_outside().filter(|_| !self.is_over).map(|attempt| self.task_key(attempt))
    }
}

/// The children that a frame has not had an output of.
fn running(rest: &Rest) -> impl Iterator<Item = FrameId> {
    rest.children().into_iter().flat_map(Children::running).map(|(_, id)| id)
}

/// All frames of an execution, found by place.
#[derive(Debug, Default)]
pub(crate) struct Frames {
    slots: Vec<Option<Box<Frame>>>,
    free: Vec<u32>,
    next_serial: u32,
    variable_bytes: usize,
}

impl Frames {
    /// The first frame of every execution.
    pub(crate) const ROOT: FrameId = FrameId { serial: 0, slot: 0 };

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// An id for a new frame. The frame is to be [`put`](Self::put) next.
    pub(crate) fn allocate(&mut self) -> FrameId {
        let serial = self.next_serial;
        self.next_serial = self.next_serial.wrapping_add(1);
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX)
        });
        FrameId { serial, slot }
    }

    /// Takes a frame out, to be put back or freed.
    pub(crate) fn take(&mut self, id: FrameId) -> Option<Box<Frame>> {
        let frame = self.slots.get_mut(id.slot as usize)?.take_if(|frame| frame.id == id)?;
        self.variable_bytes = self.variable_bytes.saturating_sub(frame.variable_bytes);
        Some(frame)
    }

    pub(crate) fn put(&mut self, frame: Box<Frame>) {
        if let Some(slot) = self.slots.get_mut(frame.id.slot as usize) {
            self.variable_bytes = self.variable_bytes.saturating_add(frame.variable_bytes);
            *slot = Some(frame);
        }
    }

    /// Bytes of the variables that the frames in their places have set.
    pub(crate) fn variable_bytes(&self) -> usize {
        self.variable_bytes
    }

    /// Gives the place of a frame that was taken out to others.
    pub(crate) fn free(&mut self, id: FrameId) {
        self.free.push(id.slot);
    }

    /// Gives up the children of a frame that has done with them, and theirs.
    pub(crate) fn free_children(&mut self, frame: &Frame) {
        let mut pending: Vec<FrameId> = running(&frame.rest).collect();
        while let Some(id) = pending.pop() {
            if let Some(child) = self.take(id) {
                pending.extend(running(&child.rest));
                self.free(id);
            }
        }
    }

    /// Marks all as over.
    pub(crate) fn end_all(&mut self) {
        for frame in self.slots.iter_mut().flatten() {
            frame.is_over = true;
        }
    }

    pub(crate) fn get(&self, id: FrameId) -> Option<&Frame> {
        self.slots.get(id.slot as usize)?.as_deref().filter(|frame| frame.id == id)
    }

    /// All frames, by place.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Frame> {
        self.slots.iter().flatten().map(Box::as_ref)
    }

    /// All frames in the order of their creation.
    pub(crate) fn in_order(&self) -> Vec<&Frame> {
        let mut frames: Vec<&Frame> = self.iter().collect();
        frames.sort_unstable_by_key(|frame| frame.id);
        frames
    }

    /// What [`allocate`](Self::allocate) depends on besides the frames: the
    /// free places and the next serial number.
    pub(crate) fn layout(&self) -> (&[u32], u32) {
        (&self.free, self.next_serial)
    }

    /// These frames, in places that will be allocated as they were before;
    /// none if two frames or free places are in one place, or one is left out.
    pub(crate) fn restore(frames: Vec<Frame>, free: Vec<u32>, next_serial: u32) -> Option<Self> {
        let places = frames.len() + free.len();
        let mut slots: Vec<Option<Box<Frame>>> = std::iter::repeat_with(|| None).take(places).collect();
        for frame in frames {
            let slot = slots.get_mut(frame.id.slot as usize)?;
            if frame.id.serial >= next_serial || slot.replace(Box::new(frame)).is_some() {
                return None;
            }
        }
        let mut sorted = free.clone();
        sorted.sort_unstable();
        sorted.dedup();
        let is_free = |slot: &u32| slots.get(*slot as usize).is_some_and(Option::is_none);
        let consistent = sorted.len() == free.len() && sorted.iter().all(is_free);
        let variable_bytes =
            slots.iter().flatten().fold(0, |sum: usize, frame| sum.saturating_add(frame.variable_bytes));
        consistent.then_some(Self { slots, free, next_serial, variable_bytes })
    }

    pub(crate) fn clear(&mut self) {
        self.slots.clear();
        self.free.clear();
        self.variable_bytes = 0;
    }
}
