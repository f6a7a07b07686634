//! As much of CloudWatch Logs as cases need: the log groups that their setup
//! made, told to a server that looks for one.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::Context as _;
use serde_json::{Value, json};

use crate::map_run::SetupCall;

/// How long a client may take over a request.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// A service on loopback; ends when dropped.
#[derive(Debug)]
pub struct LogGroups {
    address: SocketAddr,
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl LogGroups {
    /// A service with the log groups that are there after these calls.
    pub fn after(setup: &[SetupCall]) -> anyhow::Result<Self> {
        let groups = names(setup);
        let listener = TcpListener::bind("127.0.0.1:0").context("cannot listen on loopback")?;
        let address = listener.local_addr()?;
        let is_over = Arc::new(AtomicBool::new(false));
        let over = Arc::clone(&is_over);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if over.load(Ordering::Relaxed) {
                    return;
                }
                // A client that goes away is its own affair.
                if let Ok(stream) = stream {
                    let _ = answer(stream, &groups);
                }
            }
        });
        Ok(Self { address, is_over, thread: Some(thread) })
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for LogGroups {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        // Wakes the thread up; if it cannot be reached, it is not waited for.
        if TcpStream::connect(self.address).is_ok()
            && let Some(thread) = self.thread.take()
        {
            let _ = thread.join();
        }
    }
}

/// The names of the log groups that calls have left.
fn names(setup: &[SetupCall]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for call in setup.iter().filter(|call| call.service == "logs") {
        let name = call.text("logGroupName").to_owned();
        match call.op.as_str() {
            "CreateLogGroup" => drop(names.insert(name)),
            "DeleteLogGroup" => drop(names.remove(&name)),
            _ => {}
        }
    }
    names
}

/// Answers the one request of a connection.
fn answer(stream: TcpStream, groups: &BTreeSet<String>) -> anyhow::Result<()> {
    stream.set_read_timeout(Some(REQUEST_TIMEOUT))?;
    let mut reader = BufReader::new(stream);
    let (mut operation, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line.trim().is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').unwrap_or_default();
        match name.to_ascii_lowercase().as_str() {
            "x-amz-target" => value.trim().rsplit('.').next().unwrap_or_default().clone_into(&mut operation),
            "content-length" => length = value.trim().parse()?,
            _ => {}
        }
    }
    let mut body = Vec::new();
    (&mut reader).take(length).read_to_end(&mut body)?;
    let body = match operation.as_str() {
        "DescribeLogGroups" => described(groups, &serde_json::from_slice(&body)?).to_string(),
        _ => "{}".to_owned(),
    };
    write!(
        reader.into_inner(),
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )?;
    Ok(())
}

fn described(groups: &BTreeSet<String>, request: &Value) -> Value {
    let prefix = request.get("logGroupNamePrefix").and_then(Value::as_str).unwrap_or_default();
    let groups = groups.iter().filter(|name| name.starts_with(prefix));
    json!({"logGroups": groups.map(|name| json!({"logGroupName": name})).collect::<Vec<_>>()})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setup(calls: &[(&str, &str)]) -> Vec<SetupCall> {
        calls
            .iter()
            .map(|(op, name)| SetupCall {
                service: "logs".to_owned(),
                op: (*op).to_owned(),
                request: json!({"logGroupName": name}),
            })
            .collect()
    }

    #[test]
    fn groups_come_and_go() {
        let calls = setup(&[("CreateLogGroup", "a"), ("CreateLogGroup", "b"), ("DeleteLogGroup", "a")]);
        assert_eq!(names(&calls).into_iter().collect::<Vec<_>>(), ["b"]);
    }

    #[test]
    fn groups_are_described_over_http() {
        let service =
            LogGroups::after(&setup(&[("CreateLogGroup", "abc"), ("CreateLogGroup", "x")])).unwrap();
        let mut stream = TcpStream::connect(service.address).unwrap();
        let body = r#"{"logGroupNamePrefix":"ab"}"#;
        write!(
            stream,
            "POST / HTTP/1.1\r\nX-Amz-Target: Logs_20140328.DescribeLogGroups\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.ends_with(r#"{"logGroups":[{"logGroupName":"abc"}]}"#), "{answer}");
    }
}
