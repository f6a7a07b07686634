//! Tasks that are answered by token.

use super::Place;
use super::fixture::{Fixture, activity_task, callback, commit, key, new_activity, node, step, token};
use crate::id::{ActivityArn, InboxSequence};
use crate::{
    ActivityTask, AnswerError, AnswerKind, Bytes, NewExecution, TakeActivityTask, TakeError, TaskAnswer,
    TaskMessage,
};

fn answer(text: &str, kind: AnswerKind) -> TaskAnswer {
    let message = TaskMessage::new(move |key| Bytes::from(format!("{kind:?} {key}")));
    TaskAnswer { token: token(text), kind, message }
}

fn take(activity: &ActivityArn) -> TakeActivityTask {
    TakeActivityTask {
        activity: activity.clone(),
        message: TaskMessage::new(|key| Bytes::from(format!("started {key}"))),
    }
}

/// The message says which task it is about and goes to the right execution.
pub async fn tokens_find_their_task(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let store = &fixture.store;
    let mut leases = Vec::new();
    for execution in ["e", "f"] {
        let lease = fixture.start(execution, &node("n")).await;
        let mut open = commit(&lease, 3, 3);
        open.progress.open_tasks =
            vec![callback(&format!("{execution}1")), callback(&format!("{execution}2"))];
        store.commit(open).await.unwrap();
        leases.push(lease);
    }
    let delivered = store.answer_task(answer("f2", AnswerKind::Final)).await.unwrap();
    assert_eq!(delivered.execution, leases[1].execution);
    assert!(store.inbox(leases[0].clone(), InboxSequence::NONE).await.unwrap().is_empty());
    let inbox = store.inbox(leases[1].clone(), InboxSequence::NONE).await.unwrap();
    assert_eq!(inbox.len(), 1);
    assert_eq!(inbox[0].body, Bytes::from(format!("Final {}", key("f2"))));
    let unknown = store.answer_task(answer("f3", AnswerKind::Heartbeat)).await;
    assert!(matches!(unknown, Err(AnswerError::NoSuchTask)));
}

/// Heartbeats leave a task open; one final answer, or its execution, closes it.
pub async fn answered_tasks_are_closed(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let store = &fixture.store;
    let lease = fixture.start("e", &node("n")).await;
    let mut open = commit(&lease, 3, 3);
    open.progress.open_tasks = vec![callback("answered"), callback("timed-out"), callback("open")];
    store.commit(open).await.unwrap();
    store.answer_task(answer("answered", AnswerKind::Heartbeat)).await.unwrap();
    store.answer_task(answer("answered", AnswerKind::Heartbeat)).await.unwrap();
    store.answer_task(answer("answered", AnswerKind::Final)).await.unwrap();
    let mut close = commit(&lease, 4, 4);
    close.progress.close_tasks = vec![key("timed-out"), key("unknown")];
    store.commit(close).await.unwrap();
    let other = fixture.start("other", &node("n")).await;
    let mut not_its_own = commit(&other, 3, 3);
    not_its_own.progress.close_tasks = vec![key("open")];
    store.commit(not_its_own).await.unwrap();
    store.answer_task(answer("open", AnswerKind::Heartbeat)).await.unwrap();
    for text in ["answered", "timed-out"] {
        for kind in [AnswerKind::Heartbeat, AnswerKind::Final] {
            let refused = store.answer_task(answer(text, kind)).await;
            assert!(matches!(refused, Err(AnswerError::Closed)), "{text}");
        }
    }
    assert_eq!(store.inbox(lease, InboxSequence::NONE).await.unwrap().len(), 4);
}

/// Each worker gets another task; the execution learns of each start.
pub async fn activity_tasks_are_taken_oldest_first(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let store = &fixture.store;
    let activities = ["a", "b"].map(new_activity);
    for activity in &activities {
        store.create_activity(activity.clone()).await.unwrap();
    }
    let [a, b] = activities.map(|it| it.record.arn);
    let lease = fixture.start("e", &node("n")).await;
    let tasks = [("z", &a), ("y", &b), ("gone", &a), ("x", &a)];
    let mut open = commit(&lease, 3, 3);
    open.progress.open_tasks = tasks.iter().map(|(text, it)| activity_task(text, it)).collect();
    store.commit(open).await.unwrap();
    let mut close = commit(&lease, 4, 4);
    close.progress.close_tasks = vec![key("gone")];
    store.commit(close).await.unwrap();

    let task = |text| ActivityTask { token: token(text), input: format!("\"{text}\"").into() };
    for want in [Some(task("z")), Some(task("x")), None] {
        assert_eq!(store.take_activity_task(take(&a)).await.unwrap(), want);
    }
    assert_eq!(store.take_activity_task(take(&b)).await.unwrap(), Some(task("y")));
    let inbox = store.inbox(lease, InboxSequence::NONE).await.unwrap();
    let bodies: Vec<_> = inbox.into_iter().map(|message| message.body).collect();
    let want = ["z", "x", "y"].map(|text| Bytes::from(format!("started {}", key(text))));
    assert_eq!(bodies, want);
    store.answer_task(answer("z", AnswerKind::Final)).await.unwrap();
}

/// Without a worker, and without the activity, the task stays in the queue.
pub async fn activity_tasks_wait_for_a_worker(place: &impl Place) {
    let fixture = Fixture::open(place).await;
    let store = &fixture.store;
    let activity = new_activity("a").record.arn;
    let mut first = step(1, 1);
    first.open_tasks = vec![activity_task("t", &activity)];
    let new = NewExecution { first: Some(first), ..fixture.new_execution("e") };
    store.create_execution(new).await.unwrap();
    let refused = store.take_activity_task(take(&activity)).await;
    assert!(matches!(refused, Err(TakeError::NoSuchActivity)));
    store.create_activity(new_activity("a")).await.unwrap();
    store.delete_activity(&activity).await.unwrap();
    assert!(store.take_activity_task(take(&activity)).await.is_err());
    store.create_activity(new_activity("a")).await.unwrap();
    let task = store.take_activity_task(take(&activity)).await.unwrap();
    assert_eq!(task.map(|task| task.token), Some(token("t")));
}
