//! Segments: the events of one step as bytes, for a store.
//!
//! A segment is its version, a table of names, a table of document texts, and
//! the events, which refer to both by number: a document that ten states hand
//! on is written once. All integers are LEB128.

use std::collections::BTreeMap;
use std::sync::Arc;

use asl_value::{ParseError, Payload};
use chrono::DateTime;
use thiserror::Error;

use crate::Timestamp;
use crate::history::{EventId, EventKind, HistoryEvent};

/// The version that [`encode`] writes, and the only one there is so far.
const VERSION: u8 = 1;

/// Why bytes are not a segment.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SegmentError {
    /// It ends too early, or a length in it points past its end.
    #[error("the segment ends too early")]
    Truncated,
    /// Bytes are left over.
    #[error("{0} bytes are left after the last event of the segment")]
    TrailingBytes(usize),
    /// It is of a version that this release does not know.
    #[error("segment version {0}, expected {VERSION}")]
    UnknownVersion(u8),
    /// It holds an event type that this release does not know.
    #[error("unknown event type {0} in a segment")]
    UnknownEventType(u8),
    /// A number in it is out of range.
    #[error("a number in the segment is out of range")]
    OutOfRange,
    /// A text in it is not UTF-8.
    #[error("a text in the segment is not UTF-8")]
    NotUtf8,
    /// A document in it is not JSON.
    #[error("a document in the segment is not JSON")]
    Document(#[from] ParseError),
}

/// Writes events as one segment.
pub fn encode(events: &[HistoryEvent]) -> Vec<u8> {
    let mut writer = Writer::default();
    let mut previous = EventId(0);
    let mut time = 0;
    for event in events {
        // Differences are small: ids follow each other, times stand close.
        writer.integer(event.id.0.wrapping_sub(previous.0));
        writer.integer(event.id.0.wrapping_sub(event.previous_event_id.0));
        let millis = event.timestamp.timestamp_millis();
        writer.integer(zigzag(millis.wrapping_sub(time)));
        event.kind.write(&mut writer);
        previous = event.id;
        time = millis;
    }
    writer.finish(events.len())
}

/// Reads a segment. Documents that were one in memory are one again.
pub fn decode(bytes: &[u8]) -> Result<Vec<HistoryEvent>, SegmentError> {
    let mut reader = Reader { bytes, names: Vec::new(), documents: Vec::new() };
    match reader.byte()? {
        VERSION => {}
        unknown => return Err(SegmentError::UnknownVersion(unknown)),
    }
    for _ in 0..reader.integer()? {
        let name = Arc::from(reader.text()?);
        reader.names.push(name);
    }
    for _ in 0..reader.integer()? {
        let document = Payload::parse(reader.text()?)?;
        reader.documents.push(document);
    }
    let mut events = Vec::new();
    let mut previous = EventId(0);
    let mut time = 0_i64;
    for _ in 0..reader.integer()? {
        let id = EventId(previous.0.checked_add(reader.integer()?).ok_or(SegmentError::OutOfRange)?);
        let parent = EventId(id.0.checked_sub(reader.integer()?).ok_or(SegmentError::OutOfRange)?);
        time = time.checked_add(unzigzag(reader.integer()?)).ok_or(SegmentError::OutOfRange)?;
        let timestamp: Timestamp = DateTime::from_timestamp_millis(time).ok_or(SegmentError::OutOfRange)?;
        let kind = EventKind::read(&mut reader)?;
        events.push(HistoryEvent { id, previous_event_id: parent, timestamp, kind });
        previous = id;
    }
    match reader.bytes.len() {
        0 => Ok(events),
        left => Err(SegmentError::TrailingBytes(left)),
    }
}

/// What has a place in a segment.
pub(crate) trait Stored<'a>: Sized {
    fn write(&'a self, writer: &mut Writer<'a>);
    fn read(reader: &mut Reader<'_>) -> Result<Self, SegmentError>;
}

/// Collects the events' bytes and the two tables.
#[derive(Default)]
pub(crate) struct Writer<'a> {
    events: Vec<u8>,
    names: Vec<&'a str>,
    name_places: BTreeMap<&'a str, u64>,
    documents: Vec<&'a Payload>,
    /// Places by address: valid while the events are borrowed.
    document_places: BTreeMap<usize, u64>,
}

impl<'a> Writer<'a> {
    pub(crate) fn byte(&mut self, byte: u8) {
        self.events.push(byte);
    }

    fn integer(&mut self, value: u64) {
        write_integer(&mut self.events, value);
    }

    fn name(&mut self, name: &'a str) {
        let next = self.names.len() as u64;
        let place = *self.name_places.entry(name).or_insert(next);
        if place == next {
            self.names.push(name);
        }
        self.integer(place);
    }

    fn document(&mut self, document: &'a Payload) {
        let next = self.documents.len() as u64;
        let place = *self.document_places.entry(document.address()).or_insert(next);
        if place == next {
            self.documents.push(document);
        }
        self.integer(place);
    }

    fn finish(self, events: usize) -> Vec<u8> {
        let texts = self.documents.iter().map(|document| document.text().len()).sum::<usize>();
        let mut bytes = Vec::with_capacity(texts + self.events.len() + 256);
        bytes.push(VERSION);
        write_integer(&mut bytes, self.names.len() as u64);
        for name in self.names {
            write_text(&mut bytes, name);
        }
        write_integer(&mut bytes, self.documents.len() as u64);
        for document in self.documents {
            write_text(&mut bytes, document.text());
        }
        write_integer(&mut bytes, events as u64);
        bytes.extend(self.events);
        bytes
    }
}

fn write_text(bytes: &mut Vec<u8>, text: &str) {
    write_integer(bytes, text.len() as u64);
    bytes.extend_from_slice(text.as_bytes());
}

fn write_integer(bytes: &mut Vec<u8>, mut value: u64) {
    loop {
        let low = (value & 0x7f) as u8;
        value >>= 7;
        if value == 0 {
            bytes.push(low);
            return;
        }
        bytes.push(low | 0x80);
    }
}

fn zigzag(value: i64) -> u64 {
    (value << 1 ^ value >> 63).cast_unsigned()
}

fn unzigzag(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -(value & 1).cast_signed()
}

/// Takes a segment apart.
pub(crate) struct Reader<'b> {
    bytes: &'b [u8],
    names: Vec<Arc<str>>,
    documents: Vec<Payload>,
}

impl<'b> Reader<'b> {
    pub(crate) fn byte(&mut self) -> Result<u8, SegmentError> {
        let (byte, rest) = self.bytes.split_first().ok_or(SegmentError::Truncated)?;
        self.bytes = rest;
        Ok(*byte)
    }

    fn integer(&mut self) -> Result<u64, SegmentError> {
        let mut value = 0_u64;
        for shift in (0..).step_by(7) {
            let byte = self.byte()?;
            let low = u64::from(byte & 0x7f);
            let shifted = low.checked_shl(shift).filter(|shifted| shifted >> shift == low);
            value |= shifted.ok_or(SegmentError::OutOfRange)?;
            if byte & 0x80 == 0 {
                break;
            }
        }
        Ok(value)
    }

    fn text(&mut self) -> Result<&'b str, SegmentError> {
        let length = usize::try_from(self.integer()?).map_err(|_| SegmentError::Truncated)?;
        let (text, rest) = self.bytes.split_at_checked(length).ok_or(SegmentError::Truncated)?;
        self.bytes = rest;
        std::str::from_utf8(text).map_err(|_| SegmentError::NotUtf8)
    }

    fn place(&mut self) -> Result<usize, SegmentError> {
        usize::try_from(self.integer()?).map_err(|_| SegmentError::OutOfRange)
    }
}

impl<'a> Stored<'a> for Arc<str> {
    fn write(&'a self, writer: &mut Writer<'a>) {
        writer.name(self);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, SegmentError> {
        let place = reader.place()?;
        reader.names.get(place).cloned().ok_or(SegmentError::OutOfRange)
    }
}

impl<'a> Stored<'a> for Payload {
    fn write(&'a self, writer: &mut Writer<'a>) {
        writer.document(self);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, SegmentError> {
        let place = reader.place()?;
        reader.documents.get(place).cloned().ok_or(SegmentError::OutOfRange)
    }
}

impl<'a> Stored<'a> for u64 {
    fn write(&'a self, writer: &mut Writer<'a>) {
        writer.integer(*self);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, SegmentError> {
        reader.integer()
    }
}

impl<'a, T: Stored<'a>> Stored<'a> for Option<T> {
    fn write(&'a self, writer: &mut Writer<'a>) {
        match self {
            None => writer.byte(0),
            Some(value) => {
                writer.byte(1);
                value.write(writer);
            }
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, SegmentError> {
        match reader.byte()? {
            0 => Ok(None),
            1 => T::read(reader).map(Some),
            _ => Err(SegmentError::OutOfRange),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{Output, StateEntered, StateExited};

    fn event(id: u64, previous: u64, kind: EventKind) -> HistoryEvent {
        let timestamp = DateTime::from_timestamp_millis(1_000 + id.cast_signed()).unwrap();
        HistoryEvent { id: EventId(id), previous_event_id: EventId(previous), timestamp, kind }
    }

    fn passing(document: &Payload) -> Vec<HistoryEvent> {
        let name: Arc<str> = "Pass".into();
        let entered = StateEntered { name: Arc::clone(&name), input: document.clone() };
        let exited = StateExited { name, output: document.clone(), assigned_variables: None };
        vec![
            event(2, 0, EventKind::PassStateEntered(entered)),
            event(3, 2, EventKind::PassStateExited(exited)),
            event(4, 3, EventKind::ExecutionSucceeded(Output { output: document.clone() })),
        ]
    }

    #[test]
    fn documents_are_written_once_and_stay_one() {
        let document = Payload::parse(format!("[ \"{}\" ]", "x".repeat(1000))).unwrap();
        let bytes = encode(&passing(&document));
        assert!(bytes.len() < 1100, "{}", bytes.len());
        let back = decode(&bytes).unwrap();
        assert_eq!(back, passing(&document));
        let documents: Vec<&Payload> = back
            .iter()
            .filter_map(|event| match &event.kind {
                EventKind::PassStateEntered(details) => Some(&details.input),
                EventKind::ExecutionSucceeded(details) => Some(&details.output),
                _ => None,
            })
            .collect();
        assert!(documents[0].is_same(documents[1]));
        assert_eq!(documents[0].text(), document.text());
    }

    #[test]
    fn damaged_segments_are_refused() {
        let good = encode(&passing(&Payload::parse("{}").unwrap()));
        for length in 0..good.len() {
            assert!(decode(&good[..length]).is_err(), "cut to {length} bytes");
        }
        let mut long = good.clone();
        long.push(0);
        assert!(matches!(decode(&long), Err(SegmentError::TrailingBytes(1))));
        let mut newer = good.clone();
        newer[0] = 9;
        assert!(matches!(decode(&newer), Err(SegmentError::UnknownVersion(9))));
        for at in 0..good.len() {
            for flip in [0x01, 0x80, 0xff] {
                let mut damaged = good.clone();
                damaged[at] ^= flip;
                // Either is fine; it must only come back.
                let _ = decode(&damaged);
            }
        }
    }

    #[test]
    fn integers_are_bounded() {
        let mut reader = Reader { bytes: &[0xff; 11], names: Vec::new(), documents: Vec::new() };
        assert!(matches!(reader.integer(), Err(SegmentError::OutOfRange)));
        for value in [0, 1, 127, 128, u64::MAX] {
            let mut bytes = Vec::new();
            write_integer(&mut bytes, value);
            let mut reader = Reader { bytes: &bytes, names: Vec::new(), documents: Vec::new() };
            assert_eq!(reader.integer().unwrap(), value);
        }
        for value in [0, 1, -1, i64::MAX, i64::MIN] {
            assert_eq!(unzigzag(zigzag(value)), value);
        }
    }
}
