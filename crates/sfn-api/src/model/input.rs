//! The members of each operation's request.

use super::shape::{
    ALIAS_NAME, ARN, CAUSE, CLIENT_TOKEN, COUNT, DEFINITION, DESCRIPTION, DOCUMENT, ENCRYPTION, ERROR,
    EXECUTION_STATUS, FLAG, INCLUDED_DATA, INSPECTION_LEVEL, LIST_EXECUTIONS_PAGE_TOKEN, LOGGING, LONG_ARN,
    MACHINE_TYPE, MOCK, NAME, PAGE_SIZE, PAGE_TOKEN, REDRIVE_FILTER, REVISION_ID, ROUTING, SEVERITY,
    STATE_CONFIGURATION, STATE_NAME, TAG_KEYS, TAGS, TASK_TOKEN, TRACE_HEADER, TRACING, optional, required,
};
use super::{Member, Shape};
use crate::Operation;

pub(super) fn of(operation: Operation) -> &'static [Member] {
    match operation {
        Operation::CreateActivity => CREATE_ACTIVITY,
        Operation::CreateStateMachine => CREATE_STATE_MACHINE,
        Operation::CreateStateMachineAlias => CREATE_STATE_MACHINE_ALIAS,
        Operation::DeleteActivity | Operation::DescribeActivity => DELETE_ACTIVITY,
        Operation::DeleteStateMachine => DELETE_STATE_MACHINE,
        Operation::DeleteStateMachineAlias | Operation::DescribeStateMachineAlias => {
            DELETE_STATE_MACHINE_ALIAS
        }
        Operation::DeleteStateMachineVersion => DELETE_STATE_MACHINE_VERSION,
        Operation::DescribeExecution | Operation::DescribeStateMachineForExecution => DESCRIBE_EXECUTION,
        Operation::DescribeMapRun => DESCRIBE_MAP_RUN,
        Operation::DescribeStateMachine => DESCRIBE_STATE_MACHINE,
        Operation::GetActivityTask => GET_ACTIVITY_TASK,
        Operation::GetExecutionHistory => GET_EXECUTION_HISTORY,
        Operation::ListActivities | Operation::ListStateMachines => LIST_ACTIVITIES,
        Operation::ListExecutions => LIST_EXECUTIONS,
        Operation::ListMapRuns => LIST_MAP_RUNS,
        Operation::ListStateMachineAliases | Operation::ListStateMachineVersions => {
            LIST_STATE_MACHINE_ALIASES
        }
        Operation::ListTagsForResource => LIST_TAGS_FOR_RESOURCE,
        Operation::PublishStateMachineVersion => PUBLISH_STATE_MACHINE_VERSION,
        Operation::RedriveExecution => REDRIVE_EXECUTION,
        Operation::SendTaskFailure => SEND_TASK_FAILURE,
        Operation::SendTaskHeartbeat => SEND_TASK_HEARTBEAT,
        Operation::SendTaskSuccess => SEND_TASK_SUCCESS,
        Operation::StartExecution => START_EXECUTION,
        Operation::StartSyncExecution => START_SYNC_EXECUTION,
        Operation::StopExecution => STOP_EXECUTION,
        Operation::TagResource => TAG_RESOURCE,
        Operation::TestState => TEST_STATE,
        Operation::UntagResource => UNTAG_RESOURCE,
        Operation::UpdateMapRun => UPDATE_MAP_RUN,
        Operation::UpdateStateMachine => UPDATE_STATE_MACHINE,
        Operation::UpdateStateMachineAlias => UPDATE_STATE_MACHINE_ALIAS,
        Operation::ValidateStateMachineDefinition => VALIDATE_STATE_MACHINE_DEFINITION,
    }
}

const CREATE_ACTIVITY: &[Member] =
    &[required("name", NAME), optional("tags", TAGS), optional("encryptionConfiguration", ENCRYPTION)];

const CREATE_STATE_MACHINE_ALIAS: &[Member] = &[
    optional("description", DESCRIPTION),
    required("name", ALIAS_NAME),
    required("routingConfiguration", ROUTING),
];

const DELETE_ACTIVITY: &[Member] = &[required("activityArn", ARN)];

const DELETE_STATE_MACHINE: &[Member] = &[required("stateMachineArn", ARN)];

const DELETE_STATE_MACHINE_ALIAS: &[Member] = &[required("stateMachineAliasArn", ARN)];

const DELETE_STATE_MACHINE_VERSION: &[Member] = &[required("stateMachineVersionArn", LONG_ARN)];

const DESCRIBE_EXECUTION: &[Member] =
    &[required("executionArn", ARN), optional("includedData", INCLUDED_DATA)];

const DESCRIBE_MAP_RUN: &[Member] = &[required("mapRunArn", LONG_ARN)];

const DESCRIBE_STATE_MACHINE: &[Member] =
    &[required("stateMachineArn", ARN), optional("includedData", INCLUDED_DATA)];

const GET_ACTIVITY_TASK: &[Member] = &[required("activityArn", ARN), optional("workerName", NAME)];

const GET_EXECUTION_HISTORY: &[Member] = &[
    required("executionArn", ARN),
    optional("maxResults", PAGE_SIZE),
    optional("reverseOrder", FLAG),
    optional("nextToken", PAGE_TOKEN),
    optional("includeExecutionData", FLAG),
];

const LIST_ACTIVITIES: &[Member] = &[optional("maxResults", PAGE_SIZE), optional("nextToken", PAGE_TOKEN)];

const LIST_MAP_RUNS: &[Member] =
    &[required("executionArn", ARN), optional("maxResults", PAGE_SIZE), optional("nextToken", PAGE_TOKEN)];

const LIST_STATE_MACHINE_ALIASES: &[Member] =
    &[required("stateMachineArn", ARN), optional("nextToken", PAGE_TOKEN), optional("maxResults", PAGE_SIZE)];

const LIST_TAGS_FOR_RESOURCE: &[Member] = &[required("resourceArn", ARN)];

const PUBLISH_STATE_MACHINE_VERSION: &[Member] = &[
    required("stateMachineArn", ARN),
    optional("revisionId", REVISION_ID),
    optional("description", DESCRIPTION),
];

const REDRIVE_EXECUTION: &[Member] = &[required("executionArn", ARN), optional("clientToken", CLIENT_TOKEN)];

const SEND_TASK_FAILURE: &[Member] =
    &[required("taskToken", TASK_TOKEN), optional("error", ERROR), optional("cause", CAUSE)];

const SEND_TASK_HEARTBEAT: &[Member] = &[required("taskToken", TASK_TOKEN)];

const SEND_TASK_SUCCESS: &[Member] = &[required("taskToken", TASK_TOKEN), required("output", DOCUMENT)];

const START_EXECUTION: &[Member] = &[
    required("stateMachineArn", ARN),
    optional("name", NAME),
    optional("input", DOCUMENT),
    optional("traceHeader", TRACE_HEADER),
];

const START_SYNC_EXECUTION: &[Member] = &[
    required("stateMachineArn", ARN),
    optional("name", NAME),
    optional("input", DOCUMENT),
    optional("traceHeader", TRACE_HEADER),
    optional("includedData", INCLUDED_DATA),
];

const STOP_EXECUTION: &[Member] =
    &[required("executionArn", ARN), optional("error", ERROR), optional("cause", CAUSE)];

const TAG_RESOURCE: &[Member] = &[required("resourceArn", ARN), required("tags", TAGS)];

const UNTAG_RESOURCE: &[Member] = &[required("resourceArn", ARN), required("tagKeys", TAG_KEYS)];

const UPDATE_MAP_RUN: &[Member] = &[
    required("mapRunArn", LONG_ARN),
    optional("maxConcurrency", COUNT),
    optional("toleratedFailurePercentage", Shape::Float { min: 0, max: 100 }),
    optional("toleratedFailureCount", COUNT),
];

const UPDATE_STATE_MACHINE_ALIAS: &[Member] = &[
    required("stateMachineAliasArn", ARN),
    optional("description", DESCRIPTION),
    optional("routingConfiguration", ROUTING),
];

const VALIDATE_STATE_MACHINE_DEFINITION: &[Member] = &[
    required("definition", DEFINITION),
    optional("type", MACHINE_TYPE),
    optional("severity", SEVERITY),
    optional("maxResults", Shape::Integer { min: Some(0), max: Some(100) }),
];

const CREATE_STATE_MACHINE: &[Member] = &[
    required("name", NAME),
    required("definition", DEFINITION),
    required("roleArn", ARN),
    optional("type", MACHINE_TYPE),
    optional("loggingConfiguration", LOGGING),
    optional("tags", TAGS),
    optional("tracingConfiguration", TRACING),
    optional("publish", FLAG),
    optional("versionDescription", DESCRIPTION),
    optional("encryptionConfiguration", ENCRYPTION),
];

const UPDATE_STATE_MACHINE: &[Member] = &[
    required("stateMachineArn", ARN),
    optional("definition", DEFINITION),
    optional("roleArn", ARN),
    optional("loggingConfiguration", LOGGING),
    optional("tracingConfiguration", TRACING),
    optional("publish", FLAG),
    optional("versionDescription", DESCRIPTION),
    optional("encryptionConfiguration", ENCRYPTION),
];

const LIST_EXECUTIONS: &[Member] = &[
    optional("stateMachineArn", ARN),
    optional("statusFilter", EXECUTION_STATUS),
    optional("maxResults", PAGE_SIZE),
    optional("nextToken", LIST_EXECUTIONS_PAGE_TOKEN),
    optional("mapRunArn", LONG_ARN),
    optional("redriveFilter", REDRIVE_FILTER),
];

const TEST_STATE: &[Member] = &[
    required("definition", DEFINITION),
    optional("roleArn", ARN),
    optional("input", DOCUMENT),
    optional("inspectionLevel", INSPECTION_LEVEL),
    optional("revealSecrets", FLAG),
    optional("variables", DOCUMENT),
    optional("stateName", STATE_NAME),
    optional("mock", MOCK),
    optional("context", DOCUMENT),
    optional("stateConfiguration", STATE_CONFIGURATION),
];
