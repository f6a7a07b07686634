//! What the driver asks for on behalf of a map run: its items, and a place for
//! its results.

use asl_runtime::{ChildResult, Problem, ReadItems};
use asl_value::{Payload, Value};
use sfn_driver::Pending;

use crate::bucket::Buckets;
use crate::items::{ItemReaders, ItemStream};
use crate::results::ResultSink;

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

impl sfn_driver::ResultSink for ResultSink {
    fn push(&mut self, child: ChildResult) -> Pending<'_, Result<(), Problem>> {
        Box::pin(async move { ResultSink::push(self, &child).await })
    }

    fn finish(self: Box<Self>) -> Pending<'static, Result<Payload, Problem>> {
        Box::pin(ResultSink::finish(*self))
    }
}
