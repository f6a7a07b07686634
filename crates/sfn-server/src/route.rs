//! What each path answers.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Instant;

use chrono::Utc;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use sfn_api::{Api, Operation};
use sfn_driver::{Driver, Observer};

use crate::auth::Gate;
use crate::machine_metric::{self, Sweep};
use crate::metric::Metrics;
use crate::protocol::{self, Answer, Refusal};
use crate::request_id::RequestIds;
use crate::task_metric;

/// The `x-amzn-requestid` header, under which AWS clients report a call.
const REQUEST_ID: &str = "x-amzn-requestid";

const PLAIN: &str = "text/plain; charset=utf-8";

/// What all connections share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) api: Api,
    pub(crate) gate: Gate,
    pub(crate) metrics: Metrics,
    pub(crate) sweep: Sweep,
    pub(crate) driver: Driver,
    pub(crate) observer: Option<Arc<dyn Observer>>,
    pub(crate) request_ids: RequestIds,
    pub(crate) body_bytes_max: usize,
}

/// Answers one HTTP request.
pub(crate) async fn answer(
    shared: &Shared,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let reading = matches!(*request.method(), Method::GET | Method::HEAD);
    let response = match request.uri().path() {
        "/" if request.method() == Method::POST => call(shared, request).await,
        "/" if reading => {
            let host = request.headers().get("host").and_then(|host| host.to_str().ok());
            page("text/html; charset=utf-8", welcome(host.unwrap_or("localhost:8083")))
        }
        "/health" if reading => page("application/json", "{\"status\":\"ok\"}\n"),
        "/metrics" if reading => page("text/plain; version=0.0.4; charset=utf-8", metrics(shared).await),
        "/" | "/health" | "/metrics" => {
            let mut response = page(PLAIN, "method not allowed\n");
            *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
            response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD, POST"));
            response
        }
        _ => {
            let mut response = page(PLAIN, "not found\n");
            *response.status_mut() = StatusCode::NOT_FOUND;
            response
        }
    };
    Ok(response)
}

/// The text of the metrics page.
async fn metrics(shared: &Shared) -> String {
    if shared.sweep.is_due()
        && let Err(error) = shared.driver.forget_deleted().await
    {
        tracing::warn!(%error, "the store did not say what is gone");
    }
    let mut others = shared.driver.metrics().read();
    if let Some(observer) = &shared.observer {
        others.extend(observer.counts());
    }
    let mut text = shared.metrics.render(&others);
    machine_metric::render(&mut text, &shared.driver.machine_counts());
    for family in task_metric::FAMILIES {
        task_metric::render(&mut text, family, &shared.driver.task_counts(family.of));
    }
    text
}

/// Answers an API call.
async fn call(shared: &Shared, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let _in_flight = shared.metrics.enter();
    let answer = match admitted(shared, request).await {
        Err(refusal) => {
            shared.metrics.count_refused();
            Answer::from(refusal)
        }
        Ok((operation, body, trace_header)) => {
            let started = Instant::now();
            let result = shared.api.call_traced(operation, &body, trace_header.as_deref()).await;
            shared.metrics.count(operation, result.as_ref().err().map(|e| e.code), started.elapsed());
            result.map_or_else(
                |error| {
                    if let Some(source) = &error.source {
                        tracing::error!(%operation, error = &**source as &dyn std::error::Error, "fault");
                    }
                    Answer::from(error)
                },
                Answer::from,
            )
        }
    };
    respond(shared, answer)
}

/// The operation and body of a request that may pass.
async fn admitted(
    shared: &Shared,
    request: Request<Incoming>,
) -> Result<(Operation, Bytes, Option<String>), Refusal> {
    let (head, body) = request.into_parts();
    let body = Limited::new(body, shared.body_bytes_max).collect().await.map_err(|error| {
        if error.is::<LengthLimitError>() {
            Refusal::too_large(shared.body_bytes_max)
        } else {
            Refusal::bad("SerializationException", "The request body could not be read.")
        }
    })?;
    let body = body.to_bytes();
    shared.gate.check(&head, &body, Utc::now())?;
    let trace_header = head.headers.get("x-amzn-trace-id").and_then(|value| value.to_str().ok());
    Ok((protocol::operation(&head)?, body, trace_header.map(str::to_owned)))
}

fn respond(shared: &Shared, answer: Answer) -> Response<Full<Bytes>> {
    let mut response = page(protocol::CONTENT_TYPE, answer.body);
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Ok(id) = HeaderValue::from_str(&shared.request_ids.next()) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    if let Some(code) = answer.error {
        response.headers_mut().insert("x-amzn-errortype", HeaderValue::from_static(code));
    }
    response
}

fn page(content_type: &'static str, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// What this is, and how to point a client at it.
fn welcome(host: &str) -> String {
    let mut address = String::new();
    for c in host.chars() {
        match c {
            '<' => address.push_str("&lt;"),
            '>' => address.push_str("&gt;"),
            '&' => address.push_str("&amp;"),
            '"' => address.push_str("&quot;"),
            _ => address.push(c),
        }
    }
    let mut page = String::new();
    let _infallible = write!(
        page,
        r#"<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Stepwell</title>
<style>body{{font:16px/1.5 system-ui;max-width:46rem;margin:3rem auto;padding:0 1rem}}pre{{background:#f4f4f4;padding:.8rem;overflow:auto}}</style>
<h1>Stepwell</h1>
<p>This server speaks the API of AWS Step Functions. Point any client at it:</p>
<pre>aws stepfunctions list-state-machines --endpoint-url http://stepwell@{address}</pre>
<pre>boto3.client("stepfunctions", endpoint_url="http://stepwell@{address}")</pre>
<pre>new SFNClient({{ endpoint: "http://{address}", disableHostPrefix: true }})</pre>
<p>Clients put <code>sync-</code> before the host for StartSyncExecution and TestState: the name before
<code>@</code> takes it, or a setting keeps it away.</p>
<p><a href="/health">health</a> · <a href="/metrics">metrics</a></p>
</html>
"#
    );
    page
}
