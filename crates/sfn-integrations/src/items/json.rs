//! The elements of one JSON array, as far as the document has come: finds
//! where each begins and ends, and leaves what is inside to the JSON parser.

use std::collections::VecDeque;

use asl_value::Value;

use super::{ITEM_BYTES_MAX, Malformed, json_item};

/// Makes an item of each element of the array that a pointer refers to.
#[derive(Debug)]
pub(super) struct Json {
    /// The pointer as written, and its steps that are still to go, last first.
    pointer: Box<str>,
    steps: Vec<String>,
    whole: bool,
    place: Place,
    value: Extent,
    /// The name or item that is being read.
    raw: Vec<u8>,
    /// Elements before the present one.
    index: u64,
}

/// What the next byte is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// What comes before a value on the way.
    Value,
    /// What comes before a name on the way.
    Name,
    InName,
    Colon,
    /// What comes before an element on the way.
    Element,
    /// What comes before a member beside the way.
    BeforeBeside,
    /// A value beside the way, in this kind of container.
    Beside(Container),
    AfterBeside(Container),
    /// What comes before an item; whether the array may end here.
    Item {
        may_end: bool,
    },
    InItem,
    AfterItem,
    /// After the array, when it is the whole document.
    End,
    /// After the array, when nothing else matters.
    Done,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Container {
    Object,
    Array,
}

impl Place {
    /// What should be here.
    fn wanted(self) -> &'static str {
        match self {
            Self::Name | Self::InName => "expected a name in double quotes",
            Self::Colon => "expected ':'",
            Self::AfterBeside(Container::Object) => "expected ',' or '}'",
            Self::AfterBeside(Container::Array) | Self::AfterItem => "expected ',' or ']'",
            Self::End | Self::Done => "expected the end of the document",
            Self::Value
            | Self::Element
            | Self::BeforeBeside
            | Self::Beside(_)
            | Self::Item { .. }
            | Self::InItem => "expected a value",
        }
    }
}

impl Json {
    /// Reads the array at an RFC 6901 pointer; an empty one is the document.
    pub(super) fn new(pointer: &str) -> Result<Self, Malformed> {
        let mut steps: Vec<String> =
            pointer.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~")).collect();
        if !pointer.is_empty() && !pointer.starts_with('/') {
            return Err(Malformed::Pointer(pointer.into()));
        }
        steps.reverse();
        Ok(Self {
            pointer: pointer.into(),
            whole: steps.is_empty(),
            steps,
            place: Place::Value,
            value: Extent::default(),
            raw: Vec::new(),
            index: 0,
        })
    }

    /// Whether the rest of the document does not matter.
    pub(super) fn is_done(&self) -> bool {
        self.place == Place::Done
    }

    pub(super) fn push(&mut self, bytes: &[u8], items: &mut VecDeque<Value>) -> Result<(), Malformed> {
        for &byte in bytes {
            // A byte that ends a number also belongs to what follows.
            while !self.byte(byte, items)? {}
        }
        Ok(())
    }

    pub(super) fn finish(&mut self) -> Result<(), Malformed> {
        match self.place {
            Place::End | Place::Done => Ok(()),
            _ => Err(Malformed::Syntax("the document ends before its array does")),
        }
    }

    /// Takes a byte; false if it was only the end of something and must be
    /// looked at again, which never happens twice.
    fn byte(&mut self, byte: u8, items: &mut VecDeque<Value>) -> Result<bool, Malformed> {
        match self.place {
            Place::InName => self.name(byte).map(|()| true),
            Place::Beside(container) => {
                let taken = self.value.take(byte)?;
                if taken != Taken::Inside {
                    self.place = Place::AfterBeside(container);
                }
                Ok(taken != Taken::Before)
            }
            Place::InItem => {
                let taken = self.value.take(byte)?;
                if taken != Taken::Before {
                    self.keep(byte)?;
                }
                if taken != Taken::Inside {
                    self.index += 1;
                    items.push_back(json_item(&self.raw, self.index)?);
                    self.place = Place::AfterItem;
                }
                Ok(taken != Taken::Before)
            }
            Place::Done => Ok(true),
            _ if matches!(byte, b' ' | b'\t' | b'\n' | b'\r') => Ok(true),
            _ => self.token(byte),
        }
    }

    /// The first byte of something, between what is read as a whole.
    fn token(&mut self, byte: u8) -> Result<bool, Malformed> {
        match (self.place, byte) {
            (Place::Value, _) => self.enter(byte)?,
            (Place::Name, b'"') => self.start(Place::InName),
            (Place::Name, b'}') | (Place::Element, b']') => return Err(self.not_found()),
            (Place::Colon, b':') if self.is_next_name() => self.step(),
            (Place::Colon, b':') => self.place = Place::BeforeBeside,
            (Place::BeforeBeside, _) => {
                self.start(Place::Beside(Container::Object));
                return Ok(false);
            }
            (Place::Element, _) => {
                if self.steps.last().is_some_and(|step| *step == self.index.to_string()) {
                    self.step();
                } else {
                    self.start(Place::Beside(Container::Array));
                }
                return Ok(false);
            }
            (Place::AfterBeside(Container::Object), b',') => self.place = Place::Name,
            (Place::AfterBeside(Container::Array), b',') => {
                self.index += 1;
                self.place = Place::Element;
            }
            (Place::AfterBeside(Container::Object), b'}') | (Place::AfterBeside(Container::Array), b']') => {
                return Err(self.not_found());
            }
            (Place::Item { may_end: true } | Place::AfterItem, b']') => {
                self.place = if self.whole { Place::End } else { Place::Done };
            }
            (Place::AfterItem, b',') => self.place = Place::Item { may_end: false },
            (Place::Item { .. }, _) => {
                self.start(Place::InItem);
                return Ok(false);
            }
            (place, _) => return Err(Malformed::Syntax(place.wanted())),
        }
        Ok(true)
    }

    /// Goes one step of the pointer down.
    fn step(&mut self) {
        self.steps.pop();
        self.index = 0;
        self.place = Place::Value;
    }

    /// The first byte of a value on the way, or of the array itself.
    fn enter(&mut self, byte: u8) -> Result<(), Malformed> {
        let is_there = self.steps.is_empty();
        self.place = match byte {
            b'[' if is_there => Place::Item { may_end: true },
            b'{' | b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n' if is_there => {
                return Err(Malformed::NotIterable);
            }
            b'[' => Place::Element,
            b'{' => Place::Name,
            b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n' => return Err(self.not_found()),
            _ => return Err(Malformed::Syntax("expected a value")),
        };
        Ok(())
    }

    /// A byte of a name, its closing quote included.
    fn name(&mut self, byte: u8) -> Result<(), Malformed> {
        if self.raw.is_empty() {
            // The opening quote was taken by the place before.
            self.raw.push(b'"');
            self.value.take(b'"')?;
        }
        self.keep(byte)?;
        if self.value.take(byte)? == Taken::Last {
            self.place = Place::Colon;
        }
        Ok(())
    }

    fn is_next_name(&self) -> bool {
        let name = std::str::from_utf8(&self.raw).ok().and_then(|text| asl_value::parse(text).ok());
        name.as_ref().and_then(Value::as_str) == self.steps.last().map(String::as_str)
    }

    fn start(&mut self, place: Place) {
        self.place = place;
        self.value = Extent::default();
        self.raw.clear();
    }

    fn keep(&mut self, byte: u8) -> Result<(), Malformed> {
        if self.raw.len() == ITEM_BYTES_MAX {
            return Err(Malformed::TooLarge);
        }
        self.raw.push(byte);
        Ok(())
    }

    fn not_found(&self) -> Malformed {
        Malformed::Pointer(self.pointer.clone())
    }
}

/// How far a value reaches. It need not be valid: only where it would end.
#[derive(Clone, Copy, Debug, Default)]
struct Extent {
    depth: u64,
    in_string: bool,
    is_escaped: bool,
    /// Whether a number or word has begun.
    in_scalar: bool,
}

/// What a byte is to a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Taken {
    /// Part of it, and more may come.
    Inside,
    /// Its last.
    Last,
    /// The first that is no longer part of it.
    Before,
}

impl Extent {
    fn take(&mut self, byte: u8) -> Result<Taken, Malformed> {
        if self.in_string {
            let closes = byte == b'"' && !self.is_escaped;
            self.is_escaped = byte == b'\\' && !self.is_escaped;
            self.in_string = !closes;
            return Ok(if closes && self.depth == 0 { Taken::Last } else { Taken::Inside });
        }
        match byte {
            b',' | b']' | b'}' | b' ' | b'\t' | b'\n' | b'\r' if self.depth == 0 => {
                return if self.in_scalar {
                    Ok(Taken::Before)
                } else {
                    Err(Malformed::Syntax("expected a value"))
                };
            }
            b'"' | b'[' | b'{' if self.depth == 0 && self.in_scalar => {
                return Err(Malformed::Syntax("expected ',' after a value"));
            }
            b'"' => self.in_string = true,
            b'[' | b'{' => self.depth += 1,
            b']' | b'}' => {
                self.depth -= 1;
                return Ok(if self.depth == 0 { Taken::Last } else { Taken::Inside });
            }
            _ => self.in_scalar |= self.depth == 0,
        }
        Ok(Taken::Inside)
    }
}
