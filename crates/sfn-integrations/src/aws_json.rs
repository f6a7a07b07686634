//! Calls of AWS services that speak JSON at one path: CloudWatch Logs and
//! EventBridge.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http_body_util::Full;
use hyper::Request;
use hyper::header::CONTENT_TYPE;
use serde::Deserialize;

use crate::Credentials;
use crate::http::{Client, Endpoint};
use crate::sign;

/// Most bytes of an answer: these services answer little.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// How long one call may take.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// How long to pause before each further attempt.
const PAUSES: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(1)];

/// A service at an endpoint. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct AwsJson {
    endpoint: Endpoint,
    region: Arc<str>,
    credentials: Option<Arc<Credentials>>,
    client: Client,
    service: Service,
}

/// What a service is called.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Service {
    /// In signatures.
    pub(crate) name: &'static str,
    /// Before the operation in the target header.
    pub(crate) target: &'static str,
}

/// Why a call came to nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CallError {
    /// The request could not be written or signed.
    #[error("{endpoint} cannot be called: {problem}")]
    Unsendable {
        /// The endpoint.
        endpoint: String,
        /// Why.
        problem: String,
    },
    /// There was no whole answer.
    #[error("{endpoint} gives no answer: {problem}")]
    Unreachable {
        /// The endpoint.
        endpoint: String,
        /// Why.
        problem: String,
    },
    /// The service said no.
    #[error("{endpoint} answered {status} {code}: {message}")]
    Refused {
        /// The endpoint.
        endpoint: String,
        /// The status.
        status: u16,
        /// The error's code, without a namespace; may be empty.
        code: String,
        /// What it says.
        message: String,
    },
}

impl CallError {
    /// Whether the service refused with this error.
    pub(crate) fn is(&self, wanted: &str) -> bool {
        matches!(self, Self::Refused { code, .. } if code == wanted)
    }

    /// Whether the same call may do better later.
    fn is_passing(&self) -> bool {
        match self {
            Self::Unsendable { .. } => false,
            Self::Unreachable { .. } => true,
            Self::Refused { status, code, .. } => {
                *status >= 500 || *status == 429 || code.contains("Throttl")
            }
        }
    }
}

/// What refusals are told in.
#[derive(Default, Deserialize)]
struct Refusal {
    #[serde(rename = "__type", default)]
    code: String,
    #[serde(alias = "Message", default)]
    message: String,
}

impl AwsJson {
    pub(crate) fn new(endpoint: Endpoint, region: &str, service: Service) -> Self {
        let client = Client::new(&endpoint, ANSWER_BYTES_MAX);
        Self { endpoint, region: Arc::from(region), credentials: None, client, service }
    }

    pub(crate) fn with_credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(Arc::new(credentials));
        self
    }

    /// Calls an operation, again and again where that may help.
    pub(crate) async fn call_patiently(&self, operation: &str, body: &Bytes) -> Result<Bytes, CallError> {
        for pause in PAUSES {
            match self.call(operation, body).await {
                Err(error) if error.is_passing() => tokio::time::sleep(pause).await,
                answer => return answer,
            }
        }
        self.call(operation, body).await
    }

    /// Calls an operation: JSON in, JSON out.
    pub(crate) async fn call(&self, operation: &str, body: &Bytes) -> Result<Bytes, CallError> {
        let endpoint = || self.endpoint.to_string();
        let request = self
            .request(operation, body)
            .map_err(|problem| CallError::Unsendable { endpoint: endpoint(), problem })?;
        let unreachable = |problem| CallError::Unreachable { endpoint: endpoint(), problem };
        let response = tokio::time::timeout(ANSWER_TIMEOUT, self.client.send(request))
            .await
            .map_err(|_| unreachable(format!("it took more than {} seconds", ANSWER_TIMEOUT.as_secs())))?
            .map_err(|error| unreachable(error.chain()))?;
        let (parts, body) = response.into_parts();
        if parts.status.is_success() {
            return Ok(body);
        }
        let refusal: Refusal = serde_json::from_slice(&body).unwrap_or_default();
        Err(CallError::Refused {
            endpoint: endpoint(),
            status: parts.status.as_u16(),
            code: refusal.code.rsplit('#').next().unwrap_or_default().to_owned(),
            message: refusal.message,
        })
    }

    fn request(&self, operation: &str, body: &Bytes) -> Result<Request<Full<Bytes>>, String> {
        let mut request = Request::post(format!("{}/", self.endpoint))
            .header(CONTENT_TYPE, "application/x-amz-json-1.1")
            .header("x-amz-target", format!("{}.{operation}", self.service.target))
            .body(Full::new(body.clone()))
            .map_err(|error| error.to_string())?;
        if let Some(credentials) = &self.credentials {
            let scope = (self.service.name, &*self.region);
            sign::signed(&mut request, body, credentials, scope, SystemTime::now())
                .map_err(|error| error.to_string())?;
        }
        Ok(request)
    }
}
