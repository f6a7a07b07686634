//! Objects and grouping: items sorted into groups by key, then each group's
//! value evaluated with the group as context.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Evaluator;
use crate::ast::{Group, Symbol};
use crate::error::{Fault, Res};
use crate::frame::{Env, Frame};
use crate::item::{Item, Tuple};

/// Past this many groups they are found by search instead of by scan.
const SCAN_MAX: usize = 16;

/// The groups in the order of their first item.
struct Groups<T> {
    entries: Vec<Entry<T>>,
    places: BTreeMap<Arc<str>, usize>,
}

struct Entry<T> {
    key: Arc<str>,
    pair: usize,
    rows: Vec<T>,
}

impl<T> Groups<T> {
    const fn new() -> Self {
        Self { entries: Vec::new(), places: BTreeMap::new() }
    }

    fn find(&self, key: &str) -> Option<usize> {
        if self.places.is_empty() {
            self.entries.iter().position(|entry| &*entry.key == key)
        } else {
            self.places.get(key).copied()
        }
    }

    /// Adds a row; `Err` where another pair of the object has this key.
    fn add(&mut self, key: Arc<str>, pair: usize, row: T) -> Result<(), Arc<str>> {
        if let Some(entry) = self.find(&key).and_then(|place| self.entries.get_mut(place)) {
            if entry.pair != pair {
                return Err(key);
            }
            entry.rows.push(row);
            return Ok(());
        }
        if self.entries.len() == SCAN_MAX {
            self.places =
                self.entries.iter().enumerate().map(|(place, entry)| (entry.key.clone(), place)).collect();
        }
        if self.entries.len() >= SCAN_MAX {
            self.places.insert(key.clone(), self.entries.len());
        }
        self.entries.push(Entry { key, pair, rows: vec![row] });
        Ok(())
    }
}

impl Evaluator<'_, '_> {
    pub(super) fn group(&mut self, group: &Group, input: &Item, env: &Env) -> Res<Item> {
        match input {
            Item::Tuples(rows) => self.group_tuples(group, rows, env),
            _ => self.group_items(group, input, env),
        }
    }

    fn group_items(&mut self, group: &Group, input: &Item, env: &Env) -> Res<Item> {
        let mut groups = Groups::new();
        match input.items().filter(|items| items.len() > 0) {
            None if input.is_array() => self.add_to_groups(group, &mut groups, &Item::Undefined, env)?,
            None => self.add_to_groups(group, &mut groups, input, env)?,
            Some(items) => {
                self.meter.step(items.len())?;
                for item in items.iter() {
                    self.add_to_groups(group, &mut groups, &item, env)?;
                }
            }
        }
        let mut members = Vec::with_capacity(groups.entries.len());
        for entry in groups.entries {
            let context = self.append_all(entry.rows)?;
            if let Some((_, value)) = group.pairs.get(entry.pair) {
                let value = self.eval(value, &context, env)?;
                if !value.is_undefined() {
                    members.push((entry.key, value));
                }
            }
        }
        Item::object(members, &mut self.meter)
    }

    fn add_to_groups(&mut self, group: &Group, groups: &mut Groups<Item>, item: &Item, env: &Env) -> Res<()> {
        self.meter.step(group.pairs.len())?;
        for (place, (key, _)) in group.pairs.iter().enumerate() {
            let key = self.eval(key, item, env)?;
            if let Some(key) = key_text(group, key)? {
                self.meter.bulk(key.len())?;
                self.meter.allocate(size_of::<Item>())?;
                groups.add(key, place, item.clone()).map_err(|key| repeated(group, &key))?;
            }
        }
        Ok(())
    }

    fn group_tuples(&mut self, group: &Group, rows: &[Tuple], env: &Env) -> Res<Item> {
        self.meter.step(rows.len())?;
        let mut groups = Groups::new();
        for (number, row) in rows.iter().enumerate() {
            self.meter.visit(row.bindings.len())?;
            let frame = self.spare.frame_within(env, &row.bindings);
            self.meter.step(group.pairs.len())?;
            for (place, (key, _)) in group.pairs.iter().enumerate() {
                let key = self.eval(key, &row.context, &frame)?;
                if let Some(key) = key_text(group, key)? {
                    self.meter.bulk(key.len())?;
                    self.rows(1, row.bindings.len())?;
                    groups.add(key, place, (number, row.clone())).map_err(|key| repeated(group, &key))?;
                }
            }
            self.spare.give_back(frame);
        }
        // A row that was a group of its own has lost its context to it, and groups
        // whose names are whole numbers come first: so the reference has it.
        let mut entries: Vec<(usize, Entry<_>)> = groups.entries.into_iter().enumerate().collect();
        entries.sort_by_key(|(_, entry)| whole_number(&entry.key).unwrap_or(u32::MAX));
        let mut members = Vec::with_capacity(entries.len());
        let mut taken = BTreeSet::new();
        for (place, entry) in entries {
            let alone = entry.rows.len() == 1;
            let mut group_rows = Vec::with_capacity(entry.rows.len());
            for (number, mut row) in entry.rows {
                if taken.contains(&number) {
                    row.context = Item::Undefined;
                }
                if alone {
                    taken.insert(number);
                }
                group_rows.push(row);
            }
            let (context, bindings) = self.merge_rows(group_rows)?;
            let frame = Frame::child(env, bindings);
            if let Some((_, value)) = group.pairs.get(entry.pair) {
                let value = self.eval(value, &context, &frame)?;
                if !value.is_undefined() {
                    members.push((place, (entry.key, value)));
                }
            }
        }
        members.sort_by_key(|(place, _)| *place);
        Item::object(members.into_iter().map(|(_, member)| member).collect(), &mut self.meter)
    }

    /// One row stays as it is; of several, each column becomes an array.
    fn merge_rows(&mut self, mut rows: Vec<Tuple>) -> Res<(Item, Vec<(Symbol, Item)>)> {
        if rows.len() == 1 {
            return Ok(rows.pop().map(|row| (row.context, row.bindings)).unwrap_or_default());
        }
        let mut contexts = Vec::with_capacity(rows.len());
        let mut columns: Vec<(Symbol, Vec<Item>)> = Vec::new();
        for row in rows {
            contexts.push(row.context);
            self.meter.scan(row.bindings.len().saturating_mul(row.bindings.len()))?;
            for (symbol, item) in row.bindings {
                match columns.iter_mut().find(|(s, _)| *s == symbol) {
                    Some((_, column)) => column.push(item),
                    None => columns.push((symbol, vec![item])),
                }
            }
        }
        let context = self.append_all(contexts)?;
        let mut bindings = Vec::with_capacity(columns.len());
        for (symbol, column) in columns {
            bindings.push((symbol, self.append_all(column)?));
        }
        Ok((context, bindings))
    }

    /// All items that have a value in one array, arrays among them flattened once;
    /// a single item stands for itself.
    fn append_all(&mut self, mut items: Vec<Item>) -> Res<Item> {
        items.retain(|item| !item.is_undefined());
        if items.len() < 2 {
            return Ok(items.pop().unwrap_or_default());
        }
        let mut appended = Vec::with_capacity(items.len());
        for item in items {
            match item.items() {
                Some(inner) => appended.extend(inner.to_vec(&mut self.meter)?),
                None => appended.push(item),
            }
            self.meter.visit(1)?;
        }
        self.meter.sequence(appended.len())?;
        Ok(Item::array(appended))
    }
}

/// The number that a name is to JavaScript, which puts such members first.
fn whole_number(name: &str) -> Option<u32> {
    let canonical = name == "0" || !name.starts_with('0') && name.bytes().all(|b| b.is_ascii_digit());
    if canonical { name.parse().ok().filter(|n| *n < u32::MAX) } else { None }
}

/// The key's text; `None` leaves the pair out.
fn key_text(group: &Group, key: Item) -> Res<Option<Arc<str>>> {
    match key {
        Item::Undefined => Ok(None),
        Item::Json(asl_value::Value::String(text)) => Ok(Some(text)),
        other => Err(Fault::new("T1003").at(group.position).value(&other)),
    }
}

fn repeated(group: &Group, key: &Arc<str>) -> Box<Fault> {
    Fault::new("D1009").at(group.position).value(&Item::string(key.clone()))
}
