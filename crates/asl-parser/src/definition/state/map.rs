//! The Map state, inline and distributed.

use std::sync::Arc;

use asl_jsonpath::Path;

use crate::definition::data_flow::AnyTemplate;
use crate::definition::expression::ExpressionTemplate;
use crate::definition::graph::ScopeId;
use crate::definition::resource::Resource;
use crate::definition::setting::Setting;
use crate::definition::transition::{Catcher, Next, Retrier};

/// A Map state.
#[derive(Clone, Debug)]
pub struct Map {
    /// `ItemProcessor` (or the older `Iterator`): what runs for each item.
    pub processor: ScopeId,
    /// `ProcessorConfig`.
    pub processor_config: ProcessorConfig,
    /// `ItemsPath` or `Items`: over what.
    pub items: Items,
    /// `ItemSelector`, or `Parameters` of older definitions: the input of
    /// each iteration, made of the item and the context object.
    pub item_selector: Option<AnyTemplate>,
    /// `MaxConcurrency`, `MaxConcurrencyPath`: iterations at once; 0 is no limit.
    pub max_concurrency: Option<Setting<u64>>,
    /// `ToleratedFailureCount`, `ToleratedFailureCountPath`: items that may fail.
    pub tolerated_failure_count: Option<Setting<u64>>,
    /// `ToleratedFailurePercentage`, `ToleratedFailurePercentagePath`:
    /// share of items that may fail, 0 to 100.
    pub tolerated_failure_percentage: Option<Setting<f64>>,
    /// `ItemReader`: where the items are read from. Distributed only.
    pub item_reader: Option<ItemReader>,
    /// `ItemBatcher`: how items are put together. Distributed only.
    pub item_batcher: Option<ItemBatcher>,
    /// `ResultWriter`: where results are written to. Distributed only.
    pub result_writer: Option<ResultWriter>,
    /// `Label`: part of the map run's ARN. Distributed only.
    pub label: Option<Arc<str>>,
    /// `Retry`, in order.
    pub retry: Vec<Retrier>,
    /// `Catch`, in order.
    pub catch: Vec<Catcher>,
    /// Where it leads.
    pub next: Next,
}

/// `ProcessorConfig`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProcessorConfig {
    /// `Mode`.
    pub mode: ProcessorMode,
    /// `ExecutionType` of the children; always given when distributed.
    pub execution_type: Option<ExecutionType>,
}

/// `Mode` of a processor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProcessorMode {
    /// `INLINE`: iterations inside the execution.
    #[default]
    Inline,
    /// `DISTRIBUTED`: a map run whose children are executions of their own.
    Distributed,
}

/// `ExecutionType` of a map run's children.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExecutionType {
    /// `STANDARD`
    Standard,
    /// `EXPRESS`
    Express,
}

/// What a Map state maps over.
#[derive(Clone, Debug)]
pub enum Items {
    /// The state's input as it is, or what its reader reads.
    Input,
    /// `ItemsPath`.
    Path(Path),
    /// `Items`: an array, an object or an expression.
    Template(ExpressionTemplate),
}

/// `ItemReader`.
#[derive(Clone, Debug)]
pub struct ItemReader {
    /// The call that reads.
    pub resource: Resource,
    /// `Parameters` or `Arguments`: what is handed to it.
    pub arguments: Option<AnyTemplate>,
    /// `ReaderConfig`.
    pub config: ReaderConfig,
}

/// `ReaderConfig`.
#[derive(Clone, Debug, Default)]
pub struct ReaderConfig {
    /// `InputType`: `CSV`, `JSON`, `JSONL`, `MANIFEST` or `PARQUET`.
    pub input_type: Option<Arc<str>>,
    /// `Transformation`: `NONE` or `LOAD_AND_FLATTEN`.
    pub transformation: Option<Arc<str>>,
    /// `ManifestType`: `ATHENA_DATA` or `S3_INVENTORY`.
    pub manifest_type: Option<Arc<str>>,
    /// `CSVDelimiter`: `COMMA`, `PIPE`, `SEMICOLON`, `SPACE` or `TAB`.
    pub csv_delimiter: Option<Arc<str>>,
    /// `CSVHeaderLocation`: `FIRST_ROW` or `GIVEN`.
    pub csv_header_location: Option<Arc<str>>,
    /// `CSVHeaders`, where they are given.
    pub csv_headers: Option<Vec<Arc<str>>>,
    /// `ItemsPointer`: RFC 6901 pointer to the array inside a JSON document.
    pub items_pointer: Option<Arc<str>>,
    /// `MaxItems`, `MaxItemsPath`: how many items are read at most.
    pub max_items: Option<Setting<u64>>,
}

/// `ItemBatcher`.
#[derive(Clone, Debug)]
pub struct ItemBatcher {
    /// `MaxItemsPerBatch`, `MaxItemsPerBatchPath`.
    pub max_items_per_batch: Option<Setting<u64>>,
    /// `MaxInputBytesPerBatch`, `MaxInputBytesPerBatchPath`.
    pub max_input_bytes_per_batch: Option<Setting<u64>>,
    /// `BatchInput`: what every batch carries besides its items.
    pub batch_input: Option<AnyTemplate>,
}

/// `ResultWriter`.
#[derive(Clone, Debug)]
pub struct ResultWriter {
    /// The call that writes; without it results are only transformed.
    pub resource: Option<Resource>,
    /// `Parameters` or `Arguments`: what is handed to it.
    pub arguments: Option<AnyTemplate>,
    /// `WriterConfig`.
    pub config: Option<WriterConfig>,
}

/// `WriterConfig`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WriterConfig {
    /// `Transformation`: `NONE`, `COMPACT` or `FLATTEN`.
    pub transformation: Option<Arc<str>>,
    /// `OutputType`: `JSON` or `JSONL`.
    pub output_type: Option<Arc<str>>,
}
