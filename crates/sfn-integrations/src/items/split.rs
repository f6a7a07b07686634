//! Makes items of the bytes of an object, however they are cut into chunks.

use std::collections::VecDeque;
use std::io::Write as _;

use asl_parser::ReaderConfig;
use asl_value::Value;
use flate2::write::MultiGzDecoder;

use super::Malformed;
use super::csv::Csv;
use super::json::Json;
use super::lines::Lines;

/// Most compressed bytes that are unpacked at once: each may become a thousand.
const COMPRESSED_BYTES_MAX: usize = 4 * 1024;

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The parser of one object.
#[derive(Debug)]
pub(super) struct Splitter {
    format: Format,
    gzip: Option<Gzip>,
    /// How much of a byte order mark has been seen; none once it is decided.
    mark: Option<usize>,
}

#[derive(Debug)]
pub(super) enum Format {
    Csv(Csv),
    Lines(Lines),
    Json(Json),
}

impl Format {
    /// The format that `InputType` names. Developer guide, *`ItemReader`*.
    pub(super) fn of(config: &ReaderConfig) -> Result<Self, Malformed> {
        match config.input_type.as_deref() {
            None | Some("JSON") => {
                Json::new(config.items_pointer.as_deref().unwrap_or_default()).map(Self::Json)
            }
            Some("JSONL") => Ok(Self::Lines(Lines::default())),
            Some("CSV") => {
                let delimiter = delimiter(config)?;
                let csv = match config.csv_header_location.as_deref() {
                    None | Some("FIRST_ROW") => Csv::with_first_row(delimiter),
                    Some("GIVEN") => {
                        Csv::with_headers(delimiter, config.csv_headers.as_deref().unwrap_or_default())?
                    }
                    Some(other) => return Err(Malformed::unsupported("CSVHeaderLocation", other)),
                };
                Ok(Self::Csv(csv))
            }
            Some(other) => Err(Malformed::unsupported("InputType", other)),
        }
    }
}

fn delimiter(config: &ReaderConfig) -> Result<u8, Malformed> {
    Ok(match config.csv_delimiter.as_deref() {
        None | Some("COMMA") => b',',
        Some("PIPE") => b'|',
        Some("SEMICOLON") => b';',
        Some("SPACE") => b' ',
        Some("TAB") => b'\t',
        Some(other) => return Err(Malformed::unsupported("CSVDelimiter", other)),
    })
}

impl Splitter {
    /// A parser of an object of this name: its end tells whether it is packed.
    pub(super) fn new(format: Format, key: &str) -> Self {
        let is_packed = key.rsplit('.').next() == Some("gz");
        Self { format, gzip: is_packed.then(Gzip::default), mark: Some(0) }
    }

    /// Takes the next bytes, and adds the items that end in them.
    pub(super) fn push(&mut self, bytes: &[u8], items: &mut VecDeque<Value>) -> Result<(), Malformed> {
        let Some(mut gzip) = self.gzip.take() else { return self.unpacked(bytes, items) };
        for packed in bytes.chunks(COMPRESSED_BYTES_MAX) {
            let unpacked = gzip.unpack(packed)?;
            self.unpacked(&unpacked, items)?;
        }
        self.gzip = Some(gzip);
        Ok(())
    }

    /// Takes the end of the object.
    pub(super) fn finish(&mut self, items: &mut VecDeque<Value>) -> Result<(), Malformed> {
        if let Some(gzip) = self.gzip.take() {
            let unpacked = gzip.finish()?;
            self.unpacked(&unpacked, items)?;
        }
        if let Some(seen) = self.mark.take() {
            self.no_mark(seen, items)?;
        }
        match &mut self.format {
            Format::Csv(csv) => csv.finish(items),
            Format::Lines(lines) => lines.finish(items),
            Format::Json(json) => json.finish(),
        }
    }

    /// Whether the rest of the object does not matter.
    pub(super) fn is_done(&self) -> bool {
        matches!(&self.format, Format::Json(json) if json.is_done())
    }

    /// Leaves a byte order mark out.
    fn unpacked(&mut self, mut bytes: &[u8], items: &mut VecDeque<Value>) -> Result<(), Malformed> {
        while let Some(seen) = self.mark {
            let Some((first, rest)) = bytes.split_first() else { return Ok(()) };
            if BYTE_ORDER_MARK.get(seen) == Some(first) {
                self.mark = Some(seen + 1);
                bytes = rest;
            } else {
                self.mark = None;
                self.no_mark(seen, items)?;
            }
        }
        self.parse(bytes, items)
    }

    /// Takes the first bytes of what would have been a byte order mark.
    fn no_mark(&mut self, seen: usize, items: &mut VecDeque<Value>) -> Result<(), Malformed> {
        let is_whole = seen == BYTE_ORDER_MARK.len();
        self.parse(BYTE_ORDER_MARK.get(..seen).filter(|_| !is_whole).unwrap_or_default(), items)
    }

    fn parse(&mut self, bytes: &[u8], items: &mut VecDeque<Value>) -> Result<(), Malformed> {
        match &mut self.format {
            Format::Csv(csv) => csv.push(bytes, items),
            Format::Lines(lines) => lines.push(bytes, items),
            Format::Json(json) => json.push(bytes, items),
        }
    }
}

/// Unpacks gzip, as far as it has come.
#[derive(Debug)]
struct Gzip(MultiGzDecoder<Vec<u8>>);

impl Default for Gzip {
    fn default() -> Self {
        Self(MultiGzDecoder::new(Vec::new()))
    }
}

impl Gzip {
    fn unpack(&mut self, packed: &[u8]) -> Result<Vec<u8>, Malformed> {
        self.0.write_all(packed)?;
        Ok(std::mem::take(self.0.get_mut()))
    }

    fn finish(self) -> Result<Vec<u8>, Malformed> {
        Ok(self.0.finish()?)
    }
}

/// The items of an object that comes in these chunks: what a reader makes of
/// it, without fetching it. `MaxItems` and manifests are not looked at.
pub(super) fn split<'c>(
    config: &ReaderConfig,
    chunks: impl IntoIterator<Item = &'c [u8]>,
) -> Result<Vec<Value>, Malformed> {
    let mut splitter = Splitter::new(Format::of(config)?, "");
    let mut items = VecDeque::new();
    for chunk in chunks {
        splitter.push(chunk, &mut items)?;
    }
    splitter.finish(&mut items)?;
    Ok(items.into())
}
