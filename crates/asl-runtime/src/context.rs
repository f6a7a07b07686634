//! The context object: `$$` in JSONPath, `$states.context` in JSONata. ASL
//! specification, *The Context Object*. Built when something asks for it.

use std::sync::Arc;

use asl_parser::{State, StateKind};
use asl_value::{Payload, Value};
use chrono::SecondsFormat;

use crate::Timestamp;
use crate::frame::{Frame, Item};
use crate::signal::ExecutionIdentity;
use crate::task::TaskToken;

/// What the context object is made of.
#[derive(Clone, Copy)]
pub(crate) struct Context<'c> {
    pub(crate) identity: &'c ExecutionIdentity,
    pub(crate) input: &'c Payload,
    pub(crate) started_at: Timestamp,
    pub(crate) redriven_at: Option<Timestamp>,
    pub(crate) frame: &'c Frame,
    pub(crate) state: &'c State,
    pub(crate) item: Option<&'c Arc<Item>>,
    pub(crate) token: Option<&'c TaskToken>,
}

impl Context<'_> {
    pub(crate) fn build(self) -> Value {
        let identity = self.identity;
        let text = |text: &Arc<str>| Value::String(Arc::clone(text));
        let mut execution = vec![
            ("Id", text(&identity.arn)),
            ("Input", self.input.value().clone()),
            ("StartTime", time(self.started_at)),
            ("Name", text(&identity.name)),
            ("RoleArn", text(&identity.role_arn)),
            ("RedriveCount", Value::from(identity.redrive_count)),
        ];
        // Only a redriven execution has one. Developer guide, *Context object*.
        execution.extend(self.redriven_at.map(|redriven_at| ("RedriveTime", time(redriven_at))));
        let execution = Value::object(execution);
        let machine = Value::object([
            ("Id", text(&identity.state_machine_arn)),
            ("Name", text(&identity.state_machine_name)),
        ]);
        let mut state = vec![("Name", text(&self.state.name)), ("EnteredTime", time(self.frame.entered.at))];
        if matches!(self.state.kind, StateKind::Task(_) | StateKind::Parallel(_) | StateKind::Map(_)) {
            state.push(("RetryCount", Value::from(u64::from(self.frame.retries.total))));
        }
        let mut context =
            vec![("Execution", execution), ("StateMachine", machine), ("State", Value::object(state))];
        if let Some(token) = self.token {
            context.push(("Task", Value::object([("Token", text(token.shared()))])));
        }
        if let Some(item) = self.item {
            context.push(("Map", map_of(item)));
        }
        Value::object(context)
    }
}

/// A context object that was given, with the item of an iteration.
pub(crate) fn with_item(context: &Value, item: &Item) -> Value {
    let mut context = context.as_object().cloned().unwrap_or_default();
    context.set("Map", map_of(item));
    Value::Object(context)
}

fn map_of(item: &Item) -> Value {
    let index = Value::from(item.index as u64);
    Value::object([("Item", Value::object([("Index", index), ("Value", item.value.clone())]))])
}

fn time(time: Timestamp) -> Value {
    Value::from(time.to_rfc3339_opts(SecondsFormat::Millis, true))
}
