//! The API's host: a driver, and the system's entropy.

use std::sync::Arc;
use std::time::Duration;

use asl_runtime::TaskReport;
use sfn_api::{
    ExpressEnd, ExpressStart, Host, HostFuture, LogGroups, LoneTask, StandardStart, Subject, Timestamp, Watch,
};
use sfn_driver::{Driver, Entropy, TaskOrigin};
use sfn_store::{CreateExecutionError, Creation, ExecutionRecord};

/// A driver as the API sees it.
#[derive(Debug)]
pub(crate) struct DriverHost {
    pub(crate) driver: Driver,
    pub(crate) entropy: Entropy,
    pub(crate) log_groups: Option<Arc<dyn LogGroups>>,
}

impl Host for DriverHost {
    fn now(&self) -> Timestamp {
        self.driver.now()
    }

    fn entropy(&self) -> u128 {
        self.entropy.draw()
    }

    fn start_execution(
        &self,
        execution: StandardStart,
    ) -> HostFuture<'_, Result<Creation<ExecutionRecord>, CreateExecutionError>> {
        let StandardStart { new, definition, start, logging } = execution;
        let execution = sfn_driver::StandardStart { new, definition, start, logging };
        Box::pin(self.driver.create(execution))
    }

    fn run_express(&self, execution: ExpressStart) -> HostFuture<'static, ExpressEnd> {
        let ExpressStart { definition, start, test_case, logging } = execution;
        let running = self.driver.run_express(sfn_driver::ExpressStart {
            definition,
            start,
            test_case,
            logging,
            is_child: false,
        });
        Box::pin(async move {
            let end = running.await;
            ExpressEnd { outcome: end.outcome, started_at: end.started_at, stopped_at: end.stopped_at }
        })
    }

    fn run_task(&self, task: LoneTask) -> HostFuture<'static, TaskReport> {
        let LoneTask { task, timeout, execution_arn, state_machine_name } = task;
        let origin = TaskOrigin { execution_arn, state_machine_name, test_case: None };
        Box::pin(self.driver.run_task(sfn_driver::LoneTask { task, origin, timeout }))
    }

    fn log_groups(&self) -> Option<&dyn LogGroups> {
        self.log_groups.as_deref()
    }

    fn watch(&self, subject: Subject, timeout: Duration) -> Box<dyn Watch> {
        let subject = match subject {
            Subject::ActivityTask(activity) => sfn_driver::Subject::ActivityTask(activity),
            Subject::Closed(execution) => sfn_driver::Subject::Closed(execution),
        };
        Box::new(DriverWatch(self.driver.watch(subject, timeout)))
    }
}

struct DriverWatch(sfn_driver::Watch);

impl Watch for DriverWatch {
    fn happened(&mut self) -> HostFuture<'_, bool> {
        Box::pin(self.0.happened())
    }
}
