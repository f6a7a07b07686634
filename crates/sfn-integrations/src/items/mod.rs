//! Where a distributed map's items come from: its `ItemReader`. Developer
//! guide, *`ItemReader` (Map)*.

mod csv;
mod json;
mod lines;
mod manifest;
mod split;
mod stream;

use std::io;

use asl_parser::{Pattern, ReaderConfig, Resource, ResourceKind};
use asl_runtime::Problem;
use asl_value::Value;

use crate::bucket::{Address, BucketError, Buckets, Query};

pub use stream::ItemStream;

use split::Format;
use stream::{Objects, Source};

/// Most bytes of one item as it is written in its object, to bound memory.
const ITEM_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Why there are no items, or no more of them.
#[derive(Debug, thiserror::Error)]
enum ReadError {
    #[error(transparent)]
    Malformed(#[from] Malformed),
    #[error(transparent)]
    Bucket(#[from] BucketError),
    #[error("the resource {0} reads no items; expected s3:getObject or s3:listObjectsV2")]
    Resource(String),
    #[error("The field '{0}' is required but was missing")]
    Missing(&'static str),
}

/// Why an object does not hold items. The first two texts are the service's
/// own, as recorded; the others are ours.
#[derive(Debug, thiserror::Error)]
enum Malformed {
    #[error("Attempting to map over non-iterable node.")]
    NotIterable,
    #[error("CSV headers cannot contain duplicates.")]
    DuplicateHeaders,
    #[error("expected CSV headers of at most 10 KiB")]
    LargeHeaders,
    #[error("expected a closing double quote, but the CSV object ends")]
    OpenQuote,
    #[error("expected items of at most 8 MiB")]
    TooLarge,
    #[error("the object is not valid JSON: {0}")]
    Syntax(&'static str),
    #[error("item {number} is not valid JSON: {error}")]
    Item { number: u64, error: String },
    #[error("ItemsPointer '{0}' refers to nothing in the object")]
    Pointer(Box<str>),
    #[error("the {field} '{value}' is not supported")]
    Unsupported { field: &'static str, value: String },
    #[error("the manifest is not understood: {0}")]
    Manifest(String),
    #[error("the object is not valid gzip: {0}")]
    Gzip(#[from] io::Error),
}

impl Malformed {
    fn unsupported(field: &'static str, value: &str) -> Self {
        Self::Unsupported { field, value: value.to_owned() }
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        Self::new("States.ItemReaderFailed", error.to_string())
    }
}

/// The text of one item.
fn json_item(text: &[u8], number: u64) -> Result<Value, Malformed> {
    let malformed = |error: String| Malformed::Item { number, error };
    let text = std::str::from_utf8(text).map_err(|error| malformed(error.to_string()))?;
    asl_value::parse(text).map_err(|error| malformed(error.to_string()))
}

/// Opens what an `ItemReader` names. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct ItemReaders {
    buckets: Buckets,
}

impl ItemReaders {
    /// Readers of these buckets.
    pub fn new(buckets: Buckets) -> Self {
        Self { buckets }
    }

    /// Begins to read items. `arguments` are the reader's, evaluated, and
    /// `max_items` its `MaxItems`, of which zero means no limit.
    ///
    /// Every error is a `States.ItemReaderFailed`.
    pub async fn open(
        &self,
        resource: &Resource,
        arguments: &Value,
        config: &ReaderConfig,
        max_items: Option<u64>,
    ) -> Result<ItemStream, Problem> {
        let source = self.source(resource, arguments, config).await?;
        Ok(ItemStream::new(source, max_items.filter(|max| *max > 0)))
    }

    async fn source(
        &self,
        resource: &Resource,
        arguments: &Value,
        config: &ReaderConfig,
    ) -> Result<Source, ReadError> {
        let text = |name: &'static str| arguments.get(name).and_then(Value::as_str).map(str::to_owned);
        let bucket = text("Bucket").ok_or(ReadError::Missing("Bucket"));
        match action(resource) {
            Some("getObject") => {
                let address = Address {
                    bucket: bucket?,
                    key: text("Key").ok_or(ReadError::Missing("Key"))?,
                    version_id: text("VersionId"),
                };
                let mut objects = if is_manifest(config) {
                    manifest::read(&self.buckets, &address, config).await?
                } else {
                    Objects::one(self.buckets.clone(), address, config.clone())?
                };
                objects.open_next().await?;
                Ok(Source::Objects(Box::new(objects)))
            }
            Some("listObjectsV2") => {
                let query = Query { bucket: bucket?, prefix: text("Prefix").unwrap_or_default() };
                let listing = self.buckets.list(query);
                match config.transformation.as_deref() {
                    None | Some("NONE") => Ok(Source::Listing(Box::new(listing))),
                    Some("LOAD_AND_FLATTEN") => {
                        let objects = Objects::listed(self.buckets.clone(), listing, config.clone())?;
                        Ok(Source::Objects(Box::new(objects)))
                    }
                    Some(other) => Err(Malformed::unsupported("Transformation", other).into()),
                }
            }
            _ => Err(ReadError::Resource(resource.to_string())),
        }
    }
}

/// The action of S3 that a resource asks for.
fn action(resource: &Resource) -> Option<&str> {
    match &resource.kind {
        ResourceKind::Service { service, action, pattern: Pattern::RequestResponse }
            if &**service == "s3" =>
        {
            Some(action)
        }
        ResourceKind::Service { .. }
        | ResourceKind::LambdaFunction
        | ResourceKind::Activity
        | ResourceKind::Unknown => None,
    }
}

fn is_manifest(config: &ReaderConfig) -> bool {
    config.input_type.as_deref() == Some("MANIFEST") || config.manifest_type.is_some()
}

/// The items of an object that comes in these chunks: what a reader makes of it
/// without fetching it. `MaxItems` and manifests are not looked at.
pub fn parse_items<'c>(
    config: &ReaderConfig,
    chunks: impl IntoIterator<Item = &'c [u8]>,
) -> Result<Vec<Value>, Problem> {
    Ok(split::split(config, chunks).map_err(ReadError::from)?)
}

#[cfg(test)]
mod tests;
