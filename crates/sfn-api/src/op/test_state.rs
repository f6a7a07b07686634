//! `TestState`: runs one state by itself, against a mock or the real thing.

use std::sync::Arc;
use std::time::Duration;

use asl_parser::{
    Definition, MachineType, Options, Pattern, Profile, ResourceKind, State, StateKind, StateRef,
};
use asl_runtime::{
    ExecutionIdentity, Probe, ProbeEnd, ProbeProgress, ProbeStart, Probed, StartTask, TaskReport,
};
use asl_value::{Object, Payload};
use serde::{Deserialize, Serialize};

use crate::test_state::context::{self, Made};
use crate::test_state::inspection::Inspection;
use crate::test_state::mock::Mock;
use crate::{Api, ApiError, ErrorCode, LoneTask, Operation, arn_rules, definitions, document, json, model};

/// How long a task may take. API reference, `TestState`.
const TASK_TIMEOUT: Duration = Duration::from_mins(5);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    definition: String,
    role_arn: Option<String>,
    input: Option<String>,
    inspection_level: Option<String>,
    reveal_secrets: Option<bool>,
    variables: Option<String>,
    state_name: Option<String>,
    mock: Option<Mock>,
    context: Option<String>,
    #[serde(default)]
    state_configuration: StateConfiguration,
}

/// `TestStateConfiguration`
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StateConfiguration {
    retrier_retry_count: Option<i64>,
    map_iteration_failure_count: Option<i64>,
    map_item_reader_data: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Response<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    inspection_data: Option<Inspection<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_state: Option<&'a str>,
    status: &'static str,
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = model::read(Operation::TestState, body)?;
    request.check()?;
    let (definition, at) = request.state(api)?;
    let Some(state) = definition.state(at) else { return Err(not_found()) };
    let prepared = request.prepare(api, state)?;
    let input = prepared.start.input.clone();
    let identity = prepared.start.execution.clone();
    let probed = match Probe::run(&definition, at, prepared.start, api.host.now()) {
        ProbeProgress::Ended(probed) => probed,
        ProbeProgress::Waits(probe, task) => {
            let report = match (prepared.report, task) {
                (Some(report), _) => report,
                (None, Some(task)) => api.host.run_task(lone(*task, &identity)).await,
                (None, None) => return Err(needs_mock()),
            };
            Box::new(probe.answer(report))
        }
    };
    let inspection = Inspection { state, input: &input, probed: &probed };
    let level = prepared.inspection_level.as_deref();
    answer(&probed, Some(inspection).filter(|_| matches!(level, Some("DEBUG" | "TRACE"))))
}

fn answer(probed: &Probed, inspection_data: Option<Inspection<'_>>) -> Result<Vec<u8>, ApiError> {
    let (status, failure, output, next) = match &probed.end {
        ProbeEnd::Succeeded { output, next } => ("SUCCEEDED", None, Some(output), next.as_deref()),
        ProbeEnd::Failed(failure) => ("FAILED", Some(failure), None, None),
        ProbeEnd::Retriable(failure) => ("RETRIABLE", Some(failure), None, None),
        ProbeEnd::Caught { failure, output, next } => {
            ("CAUGHT_ERROR", Some(failure), Some(output), next.as_deref())
        }
    };
    json::write(&Response {
        output: output.map(Payload::text),
        error: failure.and_then(|failure| failure.error.as_deref()),
        cause: failure.and_then(|failure| failure.cause.as_deref()),
        inspection_data,
        next_state: next,
        status,
    })
}

/// A request that has passed all checks.
struct Prepared {
    start: ProbeStart,
    /// What the mock says.
    report: Option<TaskReport>,
    inspection_level: Option<String>,
}

impl Request {
    fn check(&self) -> Result<(), ApiError> {
        if let Some(role_arn) = &self.role_arn {
            arn_rules::check_role(role_arn)?;
        }
        let Some(mock) = &self.mock else { return Ok(()) };
        mock.check_choice()?;
        if self.reveal_secrets == Some(true) {
            return Err(ApiError::validation(
                "TestState does not support RevealSecrets when a mock is specified.",
            ));
        }
        Ok(())
    }

    /// The state under test: the definition itself, or the one of that name.
    fn state(&self, api: &Api) -> Result<(Arc<Definition>, StateRef), ApiError> {
        let text = self.definition.as_str();
        if let Some(name) = &self.state_name {
            let definition = api.definitions.parsed(text, MachineType::Standard)?;
            let at = definition.find(name).ok_or_else(not_found)?;
            return Ok((definition, at));
        }
        let options = Options { profile: Profile::Service, ..Options::default() };
        let definition = Arc::new(definitions::accepted(asl_parser::parse_state(text, &options))?);
        let at = definition.start().ok_or_else(not_found)?;
        Ok((definition, at))
    }

    fn prepare(self, api: &Api, state: &State) -> Result<Prepared, ApiError> {
        let configuration = &self.state_configuration;
        let unsigned = |count: Option<i64>| count.and_then(|count| u64::try_from(count).ok());
        let failed_iterations = unsigned(configuration.map_iteration_failure_count);
        let retry_count = unsigned(configuration.retrier_retry_count).unwrap_or(0);
        let retry_count = u32::try_from(retry_count).unwrap_or(u32::MAX);
        if self.mock.is_none() {
            self.check_without_mock(state)?;
        }
        let report = self.mock.map(|mock| mock.report(state, failed_iterations)).transpose()?;
        let context = self.context.as_deref().map(|context| context::given(context, state)).transpose()?;
        let input = document::input(self.input.as_deref())?;
        let execution = identity(api, self.role_arn.as_deref())?;
        let now = api.host.now();
        let token = api.uuid().to_string();
        let made = || {
            let has_role = self.role_arn.is_some();
            Made { execution: &execution, has_role, input: &input, state, retry_count, token: &token, now }
                .build()
        };
        let start = ProbeStart {
            state_name: context::STATE_NAME.into(),
            variables: variables(self.variables.as_deref())?,
            context: context.unwrap_or_else(made),
            retry_count,
            failed_iterations: failed_iterations.unwrap_or(0),
            items_read: items_read(state, configuration.map_item_reader_data.as_deref())?,
            seed: api.host.entropy(),
            limits: api.limits.clone(),
            input: input.clone(),
            execution: execution.clone(),
        };
        Ok(Prepared { start, report, inspection_level: self.inspection_level })
    }

    /// What needs a mock, and what a real task needs.
    fn check_without_mock(&self, state: &State) -> Result<(), ApiError> {
        if self.state_configuration.map_iteration_failure_count.is_some() {
            return Err(without_mock("MapIterationFailureCount"));
        }
        if self.context.is_some() {
            return Err(without_mock("Context"));
        }
        if self.reveal_secrets == Some(true) && !is_http(state) {
            return Err(ApiError::validation("TestState supports RevealSecrets for HTTP Tasks only."));
        }
        let task = match &state.kind {
            StateKind::Parallel(_) | StateKind::Map(_) => return Err(needs_mock()),
            StateKind::Task(task) => task,
            StateKind::Pass(_)
            | StateKind::Choice(_)
            | StateKind::Wait(_)
            | StateKind::Succeed
            | StateKind::Fail(_) => return Ok(()),
        };
        match &task.resource.kind {
            ResourceKind::Activity => return Err(without_mock("Activity tasks")),
            ResourceKind::Service { pattern, .. } if *pattern != Pattern::RequestResponse => {
                return Err(without_mock(format_args!(
                    "the {} service integration pattern",
                    pattern.suffix()
                )));
            }
            ResourceKind::Service { .. } | ResourceKind::LambdaFunction | ResourceKind::Unknown => {}
        }
        if self.role_arn.is_none() {
            return Err(ApiError::validation("RoleArn must be specified when testing a Task state"));
        }
        Ok(())
    }
}

/// Whether a state calls an HTTP endpoint, whose secrets there are to reveal.
fn is_http(state: &State) -> bool {
    let StateKind::Task(task) = &state.kind else { return false };
    matches!(&task.resource.kind, ResourceKind::Service { service, .. } if service.as_ref() == "http")
}

fn not_found() -> ApiError {
    ApiError::validation("State not found in definition")
}

fn without_mock(what: impl std::fmt::Display) -> ApiError {
    ApiError::validation(format!("TestState does not support {what} when a mock is not specified."))
}

fn needs_mock() -> ApiError {
    ApiError::new(
        ErrorCode::InvalidDefinition,
        "TestState API does not support Map or Parallel states. Supported state types include: [Task, Wait, \
         Pass, Succeed, Fail, Choice]",
    )
}

/// The Express execution that the state would be in.
fn identity(api: &Api, role_arn: Option<&str>) -> Result<ExecutionIdentity, ApiError> {
    let (machine, name) = (api.uuid().to_string(), api.uuid().to_string());
    let (region, account) = (api.scope.region(), api.scope.account());
    let machine_arn = api.scope.state_machine(&arn_rules::name(&machine)?);
    Ok(ExecutionIdentity {
        arn: format!("arn:aws:states:{region}:{account}:express:{machine}:{name}").into(),
        name: name.into(),
        role_arn: role_arn.unwrap_or_default().into(),
        state_machine_arn: Arc::clone(machine_arn.shared()),
        state_machine_name: machine.into(),
        state_machine_version_arn: None,
        state_machine_alias_arn: None,
        region: region.into(),
        redrive_count: 0,
    })
}

fn variables(text: Option<&str>) -> Result<Object, ApiError> {
    let Some(text) = text else { return Ok(Object::default()) };
    let variables = asl_value::parse(text).ok();
    let variables = variables.as_ref().and_then(|variables| variables.as_object());
    variables.cloned().ok_or_else(|| ApiError::validation("Variables must be a valid JSON object"))
}

/// What a Map state's reader has read, where it is in JSON.
fn items_read(state: &State, data: Option<&str>) -> Result<Option<Payload>, ApiError> {
    let StateKind::Map(map) = &state.kind else { return Ok(None) };
    let Some((reader, data)) = map.item_reader.as_ref().zip(data) else { return Ok(None) };
    let invalid = |_| ApiError::validation("MapItemReaderData must be valid JSON");
    match reader.config.input_type.as_deref() {
        Some("JSON") => Payload::parse(data).map(Some).map_err(invalid),
        Some("JSONL") => {
            let lines = data.lines().filter(|line| !line.trim().is_empty());
            let items: Result<Vec<_>, _> = lines.map(Payload::parse).collect();
            Ok(Some(Payload::array_of(&items.map_err(invalid)?)))
        }
        _ => Ok(None),
    }
}

fn lone(task: StartTask, identity: &ExecutionIdentity) -> LoneTask {
    let wanted = task.timeout_seconds.map(Duration::from_secs);
    LoneTask {
        timeout: wanted.map_or(TASK_TIMEOUT, |wanted| wanted.min(TASK_TIMEOUT)),
        task,
        execution_arn: Arc::clone(&identity.arn),
        state_machine_name: Arc::clone(&identity.state_machine_name),
    }
}
