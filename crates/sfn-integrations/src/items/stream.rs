//! Items one after the other, no more of them in memory than were asked for
//! or came in one chunk.

use std::collections::VecDeque;

use asl_parser::ReaderConfig;
use asl_runtime::Problem;
use asl_value::Value;

use super::split::Splitter;
use super::{Format, Malformed, ReadError};
use crate::bucket::{Address, Body, Buckets, Listing, Object};

/// The items that a reader reads, in order.
#[derive(Debug)]
pub struct ItemStream {
    source: Source,
    pending: VecDeque<Value>,
    /// How many may still be given out.
    left: Option<u64>,
    /// What ends the stream once the items before it are given out.
    failure: Option<Problem>,
}

#[derive(Debug)]
pub(super) enum Source {
    /// The objects themselves are the items.
    Listing(Box<Listing>),
    /// The items are in objects.
    Objects(Box<Objects>),
    End,
}

impl ItemStream {
    pub(super) fn new(source: Source, max_items: Option<u64>) -> Self {
        Self { source, pending: VecDeque::new(), left: max_items, failure: None }
    }

    /// The next items, at most `limit` of them, which must not be zero; fewer
    /// only before the end or a failure, and none at the end.
    pub async fn next(&mut self, limit: usize) -> Result<Vec<Value>, Problem> {
        let limit = self.left.map_or(limit, |left| usize::try_from(left).unwrap_or(limit).min(limit));
        while self.pending.len() < limit && !matches!(self.source, Source::End) {
            if let Err(error) = self.fill().await {
                self.failure = Some(error.into());
                self.source = Source::End;
            }
        }
        let count = self.pending.len().min(limit);
        if count == 0
            && limit > 0
            && let Some(failure) = self.failure.take()
        {
            return Err(failure);
        }
        if let Some(left) = &mut self.left {
            *left = left.saturating_sub(count as u64);
        }
        Ok(self.pending.drain(..count).collect())
    }

    async fn fill(&mut self) -> Result<(), ReadError> {
        let has_more = match &mut self.source {
            Source::Listing(listing) => {
                let page = listing.page().await?;
                self.pending.extend(page.iter().map(listed));
                !page.is_empty()
            }
            Source::Objects(objects) => objects.fill(&mut self.pending).await?,
            Source::End => false,
        };
        if !has_more {
            self.source = Source::End;
        }
        Ok(())
    }
}

/// The item for an object, its members in the recorded order.
fn listed(object: &Object) -> Value {
    Value::object([
        ("Etag", Value::from(&*object.etag)),
        ("LastModified", Value::from(object.last_modified.timestamp())),
        ("Key", Value::from(&*object.key)),
        ("Size", Value::from(object.bytes)),
        ("StorageClass", Value::from(&*object.storage_class)),
    ])
}

/// Objects that are read one after the other.
#[derive(Debug)]
pub(super) struct Objects {
    buckets: Buckets,
    config: ReaderConfig,
    waiting: VecDeque<Address>,
    listing: Option<Listing>,
    current: Option<(Body, Splitter)>,
}

impl Objects {
    pub(super) fn one(buckets: Buckets, address: Address, config: ReaderConfig) -> Result<Self, Malformed> {
        Self::several(buckets, [address], config)
    }

    /// These objects. The configuration is checked before any is opened.
    pub(super) fn several(
        buckets: Buckets,
        addresses: impl IntoIterator<Item = Address>,
        config: ReaderConfig,
    ) -> Result<Self, Malformed> {
        Format::of(&config)?;
        let waiting = addresses.into_iter().collect();
        Ok(Self { buckets, config, waiting, listing: None, current: None })
    }

    /// All objects of a listing, except what marks a folder.
    pub(super) fn listed(
        buckets: Buckets,
        listing: Listing,
        config: ReaderConfig,
    ) -> Result<Self, Malformed> {
        Ok(Self { listing: Some(listing), ..Self::several(buckets, [], config)? })
    }

    /// Opens the next object; false if there is none.
    pub(super) async fn open_next(&mut self) -> Result<bool, ReadError> {
        while self.waiting.is_empty() {
            let Some(listing) = &mut self.listing else { return Ok(false) };
            let page = listing.page().await?;
            let bucket = listing.bucket().to_owned();
            if page.is_empty() {
                self.listing = None;
            }
            let keys = page.into_iter().map(|object| object.key).filter(|key| !key.ends_with('/'));
            self.waiting.extend(keys.map(|key| Address { bucket: bucket.clone(), key, version_id: None }));
        }
        let Some(address) = self.waiting.pop_front() else { return Ok(false) };
        let splitter = Splitter::new(Format::of(&self.config)?, &address.key);
        self.current = Some((self.buckets.read(&address).await?, splitter));
        Ok(true)
    }

    /// Adds the items of the next chunk; false at the end.
    async fn fill(&mut self, items: &mut VecDeque<Value>) -> Result<bool, ReadError> {
        let Some((body, splitter)) = &mut self.current else { return self.open_next().await };
        let is_over = if let Some(chunk) = body.chunk().await? {
            splitter.push(&chunk, items)?;
            splitter.is_done()
        } else {
            splitter.finish(items)?;
            true
        };
        if is_over {
            self.current = None;
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// A stream over a file of this content.
    async fn stream(content: &str, max_items: Option<u64>) -> (tempfile::TempDir, ItemStream) {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("b")).unwrap();
        fs::write(root.path().join("b/k"), content).unwrap();
        let address = Address { bucket: "file:b".to_owned(), key: "k".to_owned(), version_id: None };
        let config = ReaderConfig { input_type: Some("JSONL".into()), ..ReaderConfig::default() };
        let buckets = Buckets::new().with_files(root.path());
        let mut objects = Objects::one(buckets, address, config).unwrap();
        assert!(objects.open_next().await.unwrap());
        (root, ItemStream::new(Source::Objects(Box::new(objects)), max_items))
    }

    #[tokio::test]
    async fn as_many_come_as_are_asked_for() {
        let lines: Vec<String> = (0..50_000).map(|line| format!("{line}\n")).collect();
        for (max_items, want) in [(None, 50_000), (Some(50_001), 50_000), (Some(7_001), 7_001), (Some(1), 1)]
        {
            let (_root, mut stream) = stream(&lines.concat(), max_items).await;
            let mut count = 0;
            loop {
                let items = stream.next(7_000).await.unwrap();
                assert_eq!(items.len(), (want - count).min(7_000));
                if items.is_empty() {
                    break;
                }
                assert_eq!(items.first().and_then(Value::as_i64), i64::try_from(count).ok());
                count += items.len();
            }
            assert_eq!(count, want);
        }
    }

    #[tokio::test]
    async fn a_failure_comes_after_the_items_before_it() {
        let (_root, mut items) = stream("1\n2\n{\n3\n", None).await;
        assert_eq!(items.next(1).await.unwrap(), [Value::from(1)]);
        assert_eq!(items.next(9).await.unwrap(), [Value::from(2)]);
        let problem = items.next(9).await.unwrap_err();
        assert_eq!(problem.error.as_deref(), Some("States.ItemReaderFailed"));
        assert_eq!(items.next(9).await.unwrap(), []);
        // What comes after the last item that is wanted does not matter.
        let (_root, mut items) = stream("1\n2\n{\n3\n", Some(2)).await;
        assert_eq!(items.next(9).await.unwrap().len(), 2);
        assert_eq!(items.next(9).await.unwrap(), []);
    }

    #[tokio::test]
    async fn a_stream_can_go_to_another_thread() {
        let (_root, mut items) = stream("1\n", None).await;
        let count = tokio::spawn(async move { items.next(9).await.map(|items| items.len()) });
        assert_eq!(count.await.unwrap(), Ok(1));
    }
}
