//! What all states have: type, query language, comment, fields by type.

use super::data_flow::{jsonata_fields, jsonpath_fields};
use super::field::{Field, Fields};
use super::{Lowered, Lowering, Reported};
use crate::definition::{QueryLanguage, State, StateKind, StateType};
use crate::diagnostic::Reason;
use crate::syntax;

const COMMON_FIELDS: &[&str] = &["Type", "Comment", "QueryLanguage"];
const TRANSITION_FIELDS: &[&str] = &["Next", "End"];
const ERROR_FIELDS: &[&str] = &["Retry", "Catch"];

/// The fields that a type has in both languages, and those it has in JSONPath
/// and in JSONata alone, beside the fields of the data flow.
struct OwnFields {
    both: &'static [&'static str],
    jsonpath: &'static [&'static str],
    jsonata: &'static [&'static str],
}

impl OwnFields {
    fn of(state_type: StateType) -> Self {
        let (both, jsonpath, jsonata): (&[&str], &[&str], &[&str]) = match state_type {
            StateType::Pass => (&[], &["Result"], &[]),
            StateType::Task => (
                &["Resource", "TimeoutSeconds", "HeartbeatSeconds", "Credentials"],
                &["TimeoutSecondsPath", "HeartbeatSecondsPath"],
                &[],
            ),
            StateType::Choice => (&["Choices", "Default"], &[], &[]),
            StateType::Wait => (&["Seconds", "Timestamp"], &["SecondsPath", "TimestampPath"], &[]),
            StateType::Succeed => (&[], &[], &[]),
            StateType::Fail => (&["Error", "Cause"], &["ErrorPath", "CausePath"], &[]),
            StateType::Parallel => (&["Branches"], &[], &[]),
            StateType::Map => (
                &[
                    "ItemProcessor",
                    "Iterator",
                    "ItemSelector",
                    "MaxConcurrency",
                    "ToleratedFailureCount",
                    "ToleratedFailurePercentage",
                    "ItemReader",
                    "ItemBatcher",
                    "ResultWriter",
                    "Label",
                ],
                &[
                    "ItemsPath",
                    "MaxConcurrencyPath",
                    "ToleratedFailureCountPath",
                    "ToleratedFailurePercentagePath",
                ],
                &["Items"],
            ),
        };
        Self { both, jsonpath, jsonata }
    }
}

impl Lowering<'_> {
    pub(super) fn state(&mut self, syntax: &syntax::State<'_>, machine: QueryLanguage) -> Lowered<State> {
        let Some(object) = syntax.object() else {
            let message = format!("A state must be an object, but is {}", syntax.node.kind());
            self.reports.add(Reason::WrongType, &syntax.at, &syntax.node.span, message);
            return Err(Reported);
        };
        let fields = Fields { object, at: syntax.at.clone(), span: syntax.node.span.clone() };
        self.require(&fields, &["Type"])?;
        let type_field = fields.get("Type").ok_or(Reported)?;
        let Some(state_type) = syntax.kind else { return self.unknown_type(&type_field) };
        let language = fields.get("QueryLanguage").map(|field| self.query_language(&field, &fields, machine));
        let language = language.transpose();
        // Fields of a state in a language unknown are read in the machine's.
        self.language = language.ok().flatten().unwrap_or(machine);
        let allowed = self.allow_state_fields(&fields, state_type);
        let comment = self.comment(&fields);
        let flow = self.data_flow(&fields, state_type);
        let kind = match state_type {
            StateType::Pass => self.pass(&fields).map(StateKind::Pass),
            StateType::Task => self.task(&fields).map(StateKind::Task),
            StateType::Choice => self.choice(&fields).map(StateKind::Choice),
            StateType::Wait => self.wait(&fields).map(StateKind::Wait),
            StateType::Succeed => Ok(StateKind::Succeed),
            StateType::Fail => self.fail_state(&fields).map(StateKind::Fail),
            StateType::Parallel => self.parallel(&fields).map(StateKind::Parallel),
            StateType::Map => self.map(&fields).map(StateKind::Map),
        };
        language?;
        allowed?;
        Ok(State {
            name: syntax.name.into(),
            comment: comment?,
            query_language: self.language,
            flow: flow?,
            kind: kind?,
        })
    }

    fn unknown_type<T>(&mut self, field: &Field<'_>) -> Lowered<T> {
        let names = StateType::ALL.map(StateType::name).join(", ");
        let message = format!("The field 'Type' should have one of these values: [{names}]");
        self.fail(Reason::UnknownStateType, field, message)
    }

    fn query_language(
        &mut self,
        field: &Field<'_>,
        state: &Fields<'_>,
        machine: QueryLanguage,
    ) -> Lowered<QueryLanguage> {
        let word = self.word(field, &["JSONPath", "JSONata"])?;
        let language = QueryLanguage::from_name(&word).unwrap_or_default();
        if machine == QueryLanguage::Jsonata && language == QueryLanguage::JsonPath {
            let message = "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine";
            self.reports.add(Reason::QueryLanguage, &state.at, &field.node.span, message);
            return Err(Reported);
        }
        Ok(language)
    }

    fn allow_state_fields(&mut self, fields: &Fields<'_>, state_type: StateType) -> Lowered<()> {
        let own = OwnFields::of(state_type);
        let transition: &[&str] = match state_type {
            StateType::Choice | StateType::Succeed | StateType::Fail => &[],
            _ => TRANSITION_FIELDS,
        };
        let errors: &[&str] = match state_type {
            StateType::Task | StateType::Parallel | StateType::Map => ERROR_FIELDS,
            _ => &[],
        };
        let (flow, alone) = if self.is_jsonata() {
            (jsonata_fields(state_type), own.jsonata)
        } else {
            (jsonpath_fields(state_type), own.jsonpath)
        };
        self.allow(fields, &[COMMON_FIELDS, transition, errors, own.both, flow, alone])
    }
}
