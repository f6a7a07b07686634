//! Runs the official JSONata suite where it is at hand: every case must pass.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use asl_jsonata::{Budget, Dialect, Error, Expression, Host, Outcome};
use asl_value::Value;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/jsonata-suite")
}

fn read(path: &Path) -> serde_json::Value {
    let text = fs::read_to_string(path).expect("the file can be read");
    // No text holds half a surrogate pair: what JSON escapes, JSONata escapes as well.
    let text = text.replace("\\uD800", "\\\\uD800");
    serde_json::from_str(&text).expect("the file is JSON")
}

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    paths
}

struct Case {
    name: String,
    folder: PathBuf,
    json: serde_json::Value,
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for group in sorted(&folder().join("groups")) {
        for path in sorted(&group).into_iter().filter(|path| path.extension().is_some_and(|e| e == "json")) {
            let name = |place: usize| {
                let group = group.file_name().unwrap_or_default().to_string_lossy();
                let file = path.file_stem().unwrap_or_default().to_string_lossy();
                format!("{group}/{file}[{place}]")
            };
            let json = read(&path);
            let list = json.as_array().cloned().unwrap_or_else(|| vec![json]);
            cases.extend(list.into_iter().enumerate().map(|(place, json)| Case {
                name: name(place),
                folder: group.clone(),
                json,
            }));
        }
    }
    cases
}

fn evaluate(case: &Case, input: Option<&Value>) -> Result<Outcome, Error> {
    let text = match case.json.get("expr-file").and_then(serde_json::Value::as_str) {
        Some(file) => fs::read_to_string(case.folder.join(file)).expect("the expression's file"),
        None => case.json["expr"].as_str().expect("an expression").to_owned(),
    };
    let expression = Expression::compile(&text, Dialect::Standard)?;
    let bindings = Value::from(case.json.get("bindings").cloned().unwrap_or_default());
    let mut budget = Budget { allocated_bytes: 4 << 30, ..Budget::default() };
    if let Some(depth) = case.json.get("depth").and_then(serde_json::Value::as_u64) {
        budget.depth = usize::try_from(depth).expect("a depth");
    }
    let mut state = 42_u64;
    let mut host = Host {
        variable: &|name| bindings.get(name).cloned(),
        now_millis: 1_700_000_000_000,
        entropy: &mut || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state
        },
        budget,
    };
    expression.evaluate(input, &mut host)
}

/// Whether the outcome is what the case expects; if not, why.
fn check(case: &Case, outcome: &Result<Outcome, Error>) -> Result<(), String> {
    let json = &case.json;
    let wanted_error = json.get("error").unwrap_or(json);
    if let Some(code) = wanted_error.get("code").and_then(serde_json::Value::as_str) {
        let error = match outcome {
            Err(error) if error.code == code => error,
            other => return Err(format!("want {code}, got {other:?}")),
        };
        let token = wanted_error.get("token").and_then(serde_json::Value::as_str);
        if token.is_some() && error.token.as_deref() != token {
            return Err(format!("want token {token:?}, got {:?}", error.token));
        }
        let message = wanted_error.get("message").and_then(serde_json::Value::as_str);
        if message.is_some_and(|message| message != error.message) && code != "D3141" && code != "D3137" {
            return Err(format!("want message {message:?}, got {:?}", error.message));
        }
        return Ok(());
    }
    if json.get("undefinedResult").is_some() {
        // A function has no JSON, so to the suite it is no result either.
        return match outcome {
            Ok(Outcome::Undefined | Outcome::Function) => Ok(()),
            other => Err(format!("want undefined, got {other:?}")),
        };
    }
    let want = Value::from(json["result"].clone());
    let Ok(Outcome::Value(got)) = outcome else {
        return Err(format!("want {want}, got {outcome:?}"));
    };
    let same =
        if json.get("unordered").is_some() { unordered(got) == unordered(&want) } else { *got == want };
    if same { Ok(()) } else { Err(format!("want {want}, got {got}")) }
}

fn unordered(value: &Value) -> Vec<String> {
    let mut items: Vec<String> =
        value.as_array().iter().flat_map(|items| items.iter()).map(Value::to_string).collect();
    items.sort();
    items
}

#[test]
fn every_case_of_the_suite_passes() {
    if !folder().exists() {
        println!("skipped: no suite at {}", folder().display());
        return;
    }
    let datasets: BTreeMap<String, Value> = sorted(&folder().join("datasets"))
        .into_iter()
        .map(|path| {
            (path.file_stem().unwrap_or_default().to_string_lossy().into_owned(), Value::from(read(&path)))
        })
        .collect();
    let cases = cases();
    assert!(cases.len() > 1600, "only {} cases were found", cases.len());
    let mut failures = Vec::new();
    for case in &cases {
        let dataset = case.json.get("dataset").and_then(serde_json::Value::as_str);
        let input = match dataset {
            Some(name) => Some(datasets.get(name).expect("a dataset of that name").clone()),
            None => case.json.get("data").cloned().map(Value::from),
        };
        let outcome = evaluate(case, input.as_ref());
        if let Err(reason) = check(case, &outcome) {
            failures.push(format!("{}: {}\n    {}", case.name, case.json["expr"], reason));
        }
    }
    assert!(failures.is_empty(), "{} of {} failed:\n{}", failures.len(), cases.len(), failures.join("\n"));
}
