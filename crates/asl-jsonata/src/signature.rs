//! Function signatures such as `<s-(sf)n?:s>`: what arguments a function takes,
//! which the context may stand in for, and which become arrays.

use std::collections::BTreeSet;

use asl_value::Value;

use crate::budget::Meter;
use crate::error::{Fault, Res};
use crate::item::{Item, Items};

/// The parameters of a function.
#[derive(Clone, Debug, Default)]
pub(crate) struct Signature {
    parameters: Vec<Parameter>,
}

#[derive(Clone, Debug)]
struct Parameter {
    /// Which of [`kind_of`]'s kinds it takes.
    kinds: u8,
    /// `a`: anything that is no array becomes one.
    array: bool,
    /// The kind of an array's items, as a letter.
    items: Option<char>,
    /// `-`: the context stands in when it is left out.
    context: bool,
    /// How many arguments it takes at least, and whether it takes more than one.
    least: usize,
    repeated: bool,
}

const STRING: u8 = 1;
const NUMBER: u8 = 1 << 1;
const BOOLEAN: u8 = 1 << 2;
const NULL: u8 = 1 << 3;
const OBJECT: u8 = 1 << 4;
const ARRAY: u8 = 1 << 5;
const FUNCTION: u8 = 1 << 6;
const MISSING: u8 = 1 << 7;
const ANY: u8 = u8::MAX;

fn kind_of(item: &Item) -> u8 {
    match item {
        Item::Undefined => MISSING,
        Item::Number(_) | Item::Json(Value::Number(_)) => NUMBER,
        Item::Json(Value::String(_)) => STRING,
        Item::Json(Value::Bool(_)) => BOOLEAN,
        Item::Json(Value::Null) => NULL,
        Item::Json(Value::Object(_)) | Item::Record(_) => OBJECT,
        Item::Json(Value::Array(_)) | Item::List(_) | Item::Tuples(_) => ARRAY,
        Item::Function(_) => FUNCTION,
    }
}

fn kind_of_letter(letter: char) -> u8 {
    match letter {
        's' => STRING,
        'n' => NUMBER,
        'b' => BOOLEAN,
        'l' => NULL,
        'o' => OBJECT,
        'a' => ARRAY,
        'f' => FUNCTION,
        'j' => ANY & !FUNCTION,
        'x' => ANY,
        'm' => MISSING,
        _ => 0,
    }
}

impl Signature {
    pub(crate) const fn none() -> Self {
        Self { parameters: Vec::new() }
    }

    /// Parses `<…>`. An error comes with its offset in the text.
    pub(crate) fn parse(text: &str) -> Result<Self, (Box<Fault>, usize)> {
        let letters: Vec<char> = text.chars().collect();
        let mut parameters: Vec<Parameter> = Vec::new();
        let mut at = 1;
        while let Some(&letter) = letters.get(at) {
            match letter {
                ':' => break,
                's' | 'n' | 'b' | 'l' | 'o' => {
                    parameters.push(Parameter::new(kind_of_letter(letter) | MISSING));
                }
                'a' => parameters.push(Parameter { array: true, ..Parameter::new(ANY) }),
                'f' => parameters.push(Parameter::new(FUNCTION)),
                'j' => parameters.push(Parameter::new(ANY & !FUNCTION)),
                'x' => parameters.push(Parameter::new(ANY)),
                '-' => {
                    if let Some(last) = parameters.last_mut() {
                        last.context = true;
                        last.least = 0;
                    }
                }
                '?' => {
                    if let Some(last) = parameters.last_mut() {
                        last.least = 0;
                    }
                }
                '+' => {
                    if let Some(last) = parameters.last_mut() {
                        last.repeated = true;
                    }
                }
                '(' => {
                    let end = closing(&letters, at, '(', ')');
                    let choice = letters.get(at + 1..end).unwrap_or_default();
                    if choice.contains(&'<') {
                        return Err((Fault::new("S0402"), at));
                    }
                    let kinds = choice.iter().fold(MISSING, |kinds, letter| kinds | kind_of_letter(*letter));
                    parameters.push(Parameter::new(kinds));
                    at = end;
                }
                '<' => {
                    let Some(last) =
                        parameters.last_mut().filter(|last| last.array || last.kinds == FUNCTION)
                    else {
                        return Err((Fault::new("S0401"), at));
                    };
                    let end = closing(&letters, at, '<', '>');
                    last.items = letters.get(at + 1).copied().filter(|_| end > at + 1);
                    at = end;
                }
                _ => {}
            }
            at += 1;
        }
        Ok(Self { parameters })
    }

    /// The arguments as the function takes them, or what is wrong with them.
    pub(crate) fn validate(&self, arguments: Vec<Item>, context: &Item, meter: &mut Meter) -> Res<Vec<Item>> {
        if self.fits_as_is(&arguments) {
            return Ok(arguments);
        }
        let kinds: Vec<u8> = arguments.iter().map(kind_of).collect();
        let Some(counts) = assign(&self.parameters, &kinds, true, meter)? else {
            return Err(self.mismatch(&kinds, meter)?);
        };
        let mut given = arguments.into_iter();
        let mut at = 0;
        let mut validated = Vec::with_capacity(self.parameters.len());
        for (parameter, count) in self.parameters.iter().zip(counts) {
            if count == 0 {
                if !parameter.context {
                    // Left out where more follow: the others move up.
                    validated.push(given.next().unwrap_or_default());
                    at += 1;
                } else if parameter.kinds & kind_of(context) != 0 {
                    validated.push(context.clone());
                } else {
                    return Err(Fault::new("T0411").index(at + 1).value(context));
                }
            }
            for _ in 0..count {
                let argument = given.next().unwrap_or_default();
                at += 1;
                validated.push(parameter.accept(argument, at, meter)?);
            }
        }
        Ok(validated)
    }

    /// Whether each argument goes to its own parameter unchanged: the usual case.
    fn fits_as_is(&self, arguments: &[Item]) -> bool {
        arguments.len() == self.parameters.len()
            && self.parameters.iter().zip(arguments).all(|(parameter, argument)| {
                let kind = kind_of(argument);
                parameter.kinds & kind != 0
                    && !(parameter.array && (kind != ARRAY || parameter.items.is_some()))
                    && !(parameter.least == 0 && kind == MISSING)
            })
    }

    /// Which argument is the first that cannot be placed.
    fn mismatch(&self, kinds: &[u8], meter: &mut Meter) -> Res<Box<Fault>> {
        let mut good = 0;
        for end in 1..=self.parameters.len() {
            let parameters = self.parameters.get(..end).unwrap_or_default();
            match assign(parameters, kinds, false, meter)? {
                Some(counts) => good = counts.iter().sum(),
                None => break,
            }
        }
        Ok(Fault::new("T0410").index(good + 1))
    }
}

/// Places arguments on parameters as a regular expression would: as many as
/// possible to the left, giving back where the rest does not fit. How many each
/// parameter takes, or `None` where there is no way; with `whole` all arguments
/// have to be placed.
fn assign(parameters: &[Parameter], kinds: &[u8], whole: bool, meter: &mut Meter) -> Res<Option<Vec<usize>>> {
    let mut counts: Vec<usize> = Vec::with_capacity(parameters.len());
    // Parameters and arguments from which there is no way on.
    let mut dead: BTreeSet<(usize, usize)> = BTreeSet::new();
    let mut at = 0;
    loop {
        match parameters.get(counts.len()) {
            None if !whole || at == kinds.len() => return Ok(Some(counts)),
            None => {}
            Some(parameter) => {
                let fitting = parameter.fitting(kinds.get(at..).unwrap_or_default());
                meter.visit(fitting + 1)?;
                if fitting >= parameter.least && !dead.contains(&(counts.len(), at)) {
                    counts.push(fitting);
                    at += fitting;
                    continue;
                }
            }
        }
        // Back to the last parameter that can do with less.
        loop {
            meter.visit(1)?;
            let Some(count) = counts.pop() else { return Ok(None) };
            at -= count;
            if parameters.get(counts.len()).is_some_and(|parameter| count > parameter.least) {
                counts.push(count - 1);
                at += count - 1;
                break;
            }
            dead.insert((counts.len(), at));
        }
    }
}

/// The place of the bracket that closes the one at `start`.
fn closing(letters: &[char], start: usize, open: char, close: char) -> usize {
    let mut depth = 1_usize;
    let mut at = start;
    while depth > 0 && at < letters.len() {
        at += 1;
        match letters.get(at) {
            Some(letter) if *letter == close => depth -= 1,
            Some(letter) if *letter == open => depth += 1,
            _ => {}
        }
    }
    at
}

impl Parameter {
    const fn new(kinds: u8) -> Self {
        Self { kinds, array: false, items: None, context: false, least: 1, repeated: false }
    }

    /// How many of these arguments it could take.
    fn fitting(&self, kinds: &[u8]) -> usize {
        let most = if self.repeated { kinds.len() } else { 1 };
        kinds.iter().take(most).take_while(|kind| *kind & self.kinds != 0).count()
    }

    fn accept(&self, argument: Item, place: usize, meter: &mut Meter) -> Res<Item> {
        if !self.array || argument.is_undefined() {
            return Ok(argument);
        }
        if let Some(letter) = self.items {
            let wanted = kind_of_letter(letter);
            meter.scan(argument.items().map_or(1, Items::len))?;
            let fits = match argument.items() {
                Some(items) => {
                    items.len() == 0
                        || wanted.is_power_of_two() && items.iter().all(|item| kind_of(&item) == wanted)
                }
                None => kind_of(&argument) == wanted,
            };
            if !fits {
                return Err(Fault::new("T0412").index(place).value(&argument).text(plural(letter)));
            }
        }
        Ok(if argument.is_array() { argument } else { Item::array(vec![argument]) })
    }
}

fn plural(letter: char) -> &'static str {
    match letter {
        'a' => "arrays",
        'b' => "booleans",
        'f' => "functions",
        'n' => "numbers",
        'o' => "objects",
        's' => "strings",
        _ => "undefined",
    }
}
