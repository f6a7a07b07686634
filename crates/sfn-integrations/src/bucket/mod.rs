//! Where objects are kept: S3, and folders that stand in for buckets.

mod file;
mod problem;
mod s3;
mod xml;

use std::path::PathBuf;

use asl_runtime::Timestamp;
use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use tokio::io::AsyncReadExt as _;

pub use problem::BucketError;
pub use s3::{Credentials, S3};

use file::Folders;

/// Most bytes that are read from a file at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// The buckets that maps may read items from and write results to. Cheap to
/// clone. Without anything configured there are none.
#[derive(Clone, Debug, Default)]
pub struct Buckets {
    s3: Option<S3>,
    folders: Option<Folders>,
}

impl Buckets {
    /// No buckets.
    pub fn new() -> Self {
        Self::default()
    }

    /// Buckets of S3.
    #[must_use]
    pub fn with_s3(mut self, s3: S3) -> Self {
        self.s3 = Some(s3);
        self
    }

    /// Folders under this one as buckets of the name `file:FOLDER`, relative or
    /// absolute. Nothing outside it is reached, through symbolic links neither.
    #[must_use]
    pub fn with_files(mut self, root: impl Into<PathBuf>) -> Self {
        self.folders = Some(Folders::new(root.into()));
        self
    }

    fn place<'b>(&self, bucket: &'b str) -> Result<Place<'_, 'b>, BucketError> {
        match bucket.strip_prefix("file:") {
            Some(folder) => {
                let folders = self.folders.as_ref().ok_or(BucketError::NoFolders)?;
                Ok(Place::Folder(folders, folder))
            }
            None => Ok(Place::S3(self.s3.as_ref().ok_or(BucketError::NoS3)?)),
        }
    }

    /// Begins to read an object.
    pub(crate) async fn read(&self, address: &Address) -> Result<Body, BucketError> {
        match self.place(&address.bucket)? {
            Place::S3(s3) => s3.get_object(address).await.map(Body::Http),
            Place::Folder(folders, folder) => folders.open(folder, &address.key).await.map(Body::File),
        }
    }

    /// Puts a whole object in place.
    pub(crate) async fn write(&self, bucket: &str, key: &str, content: Bytes) -> Result<(), BucketError> {
        match self.place(bucket)? {
            Place::S3(s3) => s3.put_object(bucket, key, content).await,
            Place::Folder(folders, folder) => folders.write(folder, key, content).await,
        }
    }

    /// Begins to list a bucket.
    pub(crate) fn list(&self, query: Query) -> Listing {
        Listing { buckets: self.clone(), query, cursor: Cursor::Start }
    }
}

enum Place<'s, 'b> {
    S3(&'s S3),
    Folder(&'s Folders, &'b str),
}

/// Where an object is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) bucket: String,
    pub(crate) key: String,
    pub(crate) version_id: Option<String>,
}

/// An object in a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Object {
    pub(crate) key: String,
    /// With its double quotes.
    pub(crate) etag: String,
    pub(crate) last_modified: Timestamp,
    pub(crate) bytes: u64,
    pub(crate) storage_class: String,
}

/// Which objects to list. S3 API reference, `ListObjectsV2`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query {
    pub(crate) bucket: String,
    pub(crate) prefix: String,
}

/// The content of an object, in chunks.
#[derive(Debug)]
pub(crate) enum Body {
    Http(Incoming),
    File(tokio::fs::File),
}

impl Body {
    /// The next chunk; none at the end.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, BucketError> {
        match self {
            Self::Http(body) => loop {
                let frame = s3::in_time(body.frame()).await?;
                match frame.transpose()?.map(hyper::body::Frame::into_data) {
                    None => return Ok(None),
                    Some(Ok(data)) => return Ok(Some(data)),
                    Some(Err(_trailers)) => {}
                }
            },
            Self::File(file) => {
                let mut chunk = Vec::with_capacity(CHUNK_BYTES);
                file.read_buf(&mut chunk).await?;
                Ok((!chunk.is_empty()).then(|| chunk.into()))
            }
        }
    }

    /// The whole content, which must be small.
    pub(crate) async fn whole(mut self, bytes_max: usize) -> Result<Vec<u8>, BucketError> {
        let mut whole = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            if whole.len().saturating_add(chunk.len()) > bytes_max {
                return Err(BucketError::TooLarge(bytes_max));
            }
            whole.extend_from_slice(&chunk);
        }
        Ok(whole)
    }
}

/// The objects of a bucket, page by page in the order of their keys.
#[derive(Debug)]
pub(crate) struct Listing {
    buckets: Buckets,
    query: Query,
    cursor: Cursor,
}

#[derive(Debug)]
enum Cursor {
    Start,
    After(String),
    Walk(file::Walk),
    End,
}

impl Listing {
    /// The bucket that is listed.
    pub(crate) fn bucket(&self) -> &str {
        &self.query.bucket
    }

    /// The next objects; none at the end.
    pub(crate) async fn page(&mut self) -> Result<Vec<Object>, BucketError> {
        loop {
            let token = match std::mem::replace(&mut self.cursor, Cursor::End) {
                Cursor::End => return Ok(Vec::new()),
                Cursor::Walk(walk) => {
                    let (walk, objects) = walk.page().await?;
                    if !objects.is_empty() {
                        self.cursor = Cursor::Walk(walk);
                    }
                    return Ok(objects);
                }
                Cursor::Start => None,
                Cursor::After(token) => Some(token),
            };
            match self.buckets.place(&self.query.bucket)? {
                Place::Folder(folders, folder) => {
                    self.cursor = Cursor::Walk(folders.walk(folder, &self.query.prefix)?);
                }
                Place::S3(s3) => {
                    let page = s3.list_objects(&self.query, token.as_deref()).await?;
                    self.cursor = page.next.map_or(Cursor::End, Cursor::After);
                    if !page.objects.is_empty() {
                        return Ok(page.objects);
                    }
                }
            }
        }
    }
}
