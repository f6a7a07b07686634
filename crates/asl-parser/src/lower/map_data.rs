//! What a distributed Map state reads, batches and writes.

use std::sync::Arc;

use super::field::{Field, Fields};
use super::transition::COUNT_MAX;
use super::{Lowered, Lowering, Reported};
use crate::definition::{AnyTemplate, ItemBatcher, ItemReader, ReaderConfig, ResultWriter, WriterConfig};
use crate::diagnostic::Reason;

/// What only CSV has.
const CSV_FIELDS: &[&str] = &["CSVHeaderLocation", "CSVHeaders", "CSVDelimiter"];
/// What an `ItemReader` may call.
const READERS: &[&str] = &[":states:::s3:getObject", ":states:::s3:listObjectsV2"];
/// What a `ResultWriter` may call.
const WRITERS: &[&str] = &[":states:::s3:putObject"];
/// The service's largest number of items: `MaxItems` beyond it means this.
const MAX_ITEMS_MAX: u64 = 100_000_000;

impl Lowering<'_> {
    pub(super) fn item_reader(&mut self, field: &Field<'_>) -> Lowered<ItemReader> {
        let fields = self.fields(field)?;
        let allowed = self.allow(&fields, &[&["Resource", "ReaderConfig", "Comment", self.arguments_name()]]);
        let required = self.require(&fields, &["Resource"]);
        let resource = fields.get("Resource").map(|field| self.data_resource(&field, READERS)).transpose();
        let arguments = self.data_arguments(&fields);
        let config = fields.get("ReaderConfig").map(|field| self.reader_config(&field)).transpose();
        allowed?;
        required?;
        Ok(ItemReader {
            resource: resource?.ok_or(Reported)?,
            arguments: arguments?,
            config: config?.unwrap_or_default(),
        })
    }

    fn arguments_name(&self) -> &'static str {
        if self.is_jsonata() { "Arguments" } else { "Parameters" }
    }

    fn data_arguments(&mut self, fields: &Fields<'_>) -> Lowered<Option<AnyTemplate>> {
        let Some(field) = fields.get(self.arguments_name()) else { return Ok(None) };
        if self.is_jsonata() {
            return self.arguments(&field).map(|arguments| Some(AnyTemplate::Jsonata(arguments)));
        }
        self.object_template(&field).map(|arguments| Some(AnyTemplate::JsonPath(arguments)))
    }

    fn reader_config(&mut self, field: &Field<'_>) -> Lowered<ReaderConfig> {
        let fields = self.fields(field)?;
        let common: &[&str] = &[
            "InputType",
            "Transformation",
            "ManifestType",
            "CSVDelimiter",
            "CSVHeaderLocation",
            "CSVHeaders",
            "ItemsPointer",
            "MaxItems",
            "Comment",
        ];
        let allowed = self.allow_with_paths(&fields, common, &["MaxItemsPath"]);
        let mut word = |name: &str, words: &[&str]| -> Lowered<Option<Arc<str>>> {
            fields.get(name).map(|field| self.word(&field, words)).transpose()
        };
        let input_type = word("InputType", &["CSV", "JSON", "JSONL", "MANIFEST", "PARQUET"]);
        let transformation = word("Transformation", &["NONE", "LOAD_AND_FLATTEN"]);
        let manifest_type = word("ManifestType", &["ATHENA_DATA", "S3_INVENTORY"]);
        let csv_delimiter = word("CSVDelimiter", &["COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB"]);
        let csv_header_location = word("CSVHeaderLocation", &["FIRST_ROW", "GIVEN"]);
        let csv_headers = fields.get("CSVHeaders").map(|field| self.strings(&field)).transpose();
        let items_pointer =
            fields.get("ItemsPointer").map(|field| self.string(&field).map(Arc::from)).transpose();
        let max_items = self.integer_setting(&fields, "MaxItems", "MaxItemsPath", (0, MAX_ITEMS_MAX));
        let headers = self.csv_headers(&fields);
        allowed?;
        headers?;
        Ok(ReaderConfig {
            input_type: input_type?,
            transformation: transformation?,
            manifest_type: manifest_type?,
            csv_delimiter: csv_delimiter?,
            csv_header_location: csv_header_location?,
            csv_headers: csv_headers?,
            items_pointer: items_pointer?,
            max_items: max_items?,
        })
    }

    /// Only CSV has headers, and says where.
    fn csv_headers(&mut self, fields: &Fields<'_>) -> Lowered<()> {
        let word = |name: &str| fields.get(name).and_then(|field| field.node.as_str());
        match (word("InputType"), word("CSVHeaderLocation")) {
            (Some("JSON" | "JSONL"), _) => {
                let mut result = Ok(());
                for field in CSV_FIELDS.iter().filter_map(|name| fields.get(name)) {
                    let message = format!("Field '{}' is not supported", field.name);
                    self.reports.add(Reason::UnsupportedField, &fields.at, &field.name_span, message);
                    result = Err(Reported);
                }
                result
            }
            (Some("CSV"), None) if !fields.has("CSVHeaderLocation") => {
                let message = "The field 'CSVHeaderLocation' is required";
                self.reports.add(Reason::MissingField, &fields.at, &fields.span, message);
                Err(Reported)
            }
            (_, Some("GIVEN")) => self.require(fields, &["CSVHeaders"]),
            _ => Ok(()),
        }
    }

    /// Reports fields other than `common` ones and, in JSONPath, `paths`.
    fn allow_with_paths(&mut self, fields: &Fields<'_>, common: &[&str], paths: &[&str]) -> Lowered<()> {
        if self.is_jsonata() {
            self.allow_in_language(fields, &[common], &[paths])
        } else {
            self.allow(fields, &[common, paths])
        }
    }

    fn strings(&mut self, field: &Field<'_>) -> Lowered<Vec<Arc<str>>> {
        let items = self.items(field)?;
        let strings: Vec<Lowered<Arc<str>>> =
            items.iter().map(|item| self.string(item).map(Arc::from)).collect();
        strings.into_iter().collect()
    }

    pub(super) fn item_batcher(&mut self, field: &Field<'_>) -> Lowered<ItemBatcher> {
        let fields = self.fields(field)?;
        let allowed = self.allow_with_paths(
            &fields,
            &["MaxItemsPerBatch", "MaxInputBytesPerBatch", "BatchInput", "Comment"],
            &["MaxItemsPerBatchPath", "MaxInputBytesPerBatchPath"],
        );
        let max_items_per_batch =
            self.integer_setting(&fields, "MaxItemsPerBatch", "MaxItemsPerBatchPath", (1, COUNT_MAX));
        let max_input_bytes_per_batch = self.integer_setting(
            &fields,
            "MaxInputBytesPerBatch",
            "MaxInputBytesPerBatchPath",
            (1, COUNT_MAX),
        );
        let batch_input = fields.get("BatchInput").map(|field| self.any_template(&field)).transpose();
        let bounded = self.require_one(
            &fields,
            &[
                "MaxItemsPerBatch",
                "MaxItemsPerBatchPath",
                "MaxInputBytesPerBatch",
                "MaxInputBytesPerBatchPath",
            ],
        );
        allowed?;
        bounded?;
        Ok(ItemBatcher {
            max_items_per_batch: max_items_per_batch?,
            max_input_bytes_per_batch: max_input_bytes_per_batch?,
            batch_input: batch_input?,
        })
    }

    pub(super) fn result_writer(&mut self, field: &Field<'_>) -> Lowered<ResultWriter> {
        let fields = self.fields(field)?;
        let allowed = self.allow(&fields, &[&["Resource", "WriterConfig", "Comment", self.arguments_name()]]);
        let resource = fields.get("Resource").map(|field| self.data_resource(&field, WRITERS)).transpose();
        let arguments = self.data_arguments(&fields);
        let config = fields.get("WriterConfig").map(|field| self.writer_config(&field)).transpose();
        allowed?;
        Ok(ResultWriter { resource: resource?, arguments: arguments?, config: config? })
    }

    fn writer_config(&mut self, field: &Field<'_>) -> Lowered<WriterConfig> {
        let fields = self.fields(field)?;
        let allowed = self.allow(&fields, &[&["Transformation", "OutputType", "Comment"]]);
        let required = self.require(&fields, &["OutputType"]);
        let mut word = |name: &str, words: &[&str]| -> Lowered<Option<Arc<str>>> {
            fields.get(name).map(|field| self.word(&field, words)).transpose()
        };
        let transformation = word("Transformation", &["NONE", "COMPACT", "FLATTEN"]);
        let output_type = word("OutputType", &["JSON", "JSONL"]);
        allowed?;
        required?;
        Ok(WriterConfig { transformation: transformation?, output_type: output_type? })
    }
}
