//! Reads a mock configuration, and says where it is wrong.

use std::collections::BTreeMap;

use asl_runtime::Problem;
use asl_value::{Kind, Object, ParseError, Payload, Value};

use super::{Answer, Attempts, Mocks, Response};

/// Why a mock configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MockError {
    /// It is not JSON.
    #[error("the mock configuration is not JSON")]
    Json(#[from] ParseError),
    /// Something else was wanted in this place.
    #[error("expected {wanted} at {place}, found {found}")]
    Unexpected {
        /// Where, as names joined by slashes.
        place: String,
        /// What was wanted.
        wanted: &'static str,
        /// What is there.
        found: String,
    },
    /// A test case names a response that is not there.
    #[error("{place} names the mocked response '{response}', which MockedResponses does not have")]
    NoSuchResponse {
        /// Where.
        place: String,
        /// The name.
        response: String,
    },
    /// A response has two answers for one attempt.
    #[error("{place} answers attempt {attempt} a second time")]
    AttemptTwice {
        /// Where.
        place: String,
        /// The attempt.
        attempt: u32,
    },
}

/// A place in the file.
#[derive(Clone, Debug)]
struct Place(String);

impl Place {
    fn at(&self, name: &str) -> Self {
        Self(format!("{}/{name}", self.0))
    }

    fn unexpected(&self, wanted: &'static str, found: impl Into<String>) -> MockError {
        let place = if self.0.is_empty() { "the top".to_owned() } else { self.0.clone() };
        MockError::Unexpected { place, wanted, found: found.into() }
    }

    fn object<'v>(&self, value: Option<&'v Value>) -> Result<&'v Object, MockError> {
        let found = value.map_or("nothing", |value| value.kind().name());
        value.and_then(Value::as_object).ok_or_else(|| self.unexpected("an object", found))
    }

    fn text<'v>(&self, value: &'v Value) -> Result<&'v str, MockError> {
        value.as_str().ok_or_else(|| self.unexpected("a string", value.kind().name()))
    }
}

pub(super) fn read(text: &str) -> Result<Mocks, MockError> {
    let file = asl_value::parse(text)?;
    let top = Place(String::new());
    let file = top.object(Some(&file))?;
    let mut mocks = Mocks::default();
    let place = top.at("MockedResponses");
    for (name, response) in place.object(file.get("MockedResponses"))? {
        mocks.responses.insert(name.to_string(), read_response(response, &place.at(name))?);
    }
    let place = top.at("StateMachines");
    for (name, machine) in place.object(file.get("StateMachines"))? {
        let place = place.at(name);
        let cases_place = place.at("TestCases");
        let mut cases = BTreeMap::new();
        for (case, states) in cases_place.object(place.object(Some(machine))?.get("TestCases"))? {
            let states = read_test_case(states, &mocks, &cases_place.at(case))?;
            cases.insert(case.to_string(), states);
        }
        mocks.machines.insert(name.to_string(), cases);
    }
    Ok(mocks)
}

fn read_test_case(
    states: &Value,
    mocks: &Mocks,
    place: &Place,
) -> Result<BTreeMap<String, String>, MockError> {
    let mut read = BTreeMap::new();
    for (state, response) in place.object(Some(states))? {
        let place = place.at(state);
        let response = place.text(response)?;
        if !mocks.responses.contains_key(response) {
            return Err(MockError::NoSuchResponse { place: place.0, response: response.to_owned() });
        }
        read.insert(state.to_string(), response.to_owned());
    }
    Ok(read)
}

fn read_response(response: &Value, place: &Place) -> Result<Response, MockError> {
    let mut all: Vec<Attempts> = Vec::new();
    for (attempts, answer) in place.object(Some(response))? {
        let place = place.at(attempts);
        let (first, last) = read_attempts(attempts)
            .ok_or_else(|| place.unexpected("a number or a range such as 1-2", format!("'{attempts}'")))?;
        if let Some(twice) = all.iter().find(|it| it.first <= last && first <= it.last) {
            return Err(MockError::AttemptTwice { place: place.0, attempt: first.max(twice.first) });
        }
        all.push(Attempts { first, last, answer: read_answer(answer, &place)? });
    }
    Ok(Response(all))
}

/// `3` or `1-2`.
fn read_attempts(text: &str) -> Option<(u32, u32)> {
    let number = |text: &str| {
        let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<u32>().ok().filter(|_| is_plain)
    };
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (number(first.trim())?, number(last.trim())?);
    (first <= last).then_some((first, last))
}

fn read_answer(answer: &Value, place: &Place) -> Result<Answer, MockError> {
    let members = place.object(Some(answer))?;
    match (members.get("Return"), members.get("Throw")) {
        (Some(output), None) => Ok(Answer::Return(Payload::new(output.clone()))),
        (None, Some(problem)) => {
            let place = place.at("Throw");
            let problem = place.object(Some(problem))?;
            let text = |name: &str| match problem.get(name) {
                None => Ok(None),
                Some(value) if value.kind() == Kind::Null => Ok(None),
                Some(value) => place.at(name).text(value).map(|text| Some(text.to_owned())),
            };
            Ok(Answer::Throw(Problem { error: text("Error")?, cause: text("Cause")? }))
        }
        (Some(_), Some(_)) => Err(place.unexpected("either Return or Throw", "both")),
        (None, None) => Err(place.unexpected("Return or Throw", "neither")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn errors_say_where_and_what() {
        let responses =
            |responses: &str| format!(r#"{{"StateMachines":{{}},"MockedResponses":{responses}}}"#);
        let cases = |cases: &str| format!(r#"{{"StateMachines":{{"m":{cases}}},"MockedResponses":{{}}}}"#);
        for (name, text, want) in [
            ("not JSON", "{".to_owned(), "the mock configuration is not JSON"),
            ("an array", "[]".to_owned(), "expected an object at the top, found array"),
            ("no responses", "{}".to_owned(), "expected an object at /MockedResponses, found nothing"),
            (
                "no machines",
                r#"{"MockedResponses":{}}"#.to_owned(),
                "expected an object at /StateMachines, found nothing",
            ),
            ("no cases", cases("{}"), "expected an object at /StateMachines/m/TestCases, found nothing"),
            (
                "a missing response",
                cases(r#"{"TestCases":{"c":{"s":"r"}}}"#),
                "/StateMachines/m/TestCases/c/s names the mocked response 'r', which MockedResponses does not have",
            ),
            (
                "a strange attempt",
                responses(r#"{"r":{"x":{"Return":1}}}"#),
                "expected a number or a range such as 1-2 at /MockedResponses/r/x, found 'x'",
            ),
            (
                "a range backwards",
                responses(r#"{"r":{"3-1":{"Return":1}}}"#),
                "expected a number or a range such as 1-2 at /MockedResponses/r/3-1, found '3-1'",
            ),
            (
                "an attempt twice",
                responses(r#"{"r":{"0-2":{"Return":1},"1":{"Return":1}}}"#),
                "/MockedResponses/r/1 answers attempt 1 a second time",
            ),
            (
                "both",
                responses(r#"{"r":{"0":{"Return":1,"Throw":{}}}}"#),
                "expected either Return or Throw at /MockedResponses/r/0, found both",
            ),
            (
                "neither",
                responses(r#"{"r":{"0":{}}}"#),
                "expected Return or Throw at /MockedResponses/r/0, found neither",
            ),
            (
                "an error that is no string",
                responses(r#"{"r":{"0":{"Throw":{"Error":1}}}}"#),
                "expected a string at /MockedResponses/r/0/Throw/Error, found number",
            ),
        ] {
            assert_eq!(read(&text).unwrap_err().to_string(), want, "{name}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,200}") {
            let _ = read(&text);
            let _ = read(&format!(r#"{{"StateMachines":{{}},"MockedResponses":{{"r":{{"{text}":{{}}}}}}}}"#));
        }

        #[test]
        fn ranges_are_read_as_written(first in 0..10_000_u32, more in 0..10_000_u32) {
            let last = first + more;
            prop_assert_eq!(read_attempts(&format!("{first}-{last}")), Some((first, last)));
            prop_assert_eq!(read_attempts(&first.to_string()), Some((first, first)));
        }
    }
}
