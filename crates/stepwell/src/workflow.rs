//! A checked definition and the closures that carry its tasks out.

use std::collections::BTreeMap;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use asl_parser::{Definition, Diagnostic, Options, Profile};
use asl_runtime::{ChildResult, Problem, ReadItems, StartTask, WriteResults};
use asl_value::{Payload, Value};

use crate::run::{Begin, Run, nobody_reads, nobody_writes};

/// The definition has errors; all that were found.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the definition is invalid: {}", listed(.0))]
pub struct InvalidDefinition(pub Vec<Diagnostic>);

fn listed(diagnostics: &[Diagnostic]) -> String {
    let errors = diagnostics.iter().filter(|found| found.is_error());
    errors.map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// What a handler's call becomes.
pub(crate) type Answer = Pin<Box<dyn Future<Output = Result<Payload, Problem>> + Send>>;
type Handler = Arc<dyn Fn(StartTask) -> Answer + Send + Sync>;
/// What a reader's call becomes.
pub(crate) type Items = Pin<Box<dyn Future<Output = Result<Vec<Value>, Problem>> + Send>>;
type Reader = Arc<dyn Fn(ReadItems) -> Items + Send + Sync>;
type Writer = Arc<dyn Fn(WriteResults, Vec<ChildResult>) -> Answer + Send + Sync>;

/// A definition that can be run any number of times. Cloning is cheap.
#[derive(Clone)]
pub struct Workflow {
    definition: Arc<Definition>,
    handlers: BTreeMap<String, Handler>,
    otherwise: Option<Handler>,
    reader: Option<Reader>,
    writer: Option<Writer>,
}

impl Workflow {
    /// A workflow of a definition that was parsed already.
    pub fn of(definition: Arc<Definition>) -> Self {
        Self { definition, handlers: BTreeMap::new(), otherwise: None, reader: None, writer: None }
    }

    /// Reads and checks a definition. Any text is taken as a `Resource`; AWS
    /// would want ARNs.
    pub fn parse(text: &str) -> Result<Self, InvalidDefinition> {
        let options = Options { profile: Profile::Language, ..Options::default() };
        let parsed = asl_parser::parse(text, &options);
        match parsed.definition {
            Some(definition) => Ok(Self::of(Arc::new(definition))),
            None => Err(InvalidDefinition(parsed.diagnostics)),
        }
    }

    /// Has `handler` carry out the tasks of the state, or all tasks of the
    /// `Resource`, that `name` names; a state's own handler comes first. An
    /// error that it returns is the state's to retry or catch.
    #[must_use]
    pub fn task<H, F, T>(mut self, name: impl Into<String>, handler: H) -> Self
    where
        H: Fn(StartTask) -> F + Send + Sync + 'static,
        F: Future<Output = Result<T, Problem>> + Send + 'static,
        T: Into<Payload>,
    {
        self.handlers.insert(name.into(), boxed(handler));
        self
    }

    /// Has `handler` carry out the tasks that no other handler is for.
    #[must_use]
    pub fn otherwise<H, F, T>(mut self, handler: H) -> Self
    where
        H: Fn(StartTask) -> F + Send + Sync + 'static,
        F: Future<Output = Result<T, Problem>> + Send + 'static,
        T: Into<Payload>,
    {
        self.otherwise = Some(boxed(handler));
        self
    }

    /// Has `reader` read the items that an `ItemReader` of a distributed Map
    /// state names, all at once.
    #[must_use]
    pub fn items<R, F>(mut self, reader: R) -> Self
    where
        R: Fn(ReadItems) -> F + Send + Sync + 'static,
        F: Future<Output = Result<Vec<Value>, Problem>> + Send + 'static,
    {
        self.reader = Some(Arc::new(move |read| Box::pin(reader(read))));
        self
    }

    /// Has `writer` write the results of a distributed Map state's children
    /// where its `ResultWriter` says. It answers the state's output.
    #[must_use]
    pub fn results<W, F>(mut self, writer: W) -> Self
    where
        W: Fn(WriteResults, Vec<ChildResult>) -> F + Send + Sync + 'static,
        F: Future<Output = Result<Payload, Problem>> + Send + 'static,
    {
        self.writer = Some(Arc::new(move |write, results| Box::pin(writer(write, results))));
        self
    }

    /// The definition.
    pub fn definition(&self) -> &Arc<Definition> {
        &self.definition
    }

    /// Begins a run that its owner drives; the closures have no part in it.
    pub fn begin(&self, begin: Begin) -> Run {
        Run::begin(Arc::clone(&self.definition), begin)
    }

    /// Calls the reader.
    pub(crate) fn read(&self, read: ReadItems) -> Items {
        match &self.reader {
            Some(reader) => reader(read),
            None => Box::pin(std::future::ready(Err(nobody_reads(&read)))),
        }
    }

    /// Calls the writer.
    pub(crate) fn write(&self, write: WriteResults, results: Vec<ChildResult>) -> Answer {
        match &self.writer {
            Some(writer) => writer(write, results),
            None => Box::pin(std::future::ready(Err(nobody_writes(&write)))),
        }
    }

    /// Calls the handler for a task.
    pub(crate) fn call(&self, task: StartTask) -> Answer {
        let by_state = self.handlers.get(&*task.state_name);
        let by_resource = || self.handlers.get(&*task.resource.text);
        match by_state.or_else(by_resource).or(self.otherwise.as_ref()) {
            Some(handler) => handler(task),
            None => Box::pin(std::future::ready(Err(Problem::new(
                "States.Runtime",
                format!(
                    "no handler was given for the state '{}' or the resource {}",
                    task.state_name, task.resource
                ),
            )))),
        }
    }
}

impl fmt::Debug for Workflow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workflow").field("handlers", &self.handlers.keys()).finish_non_exhaustive()
    }
}

fn boxed<H, F, T>(handler: H) -> Handler
where
    H: Fn(StartTask) -> F + Send + Sync + 'static,
    F: Future<Output = Result<T, Problem>> + Send + 'static,
    T: Into<Payload>,
{
    Arc::new(move |task| {
        let call = handler(task);
        Box::pin(async move { call.await.map(Into::into) })
    })
}
