//! The context object of a tested state: the one that is made up, and the
//! checks on one that is given.

use asl_parser::{Pattern, ResourceKind, State, StateKind};
use asl_runtime::{ExecutionIdentity, Timestamp};
use asl_value::{Kind, Object, Payload, Value};
use chrono::SecondsFormat;

use crate::ApiError;

/// What the service calls every tested state, whatever its name (recorded in
/// `test-state/test_state_scenarios.state_with_variables`).
pub(crate) const STATE_NAME: &str = "StateName";

/// Names with the kinds of their values; none where any value will do.
type Members = [(&'static str, Option<Kind>)];

/// The members of a context object that may be given.
const MEMBERS: &[(&str, &Members)] = &[
    (
        "Execution",
        &[
            ("Id", Some(Kind::String)),
            ("Input", None),
            ("Name", Some(Kind::String)),
            ("RoleArn", Some(Kind::String)),
            ("StartTime", Some(Kind::String)),
            ("RedriveCount", Some(Kind::Number)),
            ("RedriveTime", Some(Kind::String)),
        ],
    ),
    (
        "State",
        &[
            ("EnteredTime", Some(Kind::String)),
            ("Name", Some(Kind::String)),
            ("RetryCount", Some(Kind::Number)),
        ],
    ),
    ("StateMachine", &[("Id", Some(Kind::String)), ("Name", Some(Kind::String))]),
    ("Task", &[("Token", Some(Kind::String))]),
];

/// What the context object is made of when none is given.
pub(crate) struct Made<'m> {
    pub(crate) execution: &'m ExecutionIdentity,
    pub(crate) has_role: bool,
    pub(crate) input: &'m Payload,
    pub(crate) state: &'m State,
    pub(crate) retry_count: u32,
    pub(crate) token: &'m str,
    pub(crate) now: Timestamp,
}

impl Made<'_> {
    /// The context object as the service makes it up: that of an Express
    /// execution, without counts of redrives.
    pub(crate) fn build(&self) -> Value {
        let Self { execution: identity, state, .. } = self;
        let now = Value::from(self.now.to_rfc3339_opts(SecondsFormat::Millis, true));
        let role_arn = if self.has_role { Value::from(&*identity.role_arn) } else { Value::Null };
        let execution = Value::object([
            ("Id", Value::from(&*identity.arn)),
            ("Input", self.input.value().clone()),
            ("StartTime", now.clone()),
            ("Name", Value::from(&*identity.name)),
            ("RoleArn", role_arn),
        ]);
        let machine = Value::object([
            ("Id", Value::from(&*identity.state_machine_arn)),
            ("Name", Value::from(&*identity.state_machine_name)),
        ]);
        let mut entered = vec![("Name", Value::from(STATE_NAME)), ("EnteredTime", now)];
        if matches!(state.kind, StateKind::Task(_) | StateKind::Parallel(_) | StateKind::Map(_)) {
            entered.push(("RetryCount", Value::from(u64::from(self.retry_count))));
        }
        let mut context =
            vec![("Execution", execution), ("StateMachine", machine), ("State", Value::object(entered))];
        if has_token(state) {
            context.push(("Task", Value::object([("Token", Value::from(self.token))])));
        }
        Value::object(context)
    }
}

/// A context object that is given, for a state.
pub(crate) fn given(text: &str, state: &State) -> Result<Value, ApiError> {
    let context = asl_value::parse(text).map_err(|_| invalid("Context object must be valid JSON"))?;
    let members = context.as_object().ok_or_else(|| invalid("Context object must be a JSON object"))?;
    for (name, value) in members.iter() {
        check_member(name, value, state)?;
    }
    Ok(context)
}

fn check_member(name: &str, value: &Value, state: &State) -> Result<(), ApiError> {
    if name == "Map" {
        return Err(invalid("'Map' field is not supported when mocking a Context object"));
    }
    let Some((_, known)) = MEMBERS.iter().find(|(known, _)| *known == name) else {
        return Err(invalid(format_args!("Field '{name}' is not allowed")));
    };
    if name == "Task" && !has_task(state) {
        return Err(invalid(
            "Context object contains 'Task' when state is not a Task state with a '.sync' or \
             '.waitForTaskToken' service integration pattern",
        ));
    }
    let members = value.as_object().ok_or_else(|| invalid(format_args!("{name} must be an object")))?;
    check_members(name, members, known)
}

fn check_members(owner: &str, members: &Object, known: &Members) -> Result<(), ApiError> {
    for (name, value) in members.iter() {
        let Some((_, kind)) = known.iter().find(|(known, _)| **name == **known) else {
            return Err(invalid(format_args!("Field '{name}' is not allowed")));
        };
        if let Some(kind) = kind.filter(|kind| *kind != value.kind()) {
            return Err(invalid(format_args!("{owner}.{name} must be a {}", kind.name())));
        }
    }
    Ok(())
}

fn invalid(text: impl std::fmt::Display) -> ApiError {
    ApiError::validation(format!("Invalid Context object provided: {text}"))
}

/// Whether a state's own context object names a task.
fn has_token(state: &State) -> bool {
    has_task(state)
        || matches!(&state.kind, StateKind::Task(task) if task.resource.kind == ResourceKind::Activity)
}

fn has_task(state: &State) -> bool {
    let StateKind::Task(task) = &state.kind else { return false };
    matches!(&task.resource.kind, ResourceKind::Service { pattern, .. } if *pattern != Pattern::RequestResponse)
}

#[cfg(test)]
mod tests {
    use asl_parser::{Options, parse_state};

    use super::*;

    fn refusal(resource: &str, context: &str) -> String {
        let text = format!(r#"{{"Type":"Task","Resource":"arn:aws:states:::{resource}","End":true}}"#);
        let definition = parse_state(&text, &Options::default()).definition.unwrap();
        let state = definition.state(definition.start().unwrap()).unwrap();
        given(context, state).map_or_else(|error| error.message, |_| String::new())
    }

    #[test]
    fn given_objects_are_checked() {
        let plain = "sqs:sendMessage";
        let callback = "sqs:sendMessage.waitForTaskToken";
        let prefix = "Invalid Context object provided: ";
        for (resource, context, want) in [
            (plain, "{}", ""),
            (plain, r#"{"Execution":{"Id":"a","Input":[1]},"State":{"RetryCount":1}}"#, ""),
            (callback, r#"{"Task":{"Token":"t"}}"#, ""),
            (
                plain,
                r#"{"Task":{"Token":"t"}}"#,
                "Context object contains 'Task' when state is not a Task state with a '.sync' or '.waitForTaskToken' service integration pattern",
            ),
            (plain, r#"{"Map":{}}"#, "'Map' field is not supported when mocking a Context object"),
            (plain, r#"{"Other":1}"#, "Field 'Other' is not allowed"),
            (plain, r#"{"Execution":{"Other":1}}"#, "Field 'Other' is not allowed"),
            (plain, r#"{"Execution":{"Id":1}}"#, "Execution.Id must be a string"),
            (plain, r#"{"State":{"RetryCount":"1"}}"#, "State.RetryCount must be a number"),
        ] {
            let want = if want.is_empty() { String::new() } else { format!("{prefix}{want}") };
            assert_eq!(refusal(resource, context), want, "{context}");
        }
    }
}
