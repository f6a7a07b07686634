//! How Rust's types are columns.

use std::error::Error;
use std::str::FromStr;

use rusqlite::Row;
use rusqlite::types::{Type, ValueRef};
use sfn_store::id::{EventId, InboxSequence, LeaseEpoch};
use sfn_store::{Bytes, ExecutionStatus, MachineType, MapRunStatus, StateMachineStatus, Timestamp};

/// Due at once: before any time.
pub(crate) const AT_ONCE: i64 = i64::MIN;

/// A count as SQLite has it. No count here comes near the limit.
pub(crate) fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn uint(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

pub(crate) fn millis(time: Timestamp) -> i64 {
    time.timestamp_millis()
}

fn time(millis: i64) -> Timestamp {
    let extreme = if millis < 0 { Timestamp::MIN_UTC } else { Timestamp::MAX_UTC };
    Timestamp::from_timestamp_millis(millis).unwrap_or(extreme)
}

/// A column that an id is parsed from.
pub(crate) fn parsed<T>(row: &Row<'_>, column: usize) -> rusqlite::Result<T>
where
    T: FromStr,
    T::Err: Error + Send + Sync + 'static,
{
    let text = row.get_ref(column)?.as_str()?;
    text.parse().map_err(|error| unreadable(column, error))
}

/// A column that an id is made of by its constructor.
pub(crate) fn checked<T, E>(
    row: &Row<'_>,
    column: usize,
    new: impl FnOnce(String) -> Result<T, E>,
) -> rusqlite::Result<T>
where
    E: Error + Send + Sync + 'static,
{
    new(row.get(column)?).map_err(|error| unreadable(column, error))
}

fn unreadable(column: usize, error: impl Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
}

pub(crate) fn timestamp(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    row.get(column).map(time)
}

pub(crate) fn optional_timestamp(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    optional(row, column, timestamp)
}

/// A column that may be null, and is read like this if it is not.
pub(crate) fn optional<T>(
    row: &Row<'_>,
    column: usize,
    read: impl FnOnce(&Row<'_>, usize) -> rusqlite::Result<T>,
) -> rusqlite::Result<Option<T>> {
    match row.get_ref(column)? {
        ValueRef::Null => Ok(None),
        _ => read(row, column).map(Some),
    }
}

pub(crate) fn number(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get(column).map(uint)
}

pub(crate) fn event_id(row: &Row<'_>, column: usize) -> rusqlite::Result<EventId> {
    number(row, column).map(EventId::new)
}

pub(crate) fn sequence(row: &Row<'_>, column: usize) -> rusqlite::Result<InboxSequence> {
    number(row, column).map(InboxSequence::new)
}

pub(crate) fn epoch(row: &Row<'_>, column: usize) -> rusqlite::Result<LeaseEpoch> {
    number(row, column).map(LeaseEpoch::new)
}

pub(crate) fn bytes(row: &Row<'_>, column: usize) -> rusqlite::Result<Bytes> {
    row.get::<_, Vec<u8>>(column).map(Bytes::from)
}

/// The number that stands for a value: its place in this table. Tables only
/// grow at the end.
fn code<T: Copy + PartialEq>(table: &[T], value: T) -> i64 {
    table.iter().zip(0..).find(|(it, _)| **it == value).map_or(-1, |(_, code)| code)
}

fn coded<T: Copy>(table: &[T], row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let code: i64 = row.get(column)?;
    let value = usize::try_from(code).ok().and_then(|code| table.get(code));
    value.copied().ok_or(rusqlite::Error::IntegralValueOutOfRange(column, code))
}

/// The table of execution statuses, in the order of their codes. That a child
/// waits for a redrive follows from other columns.
pub(crate) const STATUSES: [ExecutionStatus; 5] = [
    ExecutionStatus::Running,
    ExecutionStatus::Succeeded,
    ExecutionStatus::Failed,
    ExecutionStatus::TimedOut,
    ExecutionStatus::Aborted,
];
const MACHINE_TYPES: [MachineType; 2] = [MachineType::Standard, MachineType::Express];
const MACHINE_STATUSES: [StateMachineStatus; 2] = [StateMachineStatus::Active, StateMachineStatus::Deleting];
const MAP_RUN_STATUSES: [MapRunStatus; 4] =
    [MapRunStatus::Running, MapRunStatus::Succeeded, MapRunStatus::Failed, MapRunStatus::Aborted];

pub(crate) fn status_code(status: ExecutionStatus) -> i64 {
    code(&STATUSES, status)
}

pub(crate) fn status(row: &Row<'_>, column: usize) -> rusqlite::Result<ExecutionStatus> {
    coded(&STATUSES, row, column)
}

pub(crate) fn machine_type_code(machine_type: MachineType) -> i64 {
    code(&MACHINE_TYPES, machine_type)
}

pub(crate) fn machine_type(row: &Row<'_>, column: usize) -> rusqlite::Result<MachineType> {
    coded(&MACHINE_TYPES, row, column)
}

pub(crate) fn machine_status_code(status: StateMachineStatus) -> i64 {
    code(&MACHINE_STATUSES, status)
}

pub(crate) fn machine_status(row: &Row<'_>, column: usize) -> rusqlite::Result<StateMachineStatus> {
    coded(&MACHINE_STATUSES, row, column)
}

pub(crate) fn map_run_status_code(status: MapRunStatus) -> i64 {
    code(&MAP_RUN_STATUSES, status)
}

pub(crate) fn map_run_status(row: &Row<'_>, column: usize) -> rusqlite::Result<MapRunStatus> {
    coded(&MAP_RUN_STATUSES, row, column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_a_code_that_never_changes() {
        assert_eq!(ExecutionStatus::ALL.map(status_code), [0, 1, 2, 3, 4, -1]);
        assert_eq!(MachineType::ALL.map(machine_type_code), [0, 1]);
        assert_eq!(StateMachineStatus::ALL.map(machine_status_code), [0, 1]);
        assert_eq!(MapRunStatus::ALL.map(map_run_status_code), [0, 1, 2, 3]);
    }

    #[test]
    fn times_beyond_the_calendar_are_its_ends() {
        assert_eq!(time(AT_ONCE), Timestamp::MIN_UTC);
        assert_eq!(time(i64::MAX), Timestamp::MAX_UTC);
    }
}
