//! What happened to the tasks of each activity, Lambda function and service
//! integration, for Prometheus: the metrics that Step Functions has in
//! CloudWatch, under Prometheus's kind of names.
//!
//! | CloudWatch (`AWS/States`) | here |
//! | --- | --- |
//! | `ActivitiesScheduled`, `Started`, `Succeeded`, `Failed`, `TimedOut`, `HeartbeatTimedOut` | `stepwell_activities_scheduled_total` and so on |
//! | `ActivityScheduleTime`, `ActivityRunTime`, `ActivityTime` | `stepwell_activity_schedule_time_seconds` and so on (summaries without quantiles) |
//! | dimension `ActivityArn` | label `activity_arn` |
//!
//! Those of Lambda functions and service integrations are named alike.

use std::sync::Arc;

use sfn_driver::{TaskCounts, TaskFamily, TaskTime};

use crate::machine_metric::{OTHERS, seconds};
use crate::metric::{head, line};

/// The names of one family's metrics.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Family {
    /// The family.
    pub(crate) of: TaskFamily,
    label: &'static str,
    one: &'static str,
    many: &'static str,
    people: &'static str,
}

/// All families.
pub(crate) const FAMILIES: [Family; 3] = [
    Family {
        of: TaskFamily::Activity,
        label: "activity_arn",
        one: "activity",
        many: "activities",
        people: "Tasks of activities",
    },
    Family {
        of: TaskFamily::LambdaFunction,
        label: "lambda_function_arn",
        one: "lambda_function",
        many: "lambda_functions",
        people: "Invocations of Lambda functions",
    },
    Family {
        of: TaskFamily::ServiceIntegration,
        label: "service_integration_resource_arn",
        one: "service_integration",
        many: "service_integrations",
        people: "Tasks of service integrations",
    },
];

type Counter = (&'static str, &'static str, fn(&TaskCounts) -> u64);

const COUNTERS: [Counter; 6] = [
    ("scheduled", "scheduled", |counts| counts.scheduled),
    ("started", "started", |counts| counts.started),
    ("succeeded", "that succeeded", |counts| counts.succeeded),
    ("failed", "that failed", |counts| counts.failed),
    ("timed_out", "that timed out", |counts| counts.timed_out),
    ("heartbeat_timed_out", "whose heartbeat timed out", |counts| counts.heartbeat_timed_out),
];

type Time = (&'static str, &'static str, fn(&TaskCounts) -> TaskTime);

const TIMES: [Time; 3] = [
    ("schedule_time", "from being scheduled to the start", |counts| counts.schedule_time),
    ("run_time", "from the start to the end", |counts| counts.run_time),
    ("time", "from being scheduled to the end", |counts| counts.time),
];

/// Adds the counts of a family to the exposition text.
pub(crate) fn render(text: &mut String, family: Family, tasks: &[(Option<Arc<str>>, TaskCounts)]) {
    if tasks.is_empty() {
        return;
    }
    let Family { label, one, many, people, .. } = family;
    let label = |arn: &Option<Arc<str>>| {
        // Definitions hold any text as a resource.
        let arn = arn.as_deref().unwrap_or(OTHERS);
        let arn = arn.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        format!("{label}=\"{arn}\"")
    };
    for (stage, help, count) in COUNTERS {
        let name = format!("stepwell_{many}_{stage}_total");
        head(text, &name, "counter", &format!("{people} {help}."));
        for (arn, counts) in tasks {
            line(text, &name, &label(arn), count(counts));
        }
    }
    for (stage, help, time) in TIMES {
        let name = format!("stepwell_{one}_{stage}_seconds");
        head(text, &name, "summary", &format!("{people}: time {help}."));
        for (arn, counts) in tasks {
            let time = time(counts);
            line(text, &format!("{name}_sum"), &label(arn), seconds(time.milliseconds));
            line(text, &format!("{name}_count"), &label(arn), time.count);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_appear_by_resource() {
        let counts = TaskCounts {
            scheduled: 2,
            run_time: TaskTime { count: 1, milliseconds: 1_017 },
            ..TaskCounts::default()
        };
        let mut text = String::new();
        for family in FAMILIES {
            render(&mut text, family, &[(Some(Arc::from("arn:\"a\"")), counts.clone())]);
        }
        render(&mut text, FAMILIES[0], &[]);
        for want in [
            "# TYPE stepwell_activities_scheduled_total counter",
            "stepwell_activities_scheduled_total{activity_arn=\"arn:\\\"a\\\"\"} 2",
            "# TYPE stepwell_activity_run_time_seconds summary",
            "stepwell_activity_run_time_seconds_sum{activity_arn=\"arn:\\\"a\\\"\"} 1.017",
            "stepwell_lambda_function_run_time_seconds_count{lambda_function_arn=\"arn:\\\"a\\\"\"} 1",
            "stepwell_service_integrations_failed_total{service_integration_resource_arn=\"arn:\\\"a\\\"\"} 0",
        ] {
            assert!(text.lines().any(|line| line == want), "{want} in\n{text}");
        }
    }
}
