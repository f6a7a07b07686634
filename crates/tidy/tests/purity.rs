//! What the pure crates may not touch: clock, chance, threads, files, network,
//! environment, and collections that iterate by chance.

use tidy::source::rust_files;

const BANNED: &[&str] = &[
    "SystemTime",
    "Instant",
    "std::env",
    "std::thread",
    "std::fs",
    "std::net",
    "std::process",
    "std::io::std",
    "tokio",
    "rand::",
    "HashMap",
    "HashSet",
    "RandomState",
    "Utc::now",
    "Local::now",
    "async fn",
    ".await",
    "println!",
    "thread_local!",
];

/// Whether a line names something; `Operand::` does not name `rand::`.
fn names(line: &str, thing: &str) -> bool {
    line.match_indices(thing).any(|(start, _)| {
        let before = line.get(..start).and_then(|before| before.chars().next_back());
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

#[test]
fn pure_crates_touch_nothing_outside_them() {
    let mut offences = Vec::new();
    let files = rust_files("crates/asl-").unwrap();
    assert!(files.len() > 10, "the pure crates were not found");
    for file in files.iter().filter(|file| file.path.contains("/src/")) {
        let code =
            file.shipped().lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
        for (number, line) in code {
            let found = BANNED.iter().find(|banned| names(line, banned));
            offences.extend(found.map(|banned| format!("{}:{}: {banned}", file.path, number + 1)));
        }
    }
    assert!(offences.is_empty(), "{offences:#?}");
}
