//! Picture strings of `XPath`: integers, numbers, dates and times.

pub(crate) mod calendar;
pub(crate) mod datetime;
pub(crate) mod integer;
pub(crate) mod iso;
pub(crate) mod number;
pub(crate) mod words;
