//! What every crate documents, and what no file may hold.

use tidy::source::files;
use tidy::workspace::Workspace;

#[test]
fn every_library_opens_with_its_purpose_and_an_example() {
    let files = files().unwrap();
    for package in Workspace::load().unwrap().ours() {
        let root = |name: &str| {
            let path = format!("{}/src/{name}", package.directory);
            files.iter().find(|file| file.path == path)
        };
        let Some(file) = root("lib.rs").or_else(|| root("main.rs")) else {
            panic!("{} has no root", package.name)
        };
        let doc: Vec<&str> = file.text.lines().take_while(|line| line.starts_with("//!")).collect();
        assert!(doc.len() >= 2, "{} does not say what it is for", file.path);
        let example = doc.iter().any(|line| line.starts_with("//! ```"));
        assert!(example || file.path.ends_with("main.rs"), "{} has no example", file.path);
    }
}

#[test]
fn nothing_is_left_for_later_or_tied_to_a_machine() {
    // Put together here, so that this file does not hold them.
    let later = [["TO", "DO"], ["FIX", "ME"], ["XX", "X"]].map(|halves| halves.concat());
    let places = ["work", "root", "farm"].map(|name| format!("/{name}/"));
    let hosts =
        ["index.crates", "static.crates", "registry.npmjs", "files.pythonhosted", "deb.debian"].map(|host| {
            let end = if host.contains("crates") { "io" } else { "org" };
            format!("{host}.{end}")
        });
    let mut offences = Vec::new();
    for file in files().unwrap() {
        let lock = file.path.ends_with("Cargo.lock") || file.path.ends_with("package-lock.json");
        for (number, line) in file.text.lines().enumerate() {
            let at = |what: &str| format!("{}:{}: {what}", file.path, number + 1);
            let words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
            offences.extend(words.filter(|word| later.iter().any(|one| one == word)).map(at));
            if !lock {
                let named = |needle: &&String| {
                    line.match_indices(needle.as_str()).any(|(start, _)| {
                        // Part of a longer path or address: `a/work/b` is somebody's data.
                        let before = line.get(..start).and_then(|before| before.chars().next_back());
                        !before.is_some_and(|c| c.is_alphanumeric() || c == '.' || c == '/')
                    })
                };
                offences.extend(places.iter().filter(named).map(|place| at(place)));
                offences
                    .extend(hosts.iter().filter(|host| line.contains(host.as_str())).map(|host| at(host)));
            }
        }
    }
    assert!(offences.is_empty(), "{offences:#?}");
}
