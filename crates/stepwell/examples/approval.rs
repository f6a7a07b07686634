//! A human approval: the task hands out a token, and the execution rests until
//! somebody answers it, hours later.
//!
//! `cargo run -p stepwell --example approval`

#![expect(clippy::print_stdout, reason = "an example prints")]

use stepwell::{Begin, Payload, Progress, TaskReport, Timestamp, Workflow};

const REFUND: &str = r#"{
  "StartAt": "AskManager",
  "States": {
    "AskManager": {
      "Type": "Task",
      "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
      "Parameters": { "QueueUrl": "approvals", "MessageBody": { "amount.$": "$.amount", "token.$": "$$.Task.Token" } },
      "TimeoutSeconds": 86400,
      "ResultPath": "$.approval",
      "Next": "Approved?"
    },
    "Approved?": {
      "Type": "Choice",
      "Choices": [{ "Variable": "$.approval.ok", "BooleanEquals": true, "Next": "Refund" }],
      "Default": "Refused"
    },
    "Refund": { "Type": "Pass", "End": true },
    "Refused": { "Type": "Fail", "Error": "Refused" }
  }
}"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let workflow = Workflow::parse(REFUND)?;
    let now = Timestamp::from_timestamp(1_790_000_000, 0).ok_or("no such time")?;
    // A real seed comes from the system's randomness: tokens are secrets.
    let mut run =
        workflow.begin(Begin { now, seed: 42, ..Begin::new(Payload::parse(r#"{ "amount": 80 }"#)?) });

    let Progress::Task { id, task } = run.progress() else { return Err("the manager is to be asked".into()) };
    let token = task.task_token.clone().ok_or("the task waits for its token")?;
    println!("to the manager: {}", task.input);
    run.report(id, TaskReport::Submitted { output: Payload::parse(r#"{ "MessageId": "1" }"#)? })?;

    let Progress::Waiting { until: Some(deadline) } = run.progress() else { return Err("it waits".into()) };
    println!("resting until {deadline} at the latest");

    // Three hours later the manager's answer comes in, with nothing but the token.
    run.advance_to(now + chrono::Duration::hours(3));
    run.answer_token(token.as_str(), Ok(Payload::parse(r#"{ "ok": true }"#)?))?;
    assert!(
        run.answer_token(token.as_str(), Ok(Payload::default())).is_err(),
        "a token is good for one answer"
    );

    let Progress::Finished(outcome) = run.progress() else { return Err("it has been answered".into()) };
    println!("{outcome:?}");
    assert_eq!(outcome.status(), "SUCCEEDED");
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn runs() {
        super::main().unwrap();
    }
}
