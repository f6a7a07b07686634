//! Folders that stand in for buckets, for use without S3.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use asl_runtime::Timestamp;
use bytes::Bytes;
use chrono::DateTime;

use super::{BucketError, Object};

/// Objects on a page of a listing, as many as S3 gives.
const PAGE_OBJECTS: usize = 1000;

/// The folders under one root.
#[derive(Clone, Debug)]
pub(super) struct Folders {
    root: Arc<Path>,
}

impl Folders {
    pub(super) fn new(root: PathBuf) -> Self {
        Self { root: root.into() }
    }

    /// Opens the file of an object.
    pub(super) async fn open(&self, folder: &str, key: &str) -> Result<tokio::fs::File, BucketError> {
        let bucket = self.bucket(folder)?;
        let path = bucket.join(inside(key)?);
        let root = Arc::clone(&self.root);
        let file = blocking(move || {
            if !bucket.is_dir() {
                return Err(BucketError::no_such_bucket());
            }
            match path.canonicalize() {
                Ok(found) if found.is_file() => {
                    check_inside(&root, &found)?;
                    Ok(fs::File::open(found)?)
                }
                Ok(_) => Err(BucketError::no_such_key()),
                Err(error) if is_absent(&error) => Err(BucketError::no_such_key()),
                Err(error) => Err(error.into()),
            }
        });
        file.await.map(tokio::fs::File::from_std)
    }

    /// Writes an object: to another name first, so that a reader never sees
    /// half of it.
    pub(super) async fn write(&self, folder: &str, key: &str, content: Bytes) -> Result<(), BucketError> {
        let bucket = self.bucket(folder)?;
        let path = bucket.join(inside(key)?);
        let root = Arc::clone(&self.root);
        blocking(move || {
            if !bucket.is_dir() {
                return Err(BucketError::no_such_bucket());
            }
            let parent = path.parent().unwrap_or(&bucket);
            // What exists of the way must not lead out before the rest is made.
            let existing = parent.ancestors().find(|ancestor| ancestor.exists()).unwrap_or(&bucket);
            check_inside(&root, &existing.canonicalize()?)?;
            fs::create_dir_all(parent)?;
            let mut partial = path.clone().into_os_string();
            partial.push(".part");
            fs::write(&partial, &content)?;
            fs::rename(&partial, &path)?;
            Ok(())
        })
        .await
    }

    /// Begins to list a folder.
    pub(super) fn walk(&self, folder: &str, prefix: &str) -> Result<Walk, BucketError> {
        let bucket = self.bucket(folder)?;
        Ok(Walk { root: Arc::clone(&self.root), bucket, prefix: prefix.to_owned(), open: None })
    }

    /// The folder of a bucket.
    fn bucket(&self, folder: &str) -> Result<PathBuf, BucketError> {
        let path = Path::new(folder);
        let relative = if path.is_absolute() {
            path.strip_prefix(&self.root).map_err(|_| BucketError::Outside(folder.to_owned()))?
        } else {
            path
        };
        let relative = relative.to_str().ok_or_else(|| BucketError::Outside(folder.to_owned()))?;
        Ok(self.root.join(inside(relative)?))
    }
}

/// A relative path that goes only down.
fn inside(text: &str) -> Result<&Path, BucketError> {
    let path = Path::new(text);
    let goes_down = path.components().all(|part| matches!(part, Component::Normal(_)));
    if goes_down { Ok(path) } else { Err(BucketError::Outside(text.to_owned())) }
}

/// Refuses a path, free of symbolic links, that is not under the root.
fn check_inside(root: &Path, path: &Path) -> Result<(), BucketError> {
    if path.starts_with(root.canonicalize()?) {
        Ok(())
    } else {
        Err(BucketError::Outside(path.to_string_lossy().into_owned()))
    }
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, BucketError> + Send + 'static,
) -> Result<T, BucketError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(io::Error::other(error).into()))
}

/// The files below a folder in the order of their keys, bytewise as in S3.
#[derive(Debug)]
pub(super) struct Walk {
    root: Arc<Path>,
    bucket: PathBuf,
    prefix: String,
    /// What is still to visit of each open folder, last first; none before the
    /// first page.
    open: Option<Vec<Vec<Entry>>>,
}

/// Something in a folder.
#[derive(Debug)]
struct Entry {
    /// Ends in a slash if it is a folder.
    key: String,
    path: PathBuf,
}

impl Walk {
    /// The next objects, and the walk as far as it has come.
    pub(super) async fn page(mut self) -> Result<(Self, Vec<Object>), BucketError> {
        blocking(move || {
            let objects = self.visit()?;
            Ok((self, objects))
        })
        .await
    }

    fn visit(&mut self) -> Result<Vec<Object>, BucketError> {
        let mut open = match self.open.take() {
            Some(open) => open,
            None => vec![self.entries(&self.bucket, "")?],
        };
        let mut objects = Vec::new();
        while objects.len() < PAGE_OBJECTS {
            let Some(folder) = open.last_mut() else { break };
            let Some(entry) = folder.pop() else {
                open.pop();
                continue;
            };
            if entry.key.ends_with('/') {
                open.push(self.entries(&entry.path, &entry.key)?);
            } else {
                objects.push(object(entry)?);
            }
        }
        self.open = Some(open);
        Ok(objects)
    }

    /// What is in a folder and may match the prefix, in reverse. Names that are
    /// not UTF-8 cannot be keys, and links are followed only inside the root.
    fn entries(&self, folder: &Path, key: &str) -> Result<Vec<Entry>, BucketError> {
        let read = fs::read_dir(folder)
            .map_err(|error| if is_absent(&error) { BucketError::no_such_bucket() } else { error.into() })?;
        let mut entries = Vec::new();
        for entry in read {
            let path = entry?.path();
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
            let Ok(found) = path.canonicalize() else { continue };
            if check_inside(&self.root, &found).is_err() {
                continue;
            }
            // A linked folder could contain itself.
            let is_folder = found.is_dir() && !path.is_symlink();
            let key = format!("{key}{name}{}", if is_folder { "/" } else { "" });
            let matches = key.starts_with(&self.prefix) || is_folder && self.prefix.starts_with(&key);
            if matches && (is_folder || found.is_file()) {
                entries.push(Entry { key, path });
            }
        }
        entries.sort_unstable_by(|a, b| b.key.cmp(&a.key));
        Ok(entries)
    }
}

fn object(entry: Entry) -> Result<Object, BucketError> {
    let metadata = fs::metadata(entry.path)?;
    let modified = metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
    let last_modified =
        i64::try_from(modified.as_secs()).ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    Ok(Object {
        key: entry.key,
        // As web servers make them: it changes when the file does.
        etag: format!("\"{:x}-{:x}\"", metadata.len(), modified.as_millis()),
        last_modified: last_modified.unwrap_or(Timestamp::UNIX_EPOCH),
        bytes: metadata.len(),
        storage_class: "STANDARD".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use tempfile::TempDir;

    use super::super::{Address, Buckets, Query};
    use super::*;

    /// A root with a bucket `b`, a secret beside the root, and ways to it.
    fn root() -> (TempDir, Buckets) {
        let outer = tempfile::tempdir().unwrap();
        let root = outer.path().join("root");
        for (path, content) in [
            ("secret", "x"),
            ("root/b/a.txt", "a"),
            ("root/b/a/z", "z"),
            ("root/b/a/b/c", "c"),
            ("root/b/a0", "0"),
            ("root/b/z", "last"),
        ] {
            let path = outer.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        symlink(outer.path(), root.join("b/out")).unwrap();
        symlink(outer.path().join("secret"), root.join("b/leak")).unwrap();
        symlink(root.join("b/a0"), root.join("b/link")).unwrap();
        symlink(outer.path(), root.join("outer")).unwrap();
        let buckets = Buckets::new().with_files(root);
        (outer, buckets)
    }

    async fn read(buckets: &Buckets, bucket: &str, key: &str) -> Result<String, BucketError> {
        let address = Address { bucket: bucket.to_owned(), key: key.to_owned(), version_id: None };
        let content = buckets.read(&address).await?.whole(100).await?;
        Ok(String::from_utf8(content).unwrap())
    }

    #[tokio::test]
    async fn files_are_read() {
        let (outer, buckets) = root();
        let absolute = format!("file:{}", outer.path().join("root/b").display());
        for (bucket, key, want) in [
            ("file:b", "a.txt", "a"),
            ("file:b", "a/b/c", "c"),
            (&*absolute, "z", "last"),
            ("file:b", "link", "0"),
        ] {
            assert_eq!(read(&buckets, bucket, key).await.unwrap(), want, "{bucket} {key}");
        }
    }

    #[tokio::test]
    async fn no_way_leads_out() {
        let (outer, buckets) = root();
        let absolute = format!("file:{}", outer.path().display());
        let secret = outer.path().join("secret").display().to_string();
        for (bucket, key) in [
            ("file:b", "../../secret"),
            ("file:b", "a/../../../secret"),
            ("file:b", &*secret),
            ("file:b", "leak"),
            ("file:b", "out/secret"),
            ("file:..", "secret"),
            ("file:b/../..", "secret"),
            ("file:outer", "secret"),
            (&*absolute, "secret"),
        ] {
            let read = read(&buckets, bucket, key).await;
            assert!(matches!(read, Err(BucketError::Outside(_))), "{bucket} {key}: {read:?}");
            let key = key.replace("secret", "new");
            if !key.ends_with("leak") && !key.starts_with('/') {
                let written = buckets.write(bucket, &key, "n".into()).await;
                assert!(matches!(written, Err(BucketError::Outside(_))), "{bucket} {key}: {written:?}");
            }
        }
        assert!(!outer.path().join("new").exists());
        // A link is replaced, not written through.
        buckets.write("file:b", "leak", "n".into()).await.unwrap();
        assert_eq!(fs::read_to_string(outer.path().join("secret")).unwrap(), "x");
    }

    #[tokio::test]
    async fn what_is_missing_is_missing_as_in_s3() {
        let (_outer, buckets) = root();
        for (bucket, key, want) in [
            ("file:b", "none", "The specified key does not exist."),
            ("file:b", "a", "The specified key does not exist."),
            ("file:b", "a.txt/x", "The specified key does not exist."),
            ("file:c", "a", "The specified bucket does not exist"),
        ] {
            let error = read(&buckets, bucket, key).await.unwrap_err().to_string();
            assert!(error.starts_with(want), "{bucket} {key}: {error}");
        }
        let error = read(&Buckets::new(), "file:b", "a.txt").await.unwrap_err();
        assert!(matches!(error, BucketError::NoFolders));
    }

    #[tokio::test]
    async fn listings_are_in_the_order_of_keys() {
        let (_outer, buckets) = root();
        for (prefix, want) in [
            ("", &["a.txt", "a/b/c", "a/z", "a0", "link", "z"][..]),
            ("a/", &["a/b/c", "a/z"]),
            ("a/b/c", &["a/b/c"]),
            ("a", &["a.txt", "a/b/c", "a/z", "a0"]),
            ("none", &[]),
        ] {
            let mut listing = buckets.list(Query { bucket: "file:b".to_owned(), prefix: prefix.to_owned() });
            let page = listing.page().await.unwrap();
            let keys: Vec<&str> = page.iter().map(|object| &*object.key).collect();
            assert_eq!(keys, want, "{prefix}");
            assert_eq!(listing.page().await.unwrap(), [], "{prefix}");
        }
        let mut listing = buckets.list(Query { bucket: "file:c".to_owned(), prefix: String::new() });
        let error = listing.page().await.unwrap_err().to_string();
        assert!(error.starts_with("The specified bucket does not exist"), "{error}");
    }

    #[tokio::test]
    async fn long_listings_come_in_pages() {
        let (outer, buckets) = root();
        let many = outer.path().join("root/many");
        fs::create_dir(&many).unwrap();
        for place in 0..1001 {
            fs::write(many.join(format!("{place:04}")), "").unwrap();
        }
        let mut listing = buckets.list(Query { bucket: "file:many".to_owned(), prefix: String::new() });
        let mut pages = Vec::new();
        loop {
            let page = listing.page().await.unwrap();
            if page.is_empty() {
                break;
            }
            pages.push(page.len());
        }
        assert_eq!(pages, [1000, 1]);
    }
}
