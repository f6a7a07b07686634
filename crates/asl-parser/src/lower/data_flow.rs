//! The fields through which data passes, in either language.

use std::borrow::Borrow;

use asl_jsonpath::Template;

use super::field::{Field, Fields};
use super::{Lowered, Lowering, Reported};
use crate::definition::{AnyTemplate, DataFlow, ExpressionTemplate, PathField, ResultPath, StateType};
use crate::diagnostic::Reason;

const VARIABLE_CHARACTERS_MAX: usize = 80;
const RESERVED_VARIABLE: &str = "states";

/// The fields that a state of a type has in JSONPath.
pub(super) fn jsonpath_fields(state_type: StateType) -> &'static [&'static str] {
    match state_type {
        StateType::Pass => &["InputPath", "Parameters", "ResultPath", "OutputPath", "Assign"],
        StateType::Task | StateType::Parallel | StateType::Map => {
            &["InputPath", "Parameters", "ResultSelector", "ResultPath", "OutputPath", "Assign"]
        }
        StateType::Choice | StateType::Wait => &["InputPath", "OutputPath", "Assign"],
        StateType::Succeed => &["InputPath", "OutputPath"],
        StateType::Fail => &[],
    }
}

/// The fields that a state of a type has in JSONata.
pub(super) fn jsonata_fields(state_type: StateType) -> &'static [&'static str] {
    match state_type {
        StateType::Task | StateType::Parallel => &["Arguments", "Output", "Assign"],
        StateType::Pass | StateType::Map | StateType::Choice | StateType::Wait => &["Output", "Assign"],
        StateType::Succeed => &["Output"],
        StateType::Fail => &[],
    }
}

impl Lowering<'_> {
    /// What the state does with data. Fields that its type lacks have been
    /// reported and are passed over.
    pub(super) fn data_flow(&mut self, fields: &Fields<'_>, state_type: StateType) -> Lowered<DataFlow> {
        if self.is_jsonata() {
            let has = |name: &str| fields.get(name).filter(|_| jsonata_fields(state_type).contains(&name));
            let arguments = has("Arguments").map(|field| self.arguments(&field)).transpose();
            let output = has("Output").map(|field| self.expression_template(&field)).transpose();
            let assign = if has("Assign").is_some() { self.assign(fields) } else { Ok(None) };
            return Ok(DataFlow::Jsonata {
                arguments: arguments?,
                output: output?,
                assign: match assign? {
                    Some(AnyTemplate::Jsonata(template)) => Some(template),
                    Some(AnyTemplate::JsonPath(_)) | None => None,
                },
            });
        }
        let has = |name: &str| fields.get(name).filter(|_| jsonpath_fields(state_type).contains(&name));
        let input_path = self.path_field(has("InputPath"));
        let output_path = self.path_field(has("OutputPath"));
        // A Map state's are its item selector.
        let parameters = has("Parameters").filter(|_| state_type != StateType::Map);
        let parameters = parameters.map(|field| self.payload_template(&field)).transpose();
        let result_selector = has("ResultSelector").map(|field| self.object_template(&field)).transpose();
        let result_path =
            if has("ResultPath").is_some() { self.result_path(fields) } else { Ok(ResultPath::Replace) };
        let assign = if has("Assign").is_some() { self.assign(fields) } else { Ok(None) };
        Ok(DataFlow::JsonPath {
            input_path: input_path?,
            parameters: parameters?,
            result_selector: result_selector?,
            result_path: result_path?,
            output_path: output_path?,
            assign: match assign? {
                Some(AnyTemplate::JsonPath(template)) => Some(template),
                Some(AnyTemplate::Jsonata(_)) | None => None,
            },
        })
    }

    fn path_field(&mut self, field: Option<Field<'_>>) -> Lowered<PathField> {
        match field {
            None => Ok(PathField::Whole),
            Some(field) if field.is_null() => Ok(PathField::Nothing),
            Some(field) if field.node.as_str() == Some("$") => Ok(PathField::Whole),
            Some(field) => self.path(&field).map(PathField::Path),
        }
    }

    /// `ResultPath` of a state or a catcher.
    pub(super) fn result_path(&mut self, fields: &Fields<'_>) -> Lowered<ResultPath> {
        match fields.get("ResultPath").filter(|_| !self.is_jsonata()) {
            None => Ok(ResultPath::Replace),
            Some(field) if field.is_null() => Ok(ResultPath::Discard),
            Some(field) if field.node.as_str() == Some("$") => Ok(ResultPath::Replace),
            Some(field) => self.reference_path(&field).map(ResultPath::At),
        }
    }

    /// A payload template that is an object.
    pub(super) fn object_template(&mut self, field: &Field<'_>) -> Lowered<Template> {
        self.fields(field)?;
        self.payload_template(field)
    }

    /// `Arguments`: an object or an expression.
    pub(super) fn arguments(&mut self, field: &Field<'_>) -> Lowered<ExpressionTemplate> {
        if field.node.as_object().is_none() && field.node.as_str().is_none() {
            return self.wrong_type(field, "[OBJECT]");
        }
        self.expression_template(field)
    }

    /// `Assign` of a state, a rule or a catcher.
    pub(super) fn assign(&mut self, fields: &Fields<'_>) -> Lowered<Option<AnyTemplate>> {
        let Some(field) = fields.get("Assign") else { return Ok(None) };
        let variables = self.fields(&field)?;
        let mut named = Ok(());
        for member in &variables.object.members {
            let name: &str = member.name.borrow();
            let plain = if self.is_jsonata() { name } else { name.strip_suffix(".$").unwrap_or(name) };
            let (reason, message) = if plain == RESERVED_VARIABLE {
                let message = format!("Cannot assign to reserved variable '${plain}'.");
                (Reason::ReservedVariableName, message)
            } else if plain.chars().count() > VARIABLE_CHARACTERS_MAX {
                let message = format!(
                    "Invalid variable name '{plain}': the variable name has more than {VARIABLE_CHARACTERS_MAX} characters."
                );
                (Reason::InvalidVariableName, message)
            } else if !is_identifier(plain) {
                let message = format!(
                    "Invalid variable name '{plain}': the variable name contains invalid characters."
                );
                (Reason::InvalidVariableName, message)
            } else {
                continue;
            };
            self.reports.add(reason, &variables.at.name(name), &member.name_span, message);
            named = Err(Reported);
        }
        let template = self.any_template(&field);
        named?;
        template.map(Some)
    }
}

/// ASL specification, *Variables*. Published definitions also have hyphens.
fn is_identifier(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && characters.all(|character| character.is_alphanumeric() || matches!(character, '_' | '-'))
}
