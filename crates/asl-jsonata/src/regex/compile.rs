//! The tree to instructions.

use super::parse::{Node, Parsed};

/// How many instructions a pattern may become.
const INSTRUCTIONS_MAX: usize = 20_000;

#[derive(Clone, Copy, Debug)]
pub(super) enum Instruction {
    Char(char),
    CharBack(char),
    Any,
    AnyBack,
    Class(usize),
    ClassBack(usize),
    Start,
    End,
    WordBoundary {
        negated: bool,
    },
    BackReference {
        group: usize,
        back: bool,
    },
    /// Tries the first target, then the second.
    Split(usize, usize),
    Jump(usize),
    /// Remembers the position: slot 2n where group n starts, 2n+1 where it ends.
    Save(usize),
    /// Forgets what the groups after the first up to the second number matched.
    Reset(usize, usize),
    /// Remembers where an iteration began …
    Mark(usize),
    /// … and fails if it matched nothing.
    Progress(usize),
    /// Runs what follows up to `Match` on its own; goes on at the target.
    Look {
        negated: bool,
        target: usize,
    },
    Match,
}

pub(super) struct Compiled {
    pub(super) instructions: Vec<Instruction>,
    pub(super) registers: usize,
}

struct Compiler {
    instructions: Vec<Instruction>,
    registers: usize,
}

pub(super) fn compile(parsed: &Parsed) -> Result<Compiled, String> {
    let mut compiler = Compiler { instructions: Vec::new(), registers: 0 };
    compiler.node(&parsed.node, false)?;
    compiler.emit(Instruction::Match)?;
    Ok(Compiled { instructions: compiler.instructions, registers: compiler.registers })
}

impl Compiler {
    fn emit(&mut self, instruction: Instruction) -> Result<usize, String> {
        if self.instructions.len() >= INSTRUCTIONS_MAX {
            return Err("the pattern is too large".to_owned());
        }
        self.instructions.push(instruction);
        Ok(self.instructions.len() - 1)
    }

    fn here(&self) -> usize {
        self.instructions.len()
    }

    fn set(&mut self, at: usize, instruction: Instruction) {
        if let Some(slot) = self.instructions.get_mut(at) {
            *slot = instruction;
        }
    }

    /// `back`: within a lookbehind, text is read to the left.
    fn node(&mut self, node: &Node, back: bool) -> Result<(), String> {
        match node {
            Node::Empty | Node::NamedReference(_) => {}
            Node::Char(c) => {
                self.emit(if back { Instruction::CharBack(*c) } else { Instruction::Char(*c) })?;
            }
            Node::Any => {
                self.emit(if back { Instruction::AnyBack } else { Instruction::Any })?;
            }
            Node::Class(class) => {
                self.emit(if back { Instruction::ClassBack(*class) } else { Instruction::Class(*class) })?;
            }
            Node::Start => {
                self.emit(Instruction::Start)?;
            }
            Node::End => {
                self.emit(Instruction::End)?;
            }
            Node::WordBoundary { negated } => {
                self.emit(Instruction::WordBoundary { negated: *negated })?;
            }
            Node::BackReference(group) => {
                self.emit(Instruction::BackReference { group: *group, back })?;
            }
            Node::Group(inner, number) => {
                let (first, second) = if back { (1, 0) } else { (0, 1) };
                self.emit(Instruction::Save(2 * number + first))?;
                self.node(inner, back)?;
                self.emit(Instruction::Save(2 * number + second))?;
            }
            Node::Look { node, behind, negated } => {
                let look = self.emit(Instruction::Jump(0))?;
                self.node(node, *behind)?;
                self.emit(Instruction::Match)?;
                let target = self.here();
                self.set(look, Instruction::Look { negated: *negated, target });
            }
            Node::Sequence(nodes) if back => nodes.iter().rev().try_for_each(|node| self.node(node, back))?,
            Node::Sequence(nodes) => nodes.iter().try_for_each(|node| self.node(node, back))?,
            Node::Alternatives(nodes) => self.alternatives(nodes, back)?,
            Node::Repeat { node, least, most, greedy, groups } => {
                self.repeat(node, *least, *most, *greedy, *groups, back)?;
            }
        }
        Ok(())
    }

    fn alternatives(&mut self, nodes: &[Node], back: bool) -> Result<(), String> {
        let mut jumps = Vec::new();
        for (place, node) in nodes.iter().enumerate() {
            if place + 1 == nodes.len() {
                self.node(node, back)?;
                break;
            }
            let split = self.emit(Instruction::Jump(0))?;
            self.node(node, back)?;
            jumps.push(self.emit(Instruction::Jump(0))?);
            let next = self.here();
            self.set(split, Instruction::Split(split + 1, next));
        }
        let end = self.here();
        for jump in jumps {
            self.set(jump, Instruction::Jump(end));
        }
        Ok(())
    }

    fn repeat(
        &mut self,
        node: &Node,
        least: u32,
        most: Option<u32>,
        greedy: bool,
        groups: (usize, usize),
        back: bool,
    ) -> Result<(), String> {
        for _ in 0..least {
            self.iteration(node, groups, back)?;
        }
        match most {
            None => {
                let split = self.emit(Instruction::Jump(0))?;
                self.checked_iteration(node, groups, back)?;
                self.emit(Instruction::Jump(split))?;
                let end = self.here();
                self.set(split, choice(split + 1, end, greedy));
            }
            Some(most) => {
                let mut splits = Vec::new();
                for _ in least..most {
                    splits.push(self.emit(Instruction::Jump(0))?);
                    self.checked_iteration(node, groups, back)?;
                }
                let end = self.here();
                for split in splits {
                    self.set(split, choice(split + 1, end, greedy));
                }
            }
        }
        Ok(())
    }

    fn iteration(&mut self, node: &Node, groups: (usize, usize), back: bool) -> Result<(), String> {
        if groups.0 < groups.1 {
            self.emit(Instruction::Reset(groups.0, groups.1))?;
        }
        self.node(node, back)
    }

    /// An iteration past the least: one that matches nothing does not count.
    fn checked_iteration(&mut self, node: &Node, groups: (usize, usize), back: bool) -> Result<(), String> {
        if matches!(node, Node::Char(_) | Node::Any | Node::Class(_)) {
            return self.iteration(node, groups, back);
        }
        let register = self.registers;
        self.registers += 1;
        self.emit(Instruction::Mark(register))?;
        self.iteration(node, groups, back)?;
        self.emit(Instruction::Progress(register))?;
        Ok(())
    }
}

fn choice(enter: usize, leave: usize, greedy: bool) -> Instruction {
    if greedy { Instruction::Split(enter, leave) } else { Instruction::Split(leave, enter) }
}
