//! The errors of each operation: those that the model names and this service
//! answers, and those that it has no occasion for.

use crate::ErrorCode as E;
use crate::{ErrorCode, Operation};

impl ErrorCode {
    /// What any operation may answer, whether the model names it there or not.
    pub const COMMON: &[Self] =
        &[Self::InternalServerException, Self::SerializationException, Self::ThrottlingException];
}

/// An error that the model names for an operation and that never comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unused {
    /// The code, as `__type` would spell it.
    pub code: &'static str,
    /// Why it never comes.
    pub why: &'static str,
}

pub(super) fn of(operation: Operation) -> &'static [ErrorCode] {
    match operation {
        Operation::CreateActivity => CREATE_ACTIVITY,
        Operation::CreateStateMachine => CREATE_STATE_MACHINE,
        Operation::CreateStateMachineAlias => CREATE_STATE_MACHINE_ALIAS,
        Operation::DeleteActivity => DELETE_ACTIVITY,
        Operation::DeleteStateMachine | Operation::DeleteStateMachineAlias => DELETE_STATE_MACHINE,
        Operation::DeleteStateMachineVersion => DELETE_STATE_MACHINE_VERSION,
        Operation::DescribeActivity | Operation::GetActivityTask => DESCRIBE_ACTIVITY,
        Operation::DescribeExecution | Operation::DescribeStateMachineForExecution => DESCRIBE_EXECUTION,
        Operation::DescribeMapRun => DESCRIBE_MAP_RUN,
        Operation::DescribeStateMachine => DESCRIBE_STATE_MACHINE,
        Operation::DescribeStateMachineAlias => DESCRIBE_STATE_MACHINE_ALIAS,
        Operation::GetExecutionHistory | Operation::ListMapRuns => GET_EXECUTION_HISTORY,
        Operation::ListActivities | Operation::ListStateMachines => LIST_ACTIVITIES,
        Operation::ListExecutions => LIST_EXECUTIONS,
        Operation::ListStateMachineAliases => LIST_STATE_MACHINE_ALIASES,
        Operation::ListStateMachineVersions => LIST_STATE_MACHINE_VERSIONS,
        Operation::ListTagsForResource | Operation::UntagResource => LIST_TAGS_FOR_RESOURCE,
        Operation::PublishStateMachineVersion => PUBLISH_STATE_MACHINE_VERSION,
        Operation::RedriveExecution => REDRIVE_EXECUTION,
        Operation::SendTaskFailure | Operation::SendTaskHeartbeat => SEND_TASK_FAILURE,
        Operation::SendTaskSuccess => SEND_TASK_SUCCESS,
        Operation::StartExecution => START_EXECUTION,
        Operation::StartSyncExecution => START_SYNC_EXECUTION,
        Operation::StopExecution => STOP_EXECUTION,
        Operation::TagResource => TAG_RESOURCE,
        Operation::TestState => TEST_STATE,
        Operation::UpdateMapRun => UPDATE_MAP_RUN,
        Operation::UpdateStateMachine => UPDATE_STATE_MACHINE,
        Operation::UpdateStateMachineAlias => UPDATE_STATE_MACHINE_ALIAS,
        Operation::ValidateStateMachineDefinition => VALIDATE_STATE_MACHINE_DEFINITION,
    }
}

const CREATE_ACTIVITY: &[E] =
    &[E::ActivityAlreadyExists, E::InvalidName, E::TooManyTags, E::InvalidEncryptionConfiguration];

const CREATE_STATE_MACHINE: &[E] = &[
    E::InvalidArn,
    E::InvalidDefinition,
    E::InvalidName,
    E::InvalidLoggingConfiguration,
    E::StateMachineAlreadyExists,
    E::StateMachineDeleting,
    E::TooManyTags,
    E::ValidationException,
    E::InvalidEncryptionConfiguration,
];

const CREATE_STATE_MACHINE_ALIAS: &[E] = &[
    E::InvalidArn,
    E::ValidationException,
    E::StateMachineDeleting,
    E::ResourceNotFound,
    E::ConflictException,
    E::ServiceQuotaExceededException,
];

const DELETE_ACTIVITY: &[E] = &[E::InvalidArn];

const DELETE_STATE_MACHINE: &[E] = &[E::InvalidArn, E::ValidationException];

const DELETE_STATE_MACHINE_VERSION: &[E] = &[E::ValidationException, E::InvalidArn, E::ConflictException];

const DESCRIBE_ACTIVITY: &[E] = &[E::ActivityDoesNotExist, E::InvalidArn];

const DESCRIBE_EXECUTION: &[E] = &[E::ExecutionDoesNotExist, E::InvalidArn];

const DESCRIBE_MAP_RUN: &[E] = &[E::ResourceNotFound, E::InvalidArn];

const DESCRIBE_STATE_MACHINE: &[E] = &[E::InvalidArn, E::StateMachineDoesNotExist];

const DESCRIBE_STATE_MACHINE_ALIAS: &[E] = &[E::ValidationException, E::InvalidArn, E::ResourceNotFound];

const GET_EXECUTION_HISTORY: &[E] = &[E::ExecutionDoesNotExist, E::InvalidArn, E::InvalidToken];

const LIST_ACTIVITIES: &[E] = &[E::InvalidToken];

const LIST_EXECUTIONS: &[E] = &[
    E::InvalidArn,
    E::InvalidToken,
    E::StateMachineDoesNotExist,
    E::StateMachineTypeNotSupported,
    E::ValidationException,
    E::ResourceNotFound,
];

const LIST_STATE_MACHINE_ALIASES: &[E] =
    &[E::InvalidArn, E::InvalidToken, E::StateMachineDoesNotExist, E::StateMachineDeleting];

const LIST_STATE_MACHINE_VERSIONS: &[E] = &[E::ValidationException, E::InvalidArn, E::InvalidToken];

const LIST_TAGS_FOR_RESOURCE: &[E] = &[E::InvalidArn, E::ResourceNotFound];

const PUBLISH_STATE_MACHINE_VERSION: &[E] = &[
    E::ValidationException,
    E::StateMachineDeleting,
    E::StateMachineDoesNotExist,
    E::ServiceQuotaExceededException,
    E::ConflictException,
    E::InvalidArn,
];

const REDRIVE_EXECUTION: &[E] =
    &[E::ExecutionDoesNotExist, E::ExecutionNotRedrivable, E::InvalidArn, E::ValidationException];

const SEND_TASK_FAILURE: &[E] = &[E::InvalidToken, E::TaskTimedOut];

const SEND_TASK_SUCCESS: &[E] = &[E::InvalidOutput, E::InvalidToken, E::TaskTimedOut];

const START_EXECUTION: &[E] = &[
    E::ExecutionAlreadyExists,
    E::InvalidArn,
    E::InvalidExecutionInput,
    E::InvalidName,
    E::StateMachineDoesNotExist,
    E::StateMachineDeleting,
    E::ValidationException,
];

const START_SYNC_EXECUTION: &[E] = &[
    E::InvalidArn,
    E::InvalidExecutionInput,
    E::InvalidName,
    E::StateMachineDoesNotExist,
    E::StateMachineDeleting,
    E::StateMachineTypeNotSupported,
];

const STOP_EXECUTION: &[E] = &[E::ExecutionDoesNotExist, E::InvalidArn, E::ValidationException];

const TAG_RESOURCE: &[E] = &[E::InvalidArn, E::ResourceNotFound, E::TooManyTags];

const TEST_STATE: &[E] =
    &[E::InvalidArn, E::InvalidDefinition, E::InvalidExecutionInput, E::ValidationException];

const UPDATE_MAP_RUN: &[E] = &[E::ResourceNotFound, E::InvalidArn, E::ValidationException];

const UPDATE_STATE_MACHINE: &[E] = &[
    E::InvalidArn,
    E::InvalidDefinition,
    E::InvalidLoggingConfiguration,
    E::MissingRequiredParameter,
    E::StateMachineDeleting,
    E::StateMachineDoesNotExist,
    E::ServiceQuotaExceededException,
    E::ValidationException,
    E::InvalidEncryptionConfiguration,
];

const UPDATE_STATE_MACHINE_ALIAS: &[E] =
    &[E::ValidationException, E::InvalidArn, E::ResourceNotFound, E::StateMachineDeleting];

const VALIDATE_STATE_MACHINE_DEFINITION: &[E] = &[E::ValidationException];

/// The errors that the model names for an operation and that never come.
pub fn unused(operation: Operation) -> Vec<Unused> {
    let (own, is_encrypted) = without_occasion(operation);
    let keys = KEYS.iter().filter(|unused| match is_encrypted {
        Encrypted::No => false,
        Encrypted::AtRest => unused.code != INVALID_STATE,
        Encrypted::InUse => true,
    });
    own.iter().chain(keys).copied().collect()
}

/// Which errors about keys the model names.
#[derive(Clone, Copy)]
enum Encrypted {
    No,
    /// The operation writes settings.
    AtRest,
    /// The operation reads or writes data.
    InUse,
}

const INVALID_STATE: &str = "KmsInvalidStateException";

const KEYS: [Unused; 3] = {
    let why = "nothing is encrypted with a key of the caller's";
    [
        Unused { code: "KmsAccessDeniedException", why },
        Unused { code: INVALID_STATE, why },
        Unused { code: "KmsThrottlingException", why },
    ]
};

const fn unlimited(code: &'static str) -> Unused {
    Unused { code, why: "there is no quota" }
}

const TRACING: Unused =
    Unused { code: "InvalidTracingConfiguration", why: "every configuration of the model's types is valid" };
const CONFLICT: Unused =
    Unused { code: "ConflictException", why: "concurrent changes are made one after the other" };
const GONE: Unused =
    Unused { code: "TaskDoesNotExist", why: "a token of no task is an InvalidToken, as recorded" };

fn without_occasion(operation: Operation) -> (&'static [Unused], Encrypted) {
    match operation {
        Operation::CreateActivity => (const { &[unlimited("ActivityLimitExceeded")] }, Encrypted::AtRest),
        Operation::CreateStateMachine => (
            const {
                &[
                    TRACING,
                    unlimited("StateMachineLimitExceeded"),
                    Unused { code: "StateMachineTypeNotSupported", why: "both types are supported" },
                    CONFLICT,
                ]
            },
            Encrypted::AtRest,
        ),
        Operation::CreateStateMachineAlias => (
            &[Unused { code: "InvalidName", why: "the pattern of the model refuses every such name first" }],
            Encrypted::No,
        ),
        Operation::DeleteStateMachineAlias => (
            &[
                Unused { code: "ResourceNotFound", why: "deleting what is not there succeeds, as recorded" },
                CONFLICT,
            ],
            Encrypted::No,
        ),
        Operation::DescribeExecution
        | Operation::DescribeStateMachine
        | Operation::DescribeStateMachineForExecution
        | Operation::GetExecutionHistory
        | Operation::StartSyncExecution
        | Operation::StopExecution => (&[], Encrypted::InUse),
        Operation::GetActivityTask => {
            (const { &[unlimited("ActivityWorkerLimitExceeded")] }, Encrypted::InUse)
        }
        Operation::ListStateMachineAliases => (
            &[Unused {
                code: "ResourceNotFound",
                why: "a version that is not there is StateMachineDoesNotExist",
            }],
            Encrypted::No,
        ),
        Operation::RedriveExecution => (const { &[unlimited("ExecutionLimitExceeded")] }, Encrypted::No),
        Operation::SendTaskFailure | Operation::SendTaskSuccess => (&[GONE], Encrypted::InUse),
        Operation::SendTaskHeartbeat => (&[GONE], Encrypted::No),
        Operation::StartExecution => (const { &[unlimited("ExecutionLimitExceeded")] }, Encrypted::InUse),
        Operation::UpdateStateMachine => (&[TRACING, CONFLICT], Encrypted::AtRest),
        Operation::UpdateStateMachineAlias => (&[CONFLICT], Encrypted::No),
        Operation::DeleteActivity
        | Operation::DeleteStateMachine
        | Operation::DeleteStateMachineVersion
        | Operation::DescribeActivity
        | Operation::DescribeMapRun
        | Operation::DescribeStateMachineAlias
        | Operation::ListActivities
        | Operation::ListExecutions
        | Operation::ListMapRuns
        | Operation::ListStateMachineVersions
        | Operation::ListStateMachines
        | Operation::ListTagsForResource
        | Operation::PublishStateMachineVersion
        | Operation::TagResource
        | Operation::TestState
        | Operation::UntagResource
        | Operation::UpdateMapRun
        | Operation::ValidateStateMachineDefinition => (&[], Encrypted::No),
    }
}
