//! Where something is passed on to.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use crate::Endpoint;

/// Where log records or events go: `stdout`, `file:PATH`, or the endpoint of a
/// service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// The process's standard output, one JSON object a line.
    Stdout,
    /// The end of a file, one JSON object a line.
    File(PathBuf),
    /// A service that speaks like the one of AWS.
    Endpoint(Endpoint),
}

/// The text names no destination.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("wanted `stdout`, `file:PATH` or `http://HOST:PORT`, found `{0}`")]
pub struct DestinationError(String);

impl FromStr for Destination {
    type Err = DestinationError;

    fn from_str(text: &str) -> Result<Self, DestinationError> {
        match text.split_once(':') {
            None if text == "stdout" => Ok(Self::Stdout),
            Some(("file", path)) if !path.is_empty() => Ok(Self::File(PathBuf::from(path))),
            _ => Endpoint::parse(text).map(Self::Endpoint).map_err(|_| DestinationError(text.to_owned())),
        }
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdout => f.write_str("stdout"),
            Self::File(path) => write!(f, "file:{}", path.display()),
            Self::Endpoint(endpoint) => endpoint.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn destinations_read_back() {
        for text in ["stdout", "file:a.jsonl", "file:/var/log/a:b.jsonl", "http://127.0.0.1:5000"] {
            assert_eq!(text.parse::<Destination>().unwrap().to_string(), text);
        }
        for text in ["", "stderr", "file:", "a.jsonl", "ftp://h"] {
            assert_eq!(text.parse::<Destination>(), Err(DestinationError(text.to_owned())));
        }
    }
}
