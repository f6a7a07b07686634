//! What one evaluation may use. Each limit that is reached is an error of its
//! own, never a hang and never an overflow.

use crate::error::{Fault, Res};

/// Limits of one evaluation. The defaults suit expressions over documents of
/// some hundred kilobytes on a shared server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Work in all: a step for each node that is evaluated, a part of one for each
    /// item that is visited or copied and for each run of bytes that is read or
    /// written. A step stands for some 50 ns. Past it: `U1001`.
    pub steps: u64,
    /// Evaluations nested in one another, which is what recursion of functions
    /// costs (about three for each call). Past it: `U1001`. The native stack
    /// grows with it: [`DEPTH_MAX`] fits a 2 MiB stack and is the most that counts.
    pub depth: usize,
    /// Items in one sequence or array. Past it: `D2015`.
    pub sequence_length: usize,
    /// Bytes of one string. Past it: `U1002`.
    pub string_bytes: usize,
    /// Bytes of all strings, sequences and functions made during the evaluation,
    /// given back or not. Past it: `U1003`.
    pub allocated_bytes: usize,
    /// Steps of all regular expression matching together. Past it: `U1004`.
    pub regex_steps: u64,
}

/// The most that [`Budget::depth`] may ask for.
pub const DEPTH_MAX: usize = 400;

impl Default for Budget {
    fn default() -> Self {
        Self {
            steps: 10_000_000,
            depth: DEPTH_MAX,
            sequence_length: 10_000_000,
            string_bytes: 16 << 20,
            allocated_bytes: 512 << 20,
            regex_steps: 5_000_000,
        }
    }
}

/// Work is counted in these parts of a step.
const PARTS: u64 = 16;
/// What it is to visit an item: to copy it, to compare it, to look at its kind.
const VISIT_PARTS: u64 = PARTS / 4;
/// Bytes that are copied or compared in bulk within a part of a step.
const BULK_BYTES: usize = 4;
/// What it is to read or write a byte as a letter of a text.
const LETTER_PARTS: u64 = PARTS / 8;

/// What is left of a budget.
#[derive(Debug)]
pub(crate) struct Meter {
    /// Parts of steps.
    work: u64,
    depth: usize,
    depth_max: usize,
    sequence_length: usize,
    string_bytes: usize,
    allocated_bytes: usize,
    /// Whether values were put into arrays or objects that became JSON, which may
    /// then nest deeper than the input.
    pub(crate) has_nested: bool,
    /// Left for the matcher, which counts down by itself.
    pub(crate) regex_steps: u64,
}

impl Meter {
    pub(crate) fn new(budget: &Budget) -> Self {
        Self {
            work: budget.steps.saturating_mul(PARTS),
            depth: 0,
            depth_max: budget.depth.min(DEPTH_MAX),
            sequence_length: budget.sequence_length,
            string_bytes: budget.string_bytes,
            allocated_bytes: budget.allocated_bytes,
            has_nested: false,
            regex_steps: budget.regex_steps,
        }
    }

    /// One node deeper.
    pub(crate) fn enter(&mut self) -> Res<()> {
        self.depth += 1;
        if self.depth > self.depth_max {
            return Err(Fault::depth());
        }
        self.step(1)
    }

    /// The body of a function, and the call of it.
    pub(crate) fn enter_call(&mut self) -> Res<()> {
        self.depth += 1;
        if self.depth > self.depth_max {
            return Err(Fault::depth());
        }
        self.step(2)
    }

    pub(crate) fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    fn work(&mut self, parts: u64) -> Res<()> {
        match self.work.checked_sub(parts) {
            Some(left) => {
                self.work = left;
                Ok(())
            }
            None => Err(Fault::steps()),
        }
    }

    /// Pays for so many nodes evaluated, or work of that order.
    pub(crate) fn step(&mut self, count: usize) -> Res<()> {
        self.work(PARTS.saturating_mul(count as u64))
    }

    /// Pays for items visited.
    pub(crate) fn visit(&mut self, count: usize) -> Res<()> {
        self.work(VISIT_PARTS.saturating_mul(count as u64))
    }

    /// Pays for entries passed over in a search.
    pub(crate) fn scan(&mut self, count: usize) -> Res<()> {
        self.work(count as u64)
    }

    /// Pays for bytes copied or compared in bulk.
    pub(crate) fn bulk(&mut self, bytes: usize) -> Res<()> {
        self.work((bytes / BULK_BYTES) as u64)
    }

    /// Pays for the bytes of a text that is read or written letter by letter.
    pub(crate) fn letters(&mut self, bytes: usize) -> Res<()> {
        self.work(LETTER_PARTS.saturating_mul(bytes as u64))
    }

    /// Checks a sequence that is still growing.
    pub(crate) fn sequence_length(&self, length: usize) -> Res<()> {
        if length > self.sequence_length {
            return Err(Fault::new("D2015").value_text(self.sequence_length.to_string()));
        }
        Ok(())
    }

    /// Pays for one more item of a sequence that has `length` of them.
    pub(crate) fn one_more(&mut self, length: usize) -> Res<()> {
        self.sequence_length(length)?;
        self.allocate(size_of::<crate::item::Item>())
    }

    /// Pays for a sequence of `length` items.
    pub(crate) fn sequence(&mut self, length: usize) -> Res<()> {
        self.sequence_length(length)?;
        self.visit(length)?;
        self.allocate(length.saturating_mul(size_of::<crate::item::Item>()))
    }

    /// Pays for a string of `bytes`, before it is made where that can be told.
    pub(crate) fn string(&mut self, bytes: usize) -> Res<()> {
        self.string_length(bytes)?;
        self.bulk(bytes)?;
        self.allocate(bytes)
    }

    /// Checks a string that is still growing, to be paid for when it is done.
    pub(crate) fn string_length(&self, bytes: usize) -> Res<()> {
        if bytes > self.string_bytes {
            return Err(Fault::new("U1002").value_text(self.string_bytes.to_string()));
        }
        Ok(())
    }

    pub(crate) fn allocate(&mut self, bytes: usize) -> Res<()> {
        match self.allocated_bytes.checked_sub(bytes) {
            Some(left) => {
                self.allocated_bytes = left;
                Ok(())
            }
            None => Err(Fault::new("U1003")),
        }
    }
}
