//! A saga: each step that succeeded is undone when a later one fails.
//!
//! `cargo run -p stepwell --example saga`

#![expect(clippy::print_stdout, reason = "an example prints")]

use std::sync::{Arc, Mutex};

use stepwell::{Payload, Problem, Value, Workflow};

const BOOK_A_TRIP: &str = r#"{
  "StartAt": "BookFlight",
  "States": {
    "BookFlight": {
      "Type": "Task", "Resource": "book-flight", "ResultPath": "$.flight",
      "Catch": [{ "ErrorEquals": ["States.ALL"], "ResultPath": "$.problem", "Next": "TripFailed" }],
      "Next": "BookHotel"
    },
    "BookHotel": {
      "Type": "Task", "Resource": "book-hotel", "ResultPath": "$.hotel",
      "Retry": [{ "ErrorEquals": ["HotelBusy"], "IntervalSeconds": 5, "MaxAttempts": 2 }],
      "Catch": [{ "ErrorEquals": ["States.ALL"], "ResultPath": "$.problem", "Next": "CancelFlight" }],
      "End": true
    },
    "CancelFlight": { "Type": "Task", "Resource": "cancel-flight", "ResultPath": null, "Next": "TripFailed" },
    "TripFailed": { "Type": "Fail", "ErrorPath": "$.problem.Error", "CausePath": "$.problem.Cause" }
  }
}"#;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let calls = Arc::new(Mutex::new(Vec::new()));
    let note = {
        let calls = Arc::clone(&calls);
        move |call: &'static str| {
            if let Ok(mut calls) = calls.lock() {
                calls.push(call);
            }
        }
    };
    let (booked, busy, cancelled) = (note.clone(), note.clone(), note);
    let workflow = Workflow::parse(BOOK_A_TRIP)?
        .task("book-flight", move |_| {
            booked("book-flight");
            async { Ok(Value::from("LH 400")) }
        })
        .task("book-hotel", move |_| {
            busy("book-hotel");
            async { Err::<Value, _>(Problem::new("HotelBusy", "no room until Monday")) }
        })
        .task("cancel-flight", move |_| {
            cancelled("cancel-flight");
            async { Ok(Value::Null) }
        });

    let finished = workflow.run_in_virtual_time(Payload::parse(r#"{ "traveller": "Ada" }"#)?).await;
    for event in &finished.history {
        println!("{:>3} {} {}", event.id, event.timestamp.format("%T"), event.kind.name());
    }
    println!("{:?}", finished.outcome);

    let calls = calls.lock().map_err(|_| "a handler panicked")?;
    assert_eq!(*calls, ["book-flight", "book-hotel", "book-hotel", "book-hotel", "cancel-flight"]);
    assert_eq!(finished.outcome.status(), "FAILED");
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn runs() {
        super::main().unwrap();
    }
}
