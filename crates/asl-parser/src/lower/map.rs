//! The Map state. Its processor is a scope and lowered on its own.

use std::sync::Arc;

use super::field::{Field, Fields};
use super::transition::COUNT_MAX;
use super::{Lowered, Lowering, Reported};
use crate::definition::{AnyTemplate, ExecutionType, Items, Map, ProcessorConfig, ProcessorMode};
use crate::diagnostic::Reason;
use crate::options::MachineType;

const LABEL_CHARACTERS_MAX: usize = 40;
/// Fields that an inline Map state does not have.
const DISTRIBUTED_FIELDS: &[&str] = &["ItemReader", "ItemBatcher", "ResultWriter", "Label"];

impl Lowering<'_> {
    pub(super) fn map(&mut self, fields: &Fields<'_>) -> Lowered<Map> {
        let processor = self.processor(fields);
        let distributed = processor.and_then(|config| self.distributed_fields(fields, config));
        let items = self.map_items(fields);
        let item_selector = self.item_selector(fields);
        let max_concurrency =
            self.integer_setting(fields, "MaxConcurrency", "MaxConcurrencyPath", (0, COUNT_MAX));
        let tolerated_failure_count =
            self.integer_setting(fields, "ToleratedFailureCount", "ToleratedFailureCountPath", (0, u64::MAX));
        let tolerated_failure_percentage = self.setting(
            fields,
            "ToleratedFailurePercentage",
            "ToleratedFailurePercentagePath",
            |lowering, field| lowering.number(field, 0.0, 100.0),
        );
        let item_reader = fields.get("ItemReader").map(|field| self.item_reader(&field)).transpose();
        let item_batcher = fields.get("ItemBatcher").map(|field| self.item_batcher(&field)).transpose();
        let result_writer = fields.get("ResultWriter").map(|field| self.result_writer(&field)).transpose();
        let label = fields.get("Label").map(|field| self.label(&field)).transpose();
        let retry = self.retry(fields);
        let catch = self.catch(fields);
        let next = self.transition(fields);
        distributed?;
        Ok(Map {
            processor: self.inner().first().copied().ok_or(Reported)?,
            processor_config: processor?,
            items: items?,
            item_selector: item_selector?,
            max_concurrency: max_concurrency?,
            tolerated_failure_count: tolerated_failure_count?,
            tolerated_failure_percentage: tolerated_failure_percentage?,
            item_reader: item_reader?,
            item_batcher: item_batcher?,
            result_writer: result_writer?,
            label: label?,
            retry: retry?,
            catch: catch?,
            next: next?,
        })
    }

    fn processor(&mut self, fields: &Fields<'_>) -> Lowered<ProcessorConfig> {
        self.exclusive(fields, &["ItemProcessor", "Iterator"])?;
        let Some(field) = fields.get("ItemProcessor").or_else(|| fields.get("Iterator")) else {
            self.require(fields, &["ItemProcessor"])?;
            return Err(Reported);
        };
        // That it is no object is said where the scope is lowered.
        let Some(config) = field.node.as_object().and_then(|object| object.get("ProcessorConfig")) else {
            return Ok(ProcessorConfig::default());
        };
        let config = Field {
            name: "ProcessorConfig",
            name_span: config.name_span.clone(),
            node: &config.value,
            at: field.at.name("ProcessorConfig"),
        };
        self.processor_config(&config)
    }

    fn processor_config(&mut self, field: &Field<'_>) -> Lowered<ProcessorConfig> {
        let fields = self.fields(field)?;
        let allowed = self.allow(&fields, &[&["Mode", "ExecutionType", "Comment"]]);
        let mode = fields.get("Mode").map(|field| self.word(&field, &["INLINE", "DISTRIBUTED"])).transpose();
        let execution_type =
            fields.get("ExecutionType").map(|field| self.word(&field, &["STANDARD", "EXPRESS"])).transpose();
        allowed?;
        let mode = match mode?.as_deref() {
            Some("DISTRIBUTED") => ProcessorMode::Distributed,
            _ => ProcessorMode::Inline,
        };
        let execution_type = execution_type?.map(|word| match &*word {
            "EXPRESS" => ExecutionType::Express,
            _ => ExecutionType::Standard,
        });
        if mode == ProcessorMode::Distributed {
            self.require(&fields, &["ExecutionType"])?;
        } else if fields.has("Mode") {
            self.allow(&fields, &[&["Mode", "Comment"]])?;
        }
        Ok(ProcessorConfig { mode, execution_type })
    }

    fn distributed_fields(&mut self, fields: &Fields<'_>, config: ProcessorConfig) -> Lowered<()> {
        if config.mode == ProcessorMode::Distributed {
            if self.machine_type == MachineType::Express {
                let message = "Express state machine does not support DISTRIBUTED Map";
                self.reports.add(Reason::ExpressUnsupported, &fields.at, &fields.span, message);
                return Err(Reported);
            }
            return Ok(());
        }
        let mut result = Ok(());
        for field in DISTRIBUTED_FIELDS.iter().filter_map(|name| fields.get(name)) {
            let message =
                format!("Field '{}' is supported only if the processor's Mode is DISTRIBUTED", field.name);
            self.reports.add(Reason::DistributedOnly, &fields.at, &field.name_span, message);
            result = Err(Reported);
        }
        result
    }

    fn map_items(&mut self, fields: &Fields<'_>) -> Lowered<Items> {
        if self.is_jsonata() {
            let Some(field) = fields.get("Items") else { return Ok(Items::Input) };
            if field.node.as_array().is_none()
                && field.node.as_object().is_none()
                && self.braced(&field)?.is_none()
            {
                return self.fail(
                    Reason::WrongValue,
                    &field,
                    "The field 'Items' must be an array or a JSONata expression",
                );
            }
            return self.expression_template(&field).map(Items::Template);
        }
        fields.get("ItemsPath").map_or(Ok(Items::Input), |field| self.path(&field).map(Items::Path))
    }

    fn item_selector(&mut self, fields: &Fields<'_>) -> Lowered<Option<AnyTemplate>> {
        if !self.is_jsonata() {
            self.exclusive(fields, &["ItemSelector", "Parameters"])?;
        }
        let older = fields.get("Parameters").filter(|_| !self.is_jsonata());
        fields.get("ItemSelector").or(older).map(|field| self.any_template(&field)).transpose()
    }

    fn label(&mut self, field: &Field<'_>) -> Lowered<Arc<str>> {
        let label = self.string(field)?;
        let forbidden = |character: char| {
            character.is_whitespace()
                || character.is_control()
                || "?*<>{}[]:;,\\|^~$#%&`\"".contains(character)
        };
        if label.is_empty() || label.chars().count() > LABEL_CHARACTERS_MAX || label.contains(forbidden) {
            return self.fail(Reason::InvalidLabel, field, format!("Invalid Label name: {label}"));
        }
        Ok(label.into())
    }
}
