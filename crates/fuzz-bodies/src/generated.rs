//! JSONata over generated data: the bytes spell an expression out of pieces of
//! the language, and the document that it is evaluated over.

use asl_jsonata::{Dialect, Expression, Host, Outcome};
use asl_value::{Value, parse};

use crate::expression::jsonata_budget;

/// How deep the generated document and expression nest.
const DEPTH_MAX: u32 = 5;
/// How many pieces one expression has.
const PIECES_MAX: u32 = 60;

/// Operands: names that the documents have, literals, variables.
const OPERANDS: &[&str] = &[
    "a",
    "b",
    "c",
    "d",
    "$",
    "$$",
    "*",
    "**",
    "%.a",
    "0",
    "1",
    "-2",
    "2.5",
    "1e300",
    "\"\"",
    "\"a-b c\"",
    "\"é😀\"",
    "\"10\"",
    "true",
    "false",
    "null",
    "$x",
    "$y",
    "[]",
    "{}",
    "[1..3]",
    "/a+/",
    "/[a-c](\\d*)|b/i",
    "\"#0.00\"",
    "\"[Y0001]-[M01]-[D01]\"",
    "\"2024-02-29T10:11:12.123Z\"",
    "1700000000000",
    "$sum",
    "$uppercase",
    "?",
];
/// What joins two operands.
const OPERATORS: &[&str] = &[
    ".", "+", "-", "*", "/", "%", "&", "=", "!=", "<", "<=", ">", ">=", " in ", " and ", " or ", "~>", "?:",
    "??", "^(>", "@$x.", "#$y.", "..", ":=", ";",
];
/// Every function of the library.
const FUNCTIONS: &[&str] = &[
    "abs",
    "append",
    "assert",
    "average",
    "base64decode",
    "base64encode",
    "boolean",
    "ceil",
    "contains",
    "count",
    "decodeUrl",
    "decodeUrlComponent",
    "distinct",
    "each",
    "encodeUrl",
    "encodeUrlComponent",
    "error",
    "eval",
    "exists",
    "filter",
    "floor",
    "formatBase",
    "formatInteger",
    "formatNumber",
    "fromMillis",
    "join",
    "keys",
    "length",
    "lookup",
    "lowercase",
    "map",
    "match",
    "max",
    "merge",
    "millis",
    "min",
    "not",
    "now",
    "number",
    "pad",
    "parseInteger",
    "power",
    "random",
    "reduce",
    "replace",
    "reverse",
    "round",
    "shuffle",
    "sift",
    "single",
    "sort",
    "split",
    "spread",
    "sqrt",
    "string",
    "substring",
    "substringAfter",
    "substringBefore",
    "sum",
    "toMillis",
    "trim",
    "type",
    "uppercase",
    "zip",
];

/// The bytes as a tape of decisions; past its end every decision is 0.
struct Tape<'a> {
    bytes: &'a [u8],
    pieces_left: u32,
}

impl Tape<'_> {
    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.bytes.split_first() else { return 0 };
        self.bytes = rest;
        *first
    }

    fn pick<'t>(&mut self, table: &[&'t str]) -> &'t str {
        table.get(usize::from(self.byte()) % table.len()).copied().unwrap_or_default()
    }

    fn document(&mut self, depth: u32, out: &mut String) {
        let kind = self.byte();
        let length = if depth < DEPTH_MAX { self.byte() % 4 } else { 0 };
        match kind % 10 {
            0 => out.push_str("null"),
            1 => out.push_str("true"),
            2 => out.push_str(&(i64::from(self.byte()) - 100).to_string()),
            3 => out.push_str(&(f64::from(self.byte()) / 8.0).to_string()),
            4 => out.push_str(self.pick(&["\"\"", "\"b\"", "\"a1 b2\"", "\"é😀\"", "\"-7\"", "\"1e3\""])),
            5 | 6 => self.list(length, ('[', ']'), out, |tape, _, out| tape.document(depth + 1, out)),
            _ => self.list(length, ('{', '}'), out, |tape, index, out| {
                out.push_str(
                    ["\"a\":", "\"b\":", "\"c\":", "\"d\":"].get(index).copied().unwrap_or_default(),
                );
                tape.document(depth + 1, out);
            }),
        }
    }

    fn list(
        &mut self,
        length: u8,
        (open, close): (char, char),
        out: &mut String,
        mut element: impl FnMut(&mut Self, usize, &mut String),
    ) {
        out.push(open);
        for index in 0..usize::from(length) {
            if index > 0 {
                out.push(',');
            }
            element(self, index, out);
        }
        out.push(close);
    }

    fn expression(&mut self, depth: u32, out: &mut String) {
        self.pieces_left = self.pieces_left.saturating_sub(1);
        if depth >= DEPTH_MAX || self.pieces_left == 0 {
            out.push_str(self.pick(OPERANDS));
            return;
        }
        let kind = self.byte() % 12;
        let length = self.byte() % 4;
        let element = |tape: &mut Self, _: usize, out: &mut String| tape.expression(depth + 1, out);
        match kind {
            0 | 1 => out.push_str(self.pick(OPERANDS)),
            2 | 3 => {
                element(self, 0, out);
                let operator = self.pick(OPERATORS);
                out.push_str(operator);
                element(self, 1, out);
                out.push_str(if operator == "^(>" { ")" } else { "" });
            }
            4..=6 => {
                out.push('$');
                out.push_str(self.pick(FUNCTIONS));
                self.list(length, ('(', ')'), out, element);
            }
            7 => self.list(length, ('[', ']'), out, element),
            8 => {
                element(self, 0, out);
                self.list(1, ('[', ']'), out, element);
            }
            9 => {
                element(self, 0, out);
                self.list(length, ('{', '}'), out, |tape, index, out| {
                    element(tape, index, out);
                    out.push(':');
                    element(tape, index, out);
                });
            }
            10 => {
                out.push_str(self.pick(&[
                    "function($x){",
                    "function($x,$y)<nn?:n>{",
                    "($x:=",
                    "(",
                    "|a|",
                    "|$|",
                ]));
                element(self, 0, out);
                let open = out.chars().filter(|&character| character == '(').count();
                let close = out.chars().filter(|&character| character == ')').count();
                out.push_str(if open > close { ")" } else { self.pick(&["}", "|", "}(1)"]) });
            }
            _ => {
                element(self, 0, out);
                out.push('?');
                element(self, 1, out);
                out.push(':');
                element(self, 2, out);
            }
        }
    }
}

pub(crate) fn jsonata_data(bytes: &[u8]) {
    let mut tape = Tape { bytes, pieces_left: PIECES_MAX };
    let (mut text, mut document) = (String::new(), String::new());
    tape.expression(0, &mut text);
    tape.document(0, &mut document);
    let parsed = parse(&document);
    assert!(parsed.is_ok(), "{document} is no document: {parsed:?}");
    let document = parsed.unwrap_or_default();
    let Ok(expression) = Expression::compile(&text, Dialect::Standard) else { return };
    let first = evaluate(&expression, &document);
    assert_eq!(evaluate(&expression, &document), first, "{text} gives something else the second time");
    if let Ok(Outcome::Value(value)) = first {
        let printed = value.to_string();
        assert_eq!(parse(&printed), Ok(value), "{text} gives a value that does not read back");
    }
}

fn evaluate(expression: &Expression, document: &Value) -> Result<Outcome, asl_jsonata::Error> {
    let budget = jsonata_budget();
    let mut entropy = || 0x9e37_79b9_7f4a_7c15;
    let mut host = Host { variable: &|_| None, now_millis: 1_700_000_000_000, entropy: &mut entropy, budget };
    expression.evaluate(Some(document), &mut host)
}
