//! Everything that the workspace is built from may be used and passed on
//! freely.

use tidy::licence::is_satisfied;
use tidy::workspace::Workspace;

const ACCEPTED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

#[test]
fn licences_are_permissive() {
    let workspace = Workspace::load().unwrap();
    let mut offences = Vec::new();
    let mut looked_at = 0;
    for package in workspace.foreign() {
        looked_at += 1;
        let license = package.license.as_deref().unwrap_or("none stated");
        if !is_satisfied(license, ACCEPTED) {
            offences.push(format!("{} {}: {license}", package.name, package.version));
        }
    }
    assert!(looked_at > 10, "no packages were found");
    assert!(offences.is_empty(), "{offences:#?}");
}
