//! Pattern text to a tree.

/// How deep groups may nest.
const DEPTH_MAX: usize = 100;

/// The most that `{n,m}` may ask for.
const REPEAT_MAX: u32 = 1000;

pub(super) struct Parsed {
    pub(super) node: Node,
    pub(super) classes: Vec<Class>,
    pub(super) groups: usize,
}

/// Characters that a class takes.
#[derive(Clone, Debug, Default)]
pub(super) struct Class {
    pub(super) negated: bool,
    pub(super) ranges: Vec<(char, char)>,
}

impl Class {
    pub(super) fn has(&self, c: char) -> bool {
        self.ranges.iter().any(|(low, high)| (*low..=*high).contains(&c))
    }
}

pub(super) enum Node {
    Empty,
    Char(char),
    /// Anything but a line end.
    Any,
    Class(usize),
    Start,
    End,
    WordBoundary {
        negated: bool,
    },
    Group(Box<Node>, usize),
    BackReference(usize),
    /// `(?<name>…)` referred to by `\k<name>`: resolved once all are known.
    NamedReference(Box<str>),
    Look {
        node: Box<Node>,
        behind: bool,
        negated: bool,
    },
    Sequence(Vec<Node>),
    Alternatives(Vec<Node>),
    Repeat {
        node: Box<Node>,
        least: u32,
        most: Option<u32>,
        greedy: bool,
        groups: (usize, usize),
    },
}

struct Parser {
    chars: Vec<char>,
    at: usize,
    classes: Vec<Class>,
    groups: usize,
    total_groups: usize,
    names: Vec<(Box<str>, usize)>,
    has_names: bool,
    depth: usize,
}

pub(super) fn parse(source: &str) -> Result<Parsed, String> {
    let chars: Vec<char> = source.chars().collect();
    let mut parser = Parser {
        total_groups: count_groups(&chars),
        has_names: source.contains("(?<"),
        chars,
        at: 0,
        classes: Vec::new(),
        groups: 0,
        names: Vec::new(),
        depth: 0,
    };
    let mut node = parser.alternatives()?;
    if parser.at < parser.chars.len() {
        return Err("unmatched `)`".to_owned());
    }
    resolve(&mut node, &parser.names)?;
    Ok(Parsed { node, classes: parser.classes, groups: parser.groups })
}

/// Capturing groups of the whole pattern: `\2` is a reference only if there is one.
fn count_groups(chars: &[char]) -> usize {
    let mut count = 0;
    let mut in_class = false;
    let mut at = 0;
    while let Some(c) = chars.get(at) {
        match c {
            '\\' => at += 1,
            '[' => in_class = true,
            ']' => in_class = false,
            '(' if !in_class => {
                let next = |ahead: usize| chars.get(at + ahead).copied();
                let named =
                    next(1) == Some('?') && next(2) == Some('<') && !matches!(next(3), Some('=' | '!'));
                count += usize::from(next(1) != Some('?') || named);
            }
            _ => {}
        }
        at += 1;
    }
    count
}

fn resolve(node: &mut Node, names: &[(Box<str>, usize)]) -> Result<(), String> {
    match node {
        Node::NamedReference(name) => {
            let found = names.iter().find(|(known, _)| known == name);
            let (_, group) = found.ok_or_else(|| format!("no group is named `{name}`"))?;
            *node = Node::BackReference(*group);
            Ok(())
        }
        Node::Group(inner, _) | Node::Look { node: inner, .. } | Node::Repeat { node: inner, .. } => {
            resolve(inner, names)
        }
        Node::Sequence(nodes) | Node::Alternatives(nodes) => {
            nodes.iter_mut().try_for_each(|node| resolve(node, names))
        }
        _ => Ok(()),
    }
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn take(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        self.at += usize::from(found);
        found
    }

    fn take_text(&mut self, text: &str) -> bool {
        let matches = text.chars().enumerate().all(|(ahead, c)| self.chars.get(self.at + ahead) == Some(&c));
        if matches {
            self.at += text.chars().count();
        }
        matches
    }

    fn alternatives(&mut self) -> Result<Node, String> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(format!("groups are nested deeper than {DEPTH_MAX}"));
        }
        let mut alternatives = vec![self.sequence()?];
        while self.take('|') {
            alternatives.push(self.sequence()?);
        }
        self.depth -= 1;
        Ok(match alternatives.len() {
            1 => alternatives.pop().unwrap_or(Node::Empty),
            _ => Node::Alternatives(alternatives),
        })
    }

    fn sequence(&mut self) -> Result<Node, String> {
        let mut nodes = Vec::new();
        while let Some(c) = self.peek() {
            if matches!(c, '|' | ')') {
                break;
            }
            let groups_before = self.groups;
            let node = self.atom()?;
            let node = self.quantified(node, groups_before)?;
            nodes.push(node);
        }
        Ok(Node::Sequence(nodes))
    }

    fn quantified(&mut self, node: Node, groups_before: usize) -> Result<Node, String> {
        let start = self.at;
        let (least, most) = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => match self.braces() {
                Some(bounds) => bounds,
                None => return Ok(node),
            },
            _ => return Ok(node),
        };
        if self.at == start {
            self.at += 1;
        }
        if matches!(
            node,
            Node::Start | Node::End | Node::WordBoundary { .. } | Node::Look { behind: true, .. }
        ) {
            return Err("nothing to repeat".to_owned());
        }
        if most.is_some_and(|most| most < least) {
            return Err("numbers out of order in {} quantifier".to_owned());
        }
        if least > REPEAT_MAX || most.is_some_and(|most| most > REPEAT_MAX) {
            return Err(format!("more than {REPEAT_MAX} repetitions"));
        }
        let greedy = !self.take('?');
        Ok(Node::Repeat { node: Box::new(node), least, most, greedy, groups: (groups_before, self.groups) })
    }

    /// `{n}`, `{n,}`, `{n,m}`; anything else is only a brace.
    fn braces(&mut self) -> Option<(u32, Option<u32>)> {
        let start = self.at;
        let bounds = self.bounds();
        if bounds.is_none() {
            self.at = start;
        }
        bounds
    }

    fn bounds(&mut self) -> Option<(u32, Option<u32>)> {
        self.at += 1;
        let least = self.digits()?;
        let most = if self.take(',') {
            if self.peek() == Some('}') { None } else { Some(self.digits()?) }
        } else {
            Some(least)
        };
        self.take('}').then_some((least, most))
    }

    fn digits(&mut self) -> Option<u32> {
        let mut value: Option<u32> = None;
        while let Some(digit) = self.peek().and_then(|c| c.to_digit(10)) {
            value = Some(value.unwrap_or(0).saturating_mul(10).saturating_add(digit));
            self.at += 1;
        }
        value
    }

    fn atom(&mut self) -> Result<Node, String> {
        let Some(c) = self.peek() else { return Ok(Node::Empty) };
        self.at += 1;
        Ok(match c {
            '^' => Node::Start,
            '$' => Node::End,
            '.' => Node::Any,
            '(' => self.group()?,
            '[' => self.class()?,
            '\\' => self.escape()?,
            '*' | '+' | '?' => return Err("nothing to repeat".to_owned()),
            '{' => {
                self.at -= 1;
                let repeats = self.braces().is_some();
                if repeats {
                    return Err("nothing to repeat".to_owned());
                }
                self.at += 1;
                Node::Char('{')
            }
            other => Node::Char(other),
        })
    }

    fn group(&mut self) -> Result<Node, String> {
        let look = |behind, negated| move |node| Node::Look { node: Box::new(node), behind, negated };
        let node = if self.take_text("?:") {
            self.alternatives()?
        } else if self.take_text("?=") {
            look(false, false)(self.alternatives()?)
        } else if self.take_text("?!") {
            look(false, true)(self.alternatives()?)
        } else if self.take_text("?<=") {
            look(true, false)(self.alternatives()?)
        } else if self.take_text("?<!") {
            look(true, true)(self.alternatives()?)
        } else {
            self.groups += 1;
            let number = self.groups;
            if self.take_text("?<") {
                let name = self.name()?;
                self.names.push((name, number));
            } else if self.peek() == Some('?') {
                return Err("invalid group".to_owned());
            }
            Node::Group(Box::new(self.alternatives()?), number)
        };
        if self.take(')') { Ok(node) } else { Err("unterminated group".to_owned()) }
    }

    fn name(&mut self) -> Result<Box<str>, String> {
        let rest = self.chars.get(self.at..).unwrap_or_default();
        let name: String = rest.iter().take_while(|c| **c != '>').collect();
        let valid = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
        if name.is_empty() || !name.chars().all(valid) || rest.len() == name.chars().count() {
            return Err("invalid capture group name".to_owned());
        }
        self.at += name.chars().count() + 1;
        Ok(name.into())
    }

    fn escape(&mut self) -> Result<Node, String> {
        let Some(c) = self.peek() else { return Err("\\ at end of pattern".to_owned()) };
        match c {
            'b' | 'B' => {
                self.at += 1;
                Ok(Node::WordBoundary { negated: c == 'B' })
            }
            '1'..='9' => {
                let start = self.at;
                let number = self.digits().and_then(|n| usize::try_from(n).ok()).unwrap_or(usize::MAX);
                if number <= self.total_groups {
                    return Ok(Node::BackReference(number));
                }
                self.at = start;
                self.char_escape().map(Node::Char)
            }
            'k' if self.has_names => {
                self.at += 1;
                if !self.take('<') {
                    return Err("invalid named reference".to_owned());
                }
                self.name().map(Node::NamedReference)
            }
            _ => {
                if let Some(class) = self.class_escape() {
                    return Ok(self.add_class(class));
                }
                self.char_escape().map(Node::Char)
            }
        }
    }

    fn add_class(&mut self, class: Class) -> Node {
        self.classes.push(class);
        Node::Class(self.classes.len() - 1)
    }

    /// `\d`, `\w`, `\s` and their opposites.
    fn class_escape(&mut self) -> Option<Class> {
        let c = self.peek()?;
        let ranges: &[(char, char)] = match c.to_ascii_lowercase() {
            'd' => &[('0', '9')],
            'w' => &[('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')],
            's' => &[
                ('\t', '\r'),
                (' ', ' '),
                ('\u{a0}', '\u{a0}'),
                ('\u{1680}', '\u{1680}'),
                ('\u{2000}', '\u{200a}'),
                ('\u{2028}', '\u{2029}'),
                ('\u{202f}', '\u{202f}'),
                ('\u{205f}', '\u{205f}'),
                ('\u{3000}', '\u{3000}'),
                ('\u{feff}', '\u{feff}'),
            ],
            _ => return None,
        };
        self.at += 1;
        Some(Class { negated: c.is_ascii_uppercase(), ranges: ranges.to_vec() })
    }

    fn char_escape(&mut self) -> Result<char, String> {
        let Some(c) = self.peek() else { return Err("\\ at end of pattern".to_owned()) };
        self.at += 1;
        Ok(match c {
            't' => '\t',
            'n' => '\n',
            'v' => '\u{b}',
            'f' => '\u{c}',
            'r' => '\r',
            'c' => match self.peek() {
                Some(letter) if letter.is_ascii_alphabetic() => {
                    self.at += 1;
                    char::from(u8::try_from(u32::from(letter) % 32).unwrap_or(0))
                }
                _ => {
                    self.at -= 1;
                    '\\'
                }
            },
            'x' => self.hex(2).unwrap_or('x'),
            'u' => self.hex(4).unwrap_or('u'),
            '0'..='7' => {
                let mut code = u32::from(c) - u32::from('0');
                while let Some(digit) = self.peek().and_then(|c| c.to_digit(8))
                    && code * 8 + digit <= 0o377
                {
                    code = code * 8 + digit;
                    self.at += 1;
                }
                char::from_u32(code).unwrap_or(c)
            }
            other => other,
        })
    }

    fn hex(&mut self, count: usize) -> Option<char> {
        let code = self.hex_digits(count)?;
        // A surrogate pair is written as two escapes.
        if (0xd800..0xdc00).contains(&code) {
            let start = self.at;
            if self.take_text("\\u")
                && let Some(low @ 0xdc00..0xe000) = self.hex_digits(4)
            {
                return char::from_u32(0x1_0000 + ((code - 0xd800) << 10) + (low - 0xdc00));
            }
            self.at = start;
        }
        Some(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn hex_digits(&mut self, count: usize) -> Option<u32> {
        let digits: String = self.chars.get(self.at..self.at + count)?.iter().collect();
        if !digits.chars().all(|c| c.is_ascii_hexdigit()) {
            return None;
        }
        self.at += count;
        u32::from_str_radix(&digits, 16).ok()
    }

    fn class(&mut self) -> Result<Node, String> {
        let mut class = Class { negated: self.take('^'), ranges: Vec::new() };
        loop {
            let Some(first) = self.peek() else { return Err("unterminated character class".to_owned()) };
            if self.take(']') {
                return Ok(self.add_class(class));
            }
            let low = self.class_atom(first, &mut class)?;
            let is_range = self.peek() == Some('-') && self.chars.get(self.at + 1).is_some_and(|c| *c != ']');
            if !is_range {
                class.ranges.extend(low.map(|c| (c, c)));
                continue;
            }
            self.at += 1;
            let Some(second) = self.peek() else { return Err("unterminated character class".to_owned()) };
            let high = self.class_atom(second, &mut class)?;
            match (low, high) {
                (Some(low), Some(high)) if low <= high => class.ranges.push((low, high)),
                (Some(_), Some(_)) => return Err("range out of order in character class".to_owned()),
                // With a class at either end the dash is only a dash.
                (low, high) => {
                    class.ranges.extend([low, high, Some('-')].into_iter().flatten().map(|c| (c, c)));
                }
            }
        }
    }

    /// One member of a class: a character, or `None` for `\d` and the like,
    /// which are added at once.
    fn class_atom(&mut self, first: char, class: &mut Class) -> Result<Option<char>, String> {
        self.at += 1;
        if first != '\\' {
            return Ok(Some(first));
        }
        if self.take('b') {
            return Ok(Some('\u{8}'));
        }
        match self.class_escape() {
            Some(inner) if inner.negated => class.ranges.extend(complement(inner.ranges)),
            Some(inner) => class.ranges.extend(inner.ranges),
            None => return self.char_escape().map(Some),
        }
        Ok(None)
    }
}

/// All characters outside of the ranges.
fn complement(mut ranges: Vec<(char, char)>) -> Vec<(char, char)> {
    ranges.sort_unstable();
    let mut gaps = Vec::new();
    let mut from = Some('\0');
    for (low, high) in ranges {
        if let Some(start) = from
            && let Some(before) = char::from_u32(u32::from(low).wrapping_sub(1))
            && start <= before
        {
            gaps.push((start, before));
        }
        from = char::from_u32(u32::from(high) + 1);
    }
    gaps.extend(from.map(|start| (start, char::MAX)));
    gaps
}
