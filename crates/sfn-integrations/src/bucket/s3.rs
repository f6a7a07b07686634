//! The three operations of S3 that maps need, path-style at one endpoint.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::{HeaderMap, Method, Request, Response};

use super::xml::{self, Page};
use super::{Address, Body, BucketError, Query};
use crate::http::{Client, Endpoint, EndpointError, percent_encoded};
use crate::sign;

/// Most bytes of a page of a listing: a thousand keys of 1,024 bytes, each of
/// which XML may lengthen, and what comes with them.
const ANSWER_BYTES_MAX: usize = 16 * 1024 * 1024;

/// How long an answer, or the next part of it, may take.
const SILENCE_MAX: Duration = Duration::from_mins(1);

/// Amazon S3, or a server that speaks like it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct S3 {
    endpoint: Endpoint,
    region: Arc<str>,
    credentials: Option<Arc<Credentials>>,
    client: Client,
}

/// What requests are signed with.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The public part, such as `AKIDEXAMPLE`.
    pub access_key_id: String,
    /// The secret part.
    pub secret_access_key: String,
    /// The token of temporary credentials.
    pub session_token: Option<String>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

impl S3 {
    /// A server at this endpoint. Requests are not signed.
    pub fn at(endpoint: Endpoint, region: impl Into<Arc<str>>) -> Self {
        let client = Client::new(&endpoint, ANSWER_BYTES_MAX);
        Self { endpoint, region: region.into(), credentials: None, client }
    }

    /// Amazon S3 itself in a region.
    pub fn of_region(region: &str) -> Result<Self, EndpointError> {
        Ok(Self::at(Endpoint::parse(&format!("https://s3.{region}.amazonaws.com"))?, region))
    }

    /// Signs requests with these.
    #[must_use]
    pub fn with_credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(Arc::new(credentials));
        self
    }

    /// `GetObject`
    pub(super) async fn get_object(&self, address: &Address) -> Result<Incoming, BucketError> {
        let version = address.version_id.as_deref().map(|version| ("versionId", version));
        let query = Vec::from_iter(version);
        let request = self.request(Method::GET, &address.bucket, &address.key, &query, &Bytes::new())?;
        Ok(self.send(request).await?.into_body())
    }

    /// `PutObject`
    pub(super) async fn put_object(
        &self,
        bucket: &str,
        key: &str,
        content: Bytes,
    ) -> Result<(), BucketError> {
        let request = self.request(Method::PUT, bucket, key, &[], &content)?;
        let body = self.send(request).await?.into_body();
        // Reading the answer to its end lets the connection be used again.
        Body::Http(body).whole(ANSWER_BYTES_MAX).await.map(drop)
    }

    /// `ListObjectsV2`
    pub(super) async fn list_objects(&self, query: &Query, token: Option<&str>) -> Result<Page, BucketError> {
        let mut parameters = vec![("list-type", "2")];
        if !query.prefix.is_empty() {
            parameters.push(("prefix", &query.prefix));
        }
        parameters.extend(token.map(|token| ("continuation-token", token)));
        let request = self.request(Method::GET, &query.bucket, "", &parameters, &Bytes::new())?;
        let body = Body::Http(self.send(request).await?.into_body()).whole(ANSWER_BYTES_MAX).await?;
        let text =
            std::str::from_utf8(&body).map_err(|error| BucketError::NotUnderstood(error.to_string()))?;
        xml::page(text)
    }

    fn request(
        &self,
        method: Method,
        bucket: &str,
        key: &str,
        query: &[(&str, &str)],
        body: &Bytes,
    ) -> Result<Request<Full<Bytes>>, BucketError> {
        let path: Vec<String> = key.split('/').map(percent_encoded).collect();
        let query: Vec<String> =
            query.iter().map(|(name, value)| format!("{name}={}", percent_encoded(value))).collect();
        let mut uri = format!("{}/{}/{}", self.endpoint, percent_encoded(bucket), path.join("/"));
        if !query.is_empty() {
            uri = format!("{uri}?{}", query.join("&"));
        }
        let unsent = |error: &dyn fmt::Display| BucketError::Unreachable(error.to_string());
        let request = Request::builder().method(method).uri(uri).body(Full::new(body.clone()));
        let mut request = request.map_err(|error| unsent(&error))?;
        if let Some(credentials) = &self.credentials {
            sign::signed(&mut request, body, credentials, ("s3", &self.region), SystemTime::now())
                .map_err(|error| unsent(&error))?;
        }
        Ok(request)
    }

    async fn send(&self, request: Request<Full<Bytes>>) -> Result<Response<Incoming>, BucketError> {
        let response = in_time(self.client.begin(request)).await?;
        let response = response
            .map_err(|error| BucketError::Unreachable(format!("{}: {}", self.endpoint, error.chain())))?;
        let (parts, body) = response.into_parts();
        if parts.status.is_success() {
            return Ok(Response::from_parts(parts, body));
        }
        let body = Body::Http(body).whole(ANSWER_BYTES_MAX).await?;
        let error = xml::error(&String::from_utf8_lossy(&body));
        let status = parts.status.as_u16();
        let header = |name: &str| text(&parts.headers, name).unwrap_or_else(|| "null".to_owned());
        Err(BucketError::Refused {
            status,
            message: error.message.unwrap_or_else(|| format!("the endpoint answered {status}")),
            request_id: error.request_id.unwrap_or_else(|| header("x-amz-request-id")),
            extended_request_id: error.host_id.unwrap_or_else(|| header("x-amz-id-2")),
        })
    }
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.to_owned())
}

/// What comes, if it comes soon enough.
pub(super) async fn in_time<T>(future: impl Future<Output = T>) -> Result<T, BucketError> {
    let answer = tokio::time::timeout(SILENCE_MAX, future).await;
    answer.map_err(|_| BucketError::Silent(SILENCE_MAX.as_secs()))
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::super::{Buckets, Object};
    use super::*;

    /// A server that gives one answer; what it was asked comes out of the task.
    async fn server(answer: &'static str) -> (Buckets, tokio::task::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = Endpoint::parse(&format!("http://{}/s3/", listener.local_addr().unwrap())).unwrap();
        let asked = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut asked = Vec::new();
            while !asked.ends_with(b"\r\n\r\n") {
                asked.push(stream.read_u8().await.unwrap());
            }
            stream.write_all(answer.as_bytes()).await.unwrap();
            String::from_utf8(asked).unwrap()
        });
        (Buckets::new().with_s3(S3::at(endpoint, "us-east-1")), asked)
    }

    fn address(key: &str, version_id: Option<&str>) -> Address {
        Address { bucket: "b".to_owned(), key: key.to_owned(), version_id: version_id.map(str::to_owned) }
    }

    #[tokio::test]
    async fn objects_are_asked_for_by_path_and_unsigned() {
        let (buckets, asked) = server("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc").await;
        let body = buckets.read(&address("a b/c+é", Some("v&1"))).await.unwrap();
        assert_eq!(body.whole(3).await.unwrap(), b"abc");
        let asked = asked.await.unwrap();
        assert!(asked.starts_with("GET /s3/b/a%20b/c%2B%C3%A9?versionId=v%261 HTTP/1.1\r\n"), "{asked}");
        assert!(!asked.contains("authorization"), "{asked}");
    }

    #[tokio::test]
    async fn listings_are_asked_for_by_prefix() {
        let (buckets, asked) =
            server("HTTP/1.1 200 OK\r\ncontent-length: 37\r\n\r\n<ListBucketResult></ListBucketResult>")
                .await;
        let mut listing = buckets.list(Query { bucket: "b".to_owned(), prefix: "p/é".to_owned() });
        assert_eq!(listing.page().await.unwrap(), Vec::<Object>::new());
        let asked = asked.await.unwrap();
        assert!(asked.starts_with("GET /s3/b/?list-type=2&prefix=p%2F%C3%A9 HTTP/1.1\r\n"), "{asked}");
    }

    #[tokio::test]
    async fn refusals_are_told() {
        for (answer, want) in [
            (
                "HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n<Error><Code>AccessDenied</Code>\
                 <Message>Access Denied</Message><RequestId>r</RequestId><HostId>h</HostId></Error>",
                "Access Denied (Service: S3, Status Code: 403, Request ID: r, Extended Request ID: h)",
            ),
            (
                "HTTP/1.1 503 Slow Down\r\nx-amz-request-id: r\r\ncontent-length: 6\r\n\r\n<html>",
                "the endpoint answered 503 (Service: S3, Status Code: 503, Request ID: r, Extended Request ID: null)",
            ),
        ] {
            let (buckets, _asked) = server(answer).await;
            let error = buckets.read(&address("k", None)).await.unwrap_err().to_string();
            assert_eq!(error, want);
        }
    }

    #[tokio::test]
    async fn what_breaks_off_or_is_too_large_fails() {
        let (buckets, _asked) = server("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc").await;
        let mut body = buckets.read(&address("k", None)).await.unwrap();
        assert_eq!(body.chunk().await.unwrap().as_deref(), Some(&b"abc"[..]));
        assert!(matches!(body.chunk().await, Err(BucketError::Broken(_))));
        let (buckets, _asked) = server("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc").await;
        let body = buckets.read(&address("k", None)).await.unwrap();
        assert!(matches!(body.whole(2).await, Err(BucketError::TooLarge(2))));
    }

    #[tokio::test]
    async fn an_endpoint_that_is_not_there_is_named() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        let buckets = Buckets::new().with_s3(S3::at(Endpoint::parse(&url).unwrap(), "us-east-1"));
        let error = buckets.read(&address("k", None)).await.unwrap_err().to_string();
        assert!(error.starts_with(&format!("Unable to execute HTTP request: {url}: ")), "{error}");
    }
}
