//! `|pattern|update,delete|`: a copy with the matched objects changed.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::Evaluator;
use crate::ast::Transform;
use crate::budget::Meter;
use crate::error::{Fault, Res};
use crate::frame::{Env, Function};
use crate::functions::Builtin;
use crate::item::{Item, Record};
use crate::print;

type Members = Vec<(Arc<str>, Item)>;

/// New members of objects of the copy, by the address of the object.
type Changes = BTreeMap<usize, Members>;

impl Evaluator<'_, '_> {
    pub(super) fn transform(&mut self, transform: &Transform, target: Item, env: &Env) -> Res<Item> {
        if target.is_undefined() {
            return Ok(target);
        }
        if !target.is_object() && !target.is_array() {
            return Err(Fault::new("T0410").index(1).value(&target));
        }
        let Item::Function(clone) = self.unreduced(&transform.clone, env)? else {
            return Err(Fault::new("T2013").at(transform.position));
        };
        let copy = match &*clone {
            Function::Native(builtin) if *builtin == Builtin::CLONE => {
                copy_with_identity(target, reread, &mut self.meter)
            }
            _ => {
                let source = self.call_function(&clone, vec![target], env)?;
                copy_with_identity(source, |item, _| Ok(item), &mut self.meter)
            }
        }?;
        let mut changes = Changes::new();
        for found in self.eval(&transform.pattern, &copy, env)?.into_items(&mut self.meter)? {
            self.change(transform, &found, &mut changes, env)?;
        }
        rebuild(copy, &changes, &mut self.meter)
    }

    fn change(&mut self, transform: &Transform, found: &Item, changes: &mut Changes, env: &Env) -> Res<()> {
        // Later matches see what earlier ones changed.
        let current = rebuild(found.clone(), changes, &mut self.meter)?;
        let update = self.eval(&transform.update, &current, env)?;
        if !update.is_undefined() && !update.is_object() {
            return Err(Fault::new("T2011").at(transform.update.position).value(&update));
        }
        let address = if let Item::Record(record) = found { Some(Rc::as_ptr(record).addr()) } else { None };
        if let (Item::Record(record), Some(address)) = (found, address) {
            let members = changes.get(&address).unwrap_or(&record.members).clone();
            let updated = self.updated(members, &update)?;
            changes.insert(address, updated);
        }
        let Some(delete) = &transform.delete else { return Ok(()) };
        let updated = rebuild(found.clone(), changes, &mut self.meter)?;
        let deletions = self.eval(delete, &updated, env)?;
        if deletions.is_undefined() {
            return Ok(());
        }
        let names = deletions.clone().into_items(&mut self.meter)?;
        if names.iter().any(|name| name.as_str().is_none()) {
            return Err(Fault::new("T2012").at(delete.position).value(&deletions));
        }
        if let Some(members) = address.and_then(|address| changes.get_mut(&address)) {
            self.meter.scan(members.len().saturating_mul(names.len()))?;
            members.retain(|(name, _)| !names.iter().any(|deleted| deleted.as_str() == Some(name)));
        }
        Ok(())
    }

    fn updated(&mut self, mut members: Members, update: &Item) -> Res<Members> {
        self.meter.visit(members.len())?;
        for (name, value) in update.members(&mut self.meter)? {
            self.meter.scan(members.len())?;
            match members.iter_mut().find(|(n, _)| *n == name) {
                Some((_, old)) => *old = value,
                None => members.push((name, value)),
            }
        }
        Ok(members)
    }
}

/// What becomes of a value that holds no others.
type Leaf = fn(Item, &mut Meter) -> Res<Item>;

/// What is left of a value that was printed and read again, as `$clone` does it:
/// fifteen digits of a fraction, and nothing of a function.
fn reread(item: Item, meter: &mut Meter) -> Res<Item> {
    let Some(n) = item.as_f64() else { return Ok(if item.is_function() { Item::string("") } else { item }) };
    if n.fract() == 0.0 {
        return Ok(item);
    }
    meter.step(print::NUMBER_STEPS)?;
    let rounded = print::rounded(n);
    Ok(if rounded.to_bits() == n.to_bits() { item } else { Item::Number(rounded) })
}

/// A copy in which every object is an allocation of its own, so that the
/// pattern's matches can be told apart.
fn copy_with_identity(item: Item, leaf: Leaf, meter: &mut Meter) -> Res<Item> {
    let plan = |item: Item, meter: &mut Meter| {
        if item.is_object() {
            return item.members(meter).map(Plan::Object);
        }
        if item.is_array() {
            return item.into_items(meter).map(Plan::Array);
        }
        leaf(item, meter).map(Plan::Keep)
    };
    remake(item, &plan, &|members, _| Ok(Item::Record(Rc::new(Record { members }))), meter)
}

/// The copy with the changes made.
fn rebuild(item: Item, changes: &Changes, meter: &mut Meter) -> Res<Item> {
    let plan = |item: Item, meter: &mut Meter| match &item {
        Item::Record(record) => {
            let members = changes.get(&Rc::as_ptr(record).addr()).unwrap_or(&record.members);
            meter.visit(members.len())?;
            Ok(Plan::Object(members.clone()))
        }
        Item::List(_) => item.into_items(meter).map(Plan::Array),
        _ => Ok(Plan::Keep(item)),
    };
    remake(item, &plan, &Item::object, meter)
}

/// What is to be done with a value within a structure that is made anew.
enum Plan {
    Keep(Item),
    Array(Vec<Item>),
    Object(Members),
}

/// An array, or with names an object, of which some is still to be made.
struct Open {
    names: Option<Vec<Arc<str>>>,
    pending: std::vec::IntoIter<Item>,
    made: Vec<Item>,
}

/// Makes a structure anew from the inside out, on an explicit stack.
fn remake(
    root: Item,
    plan: &dyn Fn(Item, &mut Meter) -> Res<Plan>,
    object: &dyn Fn(Members, &mut Meter) -> Res<Item>,
    meter: &mut Meter,
) -> Res<Item> {
    let mut open: Vec<Open> = Vec::new();
    let mut next = root;
    loop {
        meter.step(1)?;
        let (names, items) = match plan(next, meter)? {
            Plan::Keep(item) => (None, Err(item)),
            Plan::Array(items) => (None, Ok(items)),
            Plan::Object(members) => {
                let (names, items): (Vec<Arc<str>>, Vec<Item>) = members.into_iter().unzip();
                (Some(names), Ok(items))
            }
        };
        let mut made = items.map_or_else(Some, |items| {
            open.push(Open { names, made: Vec::with_capacity(items.len()), pending: items.into_iter() });
            None
        });
        // What is complete goes into the structure around it.
        next = loop {
            let Some(around) = open.last_mut() else { return Ok(made.unwrap_or_default()) };
            around.made.extend(made.take());
            if let Some(child) = around.pending.next() {
                break child;
            }
            made = match open.pop() {
                Some(Open { names: Some(names), made, .. }) => {
                    Some(object(names.into_iter().zip(made).collect(), meter)?)
                }
                Some(Open { made, .. }) => Some(Item::array(made)),
                None => None,
            };
        };
    }
}
