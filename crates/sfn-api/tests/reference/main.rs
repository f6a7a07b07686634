//! The reference of the API, `docs/api.md`: written from the tables by which
//! requests are read, and each line of it held by a case here.
//!
//! With `UPDATE_EXPECT=1` in the environment the document is written anew.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

#[path = "../support/mod.rs"]
mod support;

mod constraint;
mod document;
mod situation;

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use sfn_api::{ErrorCode, Operation};
use support::World;

/// Sends the smallest violation of each constraint of each operation.
#[test]
fn every_constraint_is_held() {
    let world = World::new();
    let mut count = 0;
    for operation in Operation::ALL {
        for case in constraint::cases(*operation) {
            let (code, message) = world.refusal(*operation, case.request.clone());
            assert_eq!(code, case.code.name(), "{operation} {}: {message}", case.id);
            assert!(message.contains(&case.text), "{operation} {}: {message}", case.id);
            count += 1;
        }
    }
    assert!(count > 200, "only {count} cases");
}

/// What is just within the constraints is not refused for them.
#[test]
fn the_least_and_the_most_are_accepted() {
    let world = World::new();
    for operation in Operation::ALL {
        for (id, request) in constraint::limits(*operation) {
            let Err(error) = world.try_call(*operation, request) else { continue };
            let at = format!(" at '{id}' failed to satisfy constraint");
            assert!(!error.message.contains(&at), "{operation} {id}: {error}");
            assert_ne!(error.code, ErrorCode::SerializationException, "{operation} {id}: {error}");
        }
    }
}

/// Makes the situation of each error of each operation.
#[test]
fn every_error_is_answered() {
    let mut answered = BTreeSet::new();
    for case in situation::CASES {
        let scene = situation::Scene::new();
        let request = (case.request)(&scene);
        let (code, message) = scene.world.refusal(case.operation, request);
        assert_eq!(code, case.code.name(), "{} {}: {message}", case.operation, case.id);
        assert!(answered.insert((case.operation, case.code)), "{} {} twice", case.operation, case.code);
    }
    for operation in Operation::ALL {
        for code in operation.errors() {
            assert!(answered.contains(&(*operation, *code)), "no case answers {operation} {code}");
        }
    }
    let known = Operation::ALL.iter().map(|operation| operation.errors().len()).sum::<usize>();
    assert_eq!(answered.len(), known, "a case answers an error that the model does not name");
}

#[test]
fn the_document_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/api.md");
    let want = document::text();
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, &want).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == want, "docs/api.md is stale: run this test with UPDATE_EXPECT=1");
}

/// Puts a value into an object, and gives the object back.
fn with(object: &Value, member: &str, value: Value) -> Value {
    let mut object = object.clone();
    object[member] = value;
    object
}
