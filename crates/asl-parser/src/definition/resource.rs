//! What a Task state calls.

use std::fmt;
use std::sync::Arc;

/// The `Resource` of a Task state, an `ItemReader` or a `ResultWriter`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// The ARN as written.
    pub text: Arc<str>,
    /// What it means.
    pub kind: ResourceKind,
}

/// The kinds of resource that AWS knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResourceKind {
    /// `arn:aws:states:REGION:ACCOUNT:activity:NAME`.
    Activity,
    /// The ARN of a Lambda function, qualified or not.
    LambdaFunction,
    /// `arn:aws:states:REGION:ACCOUNT:SERVICE:ACTION[.PATTERN]`.
    Service {
        /// `lambda`, `states`, `http`, or `aws-sdk:dynamodb` with its prefix.
        service: Arc<str>,
        /// The action without the pattern: `invoke`, `startExecution`.
        action: Arc<str>,
        /// How the state waits for it.
        pattern: Pattern,
    },
    /// Anything else; only [`Profile::Language`](crate::Profile::Language)
    /// lets it pass.
    Unknown,
}

/// How a Task state waits for a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// For the answer to the request.
    RequestResponse,
    /// `.sync`: for the end of the job.
    Sync,
    /// `.sync:2`: for the end of the job, its output parsed.
    Sync2,
    /// `.waitForTaskToken`: for an answer that carries the token.
    WaitForTaskToken,
}

impl Pattern {
    /// The suffix of the action, empty for request and response.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::RequestResponse => "",
            Self::Sync => ".sync",
            Self::Sync2 => ".sync:2",
            Self::WaitForTaskToken => ".waitForTaskToken",
        }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
