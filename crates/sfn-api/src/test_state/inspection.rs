//! `InspectionData`: what a tested state shows of itself.

use asl_parser::{QueryLanguage, State, StateKind, StateType};
use asl_runtime::{Handled, Probed, Stage};
use asl_value::Payload;
use serde::ser::{Serialize, SerializeMap, Serializer};

/// The stages that the service shows, by member.
const STAGES: &[(Stage, &str)] = &[
    (Stage::AfterInputPath, "afterInputPath"),
    (Stage::AfterParameters, "afterParameters"),
    (Stage::AfterArguments, "afterArguments"),
    (Stage::AfterItemsPath, "afterItemsPath"),
    (Stage::AfterItemsPointer, "afterItemsPointer"),
    (Stage::AfterItemSelector, "afterItemSelector"),
    (Stage::AfterItemBatcher, "afterItemBatcher"),
    (Stage::Result, "result"),
    (Stage::AfterResultSelector, "afterResultSelector"),
    (Stage::AfterResultPath, "afterResultPath"),
];

/// What `inspectionLevel` DEBUG and TRACE add to the answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Inspection<'i> {
    pub(crate) state: &'i State,
    pub(crate) input: &'i Payload,
    pub(crate) probed: &'i Probed,
}

impl Serialize for Inspection<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Probed { stages, variables, map: settings, handled, .. } = self.probed;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("input", self.input.text())?;
        for (stage, member) in STAGES.iter().filter(|(stage, _)| shows(self.state, *stage)) {
            match stages.get(stage) {
                Some(items) if *stage == Stage::AfterItemsPath && !items.is_same(self.input) => {
                    map.serialize_entry(member, &spaced(items.text()))?;
                }
                Some(document) => map.serialize_entry(member, document.text())?,
                None => {}
            }
        }
        if variables.value().as_object().is_some_and(|variables| !variables.is_empty()) {
            map.serialize_entry("variables", variables.text())?;
        }
        if *handled != Handled::default() {
            map.serialize_entry("errorDetails", &ErrorDetails(*handled))?;
        }
        if let Some(settings) = settings {
            if let Some(count) = settings.tolerated_failure_count {
                map.serialize_entry("toleratedFailureCount", &count)?;
            }
            if let Some(percentage) = settings.tolerated_failure_percentage {
                map.serialize_entry("toleratedFailurePercentage", &percentage)?;
            }
            map.serialize_entry("maxConcurrency", &settings.max_concurrency)?;
        }
        map.end()
    }
}

/// Whether the service shows a stage of a state, as recorded: what a state
/// type has no field for it leaves out, and of a Parallel or Map state it shows
/// what follows the work, of a Pass state with a `Result` only that.
fn shows(tested: &State, stage: Stage) -> bool {
    let is_jsonpath = tested.query_language == QueryLanguage::JsonPath;
    let result = matches!(&tested.kind, StateKind::Pass(pass) if pass.result.is_some());
    let kind = tested.state_type();
    match stage {
        Stage::AfterInputPath => kind != StateType::Parallel && !result,
        Stage::AfterParameters => kind == StateType::Task || kind == StateType::Pass && !result,
        Stage::AfterArguments => kind == StateType::Task,
        Stage::AfterItemsPath
        | Stage::AfterItemsPointer
        | Stage::AfterItemSelector
        | Stage::AfterItemBatcher => true,
        Stage::Result => kind == StateType::Task || result,
        Stage::AfterResultSelector | Stage::AfterResultPath => {
            is_jsonpath
                && matches!(kind, StateType::Task | StateType::Pass | StateType::Parallel | StateType::Map)
        }
    }
}

/// `InspectionErrorDetails`
struct ErrorDetails(Handled);

impl Serialize for ErrorDetails {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Handled { retry_index, retry_delay_seconds, catch_index } = self.0;
        let mut map = serializer.serialize_map(None)?;
        if let Some(index) = catch_index {
            map.serialize_entry("catchIndex", &index)?;
        }
        if let Some(index) = retry_index {
            map.serialize_entry("retryIndex", &index)?;
        }
        if let Some(seconds) = retry_delay_seconds {
            map.serialize_entry("retryBackoffIntervalSeconds", &seconds)?;
        }
        map.end()
    }
}

/// Compact JSON with a space after each comma and colon: so the service writes
/// the items that a path selects (recorded in
/// `test-state/state_configuration.state_machine_with_state_error`).
fn spaced(json: &str) -> String {
    let mut text = String::with_capacity(json.len() + json.len() / 8);
    let (mut in_string, mut is_escaped) = (false, false);
    for character in json.chars() {
        text.push(character);
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => in_string = !in_string,
            ',' | ':' if !in_string => text.push(' '),
            _ => {}
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_stand_between_tokens_only() {
        assert_eq!(spaced(r#"[1,{"a,b":"c:\"d,","e":[]}]"#), r#"[1, {"a,b": "c:\"d,", "e": []}]"#);
    }
}
