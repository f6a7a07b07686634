//! What all states have: type, query language, comment, fields by type.

use super::data_flow::{jsonata_fields, jsonpath_fields};
use super::field::{Field, Fields};
use super::{Lowered, Lowering, Reported};
use crate::definition::{QueryLanguage, State, StateKind, StateType};
use crate::diagnostic::Reason;
use crate::syntax;

const COMMON_FIELDS: &[&str] = &["Type", "Comment", "QueryLanguage"];
pub(super) const QUERY_LANGUAGES: &[&str] = &["JSONPath", "JSONata"];
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
            return self.wrong_node(syntax.node, &syntax.at, "[OBJECT]");
        };
        let fields = Fields { object, at: syntax.at.clone(), span: syntax.node.span.clone() };
        self.require(&fields, &["Type"])?;
        let type_field = fields.get("Type").ok_or(Reported)?;
        let Some(state_type) = syntax.kind else { return self.unknown_type(&type_field) };
        self.state_type = Some(state_type);
        let declared = fields.get("QueryLanguage");
        self.language =
            declared.as_ref().map_or(machine, |declared| QueryLanguage::declared(declared.node.as_str()));
        let language = declared.map(|field| self.query_language(&field, &fields, machine)).transpose();
        let allowed = self.allow_state_fields(&fields, state_type, machine);
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
    ) -> Lowered<()> {
        self.word(field, QUERY_LANGUAGES)?;
        if self.is_downgraded(machine) {
            let message = "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine";
            self.reports.add(Reason::QueryLanguage, &state.at, &field.node.span, message);
            return Err(Reported);
        }
        Ok(())
    }

    fn is_downgraded(&self, machine: QueryLanguage) -> bool {
        machine == QueryLanguage::Jsonata && self.language == QueryLanguage::JsonPath
    }

    fn allow_state_fields(
        &mut self,
        fields: &Fields<'_>,
        state_type: StateType,
        machine: QueryLanguage,
    ) -> Lowered<()> {
        let own = OwnFields::of(state_type);
        let transition: &[&str] = match state_type {
            StateType::Choice | StateType::Succeed | StateType::Fail => &[],
            _ => TRANSITION_FIELDS,
        };
        let errors: &[&str] = match state_type {
            StateType::Task | StateType::Parallel | StateType::Map => ERROR_FIELDS,
            _ => &[],
        };
        let jsonata = [jsonata_fields(state_type), own.jsonata];
        let jsonpath = [jsonpath_fields(state_type), own.jsonpath];
        let ([flow, alone], others) =
            if self.is_jsonata() { (jsonata, jsonpath) } else { (jsonpath, jsonata) };
        let lists = [COMMON_FIELDS, transition, errors, own.both, flow, alone];
        if self.is_downgraded(machine) {
            // The language is the finding, not what belongs to the other one.
            return self.allow(fields, &[&lists[..], &others[..]].concat());
        }
        self.allow_in_language(fields, &lists, &others)
    }
}
