//! Map runs: what becomes of a distributed Map state's items. ASL
//! specification, *Map State*; developer guide, *Distributed Map*.
//!
//! The engine says when a map run begins and takes its report; what happens in
//! between is outside, for its children are executions of their own.

use std::collections::VecDeque;
use std::sync::Arc;

use asl_jsonpath::uuid_of;
use asl_parser::{Definition, ExecutionType, Map, ReaderConfig, Resource, State, StateKind, WriterConfig};
use asl_value::{Payload, Value, printed_len_within};
use serde::{Deserialize, Serialize};

use crate::data_flow::View;
use crate::engine::Core;
use crate::entropy::{Entropy, first_bits};
use crate::error::{StateError, name};
use crate::frame::{Distributing, Frame, Item};
use crate::results::{ResultForm, ResultText};
use crate::signal::{ExecutionIdentity, Problem, Start};

/// What a Map state's settings came to when it began.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Plan {
    pub(crate) settings: MapRunSettings,
    /// Where the children's names and seeds come from, in hexadecimal.
    pub(crate) seed: String,
    pub(crate) max_items: Option<u64>,
    pub(crate) reader_arguments: Option<Value>,
    pub(crate) batch_items_max: Option<u64>,
    pub(crate) batch_bytes_max: Option<u64>,
    pub(crate) batch_input: Option<Value>,
    pub(crate) writer_arguments: Option<Value>,
}

/// What may be changed while a map run is under way. API reference,
/// `UpdateMapRun`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MapRunSettings {
    /// Children at the same time; 0 for as many as the quota allows.
    pub max_concurrency: u64,
    /// Items that may fail.
    pub tolerated_failure_count: Option<u64>,
    /// The share of items that may fail, from 0 to 100.
    pub tolerated_failure_percentage: Option<f64>,
}

impl MapRunSettings {
    /// Whether more items have failed than may. A share is one of `total`,
    /// which is unknown while items are still being read.
    #[expect(clippy::cast_precision_loss, reason = "no map run has so many items")]
    pub fn is_exceeded_by(&self, failed: u64, total: Option<u64>) -> bool {
        let Self { tolerated_failure_count: count, tolerated_failure_percentage: percentage, .. } = *self;
        let by_share = percentage
            .zip(total)
            .is_some_and(|(percentage, total)| failed as f64 * 100.0 > percentage * total as f64);
        match count {
            Some(count) => failed > count || by_share,
            None if percentage.is_some() => by_share,
            None => failed > 0,
        }
    }
}

/// What an `ItemReader` is to read.
#[derive(Clone, Debug)]
pub struct ReadItems {
    /// The call that reads.
    pub resource: Resource,
    /// What it gets.
    pub arguments: Value,
    /// How to read.
    pub config: ReaderConfig,
    /// How many items are wanted at most; all, if `None`.
    pub max_items: Option<u64>,
}

/// Where a `ResultWriter` is to write results to.
#[derive(Clone, Debug)]
pub struct WriteResults {
    /// ARN of the map run.
    pub map_run_arn: Arc<str>,
    /// The call that writes.
    pub resource: Resource,
    /// What it gets.
    pub arguments: Value,
    /// How to write.
    pub config: Option<WriterConfig>,
}

/// A child execution to be started.
#[derive(Clone, Debug)]
pub struct MapRunChild {
    /// Its place among the children, from 0.
    pub number: u64,
    /// How many items it works on.
    pub items: u64,
    /// What the engine starts with. The same child of the same map run starts
    /// the same, each time it is asked for.
    pub start: Start,
}

/// The part of a map run's work that is the same wherever it runs: it turns
/// items into the starts of children, and says how many of them may fail. Items
/// are read, children run and results written by its owner.
#[derive(Debug)]
pub struct MapRun {
    definition: Arc<Definition>,
    /// The execution as it was when the state began, without its frames.
    core: Core,
    frame: Frame,
    distributing: Distributing,
    /// Items that no child has got yet, with the bytes of their selection.
    pending: VecDeque<(Value, usize)>,
    items_read: u64,
    is_read: bool,
    children: u64,
    seed: u128,
}

impl MapRun {
    /// The map run of a frame in its Map state.
    pub(crate) fn new(definition: &Arc<Definition>, core: &Core, frame: &Frame) -> Option<Self> {
        let crate::frame::Rest::Distributing(distributing) = &frame.rest else { return None };
        let StateKind::Map(_) = frame.state(definition)?.kind else { return None };
        let start = Start {
            input: core.input.clone(),
            execution: core.identity.clone(),
            seed: 0,
            limits: core.limits.clone(),
            processor_of: core.processor_of.clone(),
            missing_activities: core.missing_activities.clone(),
        };
        let core = Core {
            started_at: core.started_at,
            redriven_at: core.redriven_at,
            observer: core.observer.clone(),
            ..Core::new(start, core.now)
        };
        Some(Self {
            definition: Arc::clone(definition),
            core,
            frame: frame.clone(),
            distributing: distributing.clone(),
            pending: VecDeque::new(),
            items_read: 0,
            is_read: false,
            children: 0,
            seed: u128::from_str_radix(&distributing.plan.seed, 16).ok()?,
        })
    }

    fn map(&self) -> Option<(&State, &Map)> {
        let state = self.frame.state(&self.definition)?;
        let StateKind::Map(map) = &state.kind else { return None };
        Some((state, map))
    }

    /// The definition whose Map state it is: the children run a part of it.
    pub fn definition(&self) -> &Arc<Definition> {
        &self.definition
    }

    /// ARN of the map run.
    pub fn arn(&self) -> &Arc<str> {
        &self.distributing.arn
    }

    /// Name of the Map state.
    pub fn state_name(&self) -> &Arc<str> {
        &self.frame.state_name
    }

    /// How often it was redriven.
    pub fn redrive_count(&self) -> u64 {
        self.distributing.redrive_count
    }

    /// Of which type the children are.
    pub fn execution_type(&self) -> ExecutionType {
        let given = self.map().and_then(|(_, map)| map.processor_config.execution_type);
        given.unwrap_or(ExecutionType::Standard)
    }

    /// The settings that it began with.
    pub fn settings(&self) -> MapRunSettings {
        self.distributing.plan.settings
    }

    /// Bytes that the state may hand on.
    pub fn output_bytes_max(&self) -> usize {
        self.core.limits.payload_bytes_max
    }

    /// How many children run at the same time, with these settings.
    pub fn concurrency(&self, settings: &MapRunSettings) -> u64 {
        let quota = self.core.limits.map_run_concurrency_max.max(1);
        if settings.max_concurrency == 0 { quota } else { settings.max_concurrency.min(quota) }
    }

    /// Begins to take items. Those that the state has are taken here; those that
    /// a reader reads are to be [pushed](Self::push_items).
    pub fn begin(&mut self) -> Result<Option<ReadItems>, Problem> {
        let plan = &self.distributing.plan;
        let items = self.distributing.items.clone();
        let reader = self.map().and_then(|(_, map)| map.item_reader.as_ref());
        if let (Some(reader), None) = (reader, &items) {
            return Ok(Some(ReadItems {
                resource: reader.resource.clone(),
                arguments: plan.reader_arguments.clone().unwrap_or_default(),
                config: reader.config.clone(),
                max_items: plan.max_items,
            }));
        }
        let items = items.as_ref().and_then(|items| items.value().as_array());
        self.push_items(items.into_iter().flat_map(|items| items.iter().cloned()))?;
        self.end_items();
        Ok(None)
    }

    /// Where the results go; `None` if into the state's output.
    pub fn writer(&self) -> Option<WriteResults> {
        let writer = self.map()?.1.result_writer.as_ref()?;
        Some(WriteResults {
            map_run_arn: Arc::clone(self.arn()),
            resource: writer.resource.clone()?,
            arguments: self.distributing.plan.writer_arguments.clone().unwrap_or_default(),
            config: writer.config.clone(),
        })
    }

    /// The state's output without any result yet, for a map run without a
    /// [writer](Self::writer).
    pub fn output(&self) -> Result<ResultText, Problem> {
        let writer = self.map().and_then(|(_, map)| map.result_writer.as_ref());
        let form = ResultForm::of_output(writer.and_then(|writer| writer.config.as_ref()))?;
        Ok(ResultText::new(form))
    }

    /// Takes items that were read. Those past `MaxItems` do not count.
    pub fn push_items(&mut self, items: impl IntoIterator<Item = Value>) -> Result<(), Problem> {
        let max = self.distributing.plan.max_items.unwrap_or(u64::MAX);
        let left = usize::try_from(max.saturating_sub(self.items_read)).unwrap_or(usize::MAX);
        for item in items.into_iter().take(left) {
            let index = usize::try_from(self.items_read).unwrap_or(usize::MAX);
            self.items_read = self.items_read.saturating_add(1);
            let selected = self.select(Item { index, value: item })?;
            // Its text is part of a document that is checked as a whole.
            let bytes = printed_len(&selected, self.core.limits.payload_bytes_max);
            self.pending.push_back((selected, bytes));
        }
        Ok(())
    }

    /// There are no more items.
    pub fn end_items(&mut self) {
        self.is_read = true;
    }

    /// How many items there are, once all are read.
    pub fn items_total(&self) -> Option<u64> {
        self.is_read.then_some(self.items_read)
    }

    /// How many items were read.
    pub fn items_read(&self) -> u64 {
        self.items_read
    }

    /// How many children have been made.
    pub fn children(&self) -> u64 {
        self.children
    }

    /// The next child; `None` if that takes more items than were read, or if
    /// there is none.
    pub fn next_child(&mut self) -> Result<Option<MapRunChild>, Problem> {
        let (input, items) = match self.map().map(|(_, map)| map.item_batcher.is_some()) {
            Some(true) => match self.next_batch()? {
                Some(batch) => batch,
                None => return Ok(None),
            },
            _ => match self.pending.pop_front() {
                Some((item, _)) => (item, 1),
                None => return Ok(None),
            },
        };
        let number = self.children;
        self.children = number.saturating_add(1);
        // A Standard child is redriven under its name; an Express one runs anew.
        let round = match self.execution_type() {
            ExecutionType::Standard => 0,
            ExecutionType::Express => self.redrive_count().wrapping_shl(48),
        };
        let mut entropy = Entropy::of_part(self.seed, number.wrapping_add(round));
        let start = Start {
            input: Payload::new(input),
            execution: self.child_identity(&mut entropy),
            seed: entropy.seed(),
            limits: self.core.limits.clone(),
            processor_of: Some(Arc::clone(&self.frame.state_name)),
            missing_activities: self.core.missing_activities.clone(),
        };
        Ok(Some(MapRunChild { number, items, start }))
    }

    /// The error of a map run in which too many items failed.
    pub fn exceeded(&self) -> Problem {
        Problem::new(
            name::EXCEED_TOLERATED_FAILURE_THRESHOLD,
            "The specified tolerated failure threshold was exceeded",
        )
    }

    /// The input that `ItemSelector` makes of an item.
    fn select(&mut self, item: Item) -> Result<Value, Problem> {
        let index = item.index as u64;
        let item = Arc::new(item);
        let definition = Arc::clone(&self.definition);
        let Some(state) = self.frame.state(&definition) else { return Ok(item.value.clone()) };
        let StateKind::Map(Map { item_selector: Some(selector), .. }) = &state.kind else {
            return Ok(item.value.clone());
        };
        self.core.entropy = Entropy::of_part(self.seed.wrapping_add(1), index);
        let mut view = View::new(&mut self.core, &self.frame, state).of_item(&item);
        let selected = view.template(selector, &self.distributing.input).map_err(StateError::into_problem)?;
        Ok(selected.value().clone())
    }

    /// The next batch, if enough items are there to know where it ends.
    fn next_batch(&mut self) -> Result<Option<(Value, u64)>, Problem> {
        let plan = &self.distributing.plan;
        let quota = self.core.limits.payload_bytes_max;
        let items_max = plan.batch_items_max.filter(|max| *max > 0);
        let items_max = items_max.and_then(|max| usize::try_from(max).ok()).unwrap_or(usize::MAX);
        let bytes_max = plan.batch_bytes_max.filter(|max| *max > 0);
        let bytes_max = bytes_max.and_then(|max| usize::try_from(max).ok()).unwrap_or(quota).min(quota);
        // {"BatchInput":…,"Items":[…]}
        let mut bytes = plan.batch_input.as_ref().map_or(0, |input| 14 + printed_len(input, quota)) + 12;
        let mut count = 0;
        let mut is_full = false;
        for (_, item_bytes) in &self.pending {
            let with_item = bytes.saturating_add(item_bytes + usize::from(count > 0));
            if with_item > bytes_max && count > 0 {
                is_full = true;
                break;
            }
            bytes = with_item;
            count += 1;
            if count == items_max {
                is_full = true;
                break;
            }
        }
        if count == 0 || !(is_full || self.is_read) {
            return Ok(None);
        }
        if bytes > bytes_max {
            let text = "An item exceeds the size of a batch.";
            return Err(Problem::new(name::ITEM_READER_FAILED, text));
        }
        let items: Vec<Value> = self.pending.drain(..count).map(|(item, _)| item).collect();
        let mut batch = Vec::with_capacity(2);
        batch.extend(plan.batch_input.clone().map(|input| ("BatchInput", input)));
        batch.push(("Items", Value::from(items)));
        Ok(Some((Value::object(batch), count as u64)))
    }

    fn child_identity(&self, entropy: &mut Entropy) -> ExecutionIdentity {
        let identity = &self.core.identity;
        let (scope, _) = scope_and_machine(identity);
        // The map run's name is that of its state machine, with the label.
        let labelled = self.arn().split(':').nth(6).unwrap_or_default();
        let name = entropy.uuid();
        let arn = match self.execution_type() {
            ExecutionType::Standard => format!("{scope}:execution:{labelled}:{name}"),
            ExecutionType::Express => format!("{scope}:express:{labelled}:{name}:{}", entropy.uuid()),
        };
        ExecutionIdentity {
            arn: Arc::from(arn),
            name,
            role_arn: Arc::clone(&identity.role_arn),
            state_machine_arn: Arc::from(format!("{scope}:stateMachine:{labelled}")),
            state_machine_name: Arc::from(labelled),
            state_machine_version_arn: identity.state_machine_version_arn.clone(),
            state_machine_alias_arn: identity.state_machine_alias_arn.clone(),
            region: Arc::clone(&identity.region),
            redrive_count: 0,
        }
    }
}

/// The ARN of a map run that an execution begins.
pub(crate) fn new_arn(
    identity: &ExecutionIdentity,
    state: &State,
    map: &Map,
    entropy: &mut Entropy,
) -> Arc<str> {
    let (scope, machine) = scope_and_machine(identity);
    let label = map.label.clone().unwrap_or_else(|| label_of(scope, machine, state));
    Arc::from(format!("{scope}:mapRun:{machine}/{label}:{}", entropy.uuid()))
}

/// The label of a Map state that has none: always the same.
fn label_of(scope: &str, machine: &str, state: &State) -> Arc<str> {
    use sha2::{Digest as _, Sha256};
    let named = format!("{scope}:stateMachine:{machine}\0{}", state.name);
    Arc::from(uuid_of(first_bits(&Sha256::digest(named))))
}

/// What stands before the type in a state machine's ARN, and its name without
/// a label.
fn scope_and_machine(identity: &ExecutionIdentity) -> (&str, &str) {
    let (scope, name) = identity.state_machine_arn.split_once(":stateMachine:").unwrap_or_default();
    (scope, name.split('/').next().unwrap_or_default())
}

/// Bytes of a value's text, or one more than may be.
fn printed_len(value: &Value, bytes_max: usize) -> usize {
    printed_len_within(value, bytes_max).unwrap_or_else(|| bytes_max.saturating_add(1))
}
