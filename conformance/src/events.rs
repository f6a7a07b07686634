//! Expected histories against actual ones, by the ordering that was recorded.

use std::fmt;

use serde::Deserialize;
use serde_json::Value;

use crate::json::{Mismatch, compare};
use crate::text::{Bindings, Placeholders};

/// Pairings that the comparison of concurrent branches may try.
const ATTEMPTS_MAX: u32 = 100_000;

/// How far the order of a recorded history binds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ordering {
    /// Event by event.
    #[default]
    Exact,
    /// As trees over previousEventId: branches ran at once.
    Causal,
    /// Inside Parallel states as a multiset, the rest by id.
    UnorderedParallel,
}

/// The first event in which two histories differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Number of the event, where it has one.
    pub id: Option<u64>,
    /// What differs in it.
    pub mismatch: Mismatch,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.id {
            Some(id) => write!(f, "event {id} {}", self.mismatch),
            None => write!(f, "events {}", self.mismatch),
        }
    }
}

/// Compares two histories in the API's shape.
pub fn compare_histories(
    placeholders: &Placeholders,
    ordering: Ordering,
    expected: &[Value],
    actual: &[Value],
    bindings: &mut Bindings,
) -> Result<(), Difference> {
    timestamps_rise(actual)?;
    let mut comparison = Comparison { placeholders, expected, actual, attempts_left: ATTEMPTS_MAX };
    match ordering {
        Ordering::Exact => comparison.exact(bindings),
        Ordering::Causal => comparison.causal(bindings),
        Ordering::UnorderedParallel => comparison.unordered_parallel(bindings),
    }
}

fn timestamps_rise(actual: &[Value]) -> Result<(), Difference> {
    let seconds = |event: &Value| event.get("timestamp").and_then(Value::as_f64);
    for pair in actual.windows(2) {
        if let [before, after] = pair
            && let (Some(earlier), Some(later)) = (seconds(before), seconds(after))
            && earlier > later
        {
            let mismatch = Mismatch::new("/timestamp", "no step back in time", after);
            return Err(Difference { id: id(after), mismatch });
        }
    }
    Ok(())
}

fn id(event: &Value) -> Option<u64> {
    event.get("id").and_then(Value::as_u64)
}

fn previous(event: &Value) -> Option<u64> {
    event.get("previousEventId").and_then(Value::as_u64)
}

fn kind(event: &Value) -> &str {
    event.get("type").and_then(Value::as_str).unwrap_or_default()
}

/// The event without the members named, and without its time.
fn without(event: &Value, members: &[&str]) -> Value {
    let mut event = event.clone();
    if let Some(object) = event.as_object_mut() {
        object.retain(|key, _| key != "timestamp" && !members.contains(&key.as_str()));
    }
    event
}

struct Comparison<'c> {
    placeholders: &'c Placeholders,
    expected: &'c [Value],
    actual: &'c [Value],
    attempts_left: u32,
}

impl Comparison<'_> {
    fn pair(
        &self,
        expected: &Value,
        actual: &Value,
        skip: &[&str],
        bindings: &mut Bindings,
    ) -> Result<(), Mismatch> {
        if kind(expected) != kind(actual) {
            return Err(Mismatch::new("/type", kind(expected), kind(actual)));
        }
        compare(self.placeholders, &without(expected, skip), &without(actual, skip), bindings)
    }

    fn exact(&self, bindings: &mut Bindings) -> Result<(), Difference> {
        for (index, expected) in self.expected.iter().enumerate() {
            let Some(actual) = self.actual.get(index) else {
                return Err(Difference {
                    id: id(expected),
                    mismatch: Mismatch::new("", kind(expected), "no event"),
                });
            };
            let skip: &[&str] = if self.after_map_run(expected, actual) { &["previousEventId"] } else { &[] };
            self.pair(expected, actual, skip, bindings)
                .map_err(|mismatch| Difference { id: id(expected), mismatch: named(mismatch, expected) })?;
        }
        match self.actual.get(self.expected.len()) {
            Some(more) => {
                Err(Difference { id: id(more), mismatch: Mismatch::new("", "no event", kind(more)) })
            }
            None => Ok(()),
        }
    }

    /// What led out of a distributed Map was recorded in two ways.
    fn after_map_run(&self, expected: &Value, actual: &Value) -> bool {
        let leads = |event: &Value| {
            let cause = self.actual.iter().find(|other| id(other) == previous(event));
            cause.is_some_and(|cause| matches!(kind(cause), "MapRunStarted" | "MapRunSucceeded"))
        };
        kind(expected) == "MapStateExited" && leads(expected) && leads(actual)
    }

    fn causal(&mut self, bindings: &mut Bindings) -> Result<(), Difference> {
        let expected = children(self.expected);
        let actual = children(self.actual);
        if self.expected.len() != self.actual.len() {
            let mismatch = Mismatch::new(
                "",
                format!("{} events", self.expected.len()),
                format!("{} events", self.actual.len()),
            );
            return Err(Difference { id: None, mismatch });
        }
        let roots = |forest: &Forest| forest.first().cloned().unwrap_or_default();
        let trees = Trees { expected: &expected, actual: &actual };
        self.siblings(&trees, &roots(&expected), &roots(&actual), bindings)
    }

    /// Pairs up siblings, each with its subtree, in any order.
    fn siblings(
        &mut self,
        trees: &Trees<'_>,
        expected: &[usize],
        actual: &[usize],
        bindings: &mut Bindings,
    ) -> Result<(), Difference> {
        let Some((&first, others)) = expected.split_first() else {
            return match actual.first().and_then(|&index| self.actual.get(index)) {
                Some(more) => {
                    Err(Difference { id: id(more), mismatch: Mismatch::new("", "no event", kind(more)) })
                }
                None => Ok(()),
            };
        };
        let Some(want) = self.expected.get(first) else { return Ok(()) };
        let mut closest =
            Difference { id: id(want), mismatch: Mismatch::new("", kind(want), "no such event") };
        for (place, &candidate) in actual.iter().enumerate() {
            let Some(attempts_left) = self.attempts_left.checked_sub(1) else { break };
            self.attempts_left = attempts_left;
            let Some(got) = self.actual.get(candidate) else { continue };
            let mut bound = bindings.clone();
            if let Err(mismatch) = self.pair(want, got, &["id", "previousEventId"], &mut bound) {
                if kind(want) == kind(got) {
                    closest.mismatch = named(mismatch, want);
                }
                continue;
            }
            let below = |forest: &Forest, index: usize| forest.get(index + 1).cloned().unwrap_or_default();
            let attempt = self
                .siblings(trees, &below(trees.expected, first), &below(trees.actual, candidate), &mut bound)
                .and_then(|()| {
                    let mut rest = actual.to_vec();
                    rest.remove(place);
                    self.siblings(trees, others, &rest, &mut bound)
                });
            match attempt {
                Ok(()) => {
                    *bindings = bound;
                    return Ok(());
                }
                Err(difference) => closest = difference,
            }
        }
        Err(closest)
    }

    fn unordered_parallel(&mut self, bindings: &mut Bindings) -> Result<(), Difference> {
        // The recorder dropped how the state ended.
        let dropped =
            |event: &&Value| matches!(kind(event), "ParallelStateSucceeded" | "ParallelStateFailed");
        let kept = self.expected.iter().filter(|event| !dropped(event));
        let (outside, inside): (Vec<&Value>, Vec<&Value>) = kept.partition(|event| id(event).is_some());
        let mut left: Vec<&Value> = Vec::new();
        for actual in self.actual.iter().filter(|event| !dropped(event)) {
            let Some(expected) = outside.iter().find(|event| id(event) == id(actual)) else {
                left.push(actual);
                continue;
            };
            // Which branch came last was not recorded.
            let joins = kind(expected) == "ParallelStateExited";
            let skip: &[&str] = if joins { &["previousEventId"] } else { &[] };
            self.pair(expected, actual, skip, bindings)
                .map_err(|mismatch| Difference { id: id(expected), mismatch: named(mismatch, expected) })?;
        }
        if let Some(missing) =
            outside.iter().find(|event| !self.actual.iter().any(|other| id(other) == id(event)))
        {
            return Err(Difference {
                id: id(missing),
                mismatch: Mismatch::new("", kind(missing), "no event"),
            });
        }
        self.multiset(&inside, &left, bindings)
    }

    fn multiset(
        &mut self,
        expected: &[&Value],
        actual: &[&Value],
        bindings: &mut Bindings,
    ) -> Result<(), Difference> {
        let Some((want, others)) = expected.split_first() else {
            return match actual.first() {
                Some(more) => {
                    Err(Difference { id: id(more), mismatch: Mismatch::new("", "no event", kind(more)) })
                }
                None => Ok(()),
            };
        };
        let mut closest = Difference { id: None, mismatch: Mismatch::new("", kind(want), "no such event") };
        for (place, got) in actual.iter().enumerate() {
            let Some(attempts_left) = self.attempts_left.checked_sub(1) else { break };
            self.attempts_left = attempts_left;
            let mut bound = bindings.clone();
            if let Err(mismatch) = self.pair(want, got, &["id", "previousEventId"], &mut bound) {
                if kind(want) == kind(got) {
                    closest.mismatch = named(mismatch, want);
                }
                continue;
            }
            let mut rest = actual.to_vec();
            rest.remove(place);
            match self.multiset(others, &rest, &mut bound) {
                Ok(()) => {
                    *bindings = bound;
                    return Ok(());
                }
                Err(difference) => closest = difference,
            }
        }
        Err(closest)
    }
}

fn named(mismatch: Mismatch, event: &Value) -> Mismatch {
    Mismatch { at: format!("({}) {}", kind(event), mismatch.at), ..mismatch }
}

/// Children of each event by its place in the history plus one; the roots at 0.
type Forest = Vec<Vec<usize>>;

struct Trees<'t> {
    expected: &'t Forest,
    actual: &'t Forest,
}

/// The forest of a history in which what joins branches, and each iteration,
/// hangs off the start of its Map or Parallel state.
fn children(events: &[Value]) -> Forest {
    let place = |event_id: Option<u64>| events.iter().position(|event| id(event) == event_id);
    let mut forest = vec![Vec::new(); events.len() + 1];
    let mut starts: Vec<Option<usize>> = Vec::with_capacity(events.len());
    for (index, event) in events.iter().enumerate() {
        let start = joins(kind(event)).and_then(|started| {
            let mut at = place(previous(event));
            loop {
                let here = at.filter(|&here| here < index)?;
                match starts.get(here).copied().flatten() {
                    // Past a nested state that has ended.
                    Some(inner)
                        if joins(kind(events.get(here)?)).is_some()
                            && kind(events.get(here)?) != "MapIterationStarted" =>
                    {
                        at = place(previous(events.get(inner)?));
                    }
                    _ if kind(events.get(here)?) == started => return Some(here),
                    _ => at = place(previous(events.get(here)?)),
                }
            }
        });
        starts.push(start);
        let parent = start.or_else(|| place(previous(event)).filter(|&parent| parent < index));
        if let Some(siblings) = forest.get_mut(parent.map_or(0, |parent| parent + 1)) {
            siblings.push(index);
        }
    }
    forest
}

/// The event type below whose event one of this type hangs.
fn joins(kind: &str) -> Option<&'static str> {
    match kind {
        "MapStateSucceeded" | "MapStateFailed" | "MapStateExited" | "MapIterationStarted" => {
            Some("MapStateStarted")
        }
        "ParallelStateSucceeded" | "ParallelStateFailed" | "ParallelStateExited" => {
            Some("ParallelStateStarted")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(id: u64, previous: u64, kind: &str) -> Value {
        json!({"id": id, "previousEventId": previous, "type": kind, "timestamp": "timestamp"})
    }

    fn detailed(id: u64, previous: u64, kind: &str, output: &str) -> Value {
        let mut event = event(id, previous, kind);
        event["details"] = json!({ "output": output });
        event
    }

    fn check(ordering: Ordering, expected: &[Value], actual: &[Value]) -> Result<(), Option<u64>> {
        let placeholders = Placeholders::new(&[], "us-east-1", "111111111111");
        compare_histories(&placeholders, ordering, expected, actual, &mut Bindings::new())
            .map_err(|found| found.id)
    }

    fn line() -> Vec<Value> {
        vec![
            event(1, 0, "A"),
            event(2, 0, "B"),
            detailed(3, 2, "C", "<uuid:1>"),
            detailed(4, 3, "D", "<uuid:1>"),
        ]
    }

    fn line_actual() -> Vec<Value> {
        vec![event(1, 0, "A"), event(2, 0, "B"), detailed(3, 2, "C", "u"), detailed(4, 3, "D", "u")]
    }

    #[test]
    fn exact_histories() {
        let exact = |actual: &[Value]| check(Ordering::Exact, &line(), actual);
        assert_eq!(exact(&line_actual()), Ok(()));
        let changed = |index: usize, member: &str, value: Value| {
            let mut actual = line_actual();
            actual[index][member] = value;
            exact(&actual)
        };
        assert_eq!(changed(1, "id", json!(7)), Err(Some(2)), "wrong id");
        assert_eq!(changed(1, "previousEventId", json!(1)), Err(Some(2)), "wrong previous event");
        assert_eq!(changed(1, "type", json!("X")), Err(Some(2)), "wrong type");
        assert_eq!(changed(2, "details", json!({})), Err(Some(3)), "a detail is missing");
        assert_eq!(
            changed(2, "details", json!({"output": "u", "more": 1})),
            Err(Some(3)),
            "a detail too many"
        );
        assert_eq!(changed(3, "details", json!({"output": "v"})), Err(Some(4)), "a hole with two values");
        assert_eq!(exact(&line_actual()[..3]), Err(Some(4)), "an event is missing");
        assert_eq!(check(Ordering::Exact, &line()[..3], &line_actual()), Err(Some(4)), "an event too many");
        assert_eq!(exact(&[]), Err(Some(1)), "no events at all");
    }

    #[test]
    fn time_does_not_go_back() {
        let mut actual = line_actual();
        actual[1]["timestamp"] = json!(2.0);
        actual[2]["timestamp"] = json!(1.9);
        assert_eq!(check(Ordering::Exact, &line(), &actual), Err(Some(3)));
        actual[2]["timestamp"] = json!(2.0);
        assert_eq!(check(Ordering::Exact, &line(), &actual), Ok(()));
    }

    #[test]
    fn the_exit_of_a_map_run_has_two_recorded_causes() {
        let run = |previous| {
            vec![
                event(1, 0, "MapRunStarted"),
                event(2, 1, "MapRunSucceeded"),
                event(3, previous, "MapStateExited"),
            ]
        };
        assert_eq!(check(Ordering::Exact, &run(1), &run(2)), Ok(()));
        assert_eq!(check(Ordering::Exact, &run(2), &run(1)), Ok(()));
        assert_eq!(check(Ordering::Exact, &run(2), &run(0)), Err(Some(3)));
    }

    /// Two iterations, the second recorded as following the first.
    fn map() -> Vec<Value> {
        vec![
            event(1, 0, "MapStateStarted"),
            event(2, 1, "MapIterationStarted"),
            detailed(3, 2, "Exited", "a"),
            event(4, 3, "MapIterationStarted"),
            detailed(5, 4, "Exited", "b"),
            event(6, 5, "MapStateSucceeded"),
            event(7, 5, "MapStateExited"),
            event(8, 7, "ExecutionSucceeded"),
        ]
    }

    fn map_at_once(second: &str) -> Vec<Value> {
        vec![
            event(1, 0, "MapStateStarted"),
            event(2, 1, "MapIterationStarted"),
            event(3, 1, "MapIterationStarted"),
            detailed(4, 3, "Exited", second),
            detailed(5, 2, "Exited", "a"),
            event(6, 5, "MapStateSucceeded"),
            event(7, 5, "MapStateExited"),
            event(8, 7, "ExecutionSucceeded"),
        ]
    }

    #[test]
    fn causal_histories() {
        assert_eq!(check(Ordering::Causal, &map(), &map_at_once("b")), Ok(()));
        assert!(check(Ordering::Causal, &map(), &map_at_once("c")).is_err(), "wrong detail in a branch");
        assert!(check(Ordering::Causal, &map(), &map()[..7]).is_err(), "an event is missing");
        let mut elsewhere = map_at_once("b");
        elsewhere[7]["previousEventId"] = json!(5);
        assert!(check(Ordering::Causal, &map(), &elsewhere).is_err(), "an event hangs elsewhere");
        let mut twice = map_at_once("a");
        twice[4]["details"] = json!({"output": "a"});
        assert!(check(Ordering::Causal, &map(), &twice).is_err(), "one branch twice");
        assert!(check(Ordering::Exact, &map(), &map_at_once("b")).is_err());
    }

    #[test]
    fn causal_order_looks_past_nested_states() {
        let nested = vec![
            event(1, 0, "MapStateStarted"),
            event(2, 1, "MapIterationStarted"),
            event(3, 2, "MapStateStarted"),
            event(4, 3, "MapIterationStarted"),
            event(5, 4, "MapStateSucceeded"),
            event(6, 4, "MapStateExited"),
            event(7, 6, "MapIterationStarted"),
            event(8, 7, "MapStateExited"),
        ];
        let forest = children(&nested);
        assert_eq!(forest[1], [1, 6, 7], "below the outer start");
        assert_eq!(forest[3], [3, 4, 5], "below the inner start");
    }

    #[test]
    fn parallel_states_as_multisets() {
        let inside = |output: &str| {
            let mut event = detailed(0, 0, "Exited", output);
            event["id"] = json!([0]);
            event
        };
        let expected = vec![
            event(1, 0, "ParallelStateStarted"),
            inside("a"),
            inside("b"),
            event(5, 2, "ParallelStateExited"),
        ];
        let actual = |first: &str, second: &str| {
            vec![
                event(1, 0, "ParallelStateStarted"),
                detailed(2, 1, "Exited", first),
                detailed(3, 1, "Exited", second),
                event(4, 3, "ParallelStateSucceeded"),
                event(5, 3, "ParallelStateExited"),
            ]
        };
        let unordered = |actual: &[Value]| check(Ordering::UnorderedParallel, &expected, actual);
        assert_eq!(unordered(&actual("b", "a")), Ok(()));
        assert_eq!(unordered(&actual("a", "a")), Err(None), "one event twice");
        assert!(unordered(&actual("a", "b")[..4]).is_err(), "the exit is missing");
        let mut more = actual("a", "b");
        more.push(event(6, 5, "Extra"));
        assert_eq!(unordered(&more), Err(Some(6)), "an event too many");
        let mut shifted = actual("a", "b");
        shifted[4]["id"] = json!(6);
        assert!(unordered(&shifted).is_err(), "wrong id outside");
    }
}
