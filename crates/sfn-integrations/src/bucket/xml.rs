//! The documents that S3 answers with. S3 API reference, `ListObjectsV2` and
//! *Error responses*.

use asl_runtime::Timestamp;
use chrono::DateTime;
use serde::Deserialize;

use super::{BucketError, Object};

/// One page of a listing, and the token of the next.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) objects: Vec<Object>,
    pub(super) next: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListBucketResult {
    #[serde(default)]
    contents: Vec<Contents>,
    next_continuation_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Contents {
    key: String,
    #[serde(rename = "ETag")]
    etag: String,
    last_modified: String,
    size: u64,
    storage_class: Option<String>,
}

/// What an error says of itself.
#[derive(Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct ErrorBody {
    pub(super) message: Option<String>,
    pub(super) request_id: Option<String>,
    pub(super) host_id: Option<String>,
}

pub(super) fn page(text: &str) -> Result<Page, BucketError> {
    let result: ListBucketResult =
        quick_xml::de::from_str(text).map_err(|error| BucketError::NotUnderstood(error.to_string()))?;
    let objects = result.contents.into_iter().map(|contents| {
        Ok(Object {
            last_modified: timestamp(&contents.last_modified)?,
            key: contents.key,
            etag: contents.etag,
            bytes: contents.size,
            storage_class: contents.storage_class.unwrap_or_else(|| "STANDARD".to_owned()),
        })
    });
    Ok(Page { objects: objects.collect::<Result<_, BucketError>>()?, next: result.next_continuation_token })
}

fn timestamp(text: &str) -> Result<Timestamp, BucketError> {
    let parsed = DateTime::parse_from_rfc3339(text);
    parsed.map(|time| time.to_utc()).map_err(|_| BucketError::NotUnderstood(format!("the time '{text}'")))
}

/// An error; empty if it is no XML, as after a HEAD or from a proxy.
pub(super) fn error(text: &str) -> ErrorBody {
    quick_xml::de::from_str(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_read() {
        let text = r#"<?xml version="1.0" encoding="UTF-8"?>
            <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><Prefix/>
            <KeyCount>2</KeyCount><MaxKeys>2</MaxKeys><IsTruncated>true</IsTruncated>
            <NextContinuationToken>t&amp;1</NextContinuationToken>
            <Contents><Key>a&amp;b/&lt;c&gt;</Key><LastModified>2023-11-05T10:00:00.500Z</LastModified>
            <ETag>&quot;d41d&quot;</ETag><Size>12</Size><StorageClass>GLACIER</StorageClass></Contents>
            <Contents><Key>d</Key><LastModified>2023-11-05T10:00:00Z</LastModified><ETag>"e"</ETag><Size>0</Size>
            <Owner><ID>1</ID></Owner></Contents>
            <CommonPrefixes><Prefix>p/</Prefix></CommonPrefixes></ListBucketResult>"#;
        let page = page(text).unwrap();
        let told: Vec<_> = page
            .objects
            .iter()
            .map(|it| (&*it.key, &*it.etag, it.last_modified.timestamp(), it.bytes, &*it.storage_class))
            .collect();
        let want = [
            ("a&b/<c>", "\"d41d\"", 1_699_178_400, 12, "GLACIER"),
            ("d", "\"e\"", 1_699_178_400, 0, "STANDARD"),
        ];
        assert_eq!(told, want);
        assert_eq!(page.next.as_deref(), Some("t&1"));
    }

    #[test]
    fn an_empty_bucket_is_one_empty_page() {
        let text = "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>";
        assert_eq!(page(text).unwrap(), Page { objects: Vec::new(), next: None });
    }

    #[test]
    fn what_is_no_listing_is_refused() {
        for text in ["", "<html>", "<ListBucketResult><Contents><Key>k</Key></Contents></ListBucketResult>"] {
            assert!(matches!(page(text), Err(BucketError::NotUnderstood(_))), "{text}");
        }
    }

    #[test]
    fn errors_are_read() {
        let text = "<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message>\
            <Key>k</Key><RequestId>r</RequestId><HostId>h</HostId></Error>";
        let want = ErrorBody {
            message: Some("The specified key does not exist.".to_owned()),
            request_id: Some("r".to_owned()),
            host_id: Some("h".to_owned()),
        };
        assert_eq!(error(text), want);
        assert_eq!(error("<html>oh"), ErrorBody::default());
    }
}
