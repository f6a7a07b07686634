//! `|pattern|update,delete|`: a copy with the matched objects changed.

use std::rc::Rc;
use std::sync::Arc;

use super::Evaluator;
use crate::ast::Transform;
use crate::error::{Fault, Res};
use crate::frame::{Env, Function};
use crate::functions::Builtin;
use crate::item::{Item, Record, check_depth};

/// New members of objects of the copy, by the address of the object.
type Changes = std::collections::BTreeMap<usize, Vec<(Arc<str>, Item)>>;

impl Evaluator<'_, '_> {
    pub(super) fn transform(&mut self, transform: &Transform, target: Item, env: &Env) -> Res<Item> {
        if target.is_undefined() {
            return Ok(target);
        }
        if !target.is_object() && !target.is_array() {
            return Err(Fault::new("T0410").index(1).value(&target));
        }
        let Item::Function(clone) = self.variable(&transform.clone, env) else {
            return Err(Fault::new("T2013").at(transform.position));
        };
        let source = match &*clone {
            Function::Native(builtin) if *builtin == Builtin::CLONE => target,
            _ => self.call_function(&clone, vec![target], env)?,
        };
        let copy = self.copy_with_identity(&source, 0)?;
        let mut changes = Changes::new();
        for found in self.eval(&transform.pattern, &copy, env)?.into_items() {
            self.change(transform, &found, &mut changes, env)?;
        }
        self.rebuild(&copy, &changes, 0)
    }

    /// A copy in which every object is an allocation of its own, so that the
    /// pattern's matches can be told apart.
    fn copy_with_identity(&mut self, item: &Item, depth: usize) -> Res<Item> {
        check_depth(depth)?;
        self.meter.step(1)?;
        if let Some(items) = item.items() {
            self.meter.sequence(items.len())?;
            let copies: Res<Vec<Item>> =
                items.iter().map(|item| self.copy_with_identity(&item, depth + 1)).collect();
            return Ok(Item::array(copies?));
        }
        if item.is_object() {
            let mut members = item.members();
            self.meter.allocate(members.len() * 48)?;
            for (_, member) in &mut members {
                *member = self.copy_with_identity(member, depth + 1)?;
            }
            return Ok(Item::Record(Rc::new(Record { members })));
        }
        Ok(item.clone())
    }

    fn change(&mut self, transform: &Transform, found: &Item, changes: &mut Changes, env: &Env) -> Res<()> {
        // Later matches see what earlier ones changed.
        let current = if changes.is_empty() { found.clone() } else { self.rebuild(found, changes, 0)? };
        let update = self.eval(&transform.update, &current, env)?;
        if !update.is_undefined() && !update.is_object() {
            return Err(Fault::new("T2011").at(transform.update.position).value(&update));
        }
        let Item::Record(record) = found else { return Ok(()) };
        let address = Rc::as_ptr(record).addr();
        let members = changes.entry(address).or_insert_with(|| record.members.clone());
        for (name, value) in update.members() {
            match members.iter_mut().find(|(n, _)| *n == name) {
                Some((_, old)) => *old = value,
                None => members.push((name, value)),
            }
        }
        let Some(delete) = &transform.delete else { return Ok(()) };
        let updated = self.rebuild(found, changes, 0)?;
        let deletions = self.eval(delete, &updated, env)?;
        if deletions.is_undefined() {
            return Ok(());
        }
        let names = deletions.clone().into_items();
        if names.iter().any(|name| name.as_str().is_none()) {
            return Err(Fault::new("T2012").at(delete.position).value(&deletions));
        }
        if let Some(members) = changes.get_mut(&address) {
            members.retain(|(name, _)| !names.iter().any(|deleted| deleted.as_str() == Some(name)));
        }
        Ok(())
    }

    /// The copy with the changes made.
    fn rebuild(&mut self, item: &Item, changes: &Changes, depth: usize) -> Res<Item> {
        check_depth(depth)?;
        self.meter.step(1)?;
        if let Item::Record(record) = item {
            let members = changes.get(&Rc::as_ptr(record).addr()).unwrap_or(&record.members);
            let rebuilt: Res<Vec<_>> = members
                .iter()
                .map(|(name, member)| Ok((name.clone(), self.rebuild(member, changes, depth + 1)?)))
                .collect();
            return Item::object(rebuilt?);
        }
        match item {
            Item::List(list) => {
                let rebuilt: Res<Vec<Item>> =
                    list.items.iter().map(|item| self.rebuild(item, changes, depth + 1)).collect();
                Ok(Item::array(rebuilt?))
            }
            other => Ok(other.clone()),
        }
    }
}
