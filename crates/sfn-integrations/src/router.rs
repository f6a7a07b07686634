//! Picks who carries a task out.

use asl_parser::ResourceKind;
use asl_runtime::{Problem, ReadItems, StartTask, TaskReport, WriteResults};
use sfn_driver::{ItemStream, ResultSink, TaskContext, TaskHandler};
use sfn_store::BoxFuture;

use crate::{Buckets, Lambda, Mocked, Mocks, ResultWriters, map_run};

/// Picks by mock test case and resource. What nobody is configured for fails
/// with `States.Runtime`: nothing was called, so a retry would be in vain and
/// a catcher would hide it.
#[derive(Debug, Default)]
pub struct Router {
    mocks: Option<Mocks>,
    lambda: Option<Lambda>,
    buckets: Buckets,
}

impl Router {
    /// One that has nobody.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers executions that were started with a test case from these.
    #[must_use]
    pub fn with_mocks(mut self, mocks: Mocks) -> Self {
        self.mocks = Some(mocks);
        self
    }

    /// Invokes Lambda functions through this.
    #[must_use]
    pub fn with_lambda(mut self, lambda: Lambda) -> Self {
        self.lambda = Some(lambda);
        self
    }

    /// Lets distributed maps read items from and write results to these.
    #[must_use]
    pub fn with_buckets(mut self, buckets: Buckets) -> Self {
        self.buckets = buckets;
        self
    }

    /// The answer of the mocks, if there is one.
    fn mocked(&self, task: &StartTask, context: &TaskContext) -> Option<TaskReport> {
        let origin = &context.origin;
        let test_case = origin.test_case.as_deref()?;
        let Some(mocks) = &self.mocks else {
            return Some(failed(format!(
                "the execution was started with the test case '{test_case}', but no mock configuration is loaded"
            )));
        };
        match mocks.answer(&origin.state_machine_name, test_case, &task.state_name, task.retry_count) {
            Mocked::Answer(report) => Some(report),
            Mocked::NotMocked => None,
        }
    }
}

impl TaskHandler for Router {
    fn run(&self, task: StartTask, context: TaskContext) -> BoxFuture<TaskReport> {
        if let Some(report) = self.mocked(&task, &context) {
            return Box::pin(std::future::ready(report));
        }
        match &self.lambda {
            Some(lambda) if Lambda::knows(&task.resource) => lambda.run(task, context),
            None if Lambda::knows(&task.resource) => Box::pin(std::future::ready(failed(format!(
                "the resource {} needs an endpoint of AWS Lambda, and none is configured",
                task.resource
            )))),
            _ => Box::pin(std::future::ready(failed(unsupported(&task)))),
        }
    }

    fn open_items(&self, read: ReadItems) -> BoxFuture<Result<Box<dyn ItemStream>, Problem>> {
        Box::pin(map_run::open_items(self.buckets.clone(), read))
    }

    fn open_results(&self, write: WriteResults) -> BoxFuture<Result<Box<dyn ResultSink>, Problem>> {
        let sink = ResultWriters::new(self.buckets.clone()).begin(&write);
        Box::pin(std::future::ready(sink.map(|sink| Box::new(sink) as Box<dyn ResultSink>)))
    }
}

fn unsupported(task: &StartTask) -> String {
    let resource = &task.resource;
    match &resource.kind {
        ResourceKind::Service { service, action, pattern } => {
            let suffix = pattern.suffix();
            format!("the integration {service}:{action}{suffix} is not supported (resource {resource})")
        }
        ResourceKind::Activity | ResourceKind::LambdaFunction | ResourceKind::Unknown => {
            format!("the resource {resource} is not supported")
        }
    }
}

fn failed(cause: String) -> TaskReport {
    TaskReport::Failed(Problem::new("States.Runtime", cause))
}
