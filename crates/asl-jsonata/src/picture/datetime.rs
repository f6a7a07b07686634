//! Pictures of dates and times: `[Y0001]-[M01]-[D01]`.

use super::calendar::{DAY_MILLIS, MILLIS_MAX, Moment, days};
use super::integer::{Case, Decimal, Grouping, Picture};
use crate::budget::Meter;
use crate::error::{Fault, Res};
use crate::item::Item;
use crate::regex::Program;

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Components that are numbers.
const NUMERIC: &str = "YMDdFWwXxHhmsf";

/// What a component is called that there is not, as in the reference.
const UNDEFINED: &str = "undefined";

enum Part {
    Literal(String),
    Marker(Marker),
}

#[derive(Clone)]
struct Marker {
    component: char,
    /// Written as a name, in that case.
    names: Option<Case>,
    width_max: Option<usize>,
    integer: Option<Picture>,
    /// Only so many digits of the year.
    year_digits: Option<usize>,
    /// `t`: UTC is written `Z`.
    traditional: bool,
}

fn default_presentation(component: char) -> Option<&'static str> {
    Some(match component {
        'Y' | 'M' | 'D' | 'd' | 'W' | 'w' | 'X' | 'x' | 'H' | 'h' | 'f' => "1",
        'F' | 'P' | 'C' | 'E' => "n",
        'm' | 's' => "01",
        'Z' | 'z' => "01:01",
        _ => return None,
    })
}

fn analyse(picture: &str) -> Res<Vec<Part>> {
    let mut parts: Vec<Part> = Vec::new();
    let mut literal = String::new();
    let mut rest = picture;
    while let Some(at) = rest.find('[') {
        let (before, behind) = rest.split_at(at);
        literal.push_str(&before.replace("]]", "]"));
        if let Some(behind) = behind.strip_prefix("[[") {
            literal.push('[');
            rest = behind;
            continue;
        }
        if !literal.is_empty() {
            parts.push(Part::Literal(std::mem::take(&mut literal)));
        }
        let Some((marker, behind)) = behind.get(1..).and_then(|inside| inside.split_once(']')) else {
            return Err(Fault::new("D3135"));
        };
        let marker = Marker::parse(marker)?;
        if marker.names.is_none()
            && NUMERIC.contains(marker.component)
            && let Some(Part::Marker(previous)) = parts.last_mut()
            && let Some(decimal) = previous.integer.as_mut().and_then(Picture::decimal_mut)
        {
            // Numbers without anything between them: the width decides.
            decimal.parse_width = Some(decimal.mandatory_digits);
        }
        parts.push(Part::Marker(marker));
        rest = behind;
    }
    literal.push_str(&rest.replace("]]", "]"));
    if !literal.is_empty() {
        parts.push(Part::Literal(literal));
    }
    Ok(parts)
}

impl Marker {
    fn parse(text: &str) -> Res<Self> {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let (text, width) = match text.rsplit_once(',') {
            Some((text, width)) => (text.to_owned(), Some(width.to_owned())),
            None => (text, None),
        };
        let mut letters = text.chars();
        let component = letters.next().unwrap_or(' ');
        let unknown = || Fault::new("D3132").value(&Item::string(component.to_string()));
        let mut presentation = letters.as_str();
        let mut second = None;
        if presentation.is_empty() {
            presentation = default_presentation(component).ok_or_else(unknown)?;
        } else if presentation.chars().count() > 1
            && let Some(last) = presentation.chars().last().filter(|c| "atco".contains(*c))
        {
            second = Some(last);
            presentation = presentation.strip_suffix(last).unwrap_or(presentation);
        }
        let names = match presentation {
            p if p.starts_with('n') => Some(Case::Lower),
            p if p.starts_with("Nn") => Some(Case::Title),
            p if p.starts_with('N') => Some(Case::Upper),
            _ => None,
        };
        let (width_min, width_max) = match &width {
            None => (None, None),
            Some(width) => {
                let (least, most) =
                    width.split_once('-').map_or((width.as_str(), None), |(a, b)| (a, Some(b)));
                (least.parse::<usize>().ok(), most.and_then(|most| most.parse::<usize>().ok()))
            }
        };
        let mut marker = Self {
            component,
            names,
            width_max,
            integer: None,
            year_digits: None,
            traditional: second == Some('t'),
        };
        if names.is_none() && NUMERIC.contains(component) {
            let pattern =
                second.map_or_else(|| presentation.to_owned(), |second| format!("{presentation};{second}"));
            marker.integer = Some(Picture::parse(&pattern)?);
            marker.widen(width_min);
        }
        if matches!(component, 'Z' | 'z') {
            marker.integer = Some(Picture::parse(presentation)?);
        }
        Ok(marker)
    }

    fn widen(&mut self, width_min: Option<usize>) {
        let Some(decimal) = self.integer.as_mut().and_then(Picture::decimal_mut) else {
            if self.component == 'Y' {
                self.year_digits = self.width_max;
            }
            return;
        };
        decimal.mandatory_digits = decimal.mandatory_digits.max(width_min.unwrap_or(0));
        if self.component == 'Y' {
            let digits = decimal.mandatory_digits + decimal.optional_digits;
            match self.width_max {
                Some(most) => {
                    decimal.mandatory_digits = most;
                    self.year_digits = Some(most);
                }
                None if digits >= 2 => self.year_digits = Some(digits),
                None => {}
            }
        }
    }

    fn name(&self, value: Option<i64>) -> Res<String> {
        let names: &[&str] = match self.component {
            'M' | 'x' => &MONTHS,
            'F' => &DAYS,
            _ => return Err(self.no_name()),
        };
        let name = value.and_then(|value| names.get(usize::try_from(value - 1).ok()?));
        let name = self.names.unwrap_or(Case::Title).of(name.unwrap_or(&UNDEFINED));
        Ok(self.cut(&name).to_owned())
    }

    fn cut<'n>(&self, name: &'n str) -> &'n str {
        self.width_max.and_then(|most| name.get(..most)).unwrap_or(name)
    }

    fn no_name(&self) -> Box<Fault> {
        Fault::new("D3133").value(&Item::string(self.component.to_string()))
    }

    /// The component of a moment; `None` is JavaScript's invalid date.
    #[expect(clippy::cast_precision_loss, reason = "components are far below 2^53")]
    fn format(&self, moment: Option<Moment>, zone: Zone, meter: &mut Meter) -> Res<String> {
        let component = moment.map(|moment| moment.component(self.component));
        let value = component.map_or(f64::NAN, |value| value as f64);
        match (&self.integer, self.component) {
            (Some(picture), 'Z' | 'z') => self.zone(picture, zone),
            (Some(picture), component) => {
                let value = match self.year_digits {
                    Some(digits) if component == 'Y' => {
                        value % 10_f64.powi(i32::try_from(digits).unwrap_or(i32::MAX))
                    }
                    _ => value,
                };
                meter.string_length(picture.bytes_max(value))?;
                let text = picture.format(value)?;
                meter.letters(text.len())?;
                Ok(text)
            }
            (None, 'P') => {
                let text = if value > 0.0 { "pm" } else { "am" };
                Ok(if self.names == Some(Case::Upper) { text.to_uppercase() } else { text.to_owned() })
            }
            (None, 'C' | 'E') => Ok("ISO".to_owned()),
            (None, other) if default_presentation(other).is_none() => Ok(UNDEFINED.to_owned()),
            (None, _) => self.name(component),
        }
    }

    fn zone(&self, picture: &Picture, zone: Zone) -> Res<String> {
        let both = zone.hours * 100.0 + zone.minutes;
        if both == 0.0 && self.traditional {
            return Ok("Z".to_owned());
        }
        let digits = picture.decimal().map_or(0, |decimal| decimal.mandatory_digits);
        let mut text = match digits {
            _ if picture.decimal().is_some_and(Decimal::is_regular) => picture.format(both)?,
            1 | 2 => {
                let mut text = picture.format(zone.hours)?;
                if zone.minutes != 0.0 {
                    text.push(':');
                    text.push_str(&Picture::parse("00")?.format(zone.minutes)?);
                }
                text
            }
            3 | 4 => picture.format(both)?,
            _ => return Err(Fault::new("D3134").value(&Item::count(digits))),
        };
        if both >= 0.0 {
            text.insert(0, '+');
        }
        if self.component == 'z' {
            text.insert_str(0, "GMT");
        }
        Ok(text)
    }

    /// What to look for when reading, as a pattern.
    fn pattern(&self) -> Res<String> {
        Ok(match (self.component, &self.integer) {
            ('Z' | 'z', Some(picture)) => {
                let gmt = if self.component == 'z' { "GMT" } else { "" };
                let minutes = zone_separator(picture).map(|c| format!("{}[0-9]+", escape(&c.to_string())));
                format!("{gmt}[-+][0-9]+{}", minutes.unwrap_or_default())
            }
            ('f', _) => "[0-9]+".to_owned(),
            (_, Some(picture)) => picture.pattern()?,
            ('M' | 'x' | 'F' | 'P', None) => "[a-zA-Z]+".to_owned(),
            _ => return Err(self.no_name()),
        })
    }

    /// The value of a text that the pattern matched.
    #[expect(clippy::cast_precision_loss, reason = "places in a list of names")]
    fn read(&self, text: &str) -> Option<f64> {
        let place = |names: &[&str]| {
            let found = names.iter().position(|name| self.cut(name) == text);
            found.map(|place| place as f64 + 1.0)
        };
        match (self.component, &self.integer) {
            ('Z' | 'z', Some(picture)) => {
                Some(read_zone(text.trim_start_matches("GMT"), zone_separator(picture)))
            }
            ('f', _) => {
                let digits: String = text.chars().chain("00".chars()).take(3).collect();
                digits.parse().ok()
            }
            (_, Some(picture)) => picture.read(text).ok(),
            ('M' | 'x', None) => place(&MONTHS),
            ('F', None) => place(&DAYS),
            _ => match text {
                "am" | "AM" => Some(0.0),
                "pm" | "PM" => Some(1.0),
                _ => None,
            },
        }
    }
}

fn zone_separator(picture: &Picture) -> Option<char> {
    match picture.decimal().map(|decimal| &decimal.grouping) {
        Some(Grouping::Regular(_, separator)) => Some(*separator),
        _ => None,
    }
}

/// An offset from UTC in minutes: `+01:00`, `-0500`, `+1`. The sign is that of
/// the hours alone, as in the reference.
fn read_zone(text: &str, separator: Option<char>) -> f64 {
    let (hours, minutes) = match separator.and_then(|separator| text.split_once(separator)) {
        Some(parts) => parts,
        None if text.len() <= 3 => (text, "0"),
        None => text.split_at_checked(3).unwrap_or((text, "0")),
    };
    leading_integer(hours) * 60.0 + leading_integer(minutes)
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() * 2);
    for c in text.chars() {
        if ".*+?^${}()|[]\\".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// What it is to read a byte of a picture, and what the byte asks for.
const STEPS_PER_BYTE: usize = 2;

/// Milliseconds in a picture, ISO 8601 without one; `zone` is `±HHMM`.
pub(crate) fn format(
    millis: f64,
    picture: Option<&str>,
    zone: Option<&str>,
    meter: &mut Meter,
) -> Res<String> {
    let zone = zone.map_or(Zone { hours: 0.0, minutes: 0.0 }, Zone::parse);
    let shifted = (millis + (60.0 * zone.hours + zone.minutes) * 60_000.0).trunc();
    #[expect(clippy::cast_possible_truncation, reason = "the bound is checked")]
    let moment = (shifted.abs() <= MILLIS_MAX).then(|| Moment::from_millis(shifted as i64));
    let picture = picture.unwrap_or("[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001][Z01:01t]");
    meter.step(picture.len().saturating_mul(STEPS_PER_BYTE))?;
    let mut text = String::new();
    for part in analyse(picture)? {
        match part {
            Part::Literal(literal) => text.push_str(&literal),
            Part::Marker(marker) => text.push_str(&marker.format(moment, zone, meter)?),
        }
        meter.string_length(text.len())?;
    }
    meter.string(text.len())?;
    Ok(text)
}

/// An offset from UTC. Of `-0530` it makes -6 hours and -30 minutes, as the
/// reference has it; of what is no number, what is no number.
#[derive(Clone, Copy)]
struct Zone {
    hours: f64,
    minutes: f64,
}

impl Zone {
    fn parse(text: &str) -> Self {
        let offset = leading_integer(text);
        Self { hours: (offset / 100.0).floor(), minutes: offset % 100.0 }
    }
}

/// The integer that a text begins with, if it does.
fn leading_integer(text: &str) -> f64 {
    let text = text.trim_start();
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let end = unsigned.find(|c: char| !c.is_ascii_digit()).unwrap_or(unsigned.len());
    let value = unsigned.get(..end).and_then(|digits| digits.parse().ok()).unwrap_or(f64::NAN);
    if text.starts_with('-') { -value } else { value }
}

/// What was read of each component.
struct Components(Vec<(char, f64)>);

impl Components {
    fn get(&self, component: char) -> Option<f64> {
        self.0.iter().rev().find(|(c, _)| *c == component).map(|(_, value)| *value)
    }

    /// Whether of all these components only those marked were read, and some.
    fn are(&self, all: &str, wanted: &str) -> bool {
        let read = |c: char| self.get(c).is_some_and(|value| value != 0.0 && !value.is_nan());
        all.chars().all(|c| wanted.contains(c) || !read(c)) && wanted.chars().any(read)
    }
}

/// Milliseconds of a text in a picture; `None` where it does not match.
/// Components left of the first that is given come from `now`.
pub(crate) fn parse(text: &str, picture: &str, now: i64, meter: &mut Meter) -> Res<Option<f64>> {
    meter.step(picture.len().saturating_mul(STEPS_PER_BYTE))?;
    let parts = analyse(picture)?;
    let mut pattern = String::from("^");
    for part in &parts {
        pattern.push('(');
        pattern.push_str(&match part {
            Part::Literal(literal) => escape(literal),
            Part::Marker(marker) => marker.pattern()?,
        });
        pattern.push(')');
    }
    pattern.push('$');
    meter.step(pattern.len())?;
    let program = Program::compile(&pattern, true, false).map_err(|_| Fault::new("D3136"))?;
    meter.visit(program.size())?;
    let found = program.find(text, 0, &mut meter.regex_steps).map_err(|_| Fault::new("U1004"))?;
    let Some(found) = found else { return Ok(None) };
    let mut components = Components(Vec::new());
    for (part, range) in parts.iter().zip(found.groups) {
        if let (Part::Marker(marker), Some(read)) = (part, range.and_then(|range| text.get(range)))
            && let Some(value) = marker.read(read)
        {
            components.0.push((marker.component, value));
        }
    }
    if components.0.is_empty() {
        return Ok(None);
    }
    assemble(components, now).map(Some)
}

fn assemble(mut components: Components, now: i64) -> Res<f64> {
    const DATE: &str = "YXMxWwdD";
    const TIME: &str = "PHhmsf";
    let by_month = components.are(DATE, "YMD");
    let by_day_of_year = !by_month && components.are(DATE, "Yd");
    let by_week = components.are(DATE, "XxwF") || components.are(DATE, "XWF");
    let by_half_day = !components.are(TIME, "Hmsf") && components.are(TIME, "Phmsf");
    let date = match (by_day_of_year, by_week) {
        (true, _) => "YD",
        (_, true) if components.are(DATE, "XxwF") => "XxwF",
        (_, true) => "XWF",
        _ => "YMD",
    };
    let time = if by_half_day { "Phmsf" } else { "Hmsf" };
    let now = Moment::from_millis(now);
    let mut started = false;
    let mut ended = false;
    for component in date.chars().chain(time.chars()) {
        if components.get(component).is_some() {
            started = true;
            if ended {
                return Err(Fault::new("D3136"));
            }
            continue;
        }
        ended |= started;
        #[expect(clippy::cast_precision_loss, reason = "components are far below 2^53")]
        let value = match (started, component) {
            (true, 'M' | 'D' | 'd') => 1.0,
            (true, _) => 0.0,
            (false, _) => now.component(component) as f64,
        };
        components.0.push((component, value));
    }
    if by_week {
        return Err(Fault::new("D3136"));
    }
    #[expect(clippy::cast_possible_truncation, reason = "the bound is checked")]
    let whole = |component: char, otherwise: i64| match components.get(component) {
        Some(value) if value.abs() < 1e9 => Ok(value as i64),
        None => Ok(otherwise),
        Some(_) => Err(Fault::new("D3136")),
    };
    // Two digits of a year mean the 20th century, as JavaScript has it.
    let year = match whole('Y', 1970)? {
        year @ 0..=99 => year + 1900,
        year => year,
    };
    let day = if by_day_of_year {
        days(year, 1, 1) + whole('d', 1)? - 1
    } else {
        days(year, whole('M', 1)?.max(1), whole('D', 1)?)
    };
    let hour = if by_half_day { whole('h', 0)? % 12 + 12 * whole('P', 0)? } else { whole('H', 0)? };
    let seconds = hour * 3600 + whole('m', 0)? * 60 + whole('s', 0)?;
    let zone = whole('Z', 0)? + whole('z', 0)?;
    // Where no date of JavaScript's reaches is no number.
    let Some(day_millis) = day.checked_mul(DAY_MILLIS) else { return Ok(f64::NAN) };
    #[expect(clippy::cast_precision_loss, reason = "what is checked next is below 2^53")]
    let millis = day_millis.saturating_add(seconds * 1000 + whole('f', 0)? - zone * 60_000) as f64;
    Ok(if millis.abs() <= MILLIS_MAX { millis } else { f64::NAN })
}
