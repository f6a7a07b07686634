//! JSON Lines, as far as they have come.

use std::collections::VecDeque;

use asl_value::Value;

use super::{ITEM_BYTES_MAX, Malformed, json_item};

/// Makes an item of each line that is not blank.
#[derive(Debug, Default)]
pub(super) struct Lines {
    line: Vec<u8>,
    count: u64,
}

impl Lines {
    pub(super) fn push(&mut self, bytes: &[u8], items: &mut VecDeque<Value>) -> Result<(), Malformed> {
        let mut lines = bytes.split_inclusive(|byte| *byte == b'\n');
        lines.try_for_each(|part| {
            if self.line.len().saturating_add(part.len()) > ITEM_BYTES_MAX {
                return Err(Malformed::TooLarge);
            }
            self.line.extend_from_slice(part);
            if part.ends_with(b"\n") { self.finish(items) } else { Ok(()) }
        })
    }

    /// Takes what there is as a whole line.
    pub(super) fn finish(&mut self, items: &mut VecDeque<Value>) -> Result<(), Malformed> {
        self.count += 1;
        if !self.line.trim_ascii().is_empty() {
            items.push_back(json_item(&self.line, self.count)?);
        }
        self.line.clear();
        Ok(())
    }
}
