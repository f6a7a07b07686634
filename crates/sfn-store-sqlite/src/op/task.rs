//! Messages, task tokens and the queues of activities.

use rusqlite::{Connection, OptionalExtension, params};
use sfn_store::id::{ExecutionArn, TaskKey, TaskToken};
use sfn_store::{
    ActivityTask, AnswerError, AnswerKind, Bytes, DeliverError, Delivered, ExecutionStatus, Hint,
    INBOX_MESSAGES_MAX, Message, TakeActivityTask, TakeError, TaskAnswer,
};

use crate::column::{AT_ONCE, checked, int, number, parsed, sequence, status};
use crate::error::{Failure, refuse};

/// Puts a message into the inbox of a running execution.
pub(super) fn put_message(
    db: &Connection,
    id: i64,
    execution: ExecutionArn,
    body: Bytes,
    hints: &mut Vec<Hint>,
) -> rusqlite::Result<Delivered> {
    let sequence = db
        .prepare_cached(
            "UPDATE execution SET last_message = last_message + 1, \
             due_at = iif(lease_node IS NULL, ?2, NULL) WHERE id = ?1 RETURNING last_message",
        )?
        .query_row(params![id, AT_ONCE], |row| sequence(row, 0))?;
    db.prepare_cached("INSERT INTO inbox (execution, sequence, body) VALUES (?1, ?2, ?3)")?
        .execute(params![id, int(sequence.get()), &body[..]])?;
    hints.push(Hint::Inbox { execution: execution.clone(), message: Message { sequence, body } });
    Ok(Delivered { execution, sequence })
}

pub(crate) fn deliver(
    db: &Connection,
    arn: ExecutionArn,
    body: Bytes,
    hints: &mut Vec<Hint>,
) -> Result<Delivered, Failure<DeliverError>> {
    let row = db
        .prepare_cached("SELECT id, status, last_message - consumed_through FROM execution WHERE arn = ?1")?
        .query_row([arn.as_str()], |row| Ok((row.get(0)?, status(row, 1)?, number(row, 2)?)))
        .optional()?;
    let id = match row {
        None => return refuse(DeliverError::NoSuchExecution),
        Some((_, ExecutionStatus::Running, INBOX_MESSAGES_MAX..)) => {
            return refuse(DeliverError::InboxFull);
        }
        Some((id, ExecutionStatus::Running, _)) => id,
        Some(_) => return refuse(DeliverError::Closed),
    };
    Ok(put_message(db, id, arn, body, hints)?)
}

/// A task as it is answered.
struct Task {
    id: i64,
    key: TaskKey,
    state: i64,
    execution: i64,
    arn: ExecutionArn,
    waiting: u64,
}

const CLOSED: i64 = 2;

pub(crate) fn answer(
    db: &Connection,
    answer: &TaskAnswer,
    hints: &mut Vec<Hint>,
) -> Result<Delivered, Failure<AnswerError>> {
    let task = db
        .prepare_cached(
            "SELECT t.id, t.key, t.state, e.id, e.arn, e.last_message - e.consumed_through \
             FROM task t JOIN execution e ON e.id = t.execution WHERE t.token = ?1",
        )?
        .query_row([answer.token.as_str()], |row| {
            Ok(Task {
                id: row.get(0)?,
                key: checked(row, 1, TaskKey::new)?,
                state: row.get(2)?,
                execution: row.get(3)?,
                arn: parsed(row, 4)?,
                waiting: number(row, 5)?,
            })
        })
        .optional()?;
    let task = match task {
        None => return refuse(AnswerError::NoSuchTask),
        Some(task) if task.state == CLOSED => return refuse(AnswerError::Closed),
        Some(task) if task.waiting >= INBOX_MESSAGES_MAX => return refuse(AnswerError::InboxFull),
        Some(task) => task,
    };
    if answer.kind == AnswerKind::Final {
        db.prepare_cached("UPDATE task SET state = 2, input = NULL WHERE id = ?1")?.execute([task.id])?;
    }
    let body = answer.message.about(&task.key);
    Ok(put_message(db, task.execution, task.arn, body, hints)?)
}

pub(crate) fn take(
    db: &Connection,
    take: &TakeActivityTask,
    hints: &mut Vec<Hint>,
) -> Result<Option<ActivityTask>, Failure<TakeError>> {
    let activity = take.activity.as_str();
    if !db.prepare_cached("SELECT 1 FROM activity WHERE arn = ?1")?.exists([activity])? {
        return refuse(TakeError::NoSuchActivity);
    }
    let oldest = db
        .prepare_cached(
            "SELECT t.id, t.key, t.token, t.input, e.id, e.arn FROM task t \
             JOIN execution e ON e.id = t.execution \
             WHERE t.activity = ?1 AND t.state = 0 ORDER BY t.id LIMIT 1",
        )?
        .query_row([activity], |row| {
            let token = checked(row, 2, TaskToken::new)?;
            let task = ActivityTask { token, input: row.get(3)? };
            let key = checked(row, 1, TaskKey::new)?;
            Ok((row.get::<_, i64>(0)?, key, task, row.get(4)?, parsed(row, 5)?))
        })
        .optional()?;
    let Some((id, key, task, execution, arn)) = oldest else {
        return Ok(None);
    };
    db.prepare_cached("UPDATE task SET state = 1, input = NULL WHERE id = ?1")?.execute([id])?;
    put_message(db, execution, arn, take.message.about(&key), hints)?;
    Ok(Some(task))
}
