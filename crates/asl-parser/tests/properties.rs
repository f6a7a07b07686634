//! Laws of parsing: no text makes it panic, findings lie inside the text, the
//! graph has every transition.

use asl_parser::{Diagnostic, Edge, Next, Options, Reason, StateKind, parse};
use proptest::prelude::*;

const SAMPLE: &str = include_str!("definitions/all_states.json");

/// Whatever was read, its findings point into the text, and a definition comes
/// exactly if no finding is an error.
fn check_laws(text: &str) {
    let parsed = parse(text, &Options::default());
    for found in &parsed.diagnostics {
        assert!(text.get(found.span.clone()).is_some(), "{found:?}");
        assert!(found.line >= 1 && found.column >= 1, "{found:?}");
        let before = &text[..found.span.start];
        assert_eq!(found.line, before.matches('\n').count() + 1, "{found:?}");
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        assert_eq!(found.column, before[line_start..].chars().count() + 1, "{found:?}");
    }
    let failed = parsed.diagnostics.iter().any(Diagnostic::is_error);
    assert_eq!(parsed.definition.is_none(), failed, "{:#?}", parsed.diagnostics);
}

fn character_boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_text_is_survived(text in any::<String>()) {
        check_laws(&text);
    }

    #[test]
    fn text_of_json_characters_is_survived(text in r#"[\[\]{}:,"\\0-9a-z$. \n-]{0,200}"#) {
        check_laws(&text);
    }

    #[test]
    fn cut_and_patched_definitions_are_survived(
        from in 0..SAMPLE.len(),
        len in 0..60_usize,
        patch in r#"[\[\]{}:,"a-zA-Z$.%0-9 ]{0,12}"#,
    ) {
        let from = character_boundary(SAMPLE, from);
        let to = character_boundary(SAMPLE, (from + len).min(SAMPLE.len()));
        check_laws(&format!("{}{patch}{}", &SAMPLE[..from], &SAMPLE[to..]));
    }

    #[test]
    fn values_in_wrong_places_are_survived(place in 0..200_usize, value in prop::sample::select(vec![
        "null", "true", "-1", "1e400", "\"\"", "\"$\"", "\"{%\"", "[]", "{}", "[{}]", "{\"States\":{}}",
    ])) {
        // Replaces the value behind one colon.
        let colons: Vec<usize> = SAMPLE.match_indices("\": ").map(|(at, found)| at + found.len()).collect();
        let from = colons[place % colons.len()];
        let mut values = serde_json::Deserializer::from_str(&SAMPLE[from..]).into_iter::<serde_json::Value>();
        let read = values.next().map(|read| read.is_ok());
        prop_assert_eq!(read, Some(true));
        let to = from + values.byte_offset();
        check_laws(&format!("{}{value}{}", &SAMPLE[..from], &SAMPLE[to..]));
    }
}

#[test]
fn the_graph_has_every_transition() {
    let parsed = parse(SAMPLE, &Options::default());
    assert!(parsed.diagnostics.is_empty(), "{:#?}", parsed.diagnostics);
    let definition = parsed.definition.expect("nothing was found");
    for (_, scope) in definition.scopes() {
        for (place, state) in scope.states() {
            let mut want = Vec::new();
            if let Some(Next::State(to)) = state.next() {
                want.push((Edge::Next, to));
            }
            want.extend(
                state.catch().iter().enumerate().map(|(at, catcher)| (Edge::Catch(at), catcher.next)),
            );
            if let StateKind::Choice(choice) = &state.kind {
                want.extend(choice.rules.iter().enumerate().map(|(at, rule)| (Edge::Choice(at), rule.next)));
                want.extend(choice.default.map(|to| (Edge::Default, to)));
            }
            let mut got: Vec<_> = scope
                .graph
                .edge_indices()
                .filter_map(|edge| {
                    let (from, to) = scope.graph.edge_endpoints(edge)?;
                    (from == place).then(|| (scope.graph[edge], to))
                })
                .collect();
            want.sort();
            got.sort();
            assert_eq!(got, want, "{}", state.name);
        }
    }
}

#[test]
fn deep_nesting_is_refused_not_overflowed() {
    for (name, text) in [
        ("arrays", "[".repeat(1_000_000)),
        ("objects", "{\"a\":".repeat(500_000)),
        (
            "a result",
            format!(
                r#"{{"StartAt":"A","States":{{"A":{{"Type":"Pass","Result":{}{},"End":true}}}}}}"#,
                "[".repeat(100_000),
                "]".repeat(100_000)
            ),
        ),
        (
            "conditions",
            format!(
                r#"{{"StartAt":"A","States":{{"A":{{"Type":"Choice","Choices":[{}{{}}{}]}}}}}}"#,
                r#"{"Not":"#.repeat(50_000),
                "}".repeat(50_000)
            ),
        ),
    ] {
        let found = parse(&text, &Options::default()).diagnostics;
        assert_eq!(found.len(), 1, "{name}");
        assert_eq!(found[0].reason, Reason::TooDeep, "{name}");
    }
}

#[test]
fn nesting_within_the_limit_is_read() {
    let levels = 90;
    let mut text = r#"{"StartAt":"S","States":{"S":{"Type":"Succeed"}}}"#.to_owned();
    for level in 0..levels {
        text = format!(
            r#"{{"StartAt":"P{level}","States":{{"P{level}":{{"Type":"Parallel","End":true,"Branches":[{text}]}}}}}}"#
        );
    }
    let parsed = parse(&text, &Options::default());
    assert_eq!(parsed.definition.map(|definition| definition.scopes.len()), Some(levels + 1));
}

#[test]
fn findings_are_bounded() {
    let fields = (0..5_000).map(|place| format!("\"F{place}\":1")).collect::<Vec<_>>().join(",");
    let parsed = parse(&format!("{{{fields}}}"), &Options::default());
    assert_eq!(parsed.diagnostics.len(), Options::default().limits.diagnostics_max);
    assert!(parsed.definition.is_none());
}
