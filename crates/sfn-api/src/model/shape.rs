//! Shapes that several operations share.

use super::{Member, Pattern, Shape, Text};

pub(super) const fn required(name: &'static str, shape: Shape) -> Member {
    Member { name, is_required: true, shape }
}

pub(super) const fn optional(name: &'static str, shape: Shape) -> Member {
    Member { name, is_required: false, shape }
}

const fn structure(name: &'static str, members: &'static [Member]) -> Shape {
    Shape::Structure { name, members }
}

pub(super) const ARN: Shape = Shape::Text(Text::new(1, 256));
pub(super) const LONG_ARN: Shape = Shape::Text(Text::new(1, 2000));
pub(super) const NAME: Shape = Shape::Text(Text::new(1, 80));
pub(super) const ALIAS_NAME: Shape = Shape::Text(Text::new(1, 80).matching(Pattern::CharacterRestrictedName));
pub(super) const CLIENT_TOKEN: Shape = Shape::Text(Text::new(1, 64).matching(Pattern::ClientToken));
pub(super) const TRACE_HEADER: Shape = Shape::Text(Text::new(0, 256).matching(Pattern::TraceHeader));
pub(super) const REVISION_ID: Shape = Shape::Text(Text::any());
pub(super) const DEFINITION: Shape = Shape::Text(Text::new(1, 1_048_576).sensitive());
pub(super) const DOCUMENT: Shape = Shape::Text(Text::document());
pub(super) const DESCRIPTION: Shape = Shape::Text(Text::new(0, 256).sensitive());
pub(super) const STATE_NAME: Shape = Shape::Text(Text::new(1, 80).sensitive());
pub(super) const ERROR: Shape = Shape::Text(Text::new(0, 256).sensitive());
pub(super) const CAUSE: Shape = Shape::Text(Text::new(0, 32_768).sensitive());
pub(super) const TASK_TOKEN: Shape = Shape::Text(Text::new(1, 2048).sensitive());
pub(super) const PAGE_TOKEN: Shape = Shape::Text(Text::new(1, 1024));
pub(super) const LIST_EXECUTIONS_PAGE_TOKEN: Shape = Shape::Text(Text::new(1, 3096));
pub(super) const PAGE_SIZE: Shape = Shape::Integer { min: Some(0), max: Some(1000) };
pub(super) const COUNT: Shape = Shape::Integer { min: Some(0), max: None };
pub(super) const FLAG: Shape = Shape::Boolean;

pub(super) const MACHINE_TYPE: Shape = Shape::Text(Text::one_of(&["STANDARD", "EXPRESS"]));
pub(super) const INCLUDED_DATA: Shape = Shape::Text(Text::one_of(&["ALL_DATA", "METADATA_ONLY"]));
/// In the order in which the service lists them.
pub(super) const EXECUTION_STATUS: Shape =
    Shape::Text(Text::one_of(&["SUCCEEDED", "TIMED_OUT", "PENDING_REDRIVE", "ABORTED", "FAILED", "RUNNING"]));
pub(super) const REDRIVE_FILTER: Shape = Shape::Text(Text::one_of(&["REDRIVEN", "NOT_REDRIVEN"]));
pub(super) const INSPECTION_LEVEL: Shape = Shape::Text(Text::one_of(&["INFO", "DEBUG", "TRACE"]));
pub(super) const SEVERITY: Shape = Shape::Text(Text::one_of(&["ERROR", "WARNING"]));

/// The model lets key and value be absent; the service wants a key.
const TAG: Shape = structure(
    "Tag",
    &[
        required("key", Shape::Text(Text::new(1, 128).matching(Pattern::Tag))),
        optional("value", Shape::Text(Text::new(0, 256).matching(Pattern::Tag))),
    ],
);
pub(super) const TAGS: Shape = Shape::List { of: &TAG, length: None };
pub(super) const TAG_KEYS: Shape = Shape::List { of: &Shape::Text(Text::new(1, 128)), length: None };

const ROUTE: Shape = structure(
    "RoutingConfigurationListItem",
    &[
        required("stateMachineVersionArn", ARN),
        required("weight", Shape::Integer { min: Some(0), max: Some(100) }),
    ],
);
pub(super) const ROUTING: Shape = Shape::List { of: &ROUTE, length: Some((1, 2)) };

const LOG_GROUP: Shape = structure("CloudWatchLogsLogGroup", &[optional("logGroupArn", ARN)]);
const LOG_DESTINATION: Shape = structure("LogDestination", &[optional("cloudWatchLogsLogGroup", LOG_GROUP)]);
pub(super) const LOGGING: Shape = structure(
    "LoggingConfiguration",
    &[
        optional("level", Shape::Text(Text::one_of(&["ALL", "ERROR", "FATAL", "OFF"]))),
        optional("includeExecutionData", FLAG),
        optional("destinations", Shape::List { of: &LOG_DESTINATION, length: None }),
    ],
);
pub(super) const TRACING: Shape = structure("TracingConfiguration", &[optional("enabled", FLAG)]);
pub(super) const ENCRYPTION: Shape = structure(
    "EncryptionConfiguration",
    &[
        optional("kmsKeyId", Shape::Text(Text::new(1, 2048))),
        optional("kmsDataKeyReusePeriodSeconds", Shape::Integer { min: Some(60), max: Some(900) }),
        required("type", Shape::Text(Text::one_of(&["AWS_OWNED_KEY", "CUSTOMER_MANAGED_KMS_KEY"]))),
    ],
);

const MOCK_ERROR: Shape = structure("MockErrorOutput", &[optional("error", ERROR), optional("cause", CAUSE)]);
pub(super) const MOCK: Shape = structure(
    "MockInput",
    &[
        optional("result", DOCUMENT),
        optional("errorOutput", MOCK_ERROR),
        optional("fieldValidationMode", Shape::Text(Text::one_of(&["STRICT", "PRESENT", "NONE"]))),
    ],
);
pub(super) const STATE_CONFIGURATION: Shape = structure(
    "TestStateConfiguration",
    &[
        optional("retrierRetryCount", COUNT),
        optional("errorCausedByState", STATE_NAME),
        optional("mapIterationFailureCount", COUNT),
        optional("mapItemReaderData", DOCUMENT),
    ],
);
