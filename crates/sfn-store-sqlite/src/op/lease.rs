//! Claims, leases, and what their holders read.

use rusqlite::{Connection, OptionalExtension, params};
use sfn_store::id::InboxSequence;
use sfn_store::{
    ClaimRequest, Claimed, Claims, Clock, Fault, Hint, Lease, LeaseError, Message, Renew, Renewal, Timestamp,
};

use super::{commit, execution};
use crate::column::{AT_ONCE, bytes, epoch, int, millis, optional_timestamp, parsed, sequence};
use crate::error::{Failure, refuse};

/// What a lease is found by: ARN, node and epoch. An execution that is not
/// leased has no node.
pub(super) fn key(lease: &Lease) -> (&str, &str, i64) {
    (lease.execution.as_str(), lease.node.as_str(), int(lease.epoch.get()))
}

pub(crate) fn claim(
    db: &Connection,
    request: &ClaimRequest,
    clock: &Clock,
) -> Result<Claims, Failure<Fault>> {
    let limit = i64::from(request.limit);
    let mut ids = due(
        db,
        "SELECT id FROM execution WHERE lease_until <= ?1 ORDER BY lease_until LIMIT ?2",
        clock.now(),
        limit,
    )?;
    let limit = limit.saturating_sub_unsigned(ids.len() as u64);
    ids.extend(due(
        db,
        "SELECT id FROM execution WHERE due_at <= ?1 ORDER BY due_at LIMIT ?2",
        request.now,
        limit,
    )?);
    let until = millis(clock.after(request.lease.ttl));
    let claimed =
        ids.into_iter().map(|id| claim_one(db, id, request, until)).collect::<rusqlite::Result<_>>()?;
    let next_wake_at = db
        .prepare_cached("SELECT min(due_at) FROM execution WHERE due_at IS NOT NULL")?
        .query_row([], |row| optional_timestamp(row, 0))?;
    Ok(Claims { claimed, next_wake_at })
}

fn due(db: &Connection, sql: &'static str, until: Timestamp, limit: i64) -> rusqlite::Result<Vec<i64>> {
    db.prepare_cached(sql)?.query_map([millis(until), limit], |row| row.get(0))?.collect()
}

fn claim_one(db: &Connection, id: i64, request: &ClaimRequest, until: i64) -> rusqlite::Result<Claimed> {
    let node = &request.lease.node;
    let (arn, epoch, consumed_through) = db
        .prepare_cached(
            "UPDATE execution SET epoch = epoch + 1, lease_node = ?2, lease_until = ?3, \
             due_at = NULL WHERE id = ?1 RETURNING arn, epoch, consumed_through",
        )?
        .query_row(params![id, node.as_str(), until], |row| {
            Ok((parsed(row, 0)?, epoch(row, 1)?, sequence(row, 2)?))
        })?;
    let snapshot = db
        .prepare_cached("SELECT body FROM snapshot WHERE execution = ?1")?
        .query_row([id], |row| bytes(row, 0))
        .optional()?;
    Ok(Claimed {
        record: execution::by_id(db, id)?,
        snapshot,
        consumed_through,
        inbox: messages(db, id, consumed_through)?,
        lease: Lease { execution: arn, node: node.clone(), epoch },
    })
}

/// The messages after this one, oldest first.
pub(super) fn messages(
    db: &Connection,
    execution: i64,
    after: InboxSequence,
) -> rusqlite::Result<Vec<Message>> {
    db.prepare_cached(
        "SELECT sequence, body FROM inbox WHERE execution = ?1 AND sequence > ?2 \
         ORDER BY sequence",
    )?
    .query_map([execution, int(after.get())], |row| {
        Ok(Message { sequence: sequence(row, 0)?, body: bytes(row, 1)? })
    })?
    .collect()
}

pub(crate) fn renew(db: &Connection, renew: &Renew, clock: &Clock) -> Result<Vec<Renewal>, Failure<Fault>> {
    let until = millis(clock.after(renew.ttl));
    let mut update = db.prepare_cached(
        "UPDATE execution SET lease_until = ?4 WHERE arn = ?1 AND lease_node = ?2 AND epoch = ?3 \
         RETURNING last_message",
    )?;
    let renewals = renew.leases.iter().map(|lease| {
        let (arn, node, epoch) = key(lease);
        let last_message =
            update.query_row(params![arn, node, epoch, until], |row| sequence(row, 0)).optional()?;
        Ok(last_message.map_or(Renewal::Lost, |last_message| Renewal::Held { last_message }))
    });
    renewals.collect::<rusqlite::Result<_>>().map_err(Failure::from)
}

pub(crate) fn release(
    db: &Connection,
    lease: &Lease,
    wake_at: Option<Timestamp>,
    hints: &mut Vec<Hint>,
) -> Result<(), Failure<LeaseError>> {
    let due_at = wake_at.map_or(AT_ONCE, millis);
    let (arn, node, epoch) = key(lease);
    let released = db
        .prepare_cached(
            "UPDATE execution SET lease_node = NULL, lease_until = NULL, due_at = ?4 \
             WHERE arn = ?1 AND lease_node = ?2 AND epoch = ?3",
        )?
        .execute(params![arn, node, epoch, due_at])?;
    if released == 0 {
        return refuse(LeaseError::LeaseLost);
    }
    commit::hint_due(Some(due_at), hints);
    Ok(())
}

pub(crate) fn inbox(
    db: &Connection,
    lease: &Lease,
    after: InboxSequence,
) -> Result<Vec<Message>, Failure<LeaseError>> {
    let id = db
        .prepare_cached("SELECT id FROM execution WHERE arn = ?1 AND lease_node = ?2 AND epoch = ?3")?
        .query_row(key(lease), |row| row.get(0))
        .optional()?;
    match id {
        Some(id) => Ok(messages(db, id, after)?),
        None => refuse(LeaseError::LeaseLost),
    }
}
