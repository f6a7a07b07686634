//! Searching strings with strings, regular expressions and functions that act
//! like one. Places in match objects count UTF-16 units, as the reference has it.

use std::rc::Rc;
use std::sync::Arc;

use asl_value::Value;

use super::Arguments;
use crate::budget::Meter;
use crate::error::{Fault, Res};
use crate::eval::Evaluator;
use crate::frame::{Env, Function};
use crate::item::Item;
use crate::print;
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

/// A place in a text, in bytes and in UTF-16 units.
#[derive(Clone, Copy, Default)]
pub(crate) struct Place {
    pub(crate) byte: usize,
    units: usize,
}

impl Place {
    /// The place of a byte that does not come before this one.
    fn forward(self, text: &str, byte: usize, meter: &mut Meter) -> Res<Self> {
        let between = text.get(self.byte..byte).unwrap_or_default();
        meter.bulk(between.len())?;
        let units = if between.is_ascii() { between.len() } else { between.encode_utf16().count() };
        Ok(Self { byte: self.byte.max(byte), units: self.units + units })
    }
}

impl Evaluator<'_, '_> {
    fn search(&mut self, program: &Program, text: &str, from: usize) -> Res<Option<Match>> {
        program.find(text, from, &mut self.meter.regex_steps).map_err(|_| Fault::new("U1004"))
    }

    /// What calling a regular expression gives, with the UTF-16 unit where the
    /// search begins.
    pub(crate) fn match_as_object(
        &mut self,
        program: &Arc<Program>,
        text: &Item,
        from: Option<f64>,
    ) -> Res<Item> {
        // JavaScript searches the text of what is none.
        let text: Arc<str> = match text {
            Item::Json(Value::String(text)) => text.clone(),
            Item::Undefined => "undefined".into(),
            Item::Json(Value::Null) => "null".into(),
            Item::Json(Value::Bool(b)) => b.to_string().into(),
            Item::Json(Value::Object(_)) | Item::Record(_) => "[object Object]".into(),
            other => match other.as_f64() {
                Some(n) => print::number(n).into(),
                None => return Ok(Item::Undefined),
            },
        };
        let Some(from) = byte_place(&text, from.unwrap_or(0.0), &mut self.meter)? else {
            return Ok(Item::Undefined);
        };
        match self.search(program, &text, from)? {
            Some(found) => {
                let found = self.found(program, &text, &found)?;
                self.as_object(program, &text, &found, Place::default())
            }
            None => Ok(Item::Undefined),
        }
    }

    /// What calling the `next` function of a match gives.
    pub(crate) fn next_match_as_object(
        &mut self,
        program: &Arc<Program>,
        text: &Arc<str>,
        from: Place,
    ) -> Res<Item> {
        match self.search_on(program, text, from.byte)? {
            Some(found) => {
                let found = self.found(program, text, &found)?;
                self.as_object(program, text, &found, from)
            }
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
            return Err(Fault::new("D1004").at(program.position).value_text(program.source().to_owned()));
        }
        Ok(found)
    }

    fn first(&mut self, matcher: &Rc<Function>, text: &Arc<str>, env: &Env) -> Res<Option<Found>> {
        if let Function::Regex(program) = &**matcher.bare() {
            let found = self.search(program, text, 0)?;
            return found.map(|found| self.found(program, text, &found)).transpose();
        }
        let object = self.call_function(matcher, vec![Item::Json(Value::String(text.clone()))], env)?;
        from_object(object, text, &mut self.meter)
    }

    fn following(&mut self, found: &Found, text: &Arc<str>, env: &Env) -> Res<Option<Found>> {
        match &found.next {
            Next::Program(program) => {
                let next = self.search_on(program, text, found.end)?;
                next.map(|next| self.found(program, text, &next)).transpose()
            }
            Next::Function(Item::Function(next)) => {
                let object = self.call_function(next, Vec::new(), env)?;
                from_object(object, text, &mut self.meter)
            }
            Next::Function(_) => Err(Fault::new("T1006")),
        }
    }

    fn found(&mut self, program: &Arc<Program>, text: &str, found: &Match) -> Res<Found> {
        let mut slice = |range: &std::ops::Range<usize>| {
            let slice = text.get(range.clone()).unwrap_or_default();
            self.meter.step(2)?;
            self.meter.string(slice.len())?;
            Ok(Item::string(slice))
        };
        let groups = found.groups.iter().map(|group| group.as_ref().map_or(Ok(Item::Undefined), &mut slice));
        let groups: Res<Vec<Item>> = groups.collect();
        Ok(Found {
            groups: groups?,
            text: slice(&found.range)?,
            start: found.range.start,
            end: found.range.end,
            object: None,
            next: Next::Program(program.clone()),
        })
    }

    /// A match as functions see it; `before` is any place not behind its start.
    fn as_object(
        &mut self,
        program: &Arc<Program>,
        text: &Arc<str>,
        found: &Found,
        before: Place,
    ) -> Res<Item> {
        let start = before.forward(text, found.start, &mut self.meter)?;
        let end = start.forward(text, found.end, &mut self.meter)?;
        let next = Function::NextMatch { program: program.clone(), text: text.clone(), from: end };
        self.meter.visit(found.groups.len())?;
        let members = vec![
            ("match".into(), found.text.clone()),
            ("start".into(), Item::count(start.units)),
            ("end".into(), Item::count(end.units)),
            ("groups".into(), Item::array(found.groups.clone())),
            ("next".into(), Item::Function(Rc::new(next))),
        ];
        Item::object(members, &mut self.meter)
    }
}

/// A match object made by a function.
fn from_object(object: Item, text: &str, meter: &mut Meter) -> Res<Option<Found>> {
    if object.is_undefined() {
        return Ok(None);
    }
    let mut member = |name: &str| object.member(name, meter).map(Option::unwrap_or_default);
    let (start, end, groups, next) = (member("start")?, member("end")?, member("groups")?, member("next")?);
    if start.as_f64().is_none() && end.as_f64().is_none() && !groups.is_array() && !next.is_function() {
        return Err(Fault::new("T1010"));
    }
    Ok(Some(Found {
        text: member("match")?,
        start: byte_place(text, start.as_f64().unwrap_or(0.0), meter)?.unwrap_or(text.len()),
        end: byte_place(text, end.as_f64().unwrap_or(0.0), meter)?.unwrap_or(text.len()),
        groups: groups.into_items(meter)?,
        object: Some(object),
        next: Next::Function(next),
    }))
}

/// Where the text goes on behind a match. What a function of the user's calls a
/// match need not be what stands there: its length counts, in UTF-16 units.
fn behind(found: &Found, text: &str, meter: &mut Meter) -> Res<usize> {
    let matched = found.text.as_str().unwrap_or_default();
    if found.object.is_none() {
        return Ok(found.start + matched.len());
    }
    let rest = text.get(found.start..).unwrap_or_default();
    let units = Item::count(matched.encode_utf16().count()).as_f64().unwrap_or(0.0);
    Ok(found.start + byte_place(rest, units, meter)?.unwrap_or(rest.len()))
}

/// The byte where so many UTF-16 units have passed; `None` where there are fewer.
fn byte_place(text: &str, place: f64, meter: &mut Meter) -> Res<Option<usize>> {
    let mut passed = 0.0;
    for (at, c) in text.char_indices() {
        if passed >= place {
            meter.letters(at)?;
            return Ok(Some(at));
        }
        passed += if u32::from(c) > 0xffff { 2.0 } else { 1.0 };
    }
    meter.letters(text.len())?;
    Ok((place <= passed).then_some(text.len()))
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
        Item::Json(Value::String(wanted)) => {
            evaluator.meter.bulk(text.len() + wanted.len())?;
            Ok(Item::bool(text.contains(&*wanted)))
        }
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
    let mut place = Place::default();
    let mut found = evaluator.first(&matcher, &text, arguments.env)?;
    while let Some(this) = found {
        place = place.forward(&text, this.start, &mut evaluator.meter)?;
        evaluator.meter.one_more(results.len())?;
        evaluator.meter.sequence(this.groups.len())?;
        let members = vec![
            ("match".into(), this.text.clone()),
            ("index".into(), Item::count(place.units)),
            ("groups".into(), Item::array(this.groups.clone())),
        ];
        results.push(Item::object(members, &mut evaluator.meter)?);
        // The next is looked for even where it is not wanted.
        found = evaluator.following(&this, &text, arguments.env)?;
        if limit.is_some_and(|limit| results.len() >= limit) {
            break;
        }
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
    evaluator.meter.bulk(text.len())?;
    let parts: Vec<Item> = match arguments.take(1) {
        Item::Json(Value::String(separator)) if separator.is_empty() => {
            evaluator.meter.step(text.len().min(whole_limit))?;
            text.chars().take(whole_limit).map(|c| Item::string(c.encode_utf8(&mut [0; 4]) as &str)).collect()
        }
        Item::Json(Value::String(separator)) => {
            evaluator.meter.bulk(separator.len())?;
            evaluator.meter.step((text.len() / separator.len()).min(whole_limit))?;
            text.split(&*separator).take(whole_limit).map(Item::string).collect()
        }
        Item::Function(matcher) => {
            let mut parts = Vec::new();
            let mut start = 0;
            let mut found = if limit > 0 { evaluator.first(&matcher, &text, arguments.env)? } else { None };
            while let Some(this) = found
                && parts.len() < limit
            {
                evaluator.meter.step(1)?;
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
    let mut place = Place::default();
    let mut count = 0;
    match &pattern {
        Item::Json(Value::String(wanted)) => {
            evaluator.meter.bulk(text.len() + wanted.len())?;
            for (at, _) in text.match_indices(&**wanted).take(limit) {
                evaluator.meter.visit(1)?;
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
                place = place.forward(&text, this.start, &mut evaluator.meter)?;
                result.push_str(&evaluator.substitute(&replacement, &this, &text, place, arguments.env)?);
                position = behind(&this, &text, &mut evaluator.meter)?;
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

impl Evaluator<'_, '_> {
    /// What a match, which starts at `place`, is replaced with.
    fn substitute(
        &mut self,
        replacement: &Item,
        found: &Found,
        text: &Arc<str>,
        place: Place,
        env: &Env,
    ) -> Res<Arc<str>> {
        let function = match replacement {
            Item::Function(function) => function,
            other => {
                let replacement = other.as_str().unwrap_or_default();
                let mut expanded = String::new();
                self.meter.letters(replacement.len())?;
                expand(replacement, found, &mut expanded);
                return Ok(expanded.into());
            }
        };
        let object = match (&found.object, &found.next) {
            (Some(object), _) => object.clone(),
            (None, Next::Program(program)) => self.as_object(program, text, found, place)?,
            (None, Next::Function(_)) => Item::Undefined,
        };
        let with = self.call_function(function, vec![object], env)?;
        shared(&with).ok_or_else(|| Fault::new("D3012").value(&with))
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
