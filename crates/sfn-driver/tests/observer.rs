//! What is told of executions.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a panic is how a test fails")]

mod common;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use asl_runtime::{Limits, Problem, Signal, TaskReport};
use asl_value::Payload;
use common::{PASS_CHAIN, Scripted, World, closed};
use sfn_driver::{Driver, ExecutionObserver, Observation, ObservedExecution, Observer, TaskFamily};
use sfn_store::{
    AnswerKind, BoxFuture, ExecutionStatus, MachineType, RedriveExecution, TakeActivityTask, TaskAnswer,
    TaskMessage,
};

/// One thing heard.
#[derive(Clone, Debug)]
struct Note {
    execution: Arc<ObservedExecution>,
    is_start: bool,
    events: Vec<(u64, &'static str)>,
    end: Option<ExecutionStatus>,
}

/// Writes down what it hears.
#[derive(Clone, Debug, Default)]
struct Scribe(Arc<Mutex<Vec<Note>>>);

#[derive(Debug)]
struct OfOne(Scribe, Arc<ObservedExecution>);

impl Observer for Scribe {
    fn attend(&self, execution: &ObservedExecution) -> Option<Arc<dyn ExecutionObserver>> {
        let attends = &*execution.name != "unobserved";
        attends.then(|| Arc::new(OfOne(self.clone(), Arc::new(execution.clone()))) as Arc<_>)
    }

    fn counts(&self) -> Vec<(&'static str, u64)> {
        Vec::new()
    }

    fn stop(&self) -> BoxFuture<()> {
        Box::pin(std::future::ready(()))
    }
}

impl ExecutionObserver for OfOne {
    fn hear(&self, observation: Observation) {
        let events = observation.events.iter().map(|event| (event.id.0, event.kind.name())).collect();
        let end = observation.closed.map(|closed| closed.outcome.status());
        let execution = Arc::clone(&self.1);
        self.0.0.lock().unwrap().push(Note { execution, is_start: observation.is_start, events, end });
    }
}

impl Scribe {
    fn notes(&self) -> Vec<Note> {
        self.0.lock().unwrap().clone()
    }

    /// The events heard, which must be numbered from 1 without a gap.
    fn whole_history(&self) -> Vec<&'static str> {
        let events: Vec<_> = self.notes().iter().flat_map(|note| note.events.clone()).collect();
        for (place, (id, _)) in events.iter().enumerate() {
            assert_eq!(*id, place as u64 + 1, "{events:?}");
        }
        events.into_iter().map(|(_, name)| name).collect()
    }
}

fn observed() -> (World, Scribe) {
    let scribe = Scribe::default();
    (World { observer: Some(Arc::new(scribe.clone())), ..World::new() }, scribe)
}

fn quiet() -> Scripted {
    Scripted::new(|_, _| Box::pin(std::future::pending()))
}

#[tokio::test(start_paused = true)]
async fn one_commit_tells_start_and_end() {
    let (world, scribe) = observed();
    let machine = world.machine("m", PASS_CHAIN).await;
    let driver = world.driver(&quiet());
    let execution = machine.create(&driver, "e").await;
    let notes = scribe.notes();
    let [note] = &notes[..] else { panic!("{notes:?}") };
    assert!(note.is_start);
    assert_eq!(note.end, Some(ExecutionStatus::Succeeded));
    assert_eq!(scribe.whole_history(), world.event_names(&execution).await);
    assert_eq!(&*note.execution.arn, execution.as_str());
    assert_eq!(&*note.execution.input, r#"{"n": 1}"#);
    assert_eq!(note.execution.machine_type, MachineType::Standard);
}

#[tokio::test(start_paused = true)]
async fn a_wait_and_a_restart_lose_nothing_and_repeat_nothing() {
    const WAIT: &str = r#"{"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":600,"Next":"P"},
        "P":{"Type":"Pass","End":true}}}"#;
    let (world, scribe) = observed();
    let machine = world.machine("m", WAIT).await;
    let first = world.driver(&quiet());
    let execution = machine.create(&first, "e").await;
    first.stop().await;
    let second = world.driver(&quiet());
    closed(&second, &execution).await;
    assert_eq!(scribe.whole_history(), world.event_names(&execution).await);
    let starts = scribe.notes().iter().filter(|note| note.is_start).count();
    assert_eq!(starts, 1);
    let counts = second.machine_counts();
    let [(Some(arn), counts)] = &counts[..] else { panic!("{counts:?}") };
    assert_eq!(&**arn, machine.arn.as_str());
    assert_eq!((counts.started, counts.succeeded), (0, 1), "the other node counted the start");
    assert!(counts.time_milliseconds >= 600_000, "{counts:?}");
}

#[tokio::test(start_paused = true)]
async fn a_redrive_is_told_with_its_count() {
    const TASK: &str = r#"{"StartAt":"T","States":{"T":{"Type":"Task",
        "Resource":"arn:aws:lambda:us-east-1:123456789012:function:f","End":true}}}"#;
    let (world, scribe) = observed();
    let machine = world.machine("m", TASK).await;
    let driver = world.driver(&Scripted::new(|_, _| {
        Box::pin(std::future::ready(TaskReport::Failed(Problem::new("E", "C"))))
    }));
    let execution = machine.create(&driver, "e").await;
    closed(&driver, &execution).await;
    let redrive = RedriveExecution {
        arn: execution.clone(),
        at: driver.now(),
        message: Signal::Redrive.to_message().into(),
        events_max: Limits::REDRIVE_EVENTS_MAX,
    };
    world.store.redrive_execution(redrive).await.unwrap();
    closed(&driver, &execution).await;
    let notes = scribe.notes();
    let counts: Vec<_> = notes
        .iter()
        .map(|note| {
            let is_redrive = note.events.iter().any(|(_, name)| *name == "ExecutionRedriven");
            (note.execution.redrive_count, is_redrive, note.end)
        })
        .collect();
    assert_eq!(counts.first(), Some(&(0, false, None)));
    assert!(counts.contains(&(0, false, Some(ExecutionStatus::Failed))), "{counts:?}");
    assert!(counts.contains(&(1, true, None)), "{counts:?}");
    assert_eq!(counts.last(), Some(&(1, false, Some(ExecutionStatus::Failed))));
    assert_eq!(scribe.whole_history(), world.event_names(&execution).await);
    let machines = driver.machine_counts();
    assert_eq!((machines[0].1.started, machines[0].1.redriven, machines[0].1.failed), (1, 1, 2));
}

#[tokio::test(start_paused = true)]
async fn express_executions_are_told_step_by_step() {
    const WAIT: &str = r#"{"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":1,"End":true}}}"#;
    let (world, scribe) = observed();
    let machine = world.machine("m", WAIT).await;
    let driver = world.driver(&quiet());
    let end = driver.run_express(machine.express("e")).await;
    let names: Vec<_> = end.events.iter().map(|event| event.kind.name()).collect();
    assert_eq!(scribe.whole_history(), names);
    let notes = scribe.notes();
    assert_eq!(notes.len(), 2);
    assert!(notes[0].is_start && notes[0].end.is_none());
    assert_eq!(notes[1].end, Some(ExecutionStatus::Succeeded));
    assert_eq!(notes[0].execution.machine_type, MachineType::Express);
}

#[tokio::test(start_paused = true)]
async fn who_declines_hears_nothing_and_a_taken_name_tells_nothing() {
    let (world, scribe) = observed();
    let machine = world.machine("m", PASS_CHAIN).await;
    let driver = world.driver(&quiet());
    machine.create(&driver, "unobserved").await;
    assert!(scribe.notes().is_empty());
    machine.create(&driver, "e").await;
    driver.create(machine.standard("e", driver.now())).await.unwrap();
    assert_eq!(scribe.notes().len(), 1);
    assert_eq!(driver.machine_counts()[0].1.started, 2);
}

#[tokio::test(start_paused = true)]
async fn machines_that_are_gone_are_forgotten() {
    let world = World::new();
    let (kept, gone) = (world.machine("kept", PASS_CHAIN).await, world.machine("gone", PASS_CHAIN).await);
    let driver = world.driver(&quiet());
    kept.create(&driver, "e").await;
    gone.create(&driver, "e").await;
    let stop = Signal::STOP.to_message().into();
    let deletion = sfn_store::DeleteStateMachine { arn: gone.arn.clone(), stop };
    world.store.delete_state_machine(deletion).await.unwrap();
    driver.forget_deleted().await.unwrap();
    let counts = driver.machine_counts();
    let arns: Vec<_> = counts.iter().map(|(arn, _)| arn.as_deref()).collect();
    assert_eq!(arns, [Some(kept.arn.as_str())]);
}

#[tokio::test(start_paused = true)]
async fn an_activity_s_task_is_counted_though_another_node_scheduled_it() {
    let world = World::new();
    let activity = world.activity("a").await;
    let activity_arn = activity.to_string();
    let text =
        format!(r#"{{"StartAt":"T","States":{{"T":{{"Type":"Task","Resource":"{activity}","End":true}}}}}}"#);
    let machine = world.machine("m", &text).await;
    let first = world.driver(&quiet());
    let execution = machine.create(&first, "e").await;
    first.stop().await;
    let counts = |driver: &Driver| driver.task_counts(TaskFamily::Activity);
    let [(Some(arn), scheduled)] = &counts(&first)[..] else { panic!("{:?}", counts(&first)) };
    assert_eq!((&**arn, scheduled.scheduled, scheduled.started), (activity_arn.as_str(), 1, 0));
    let second = world.driver(&quiet());
    tokio::time::sleep(Duration::from_secs(10)).await;
    let message = |report: TaskReport| {
        TaskMessage::new(move |key| {
            let signal = Signal::Task { task: key.as_str().parse().unwrap(), report: report.clone() };
            signal.to_message().into()
        })
    };
    let started = message(TaskReport::Started { worker_name: None });
    let take = TakeActivityTask { activity, message: started };
    let task = world.store.take_activity_task(take).await.unwrap().unwrap();
    let output = Payload::parse("7").unwrap();
    let succeeded = message(TaskReport::Succeeded { output });
    let answer = TaskAnswer { token: task.token, kind: AnswerKind::Final, message: succeeded };
    world.store.answer_task(answer).await.unwrap();
    closed(&second, &execution).await;
    // Whose events they are is found out in the background.
    while counts(&second).first().is_none_or(|(_, counts)| counts.time.count == 0) {
        tokio::task::yield_now().await;
    }
    let (arn, counts) = counts(&second).remove(0);
    assert_eq!(arn.as_deref(), Some(activity_arn.as_str()));
    assert_eq!((counts.scheduled, counts.started, counts.succeeded), (0, 1, 1));
    assert!(counts.schedule_time.milliseconds >= 10_000, "{counts:?}");
    assert_eq!(counts.run_time.count, 1);
}
