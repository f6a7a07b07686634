//! The corpus of the fuzz targets, replayed without a fuzzer.

use std::fs;
use std::path::Path;

use fuzz_bodies::TARGETS;

#[test]
fn every_target_takes_its_corpus() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    for (name, body) in TARGETS {
        let directory = corpus.join(name);
        let mut seeds = 0;
        for entry in
            fs::read_dir(&directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()))
        {
            body(&fs::read(entry.unwrap().path()).unwrap());
            seeds += 1;
        }
        assert!(seeds >= 3, "{name} has {seeds} seeds");
    }
}

#[test]
fn every_target_has_a_fuzzer_and_a_name_of_its_own() {
    let manifest =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/Cargo.toml")).unwrap();
    for (place, (name, _)) in TARGETS.iter().enumerate() {
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name} is no target of fuzz/Cargo.toml");
        assert!(TARGETS[..place].iter().all(|(other, _)| other != name), "{name} stands twice");
    }
}
