//! Manifests: objects that name the objects that hold the items. S3 user
//! guide, *Amazon S3 Inventory*; developer guide, *`ItemReader`*, `ManifestType`.

use std::sync::Arc;

use asl_parser::ReaderConfig;
use asl_value::Value;

use super::stream::Objects;
use super::{Malformed, ReadError};
use crate::bucket::{Address, Buckets};

/// Most bytes of a manifest: it is read as a whole.
const MANIFEST_BYTES_MAX: usize = 64 * 1024 * 1024;

/// The objects that a manifest names.
pub(super) async fn read(
    buckets: &Buckets,
    address: &Address,
    config: &ReaderConfig,
) -> Result<Objects, ReadError> {
    let manifest = buckets.read(address).await?.whole(MANIFEST_BYTES_MAX).await?;
    let objects = match config.manifest_type.as_deref() {
        None | Some("S3_INVENTORY") => {
            let (addresses, headers) = inventory(&manifest)?;
            let config = ReaderConfig {
                input_type: Some("CSV".into()),
                csv_header_location: Some("GIVEN".into()),
                csv_headers: Some(headers),
                ..ReaderConfig::default()
            };
            Objects::several(buckets.clone(), addresses, config)?
        }
        Some("ATHENA_DATA") => Objects::several(buckets.clone(), athena(&manifest)?, config.clone())?,
        Some(other) => return Err(Malformed::unsupported("ManifestType", other).into()),
    };
    Ok(objects)
}

/// The files of an inventory, and the names of their columns.
fn inventory(text: &[u8]) -> Result<(Vec<Address>, Vec<Arc<str>>), Malformed> {
    let missing = |what: &str| Malformed::Manifest(format!("expected {what}"));
    let text = std::str::from_utf8(text).map_err(|error| Malformed::Manifest(error.to_string()))?;
    let manifest = asl_value::parse(text).map_err(|error| Malformed::Manifest(error.to_string()))?;
    let member = |name: &str| manifest.get(name).and_then(Value::as_str);
    match member("fileFormat") {
        Some("CSV") => {}
        other => return Err(Malformed::unsupported("fileFormat", other.unwrap_or_default())),
    }
    let bucket = member("destinationBucket").ok_or_else(|| missing("a destinationBucket"))?;
    let bucket = bucket.rsplit(":::").next().unwrap_or(bucket);
    let schema = member("fileSchema").ok_or_else(|| missing("a fileSchema"))?;
    let headers = schema.split(',').map(|name| Arc::from(name.trim())).collect();
    let files = manifest.get("files").and_then(Value::as_array).ok_or_else(|| missing("files"))?;
    let addresses = files.iter().map(|file| {
        let key = file.get("key").and_then(Value::as_str).ok_or_else(|| missing("a key of each file"))?;
        Ok(Address { bucket: bucket.to_owned(), key: key.to_owned(), version_id: None })
    });
    Ok((addresses.collect::<Result<_, Malformed>>()?, headers))
}

/// The files of an `UNLOAD` or query of Athena: one address a line.
fn athena(text: &[u8]) -> Result<Vec<Address>, Malformed> {
    let text = std::str::from_utf8(text).map_err(|error| Malformed::Manifest(error.to_string()))?;
    let lines = text.lines().map(|line| line.trim().trim_matches('"')).filter(|line| !line.is_empty());
    let address = |line: &str| {
        let (bucket, key) = line.strip_prefix("s3://")?.split_once('/')?;
        Some(Address { bucket: bucket.to_owned(), key: key.to_owned(), version_id: None })
    };
    lines
        .map(|line| {
            let wanted = || Malformed::Manifest(format!("expected s3://BUCKET/KEY, found '{line}'"));
            address(line).ok_or_else(wanted)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inventories_name_files_and_columns() {
        let text = br#"{"sourceBucket": "s", "destinationBucket": "arn:aws:s3:::d", "fileFormat": "CSV",
            "fileSchema": "Bucket, Key, Size", "files": [{"key": "a.csv.gz", "size": 1}, {"key": "b.csv.gz"}]}"#;
        let (addresses, headers) = inventory(text).unwrap();
        let told: Vec<_> = addresses.iter().map(|it| (&*it.bucket, &*it.key)).collect();
        assert_eq!(told, [("d", "a.csv.gz"), ("d", "b.csv.gz")]);
        assert_eq!(headers, ["Bucket", "Key", "Size"].map(Arc::from));
    }

    #[test]
    fn other_manifests_are_refused() {
        for (text, want) in [
            ("[", "the manifest is not understood: expected a value, but the text ends at line 1 column 2"),
            (r#"{"fileFormat": "ORC"}"#, "the fileFormat 'ORC' is not supported"),
            (r#"{"fileFormat": "CSV"}"#, "the manifest is not understood: expected a destinationBucket"),
        ] {
            assert_eq!(inventory(text.as_bytes()).unwrap_err().to_string(), want);
        }
    }

    #[test]
    fn athena_names_an_address_a_line() {
        let addresses = athena(b"s3://b/p/x\r\n\"s3://c/y\"\n\n").unwrap();
        let told: Vec<_> = addresses.iter().map(|it| (&*it.bucket, &*it.key)).collect();
        assert_eq!(told, [("b", "p/x"), ("c", "y")]);
        let error = athena(b"http://b/x").unwrap_err().to_string();
        assert_eq!(error, "the manifest is not understood: expected s3://BUCKET/KEY, found 'http://b/x'");
    }
}
