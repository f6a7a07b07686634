//! The driver on the store in memory: what executions come to, and what they
//! cost.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a panic is how a test fails")]

mod common;

use std::sync::Arc;
use std::time::Duration;

use asl_runtime::{Problem, Signal, TaskReport};
use asl_value::Payload;
use common::{ACTIVITY, MIXED, Machine, PASS_CHAIN, Scripted, TASK, WAIT, World, closed};
use sfn_driver::Subject;
use sfn_store::id::TaskToken;
use sfn_store::{
    AnswerError, AnswerKind, Bytes, Creation, ExecutionStatus, NewExecution, Outcome, TakeActivityTask,
    TaskAnswer, TaskMessage,
};

fn counted(driver: &sfn_driver::Driver, name: &str) -> u64 {
    driver.metrics().read().into_iter().find(|(it, _)| *it == name).map(|(_, value)| value).unwrap()
}

/// The message that reports about a task.
fn report(report: TaskReport) -> TaskMessage {
    TaskMessage::new(move |key| {
        let signal = Signal::Task { task: key.as_str().parse().unwrap(), report: report.clone() };
        Bytes::from(serde_json::to_vec(&signal).unwrap())
    })
}

#[tokio::test(start_paused = true)]
async fn a_chain_is_one_commit() {
    let world = World::new();
    let machine = world.machine("m", PASS_CHAIN).await;
    let driver = world.driver(&Scripted::echo(Duration::ZERO));
    let start = machine.standard("e", driver.now());
    let Creation::Created(record) = driver.create(start).await.unwrap() else { panic!("it is new") };
    assert_eq!(record.status(), ExecutionStatus::Succeeded);
    assert_eq!(&**record.closed.unwrap().outcome.output().unwrap(), r#"{"n": 1}"#);
    assert_eq!(world.history(&record.arn).await.len(), 22);
    assert_eq!(counted(&driver, "stepwell_commits_total"), 0, "its creation was the commit");
    assert_eq!(counted(&driver, "stepwell_executions_closed_total"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_name_starts_once() {
    let world = World::new();
    let machine = world.machine("m", WAIT).await;
    let driver = world.driver(&Scripted::echo(Duration::ZERO));
    machine.create(&driver, "e").await;
    let again = driver.create(machine.standard("e", driver.now())).await.unwrap();
    assert!(matches!(again, Creation::Existing(_)));
}

#[tokio::test(start_paused = true)]
async fn executions_that_wait_are_not_held() {
    let world = World::new();
    let machine = world.machine("m", WAIT).await;
    let driver = world.driver(&Scripted::echo(Duration::ZERO));
    let mut executions = Vec::new();
    for number in 0..1_000 {
        executions.push(machine.create(&driver, &format!("e{number}")).await);
    }
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert_eq!(counted(&driver, "stepwell_executions_held"), 0);
    for execution in &executions {
        let end = closed(&driver, execution).await;
        assert!(matches!(end.outcome, Outcome::Succeeded { .. }));
        let history = world.history(execution).await;
        let waited = history[2].timestamp - history[1].timestamp;
        assert_eq!(waited.num_seconds(), 600);
    }
    assert_eq!(counted(&driver, "stepwell_executions_claimed_total"), 1_000);
}

#[tokio::test(start_paused = true)]
async fn tasks_are_called_and_answered() {
    let world = World::new();
    let machine = world.machine("m", MIXED).await;
    let handler = Scripted::echo(Duration::from_secs(3));
    let driver = world.driver(&handler);
    let execution = machine.create(&driver, "e").await;
    let end = closed(&driver, &execution).await;
    assert!(matches!(end.outcome, Outcome::Succeeded { .. }), "{end:?}");
    assert_eq!(handler.starts(), 2);
    assert_eq!(
        world.event_names(&execution).await,
        [
            "ExecutionStarted",
            "WaitStateEntered",
            "WaitStateExited",
            "TaskStateEntered",
            "LambdaFunctionScheduled",
            "LambdaFunctionStarted",
            "LambdaFunctionSucceeded",
            "TaskStateExited",
            "WaitStateEntered",
            "WaitStateExited",
            "TaskStateEntered",
            "LambdaFunctionScheduled",
            "LambdaFunctionStarted",
            "LambdaFunctionSucceeded",
            "TaskStateExited",
            "PassStateEntered",
            "PassStateExited",
            "ExecutionSucceeded",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn long_tasks_keep_their_lease() {
    let world = World::new();
    let machine = world.machine("m", TASK).await;
    let handler = Scripted::echo(Duration::from_mins(5));
    let (one, other) = (world.driver(&handler), world.driver(&handler));
    let execution = machine.create(&one, "e").await;
    closed(&other, &execution).await;
    assert_eq!(handler.starts(), 1);
    assert_eq!(counted(&other, "stepwell_executions_claimed_total"), 0);
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_panics_fails_its_task() {
    let world = World::new();
    let machine = world.machine("m", TASK).await;
    let handler = Scripted::new(|_, _| async { panic!("a defect of the handler, as the test wants it") });
    let driver = world.driver(&handler);
    let execution = machine.create(&driver, "e").await;
    let end = closed(&driver, &execution).await;
    assert_eq!(end.outcome.failure().unwrap().error.as_deref(), Some("States.TaskFailed"));
}

#[tokio::test(start_paused = true)]
async fn a_task_that_is_cancelled_is_dropped() {
    struct Dropped(Arc<tokio::sync::Notify>);
    impl Drop for Dropped {
        fn drop(&mut self) {
            self.0.notify_one();
        }
    }
    let world = World::new();
    let definition = TASK.replace(r#""End":true"#, r#""TimeoutSeconds":5,"End":true"#);
    let machine = world.machine("m", &definition).await;
    let dropped = Arc::new(tokio::sync::Notify::new());
    let notify = Arc::clone(&dropped);
    let driver = world.driver(&Scripted::new(move |_, _| {
        let guard = Dropped(Arc::clone(&notify));
        async move {
            let _guard = guard;
            std::future::pending().await
        }
    }));
    let execution = machine.create(&driver, "e").await;
    let end = closed(&driver, &execution).await;
    assert_eq!(end.outcome.failure().unwrap().error.as_deref(), Some("States.Timeout"));
    dropped.notified().await;
}

#[tokio::test(start_paused = true)]
async fn activities_are_done_by_workers() {
    let world = World::new();
    let machine = world.machine("m", ACTIVITY).await;
    let activity = world.activity("work").await;
    let handler = Scripted::echo(Duration::ZERO);
    let driver = world.driver(&handler);

    let mut watch = driver.watch(Subject::ActivityTask(activity.clone()), Duration::from_mins(1));
    let started = TaskReport::Started { worker_name: Some("w".to_owned()) };
    let take = TakeActivityTask { activity, message: report(started) };
    assert_eq!(world.store.take_activity_task(take.clone()).await.unwrap(), None);
    let execution = machine.create(&driver, "e").await;
    assert!(watch.happened().await, "a long poll wakes");
    let task = world.store.take_activity_task(take).await.unwrap().unwrap();
    assert_eq!(&*task.input, r#"{"n": 1}"#);

    let output = Payload::parse("7").unwrap();
    let answer = TaskAnswer {
        token: task.token,
        kind: AnswerKind::Final,
        message: report(TaskReport::Succeeded { output }),
    };
    world.store.answer_task(answer).await.unwrap();
    let end = closed(&driver, &execution).await;
    assert_eq!(end.outcome.output().map(|output| &**output), Some("7"));
    assert_eq!(handler.starts(), 0, "no handler has a part in it");
    assert!(world.event_names(&execution).await.contains(&"ActivityStarted"));
}

#[tokio::test(start_paused = true)]
async fn a_task_that_timed_out_after_a_restart_is_closed() {
    let world = World::new();
    let definition = ACTIVITY.replace(r#""End":true"#, r#""TimeoutSeconds":600,"End":true"#);
    let machine = world.machine("m", &definition).await;
    let activity = world.activity("work").await;
    let handler = Scripted::echo(Duration::ZERO);
    let driver = world.driver(&handler);
    let taken = machine.create(&driver, "taken").await;
    let take = TakeActivityTask { activity, message: report(TaskReport::Started { worker_name: None }) };
    let task = world.store.take_activity_task(take.clone()).await.unwrap().unwrap();
    let queued = machine.create(&driver, "queued").await;
    drop(driver);

    let driver = world.driver(&handler);
    for execution in [taken, queued] {
        let end = closed(&driver, &execution).await;
        assert_eq!(end.outcome.failure().unwrap().error.as_deref(), Some("States.Timeout"));
    }
    let message = report(TaskReport::Succeeded { output: Payload::parse("7").unwrap() });
    let late = TaskAnswer { token: task.token, kind: AnswerKind::Final, message };
    let refused = world.store.answer_task(late).await;
    assert!(matches!(refused, Err(AnswerError::Closed)), "{refused:?}");
    assert_eq!(world.store.take_activity_task(take).await.unwrap(), None, "it left the queue");
}

#[tokio::test(start_paused = true)]
async fn a_task_that_timed_out_is_closed_while_its_execution_goes_on() {
    let world = World::new();
    let definition = r#"{"StartAt":"A","States":{
        "A":{"Type":"Task","Resource":"arn:aws:states:us-east-1:123456789012:activity:work",
            "TimeoutSeconds":600,"Catch":[{"ErrorEquals":["States.Timeout"],"Next":"W"}],"End":true},
        "W":{"Type":"Wait","Seconds":600,"End":true}}}"#;
    let machine = world.machine("m", definition).await;
    let activity = world.activity("work").await;
    let handler = Scripted::echo(Duration::ZERO);
    let driver = world.driver(&handler);
    let execution = machine.create(&driver, "e").await;
    let take = TakeActivityTask { activity, message: report(TaskReport::Started { worker_name: None }) };
    let task = world.store.take_activity_task(take).await.unwrap().unwrap();
    drop(driver);

    let driver = world.driver(&handler);
    tokio::time::sleep(Duration::from_mins(15)).await;
    let message = report(TaskReport::Succeeded { output: Payload::parse("7").unwrap() });
    let late = TaskAnswer { token: task.token, kind: AnswerKind::Final, message };
    let refused = world.store.answer_task(late).await;
    assert!(matches!(refused, Err(AnswerError::Closed)), "{refused:?}");
    assert_eq!(closed(&driver, &execution).await.outcome.status(), ExecutionStatus::Succeeded);
}

#[tokio::test(start_paused = true)]
async fn the_test_case_survives_a_restart() {
    let world = World::new();
    let machine = world.machine("m", TASK).await;
    let hanging = Scripted::new(|_, _| std::future::pending());
    let driver = world.driver(&hanging);
    let mut start = machine.standard("e", driver.now());
    start.new.test_case = Some("Happy".into());
    driver.create(start).await.unwrap();
    drop(driver);

    let driver = world.driver(&Scripted::new(|_, context| async move {
        let case = context.origin.test_case.as_deref().unwrap_or("none");
        TaskReport::Succeeded { output: Payload::parse(format!("\"{case}\"")).unwrap() }
    }));
    let end = closed(&driver, &machine.execution("e")).await;
    assert_eq!(end.outcome.output().map(|output| &**output), Some("\"Happy\""));
}

#[tokio::test(start_paused = true)]
async fn callbacks_wait_for_their_token() {
    let world = World::new();
    let definition = r#"{"StartAt":"C","States":{"C":{"Type":"Task",
        "Resource":"arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Parameters":{"QueueUrl":"q","MessageBody":"b"},"End":true}}}"#;
    let machine = world.machine("m", definition).await;
    let (send_token, mut tokens) = tokio::sync::mpsc::unbounded_channel();
    let driver = world.driver(&Scripted::new(move |task, _| {
        let token = TaskToken::new(task.task_token.unwrap().as_str()).unwrap();
        send_token.send(token).unwrap();
        async { TaskReport::Submitted { output: Payload::parse("{}").unwrap() } }
    }));
    let execution = machine.create(&driver, "e").await;
    let token = tokens.recv().await.unwrap();
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert_eq!(counted(&driver, "stepwell_executions_held"), 0, "it rests in the store");
    let failed = TaskReport::Failed(Problem::new("E", "c"));
    let answer = TaskAnswer { token, kind: AnswerKind::Final, message: report(failed) };
    world.store.answer_task(answer).await.unwrap();
    let end = closed(&driver, &execution).await;
    assert_eq!(end.outcome.failure().unwrap().error.as_deref(), Some("E"));
    assert!(tokens.try_recv().is_err(), "it was requested once");
}

#[tokio::test(start_paused = true)]
async fn executions_are_stopped() {
    let world = World::new();
    let waiting = world.machine("waiting", WAIT).await;
    let calling = world.machine("calling", TASK).await;
    let driver = world.driver(&Scripted::new(|_, _| std::future::pending()));
    for machine in [waiting, calling] {
        let execution = machine.create(&driver, "e").await;
        let stop = Signal::Stop { error: Some("S".to_owned()), cause: None };
        let stop = Bytes::from(serde_json::to_vec(&stop).unwrap());
        world.store.deliver(&execution, stop).await.unwrap();
        let end = closed(&driver, &execution).await;
        assert_eq!(end.outcome.status(), ExecutionStatus::Aborted);
        assert_eq!(world.event_names(&execution).await.last(), Some(&"ExecutionAborted"));
    }
}

#[tokio::test(start_paused = true)]
async fn executions_without_a_first_step_are_begun() {
    let world = World::new();
    let machine = world.machine("m", TASK).await;
    let driver = world.driver(&Scripted::echo(Duration::ZERO));
    let new = NewExecution { first: None, ..machine.standard("e", driver.now()).new };
    world.store.create_execution(new).await.unwrap();
    let end = closed(&driver, &machine.execution("e")).await;
    assert!(matches!(end.outcome, Outcome::Succeeded { .. }), "{end:?}");
}

#[tokio::test(start_paused = true)]
async fn what_cannot_go_on_is_tried_seldom_and_hinders_nobody() {
    let world = World::new();
    let broken = Machine::new("broken", PASS_CHAIN);
    world.store_machine(&broken, "{").await;
    let machine = world.machine("m", MIXED).await;
    let driver = world.driver(&Scripted::echo(Duration::ZERO));
    let new = NewExecution { first: None, ..broken.standard("e", driver.now()).new };
    world.store.create_execution(new).await.unwrap();
    let execution = machine.create(&driver, "e").await;
    closed(&driver, &execution).await;
    tokio::time::sleep(Duration::from_mins(1)).await;
    let tries = counted(&driver, "stepwell_executions_claimed_total");
    assert!((8..=14).contains(&tries), "{tries} tries in a minute, two for the other execution");
    let record = world.store.execution(&broken.execution("e")).await.unwrap().unwrap();
    assert_eq!(record.status(), ExecutionStatus::Running);
}

#[tokio::test(start_paused = true)]
async fn express_executions_leave_the_store_alone() {
    let world = World::new();
    let driver = world.driver(&Scripted::echo(Duration::from_secs(1)));
    for (definition, events) in [(PASS_CHAIN, 22), (TASK, 7)] {
        let end = driver.run_express(Machine::new("m", definition).express("e")).await;
        assert!(matches!(end.outcome, asl_runtime::Outcome::Succeeded { .. }), "{:?}", end.outcome);
        assert_eq!(end.events.len(), events);
    }
    assert_eq!(counted(&driver, "stepwell_executions_created_total"), 0);
}

#[tokio::test(start_paused = true)]
async fn express_executions_end_after_five_minutes() {
    let world = World::new();
    let driver = world.driver(&Scripted::new(|_, _| std::future::pending()));
    let end = driver.run_express(Machine::new("m", TASK).express("e")).await;
    assert_eq!(end.outcome, asl_runtime::Outcome::TimedOut { error: None, cause: None });
    assert_eq!(end.events.last().unwrap().kind.name(), "ExecutionTimedOut");
    assert_eq!((end.stopped_at - end.started_at).num_seconds(), 300);
}
