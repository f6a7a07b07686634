//! Files of at most 500 lines and functions of at most 70, tests apart. The
//! lists of known longer ones only shrink.

use std::collections::BTreeMap;

use tidy::function::functions;
use tidy::source::{File, rust_files};

const FILE_LINES_MAX: usize = 500;
const FUNCTION_LINES_MAX: usize = 70;

/// Files that are longer, and the length that they may not pass.
const LONG_FILES: &[(&str, usize)] = &[];

/// Functions that are longer, as `file function`, and the length that they may not pass.
const LONG_FUNCTIONS: &[(&str, usize)] = &[("crates/asl-jsonata/src/error.rs template", 152)];

fn sources() -> anyhow::Result<Vec<File>> {
    let mut files = rust_files("crates/")?;
    files.extend(rust_files("conformance/")?);
    anyhow::ensure!(files.len() > 20, "the sources were not found");
    Ok(files)
}

/// Measures against a list of known exceptions: each must be needed, and
/// stay as short as it has become.
fn ratchet(what: &str, limit: usize, known: &[(&str, usize)], measured: &BTreeMap<String, usize>) {
    let mut problems = Vec::new();
    for (name, &lines) in measured {
        let allowed = known.iter().find(|(listed, _)| listed == name).map_or(limit, |&(_, lines)| lines);
        if lines > allowed {
            problems.push(format!("{name} has {lines} lines, {allowed} are allowed"));
        }
    }
    for &(name, allowed) in known {
        match measured.get(name) {
            None => problems.push(format!("{name} is gone: take it off the list")),
            Some(&lines) if lines <= limit => {
                problems.push(format!("{name} is short now: take it off the list"));
            }
            Some(&lines) if lines + 25 < allowed => {
                problems.push(format!("{name} has shrunk to {lines}: say so"));
            }
            Some(_) => {}
        }
    }
    assert!(problems.is_empty(), "{what}: {problems:#?}");
}

#[test]
fn files_stay_short() {
    let measured =
        sources().unwrap().iter().map(|file| (file.path.clone(), file.shipped().lines().count())).collect();
    ratchet("files", FILE_LINES_MAX, LONG_FILES, &measured);
}

#[test]
fn functions_stay_short() {
    let mut measured = BTreeMap::new();
    for file in sources().unwrap() {
        for function in functions(file.shipped()) {
            let longest: &mut usize = measured.entry(format!("{} {}", file.path, function.name)).or_default();
            *longest = function.lines.max(*longest);
        }
    }
    ratchet("functions", FUNCTION_LINES_MAX, LONG_FUNCTIONS, &measured);
}
