//! What arguments name: files, standard input, and JSON documents in either or
//! in the argument itself.

use std::path::Path;

use anyhow::Context as _;
use stepwell::Payload;

/// Reads a file, or standard input for `-`.
pub(crate) fn read(path: &Path) -> anyhow::Result<String> {
    if path == Path::new("-") {
        return std::io::read_to_string(std::io::stdin()).context("cannot read standard input");
    }
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// A document as an `--input` option gives it: JSON, `@FILE`, or `-` for
/// standard input.
pub(crate) fn input(option: &str) -> anyhow::Result<Payload> {
    let text = match option.strip_prefix('@') {
        Some(path) => read(Path::new(path))?,
        None if option == "-" => read(Path::new(option))?,
        None => option.to_owned(),
    };
    Payload::parse(&text).context("the input is no JSON document")
}
