//! Lines on standard output, or at the end of a file.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

/// Takes lines.
#[derive(Clone, Debug)]
pub(super) enum Lines {
    /// Standard output.
    Stdout,
    /// A file that is written at its end.
    File(Arc<File>),
}

impl Lines {
    /// The end of a file, which is made if absent.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self::File(Arc::new(OpenOptions::new().append(true).create(true).open(path)?)))
    }

    /// Writes whole lines, on a thread that may wait.
    pub(super) async fn write(&self, lines: Vec<u8>) -> io::Result<()> {
        let target = self.clone();
        let written = tokio::task::spawn_blocking(move || match target {
            Self::Stdout => {
                // One lock for all: lines of two writers do not mix.
                let mut stdout = io::stdout().lock();
                stdout.write_all(&lines)?;
                stdout.flush()
            }
            Self::File(file) => (&*file).write_all(&lines),
        });
        written.await.unwrap_or_else(|error| Err(io::Error::other(error)))
    }
}
