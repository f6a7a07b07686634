//! Expected strings as patterns: literal text with holes in it.

use std::collections::{BTreeMap, BTreeSet};

/// Expected values that are holes when they are a whole string, in every case.
const WHOLE_HOLES: [&str; 7] =
    ["timestamp", "date", "RequestId", "X-Amzn-Trace-Id", "request-id", "snf_role_arn", "sfn_role_arn"];

/// Attempts that one string may cost. Expected strings hold few holes, so
/// only a hopeless one gets near.
const ATTEMPTS_MAX: u32 = 200_000;

/// What holes stand for so far.
pub type Bindings = BTreeMap<String, String>;

/// What a case says about its strings: where it ran, and which words of it
/// are placeholders.
#[derive(Clone, Debug)]
pub struct Placeholders {
    entries: BTreeSet<String>,
    region: String,
    account: String,
}

impl Placeholders {
    /// The placeholders of a case that runs in `region` and `account`.
    pub fn new(entries: &[String], region: &str, account: &str) -> Self {
        Self {
            entries: entries.iter().cloned().collect(),
            region: region.to_owned(),
            account: account.to_owned(),
        }
    }

    /// Whether `actual` is what `expected` describes. Holes that it fills are
    /// bound; after a mismatch the bindings are as they were.
    pub fn matches(&self, expected: &str, actual: &str, bindings: &mut Bindings) -> bool {
        if expected == actual {
            return true;
        }
        let parts = self.parts(expected);
        let mut search = Search { attempts_left: ATTEMPTS_MAX };
        let mut bound = bindings.clone();
        let matched = search.run(&parts, actual, &mut bound);
        if matched {
            *bindings = bound;
        }
        matched
    }

    /// Whether a whole string is one hole, which then stands for a value of
    /// any kind.
    pub fn is_hole(&self, expected: &str) -> bool {
        matches!(self.parts(expected).as_slice(), [Part::Hole(_)])
    }

    fn parts(&self, expected: &str) -> Vec<Part> {
        if self.entries.contains(expected) && !expected.contains('<') || WHOLE_HOLES.contains(&expected) {
            return vec![Part::Hole(Hole { name: expected.to_owned(), agrees: is_numbered(expected) })];
        }
        let mut parts = Parts::default();
        let mut rest = expected;
        while !rest.is_empty() {
            if let Some(name) = leading_angle(rest) {
                match name {
                    "<partition>" => parts.literal("aws"),
                    "<region>" => parts.literal(&self.region),
                    _ => parts.hole(
                        name,
                        !self.entries.contains(name) || name.contains(|c: char| c.is_ascii_digit()),
                    ),
                }
                rest = rest.get(name.len()..).unwrap_or_default();
            } else if let Some(after) = rest.strip_prefix("111111111111") {
                parts.literal(&self.account);
                rest = after;
            } else if let Some(name) = self.leading_entry(parts.last_char(), rest) {
                parts.hole(name, is_numbered(name));
                rest = rest.get(name.len()..).unwrap_or_default();
            } else {
                let end = rest.chars().next().map_or(0, char::len_utf8);
                let (literal, after) = rest.split_at(end);
                parts.literal(literal);
                rest = after;
            }
        }
        parts.done
    }

    /// A placeholder word (`activity_name`) that stands at the start of `rest`
    /// as a word of its own, or with more after a hyphen. Plain words (`date`)
    /// are holes as whole strings only.
    fn leading_entry<'a>(&self, before: Option<char>, rest: &'a str) -> Option<&'a str> {
        if before.is_some_and(is_word) {
            return None;
        }
        let end = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
        let word = rest.get(..end)?;
        let beginnings = word.match_indices('-').rev().filter_map(|(place, _)| word.get(..place));
        std::iter::once(word)
            .chain(beginnings)
            .find(|word| word.contains(['_', '-']) && self.entries.contains(*word))
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '-'
}

/// `activity_name_0`, `snf_role_arn_t1`: a placeholder that means one thing
/// throughout its case.
fn is_numbered(name: &str) -> bool {
    let digits = name.trim_end_matches(|c: char| c.is_ascii_digit());
    digits.len() < name.len() && (digits.ends_with('_') || digits.ends_with("_t"))
}

/// `<name>` at the start of a text.
fn leading_angle(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('<')?;
    let end = inner.find(['<', '>'])?;
    let name = inner.get(..end)?;
    let proper = inner.get(end..)?.starts_with('>')
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && !name.contains(char::is_whitespace);
    proper.then(|| text.get(..end + 2)).flatten()
}

#[derive(Debug)]
enum Part {
    Literal(String),
    Hole(Hole),
}

#[derive(Debug)]
struct Hole {
    name: String,
    /// The hole means the same throughout the case.
    agrees: bool,
}

#[derive(Default)]
struct Parts {
    done: Vec<Part>,
}

impl Parts {
    fn literal(&mut self, text: &str) {
        if let Some(Part::Literal(last)) = self.done.last_mut() {
            last.push_str(text);
        } else {
            self.done.push(Part::Literal(text.to_owned()));
        }
    }

    fn hole(&mut self, name: &str, agrees: bool) {
        self.done.push(Part::Hole(Hole { name: name.to_owned(), agrees }));
    }

    fn last_char(&self) -> Option<char> {
        match self.done.last() {
            Some(Part::Literal(text)) => text.chars().next_back(),
            Some(Part::Hole(_)) | None => None,
        }
    }
}

struct Search {
    attempts_left: u32,
}

impl Search {
    fn run(&mut self, parts: &[Part], actual: &str, bindings: &mut Bindings) -> bool {
        let Some(attempts_left) = self.attempts_left.checked_sub(1) else { return false };
        self.attempts_left = attempts_left;
        match parts {
            [] => actual.is_empty(),
            [Part::Literal(literal), rest @ ..] => {
                actual.strip_prefix(literal.as_str()).is_some_and(|after| self.run(rest, after, bindings))
            }
            [Part::Hole(hole), rest @ ..] => self.fill(hole, rest, actual, bindings),
        }
    }

    fn fill(&mut self, hole: &Hole, rest: &[Part], actual: &str, bindings: &mut Bindings) -> bool {
        // A scripted answer carries the placeholder itself, and so does what
        // comes of it; that says nothing about what else the hole stands for.
        if let Some(after) = actual.strip_prefix(hole.name.as_str())
            && self.run(rest, after, bindings)
        {
            return true;
        }
        if hole.agrees
            && let Some(bound) = bindings.get(&hole.name)
        {
            let after = actual.strip_prefix(bound.as_str());
            return after.is_some_and(|after| self.run(rest, after, bindings));
        }
        let ends = actual.char_indices().map(|(at, _)| at).skip(1).chain([actual.len()]);
        for end in ends.filter(|&end| end > 0) {
            let (filling, after) = actual.split_at(end);
            if let Some(Part::Literal(next)) = rest.first()
                && !after.starts_with(next.as_str())
            {
                continue;
            }
            let mut bound = bindings.clone();
            if hole.agrees {
                bound.insert(hole.name.clone(), filling.to_owned());
            }
            if self.run(rest, after, &mut bound) {
                *bindings = bound;
                return true;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placeholders() -> Placeholders {
        let entries =
            ["activity_name", "activity_name_0", "date", "<lambda_name>", "<Arn_0idx>", "x-amz-crc32"];
        Placeholders::new(&entries.map(str::to_owned), "eu-north-1", "222222222222")
    }

    /// Name, whether all match, and what is expected where with what is there.
    type Row = (&'static str, bool, &'static [(&'static str, &'static str)]);

    fn matches_all(pairs: &[(&str, &str)]) -> bool {
        let mut bindings = Bindings::new();
        pairs.iter().all(|(expected, actual)| placeholders().matches(expected, actual, &mut bindings))
    }

    #[test]
    fn strings_and_their_holes() {
        let rows: &[Row] = &[
            ("equal text", true, &[("plain", "plain")]),
            ("other text", false, &[("plain", "plane")]),
            (
                "partition, region and account",
                true,
                &[(
                    "arn:<partition>:states:<region>:111111111111:x",
                    "arn:aws:states:eu-north-1:222222222222:x",
                )],
            ),
            ("wrong region", false, &[("<region>", "us-east-1")]),
            ("wrong account", false, &[("a:111111111111", "a:333333333333")]),
            ("a hole takes any text", true, &[("<uuid:1>", "0-1-2")]),
            ("a hole takes no empty text", false, &[("a<uuid:1>", "a")]),
            ("a hole inside a text", true, &[("id <uuid:1>.", "id 7.")]),
            ("the text around a hole counts", false, &[("id <uuid:1>.", "id 7!")]),
            ("one hole, one value", true, &[("<uuid:1>", "a"), ("x<uuid:1>", "xa")]),
            ("one hole, two values", false, &[("<uuid:1>", "a"), ("<uuid:1>", "b")]),
            ("one hole twice in a text", false, &[("<uuid:1>/<uuid:1>", "a/b")]),
            ("two holes, two values", true, &[("<uuid:1>:<uuid:2>", "a:b"), ("<uuid:2>", "b")]),
            ("listed and numbered: agrees", false, &[("<Arn_0idx>", "a"), ("<Arn_0idx>", "b")]),
            ("listed, no number: need not agree", true, &[("<lambda_name>", "a"), ("<lambda_name>", "b")]),
            ("a word without number need not agree", true, &[("activity_name", "a"), ("activity_name", "b")]),
            ("a word with a number agrees", false, &[("activity_name_0", "a"), ("activity_name_0", "b")]),
            ("a digit in a name is no number", true, &[("x-amz-crc32", "1"), ("x-amz-crc32", "2")]),
            ("a word inside a text", true, &[("arn:activity_name", "arn:mine")]),
            ("a word with more after a hyphen", true, &[("arn:activity_name-2", "arn:mine-2")]),
            ("what is after the hyphen counts", false, &[("arn:activity_name-2", "arn:mine-3")]),
            ("part of a longer word is none", false, &[("my_activity_name", "my_other")]),
            ("a plain word is no hole inside a text", false, &[("the date", "the hour")]),
            ("a plain word as a whole is", true, &[("date", "Tue, 1 Jan")]),
            ("the placeholder itself always fits", true, &[("<uuid:1>", "7"), ("<uuid:1>", "<uuid:1>")]),
            ("angles with spaces are text", false, &[("a < b > c", "a x c")]),
            ("a greedy first try is taken back", true, &[("<uuid:1>-<uuid:2>-end", "a-b-c-end")]),
        ];
        for (name, want, pairs) in rows {
            assert_eq!(matches_all(pairs), *want, "{name}");
        }
    }

    #[test]
    fn a_mismatch_binds_nothing() {
        let mut bindings = Bindings::new();
        assert!(!placeholders().matches("<uuid:1> end", "a start", &mut bindings));
        assert!(bindings.is_empty());
    }
}
