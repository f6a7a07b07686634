//! The files of the checkout.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// Names of what holds nothing of the project's own.
const FOREIGN: [&str; 6] = [".git", ".venv", "target", "node_modules", "dist", "__pycache__"];

/// A text file of the project.
#[derive(Clone, Debug)]
pub struct File {
    /// Its path from the root of the checkout, with forward slashes.
    pub path: String,
    /// Its text.
    pub text: String,
}

impl File {
    /// The text without tests: up to the test module that ends a file, and
    /// nothing of files that hold tests only.
    pub fn shipped(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        let tests_only =
            name == "tests.rs" || self.path.contains("/tests/") || self.path.contains("/benches/");
        if tests_only {
            return "";
        }
        let end = self.text.find("#[cfg(test)]\nmod ").unwrap_or(self.text.len());
        self.text.get(..end).unwrap_or_default()
    }
}

/// The root of the checkout.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap_or_else(|| Path::new(".")).to_owned()
}

/// Every text file of the project, ordered by path.
pub fn files() -> anyhow::Result<Vec<File>> {
    let root = root();
    let mut files = Vec::new();
    collect(&root, &root, &mut files)?;
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}

/// The Rust sources below a directory such as `crates/asl-value/src`.
pub fn rust_files(below: &str) -> anyhow::Result<Vec<File>> {
    let mut files = files()?;
    files.retain(|file| {
        file.path.starts_with(below) && Path::new(&file.path).extension() == Some(OsStr::new("rs"))
    });
    Ok(files)
}

fn collect(root: &Path, directory: &Path, files: &mut Vec<File>) -> anyhow::Result<()> {
    for entry in fs::read_dir(directory).with_context(|| format!("cannot list {}", directory.display()))? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if FOREIGN.contains(&name) {
            // In a second worktree `.git` is a file.
        } else if path.is_dir() {
            collect(root, &path, files)?;
        } else if let Ok(text) = fs::read_to_string(&path) {
            let relative = path.strip_prefix(root)?.to_string_lossy().replace('\\', "/");
            files.push(File { path: relative, text });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_do_not_ship() {
        let file = |path: &str, text: &str| File { path: path.to_owned(), text: text.to_owned() };
        assert_eq!(file("a/src/b.rs", "code\n#[cfg(test)]\nmod tests {}").shipped(), "code\n");
        assert_eq!(file("a/src/b.rs", "#[cfg(test)]\nfn f() {}").shipped(), "#[cfg(test)]\nfn f() {}");
        assert_eq!(file("a/src/b/tests.rs", "code").shipped(), "");
        assert_eq!(file("a/tests/b.rs", "code").shipped(), "");
    }
}
