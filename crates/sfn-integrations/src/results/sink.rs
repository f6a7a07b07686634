//! Result files and their manifest.

use asl_runtime::{ChildResult, Problem, ResultForm, ResultText};
use asl_value::{Payload, Value};
use bytes::Bytes;

use super::WriteError;
use crate::bucket::Buckets;

/// Size past which a result file is closed and the next begun. It is held in
/// memory until then, so it is far less than the service's 5 GB.
const FILE_BYTES: usize = 8 * 1024 * 1024;

/// The kinds of result file as the manifest names them: first the one for all
/// that has no kind of its own, timed out and aborted ones.
const KINDS: [&str; 3] = ["FAILED", "PENDING", "SUCCEEDED"];

/// Takes the results of one map run, and holds a few MiB of them at most.
#[derive(Debug)]
pub struct ResultSink {
    folder: Folder,
    map_run_arn: String,
    files: [Files; KINDS.len()],
    pub(super) file_bytes: usize,
}

/// Where the files go.
#[derive(Debug)]
struct Folder {
    buckets: Buckets,
    bucket: String,
    /// What keys begin with: ends in a slash.
    prefix: String,
}

/// The files of one kind.
#[derive(Debug)]
struct Files {
    kind: &'static str,
    open: ResultText,
    written: Vec<Value>,
}

impl ResultSink {
    pub(super) fn new(
        buckets: Buckets,
        bucket: &str,
        prefix: &str,
        form: ResultForm,
        map_run_arn: &str,
    ) -> Self {
        let id = map_run_arn.rsplit(':').next().unwrap_or(map_run_arn);
        let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
        let prefix = if prefix.is_empty() { format!("{id}/") } else { format!("{prefix}/{id}/") };
        Self {
            folder: Folder { buckets, bucket: bucket.to_owned(), prefix },
            map_run_arn: map_run_arn.to_owned(),
            files: KINDS.map(|kind| Files { kind, open: ResultText::new(form), written: Vec::new() }),
            file_bytes: FILE_BYTES,
        }
    }

    /// Adds a result, and writes a file if one is full.
    pub async fn push(&mut self, child: &ChildResult) -> Result<(), Problem> {
        let kind = KINDS.into_iter().find(|kind| *kind == child.status);
        let [failed, others @ ..] = &mut self.files;
        let files = others.iter_mut().find(|files| Some(files.kind) == kind).unwrap_or(failed);
        files.open.push(child);
        if files.open.bytes() >= self.file_bytes {
            files.write(&self.folder).await?;
        }
        Ok(())
    }

    /// Writes what is left, and the manifest. Answers the state's output, which
    /// tells where that is.
    pub async fn finish(mut self) -> Result<Payload, Problem> {
        for files in &mut self.files {
            if !files.open.is_empty() {
                files.write(&self.folder).await?;
            }
        }
        let files = self.files.map(|files| (files.kind, Value::from(files.written)));
        let manifest = Value::object([
            ("DestinationBucket", Value::from(&*self.folder.bucket)),
            ("MapRunArn", Value::from(&*self.map_run_arn)),
            ("ResultFiles", Value::object(files)),
        ]);
        let key = self.folder.write("manifest.json", manifest.to_string().into()).await?;
        let details = Value::object([("Bucket", Value::from(self.folder.bucket)), ("Key", Value::from(key))]);
        Ok(Payload::new(Value::object([
            ("MapRunArn", Value::from(self.map_run_arn)),
            ("ResultWriterDetails", details),
        ])))
    }
}

impl Files {
    async fn write(&mut self, folder: &Folder) -> Result<(), WriteError> {
        let text = Bytes::from(self.open.take());
        let bytes = text.len() as u64;
        let key = folder.write(&format!("{}_{}.json", self.kind, self.written.len()), text).await?;
        self.written.push(Value::object([("Key", Value::from(key)), ("Size", Value::from(bytes))]));
        Ok(())
    }
}

impl Folder {
    /// Writes an object, and tells its key.
    async fn write(&self, name: &str, content: Bytes) -> Result<String, WriteError> {
        let key = format!("{}{name}", self.prefix);
        self.buckets.write(&self.bucket, &key, content).await?;
        Ok(key)
    }
}
