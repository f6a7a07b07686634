//! `stepwell`: run, check and serve Amazon States Language definitions.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line prints")]

mod command;
mod render;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// AWS Step Functions as software you own.
///
/// Run a definition in this process, check it as the service would, or serve
/// the Step Functions API to any AWS client.
#[derive(Debug, Parser)]
#[command(name = "stepwell", version, arg_required_else_help = true, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the Step Functions API over HTTP
    Serve(command::serve::Arguments),
    /// Run one definition in this process and print its output
    Run(command::run::Arguments),
    /// Evaluate an expression: JSONata, JSONPath or an intrinsic function
    Eval(command::eval::Arguments),
    /// Check definitions and say what is wrong, and where
    Validate(command::validate::Arguments),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Serve(arguments) => command::serve::execute(arguments),
        Command::Run(arguments) => command::run::execute(&arguments),
        Command::Eval(arguments) => command::eval::execute(arguments),
        Command::Validate(arguments) => command::validate::execute(&arguments),
    };
    done.unwrap_or_else(|error| {
        eprintln!("stepwell: {error:#}");
        ExitCode::from(2)
    })
}
