//! `stepwell run`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use asl_parser::{Options, Profile, ResourceKind};
use clap::Args;
use sfn_driver::{TaskContext, TaskHandler, TaskOrigin};
use sfn_integrations::Router;
use stepwell::{
    Begin, ChildResult, ExecutionIdentity, Outcome, Payload, Problem, ReadItems, Value, Workflow,
    WriteResults,
};

use super::source::{input, read};
use super::tasks::{OutsideArguments, mock_config_of_local, read_mocks};
use super::{clock, entropy};
use crate::render;

/// Arguments of `stepwell run`.
#[derive(Debug, Args)]
#[command(after_help = "\
Prints the output, and exits with 0 when the execution succeeds; prints error
and cause, and exits with 1, when it does not.

  stepwell run hello.asl.json --input '{\"name\": \"Ada\"}'
  stepwell run order.asl.json --input @order.json --mock mocks.json --case Happy --virtual-time")]
pub(crate) struct Arguments {
    /// The definition; `-` reads standard input
    definition: PathBuf,
    /// The input: JSON, `@FILE`, or `-` for standard input
    #[arg(long, value_name = "JSON|@FILE|-", default_value = "{}")]
    input: String,
    /// Mock configuration in the format of Step Functions Local
    #[arg(long, value_name = "FILE")]
    mock: Option<PathBuf>,
    /// Its test case; the only one, if there is one
    #[arg(long, value_name = "NAME")]
    case: Option<String>,
    /// Name of the state machine, also in the mock configuration; else the
    /// name of the definition's file up to its first dot
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Let no wait, retry or timeout take any time
    #[arg(long)]
    virtual_time: bool,
    /// Print the history on standard error, an event a line
    #[arg(long)]
    history: bool,
    #[command(flatten)]
    outside: OutsideArguments,
}

/// Runs the definition. Exit code 1 if the execution does not succeed.
pub(crate) fn execute(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let text = read(&arguments.definition)?;
    let options = Options { profile: Profile::Language, ..Options::default() };
    let parsed = asl_parser::parse(&text, &options);
    let Some(definition) = parsed.definition else {
        let name = arguments.definition.display().to_string();
        eprint!("{}", render::findings(&name, &text, &parsed.diagnostics, false));
        bail!("the definition is invalid");
    };
    let input = input(&arguments.input)?;
    let machine = arguments.name.clone().unwrap_or_else(|| machine_name(&arguments.definition));
    let (router, test_case) = tasks(arguments, &machine)?;

    let now = clock::now();
    let identity = identity(&machine);
    let origin = Arc::new(TaskOrigin {
        execution_arn: Arc::clone(&identity.arn),
        state_machine_name: machine.as_str().into(),
        test_case,
    });
    let begin = Begin { input, now, seed: entropy::seed()?, identity, ..Begin::new(Payload::default()) };
    let (readers, writers) = (Arc::clone(&router), Arc::clone(&router));
    let workflow = Workflow::of(Arc::new(definition)).items(move |read| {
        let readers = Arc::clone(&readers);
        async move { all_items(&*readers, read).await }
    });
    let workflow = workflow.results(move |write, results| {
        let writers = Arc::clone(&writers);
        async move { write_all(&*writers, write, results).await }
    });
    let workflow = workflow.otherwise(move |task| {
        let (router, origin) = (Arc::clone(&router), Arc::clone(&origin));
        async move {
            if origin.test_case.is_none() && task.resource.kind == ResourceKind::Activity {
                let cause = format!("no worker can poll the activity {} here; mock the state", task.resource);
                return Err(Problem::new("States.Runtime", cause));
            }
            let context = TaskContext::unheard((*origin).clone(), &task);
            render::result_of(router.run(task, context).await)
        }
    });
    let runtime = tokio::runtime::Runtime::new().context("cannot start the async runtime")?;
    let finished = runtime.block_on(async {
        if arguments.virtual_time {
            workflow.run_in_virtual_time(begin).await
        } else {
            workflow.run(begin).await
        }
    });
    if arguments.history {
        eprint!("{}", render::history(&finished.history));
    }
    Ok(match &finished.outcome {
        Outcome::Succeeded { output } => {
            println!("{output}");
            ExitCode::SUCCESS
        }
        Outcome::Failed { error, cause }
        | Outcome::TimedOut { error, cause }
        | Outcome::Aborted { error, cause } => {
            eprintln!("{}", finished.outcome.status());
            eprintln!("error: {}", error.as_deref().unwrap_or("(none)"));
            eprintln!("cause: {}", cause.as_deref().unwrap_or("(none)"));
            ExitCode::FAILURE
        }
    })
}

/// Reads all that a reader is to read.
async fn all_items(handler: &dyn TaskHandler, read: ReadItems) -> Result<Vec<Value>, Problem> {
    const PAGE: usize = 1000;
    let mut stream = handler.open_items(read).await?;
    let mut items = Vec::new();
    loop {
        let page = stream.next(PAGE).await?;
        if page.is_empty() {
            return Ok(items);
        }
        items.extend(page);
    }
}

/// Writes all results where a writer is to write them.
async fn write_all(
    handler: &dyn TaskHandler,
    write: WriteResults,
    results: Vec<ChildResult>,
) -> Result<Payload, Problem> {
    let mut sink = handler.open_results(write).await?;
    for result in results {
        sink.push(result).await?;
    }
    sink.finish().await
}

/// Who carries out tasks, and from which test case.
fn tasks(arguments: &Arguments, machine: &str) -> anyhow::Result<(Arc<Router>, Option<Arc<str>>)> {
    let region = std::env::var("AWS_REGION").unwrap_or_else(|_| "us-east-1".to_owned());
    let router = arguments.outside.router(&region)?;
    let Some(path) = arguments.mock.clone().or_else(mock_config_of_local) else {
        if arguments.case.is_some() {
            bail!("--case needs --mock FILE, the mock configuration that has the test case");
        }
        return Ok((Arc::new(router), None));
    };
    let mocks = read_mocks(&path)?;
    let cases: Vec<&str> = mocks.test_cases(machine).collect();
    let case = match (&arguments.case, cases.as_slice()) {
        (Some(case), cases) if cases.contains(&case.as_str()) => case.as_str(),
        (None, [only]) => only,
        (_, []) => bail!(
            "{} has no state machine '{machine}' with test cases; give its name with --name",
            path.display()
        ),
        (Some(case), cases) => bail!("no test case '{case}' for '{machine}'; there is: {}", cases.join(", ")),
        (None, cases) => bail!("give one of the test cases with --case: {}", cases.join(", ")),
    };
    let case = case.into();
    Ok((Arc::new(router.with_mocks(mocks)), Some(case)))
}

/// `orders` for `dir/orders.asl.json`; `stdin` for standard input.
fn machine_name(path: &Path) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    match name.split('.').next() {
        Some(stem) if !stem.is_empty() && stem != "-" => stem.to_owned(),
        _ => "stdin".to_owned(),
    }
}

fn identity(machine: &str) -> ExecutionIdentity {
    let example = ExecutionIdentity::example();
    ExecutionIdentity {
        arn: format!("arn:aws:states:us-east-1:123456789012:execution:{machine}:run").into(),
        name: "run".into(),
        state_machine_arn: format!("arn:aws:states:us-east-1:123456789012:stateMachine:{machine}").into(),
        state_machine_name: machine.into(),
        role_arn: "arn:aws:iam::123456789012:role/stepwell".into(),
        ..example
    }
}
