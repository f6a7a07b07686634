//! Paths: steps over sequences, tuple streams for joins and parents.

use std::rc::Rc;

use asl_value::Value;

use super::{Evaluator, context};
use crate::ast::{Kind, Node, Path, Stage, Symbol};
use crate::budget::Meter;
use crate::error::Res;
use crate::frame::Env;
use crate::item::{self, Item, List, Shape, Tuple};
use crate::view::{View, Walk};

/// What a step hands to the next.
enum Stream {
    Items(Vec<Item>),
    /// An array that is handed on whole.
    Array(Item),
    /// What an array constructor at the beginning came to, where that is no array.
    Single(Item),
    Tuples(Vec<Tuple>),
}

impl Stream {
    fn is_empty(&self) -> bool {
        match self {
            Self::Items(items) => items.is_empty(),
            Self::Array(item) => item.items().is_none_or(|items| items.len() == 0),
            Self::Single(item) => item.is_undefined() || item.as_str() == Some(""),
            Self::Tuples(_) => false,
        }
    }
}

impl Evaluator<'_, '_> {
    pub(super) fn path(&mut self, path: &Path, node: &Node, input: &Item, env: &Env) -> Res<Item> {
        let (stream, rest) = if path.plain {
            match self.walk(&path.steps, input, env)? {
                Walked::Done(item) => {
                    return match node.extra.as_ref().and_then(|extra| extra.group.as_ref()) {
                        Some(group) => self.group(group, &item, env),
                        None => Ok(item),
                    };
                }
                Walked::Spread(items, rest) => (items, rest),
            }
        } else {
            let starts_anew =
                matches!(path.steps.first().map(|step| &step.kind), Some(Kind::Variable(_) | Kind::Context));
            let items = match input.items() {
                Some(items) if !starts_anew => items.to_vec(&mut self.meter)?,
                _ => vec![input.clone()],
            };
            (items, path.steps.as_slice())
        };
        let first_of_all = rest.len() == path.steps.len();
        let mut stream = Stream::Items(stream);
        let mut tuples = false;
        for (place, step) in rest.iter().enumerate() {
            let last = place + 1 == rest.len();
            tuples |= step.has_tuple();
            stream = if place == 0 && first_of_all && step.is_constructed() {
                let items = match stream {
                    Stream::Items(items) => items,
                    _ => Vec::new(),
                };
                self.first_constructed(step, input, items, env)?
            } else if tuples || matches!(stream, Stream::Tuples(_)) {
                Stream::Tuples(self.tuple_step(step, stream, env)?)
            } else {
                self.step(step, stream, env, last)?
            };
            if !tuples && stream.is_empty() {
                break;
            }
        }
        self.finish_path(path, node, stream, env)
    }

    fn finish_path(&mut self, path: &Path, node: &Node, stream: Stream, env: &Env) -> Res<Item> {
        let group = node.extra.as_ref().and_then(|extra| extra.group.as_ref());
        let mut result = match stream {
            Stream::Items(items) if group.is_none() && !path.keep_singleton && node.extra.is_none() => {
                return Ok(Item::reduced(items));
            }
            Stream::Items(items) => Item::sequence(items),
            Stream::Array(item) | Stream::Single(item) => item,
            Stream::Tuples(rows) if node.has_tuple() || group.is_some() => Item::Tuples(Rc::new(rows)),
            Stream::Tuples(rows) => Item::sequence(rows.into_iter().map(|row| row.context).collect()),
        };
        if path.keep_singleton
            && let Item::List(list) = &mut result
        {
            match list.shape {
                Shape::Constructed => {
                    result = Item::List(Rc::new(List { items: vec![result], shape: Shape::KeptSequence }));
                }
                Shape::Sequence | Shape::Outer => Rc::make_mut(list).shape = Shape::KeptSequence,
                Shape::Plain | Shape::KeptSequence => {}
            }
        }
        match group {
            Some(group) => self.group(group, &result, env),
            None => Ok(result),
        }
    }

    /// Walks a path of names by reference as long as it meets objects only.
    fn walk<'p>(&mut self, steps: &'p [Node], input: &Item, env: &Env) -> Res<Walked<'p>> {
        let Some((first, rest)) = steps.split_first() else { return Ok(Walked::Done(Item::Undefined)) };
        self.meter.visit(rest.len())?;
        match &first.kind {
            Kind::Variable(variable) => {
                let start = self.unreduced(variable, env)?;
                self.descend(&start, rest, true)
            }
            Kind::Context => self.descend(context(input), rest, true),
            _ => match input.items() {
                Some(items) => Ok(Walked::Spread(items.to_vec(&mut self.meter)?, steps)),
                None => self.descend(input, steps, false),
            },
        }
    }

    /// `began`: a step has been taken, so that an array here is its result.
    fn descend<'p>(&mut self, start: &Item, steps: &'p [Node], began: bool) -> Res<Walked<'p>> {
        let Item::Json(value) = start else {
            return match (start, steps.split_first()) {
                (_, None) => Ok(Walked::Done(start.clone())),
                (Item::List(list), _) => {
                    self.meter.sequence(list.items.len())?;
                    Ok(Walked::Spread(list.items.clone(), steps))
                }
                (Item::Record(record), Some((Node { kind: Kind::Name(name), .. }, rest))) => {
                    self.meter.scan(record.members.len())?;
                    let member = record.get(name).cloned().unwrap_or_default();
                    self.descend(&member, rest, true)
                }
                _ => Ok(Walked::Done(Item::Undefined)),
            };
        };
        let mut value = value;
        let mut rest = steps;
        while let Some((step, behind)) = rest.split_first() {
            match (value, &step.kind) {
                (Value::Object(members), Kind::Name(name)) => match members.get(name) {
                    Some(member) => value = member,
                    None => return Ok(Walked::Done(Item::Undefined)),
                },
                (Value::Array(items), _) if began || rest.len() < steps.len() => {
                    self.meter.sequence(items.len())?;
                    return Ok(Walked::Spread(items.iter().cloned().map(Item::Json).collect(), rest));
                }
                _ => return Ok(Walked::Done(Item::Undefined)),
            }
            rest = behind;
        }
        Ok(Walked::Done(Item::Json(value.clone())))
    }

    fn first_constructed(&mut self, step: &Node, input: &Item, items: Vec<Item>, env: &Env) -> Res<Stream> {
        let whole = if input.is_array() { input.clone() } else { Item::sequence(items.clone()) };
        let result = self.eval(step, &whole, env)?;
        if step.extra.as_ref().is_some_and(|extra| extra.focus.is_some()) {
            // The context stays what it was, and nothing is bound.
            return Ok(Stream::Items(items));
        }
        Ok(if result.is_array() { Stream::Array(result) } else { Stream::Single(result) })
    }

    fn step(&mut self, step: &Node, input: Stream, env: &Env, last: bool) -> Res<Stream> {
        let input = match input {
            // There is nothing to put in order.
            Stream::Single(item) if matches!(step.kind, Kind::Sort(_)) => {
                let mut item = item;
                for stage in step.stages() {
                    if let Stage::Filter(predicate) = stage {
                        item = self.filter(predicate, item, env)?;
                    }
                }
                return Ok(if item.is_array() { Stream::Array(item) } else { Stream::Single(item) });
            }
            Stream::Tuples(_) => Vec::new(),
            other => other.into_items(&mut self.meter)?,
        };
        if let Kind::Sort(terms) = &step.kind {
            let sorted = self.sort_items(step, terms, &input, env)?;
            if sorted.len() > 1 && step.stages().is_empty() {
                return Ok(Stream::Array(Item::array(sorted)));
            }
            let mut sorted = Item::sequence(sorted);
            for stage in step.stages() {
                if let Stage::Filter(predicate) = stage {
                    sorted = self.filter(predicate, sorted, env)?;
                }
            }
            return Ok(if sorted.is_array() {
                Stream::Array(sorted)
            } else {
                Stream::Items(sorted.into_items(&mut self.meter)?)
            });
        }
        self.meter.step(input.len())?;
        let bare_name = match &step.kind {
            Kind::Name(name) if step.extra.is_none() => Some(name),
            _ => None,
        };
        let mut results = Vec::with_capacity(input.len());
        let mut nested = false;
        for item in &input {
            let mut result = match bare_name {
                Some(name) => lookup(item, name, &mut self.meter)?.normalize(),
                None => self.eval(step, item, env)?,
            };
            for stage in step.stages() {
                if let Stage::Filter(predicate) = stage {
                    result = self.filter(predicate, result, env)?;
                }
            }
            if !result.is_undefined() {
                nested |= result.is_array();
                results.push(result);
            }
        }
        if !nested {
            self.meter.sequence(results.len())?;
            return Ok(Stream::Items(results));
        }
        self.flatten(results, last)
    }

    fn flatten(&mut self, mut results: Vec<Item>, last: bool) -> Res<Stream> {
        if last
            && results.len() == 1
            && results.first().is_some_and(|only| only.is_array() && !only.is_sequence())
        {
            return Ok(Stream::Array(results.pop().unwrap_or_default()));
        }
        let mut flat = Vec::with_capacity(results.len());
        for result in results {
            if result.is_array() && !result.is_constructed() {
                let items = result.into_items(&mut self.meter)?;
                self.meter.sequence(flat.len() + items.len())?;
                if flat.is_empty() {
                    flat = items;
                } else {
                    flat.extend(items);
                }
            } else {
                flat.push(result);
            }
        }
        Ok(Stream::Items(flat))
    }

    fn tuple_step(&mut self, step: &Node, stream: Stream, env: &Env) -> Res<Vec<Tuple>> {
        let row = |context: Item| Tuple { context, bindings: Vec::new() };
        let extra = step.extra.as_deref();
        let mut rows: Vec<Tuple>;
        let mut sorted_rows = false;
        if let Kind::Sort(terms) = &step.kind {
            rows = match stream {
                Stream::Tuples(rows) => {
                    sorted_rows = rows.len() > 1;
                    self.sort_tuples(step, terms, &rows, env)?
                }
                other => {
                    let items = other.into_items(&mut self.meter)?;
                    let sorted = self.sort_items(step, terms, &items, env)?;
                    let mut rows: Vec<Tuple> = sorted.into_iter().map(row).collect();
                    if let Some(index) = extra.and_then(|extra| extra.index) {
                        bind_index(&mut rows, index);
                    }
                    rows
                }
            };
        } else {
            let before = match stream {
                Stream::Tuples(rows) => rows,
                other => other.into_items(&mut self.meter)?.into_iter().map(row).collect(),
            };
            self.meter.step(before.len())?;
            rows = Vec::with_capacity(before.len());
            for row in before {
                self.extend_row(step, &row, &mut rows, env)?;
            }
        }
        for stage in step.stages() {
            match stage {
                Stage::Filter(predicate) if sorted_rows => {
                    rows = self.filter_sorted(predicate, &rows, env)?;
                }
                Stage::Filter(predicate) => rows = self.filter_tuples(predicate, &rows, env)?,
                Stage::Index(symbol) => {
                    self.meter.visit(rows.len())?;
                    bind_index(&mut rows, *symbol);
                }
            }
        }
        Ok(rows)
    }

    /// The rows that one row leads to.
    fn extend_row(&mut self, step: &Node, row: &Tuple, rows: &mut Vec<Tuple>, env: &Env) -> Res<()> {
        self.meter.visit(row.bindings.len())?;
        let frame = self.spare.frame_within(env, &row.bindings);
        let result = self.eval(step, &row.context, &frame)?;
        self.spare.give_back(frame);
        if let Item::Tuples(inner) = &result {
            for tuple in inner.iter() {
                self.meter
                    .scan(tuple.bindings.len().saturating_mul(row.bindings.len() + tuple.bindings.len()))?;
                self.rows(1, row.bindings.len() + tuple.bindings.len())?;
                let mut joined = Tuple { context: tuple.context.clone(), bindings: row.bindings.clone() };
                for (symbol, item) in &tuple.bindings {
                    joined.bind(*symbol, item.clone());
                }
                rows.push(joined);
            }
            return self.meter.sequence_length(rows.len());
        }
        let items = result.into_items(&mut self.meter)?;
        self.rows(items.len(), row.bindings.len() + 2)?;
        self.meter.sequence_length(rows.len() + items.len())?;
        let extra = step.extra.as_deref();
        for (place, item) in items.into_iter().enumerate() {
            let mut joined = Tuple { context: item, bindings: row.bindings.clone() };
            if let Some(extra) = extra {
                if let Some(focus) = extra.focus {
                    let item = std::mem::replace(&mut joined.context, row.context.clone());
                    joined.bind(focus, item);
                }
                if let Some(index) = extra.index {
                    joined.bind(index, Item::count(place));
                }
                for label in &extra.ancestors {
                    joined.bind(*label, row.context.clone());
                }
            }
            rows.push(joined);
        }
        Ok(())
    }

    /// Pays for rows of a tuple stream, copies of one that has so many bindings.
    pub(super) fn rows(&mut self, count: usize, bindings: usize) -> Res<()> {
        let bytes = size_of::<Tuple>() + bindings.saturating_mul(size_of::<(Symbol, Item)>());
        self.meter.visit(count.saturating_mul(bindings + 1))?;
        self.meter.allocate(count.saturating_mul(bytes))
    }

    /// `*`
    pub(super) fn wildcard(&mut self, input: &Item) -> Res<Item> {
        let view = View::of(context(input));
        let mut results = Vec::new();
        let mut has_array = false;
        for (_, child) in view.members().or_else(|| view.elements()).into_iter().flatten() {
            let child = child.to_item();
            has_array |= child.is_array();
            let mut leaves = Walk::leaves(&child);
            while let Some(leaf) = leaves.next(&mut self.meter)? {
                self.meter.one_more(results.len())?;
                results.push(leaf.to_item());
            }
        }
        // Items of arrays are appended, and what that makes is no sequence.
        Ok(if has_array { Item::array(results) } else { Item::sequence(results) })
    }

    /// `**`
    pub(super) fn descendants(&mut self, input: &Item) -> Res<Item> {
        let mut results = Vec::new();
        if !input.is_undefined() {
            let mut walk = Walk::descendants(input);
            while let Some(found) = walk.next(&mut self.meter)? {
                self.meter.one_more(results.len())?;
                results.push(found.to_item());
            }
        }
        Ok(Item::sequence(results))
    }
}

/// How far a walk by reference came.
enum Walked<'p> {
    Done(Item),
    /// It met an array: these items are left to take through these steps.
    Spread(Vec<Item>, &'p [Node]),
}

impl Stream {
    fn into_items(self, meter: &mut Meter) -> Res<Vec<Item>> {
        match self {
            Self::Items(items) => Ok(items),
            Self::Array(array) => array.into_items(meter),
            // The reference goes through what has a length: a text.
            Self::Single(item) => item.as_str().map_or(Ok(Vec::new()), |text| item::units(text, meter)),
            Self::Tuples(rows) => Ok(rows.into_iter().map(|row| row.context).collect()),
        }
    }
}

impl Tuple {
    fn bind(&mut self, symbol: Symbol, item: Item) {
        match self.bindings.iter_mut().find(|(s, _)| *s == symbol) {
            Some((_, old)) => *old = item,
            None => self.bindings.push((symbol, item)),
        }
    }
}

fn bind_index(rows: &mut [Tuple], symbol: Symbol) {
    for (place, row) in rows.iter_mut().enumerate() {
        row.bind(symbol, Item::count(place));
    }
}

/// The member of that name; of the items of an array, all that have it.
pub(crate) fn lookup(input: &Item, name: &str, meter: &mut Meter) -> Res<Item> {
    if !input.is_array() {
        return Ok(input.member(name, meter)?.unwrap_or_default());
    }
    let mut found = Vec::new();
    let mut leaves = Walk::leaves(input);
    while let Some(leaf) = leaves.next(meter)? {
        let Some(member) = leaf.member(name, meter)? else { continue };
        if let Some(elements) = member.elements() {
            meter.sequence(elements.len())?;
            found.extend(elements.map(|(_, element)| element.to_item()));
        } else {
            meter.one_more(found.len())?;
            found.push(member.to_item());
        }
    }
    Ok(Item::sequence(found))
}
