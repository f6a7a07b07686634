//! Text delimited files, as far as they have come. Developer guide, *How Step
//! Functions parses input CSV files*.

use std::collections::VecDeque;
use std::sync::Arc;

use asl_value::Value;

use super::{ITEM_BYTES_MAX, Malformed};

/// Most bytes of all headers together. Developer guide, *`ItemReader`*,
/// `CSVHeaderLocation`.
const HEADER_BYTES_MAX: usize = 10 * 1024;

/// Makes an object of each row. All fields are strings: missing ones are
/// empty, and those without a header are left out.
#[derive(Debug)]
pub(super) struct Csv {
    delimiter: u8,
    columns: Option<Columns>,
    place: Place,
    field: Vec<u8>,
    fields: Vec<String>,
    row_bytes: usize,
}

/// Where in a field the next byte stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Start,
    Plain,
    Quoted,
    /// After a double quote within a plain field.
    PlainQuote,
    /// After a double quote within a quoted field.
    QuotedQuote,
    /// After a backslash within a plain field.
    PlainEscape,
    /// After a backslash within a quoted field.
    QuotedEscape,
}

impl Csv {
    /// Takes the headers from the first row.
    pub(super) fn with_first_row(delimiter: u8) -> Self {
        Self {
            delimiter,
            columns: None,
            place: Place::Start,
            field: Vec::new(),
            fields: Vec::new(),
            row_bytes: 0,
        }
    }

    /// Has its headers from elsewhere.
    pub(super) fn with_headers(delimiter: u8, headers: &[Arc<str>]) -> Result<Self, Malformed> {
        Ok(Self { columns: Some(Columns::new(headers)?), ..Self::with_first_row(delimiter) })
    }

    pub(super) fn push(&mut self, bytes: &[u8], items: &mut VecDeque<Value>) -> Result<(), Malformed> {
        for &byte in bytes {
            self.row_bytes += 1;
            if self.row_bytes > ITEM_BYTES_MAX {
                return Err(Malformed::TooLarge);
            }
            self.byte(byte, items)?;
        }
        Ok(())
    }

    pub(super) fn finish(&mut self, items: &mut VecDeque<Value>) -> Result<(), Malformed> {
        match self.place {
            Place::Quoted | Place::QuotedEscape => return Err(Malformed::OpenQuote),
            Place::PlainQuote => self.field.push(b'"'),
            Place::Start | Place::Plain | Place::QuotedQuote | Place::PlainEscape => {}
        }
        if self.row_bytes > 0 { self.end_row(items) } else { Ok(()) }
    }

    fn byte(&mut self, byte: u8, items: &mut VecDeque<Value>) -> Result<(), Malformed> {
        let escapable = byte == b'"' || byte == b'\\' || byte == self.delimiter;
        self.place = match self.place {
            Place::Quoted => match byte {
                b'"' => Place::QuotedQuote,
                b'\\' => Place::QuotedEscape,
                _ => self.keep(byte, Place::Quoted),
            },
            Place::QuotedQuote if byte == b'"' => self.keep(byte, Place::Quoted),
            Place::PlainQuote if byte == b'"' => self.keep(byte, Place::Plain),
            Place::PlainEscape if escapable => self.keep(byte, Place::Plain),
            Place::QuotedEscape if escapable => self.keep(byte, Place::Quoted),
            // A backslash before anything else is dropped.
            Place::QuotedEscape => self.keep(byte, Place::Quoted),
            Place::Start if byte == b'"' => Place::Quoted,
            Place::PlainQuote => {
                self.field.push(b'"');
                return self.plain(byte, items);
            }
            Place::Start | Place::Plain | Place::PlainEscape | Place::QuotedQuote => {
                return self.plain(byte, items);
            }
        };
        Ok(())
    }

    /// A byte outside quotes.
    fn plain(&mut self, byte: u8, items: &mut VecDeque<Value>) -> Result<(), Malformed> {
        match byte {
            b'\n' => {
                let returned = self.place == Place::Plain && self.field.last() == Some(&b'\r');
                if returned {
                    self.field.pop();
                }
                if self.row_bytes > 1 + usize::from(returned) {
                    return self.end_row(items);
                }
                // An empty line is no row.
                self.row_bytes = 0;
                self.place = Place::Start;
            }
            _ if byte == self.delimiter => self.end_field(),
            b'"' => self.place = Place::PlainQuote,
            b'\\' => self.place = Place::PlainEscape,
            _ => self.place = self.keep(byte, Place::Plain),
        }
        Ok(())
    }

    fn keep(&mut self, byte: u8, place: Place) -> Place {
        self.field.push(byte);
        place
    }

    fn end_field(&mut self) {
        self.fields.push(String::from_utf8_lossy(&self.field).into_owned());
        self.field.clear();
        self.place = Place::Start;
    }

    fn end_row(&mut self, items: &mut VecDeque<Value>) -> Result<(), Malformed> {
        self.end_field();
        self.row_bytes = 0;
        let fields = std::mem::take(&mut self.fields);
        if let Some(columns) = &self.columns {
            items.push_back(columns.item(fields));
        } else {
            let headers: Vec<Arc<str>> = fields.into_iter().map(Arc::from).collect();
            self.columns = Some(Columns::new(&headers)?);
        }
        Ok(())
    }
}

/// The headers, in the order in which an item names them.
#[derive(Debug)]
struct Columns(Vec<(Arc<str>, usize)>);

impl Columns {
    fn new(headers: &[Arc<str>]) -> Result<Self, Malformed> {
        if headers.iter().map(|header| header.len()).sum::<usize>() > HEADER_BYTES_MAX {
            return Err(Malformed::LargeHeaders);
        }
        let mut sorted = headers.to_vec();
        sorted.sort_unstable();
        if sorted.windows(2).any(|pair| matches!(pair, [a, b] if a == b)) {
            return Err(Malformed::DuplicateHeaders);
        }
        // The service keeps a row in a hash table of Java, so that is the order
        // of the text that a child gets (recorded with the headers `0,True,{}`).
        let mut columns: Vec<_> = headers.iter().cloned().zip(0..).collect();
        let places = (columns.len().saturating_mul(4).div_ceil(3)).next_power_of_two().max(16);
        columns.sort_by_key(|(header, _)| java_hash(header) & (places - 1));
        Ok(Self(columns))
    }

    fn item(&self, mut fields: Vec<String>) -> Value {
        Value::object(self.0.iter().map(|(header, place)| {
            let field = fields.get_mut(*place).map(std::mem::take).unwrap_or_default();
            (Arc::clone(header), Value::from(field))
        }))
    }
}

/// `HashMap`'s hash of a string.
fn java_hash(text: &str) -> usize {
    let hash = text.encode_utf16().fold(0_u32, |hash, unit| hash.wrapping_mul(31).wrapping_add(unit.into()));
    (hash ^ (hash >> 16)) as usize
}
