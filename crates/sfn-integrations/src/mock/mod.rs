//! Mocked responses: the file format of Step Functions Local. Developer
//! guide, *Configuration file for mocked service integrations*.
//!
//! An execution started on `stateMachineArn#TestCase` gets its tasks' answers
//! from here, by state name and number of the retry. States that the test case
//! does not name are carried out for real.

mod file;

use std::collections::BTreeMap;

use asl_runtime::{Problem, TaskReport};
use asl_value::Payload;

pub use file::MockError;

/// The mocked responses of a file.
#[derive(Clone, Debug, Default)]
pub struct Mocks {
    /// By state machine, test case and state: the name of the response.
    machines: BTreeMap<String, BTreeMap<String, BTreeMap<String, String>>>,
    responses: BTreeMap<String, Response>,
}

/// A response: what each attempt gets, in order of the attempts.
#[derive(Clone, Debug, Default)]
struct Response(Vec<Attempts>);

/// What some attempts in a row get.
#[derive(Clone, Debug)]
struct Attempts {
    first: u32,
    last: u32,
    answer: Answer,
}

#[derive(Clone, Debug)]
enum Answer {
    Return(Payload),
    Throw(Problem),
}

/// What the mocks say about a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mocked {
    /// The task's end.
    Answer(TaskReport),
    /// The test case leaves the state alone: carry it out.
    NotMocked,
}

impl Mocks {
    /// Reads a mock configuration.
    pub fn parse(text: &str) -> Result<Self, MockError> {
        file::read(text)
    }

    /// The test cases of a state machine.
    pub fn test_cases(&self, state_machine: &str) -> impl Iterator<Item = &str> {
        self.machines.get(state_machine).into_iter().flat_map(|cases| cases.keys().map(String::as_str))
    }

    fn states(&self, state_machine: &str, test_case: &str) -> Option<&BTreeMap<String, String>> {
        self.machines.get(state_machine)?.get(test_case)
    }

    /// What a task gets that has been retried so many times. A test case that
    /// is not there, and an attempt past those of the response, fail.
    pub fn answer(&self, state_machine: &str, test_case: &str, state: &str, retry_count: u32) -> Mocked {
        let Some(states) = self.states(state_machine, test_case) else {
            return failure(format!(
                "the mock configuration has no test case '{test_case}' for the state machine '{state_machine}'"
            ));
        };
        let Some(name) = states.get(state) else { return Mocked::NotMocked };
        let attempts = self.responses.get(name).map(|response| response.0.as_slice()).unwrap_or_default();
        let found = attempts.iter().find(|it| (it.first..=it.last).contains(&retry_count));
        match found.map(|attempts| &attempts.answer) {
            Some(Answer::Return(output)) => Mocked::Answer(TaskReport::Succeeded { output: output.clone() }),
            Some(Answer::Throw(problem)) => Mocked::Answer(TaskReport::Failed(problem.clone())),
            None => failure(format!(
                "the mocked response '{name}' of the state '{state}' has no answer for attempt {retry_count}"
            )),
        }
    }
}

/// A mistake in the mocks fails the execution where no retrier can hide it.
fn failure(cause: String) -> Mocked {
    Mocked::Answer(TaskReport::Failed(Problem::new("States.Runtime", cause)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mocks() -> Mocks {
        Mocks::parse(
            r#"{
              "StateMachines": { "m": { "TestCases": { "Retry": { "Call": "Flaky" }, "None": {} } } },
              "MockedResponses": { "Flaky": {
                "0": { "Throw": { "Error": "E.First", "Cause": "first" } },
                "1-2": { "Throw": { "Error": "E.Later", "Cause": "later" } },
                "3": { "Return": { "n": 1.0 } }
              } }
            }"#,
        )
        .unwrap()
    }

    #[test]
    fn attempts_get_their_answers() {
        let thrown =
            |error: &str, cause: &str| Mocked::Answer(TaskReport::Failed(Problem::new(error, cause)));
        let returned = Mocked::Answer(TaskReport::Succeeded { output: Payload::parse("{\"n\":1}").unwrap() });
        for (retry_count, want) in [
            (0, thrown("E.First", "first")),
            (1, thrown("E.Later", "later")),
            (2, thrown("E.Later", "later")),
            (3, returned),
        ] {
            assert_eq!(mocks().answer("m", "Retry", "Call", retry_count), want, "retry {retry_count}");
        }
    }

    #[test]
    fn mistakes_are_named() {
        for (machine, case, state, retry_count, want) in [
            ("m", "Nope", "Call", 0, "has no test case 'Nope' for the state machine 'm'"),
            ("n", "Retry", "Call", 0, "has no test case 'Retry' for the state machine 'n'"),
            ("m", "Retry", "Call", 4, "'Flaky' of the state 'Call' has no answer for attempt 4"),
        ] {
            let Mocked::Answer(TaskReport::Failed(problem)) =
                mocks().answer(machine, case, state, retry_count)
            else {
                panic!("{want}: expected a failure")
            };
            assert_eq!(problem.error.as_deref(), Some("States.Runtime"));
            assert!(problem.cause.unwrap().contains(want), "{want}");
        }
    }

    #[test]
    fn states_without_a_mock_are_left_alone() {
        assert_eq!(mocks().answer("m", "None", "Call", 0), Mocked::NotMocked);
    }
}
