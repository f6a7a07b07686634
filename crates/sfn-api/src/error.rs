//! What a caller is told: one enum of codes, one place where a code becomes a
//! `__type` and an HTTP status, and the texts that more than one operation sends.

use std::fmt;
use std::sync::Arc;

/// Declares the codes with the documentation of each.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        /// The code of an API error, spelled as in `__type`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ErrorCode {
            $($(#[$doc])* $name,)*
        }

        impl ErrorCode {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The code as `__type` spells it.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }
        }
    };
}

codes! {
    /// An activity of that name is there, with other encryption settings.
    ActivityAlreadyExists,
    /// The activity is not there.
    ActivityDoesNotExist,
    /// The request contradicts the state of the resource.
    ConflictException,
    /// An execution of that name is there, with another input or closed.
    ExecutionAlreadyExists,
    /// The execution is not there.
    ExecutionDoesNotExist,
    /// The execution has succeeded, still runs, or is too old.
    ExecutionNotRedrivable,
    /// A fault of the store or of this program: HTTP status 500.
    InternalServerException,
    /// The ARN is not one, or not one of this kind.
    InvalidArn,
    /// The definition has findings of error severity.
    InvalidDefinition,
    /// The encryption settings contradict each other.
    InvalidEncryptionConfiguration,
    /// The execution input is not JSON.
    InvalidExecutionInput,
    /// The logging settings contradict each other.
    InvalidLoggingConfiguration,
    /// The name has characters that names may not have.
    InvalidName,
    /// The task output is not JSON.
    InvalidOutput,
    /// The page token or task token is not one that was given out.
    InvalidToken,
    /// None of the members that could be changed was given.
    MissingRequiredParameter,
    /// The resource to tag, or the alias, is not there.
    ResourceNotFound,
    /// The body is not JSON or a member has the wrong type.
    SerializationException,
    /// A quota on the number of resources is reached.
    ServiceQuotaExceededException,
    /// A state machine of that name is there, and differs.
    StateMachineAlreadyExists,
    /// The state machine is being deleted.
    StateMachineDeleting,
    /// The state machine is not there.
    StateMachineDoesNotExist,
    /// The operation is not for this type of state machine.
    StateMachineTypeNotSupported,
    /// The task is not there, or has been answered.
    TaskDoesNotExist,
    /// The task's time ran out, or its execution has closed.
    TaskTimedOut,
    /// Too much is waiting already: try again.
    ThrottlingException,
    /// More tags than a resource may have.
    TooManyTags,
    /// The operation is unknown or not served.
    UnknownOperationException,
    /// A member breaks a constraint of the model.
    ValidationException,
}

impl ErrorCode {
    /// The HTTP status: 400 for everything that the caller did.
    pub fn status(self) -> u16 {
        match self {
            Self::InternalServerException => 500,
            _ => 400,
        }
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// `ValidationExceptionReason`: what a `ValidationException` is about, where it
/// is not a constraint of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The ARN has the label of a Map state.
    LabelledArn,
    /// None of the members is there of which one is wanted.
    MissingParameter,
    /// The map run has ended.
    CompletedMapRun,
    /// The routes of an alias do not fit together.
    Routing,
}

impl Reason {
    /// Every reason.
    pub const ALL: &[Self] =
        &[Self::LabelledArn, Self::MissingParameter, Self::CompletedMapRun, Self::Routing];

    /// The reason as the wire spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::LabelledArn => "API_DOES_NOT_SUPPORT_LABELED_ARNS",
            Self::MissingParameter => "MISSING_REQUIRED_PARAMETER",
            Self::CompletedMapRun => "CANNOT_UPDATE_COMPLETED_MAP_RUN",
            Self::Routing => "INVALID_ROUTING_CONFIGURATION",
        }
    }
}

/// A member besides `message` that some exceptions carry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detail {
    /// `reason` of a `ValidationException`.
    Reason(Reason),
    /// `resourceName` of `ResourceNotFound` and `TooManyTags`.
    ResourceName(String),
}

/// What a caller gets instead of a response.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ApiError {
    /// What kind of error.
    pub code: ErrorCode,
    /// The text, in AWS's words where those are known.
    pub message: String,
    /// A further member of the exception.
    pub detail: Option<Detail>,
    /// What went wrong underneath; never shown to the caller, to be logged.
    #[source]
    pub source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl ApiError {
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), detail: None, source: None }
    }

    pub(crate) fn with_detail(mut self, detail: Detail) -> Self {
        self.detail = Some(detail);
        self
    }

    /// A fault: the caller learns only that there was one.
    pub(crate) fn fault(source: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self {
            code: ErrorCode::InternalServerException,
            message: "An internal error occurred. Try again.".to_owned(),
            detail: None,
            source: Some(Arc::new(source)),
        }
    }

    pub(crate) fn validation(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::ValidationException, message)
    }

    pub(crate) fn because(reason: Reason, message: impl Into<String>) -> Self {
        Self::validation(message).with_detail(Detail::Reason(reason))
    }

    pub(crate) fn invalid_arn(text: impl fmt::Display) -> Self {
        Self::new(ErrorCode::InvalidArn, format!("Invalid Arn: '{text}'"))
    }

    pub(crate) fn invalid_name(name: &str) -> Self {
        Self::new(ErrorCode::InvalidName, format!("Invalid Name: '{name}'"))
    }

    pub(crate) fn invalid_token() -> Self {
        Self::new(ErrorCode::InvalidToken, "Invalid Token: 'Invalid token'")
    }

    pub(crate) fn no_state_machine(arn: impl fmt::Display) -> Self {
        Self::new(ErrorCode::StateMachineDoesNotExist, format!("State Machine Does Not Exist: '{arn}'"))
    }

    pub(crate) fn deleting(arn: impl fmt::Display) -> Self {
        Self::new(ErrorCode::StateMachineDeleting, format!("State Machine is being deleted: '{arn}'"))
    }

    pub(crate) fn no_execution(arn: impl fmt::Display) -> Self {
        Self::new(ErrorCode::ExecutionDoesNotExist, format!("Execution Does Not Exist: '{arn}'"))
    }

    pub(crate) fn no_activity(arn: impl fmt::Display) -> Self {
        Self::new(ErrorCode::ActivityDoesNotExist, format!("Activity Does Not Exist: '{arn}'"))
    }

    pub(crate) fn no_resource(arn: &str) -> Self {
        Self::new(ErrorCode::ResourceNotFound, format!("Resource not found: '{arn}'"))
            .with_detail(Detail::ResourceName(arn.to_owned()))
    }

    pub(crate) fn throttled() -> Self {
        Self::new(ErrorCode::ThrottlingException, "Rate exceeded")
    }

    pub(crate) fn wrong_type() -> Self {
        Self::new(
            ErrorCode::StateMachineTypeNotSupported,
            "This operation is not supported by this type of state machine",
        )
    }

    /// The JSON body of the HTTP response: `__type`, `message` and the detail.
    pub fn to_body(&self) -> Vec<u8> {
        let mut body = serde_json::Map::new();
        body.insert("__type".to_owned(), self.code.name().into());
        body.insert("message".to_owned(), self.message.as_str().into());
        match &self.detail {
            Some(Detail::Reason(reason)) => body.insert("reason".to_owned(), reason.name().into()),
            Some(Detail::ResourceName(name)) => body.insert("resourceName".to_owned(), name.as_str().into()),
            None => None,
        };
        serde_json::Value::Object(body).to_string().into_bytes()
    }
}

impl From<sfn_store::Fault> for ApiError {
    fn from(fault: sfn_store::Fault) -> Self {
        Self::fault(fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_faults_are_a_servers_error() {
        for code in ErrorCode::ALL {
            let want = if *code == ErrorCode::InternalServerException { 500 } else { 400 };
            assert_eq!(code.status(), want, "{code}");
        }
    }

    #[test]
    fn the_body_names_type_message_and_detail() {
        let body = String::from_utf8(ApiError::no_resource("arn:x").to_body()).unwrap();
        assert_eq!(
            body,
            r#"{"__type":"ResourceNotFound","message":"Resource not found: 'arn:x'","resourceName":"arn:x"}"#
        );
    }
}
