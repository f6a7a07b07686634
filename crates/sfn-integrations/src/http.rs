//! Requests to configured endpoints over HTTP, plain or with TLS.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::{Request, Response, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as HyperClient;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::{ClientConfig, RootCertStore};

/// Where a service listens: `http[s]://HOST[:PORT][/PATH]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint(Arc<str>);

/// Why a text is no endpoint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected an endpoint such as http://127.0.0.1:3001, found '{0}'")]
pub struct EndpointError(String);

impl Endpoint {
    /// Reads an endpoint.
    pub fn parse(text: &str) -> Result<Self, EndpointError> {
        let error = || EndpointError(text.to_owned());
        let uri: Uri = text.parse().map_err(|_| error())?;
        let is_http = matches!(uri.scheme_str(), Some("http" | "https")) && uri.query().is_none();
        let has_host = uri.host().is_some_and(|host| !host.is_empty());
        if !is_http || !has_host {
            return Err(error());
        }
        Ok(Self(Arc::from(text.trim_end_matches('/'))))
    }

    fn is_secure(&self) -> bool {
        self.0.get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://"))
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HttpError {
    #[error("the request cannot be written")]
    Request(#[from] hyper::http::Error),
    #[error("{0}")]
    Unreachable(#[source] hyper_util::client::legacy::Error),
    #[error("the answer broke off")]
    Broken(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the answer is larger than {0} bytes")]
    TooLarge(usize),
}

impl HttpError {
    /// The error and all that led to it, for people.
    pub(crate) fn chain(&self) -> String {
        let mut text = self.to_string();
        let mut source = std::error::Error::source(self);
        while let Some(error) = source {
            let more = error.to_string();
            if !text.ends_with(&more) {
                text = format!("{text}: {more}");
            }
            source = error.source();
        }
        text
    }
}

/// A client that keeps connections open.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    client: HyperClient<HttpsConnector<HttpConnector>, Full<Bytes>>,
    body_bytes_max: usize,
}

impl Client {
    /// A client of one endpoint.
    pub(crate) fn new(endpoint: &Endpoint, body_bytes_max: usize) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.enforce_http(false);
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls(endpoint.is_secure()))
            .https_or_http()
            .enable_http1()
            .wrap_connector(connector);
        let client =
            HyperClient::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).build(connector);
        Self { client, body_bytes_max }
    }

    /// Sends a request; the answer's body is still to be read.
    pub(crate) async fn begin(&self, request: Request<Full<Bytes>>) -> Result<Response<Incoming>, HttpError> {
        self.client.request(request).await.map_err(HttpError::Unreachable)
    }

    /// Sends a request, and reads the whole answer.
    pub(crate) async fn send(&self, request: Request<Full<Bytes>>) -> Result<Response<Bytes>, HttpError> {
        let response = self.begin(request).await?;
        let (parts, body) = response.into_parts();
        let body = Limited::new(body, self.body_bytes_max).collect().await.map_err(|error| {
            if error.is::<LengthLimitError>() {
                HttpError::TooLarge(self.body_bytes_max)
            } else {
                HttpError::Broken(error)
            }
        })?;
        Ok(Response::from_parts(parts, body.to_bytes()))
    }
}

/// TLS that trusts whom the system trusts: looked up only where it is needed.
/// With nobody to trust, connections fail and say so.
fn tls(is_needed: bool) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    if is_needed {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider has the cipher suites of TLS 1.2 and 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth()
}

/// A text as one segment of a path or one value of a query.
pub(crate) fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            for nibble in [byte >> 4, byte & 15] {
                encoded
                    .extend(char::from_digit(u32::from(nibble), 16).map(|digit| digit.to_ascii_uppercase()));
            }
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_http() {
        for (text, want) in [
            ("http://127.0.0.1:3001", Some("http://127.0.0.1:3001")),
            ("http://[::1]:3001/", Some("http://[::1]:3001")),
            ("http://lambda/prefix/", Some("http://lambda/prefix")),
            ("https://s3.eu-west-1.amazonaws.com", Some("https://s3.eu-west-1.amazonaws.com")),
            ("ftp://127.0.0.1", None),
            ("127.0.0.1:3001", None),
            ("http://", None),
            ("http://h?q", None),
            ("", None),
        ] {
            assert_eq!(Endpoint::parse(text).ok().map(|it| it.to_string()).as_deref(), want, "{text}");
        }
    }

    #[test]
    fn segments_are_encoded() {
        assert_eq!(percent_encoded("a-b_c.d~$LATEST/é"), "a-b_c.d~%24LATEST%2F%C3%A9");
    }
}
