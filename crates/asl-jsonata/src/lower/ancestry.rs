//! Parent operators: which step answers each `%`.

use super::path::finish_path;
use super::{Lowerer, seek_too, seeking, type_name};
use crate::ast::{Kind, Node};
use crate::error::{Fault, Res};

impl Lowerer<'_> {
    /// Lets the parent operators of the last step look for their step before it.
    pub(super) fn resolve_ancestry(&mut self, node: &mut Node) -> Res<()> {
        let Kind::Path(path) = &mut node.kind else { return Ok(()) };
        let slots = path.steps.last().map(|step| seeking(step).to_vec()).unwrap_or_default();
        let mut unresolved = Vec::new();
        for slot in slots {
            let mut before = path.steps.len() - 1;
            while self.slots.get(slot).is_some_and(|slot| slot.level > 0) {
                if before == 0 {
                    unresolved.push(slot);
                    break;
                }
                before -= 1;
                // Of steps in a row that bind the focus, the first counts.
                while before > 0
                    && binds_focus(path.steps.get(before))
                    && binds_focus(path.steps.get(before - 1))
                {
                    before -= 1;
                }
                if let Some(step) = path.steps.get_mut(before) {
                    self.seek_parent(step, slot)?;
                }
            }
        }
        seek_too(node, &unresolved);
        Ok(())
    }

    pub(super) fn seek_parent(&mut self, node: &mut Node, slot: usize) -> Res<()> {
        let position = node.position;
        let name = type_name(node);
        match &mut node.kind {
            Kind::Name(_) | Kind::Wildcard => {
                if let Some(slot) = self.slots.get_mut(slot) {
                    slot.level = slot.level.saturating_sub(1);
                    if slot.level == 0 {
                        let label = slot.label;
                        let extra = node.extra_mut();
                        extra.ancestors.push(label);
                        extra.tuple = true;
                    }
                }
                Ok(())
            }
            Kind::Parent(_) => {
                if let Some(slot) = self.slots.get_mut(slot) {
                    slot.level += 1;
                }
                Ok(())
            }
            Kind::Block(block) => {
                let found = block.nodes.last_mut().map(|last| self.seek_parent(last, slot));
                if found.is_some() {
                    node.extra_mut().tuple = true;
                }
                found.unwrap_or(Ok(()))
            }
            Kind::Path(path) => {
                for (place, step) in path.steps.iter_mut().rev().enumerate() {
                    if place > 0 && self.slots.get(slot).is_none_or(|slot| slot.level == 0) {
                        break;
                    }
                    self.seek_parent(step, slot)?;
                }
                node.extra_mut().tuple = true;
                finish_path(node);
                Ok(())
            }
            _ => Err(Fault::new("S0217").at(position).token(name)),
        }
    }
}

fn binds_focus(step: Option<&Node>) -> bool {
    step.and_then(|step| step.extra.as_ref()).is_some_and(|extra| extra.focus.is_some())
}
