//! What a state that is probed shows of its data, stage by stage.

use std::collections::BTreeMap;

use asl_value::{Payload, Value};

/// A stage of the data of a state. API reference, `InspectionData`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// What `InputPath` left of the input.
    AfterInputPath,
    /// What `Parameters` made of that, or that itself.
    AfterParameters,
    /// What `Arguments` came to, or the input.
    AfterArguments,
    /// What `ItemsPath` selected.
    AfterItemsPath,
    /// What the reader's `ItemsPointer` points to.
    AfterItemsPointer,
    /// The inputs of the iterations, as `ItemSelector` makes them.
    AfterItemSelector,
    /// The inputs of the iterations, as `ItemBatcher` makes them.
    AfterItemBatcher,
    /// What the state's work came to.
    Result,
    /// What `ResultSelector` made of the result, or the result itself.
    AfterResultSelector,
    /// Input and result as `ResultPath` puts them together.
    AfterResultPath,
}

/// Watches a probed state.
#[derive(Clone, Debug)]
pub(crate) struct Observer {
    /// The context object that the state sees.
    pub(crate) context: Value,
    /// What it has shown so far.
    pub(crate) seen: BTreeMap<Stage, Payload>,
}

impl Observer {
    /// Notes a document.
    pub(crate) fn note(&mut self, stage: Stage, document: Payload) {
        self.seen.insert(stage, document);
    }
}
