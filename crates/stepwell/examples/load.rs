//! A load client: starts executions of a ten-Pass chain on a running server
//! and describes each, over keep-alive connections, and prints what came of it.
//!
//! `cargo run --release -p stepwell --example load -- 127.0.0.1:8083 [CONNECTIONS] [SECONDS]`

#![expect(clippy::print_stdout, reason = "an example prints")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

struct Client(BufReader<TcpStream>);

impl Client {
    fn connect(address: &str) -> Outcome<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self(BufReader::new(stream)))
    }

    fn call(&mut self, operation: &str, request: &Value) -> Outcome<Value> {
        let body = request.to_string();
        let head = format!(
            "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AWSStepFunctions.{operation}\r\n\
             Content-Type: application/x-amz-json-1.0\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        self.0.get_mut().write_all((head + &body).as_bytes())?;
        let mut line = String::new();
        let mut length = 0;
        self.0.read_line(&mut line)?;
        let good = line.contains(" 200 ");
        loop {
            line.clear();
            self.0.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse()?;
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body)?;
        let answer: Value = serde_json::from_slice(&body)?;
        if good { Ok(answer) } else { Err(format!("{operation}: {answer}").into()) }
    }
}

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:8083".to_owned());
    let connections: usize = arguments.next().map_or(Ok(8), |text| text.parse())?;
    let seconds = Duration::from_secs(arguments.next().map_or(Ok(5), |text| text.parse())?);

    let states: serde_json::Map<String, Value> = (0..10)
        .map(|n| {
            let next = if n == 9 {
                json!({ "Type": "Pass", "End": true })
            } else {
                json!({ "Type": "Pass", "Next": format!("S{}", n + 1) })
            };
            (format!("S{n}"), next)
        })
        .collect();
    let definition = json!({ "StartAt": "S0", "States": states }).to_string();
    let mut client = Client::connect(&address)?;
    let name = format!("load-{}", std::process::id());
    let role = "arn:aws:iam::123456789012:role/load";
    let machine = client
        .call("CreateStateMachine", &json!({ "name": name, "definition": definition, "roleArn": role }))?;
    let machine = machine.get("stateMachineArn").cloned().unwrap_or_default();

    let started = Instant::now();
    let workers: Vec<_> = (0..connections)
        .map(|_| {
            let (address, machine) = (address.clone(), machine.clone());
            std::thread::spawn(move || -> Outcome<Vec<Duration>> {
                let mut client = Client::connect(&address)?;
                let start = json!({ "stateMachineArn": machine, "input": "{\"hello\":\"world\"}" });
                let mut taken = Vec::new();
                while started.elapsed() < seconds {
                    let begun = Instant::now();
                    let execution = client.call("StartExecution", &start)?;
                    let describe = json!({ "executionArn": execution.get("executionArn") });
                    while client.call("DescribeExecution", &describe)?.get("status")
                        != Some(&json!("SUCCEEDED"))
                    {}
                    taken.push(begun.elapsed());
                }
                Ok(taken)
            })
        })
        .collect();
    let mut taken = Vec::new();
    for worker in workers {
        taken.extend(worker.join().map_err(|_| "a connection panicked")??);
    }
    let elapsed = started.elapsed();
    taken.sort();
    let at = |part: usize| taken.get(taken.len() * part / 100).copied().unwrap_or_default();
    let rate = f64::from(u32::try_from(taken.len())?) / elapsed.as_secs_f64();
    println!(
        "{connections} connections: {} executions in {elapsed:.1?}: {rate:.0}/s, p50 {:?}, p99 {:?}",
        taken.len(),
        at(50),
        at(99)
    );
    Ok(())
}
