//! The project's own cases: complete in what they say, and right.

use std::collections::BTreeSet;
use std::path::Path;

use conformance::case::{Body, load};
use conformance::gap::Gaps;
use conformance::{history, report};

fn home() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn every_case_names_its_rule_and_stands_where_its_id_says() {
    let cases = load(&[home().join("cases")]).unwrap();
    assert!(cases.len() >= 90, "the cases were not found");
    for case in &cases {
        assert!(case.source.as_ref().is_some_and(|source| source.len() > 20), "{} names no source", case.id);
        assert!(
            case.id.starts_with(&format!("{}/", case.area)),
            "{} is not in the area {}",
            case.id,
            case.area
        );
        assert!(
            home().join("cases").join(format!("{}.json", case.id)).exists(),
            "{} stands elsewhere",
            case.id
        );
    }
}

#[test]
fn the_engine_does_what_the_cases_say() {
    let cases = load(&[home().join("cases")]).unwrap();
    let gaps = Gaps::load(&home().join("gaps.json")).unwrap();
    let known = gaps.reasons().unwrap();
    let mut problems = Vec::new();
    for case in cases.iter().filter(|case| !known.contains_key(case.id.as_str())) {
        if let Body::History(body) = &case.body {
            problems
                .extend(history::run(case, body).err().map(|problem| format!("{}: {problem:#}", case.id)));
        }
    }
    assert!(problems.is_empty(), "{problems:#?}");
}

#[test]
fn every_event_type_is_shown_or_a_known_gap() {
    let cases = load(&[home().join("cases")]).unwrap();
    let gaps = Gaps::load(&home().join("gaps.json")).unwrap();
    let shown = report::event_types(cases.iter());
    let missing: BTreeSet<String> =
        shown.iter().filter(|(_, count)| **count == 0).map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(missing, gaps.event_types, "the list of event types without a case is exact");
}
