//! What a server is started with.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use sfn_api::LogGroups;
use sfn_driver::Observer;

use crate::auth::Credential;

/// The settings of a server. [`Default`] gives those of `stepwell serve`.
#[derive(Clone, Debug)]
pub struct Config {
    /// Address and port to listen on; port 0 picks a free one.
    pub listen: SocketAddr,
    /// Where state machines and executions are kept.
    pub store: StoreUrl,
    /// The AWS region in ARNs.
    pub region: String,
    /// The AWS account in ARNs, twelve digits.
    pub account: String,
    /// Keys that requests must be signed with; none: anybody may call.
    pub credentials: Vec<Credential>,
    /// Whether time jumps when nothing else can happen, so that no Wait, retry
    /// or time-out takes real time. Tasks under way have their real time; see
    /// [`sfn_driver::Config::is_time_virtual`].
    pub virtual_time: bool,
    /// Who hears of executions: logs and events of status changes.
    pub observer: Option<Arc<dyn Observer>>,
    /// Who is asked whether the log group of a state machine is there; none, and
    /// it is taken to be.
    pub log_groups: Option<Arc<dyn LogGroups>>,
    /// The largest request body, in bytes.
    pub body_bytes_max: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8083)),
            store: StoreUrl::Sqlite(PathBuf::from("stepwell.db")),
            region: "us-east-1".to_owned(),
            account: "123456789012".to_owned(),
            credentials: Vec::new(),
            virtual_time: false,
            observer: None,
            log_groups: None,
            // A definition of 1 MiB in which every character is escaped.
            body_bytes_max: 8 << 20,
        }
    }
}

/// Which store, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreUrl {
    /// `memory:`, gone with the process.
    Memory,
    /// `sqlite:PATH`, a database file, made if absent.
    Sqlite(PathBuf),
}

/// The text names no store.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("wanted `memory:` or `sqlite:PATH` as the store, found `{0}`")]
pub struct StoreUrlError(String);

impl FromStr for StoreUrl {
    type Err = StoreUrlError;

    fn from_str(text: &str) -> Result<Self, StoreUrlError> {
        match text.split_once(':') {
            Some(("memory", "")) => Ok(Self::Memory),
            Some(("sqlite", path)) if !path.is_empty() => Ok(Self::Sqlite(PathBuf::from(path))),
            _ => Err(StoreUrlError(text.to_owned())),
        }
    }
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => f.write_str("memory:"),
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn store_urls_read_back() {
        for text in ["memory:", "sqlite:stepwell.db", "sqlite:/var/lib/a:b.db"] {
            assert_eq!(text.parse::<StoreUrl>().unwrap().to_string(), text);
        }
        for text in ["", "memory", "memory:x", "sqlite:", "postgres://db"] {
            assert_eq!(text.parse::<StoreUrl>(), Err(StoreUrlError(text.to_owned())));
        }
    }
}
