//! Regular expressions as ECMAScript defines them (without the `u` flag), on a
//! backtracking machine that counts its steps: a pattern such as `(a+)+$`
//! fails after so many, it never hangs.

mod compile;
mod machine;
mod parse;

use std::ops::Range;

pub(crate) use machine::OutOfSteps;

/// A compiled pattern.
#[derive(Debug)]
pub(crate) struct Program {
    source: Box<str>,
    /// Where it ends in an expression, for errors.
    pub(crate) position: usize,
    instructions: Vec<compile::Instruction>,
    classes: Vec<parse::Class>,
    /// Capturing groups, the whole match not counted.
    groups: usize,
    /// Registers for loops that could match nothing.
    registers: usize,
    ignore_case: bool,
    multiline: bool,
}

/// A match, in bytes of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Match {
    pub(crate) range: Range<usize>,
    pub(crate) groups: Vec<Option<Range<usize>>>,
}

impl Program {
    /// Compiles a pattern, or says what is wrong with it.
    pub(crate) fn compile(source: &str, ignore_case: bool, multiline: bool) -> Result<Self, String> {
        let parsed = parse::parse(source)?;
        let compiled = compile::compile(&parsed)?;
        Ok(Self {
            source: source.into(),
            position: 0,
            instructions: compiled.instructions,
            classes: parsed.classes,
            groups: parsed.groups,
            registers: compiled.registers,
            ignore_case,
            multiline,
        })
    }

    pub(crate) fn at(self, position: usize) -> Self {
        Self { position, ..self }
    }

    /// How many instructions it has.
    pub(crate) fn size(&self) -> usize {
        self.instructions.len()
    }

    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    /// The first match that starts at `from` or later. Steps are taken off `steps`.
    pub(crate) fn find(&self, text: &str, from: usize, steps: &mut u64) -> Result<Option<Match>, OutOfSteps> {
        machine::find(self, text, from, steps)
    }
}

#[cfg(test)]
mod tests;
