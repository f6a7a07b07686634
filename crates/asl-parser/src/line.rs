//! Lines and columns of byte offsets.

/// A place in a text, counted from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) line: usize,
    /// In characters.
    pub(crate) column: usize,
}

impl Position {
    /// The place of the byte at `offset`; the end of the text beyond it.
    pub(crate) fn of(text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let column = before.get(line_start..).map_or(0, |line| line.chars().count());
        Self { line: before.bytes().filter(|byte| *byte == b'\n').count() + 1, column: column + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_from_one_in_characters() {
        for (text, offset, line, column) in [
            ("", 0, 1, 1),
            ("ab", 1, 1, 2),
            ("a\nb", 2, 2, 1),
            ("äb", 2, 1, 2),
            ("ab", 9, 1, 3),
            ("a\n", 2, 2, 1),
        ] {
            assert_eq!(Position::of(text, offset), Position { line, column }, "{text:?} at {offset}");
        }
    }
}
