//! Runs many cases and tells what came of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use asl_runtime::EventKind;
use serde_json::Value;

use crate::case::{Body, Case};
use crate::gap::Gaps;
use crate::{calls, execution_log, history, server};

/// What came of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is as expected.
    Passed,
    /// It differs: where first.
    Failed(String),
    /// It cannot be scored: why.
    Skipped(String),
}

/// Runs cases, as many at once as the machine has cores.
pub fn run(cases: &[Case]) -> Vec<Verdict> {
    let program = server::program();
    let next = AtomicUsize::new(0);
    let verdicts = Mutex::new(vec![Verdict::Skipped("it was never run".to_owned()); cases.len()]);
    let work = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(case) = cases.get(index) else { return };
            let verdict = run_one(case, &program);
            if let Ok(mut verdicts) = verdicts.lock()
                && let Some(place) = verdicts.get_mut(index)
            {
                *place = verdict;
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    verdicts.into_inner().unwrap_or_default()
}

fn run_one(case: &Case, program: &anyhow::Result<PathBuf>) -> Verdict {
    if let Body::Calls(body) = &case.body
        && let Err(reason) = calls::scorable(body)
    {
        return Verdict::Skipped(reason.to_string());
    }
    // A panic is the failure of one case, not of the run.
    let result = std::panic::catch_unwind(|| match &case.body {
        Body::History(body) => {
            history::run(case, body)?;
            if body.logging.is_some() { execution_log::run(built(program)?, case, body) } else { Ok(()) }
        }
        Body::Calls(body) => calls::run(built(program)?, case, body),
    });
    match result {
        Ok(Ok(())) => Verdict::Passed,
        Ok(Err(problem)) => Verdict::Failed(format!("{problem:#}")),
        Err(_) => Verdict::Failed("it panicked".to_owned()),
    }
}

fn built(program: &anyhow::Result<PathBuf>) -> anyhow::Result<&Path> {
    program.as_deref().map_err(|problem| anyhow::anyhow!("{problem:#}"))
}

/// What a run of cases comes to.
#[derive(Debug)]
pub struct Summary {
    /// What a person reads; the last line counts.
    pub text: String,
    /// Nothing failed but what is known to, and all of that still fails.
    pub good: bool,
}

/// Sums up a run against the list of known gaps.
pub fn summarize(cases: &[Case], verdicts: &[Verdict], gaps: &Gaps) -> anyhow::Result<Summary> {
    let reasons = gaps.reasons()?;
    let mut text = String::new();
    let (mut passed, mut failed, mut skipped, mut known) = (0, 0, 0, 0);
    for (case, verdict) in cases.iter().zip(verdicts) {
        let reason = reasons.get(case.id.as_str());
        match (verdict, reason) {
            (Verdict::Passed, None) => passed += 1,
            (Verdict::Passed, Some(_)) => {
                failed += 1;
                writeln!(
                    text,
                    "FAILED {}\n    passes, but is listed as a known gap: take it off the list",
                    case.id
                )?;
            }
            (Verdict::Failed(problem), None) => {
                failed += 1;
                writeln!(text, "FAILED {}\n    {}", case.id, problem.replace('\n', "\n    "))?;
            }
            (Verdict::Failed(_), Some(_)) => known += 1,
            (Verdict::Skipped(_), _) => skipped += 1,
        }
    }
    if known > 0 {
        writeln!(text, "{known} of the skipped are known gaps (conformance/gaps.json)")?;
    }
    writeln!(text, "{passed} passed, {failed} failed, {} skipped", skipped + known)?;
    Ok(Summary { text, good: failed == 0 })
}

/// How many cases expect an event of each type, by the type's name.
pub fn event_types<'c>(cases: impl Iterator<Item = &'c Case>) -> BTreeMap<&'static str, usize> {
    let mut counts: BTreeMap<&str, usize> = EventKind::NAMES.iter().map(|&name| (name, 0)).collect();
    for case in cases {
        let mut shown = BTreeSet::new();
        match &case.body {
            Body::History(body) => {
                let expected = body.runs().filter_map(|(_, run)| run.expected.as_ref()?.events.as_ref());
                expected.flatten().for_each(|event| collect_types(event, &mut shown));
            }
            Body::Calls(body) => {
                let bodies =
                    body.calls.iter().flat_map(|call| &call.expect).filter_map(|expect| expect.body.as_ref());
                bodies.for_each(|body| collect_types(body, &mut shown));
            }
        }
        for name in shown {
            if let Some(count) = counts.get_mut(name.as_str()) {
                *count += 1;
            }
        }
    }
    counts
}

fn collect_types(value: &Value, shown: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let (Some(Value::String(kind)), Some(_)) =
                (members.get("type"), members.get("previousEventId"))
            {
                shown.insert(kind.clone());
            }
            members.values().for_each(|member| collect_types(member, shown));
        }
        Value::Array(elements) => elements.iter().for_each(|element| collect_types(element, shown)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(id: &str) -> Case {
        let text = format!(r#"{{"id": "{id}", "area": "a", "kind": "calls", "calls": []}}"#);
        serde_json::from_str(&text).unwrap()
    }

    fn summary(verdict: Verdict, listed: bool) -> Summary {
        let ids = if listed { r#"["a/x", "elsewhere"]"# } else { "[]" };
        let gaps = format!(r#"{{"cases": [{{"reason": "later", "ids": {ids}}}], "event_types": []}}"#);
        summarize(&[case("a/x")], &[verdict], &serde_json::from_str(&gaps).unwrap()).unwrap()
    }

    #[test]
    fn known_gaps_and_verdicts() {
        let failed = || Verdict::Failed("event 3".to_owned());
        for (name, verdict, listed, good, last) in [
            ("passes", Verdict::Passed, false, true, "1 passed, 0 failed, 0 skipped\n"),
            ("fails", failed(), false, false, "0 passed, 1 failed, 0 skipped\n"),
            ("fails as known", failed(), true, true, "0 passed, 0 failed, 1 skipped\n"),
            ("passes against the list", Verdict::Passed, true, false, "0 passed, 1 failed, 0 skipped\n"),
            ("skipped", Verdict::Skipped(String::new()), false, true, "0 passed, 0 failed, 1 skipped\n"),
        ] {
            let summary = summary(verdict, listed);
            assert_eq!(summary.good, good, "{name}");
            assert!(summary.text.ends_with(last), "{name}: {}", summary.text);
        }
        assert!(summary(failed(), false).text.contains("FAILED a/x\n    event 3"));
    }

    #[test]
    fn a_gap_listed_twice_is_refused() {
        let gaps: Gaps =
            serde_json::from_str(r#"{"cases": [{"reason": "r", "ids": ["a", "a"]}], "event_types": []}"#)
                .unwrap();
        assert!(summarize(&[], &[], &gaps).is_err());
    }
}
