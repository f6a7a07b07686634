//! How data passes through a state: what a state works on, and what leaves it.
//! One file per query language.

mod jsonata;
mod jsonpath;
mod timestamp;

use std::cell::OnceCell;
use std::sync::Arc;

use asl_parser::{AnyTemplate, Catcher, Condition, DataFlow, Items, Rule, Setting, State, TextSetting};
use asl_value::{Object, Payload, Value, printed_len_within};

use crate::Timestamp;
use crate::context::{self, Context};
use crate::engine::Core;
use crate::entropy::Entropy;
use crate::error::StateError;
use crate::frame::{Frame, Item};
use crate::limits::Limits;
use crate::observer::{Observer, Stage};
use crate::task::TaskToken;

/// What leaves a state.
#[derive(Debug)]
pub(crate) struct Exit {
    pub(crate) output: Payload,
    /// The variables that it sets.
    pub(crate) assigned: Option<Object>,
    /// Bytes of all that its frame has then set.
    pub(crate) variable_bytes: usize,
}

/// What a state's fields are evaluated against.
pub(crate) struct View<'v> {
    frame: &'v Frame,
    state: &'v State,
    limits: &'v Limits,
    /// Bytes of the variables that other frames hold.
    held_elsewhere: usize,
    now: Timestamp,
    entropy: &'v mut Entropy,
    surroundings: Surroundings<'v>,
    observer: Option<&'v mut Observer>,
}

/// The context object and the variables.
struct Surroundings<'v> {
    parts: Context<'v>,
    context: OnceCell<Value>,
}

impl Surroundings<'_> {
    fn context(&self) -> &Value {
        self.context.get_or_init(|| self.parts.build())
    }

    fn variable(&self, name: &str) -> Option<&Value> {
        self.parts.frame.variables.value().get(name)
    }
}

impl<'v> View<'v> {
    pub(crate) fn new(core: &'v mut Core, frame: &'v Frame, state: &'v State) -> Self {
        let parts = Context {
            identity: &core.identity,
            input: &core.input,
            started_at: core.started_at,
            redriven_at: core.redriven_at,
            frame,
            state,
            item: frame.item.as_ref(),
            token: None,
        };
        let observer = core.observer.as_deref_mut();
        let context =
            observer.as_ref().map_or_else(OnceCell::new, |observer| OnceCell::from(observer.context.clone()));
        Self {
            frame,
            state,
            limits: &core.limits,
            held_elsewhere: core.frames.variable_bytes(),
            now: core.now,
            entropy: &mut core.entropy,
            surroundings: Surroundings { parts, context },
            observer,
        }
    }

    /// Shows a document to whoever watches the state.
    fn note(&mut self, stage: Stage, document: &Payload) {
        if let Some(observer) = &mut self.observer {
            observer.note(stage, document.clone());
        }
    }

    /// With an item of the state's own: for `ItemSelector`.
    pub(crate) fn of_item(mut self, item: &'v Arc<Item>) -> Self {
        self.surroundings.parts.item = Some(item);
        if let Some(observer) = &self.observer {
            self.surroundings.context = OnceCell::from(context::with_item(&observer.context, item));
        }
        self
    }

    /// With a task token.
    pub(crate) fn of_task(mut self, token: &'v TaskToken) -> Self {
        self.surroundings.parts.token = Some(token);
        self
    }

    /// The input that the state works on: `InputPath`.
    pub(crate) fn input(&mut self) -> Result<Payload, StateError> {
        match &self.state.flow {
            DataFlow::JsonPath { input_path, .. } => {
                let input = self.path_field(input_path, &self.frame.input)?;
                self.note(Stage::AfterInputPath, &input);
                Ok(input)
            }
            DataFlow::Jsonata { .. } => Ok(self.frame.input.clone()),
        }
    }

    /// What it hands on or works with: `Parameters` or `Arguments`.
    pub(crate) fn arguments(&mut self, input: Payload) -> Result<Payload, StateError> {
        let arguments = match &self.state.flow {
            DataFlow::JsonPath { parameters: Some(parameters), .. } => {
                self.payload_template(parameters, &input)?
            }
            DataFlow::Jsonata { arguments: Some(arguments), .. } => {
                Payload::new(self.expressions(arguments, jsonata::Bindings::default())?)
            }
            DataFlow::JsonPath { parameters: None, .. } | DataFlow::Jsonata { arguments: None, .. } => input,
        };
        self.check_size(&arguments)?;
        let stage = match &self.state.flow {
            DataFlow::JsonPath { .. } => Stage::AfterParameters,
            DataFlow::Jsonata { .. } => Stage::AfterArguments,
        };
        self.note(stage, &arguments);
        Ok(arguments)
    }

    /// What leaves the state after its work came to `result`.
    pub(crate) fn exit(&mut self, result: Payload) -> Result<Exit, StateError> {
        self.note(Stage::Result, &result);
        let (output, assigned) = match &self.state.flow {
            DataFlow::JsonPath { result_selector, result_path, output_path, assign, .. } => {
                let assigned =
                    assign.as_ref().map(|assign| self.assign_template(assign, &result)).transpose()?;
                let selected = match result_selector {
                    Some(selector) => self.payload_template(selector, &result)?,
                    None => result,
                };
                self.note(Stage::AfterResultSelector, &selected);
                let combined = self.combine(result_path, selected)?;
                self.note(Stage::AfterResultPath, &combined);
                (self.path_field(output_path, &combined)?, assigned)
            }
            DataFlow::Jsonata { output, assign, .. } => {
                let bindings = jsonata::Bindings {
                    result: Some(&result).filter(|_| self.has_result()),
                    error_output: None,
                };
                let assigned =
                    assign.as_ref().map(|assign| self.assign_expressions(assign, bindings)).transpose()?;
                let output = match output {
                    Some(output) => Payload::new(self.expressions(output, bindings)?),
                    None => result.clone(),
                };
                (output, assigned)
            }
        };
        self.checked(output, assigned)
    }

    /// What leaves a Choice state by a rule.
    pub(crate) fn exit_by_rule(&mut self, rule: &Rule, input: Payload) -> Result<Exit, StateError> {
        let assigned =
            rule.assign.as_ref().map(|assign| self.assign(assign, &input, jsonata::Bindings::default()));
        let assigned = assigned.transpose()?;
        let output = match (&self.state.flow, &rule.output) {
            (DataFlow::JsonPath { output_path, .. }, _) => self.path_field(output_path, &input)?,
            (DataFlow::Jsonata { .. }, Some(output)) => {
                Payload::new(self.expressions(output, jsonata::Bindings::default())?)
            }
            (DataFlow::Jsonata { .. }, None) => input,
        };
        self.checked(output, assigned)
    }

    /// What leaves the state by a catcher.
    pub(crate) fn exit_by_catcher(&mut self, catcher: &Catcher, error: Payload) -> Result<Exit, StateError> {
        let bindings = jsonata::Bindings { result: None, error_output: Some(&error) };
        let assigned =
            catcher.assign.as_ref().map(|assign| self.assign(assign, &error, bindings)).transpose()?;
        let output = match (&self.state.flow, &catcher.output) {
            (DataFlow::JsonPath { .. }, _) => self.combine(&catcher.result_path, error)?,
            (DataFlow::Jsonata { .. }, Some(output)) => Payload::new(self.expressions(output, bindings)?),
            (DataFlow::Jsonata { .. }, None) => error,
        };
        self.checked(output, assigned)
    }

    /// Whether a rule's condition holds.
    pub(crate) fn holds(&mut self, condition: &Condition, input: &Payload) -> Result<bool, StateError> {
        match condition {
            Condition::Literal(literal) => Ok(*literal),
            Condition::Expression(expression) => self.condition(expression),
            Condition::And(_) | Condition::Or(_) | Condition::Not(_) | Condition::Compare { .. } => {
                self.comparison(condition, input)
            }
        }
    }

    /// A template in the state's language, evaluated against a document.
    pub(crate) fn template(
        &mut self,
        template: &AnyTemplate,
        input: &Payload,
    ) -> Result<Payload, StateError> {
        let document = match template {
            AnyTemplate::JsonPath(template) => self.payload_template(template, input)?,
            AnyTemplate::Jsonata(template) => {
                Payload::new(self.expressions(template, jsonata::Bindings::default())?)
            }
        };
        self.check_size(&document)?;
        Ok(document)
    }

    /// The role in a Task state's `Credentials`.
    pub(crate) fn role_arn(
        &mut self,
        credentials: &AnyTemplate,
        input: &Payload,
    ) -> Result<Arc<str>, StateError> {
        let credentials = self.template(credentials, input)?;
        match credentials.value().get("RoleArn") {
            Some(Value::String(role_arn)) => Ok(Arc::clone(role_arn)),
            _ => {
                Err(StateError::runtime(self.frame, "The field 'RoleArn' of 'Credentials' must be a string."))
            }
        }
    }

    /// What a Map state maps over: an array.
    pub(crate) fn items(&mut self, items: &Items, input: &Payload) -> Result<Payload, StateError> {
        let path = match items {
            Items::Template(template) => return self.item_expressions(template),
            Items::Input if matches!(self.state.flow, DataFlow::Jsonata { .. }) => {
                return self.items_of_input(input);
            }
            Items::Input => None,
            Items::Path(path) => Some(path),
        };
        let items = self.items_at(path, input)?;
        self.note(Stage::AfterItemsPath, &items);
        Ok(items)
    }

    /// What a reader's `ItemsPointer` points to in what was read.
    pub(crate) fn pointed_items(&mut self, pointer: &str, read: &Payload) -> Result<Payload, StateError> {
        let steps = pointer.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~"));
        let found = steps.into_iter().try_fold(read.value(), |value, step| {
            value.get(&step).or_else(|| step.parse().ok().and_then(|index| value.at(index)))
        });
        let Some(found) = found.filter(|found| found.as_array().is_some()) else {
            let text = format!("The ItemsPointer {pointer} does not point to an array.");
            return Err(StateError::runtime(self.frame, &text));
        };
        let items = Payload::new(found.clone());
        self.note(Stage::AfterItemsPointer, &items);
        Ok(items)
    }

    /// An integral setting such as `MaxConcurrency`.
    pub(crate) fn integer(
        &mut self,
        setting: &Setting<u64>,
        field: &str,
        input: &Payload,
    ) -> Result<u64, StateError> {
        match setting {
            Setting::Literal(value) => Ok(*value),
            Setting::Path(path) => self.integer_at(path, field, input),
            Setting::Expression(expression) => self.integer_expression(expression),
        }
    }

    /// `TimeoutSeconds` and `HeartbeatSeconds`, which are not 0 where they are
    /// computed, as they may not be where they are written. ASL specification,
    /// *Task State*.
    pub(crate) fn task_seconds(
        &mut self,
        setting: &Setting<u64>,
        field: &str,
        input: &Payload,
    ) -> Result<u64, StateError> {
        match setting {
            Setting::Expression(expression) => self.positive_integer_expression(expression),
            Setting::Literal(_) | Setting::Path(_) => match self.integer(setting, field, input)? {
                0 => Err(StateError::runtime(self.frame, &format!("{field} must be greater than 0."))),
                seconds => Ok(seconds),
            },
        }
    }

    /// An integral setting that others judge when it is negative.
    pub(crate) fn signed_integer(
        &mut self,
        setting: &Setting<u64>,
        field: &str,
        input: &Payload,
    ) -> Result<i64, StateError> {
        match setting {
            Setting::Literal(value) => Ok(i64::try_from(*value).unwrap_or(i64::MAX)),
            Setting::Path(path) => self.signed_integer_at(path, field, input),
            Setting::Expression(expression) => self.signed_integer_expression(expression),
        }
    }

    /// A share in percent, such as `ToleratedFailurePercentage`.
    pub(crate) fn percentage(
        &mut self,
        setting: &Setting<f64>,
        field: &str,
        input: &Payload,
    ) -> Result<f64, StateError> {
        let percentage = match setting {
            Setting::Literal(value) => *value,
            Setting::Path(path) => self.number_at(path, field, input)?,
            Setting::Expression(expression) => self.number_expression(expression)?,
        };
        if (0.0..=100.0).contains(&percentage) {
            return Ok(percentage);
        }
        Err(StateError::runtime(self.frame, &format!("{field} must be between 0 and 100.")))
    }

    /// `Seconds` of a Wait state.
    pub(crate) fn wait_seconds(
        &mut self,
        seconds: &Setting<u64>,
        input: &Payload,
    ) -> Result<u64, StateError> {
        match seconds {
            Setting::Literal(seconds) => Ok(*seconds),
            Setting::Path(path) => self.wait_seconds_at(path, input),
            Setting::Expression(expression) => self.integer_expression(expression),
        }
    }

    /// `Timestamp` of a Wait state.
    pub(crate) fn wait_timestamp(
        &mut self,
        timestamp: &Setting<Timestamp>,
        input: &Payload,
    ) -> Result<Timestamp, StateError> {
        match timestamp {
            Setting::Literal(timestamp) => Ok(*timestamp),
            Setting::Path(path) => self.wait_timestamp_at(path, input),
            Setting::Expression(expression) => self.timestamp_expression(expression),
        }
    }

    /// `Error` or `Cause` of a Fail state.
    pub(crate) fn text(&mut self, text: &TextSetting, field: &str) -> Result<Arc<str>, StateError> {
        match text {
            TextSetting::Literal(text) => Ok(Arc::clone(text)),
            TextSetting::Path(source) => self.text_at(source, field),
            TextSetting::Expression(expression) => self.text_expression(expression),
        }
    }

    /// That a document does not exceed the quota.
    fn check_size(&self, document: &Payload) -> Result<(), StateError> {
        // What came in has been checked.
        if document.is_same(&self.frame.input)
            || document.text_within(self.limits.payload_bytes_max).is_some()
        {
            return Ok(());
        }
        Err(StateError::data_limit(&self.state.name))
    }

    fn assign(
        &mut self,
        assign: &AnyTemplate,
        input: &Payload,
        bindings: jsonata::Bindings<'_>,
    ) -> Result<Object, StateError> {
        match assign {
            AnyTemplate::JsonPath(template) => self.assign_template(template, input),
            AnyTemplate::Jsonata(template) => self.assign_expressions(template, bindings),
        }
    }

    /// What leaves the state, unless it or the variables are too large.
    fn checked(&self, output: Payload, assigned: Option<Object>) -> Result<Exit, StateError> {
        self.check_size(&output)?;
        let variable_bytes = match &assigned {
            Some(assigned) => {
                let bytes = self.variable_bytes_with(assigned);
                bytes.ok_or_else(|| StateError::data_limit(&self.state.name))?
            }
            None => self.frame.variable_bytes,
        };
        Ok(Exit { output, assigned, variable_bytes })
    }

    /// Bytes of all that the frame has set once it has set these too; none if
    /// they, or the variables of the execution, are then more than may be.
    fn variable_bytes_with(&self, assigned: &Object) -> Option<usize> {
        let max = self.limits.assign_bytes_max;
        let left =
            assigned.values().try_fold(max, |left, value| Some(left - printed_len_within(value, left)?))?;
        let old = assigned.keys().filter_map(|name| self.surroundings.variable(name));
        let replaced = old.filter_map(|value| printed_len_within(value, max)).fold(0, usize::saturating_add);
        let bytes = self.frame.variable_bytes.saturating_sub(replaced).saturating_add(max - left);
        (self.held_elsewhere.saturating_add(bytes) <= self.limits.variables_bytes_max).then_some(bytes)
    }
}
