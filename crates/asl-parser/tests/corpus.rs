//! Definitions that others published, recorded or broke on purpose, where the
//! collection is at hand: good ones are accepted, bad ones refused.

#![expect(clippy::unwrap_used, reason = "the helpers of these tests are tests, too")]
#![expect(clippy::print_stdout, reason = "the shares are what one runs this for")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use asl_parser::{Diagnostic, MachineType, Options, Profile, parse};
use serde_json::{Value, json};

/// Files on which the parser is known to differ from their label, one a line:
/// the file, and why after a `#`. An entry that holds no more is an error.
const GAPS: &str = include_str!("corpus_gaps.txt");

fn shared(folder: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(folder);
    path.is_dir().then_some(path)
}

fn gaps(folder: &str) -> BTreeSet<String> {
    GAPS.lines()
        .filter_map(|line| line.split_once('#'))
        .filter_map(|(file, _)| file.trim().strip_prefix(folder)?.strip_prefix('/').map(str::to_owned))
        .collect()
}

/// The files of a folder whose outcome differs from `accepted`, with what was found.
fn differing(folder: &str, accepted: bool) -> Option<(usize, Vec<(String, String)>)> {
    let folder = shared("corpus")?.join(folder);
    let index: Vec<Value> =
        serde_json::from_str(&fs::read_to_string(folder.join("index.json")).unwrap()).unwrap();
    let count = index.len();
    let differing = index.iter().filter_map(|entry| {
        let file = entry["file"].as_str().unwrap();
        let profile = if entry["profile"] == "language" { Profile::Language } else { Profile::Service };
        let text = fs::read_to_string(folder.join(file)).unwrap();
        let parsed = parse(&text, &Options { profile, ..Options::default() });
        let found: Vec<String> =
            parsed.diagnostics.iter().filter(|found| found.is_error()).map(ToString::to_string).collect();
        (parsed.definition.is_some() != accepted)
            .then(|| (file.to_owned(), format!("{} | {}", entry["reason"], found.join(", "))))
    });
    Some((count, differing.collect()))
}

fn check(folder: &str, accepted: bool, share_min: f64) {
    let Some((count, differing)) = differing(folder, accepted) else { return };
    println!("{folder}: {} of {count} as labelled", count - differing.len());
    check_gaps(folder, &differing);
    #[expect(clippy::cast_precision_loss, reason = "a few hundred files")]
    let share = 1.0 - differing.len() as f64 / count as f64;
    assert!(share >= share_min, "{folder}: only {share:.3} as labelled");
}

fn check_gaps(folder: &str, differing: &[(String, String)]) {
    let files: BTreeSet<String> = differing.iter().map(|(file, _)| file.clone()).collect();
    let known = gaps(folder);
    let new: Vec<_> = differing.iter().filter(|(file, _)| !known.contains(file)).collect();
    assert!(new.is_empty(), "{folder}: {} new differences: {new:#?}", new.len());
    let closed: Vec<_> = known.difference(&files).collect();
    assert!(closed.is_empty(), "{folder}: remove these from the list of gaps: {closed:#?}");
}

#[test]
fn valid_definitions_are_accepted() {
    check("valid", true, 0.99);
}

#[test]
fn invalid_definitions_are_refused() {
    check("invalid", false, 0.97);
}

#[test]
fn mutants_are_refused() {
    check("mutants", false, 0.97);
}

/// A definition in a recorded case, and what the service said of it.
struct Recorded {
    definition: String,
    machine_type: MachineType,
    answer: Answer,
}

enum Answer {
    Accepted,
    /// Refused by an operation that joins its findings into a message.
    Refused(String),
    /// The findings of `ValidateStateMachineDefinition`.
    Findings(Value),
}

fn recorded(case: &Value) -> Vec<Recorded> {
    let machine_type = |value: &Value| match value["type"].as_str() {
        Some("EXPRESS") => MachineType::Express,
        _ => MachineType::Standard,
    };
    let mut found = Vec::new();
    let runs = case["runs"].as_array().into_iter().flatten();
    for holder in std::iter::once(case).chain(runs).filter(|holder| holder["definition"].is_object()) {
        // This hole stands for a whole ARN.
        let definition = holder["definition"].to_string().replace("\"activity_arn\"", ACTIVITY);
        found.push(Recorded { definition, machine_type: machine_type(case), answer: Answer::Accepted });
    }
    for call in case["calls"].as_array().into_iter().flatten() {
        let request = &call["request"];
        let Some(definition) = request["definition"].as_str() else { continue };
        let expected = &call["expect"][0];
        let answer = match call["op"].as_str() {
            Some("CreateStateMachine" | "UpdateStateMachine")
                if expected["error"]["code"] == "InvalidDefinition" =>
            {
                Answer::Refused(expected["error"]["message"].as_str().unwrap().replace("<partition>", "aws"))
            }
            Some("CreateStateMachine" | "UpdateStateMachine") => Answer::Accepted,
            Some("ValidateStateMachineDefinition") => {
                Answer::Findings(expected["body"]["diagnostics"].clone())
            }
            _ => continue,
        };
        found.push(Recorded {
            definition: definition.to_owned(),
            machine_type: machine_type(request),
            answer,
        });
    }
    found
}

const ACTIVITY: &str = "\"arn:aws:states:us-east-1:111111111111:activity:a\"";

/// What differs from the service's answer.
fn difference(recorded: &Recorded) -> Option<String> {
    let options = Options { machine_type: recorded.machine_type, ..Options::default() };
    let parsed = parse(&recorded.definition.replace("<partition>", "aws"), &options);
    let errors: Vec<&Diagnostic> = parsed.diagnostics.iter().filter(|found| found.is_error()).collect();
    let joined = errors.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let (wanted, got) = match &recorded.answer {
        Answer::Accepted => (String::new(), joined),
        Answer::Refused(message) => {
            (message.clone(), format!("Invalid State Machine Definition: '{joined}'"))
        }
        Answer::Findings(wanted) => {
            let findings = errors.iter().map(|found| {
                let mut finding = json!({
                    "severity": found.severity.name(), "code": found.code.name(), "message": found.message,
                });
                if let Some(location) = found.location() {
                    finding["location"] = location.into();
                }
                finding
            });
            (sorted(wanted), sorted(&findings.collect()))
        }
    };
    (wanted != got).then(|| format!("wanted {wanted}, got {got}"))
}

/// The findings with their members in one order.
fn sorted(findings: &Value) -> String {
    let findings = findings.as_array().unwrap().iter();
    let sorted: Vec<BTreeMap<_, _>> =
        findings.map(|finding| finding.as_object().unwrap().iter().collect()).collect();
    format!("{sorted:?}")
}

#[test]
fn recorded_definitions_are_judged_as_the_service_did() {
    let Some(cases) = shared("cases") else { return };
    let mut files: Vec<PathBuf> = fs::read_dir(cases)
        .unwrap()
        .map(|area| area.unwrap().path())
        .filter(|area| area.is_dir())
        .flat_map(|area| fs::read_dir(area).unwrap().map(|file| file.unwrap().path()))
        .filter(|file| file.extension().is_some_and(|extension| extension == "json"))
        .collect();
    files.sort();
    let mut differing = Vec::new();
    let mut count = 0;
    for file in files {
        let case: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        for recorded in recorded(&case) {
            count += 1;
            differing.extend(difference(&recorded).map(|difference| (name.clone(), difference)));
        }
    }
    println!("cases: {count} definitions, {} differ", differing.len());
    check_gaps("cases", &differing);
}
