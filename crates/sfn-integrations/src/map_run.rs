//! What the driver asks for on behalf of a map run: its items, and a place for
//! its results.

use std::sync::Arc;

use asl_runtime::{Problem, ReadItems, WriteResults};
use asl_value::{Payload, Value};
use sfn_driver::Pending;
use sfn_store::ExecutionRecord;
use sfn_store::id::MapRunArn;

use crate::bucket::Buckets;
use crate::items::{ItemReaders, ItemStream};
use crate::results::{ChildResult, ResultSink, ResultWriters, Results};

/// Bytes of an output that is too large whatever else it holds: more results
/// are not added to it, and the engine refuses it. Twice the largest quota.
const OUTPUT_BYTES_MAX: usize = 2 * 1024 * 1024;

/// Begins to read items.
pub(crate) async fn open_items(
    buckets: Buckets,
    read: ReadItems,
) -> Result<Box<dyn sfn_driver::ItemStream>, Problem> {
    let readers = ItemReaders::new(buckets);
    let items = readers.open(&read.resource, &read.arguments, &read.config, read.max_items).await?;
    Ok(Box::new(items))
}

impl sfn_driver::ItemStream for ItemStream {
    fn next(&mut self, limit: usize) -> Pending<'_, Result<Vec<Value>, Problem>> {
        Box::pin(ItemStream::next(self, limit))
    }
}

/// Begins to write results, or to gather them where they go nowhere.
pub(crate) fn open_results(
    buckets: Buckets,
    write: &WriteResults,
    map_run: &MapRunArn,
) -> Result<Box<dyn sfn_driver::ResultSink>, Problem> {
    let config = write.config.as_ref();
    let Some(resource) = &write.resource else {
        return Ok(Box::new(Gathered(Results::new(config)?)));
    };
    let writers = ResultWriters::new(buckets);
    let sink = writers.begin(resource, &write.arguments, config, map_run.as_str())?;
    Ok(Box::new(Exported { sink, map_run: Arc::clone(map_run.shared()) }))
}

/// Results that become the state's output.
struct Gathered(Results);

impl sfn_driver::ResultSink for Gathered {
    fn push(&mut self, child: &ExecutionRecord) -> Pending<'_, Result<(), Problem>> {
        if self.0.bytes() < OUTPUT_BYTES_MAX {
            self.0.push(&result(child));
        }
        Box::pin(std::future::ready(Ok(())))
    }

    fn finish(self: Box<Self>) -> Pending<'static, Result<Payload, Problem>> {
        let output = Payload::parse(self.0.finish());
        let output = output.map_err(|error| Problem::new("States.ResultWriterFailed", error.to_string()));
        Box::pin(std::future::ready(output))
    }
}

/// Results that are written; the state's output tells where.
struct Exported {
    sink: ResultSink,
    map_run: Arc<str>,
}

impl sfn_driver::ResultSink for Exported {
    fn push(&mut self, child: &ExecutionRecord) -> Pending<'_, Result<(), Problem>> {
        let result = result(child);
        Box::pin(async move { self.sink.push(&result).await })
    }

    fn finish(self: Box<Self>) -> Pending<'static, Result<Payload, Problem>> {
        Box::pin(async move {
            let location = self.sink.finish().await?;
            let details =
                Value::object([("Bucket", Value::from(location.bucket)), ("Key", Value::from(location.key))]);
            let output =
                Value::object([("MapRunArn", Value::from(self.map_run)), ("ResultWriterDetails", details)]);
            Ok(Payload::new(output))
        })
    }
}

/// What a record tells of a child.
fn result(child: &ExecutionRecord) -> ChildResult {
    let outcome = child.closed.as_ref().map(|closed| &closed.outcome);
    let failure = outcome.and_then(|outcome| outcome.failure());
    ChildResult {
        execution_arn: Arc::clone(child.arn.shared()),
        name: child.arn.name().into(),
        state_machine_arn: child.arn.labelled_state_machine().into(),
        status: child.status().as_str(),
        input: Arc::clone(&child.input),
        output: outcome.and_then(|outcome| outcome.output()).cloned(),
        error: failure.and_then(|failure| failure.error.clone()),
        cause: failure.and_then(|failure| failure.cause.clone()),
        started_at: Some(child.started_at),
        stopped_at: child.closed.as_ref().map(|closed| closed.stopped_at),
        redrive_count: child.redrive_count.into(),
    }
}
