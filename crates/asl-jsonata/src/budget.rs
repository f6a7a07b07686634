//! What one evaluation may use. Each limit that is reached is an error of its
//! own, never a hang and never an overflow.

use crate::error::{Fault, Res};

/// Limits of one evaluation. The defaults suit expressions over documents of
/// some hundred kilobytes on a shared server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Nodes evaluated and items visited in all. Past it: `U1001`.
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

/// What is left of a budget.
#[derive(Debug)]
pub(crate) struct Meter {
    steps: u64,
    depth: usize,
    depth_max: usize,
    sequence_length: usize,
    string_bytes: usize,
    allocated_bytes: usize,
    /// Left for the matcher, which counts down by itself.
    pub(crate) regex_steps: u64,
}

impl Meter {
    pub(crate) fn new(budget: &Budget) -> Self {
        Self {
            steps: budget.steps,
            depth: 0,
            depth_max: budget.depth.min(DEPTH_MAX),
            sequence_length: budget.sequence_length,
            string_bytes: budget.string_bytes,
            allocated_bytes: budget.allocated_bytes,
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

    pub(crate) fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// Pays for `count` items visited.
    pub(crate) fn step(&mut self, count: usize) -> Res<()> {
        match self.steps.checked_sub(count as u64) {
            Some(left) => {
                self.steps = left;
                Ok(())
            }
            None => Err(Fault::steps()),
        }
    }

    /// Pays for a sequence of `length` items.
    pub(crate) fn sequence(&mut self, length: usize) -> Res<()> {
        if length > self.sequence_length {
            return Err(Fault::new("D2015").value_text(self.sequence_length.to_string()));
        }
        self.allocate(length.saturating_mul(size_of::<crate::item::Item>()))
    }

    /// Pays for a string of `bytes`, before it is made where that can be told.
    pub(crate) fn string(&mut self, bytes: usize) -> Res<()> {
        self.string_length(bytes)?;
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
