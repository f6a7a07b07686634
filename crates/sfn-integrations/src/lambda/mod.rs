//! Lambda functions, over the Lambda API's `Invoke`: as the `Resource` itself,
//! and as `lambda:invoke`, with or without `.waitForTaskToken`.

mod answer;
mod function;
mod request;

use std::sync::Arc;

use asl_parser::{Pattern, Resource, ResourceKind};
use asl_runtime::{Problem, StartTask, TaskReport};
use sfn_driver::{TaskContext, TaskHandler};
use sfn_store::BoxFuture;

use crate::http::{Client, Endpoint, HttpError};
use request::Invocation;

/// Most bytes of an answer that are read. Lambda quotas, *Invocation payload*:
/// 6 MB; past the engine's own limit it fails with `States.DataLimitExceeded`.
const ANSWER_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Invokes Lambda functions at one endpoint.
#[derive(Clone, Debug)]
pub struct Lambda {
    endpoint: Endpoint,
    client: Client,
}

/// How the state refers to the function: it decides about the result's form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// The function's ARN is the `Resource`: the result is the payload.
    Direct,
    /// `lambda:invoke`: the result is the answer of the API.
    Service(Pattern),
}

impl Form {
    fn of(resource: &Resource) -> Option<Self> {
        match &resource.kind {
            ResourceKind::LambdaFunction => Some(Self::Direct),
            ResourceKind::Service { service, action, pattern }
                if &**service == "lambda"
                    && &**action == "invoke"
                    && matches!(pattern, Pattern::RequestResponse | Pattern::WaitForTaskToken) =>
            {
                Some(Self::Service(*pattern))
            }
            ResourceKind::Service { .. } | ResourceKind::Activity | ResourceKind::Unknown => None,
        }
    }
}

impl Lambda {
    /// Invokes functions at this endpoint.
    pub fn new(endpoint: Endpoint) -> Self {
        let client = Client::new(&endpoint, ANSWER_BYTES_MAX);
        Self { endpoint, client }
    }

    /// Whether this is a function, or `lambda:invoke`.
    pub fn knows(resource: &Resource) -> bool {
        Form::of(resource).is_some()
    }

    async fn invoke(self, form: Form, task: StartTask, context: TaskContext) -> TaskReport {
        let invocation = match form {
            Form::Direct => Ok(Invocation::direct(&task.resource.text, task.input.text())),
            Form::Service(_) => Invocation::with_parameters(&task.input),
        };
        let invocation = match invocation {
            Ok(invocation) => invocation,
            Err(problem) => return TaskReport::Failed(problem),
        };
        let request = match invocation.request(&self.endpoint) {
            Ok(request) => request,
            Err(error) => return self.unreachable(form, &error),
        };
        context.report(TaskReport::Started { worker_name: None }).await;
        match self.client.send(request).await {
            Ok(response) => answer::report(form, response),
            Err(error) => self.unreachable(form, &error),
        }
    }

    fn unreachable(&self, form: Form, error: &HttpError) -> TaskReport {
        let cause = format!("Unable to execute HTTP request: {}: {}", self.endpoint, error.chain());
        answer::refused(form, Problem::new("Lambda.SdkClientException", cause))
    }
}

impl TaskHandler for Lambda {
    fn run(&self, task: StartTask, context: TaskContext) -> BoxFuture<TaskReport> {
        let Some(form) = Form::of(&task.resource) else {
            let cause = format!("the resource {} is no Lambda function", task.resource);
            let report = TaskReport::Failed(Problem::new("States.Runtime", cause));
            return Box::pin(std::future::ready(report));
        };
        Box::pin(self.clone().invoke(form, task, context))
    }
}

/// A text, shared.
fn shared(text: &str) -> Arc<str> {
    Arc::from(text)
}
