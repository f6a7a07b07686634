//! Tasks: their reports, deadlines and keys.

mod support;

use asl_runtime::{Effect, Execution, Outcome, Problem, Refused, Signal, TaskReport};
use support::{Run, at, fail, one, succeed};

const ACTIVITY: &str = r#""Type": "Task", "Resource": "arn:aws:states:us-east-1:123456789012:activity:a""#;
const CALLBACK: &str = r#""Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken""#;
const CALL: &str = r#""Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage""#;

fn task(fields: &str) -> String {
    one(&format!("{{ {fields}, \"End\": true }}"))
}

#[test]
fn a_late_or_repeated_answer_is_refused_and_changes_nothing() {
    let retried = format!(r#"{CALL}, "Retry": [{{ "ErrorEquals": ["States.ALL"] }}]"#);
    let mut run = Run::start(&task(&retried), "{}");
    let first = run.open.front().expect("started").key;
    run.report(fail("E", ""));
    run.wake();
    assert_ne!(run.open.front().map(|task| task.key), Some(first), "a retry has a key of its own");
    let before = run.execution.snapshot();
    for report in [succeed("1"), fail("E", ""), TaskReport::Heartbeat] {
        let refused = run.execution.step(at(99), Signal::Task { task: first, report });
        assert_eq!(refused, Err(Refused::NoSuchTask(first)));
    }
    assert_eq!(run.execution.snapshot(), before);
    run.report(succeed("1"));
    let refused = run.execution.step(at(99), Signal::Tick);
    assert_eq!(refused, Err(Refused::Closed));
}

#[test]
fn reports_out_of_order_are_refused() {
    let started = || TaskReport::Started { worker_name: None };
    let submitted = || TaskReport::Submitted { output: support::payload("{}") };
    let submit_failed = || TaskReport::SubmitFailed(Problem::default());
    let start_failed = || TaskReport::StartFailed(Problem::default());
    for (case, fields, before, report, want) in [
        ("started twice", CALL, vec![started()], started(), "started"),
        ("not started after all", CALL, vec![started()], start_failed(), "not started"),
        ("nothing to submit", CALL, vec![started()], submitted(), "submitted"),
        ("submitted twice", CALLBACK, vec![submitted()], submitted(), "submitted"),
        ("not submitted after all", CALLBACK, vec![submitted()], submit_failed(), "not submitted"),
        ("an activity submits nothing", ACTIVITY, vec![], submitted(), "submitted"),
    ] {
        let mut run = Run::start(&task(fields), "{}");
        for report in before {
            run.report(report);
        }
        let key = run.open.front().expect("started").key;
        let refused = run.execution.step(run.now, Signal::Task { task: key, report });
        assert_eq!(refused, Err(Refused::OutOfOrder(key, want)), "{case}");
    }
}

#[test]
fn a_timeout_counts_from_the_start() {
    let mut run = Run::start(&task(&format!(r#"{ACTIVITY}, "TimeoutSeconds": 10"#)), "{}");
    assert_eq!(run.wake_at, Some(at(10)), "no worker takes it");
    run.pass(7);
    run.report(TaskReport::Started { worker_name: Some("w".into()) });
    assert_eq!(run.wake_at, Some(at(17)));
    let key = run.open.front().expect("started").key;
    let run = run.finish([]);
    assert_eq!(run.trace().last().map(String::as_str), Some("6 5 ExecutionFailed"));
    assert_eq!(run.result(), "States.Timeout: -");
    assert_eq!(run.cancelled, [key]);
}

#[test]
fn heartbeats_put_the_deadline_off() {
    let fields = format!(r#"{CALLBACK}, "TimeoutSeconds": 100, "HeartbeatSeconds": 10"#);
    let mut run = Run::start(&task(&fields), "{}");
    for _ in 0..3 {
        run.pass(9);
        run.report(TaskReport::Heartbeat);
    }
    assert_eq!(run.wake_at, Some(at(37)));
    assert_eq!(run.finish([]).result(), "States.Timeout: -");
}

#[test]
fn an_activity_owes_heartbeats_once_a_worker_has_it() {
    let fields = format!(r#"{ACTIVITY}, "TimeoutSeconds": 100, "HeartbeatSeconds": 10"#);
    let mut run = Run::start(&task(&fields), "{}");
    assert_eq!(run.wake_at, Some(at(100)));
    run.report(TaskReport::Started { worker_name: None });
    assert_eq!(run.wake_at, Some(at(10)));
}

#[test]
fn a_missed_heartbeat_is_caught_under_its_own_name() {
    let machine = format!(
        r#"{{ "StartAt": "T", "States": {{ "C": {{ "Type": "Succeed" }}, "T": {{ {CALLBACK}, "HeartbeatSeconds": 5,
            "Catch": [{{ "ErrorEquals": ["States.HeartbeatTimeout"], "Next": "C" }}], "End": true }} }} }}"#
    );
    let run = Run::start(&machine, "{}").finish([]);
    assert_eq!(run.result(), r#"{"Error":"States.Timeout","Cause":null}"#);
}

#[test]
fn a_deadline_overtakes_a_report_that_comes_after_it() {
    let mut run = Run::start(&task(&format!(r#"{CALL}, "TimeoutSeconds": 10"#)), "{}");
    run.pass(10);
    run.report(succeed("1"));
    assert_eq!(run.result(), "States.Timeout: -");
}

#[test]
fn the_whole_execution_times_out() {
    let text = r#"{ "TimeoutSeconds": 5, "StartAt": "W",
        "States": { "W": { "Type": "Wait", "Seconds": 9, "End": true } } }"#;
    let run = Run::start(text, "{}").finish([]);
    assert_eq!(run.trace().last().map(String::as_str), Some("3 0 ExecutionTimedOut"));
    assert!(matches!(run.outcome(), Outcome::TimedOut { .. }));
    assert_eq!(run.events.last().map(|event| event.timestamp), Some(at(5)));
}

#[test]
fn a_missing_start_is_made_up_for() {
    for (case, report, want) in [
        ("success", succeed("1"), ["4 3 TaskStarted", "5 4 TaskSucceeded"]),
        ("failure", fail("E", ""), ["4 3 TaskStarted", "5 4 TaskFailed"]),
        ("timeout", TaskReport::TimedOut(Problem::default()), ["4 3 TaskStarted", "5 4 TaskTimedOut"]),
    ] {
        let run = Run::start(&task(CALL), "{}").finish([report]);
        assert_eq!(run.trace().get(3..5), Some(want.map(String::from).as_slice()), "{case}");
    }
}

#[test]
fn each_kind_of_resource_has_its_own_events() {
    let lambda = r#""Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f""#;
    let problem = || Problem::new("E", "c");
    for (fields, report, want) in [
        (lambda, TaskReport::ScheduleFailed(problem()), "LambdaFunctionScheduleFailed"),
        (lambda, TaskReport::StartFailed(problem()), "LambdaFunctionStartFailed"),
        (lambda, TaskReport::Failed(problem()), "LambdaFunctionFailed"),
        (lambda, TaskReport::TimedOut(problem()), "LambdaFunctionTimedOut"),
        (lambda, succeed("1"), "LambdaFunctionSucceeded"),
        (ACTIVITY, TaskReport::ScheduleFailed(problem()), "ActivityScheduleFailed"),
        (ACTIVITY, TaskReport::Failed(problem()), "ActivityFailed"),
        (ACTIVITY, TaskReport::TimedOut(problem()), "ActivityTimedOut"),
        (ACTIVITY, succeed("1"), "ActivitySucceeded"),
        (CALLBACK, TaskReport::SubmitFailed(problem()), "TaskSubmitFailed"),
        (CALLBACK, TaskReport::StartFailed(problem()), "TaskStartFailed"),
        (CALLBACK, TaskReport::Submitted { output: support::payload("1") }, "TaskSubmitted"),
        (CALL, succeed("1"), "TaskSucceeded"),
    ] {
        let mut run = Run::start(&task(fields), "{}");
        run.report(report);
        assert!(run.events.iter().any(|event| event.kind.name() == want), "{want}: {:?}", run.trace());
    }
}

#[test]
fn tokens_differ_and_come_from_the_seed() {
    let token = |seed| {
        let start = asl_runtime::Start { seed, ..support::start("{}") };
        let run = Run::start_with(&task(CALLBACK), start);
        run.open.front().and_then(|task| task.task_token.clone()).expect("a callback has a token")
    };
    assert_eq!(token(1), token(1));
    assert_ne!(token(1), token(2));
    assert_eq!(token(1).as_str().len(), 64);
    assert!(Run::start(&task(CALL), "{}").open.front().is_some_and(|task| task.task_token.is_none()));
}

#[test]
fn after_a_resume_only_unwatched_tasks_start_again() {
    let started = || TaskReport::Started { worker_name: None };
    let submitted = || TaskReport::Submitted { output: support::payload("7") };
    let sync = r#""Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync""#;
    for (case, fields, reports, again, with_answer) in [
        ("a call that was not made", CALL, vec![], true, false),
        ("a call whose answer is lost", CALL, vec![started()], true, false),
        ("an activity in its queue", ACTIVITY, vec![], true, false),
        ("an activity with a worker", ACTIVITY, vec![started()], false, false),
        ("a callback not yet asked for", CALLBACK, vec![started()], true, false),
        ("a callback under way", CALLBACK, vec![submitted()], false, false),
        ("a job under way", sync, vec![submitted()], true, true),
    ] {
        let mut run = Run::start(&task(fields), "{}");
        for report in reports {
            run.report(report);
        }
        let snapshot = run.execution.snapshot();
        let resumed = Execution::resume(run.definition, &snapshot).expect("a snapshot of its own");
        let effects = resumed.outstanding();
        assert_eq!(effects, run.execution.outstanding(), "{case}");
        match effects.as_slice() {
            [Effect::StartTask(task)] => {
                assert!(again, "{case}");
                assert_eq!(task.submitted.is_some(), with_answer, "{case}");
            }
            other => assert!(other.is_empty() && !again, "{case}: {other:?}"),
        }
    }
}
