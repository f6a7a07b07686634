//! A server whose tasks answer with their own input. Try it with
//! `cargo run -p sfn-server --example serve_in_memory -- 127.0.0.1:8083`.

use std::sync::Arc;

use asl_runtime::{StartTask, TaskReport};
use sfn_driver::{TaskContext, TaskHandler};
use sfn_server::{Config, Server, StoreUrl, shutdown_signal};
use sfn_store::BoxFuture;

#[derive(Debug)]
struct Echo;

impl TaskHandler for Echo {
    fn run(&self, task: StartTask, _: TaskContext) -> BoxFuture<TaskReport> {
        Box::pin(async move { TaskReport::Succeeded { output: task.input } })
    }
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "whoever starts it wants the address")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut config = Config { store: StoreUrl::Memory, ..Config::default() };
    if let Some(listen) = std::env::args().nth(1) {
        config.listen = listen.parse()?;
    }
    if let Some(store) = std::env::args().nth(2) {
        config.store = store.parse()?;
    }
    let server = Server::bind(config, Arc::new(Echo)).await?;
    println!("listening on http://{}", server.address());
    server.run(shutdown_signal()).await;
    Ok(())
}
