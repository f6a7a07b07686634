//! A server process for one case.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, bail};

/// The account that recorded requests name.
pub const ACCOUNT: &str = "000000000000";

/// A running `stepwell serve` with an empty store in memory; ends when dropped.
#[derive(Debug)]
pub struct Server {
    process: Child,
    /// Where it listens, as `HOST:PORT`.
    pub address: String,
}

impl Server {
    /// Starts a server with these further arguments, and waits until it
    /// listens.
    pub fn start_with(program: &Path, arguments: &[&str]) -> anyhow::Result<Self> {
        let mut command = Command::new(program);
        command.args(["serve", "--listen", "127.0.0.1:0", "--store", "memory:", "--region", "us-east-1"]);
        command
            .args(["--account", ACCOUNT])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let process = command.spawn().with_context(|| format!("cannot start {}", program.display()))?;
        let mut server = Self { process, address: String::new() };
        let stdout = server.process.stdout.take().context("the server has no stdout")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let Some(address) = line.trim().strip_prefix("stepwell listening on http://") else {
            bail!("the server's first line is {line:?}");
        };
        address.clone_into(&mut server.address);
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself, which the calls then show.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The server's program: beside this one, where cargo puts both.
pub fn program() -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe().context("this program has no path")?;
    let program = own.with_file_name(format!("stepwell{}", std::env::consts::EXE_SUFFIX));
    if !program.exists() {
        bail!("{} is missing: build it in the same profile (cargo build -p stepwell)", program.display());
    }
    Ok(program)
}
