//! Steps become durable.

use rusqlite::{Connection, OptionalExtension, params};
use sfn_store::id::{ActivityArn, EventId, InboxSequence};
use sfn_store::{
    Closed, Commit, CommitError, Committed, Hint, OpenTask, Outcome, Progress, Then, Timestamp, Work,
};

use super::{lease, machine, map_run};
use crate::column::{AT_ONCE, event_id, int, millis, sequence, status_code};
use crate::error::{Failure, refuse};

/// Whether a step is the first: then nothing of the execution is there yet.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Applied {
    First,
    Later,
}

/// What applying a step found.
pub(super) struct Found {
    pub(super) is_token_in_use: bool,
}

/// Writes a step's events, snapshot, tasks and map runs. If a token is in use, the
/// caller refuses and all is rolled back.
pub(super) fn apply(
    db: &Connection,
    execution: i64,
    progress: &Progress,
    applied: Applied,
    hints: &mut Vec<Hint>,
) -> rusqlite::Result<Found> {
    if let Some(segment) = &progress.events {
        db.prepare_cached(
            "INSERT INTO segment (execution, first_event_id, last_event_id, events) \
             VALUES (?1, ?2, ?3, ?4)",
        )?
        .insert(params![
            execution,
            int(segment.first_event_id.get()),
            int(segment.last_event_id.get()),
            &segment.events[..],
        ])?;
    }
    let outcome = progress.closed.as_ref().map(|closed| &closed.outcome);
    match (&progress.snapshot, outcome) {
        (_, Some(Outcome::Succeeded { .. })) if applied == Applied::First => {}
        (_, Some(Outcome::Succeeded { .. })) => {
            db.prepare_cached("DELETE FROM snapshot WHERE execution = ?1")?.execute([execution])?;
        }
        (Some(snapshot), _) => {
            db.prepare_cached("INSERT OR REPLACE INTO snapshot (execution, body) VALUES (?1, ?2)")?
                .execute(params![execution, &snapshot[..]])?;
        }
        (None, _) => {}
    }
    for task in &progress.open_tasks {
        if !open_task(db, execution, task, hints)? {
            return Ok(Found { is_token_in_use: true });
        }
    }
    for key in &progress.close_tasks {
        db.prepare_cached(
            "UPDATE task SET state = 2, input = NULL \
             WHERE execution = ?1 AND key = ?2 AND state < 2",
        )?
        .execute(params![execution, key.as_str()])?;
    }
    if progress.closed.is_some() && (applied == Applied::Later || !progress.open_tasks.is_empty()) {
        db.prepare_cached("UPDATE task SET state = 2, input = NULL WHERE execution = ?1 AND state < 2")?
            .execute([execution])?;
        db.prepare_cached("DELETE FROM inbox WHERE execution = ?1")?.execute([execution])?;
    }
    for change in &progress.map_runs {
        map_run::change(db, execution, change, hints)?;
    }
    Ok(Found { is_token_in_use: false })
}

/// Opens a task unless its token is in use.
fn open_task(
    db: &Connection,
    execution: i64,
    task: &OpenTask,
    hints: &mut Vec<Hint>,
) -> rusqlite::Result<bool> {
    let (state, activity, input) = match &task.work {
        Work::Callback => (1, None, None),
        Work::Activity { activity, input } => (0, Some(activity), Some(input)),
    };
    let inserted = db
        .prepare_cached(
            "INSERT INTO task (token, execution, key, state, activity, input) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (token) DO NOTHING",
        )?
        .execute(params![
            task.token.as_str(),
            execution,
            task.key.as_str(),
            state,
            activity.map(ActivityArn::as_str),
            input,
        ])?;
    if let Some(activity) = activity {
        hints.push(Hint::ActivityTask(activity.clone()));
    }
    Ok(inserted == 1)
}

/// Tells when an execution that nobody has leased is due.
pub(super) fn hint_due(due_at: Option<i64>, hints: &mut Vec<Hint>) {
    if let Some(at) = due_at {
        hints.push(Hint::Due { at: Timestamp::from_timestamp_millis(at).filter(|_| at != AT_ONCE) });
    }
}

/// What a commit is checked against.
struct Before {
    id: i64,
    machine: i64,
    last_event_id: EventId,
    last_message: InboxSequence,
    consumed_through: InboxSequence,
}

pub(crate) fn commit(
    db: &Connection,
    commit: &Commit,
    hints: &mut Vec<Hint>,
) -> Result<Committed, Failure<CommitError>> {
    let before = db
        .prepare_cached(
            "SELECT id, machine, last_event_id, last_message, consumed_through FROM execution \
             WHERE arn = ?1 AND lease_node = ?2 AND epoch = ?3",
        )?
        .query_row(lease::key(&commit.lease), |row| {
            Ok(Before {
                id: row.get(0)?,
                machine: row.get(1)?,
                last_event_id: event_id(row, 2)?,
                last_message: sequence(row, 3)?,
                consumed_through: sequence(row, 4)?,
            })
        })
        .optional()?;
    let Some(before) = before else {
        return refuse(CommitError::LeaseLost);
    };
    let Before { id, last_event_id, last_message, consumed_through, .. } = before;
    let follows = last_event_id == commit.expected_last_event_id
        && (consumed_through..=last_message).contains(&commit.consumed_through);
    let after = commit.progress.last_event_after(last_event_id).filter(|_| follows);
    let Some(after) = after else {
        return refuse(CommitError::Conflict { last_event_id, last_message });
    };

    if apply(db, id, &commit.progress, Applied::Later, hints)?.is_token_in_use {
        return refuse(CommitError::TokenInUse);
    }
    if commit.consumed_through > consumed_through {
        db.prepare_cached("DELETE FROM inbox WHERE execution = ?1 AND sequence <= ?2")?
            .execute([id, int(commit.consumed_through.get())])?;
    }
    if let Some(closed) = &commit.progress.closed {
        close(db, &before, after, closed)?;
        hints.push(Hint::Closed(commit.lease.execution.clone()));
        return Ok(Committed { inbox: Vec::new(), released: true });
    }
    let inbox = if last_message > commit.consumed_through {
        lease::messages(db, id, commit.consumed_through)?
    } else {
        Vec::new()
    };
    let released = commit.then == Then::Release && inbox.is_empty();
    let progress = (id, int(after.get()), int(commit.consumed_through.get()));
    if released {
        let due_at = commit.progress.wake_at.map(millis);
        db.prepare_cached(
            "UPDATE execution SET last_event_id = ?2, consumed_through = ?3, lease_node = NULL, \
             lease_until = NULL, due_at = ?4 WHERE id = ?1",
        )?
        .execute(params![progress.0, progress.1, progress.2, due_at])?;
        hint_due(due_at, hints);
    } else {
        db.prepare_cached("UPDATE execution SET last_event_id = ?2, consumed_through = ?3 WHERE id = ?1")?
            .execute(progress)?;
    }
    Ok(Committed { inbox, released })
}

fn close(db: &Connection, before: &Before, last_event_id: EventId, closed: &Closed) -> rusqlite::Result<()> {
    // All messages count as consumed: none will be.
    db.prepare_cached(
        "UPDATE execution SET status = ?2, stopped_at = ?3, last_event_id = ?4, \
         consumed_through = last_message, lease_node = NULL, lease_until = NULL, due_at = NULL \
         WHERE id = ?1",
    )?
    .execute(params![
        before.id,
        status_code(closed.outcome.status()),
        millis(closed.stopped_at),
        int(last_event_id.get()),
    ])?;
    let failure = closed.outcome.failure();
    db.prepare_cached("UPDATE execution_data SET output = ?2, error = ?3, cause = ?4 WHERE execution = ?1")?
        .execute(params![
            before.id,
            closed.outcome.output(),
            failure.and_then(|failure| failure.error.as_ref()),
            failure.and_then(|failure| failure.cause.as_ref()),
        ])?;
    machine::remove_if_deserted(db, before.machine).map(drop)
}
