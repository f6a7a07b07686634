//! Searching strings with strings, regular expressions and functions that act
//! like one. Places in match objects count UTF-16 units, as the reference has it.

use std::rc::Rc;
use std::sync::Arc;

use asl_value::Value;

use super::Arguments;
use crate::error::{Fault, Res};
use crate::eval::Evaluator;
use crate::frame::{Env, Function};
use crate::item::Item;
use crate::regex::{Match, Program};

/// One match, whoever found it.
struct Found {
    text: Item,
    /// In bytes.
    start: usize,
    end: usize,
    groups: Vec<Item>,
    /// The match as functions see it, for those that ask.
    object: Option<Item>,
    next: Next,
}

enum Next {
    Program(Arc<Program>),
    Function(Item),
}

impl Evaluator<'_, '_> {
    fn search(&mut self, program: &Program, text: &str, from: usize) -> Res<Option<Match>> {
        program.find(text, from, &mut self.meter.regex_steps).map_err(|_| Fault::new("U1004"))
    }

    /// What calling a regular expression gives.
    pub(crate) fn match_as_object(&mut self, program: &Arc<Program>, text: &Item) -> Res<Item> {
        let Item::Json(Value::String(text)) = text else { return Ok(Item::Undefined) };
        match self.search(program, text, 0)? {
            Some(found) => as_object(program, text, &found),
            None => Ok(Item::Undefined),
        }
    }

    /// What calling the `next` function of a match gives.
    pub(crate) fn next_match_as_object(
        &mut self,
        program: &Arc<Program>,
        text: &Arc<str>,
        from: usize,
    ) -> Res<Item> {
        match self.search_on(program, text, from)? {
            Some(found) => as_object(program, text, &found),
            None => Ok(Item::Undefined),
        }
    }

    /// A further match; one that matches nothing would never get on.
    fn search_on(&mut self, program: &Program, text: &str, from: usize) -> Res<Option<Match>> {
        if from >= text.len() {
            return Ok(None);
        }
        let found = self.search(program, text, from)?;
        if found.as_ref().is_some_and(|found| found.range.is_empty()) {
            return Err(Fault::new("D1004").value_text(program.source().to_owned()));
        }
        Ok(found)
    }

    fn first(&mut self, matcher: &Rc<Function>, text: &Arc<str>, env: &Env) -> Res<Option<Found>> {
        if let Function::Regex(program) = &**matcher {
            let found = self.search(program, text, 0)?;
            return Ok(found.map(|found| from_match(program, text, &found)));
        }
        let object = self.call_function(matcher, vec![Item::Json(Value::String(text.clone()))], env)?;
        from_object(object, text)
    }

    fn following(&mut self, found: &Found, text: &Arc<str>, env: &Env) -> Res<Option<Found>> {
        match &found.next {
            Next::Program(program) => {
                let next = self.search_on(program, text, found.end)?;
                Ok(next.map(|next| from_match(program, text, &next)))
            }
            Next::Function(Item::Function(next)) => {
                let object = self.call_function(next, Vec::new(), env)?;
                from_object(object, text)
            }
            Next::Function(_) => Err(Fault::new("T1006")),
        }
    }
}

fn from_match(program: &Arc<Program>, text: &Arc<str>, found: &Match) -> Found {
    let slice = |range: &std::ops::Range<usize>| Item::string(text.get(range.clone()).unwrap_or_default());
    Found {
        text: slice(&found.range),
        start: found.range.start,
        end: found.range.end,
        groups: found.groups.iter().map(|group| group.as_ref().map_or(Item::Undefined, slice)).collect(),
        object: None,
        next: Next::Program(program.clone()),
    }
}

/// A match object made by a function.
fn from_object(object: Item, text: &str) -> Res<Option<Found>> {
    if object.is_undefined() {
        return Ok(None);
    }
    let member = |name: &str| object.member(name).unwrap_or_default();
    let (start, end, groups, next) = (member("start"), member("end"), member("groups"), member("next"));
    if start.as_f64().is_none() && end.as_f64().is_none() && !groups.is_array() && !next.is_function() {
        return Err(Fault::new("T1010"));
    }
    Ok(Some(Found {
        text: member("match"),
        start: byte_place(text, start.as_f64().unwrap_or(0.0)),
        end: byte_place(text, end.as_f64().unwrap_or(0.0)),
        groups: groups.into_items(),
        object: Some(object),
        next: Next::Function(next),
    }))
}

fn as_object(program: &Arc<Program>, text: &Arc<str>, found: &Match) -> Res<Item> {
    let whole = from_match(program, text, found);
    let next = Function::NextMatch { program: program.clone(), text: text.clone(), from: found.range.end };
    Item::object(vec![
        ("match".into(), whole.text),
        ("start".into(), Item::count(units(text, found.range.start))),
        ("end".into(), Item::count(units(text, found.range.end))),
        ("groups".into(), Item::array(whole.groups)),
        ("next".into(), Item::Function(Rc::new(next))),
    ])
}

/// UTF-16 units of the text up to a byte.
fn units(text: &str, byte: usize) -> usize {
    let before = text.get(..byte).unwrap_or_default();
    if before.is_ascii() { before.len() } else { before.encode_utf16().count() }
}

/// The byte where so many UTF-16 units have passed.
fn byte_place(text: &str, place: f64) -> usize {
    let mut passed = 0.0;
    for (at, c) in text.char_indices() {
        if passed >= place {
            return at;
        }
        passed += if u32::from(c) > 0xffff { 2.0 } else { 1.0 };
    }
    text.len()
}

/// How many matches are wanted at most; `None` for all.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked, and saturating is meant"
)]
fn limit(arguments: &Arguments<'_>, place: usize, code: &'static str) -> Res<Option<usize>> {
    match arguments.number(place) {
        Some(n) if n < 0.0 => Err(Fault::new(code).index(place + 1).value(&Item::Number(n))),
        Some(n) => Ok(Some(n.ceil() as usize)),
        None => Ok(None),
    }
}

fn shared(item: &Item) -> Option<Arc<str>> {
    match item {
        Item::Json(Value::String(text)) => Some(text.clone()),
        _ => None,
    }
}

pub(super) fn contains(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let Some(text) = shared(&arguments.take(0)) else { return Ok(Item::Undefined) };
    match arguments.take(1) {
        Item::Json(Value::String(wanted)) => Ok(Item::bool(text.contains(&*wanted))),
        Item::Function(matcher) => Ok(Item::bool(evaluator.first(&matcher, &text, arguments.env)?.is_some())),
        _ => Ok(Item::Undefined),
    }
}

pub(super) fn matches(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let limit = limit(arguments, 2, "D3040")?;
    let Some(text) = shared(&arguments.take(0)) else { return Ok(Item::Undefined) };
    let Item::Function(matcher) = arguments.take(1) else { return Ok(Item::Undefined) };
    let mut results = Vec::new();
    if limit == Some(0) {
        return Ok(Item::sequence(results));
    }
    // Counted from one match to the next, so that it stays linear.
    let mut index = 0;
    let mut counted = 0;
    let mut found = evaluator.first(&matcher, &text, arguments.env)?;
    while let Some(this) = found {
        index += text.get(counted..this.start).map_or(0, |between| units(between, between.len()));
        counted = counted.max(this.start);
        results.push(Item::object(vec![
            ("match".into(), this.text.clone()),
            ("index".into(), Item::count(index)),
            ("groups".into(), Item::array(this.groups.clone())),
        ])?);
        evaluator.meter.sequence(results.len().min(64))?;
        if limit.is_some_and(|limit| results.len() >= limit) {
            break;
        }
        found = evaluator.following(&this, &text, arguments.env)?;
    }
    Ok(Item::sequence(results))
}

pub(super) fn split(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let Some(text) = shared(&arguments.take(0)) else { return Ok(Item::Undefined) };
    let limit = limit(arguments, 2, "D3020")?.unwrap_or(usize::MAX);
    // Where the reference leaves the splitting to JavaScript, a fraction of a
    // limit does not count.
    let whole_limit = match arguments.number(2) {
        Some(n) if n.fract() != 0.0 => limit.saturating_sub(1),
        _ => limit,
    };
    evaluator.meter.allocate(text.len().saturating_mul(32).min(text.len() + 40 * limit.min(1 << 24)))?;
    let parts: Vec<Item> = match arguments.take(1) {
        Item::Json(Value::String(separator)) if separator.is_empty() => {
            text.chars().take(whole_limit).map(|c| Item::string(c.encode_utf8(&mut [0; 4]) as &str)).collect()
        }
        Item::Json(Value::String(separator)) => {
            text.split(&*separator).take(whole_limit).map(Item::string).collect()
        }
        Item::Function(matcher) => {
            let mut parts = Vec::new();
            let mut start = 0;
            let mut found = if limit > 0 { evaluator.first(&matcher, &text, arguments.env)? } else { None };
            while let Some(this) = found
                && parts.len() < limit
            {
                parts.push(Item::string(text.get(start..this.start).unwrap_or_default()));
                start = this.end;
                found = evaluator.following(&this, &text, arguments.env)?;
            }
            if parts.len() < limit {
                parts.push(Item::string(text.get(start..).unwrap_or_default()));
            }
            parts
        }
        _ => return Ok(Item::array(vec![Item::string(text)])),
    };
    Ok(Item::array(parts))
}

pub(super) fn replace(evaluator: &mut Evaluator<'_, '_>, arguments: &mut Arguments<'_>) -> Res<Item> {
    let Some(text) = shared(&arguments.take(0)) else { return Ok(Item::Undefined) };
    let (pattern, replacement) = (arguments.take(1), arguments.take(2));
    if pattern.as_str() == Some("") {
        return Err(Fault::new("D3010").index(2).value(&pattern));
    }
    let limit = limit(arguments, 3, "D3011")?.unwrap_or(usize::MAX);
    let mut result = String::new();
    let mut position = 0;
    let mut count = 0;
    match &pattern {
        Item::Json(Value::String(wanted)) => {
            for (at, _) in text.match_indices(&**wanted).take(limit) {
                let with = replacement.as_str().ok_or_else(|| Fault::new("D3012").value(&replacement))?;
                result.push_str(text.get(position..at).unwrap_or_default());
                result.push_str(with);
                position = at + wanted.len();
                evaluator.meter.string_length(result.len())?;
            }
        }
        Item::Function(matcher) => {
            let mut found = if limit > 0 { evaluator.first(matcher, &text, arguments.env)? } else { None };
            while let Some(this) = found
                && count < limit
            {
                result.push_str(text.get(position..this.start).unwrap_or_default());
                substitute(evaluator, &replacement, &this, &text, arguments.env, &mut result)?;
                position = this.start + this.text.as_str().map_or(0, str::len);
                count += 1;
                evaluator.meter.string_length(result.len())?;
                found = evaluator.following(&this, &text, arguments.env)?;
            }
        }
        _ => return Ok(Item::Undefined),
    }
    result.push_str(text.get(position..).unwrap_or_default());
    evaluator.meter.string(result.len())?;
    Ok(Item::string(result))
}

/// Appends what a match is replaced with.
fn substitute(
    evaluator: &mut Evaluator<'_, '_>,
    replacement: &Item,
    found: &Found,
    text: &Arc<str>,
    env: &Env,
    result: &mut String,
) -> Res<()> {
    let function = match replacement {
        Item::Function(function) => function,
        other => {
            expand(other.as_str().unwrap_or_default(), found, result);
            return Ok(());
        }
    };
    let object = match (&found.object, &found.next) {
        (Some(object), _) => object.clone(),
        (None, Next::Program(program)) => {
            let next = Function::NextMatch { program: program.clone(), text: text.clone(), from: found.end };
            Item::object(vec![
                ("match".into(), found.text.clone()),
                ("start".into(), Item::count(units(text, found.start))),
                ("end".into(), Item::count(units(text, found.end))),
                ("groups".into(), Item::array(found.groups.clone())),
                ("next".into(), Item::Function(Rc::new(next))),
            ])?
        }
        (None, Next::Function(_)) => Item::Undefined,
    };
    let with = evaluator.call_function(function, vec![object], env)?;
    match with.as_str() {
        Some(with) => {
            result.push_str(with);
            Ok(())
        }
        None => Err(Fault::new("D3012").value(&with)),
    }
}

/// Copies the replacement with `$1` and the like put in. As many digits count
/// as the number of groups has, one less if that is too high.
fn expand(replacement: &str, found: &Found, result: &mut String) {
    let digits_max = found.groups.len().max(1).to_string().len();
    let mut rest = replacement;
    while let Some((before, behind)) = rest.split_once('$') {
        result.push_str(before);
        if let Some(behind) = behind.strip_prefix('$') {
            result.push('$');
            rest = behind;
            continue;
        }
        if let Some(behind) = behind.strip_prefix('0') {
            result.push_str(found.text.as_str().unwrap_or_default());
            rest = behind;
            continue;
        }
        let digits = behind.bytes().take(digits_max).take_while(u8::is_ascii_digit).count();
        let number = |digits: usize| behind.get(..digits).and_then(|digits| digits.parse::<usize>().ok());
        let too_high = digits > 1 && number(digits).is_some_and(|n| n > found.groups.len());
        let digits = if too_high { digits - 1 } else { digits };
        match number(digits) {
            Some(n) => {
                let group = n.checked_sub(1).and_then(|place| found.groups.get(place));
                result.push_str(group.and_then(Item::as_str).unwrap_or_default());
            }
            None => result.push('$'),
        }
        rest = behind.get(digits..).unwrap_or_default();
    }
    result.push_str(rest);
}
