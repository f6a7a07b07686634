//! As much of an HTTP client as calls of the API need.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context as _, bail};
use serde_json::Value;

/// How long a server may take for one answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(70);

/// A response of the API.
#[derive(Clone, Debug)]
pub struct Response {
    /// Its status.
    pub status: u16,
    /// Its JSON.
    pub body: Value,
}

/// Sends one call of the API to `address` (`HOST:PORT`).
pub fn call(address: &str, operation: &str, request: &Value) -> anyhow::Result<Response> {
    let body = request.to_string();
    let mut stream = TcpStream::connect(address).with_context(|| format!("cannot connect to {address}"))?;
    stream.set_read_timeout(Some(ANSWER_TIMEOUT))?;
    write!(
        stream,
        "POST / HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/x-amz-json-1.0\r\n\
         X-Amz-Target: AWSStepFunctions.{operation}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).with_context(|| format!("no whole answer to {operation}"))?;
    parse(&answer).with_context(|| format!("answer to {operation}"))
}

fn parse(answer: &str) -> anyhow::Result<Response> {
    let (head, body) = answer.split_once("\r\n\r\n").context("no end of the header")?;
    if head.to_ascii_lowercase().contains("transfer-encoding:") {
        bail!("a transfer encoding, where a content length was wanted");
    }
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).context("no status")?;
    let body = if body.is_empty() {
        Value::Null
    } else {
        serde_json::from_str(body).context("the body is no JSON")?
    };
    Ok(Response { status, body })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers() {
        let response = parse("HTTP/1.1 400 Bad Request\r\nX: y\r\n\r\n{\"message\":\"m\"}").unwrap();
        assert_eq!((response.status, response.body["message"].as_str()), (400, Some("m")));
        assert_eq!(parse("HTTP/1.1 200 OK\r\n\r\n").unwrap().body, Value::Null);
        for wrong in ["", "HTTP/1.1 200 OK", "HTTP/1.1 x\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\nno json"] {
            assert!(parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
