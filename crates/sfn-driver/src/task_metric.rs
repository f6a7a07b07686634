//! What a driver counts for each activity, Lambda function and service
//! integration, after the metrics that AWS names in the developer guide,
//! *Monitoring Step Functions metrics*.

use std::collections::BTreeMap;
use std::sync::Arc;

use asl_runtime::{EventId, EventKind, HistoryEvent, Timestamp, segment};
use sfn_store::id::{EventId as StoredId, ExecutionArn};
use sfn_store::{HistoryOrder, HistoryQuery};

use crate::labelled::Labelled;
use crate::metric::Counter;
use crate::shared::Shared;

/// Most tasks of one execution whose events are held together in memory.
const OPEN_MAX: usize = 10_000;

/// Most parts of a history that are read to find out whose an event is.
const LOOKS_MAX: usize = 16;

/// Events in each of these parts, at the least.
const LOOK_EVENTS: u32 = 64;

/// Who carries tasks out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskFamily {
    /// Workers of an activity.
    Activity,
    /// A Lambda function that a state names as its resource.
    LambdaFunction,
    /// A service, such as `arn:aws:states:::lambda:invoke`.
    ServiceIntegration,
}

/// What is counted of the tasks of one resource.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    scheduled: Counter,
    started: Counter,
    succeeded: Counter,
    failed: Counter,
    timed_out: Counter,
    heartbeat_timed_out: Counter,
    schedule_time: Time,
    run_time: Time,
    time: Time,
}

/// How long things took together, and how many they were.
#[derive(Debug, Default)]
struct Time {
    count: Counter,
    milliseconds: Counter,
}

impl Time {
    fn add(&self, from: Timestamp, to: Timestamp) {
        self.count.add(1);
        self.milliseconds.add(usize::try_from((to - from).num_milliseconds()).unwrap_or_default());
    }

    fn read(&self) -> TaskTime {
        TaskTime { count: self.count.get(), milliseconds: self.milliseconds.get() }
    }
}

/// What a node has counted of the tasks of one resource. The names are those
/// of activities; Lambda functions and service integrations have the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskCounts {
    /// `ActivitiesScheduled`
    pub scheduled: u64,
    /// `ActivitiesStarted`
    pub started: u64,
    /// `ActivitiesSucceeded`
    pub succeeded: u64,
    /// `ActivitiesFailed`
    pub failed: u64,
    /// `ActivitiesTimedOut`
    pub timed_out: u64,
    /// `ActivitiesHeartbeatTimedOut`
    pub heartbeat_timed_out: u64,
    /// `ActivityScheduleTime`: until a worker took the task.
    pub schedule_time: TaskTime,
    /// `ActivityRunTime`: from then to the end.
    pub run_time: TaskTime,
    /// `ActivityTime`: both together.
    pub time: TaskTime,
}

/// How long tasks took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TaskTime {
    /// How many were measured.
    pub count: u64,
    /// How long they took together.
    pub milliseconds: u64,
}

/// The counters of all resources.
#[derive(Debug, Default)]
pub(crate) struct Tasks {
    activities: Labelled<Counters>,
    lambda_functions: Labelled<Counters>,
    service_integrations: Labelled<Counters>,
}

impl Tasks {
    fn family(&self, family: TaskFamily) -> &Labelled<Counters> {
        match family {
            TaskFamily::Activity => &self.activities,
            TaskFamily::LambdaFunction => &self.lambda_functions,
            TaskFamily::ServiceIntegration => &self.service_integrations,
        }
    }

    /// The counts by ARN; see [`Labelled::all`].
    pub(crate) fn read(&self, family: TaskFamily) -> Vec<(Option<Arc<str>>, TaskCounts)> {
        self.family(family).all().into_iter().map(|(arn, counters)| (arn, counters.read())).collect()
    }

    /// The activities that are told apart.
    pub(crate) fn activities(&self) -> &Labelled<Counters> {
        &self.activities
    }

    /// The counters of the task that an event schedules, if it does.
    fn scheduled(&self, kind: &EventKind) -> Option<Arc<Counters>> {
        Some(match kind {
            EventKind::ActivityScheduled(task) => self.activities.of(&task.resource),
            EventKind::LambdaFunctionScheduled(task) => self.lambda_functions.of(&task.resource),
            EventKind::TaskScheduled(task) => self
                .service_integrations
                .of(&format!("arn:aws:states:::{}:{}", task.resource_type, task.resource)),
            _ => return None,
        })
    }
}

impl Counters {
    fn read(&self) -> TaskCounts {
        TaskCounts {
            scheduled: self.scheduled.get(),
            started: self.started.get(),
            succeeded: self.succeeded.get(),
            failed: self.failed.get(),
            timed_out: self.timed_out.get(),
            heartbeat_timed_out: self.heartbeat_timed_out.get(),
            schedule_time: self.schedule_time.read(),
            run_time: self.run_time.read(),
            time: self.time.read(),
        }
    }
}

/// What becomes of a task that was scheduled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Started,
    /// Taken on by a service, whose end comes later.
    Submitted,
    Succeeded,
    Failed,
    TimedOut,
    HeartbeatTimedOut,
}

fn stage(kind: &EventKind) -> Option<Stage> {
    let timed_out = |error: &Option<Arc<str>>| match error.as_deref() {
        Some("States.HeartbeatTimeout") => Stage::HeartbeatTimedOut,
        _ => Stage::TimedOut,
    };
    Some(match kind {
        EventKind::ActivityStarted(_) | EventKind::LambdaFunctionStarted | EventKind::TaskStarted(_) => {
            Stage::Started
        }
        EventKind::TaskSubmitted(_) => Stage::Submitted,
        EventKind::ActivitySucceeded(_)
        | EventKind::LambdaFunctionSucceeded(_)
        | EventKind::TaskSucceeded(_) => Stage::Succeeded,
        EventKind::ActivityFailed(_)
        | EventKind::ActivityScheduleFailed(_)
        | EventKind::LambdaFunctionFailed(_)
        | EventKind::LambdaFunctionScheduleFailed(_)
        | EventKind::LambdaFunctionStartFailed(_)
        | EventKind::TaskFailed(_)
        | EventKind::TaskStartFailed(_)
        | EventKind::TaskSubmitFailed(_) => Stage::Failed,
        EventKind::ActivityTimedOut(failure) | EventKind::LambdaFunctionTimedOut(failure) => {
            timed_out(&failure.error)
        }
        EventKind::TaskTimedOut(failure) => timed_out(&failure.error),
        _ => return None,
    })
}

/// A task under way.
#[derive(Clone, Debug)]
struct Open {
    counters: Arc<Counters>,
    scheduled_at: Timestamp,
    started_at: Option<Timestamp>,
}

impl Open {
    /// Counts what became of it; whether it goes on.
    fn count(&mut self, stage: Stage, at: Timestamp) -> bool {
        let counters = &self.counters;
        match stage {
            Stage::Submitted => return true,
            Stage::Started => {
                counters.started.add(1);
                counters.schedule_time.add(self.scheduled_at, at);
                self.started_at = Some(at);
                return true;
            }
            Stage::Succeeded => counters.succeeded.add(1),
            Stage::Failed => counters.failed.add(1),
            Stage::TimedOut => counters.timed_out.add(1),
            Stage::HeartbeatTimedOut => counters.heartbeat_timed_out.add(1),
        }
        counters.time.add(self.scheduled_at, at);
        if let Some(started_at) = self.started_at {
            counters.run_time.add(started_at, at);
        }
        false
    }
}

/// What is known of an execution's tasks, each under its last event.
#[derive(Clone, Debug, Default)]
pub(crate) struct OpenTasks(BTreeMap<EventId, Open>);

/// An event of a task that began before its execution came into memory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Orphan {
    previous: EventId,
    stage: Stage,
    at: Timestamp,
}

impl OpenTasks {
    /// Counts an event, if it is one of a task. One whose task is not known
    /// comes back.
    pub(crate) fn count(&mut self, tasks: &Tasks, event: &HistoryEvent) -> Option<Orphan> {
        if let Some(counters) = tasks.scheduled(&event.kind) {
            counters.scheduled.add(1);
            if self.0.len() >= OPEN_MAX {
                self.0.pop_first();
            }
            self.0.insert(event.id, Open { counters, scheduled_at: event.timestamp, started_at: None });
            return None;
        }
        let stage = stage(&event.kind)?;
        let Some(mut open) = self.0.remove(&event.previous_event_id) else {
            return Some(Orphan { previous: event.previous_event_id, stage, at: event.timestamp });
        };
        if open.count(stage, event.timestamp) {
            self.0.insert(event.id, open);
        }
        None
    }
}

/// Finds out in the background whose these events are, and counts them.
pub(crate) fn look_back(shared: &Arc<Shared>, execution: &ExecutionArn, orphans: Vec<Orphan>) {
    let (shared, execution) = (Arc::clone(shared), execution.clone());
    tokio::spawn(async move {
        for orphan in orphans {
            if let Some(mut open) = task_of(&shared, &execution, orphan.previous).await {
                // Whether it goes on does not matter: its next event is looked
                // up too.
                let _goes_on = open.count(orphan.stage, orphan.at);
            } else {
                tracing::debug!(%execution, "the history does not say whose an event is");
            }
        }
    });
}

/// The task of an event, as the history has it.
async fn task_of(shared: &Shared, execution: &ExecutionArn, mut event: EventId) -> Option<Open> {
    let mut started_at = None;
    for _ in 0..LOOKS_MAX {
        let query = HistoryQuery {
            execution: execution.clone(),
            from: Some(StoredId::new(event.0)),
            limit: LOOK_EVENTS,
            order: HistoryOrder::Reverse,
        };
        let segments = shared.store.history(query).await.ok()??;
        let events: BTreeMap<EventId, HistoryEvent> = segments
            .iter()
            .filter_map(|segment| segment::decode(&segment.events).ok())
            .flatten()
            .map(|event| (event.id, event))
            .collect();
        let before = event;
        while let Some(found) = events.get(&event) {
            if let Some(counters) = shared.tasks.scheduled(&found.kind) {
                return Some(Open { counters, scheduled_at: found.timestamp, started_at });
            }
            // It is an event of a task, or leads to none.
            if stage(&found.kind)? == Stage::Started {
                started_at = Some(found.timestamp);
            }
            event = found.previous_event_id;
        }
        if event == before {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use asl_runtime::{
        ActivityScheduled, ActivityStarted, Failure, Output, TaskOutput, TaskScheduled, TaskStarted,
    };
    use asl_value::Payload;

    use super::*;

    fn event(id: u64, previous: u64, second: i64, kind: EventKind) -> HistoryEvent {
        let timestamp = Timestamp::from_timestamp(second, 0).unwrap();
        HistoryEvent { id: EventId(id), previous_event_id: EventId(previous), timestamp, kind }
    }

    fn document() -> Payload {
        Payload::parse("{}").unwrap()
    }

    fn scheduled() -> EventKind {
        EventKind::ActivityScheduled(ActivityScheduled {
            resource: "arn:a".into(),
            input: document(),
            timeout_seconds: None,
            heartbeat_seconds: None,
        })
    }

    fn started() -> EventKind {
        EventKind::ActivityStarted(ActivityStarted { worker_name: None })
    }

    fn counted(family: TaskFamily, events: &[HistoryEvent]) -> (String, TaskCounts) {
        let (tasks, mut open) = (Tasks::default(), OpenTasks::default());
        for event in events {
            assert!(open.count(&tasks, event).is_none(), "{event:?}");
        }
        let (arn, counts) = tasks.read(family).remove(0);
        (arn.unwrap().to_string(), counts)
    }

    #[test]
    fn tasks_of_an_activity_are_counted_and_timed() {
        let succeeded = EventKind::ActivitySucceeded(Output { output: document() });
        let heartbeat = Failure { error: Some("States.HeartbeatTimeout".into()), cause: None };
        let events = vec![
            event(3, 2, 10, scheduled()),
            event(4, 2, 10, scheduled()),
            event(5, 3, 12, started()),
            event(6, 5, 15, succeeded),
            event(7, 4, 16, started()),
            event(8, 7, 17, EventKind::ActivityTimedOut(heartbeat)),
        ];
        let want = TaskCounts {
            scheduled: 2,
            started: 2,
            succeeded: 1,
            heartbeat_timed_out: 1,
            schedule_time: TaskTime { count: 2, milliseconds: 8_000 },
            run_time: TaskTime { count: 2, milliseconds: 4_000 },
            time: TaskTime { count: 2, milliseconds: 12_000 },
            ..TaskCounts::default()
        };
        assert_eq!(counted(TaskFamily::Activity, &events), ("arn:a".to_owned(), want));
    }

    #[test]
    fn services_are_named_as_their_resource() {
        let (resource_type, resource): (Arc<str>, Arc<str>) =
            ("sqs".into(), "sendMessage.waitForTaskToken".into());
        let output = || TaskOutput {
            resource_type: Arc::clone(&resource_type),
            resource: Arc::clone(&resource),
            output: document(),
        };
        let scheduled = TaskScheduled {
            resource_type: Arc::clone(&resource_type),
            resource: Arc::clone(&resource),
            region: "us-east-1".into(),
            parameters: document(),
            timeout_seconds: None,
            heartbeat_seconds: None,
            task_credentials: None,
        };
        let started =
            TaskStarted { resource_type: Arc::clone(&resource_type), resource: Arc::clone(&resource) };
        let events = vec![
            event(3, 2, 10, EventKind::TaskScheduled(scheduled)),
            event(4, 3, 10, EventKind::TaskStarted(started)),
            event(5, 4, 11, EventKind::TaskSubmitted(output())),
            event(6, 5, 14, EventKind::TaskSucceeded(output())),
        ];
        let (arn, counts) = counted(TaskFamily::ServiceIntegration, &events);
        assert_eq!(arn, "arn:aws:states:::sqs:sendMessage.waitForTaskToken");
        assert_eq!((counts.started, counts.succeeded, counts.run_time.milliseconds), (1, 1, 4_000));
    }

    #[test]
    fn an_event_whose_task_is_not_known_comes_back() {
        let orphan = OpenTasks::default().count(&Tasks::default(), &event(5, 3, 12, started()));
        assert!(orphan.is_some_and(|orphan| orphan.previous == EventId(3)));
    }
}
