//! The reader: text to nodes, on an explicit stack.

use std::borrow::Cow;
use std::ops::Range;

use super::error::{Expected, Problem, SyntaxError};
use super::text::Cursor;
use super::{Member, Node, NodeValue, Object};

/// An array or object that is still open.
enum Open<'t> {
    Array { start: usize, items: Vec<Node<'t>> },
    Object { start: usize, object: Object<'t>, name: Option<(Cow<'t, str>, Range<usize>)> },
}

/// Reads one JSON value that fills `text`, nested `depth_max` deep at most.
///
/// A text of blanks alone reads as nothing.
pub(crate) fn read(text: &str, depth_max: usize) -> Result<Option<Node<'_>>, SyntaxError> {
    let mut cursor = Cursor { text, offset: 0 };
    let mut open: Vec<Open<'_>> = Vec::new();
    cursor.skip_blanks();
    if cursor.byte().is_none() {
        return Ok(None);
    }
    loop {
        let Some(mut node) = begin(&mut cursor, &mut open, depth_max)? else { continue };
        // The node is whole: hand it to what holds it, which may become whole too.
        loop {
            cursor.skip_blanks();
            match open.pop() {
                None => {
                    return match cursor.byte() {
                        None => Ok(Some(node)),
                        Some(_) => Err(cursor.unexpected(Expected::EndOfText, "")),
                    };
                }
                Some(Open::Array { start, mut items }) => {
                    items.push(node);
                    match cursor.byte() {
                        Some(b',') => {
                            cursor.offset += 1;
                            open.push(Open::Array { start, items });
                            break;
                        }
                        Some(b']') => {
                            cursor.offset += 1;
                            node = Node { span: start..cursor.offset, value: NodeValue::Array(items) };
                        }
                        Some(_) => return Err(cursor.unexpected(Expected::CommaInArray, "")),
                        None => {
                            return Err(cursor.error(Problem::EndInContainer { container: "Array", start }));
                        }
                    }
                }
                Some(Open::Object { start, mut object, name }) => {
                    let (name, name_span) = name.unwrap_or_default();
                    object.members.push(Member { name, name_span, value: node });
                    match cursor.byte() {
                        Some(b',') => {
                            cursor.offset += 1;
                            cursor.skip_blanks();
                            let name = Some(member_name(&mut cursor, start)?);
                            open.push(Open::Object { start, object, name });
                            break;
                        }
                        Some(b'}') => {
                            cursor.offset += 1;
                            node = Node { span: start..cursor.offset, value: NodeValue::Object(object) };
                        }
                        Some(_) => return Err(cursor.unexpected(Expected::CommaInObject, "")),
                        None => {
                            return Err(cursor.error(Problem::EndInContainer { container: "Object", start }));
                        }
                    }
                }
            }
        }
    }
}

/// Begins a value: a whole one, or nothing where an array or object was opened.
fn begin<'t>(
    cursor: &mut Cursor<'t>,
    open: &mut Vec<Open<'t>>,
    depth_max: usize,
) -> Result<Option<Node<'t>>, SyntaxError> {
    cursor.skip_blanks();
    let start = cursor.offset;
    let value = match cursor.byte() {
        Some(b'[' | b'{') if open.len() >= depth_max => return Err(cursor.error(Problem::Depth(depth_max))),
        Some(b'[') => {
            cursor.offset += 1;
            cursor.skip_blanks();
            if cursor.byte() != Some(b']') {
                open.push(Open::Array { start, items: Vec::new() });
                return Ok(None);
            }
            cursor.offset += 1;
            NodeValue::Array(Vec::new())
        }
        Some(b'{') => {
            cursor.offset += 1;
            cursor.skip_blanks();
            if cursor.byte() != Some(b'}') {
                let name = Some(member_name(cursor, start)?);
                open.push(Open::Object { start, object: Object::default(), name });
                return Ok(None);
            }
            cursor.offset += 1;
            NodeValue::Object(Object::default())
        }
        Some(b'"') => NodeValue::String(cursor.string()?),
        Some(b'-' | b'0'..=b'9') => {
            cursor.number()?;
            NodeValue::Number
        }
        Some(_)
            if cursor.character().is_some_and(|character| character.is_alphabetic() || character == '_') =>
        {
            match cursor.word()? {
                "null" => NodeValue::Null,
                word => NodeValue::Bool(word == "true"),
            }
        }
        Some(_) => return Err(cursor.unexpected(Expected::Value, "")),
        None => return Err(end_of_value(cursor, open)),
    };
    Ok(Some(Node { span: start..cursor.offset, value }))
}

fn end_of_value(cursor: &Cursor<'_>, open: &[Open<'_>]) -> SyntaxError {
    match open.last() {
        Some(Open::Array { start, .. }) => {
            cursor.error(Problem::EndInContainer { container: "Array", start: *start })
        }
        Some(Open::Object { start, .. }) => {
            cursor.error(Problem::EndInContainer { container: "Object", start: *start })
        }
        None => cursor.error(Problem::End("")),
    }
}

/// A member's name and the colon after it.
fn member_name<'t>(
    cursor: &mut Cursor<'t>,
    object_start: usize,
) -> Result<(Cow<'t, str>, Range<usize>), SyntaxError> {
    let start = cursor.offset;
    match cursor.byte() {
        Some(b'"') => {}
        Some(_) => return Err(cursor.unexpected(Expected::Name, "")),
        None => {
            return Err(cursor.error(Problem::EndInContainer { container: "Object", start: object_start }));
        }
    }
    let name = cursor.string()?;
    let span = start..cursor.offset;
    cursor.skip_blanks();
    if cursor.byte() != Some(b':') {
        return Err(cursor.unexpected(Expected::Colon, " within/between Object entries"));
    }
    cursor.offset += 1;
    Ok((name, span))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_use_the_words_of_the_service() {
        for (text, message, column) in [
            (
                "not a definition",
                "Unrecognized token 'not': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
                4,
            ),
            (
                "{'not': 1}",
                "Unexpected character (''' (code 39)): was expecting double-quote to start field name",
                3,
            ),
            (
                "{\"a\" 1}",
                "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value",
                7,
            ),
            (
                "[1 2]",
                "Unexpected character ('2' (code 50)): was expecting comma to separate Array entries",
                5,
            ),
            (
                "{\"a\":1 \"b\"}",
                "Unexpected character ('\"' (code 34)): was expecting comma to separate Object entries",
                9,
            ),
            (
                "[1,]",
                "Unexpected character (']' (code 93)): expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
                5,
            ),
            ("[01]", "Invalid numeric value: Leading zeroes not allowed", 4),
            ("\"a", "Unexpected end-of-input: was expecting closing quote for a string value", 3),
            ("\"\\x\"", "Unrecognized character escape 'x' (code 120)", 4),
            ("{} x", "Unexpected character ('x' (code 120)): was expecting the end of the definition", 5),
            (
                "[1",
                "Unexpected end-of-input: expected close marker for Array (start marker at [Source: (String)\"[1\"; line: 1, column: 1])",
                3,
            ),
            ("[[[[1]]]]", "Document nesting depth exceeds the maximum allowed (3)", 4),
        ] {
            let error = read(text, 3).expect_err(text);
            assert_eq!(error.message(text), message);
            assert_eq!(
                error.source(text),
                format!("[Source: (String)\"{text}\"; line: 1, column: {column}]")
            );
        }
    }

    #[test]
    fn nodes_know_their_bytes() {
        let text = r#" { "a\n": [1.5e3, "ä\u00e4\ud83d\ude00"], "b": null } "#;
        let root = read(text, 10).unwrap().unwrap();
        assert_eq!(&text[root.span.clone()], text.trim());
        let members = &root.as_object().unwrap().members;
        assert_eq!(members[0].name, "a\n");
        assert_eq!(&text[members[0].name_span.clone()], r#""a\n""#);
        let items = members[0].value.as_array().unwrap();
        assert_eq!(&text[items[0].span.clone()], "1.5e3");
        assert_eq!(items[1].as_str(), Some("ää😀"));
        assert_eq!(&text[members[1].value.span.clone()], "null");
    }
}
