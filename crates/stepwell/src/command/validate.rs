//! `stepwell validate`.

use std::path::PathBuf;
use std::process::ExitCode;

use asl_parser::{MachineType, Options, Profile};
use clap::{Args, ValueEnum};

use crate::command::source::read;
use crate::render;

/// Arguments of `stepwell validate`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Definitions to check; `-` reads standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How to say what was found
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// The type of state machine to check for
    #[arg(long = "type", value_enum, default_value_t = Type::Standard)]
    machine_type: Type,
    /// Take any text as a task's Resource, not only what AWS knows
    #[arg(long)]
    any_resource: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// The place in the text, with what to do about it
    Human,
    /// One JSON object per file and line
    Json,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Type {
    /// Standard
    Standard,
    /// Express
    Express,
}

/// Checks each file. Exit code 1 if one has an error.
pub(crate) fn execute(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let options = Options {
        profile: if arguments.any_resource { Profile::Language } else { Profile::Service },
        machine_type: match arguments.machine_type {
            Type::Standard => MachineType::Standard,
            Type::Express => MachineType::Express,
        },
        ..Options::default()
    };
    let mut all_valid = true;
    for path in &arguments.files {
        let text = read(path)?;
        let parsed = asl_parser::parse(&text, &options);
        let valid = parsed.definition.is_some();
        all_valid &= valid;
        let name = path.display().to_string();
        match arguments.format {
            Format::Human => print!("{}", render::findings(&name, &text, &parsed.diagnostics, valid)),
            Format::Json => println!("{}", render::findings_json(&name, &parsed.diagnostics, valid)?),
        }
    }
    Ok(if all_valid { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
