//! Tasks in no execution: answered, out of time, or broken.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a panic is how a test fails")]

mod common;

use std::sync::Arc;
use std::time::Duration;

use asl_parser::{Options, parse};
use asl_runtime::{Effect, Execution, ExecutionIdentity, Limits, Problem, Start, StartTask, TaskReport};
use asl_value::Payload;
use common::{Scripted, World};
use sfn_driver::{LoneTask, TaskOrigin};
use sfn_store::Timestamp;

/// The task that an execution of one Task state wants to be started.
fn task() -> Option<StartTask> {
    let text = r#"{"StartAt":"T","States":{"T":{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage","End":true}}}"#;
    let definition = parse(text, &Options::default()).definition.map(Arc::new)?;
    let start = Start {
        input: Payload::parse("[1]").ok()?,
        execution: ExecutionIdentity::example(),
        seed: 7,
        limits: Limits::default(),
        processor_of: None,
        missing_activities: std::collections::BTreeSet::new(),
    };
    let (_, step) = Execution::start(definition, start, Timestamp::UNIX_EPOCH);
    step.effects.into_iter().find_map(|effect| match effect {
        Effect::StartTask(task) => Some(task),
        _ => None,
    })
}

async fn answer_of(handler: Scripted) -> TaskReport {
    let origin = TaskOrigin {
        execution_arn: "arn:aws:states:us-east-1:123456789012:express:m:e".into(),
        state_machine_name: "m".into(),
        test_case: None,
    };
    let lone = LoneTask { task: task().unwrap(), origin, timeout: Duration::from_mins(1) };
    World::new().driver(&handler).run_task(lone).await
}

#[tokio::test(start_paused = true)]
async fn a_lone_task_is_answered_within_its_time() {
    let echo = |seconds| Scripted::echo(Duration::from_secs(seconds));
    let broken = Scripted::new(|_, _| async { panic!("a defect") });
    let out_of_time = Problem { error: Some("States.Timeout".to_owned()), cause: None };
    for (name, handler, want) in [
        ("in time", echo(59), TaskReport::Succeeded { output: Payload::parse("[1]").unwrap() }),
        ("too late", echo(61), TaskReport::TimedOut(out_of_time)),
        (
            "broken",
            broken,
            TaskReport::Failed(Problem::new("States.TaskFailed", "the task's handler panicked")),
        ),
    ] {
        assert_eq!(answer_of(handler).await, want, "{name}");
    }
}
