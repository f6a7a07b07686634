//! The one entrance: an operation and its request in, its response out.

use std::sync::Arc;

use sfn_store::Store;
use sfn_store::id::ArnScope;

use crate::definitions::Definitions;
use crate::redrive_tokens::RedriveTokens;
use crate::{ApiError, Host, HostFuture, Operation, op, page_token};

/// What an API answers for.
#[derive(Clone, Debug)]
pub struct ApiConfig {
    /// The AWS region and account in ARNs.
    pub scope: ArnScope,
    /// What each execution may use.
    pub limits: asl_runtime::Limits,
}

/// The API. Share it behind an `Arc`.
#[derive(Debug)]
pub struct Api {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) host: Arc<dyn Host>,
    pub(crate) scope: ArnScope,
    pub(crate) limits: asl_runtime::Limits,
    pub(crate) page_tokens: page_token::Key,
    pub(crate) definitions: Definitions,
    pub(crate) redrive_tokens: RedriveTokens,
}

impl Api {
    /// An API over `store`. Page tokens that it gives out are its own: another
    /// instance refuses them.
    pub fn new(store: Arc<dyn Store>, host: Arc<dyn Host>, config: ApiConfig) -> Self {
        let mut secret = [0; 32];
        let (first, second) = secret.split_at_mut(16);
        first.copy_from_slice(&host.entropy().to_be_bytes());
        second.copy_from_slice(&host.entropy().to_be_bytes());
        Self {
            store,
            host,
            scope: config.scope,
            limits: config.limits,
            page_tokens: page_token::Key::new(secret),
            definitions: Definitions::default(),
            redrive_tokens: RedriveTokens::default(),
        }
    }

    /// Carries out one operation: JSON in, JSON out.
    pub fn call<'a>(
        &'a self,
        operation: Operation,
        body: &'a [u8],
    ) -> HostFuture<'a, Result<Vec<u8>, ApiError>> {
        self.call_traced(operation, body, None)
    }

    /// The same with an `X-Amzn-Trace-Id` header, which wins over the member
    /// `traceHeader` of a request.
    pub fn call_traced<'a>(
        &'a self,
        operation: Operation,
        body: &'a [u8],
        trace_header: Option<&'a str>,
    ) -> HostFuture<'a, Result<Vec<u8>, ApiError>> {
        match operation {
            Operation::CreateActivity => Box::pin(op::create_activity::call(self, body)),
            Operation::CreateStateMachine => Box::pin(op::create_state_machine::call(self, body)),
            Operation::CreateStateMachineAlias => Box::pin(op::create_state_machine_alias::call(self, body)),
            Operation::DeleteActivity => Box::pin(op::delete_activity::call(self, body)),
            Operation::DeleteStateMachine => Box::pin(op::delete_state_machine::call(self, body)),
            Operation::DeleteStateMachineAlias => Box::pin(op::delete_state_machine_alias::call(self, body)),
            Operation::DeleteStateMachineVersion => {
                Box::pin(op::delete_state_machine_version::call(self, body))
            }
            Operation::DescribeActivity => Box::pin(op::describe_activity::call(self, body)),
            Operation::DescribeExecution => Box::pin(op::describe_execution::call(self, body)),
            Operation::DescribeMapRun => Box::pin(op::describe_map_run::call(self, body)),
            Operation::DescribeStateMachine => Box::pin(op::describe_state_machine::call(self, body)),
            Operation::DescribeStateMachineAlias => {
                Box::pin(op::describe_state_machine_alias::call(self, body))
            }
            Operation::DescribeStateMachineForExecution => {
                Box::pin(op::describe_state_machine_for_execution::call(self, body))
            }
            Operation::GetActivityTask => Box::pin(op::get_activity_task::call(self, body)),
            Operation::GetExecutionHistory => Box::pin(op::get_execution_history::call(self, body)),
            Operation::ListActivities => Box::pin(op::list_activities::call(self, body)),
            Operation::ListExecutions => Box::pin(op::list_executions::call(self, body)),
            Operation::ListMapRuns => Box::pin(op::list_map_runs::call(self, body)),
            Operation::ListStateMachineAliases => Box::pin(op::list_state_machine_aliases::call(self, body)),
            Operation::ListStateMachineVersions => {
                Box::pin(op::list_state_machine_versions::call(self, body))
            }
            Operation::ListStateMachines => Box::pin(op::list_state_machines::call(self, body)),
            Operation::ListTagsForResource => Box::pin(op::list_tags_for_resource::call(self, body)),
            Operation::PublishStateMachineVersion => {
                Box::pin(op::publish_state_machine_version::call(self, body))
            }
            Operation::RedriveExecution => Box::pin(op::redrive_execution::call(self, body)),
            Operation::SendTaskFailure => Box::pin(op::send_task_failure::call(self, body)),
            Operation::SendTaskHeartbeat => Box::pin(op::send_task_heartbeat::call(self, body)),
            Operation::SendTaskSuccess => Box::pin(op::send_task_success::call(self, body)),
            Operation::StartExecution => Box::pin(op::start_execution::call(self, body, trace_header)),
            Operation::StartSyncExecution => {
                Box::pin(op::start_sync_execution::call(self, body, trace_header))
            }
            Operation::StopExecution => Box::pin(op::stop_execution::call(self, body)),
            Operation::TagResource => Box::pin(op::tag_resource::call(self, body)),
            Operation::TestState => Box::pin(op::test_state::call(self, body)),
            Operation::UntagResource => Box::pin(op::untag_resource::call(self, body)),
            Operation::UpdateMapRun => Box::pin(op::update_map_run::call(self, body)),
            Operation::UpdateStateMachine => Box::pin(op::update_state_machine::call(self, body)),
            Operation::UpdateStateMachineAlias => Box::pin(op::update_state_machine_alias::call(self, body)),
            Operation::ValidateStateMachineDefinition => {
                Box::pin(op::validate_state_machine_definition::call(self, body))
            }
        }
    }
}
