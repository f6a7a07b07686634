use super::{OutOfSteps, Program};

fn find(pattern: &str, flags: &str, text: &str) -> Option<(String, Vec<Option<String>>)> {
    let program = Program::compile(pattern, flags.contains('i'), flags.contains('m')).expect(pattern);
    let found = program.find(text, 0, &mut 1_000_000).expect("steps suffice")?;
    let groups = found.groups.into_iter().map(|group| group.map(|range| text[range].to_owned())).collect();
    Some((text[found.range].to_owned(), groups))
}

#[test]
fn patterns_find_what_ecmascript_finds() {
    let rows: &[(&str, &str, &str, Option<&str>)] = &[
        ("a+b", "", "xaab", Some("aab")),
        ("a+?", "", "aaa", Some("a")),
        ("a{2,3}", "", "aaaa", Some("aaa")),
        ("a{,3}", "", "a{,3}", Some("a{,3}")),
        ("x*", "", "aaa", Some("")),
        ("^b", "m", "a\nb", Some("b")),
        ("^b", "", "a\nb", None),
        ("[^a-c]+", "", "abcdef", Some("def")),
        ("[\\d-x]+", "", "1-x", Some("1-x")),
        ("[\\D]", "", "1a", Some("a")),
        ("\\bfoo\\b", "", "a foo b", Some("foo")),
        ("HELLO", "i", "say hello", Some("hello")),
        ("[A-Z]+", "i", "é abc", Some("abc")),
        ("É", "i", "é", Some("é")),
        ("a(?=b)", "", "ac ab", Some("a")),
        ("a(?!b)", "", "ab ac", Some("a")),
        ("(?<=\\$)\\d+", "", "€5 $42", Some("42")),
        ("(?<!\\$)\\b\\d+", "", "$42 17", Some("17")),
        ("(a|ab)(c|bcd)(d*)", "", "abcd", Some("abcd")),
        ("(?:a|b)+?c", "", "abac", Some("abac")),
        ("(z)((a+)?(b+)?(c))*", "", "zaacbbbcac", Some("zaacbbbcac")),
        ("(a*)*", "", "b", Some("")),
        ("(?:){3}x", "", "x", Some("x")),
        ("\\u0041\\x42\\103", "", "ABC", Some("ABC")),
        ("\\cJ", "", "\n", Some("\n")),
        (".", "", "\n\u{1f600}", Some("\u{1f600}")),
        ("(?<y>\\d)\\k<y>", "", "1233", Some("33")),
        ("(.)\\1", "i", "xaA", Some("aA")),
        ("\\2(a)(b)", "", "ab", Some("ab")),
        ("[]", "", "a", None),
        ("[^]", "", "\n", Some("\n")),
        ("a]", "", "a]", Some("a]")),
    ];
    for (pattern, flags, text, want) in rows {
        let got = find(pattern, flags, text).map(|(found, _)| found);
        assert_eq!(got.as_deref(), *want, "/{pattern}/{flags} on {text:?}");
    }
}

#[test]
fn groups_hold_their_last_iteration() {
    let rows: &[(&str, &str, &[Option<&str>])] = &[
        ("(a)|(b)", "b", &[None, Some("b")]),
        // ECMAScript forgets the groups of a loop at each iteration.
        ("(z)((a+)?(b+)?(c))*", "zaacbbbcac", &[Some("z"), Some("ac"), Some("a"), None, Some("c")]),
        ("(?=(a+))a*b\\1", "baaabac", &[Some("a")]),
        ("(.*?)a(?!(a+)b\\2c)\\2(.*)", "baaabaac", &[Some("ba"), None, Some("abaac")]),
        ("(?<=([ab]+)([bc]+))$", "abc", &[Some("a"), Some("bc")]),
    ];
    for (pattern, text, want) in rows {
        let groups = find(pattern, "", text).expect(pattern).1;
        let groups: Vec<Option<&str>> = groups.iter().map(Option::as_deref).collect();
        assert_eq!(groups, *want, "/{pattern}/ on {text:?}");
    }
}

#[test]
fn wrong_patterns_are_refused() {
    for pattern in
        ["(", ")", "[a", "*a", "a**", "(?<x", "\\", "[b-a]", "a{3,2}", "(?x)", "^*", "\\k<n>(?<m>a)"]
    {
        assert!(Program::compile(pattern, false, false).is_err(), "{pattern}");
    }
    let nested = format!("{}a{}", "(".repeat(5000), ")".repeat(5000));
    assert!(Program::compile(&nested, false, false).is_err());
    assert!(Program::compile("((a{900}){900}){900}", false, false).is_err());
}

#[test]
fn catastrophic_patterns_run_out_of_steps() {
    let text = format!("{}!", "a".repeat(40));
    for pattern in ["(a+)+$", "(a|a)*$", "(a|aa)+$", "(.*.*)*x", "^(([a-z])+.)+[A-Z]([a-z])+$"] {
        let program = Program::compile(pattern, false, false).expect(pattern);
        assert_eq!(program.find(&text, 0, &mut 1_000_000), Err(OutOfSteps), "{pattern}");
    }
}
