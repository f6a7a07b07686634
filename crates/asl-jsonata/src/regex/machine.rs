//! The backtracking machine. All its memory is an explicit stack, and each
//! instruction is a step that is counted.

use super::compile::Instruction;
use super::{Match, Program};

/// The steps did not suffice.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct OutOfSteps;

/// How many choices and old values may wait on the stack.
const STACK_MAX: usize = 1 << 20;

/// Where matching goes on when what is tried now fails.
enum Undo {
    /// Try this instruction at this position.
    Choice(usize, usize),
    /// First put back what a group's end was.
    Slot(usize, Option<usize>),
    /// First put back where an iteration began.
    Register(usize, usize),
}

struct Machine<'p> {
    program: &'p Program,
    text: &'p str,
    slots: Vec<Option<usize>>,
    registers: Vec<usize>,
    stack: Vec<Undo>,
}

/// Bytes compared or slots filled within a step.
const BULK: usize = 16;

fn spend(steps: &mut u64, count: usize) -> Result<(), OutOfSteps> {
    *steps = steps.checked_sub(count as u64).ok_or(OutOfSteps)?;
    Ok(())
}

pub(super) fn find(
    program: &Program,
    text: &str,
    from: usize,
    steps: &mut u64,
) -> Result<Option<Match>, OutOfSteps> {
    let mut machine = Machine {
        program,
        text,
        slots: vec![None; 2 * (program.groups + 1)],
        registers: vec![0; program.registers],
        stack: Vec::new(),
    };
    let anchored = !program.multiline && matches!(program.instructions.first(), Some(Instruction::Start));
    let first = match program.instructions.first() {
        Some(Instruction::Char(c)) if !program.ignore_case => Some(*c),
        _ => None,
    };
    spend(steps, program.groups + program.registers)?;
    let mut start = from;
    loop {
        if let Some(first) = first {
            match text.get(start..).and_then(|rest| rest.find(first)) {
                Some(ahead) => {
                    spend(steps, ahead / BULK)?;
                    start += ahead;
                }
                None => return spend(steps, (text.len() - start) / BULK).map(|()| None),
            }
        }
        if let Some(end) = machine.run(0, start, steps)? {
            let groups = (1..=program.groups).map(|group| machine.group(group)).collect();
            return Ok(Some(Match { range: start..end, groups }));
        }
        match text.get(start..).and_then(|rest| rest.chars().next()) {
            Some(c) if !anchored || start > 0 => start += c.len_utf8(),
            _ => return Ok(None),
        }
        spend(steps, machine.slots.len() / BULK)?;
        machine.slots.fill(None);
    }
}

impl Machine<'_> {
    fn group(&self, group: usize) -> Option<std::ops::Range<usize>> {
        let slot = |at: usize| self.slots.get(at).copied().flatten();
        Some(slot(2 * group)?..slot(2 * group + 1)?)
    }

    /// Runs from an instruction to `Match`; the position reached, or `None`.
    fn run(
        &mut self,
        instruction: usize,
        position: usize,
        steps: &mut u64,
    ) -> Result<Option<usize>, OutOfSteps> {
        let base = self.stack.len();
        let mut at = instruction;
        let mut position = position;
        loop {
            let Some(&current) = self.program.instructions.get(at) else { return Ok(None) };
            spend(steps, self.cost(current))?;
            if self.stack.len() > STACK_MAX {
                return Err(OutOfSteps);
            }
            let next = match current {
                Instruction::Match => {
                    return Ok(Some(position));
                }
                Instruction::Jump(target) => Some((target, position)),
                Instruction::Split(first, second) => {
                    self.stack.push(Undo::Choice(second, position));
                    Some((first, position))
                }
                Instruction::Look { negated, target } => {
                    let look_base = self.stack.len();
                    let found = self.run(at + 1, position, steps)?.is_some();
                    // No way back into a lookaround: its choices are dropped,
                    // but what its groups were before stays to be put back.
                    self.drop_choices(look_base);
                    if negated && found {
                        self.unwind(look_base);
                    }
                    (found != negated).then_some((target, position))
                }
                other => self.simple(other, position).map(|position| (at + 1, position)),
            };
            match next {
                Some((target, reached)) => (at, position) = (target, reached),
                None => match self.backtrack(base) {
                    Some((target, reached)) => (at, position) = (target, reached),
                    None => return Ok(None),
                },
            }
        }
    }

    /// How many steps an instruction is.
    fn cost(&self, instruction: Instruction) -> usize {
        match instruction {
            Instruction::Class(class) | Instruction::ClassBack(class) => {
                1 + self.program.classes.get(class).map_or(0, |class| class.ranges.len()) / BULK
            }
            Instruction::BackReference { group, .. } => {
                1 + self.group(group).map_or(0, |range| range.len()) / BULK
            }
            Instruction::Reset(after, last) => 1 + last.saturating_sub(after),
            _ => 1,
        }
    }

    /// The latest choice that is left, everything since put back.
    fn backtrack(&mut self, base: usize) -> Option<(usize, usize)> {
        while self.stack.len() > base {
            match self.stack.pop()? {
                Undo::Choice(at, position) => return Some((at, position)),
                undo => self.put_back(&undo),
            }
        }
        None
    }

    fn put_back(&mut self, undo: &Undo) {
        match *undo {
            Undo::Choice(..) => {}
            Undo::Slot(slot, old) => {
                if let Some(value) = self.slots.get_mut(slot) {
                    *value = old;
                }
            }
            Undo::Register(register, old) => {
                if let Some(value) = self.registers.get_mut(register) {
                    *value = old;
                }
            }
        }
    }

    fn unwind(&mut self, base: usize) {
        while self.stack.len() > base {
            if let Some(undo) = self.stack.pop() {
                self.put_back(&undo);
            }
        }
    }

    fn drop_choices(&mut self, base: usize) {
        let mut kept = base;
        for at in base..self.stack.len() {
            if !matches!(self.stack.get(at), Some(Undo::Choice(..))) {
                self.stack.swap(kept, at);
                kept += 1;
            }
        }
        self.stack.truncate(kept);
    }

    fn save(&mut self, slot: usize, value: Option<usize>) {
        if let Some(old) = self.slots.get_mut(slot) {
            self.stack.push(Undo::Slot(slot, *old));
            *old = value;
        }
    }

    /// An instruction that goes on behind itself, or fails.
    fn simple(&mut self, instruction: Instruction, position: usize) -> Option<usize> {
        match instruction {
            Instruction::Char(c) => {
                self.read(position).filter(|(found, _)| self.same(*found, c)).map(|(_, end)| end)
            }
            Instruction::CharBack(c) => {
                self.read_back(position).filter(|(found, _)| self.same(*found, c)).map(|(_, start)| start)
            }
            Instruction::Any => self.read(position).filter(|(c, _)| !is_line_end(*c)).map(|(_, end)| end),
            Instruction::AnyBack => {
                self.read_back(position).filter(|(c, _)| !is_line_end(*c)).map(|(_, start)| start)
            }
            Instruction::Class(class) => {
                self.read(position).filter(|(c, _)| self.in_class(class, *c)).map(|(_, end)| end)
            }
            Instruction::ClassBack(class) => {
                self.read_back(position).filter(|(c, _)| self.in_class(class, *c)).map(|(_, start)| start)
            }
            Instruction::Start => self.at_edge(self.read_back(position)).then_some(position),
            Instruction::End => self.at_edge(self.read(position)).then_some(position),
            Instruction::WordBoundary { negated } => {
                let word = |side: Option<(char, usize)>| {
                    side.is_some_and(|(c, _)| c.is_ascii_alphanumeric() || c == '_')
                };
                let boundary = word(self.read_back(position)) != word(self.read(position));
                (boundary != negated).then_some(position)
            }
            Instruction::BackReference { group, back } => self.back_reference(group, back, position),
            Instruction::Save(slot) => {
                self.save(slot, Some(position));
                Some(position)
            }
            Instruction::Reset(after, last) => {
                for slot in 2 * (after + 1)..2 * (last + 1) {
                    self.save(slot, None);
                }
                Some(position)
            }
            Instruction::Mark(register) => {
                if let Some(old) = self.registers.get_mut(register) {
                    self.stack.push(Undo::Register(register, *old));
                    *old = position;
                }
                Some(position)
            }
            Instruction::Progress(register) => {
                (self.registers.get(register) != Some(&position)).then_some(position)
            }
            Instruction::Split(..) | Instruction::Jump(_) | Instruction::Look { .. } | Instruction::Match => {
                None
            }
        }
    }

    fn read(&self, position: usize) -> Option<(char, usize)> {
        let c = self.text.get(position..)?.chars().next()?;
        Some((c, position + c.len_utf8()))
    }

    fn read_back(&self, position: usize) -> Option<(char, usize)> {
        let c = self.text.get(..position)?.chars().next_back()?;
        Some((c, position - c.len_utf8()))
    }

    /// Whether a line, or without `m` the text, ends at this side.
    fn at_edge(&self, side: Option<(char, usize)>) -> bool {
        side.is_none_or(|(c, _)| self.program.multiline && is_line_end(c))
    }

    fn same(&self, a: char, b: char) -> bool {
        a == b || self.program.ignore_case && fold(a) == fold(b)
    }

    fn in_class(&self, class: usize, c: char) -> bool {
        let Some(class) = self.program.classes.get(class) else { return false };
        let has = class.has(c) || self.program.ignore_case && variants(c).into_iter().any(|c| class.has(c));
        has != class.negated
    }

    fn back_reference(&self, group: usize, back: bool, position: usize) -> Option<usize> {
        let Some(range) = self.group(group) else { return Some(position) };
        let wanted = self.text.get(range)?;
        let mut at = position;
        let mut matches = |c: char| {
            let found = if back { self.read_back(at) } else { self.read(at) };
            found.filter(|(found, _)| self.same(*found, c)).map(|(_, next)| at = next).is_some()
        };
        let all =
            if back { wanted.chars().rev().all(&mut matches) } else { wanted.chars().all(&mut matches) };
        all.then_some(at)
    }
}

fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}')
}

/// The upper-case form where it is one character and stays outside ASCII if
/// the character was.
fn fold(c: char) -> char {
    let mut upper = c.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(upper), None) if c.is_ascii() || !upper.is_ascii() => upper,
        _ => c,
    }
}

/// Characters that are the same as this one when case does not count.
fn variants(c: char) -> [char; 2] {
    let mut lower = c.to_lowercase();
    let lowered = match (lower.next(), lower.next()) {
        (Some(lowered), None) if fold(lowered) == fold(c) => lowered,
        _ => c,
    };
    [fold(c), lowered]
}
