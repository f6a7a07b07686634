//! AWS JSON 1.0: the target header names the operation, errors travel in an
//! envelope of `__type` and `message`.

use hyper::body::Bytes;
use hyper::http::request::Parts;
use sfn_api::{ApiError, Operation};

/// The prefix of `X-Amz-Target` for this service.
const TARGET_PREFIX: &str = "AWSStepFunctions.";

/// The content type of requests and responses.
pub(crate) const CONTENT_TYPE: &str = "application/x-amz-json-1.0";

/// A request that does not reach an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: &'static str,
    pub(crate) status: u16,
    pub(crate) message: String,
}

impl Refusal {
    pub(crate) fn bad(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, status: 400, message: message.into() }
    }

    pub(crate) fn forbidden(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, status: 403, message: message.into() }
    }

    pub(crate) fn too_large(bytes_max: usize) -> Self {
        Self {
            code: "RequestEntityTooLargeException",
            status: 413,
            message: format!("The request body is larger than {bytes_max} bytes."),
        }
    }

    fn to_body(&self) -> Vec<u8> {
        serde_json::json!({ "__type": self.code, "message": self.message }).to_string().into_bytes()
    }
}

/// What is sent back: status, the error code if it is an error, and the body.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) error: Option<&'static str>,
    pub(crate) body: Bytes,
}

impl From<Vec<u8>> for Answer {
    fn from(body: Vec<u8>) -> Self {
        Self { status: 200, error: None, body: body.into() }
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        Self { status: refusal.status, error: Some(refusal.code), body: refusal.to_body().into() }
    }
}

impl From<ApiError> for Answer {
    fn from(error: ApiError) -> Self {
        Self { status: error.code.status(), error: Some(error.code.name()), body: error.to_body().into() }
    }
}

/// The operation that the target header names.
pub(crate) fn operation(head: &Parts) -> Result<Operation, Refusal> {
    let target = head.headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or("");
    target.strip_prefix(TARGET_PREFIX).and_then(|name| name.parse().ok()).ok_or_else(|| {
        let message = match target {
            "" => "The header X-Amz-Target is missing.".to_owned(),
            _ => format!("Unknown operation: {target}"),
        };
        Refusal::bad("UnknownOperationException", message)
    })
}

#[cfg(test)]
mod tests {
    use hyper::Request;

    use super::*;

    #[test]
    fn targets_name_operations() {
        let named = |target: Option<&str>| {
            let mut request = Request::builder();
            if let Some(target) = target {
                request = request.header("X-Amz-Target", target);
            }
            let (head, ()) = request.body(()).unwrap().into_parts();
            operation(&head).map_err(|refusal| refusal.code)
        };
        let unknown = Err("UnknownOperationException");
        assert_eq!(named(Some("AWSStepFunctions.StartExecution")), Ok(Operation::StartExecution));
        assert_eq!(named(Some("AWSStepFunctions.Nothing")), unknown);
        assert_eq!(named(Some("DynamoDB_20120810.GetItem")), unknown);
        assert_eq!(named(None), unknown);
    }
}
