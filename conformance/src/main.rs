//! `conformance`: runs cases and ends with `N passed, N failed, N skipped`.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use conformance::case::{Body, Case, load};
use conformance::gap::Gaps;
use conformance::report;

/// Runs executions and calls recorded on AWS, and the project's own cases.
#[derive(Debug, Parser)]
struct Arguments {
    /// Run the cases below this directory instead (repeatable).
    #[arg(long = "cases", value_name = "DIR")]
    cases: Vec<PathBuf>,
    /// Run one area only.
    #[arg(long)]
    area: Option<String>,
    /// Run one case only.
    #[arg(long)]
    id: Option<String>,
    /// Run cases of one kind only.
    #[arg(long, value_parser = ["history", "calls"])]
    kind: Option<String>,
    /// Print how many cases expect each event type, and run nothing.
    #[arg(long)]
    types: bool,
}

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut out = std::io::stdout().lock();
    let mut directories = arguments.cases;
    if directories.is_empty() {
        directories.push(home.join("cases"));
        let recorded = home.join("../../shared/cases");
        if recorded.is_dir() {
            directories.push(recorded);
        } else {
            writeln!(
                out,
                "no recorded cases beside the checkout (../shared/cases): running the project's own only"
            )?;
        }
    }
    let mut cases = load(&directories)?;
    cases.retain(|case| {
        arguments.area.as_ref().is_none_or(|area| *area == case.area)
            && arguments.id.as_ref().is_none_or(|id| *id == case.id)
            && arguments
                .kind
                .as_ref()
                .is_none_or(|kind| matches!(case.body, Body::Calls(_)) == (kind == "calls"))
    });
    if arguments.types {
        print_types(&mut out, &cases)?;
        return Ok(ExitCode::SUCCESS);
    }
    anyhow::ensure!(!cases.is_empty(), "no case fits");
    let gaps = Gaps::load(&home.join("gaps.json"))?;
    let verdicts = report::run(&cases);
    let summary = report::summarize(&cases, &verdicts, &gaps)?;
    write!(out, "{}", summary.text)?;
    Ok(if summary.good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print_types(out: &mut impl std::io::Write, cases: &[Case]) -> anyhow::Result<()> {
    let own = report::event_types(cases.iter().filter(|case| case.source.is_some()));
    let recorded = report::event_types(cases.iter().filter(|case| case.source.is_none()));
    writeln!(out, "{:<32} {:>4} {:>8}", "event type", "own", "recorded")?;
    for (name, own) in &own {
        writeln!(out, "{name:<32} {own:>4} {:>8}", recorded.get(name).unwrap_or(&0))?;
    }
    let unseen = own.iter().filter(|(name, own)| **own == 0 && recorded.get(*name) == Some(&0)).count();
    writeln!(out, "{} types, {unseen} without a case", own.len())?;
    Ok(())
}
