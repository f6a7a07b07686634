//! What an answer of the Lambda API means for the task.

use asl_parser::Pattern;
use asl_runtime::{Problem, TaskReport};
use asl_value::{Payload, Value};
use bytes::Bytes;
use hyper::{HeaderMap, Response};

use super::{Form, shared};

/// Headers of the service as it spells them; others keep the spelling of the
/// wire, which is lower case.
const SPELLINGS: &[&str] = &[
    "Connection",
    "Content-Length",
    "Content-Type",
    "Date",
    "X-Amz-Executed-Version",
    "X-Amz-Function-Error",
    "X-Amz-Log-Result",
    "X-Amzn-Trace-Id",
    "x-amzn-Remapped-Content-Length",
    "x-amzn-RequestId",
];

/// The report for an answer.
pub(super) fn report(form: Form, response: Response<Bytes>) -> TaskReport {
    let (parts, body) = response.into_parts();
    let status = parts.status.as_u16();
    let headers = parts.headers;
    if !parts.status.is_success() {
        return refused(form, api_error(status, &headers, &body));
    }
    let Ok(text) = std::str::from_utf8(&body) else {
        return unreadable(form, "the function's result is not UTF-8");
    };
    // An asynchronous invocation answers nothing.
    let payload = match text.trim() {
        "" => Ok(None),
        text => Payload::parse(text).map(Some),
    };
    let Ok(payload) = payload else {
        return unreadable(form, "the function's result is not JSON");
    };
    if headers.contains_key("x-amz-function-error") {
        return TaskReport::Failed(function_error(form, payload.as_ref()));
    }
    match form {
        Form::Direct => TaskReport::Succeeded { output: payload.unwrap_or_default() },
        Form::Service(pattern) => {
            let output = Payload::new(service_result(status, &headers, payload.as_ref()));
            match pattern {
                Pattern::WaitForTaskToken => TaskReport::Submitted { output },
                Pattern::RequestResponse | Pattern::Sync | Pattern::Sync2 => TaskReport::Succeeded { output },
            }
        }
    }
}

/// The report for a request that was not taken.
pub(super) fn refused(form: Form, problem: Problem) -> TaskReport {
    match form {
        Form::Service(Pattern::WaitForTaskToken) => TaskReport::SubmitFailed(problem),
        Form::Service(_) | Form::Direct => TaskReport::Failed(problem),
    }
}

fn unreadable(form: Form, cause: &str) -> TaskReport {
    refused(form, Problem::new("Lambda.SdkClientException", cause))
}

/// An error that the function itself returned: named after its type, its JSON
/// as the cause. A direct resource keeps the text that the function wrote.
fn function_error(form: Form, payload: Option<&Payload>) -> Problem {
    let error_type = payload.and_then(|payload| payload.value().get("errorType")?.as_str());
    let cause = payload.map(|payload| match form {
        Form::Direct => payload.text().to_owned(),
        Form::Service(_) => payload.value().to_string(),
    });
    Problem { error: Some(error_type.unwrap_or("Lambda.Unknown").to_owned()), cause }
}

/// An error of the API, in the words of the service's own client.
fn api_error(status: u16, headers: &HeaderMap, body: &[u8]) -> Problem {
    let body = std::str::from_utf8(body).ok().and_then(|text| asl_value::parse(text).ok());
    let member = |names: &[&str]| {
        let body = body.as_ref()?;
        names.iter().find_map(|name| body.get(name)?.as_str()).map(str::to_owned)
    };
    let code = header(headers, "x-amzn-errortype").map(str::to_owned).or_else(|| member(&["__type", "Code"]));
    // Both may carry more than the name: `prefix#Name:link`.
    let code = code.as_deref().unwrap_or("AWSLambdaException");
    let code = code.rsplit('#').next().unwrap_or(code);
    let code = code.split(':').next().unwrap_or(code);
    let message =
        member(&["Message", "message"]).unwrap_or_else(|| format!("the endpoint answered {status}"));
    let request_id = header(headers, "x-amzn-requestid").unwrap_or("null");
    Problem::new(
        format!("Lambda.{code}"),
        format!(
            "{message} (Service: AWSLambda; Status Code: {status}; Error Code: {code}; \
             Request ID: {request_id}; Proxy: null)"
        ),
    )
}

/// The result of `lambda:invoke`.
fn service_result(status: u16, headers: &HeaderMap, payload: Option<&Payload>) -> Value {
    let text = |name: &str| header(headers, name).map(|value| Value::String(shared(value)));
    let mut members = vec![(
        "ExecutedVersion",
        text("x-amz-executed-version").unwrap_or_else(|| Value::String(shared("$LATEST"))),
    )];
    members.extend(text("x-amz-log-result").map(|result| ("LogResult", result)));
    members.extend(payload.map(|payload| ("Payload", payload.value().clone())));
    members.push(("SdkHttpMetadata", http_metadata(status, headers)));
    let request_id = text("x-amzn-requestid").unwrap_or_default();
    members.push(("SdkResponseMetadata", Value::object([("RequestId", request_id)])));
    members.push(("StatusCode", Value::from(i64::from(status))));
    Value::object(members)
}

fn http_metadata(status: u16, headers: &HeaderMap) -> Value {
    let mut all = Vec::new();
    let mut first = Vec::new();
    for name in headers.keys() {
        let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        let values: Vec<Value> = values.map(|value| Value::String(shared(value))).collect();
        let spelling = SPELLINGS.iter().find(|known| known.eq_ignore_ascii_case(name.as_str()));
        let spelling = spelling.copied().unwrap_or(name.as_str());
        if let Some(value) = values.first() {
            first.push((shared(spelling), value.clone()));
            all.push((shared(spelling), Value::from(values)));
        }
    }
    Value::object([
        ("AllHttpHeaders", Value::object(all)),
        ("HttpHeaders", Value::object(first)),
        ("HttpStatusCode", Value::from(i64::from(status))),
    ])
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(status: u16, headers: &[(&str, &str)], body: &'static str) -> Response<Bytes> {
        let mut response = Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        response.body(Bytes::from_static(body.as_bytes())).unwrap()
    }

    const INVOKE: Form = Form::Service(Pattern::RequestResponse);

    #[test]
    fn direct_results_keep_their_text() {
        let report = report(Form::Direct, response(200, &[], "[1,  2]"));
        let TaskReport::Succeeded { output } = report else { panic!("{report:?}") };
        assert_eq!(output.text(), "[1,  2]");
    }

    #[test]
    fn service_results_have_the_form_of_the_api() {
        let headers = [
            ("x-amz-executed-version", "7"),
            ("x-amzn-requestid", "id"),
            ("content-length", "2"),
            ("x-own", "o"),
        ];
        let answered = report(INVOKE, response(200, &headers, "{ }"));
        let TaskReport::Succeeded { output } = answered else { panic!("{answered:?}") };
        let want = r#"{"ExecutedVersion":"7","Payload":{},"SdkHttpMetadata":{
            "AllHttpHeaders":{"X-Amz-Executed-Version":["7"],"x-amzn-RequestId":["id"],"Content-Length":["2"],"x-own":["o"]},
            "HttpHeaders":{"X-Amz-Executed-Version":"7","x-amzn-RequestId":"id","Content-Length":"2","x-own":"o"},
            "HttpStatusCode":200},"SdkResponseMetadata":{"RequestId":"id"},"StatusCode":200}"#;
        assert_eq!(output, Payload::parse(want).unwrap());
    }

    #[test]
    fn callbacks_are_submitted() {
        let form = Form::Service(Pattern::WaitForTaskToken);
        assert!(matches!(report(form, response(200, &[], "1")), TaskReport::Submitted { .. }));
        assert!(matches!(report(form, response(500, &[], "")), TaskReport::SubmitFailed(_)));
    }

    #[test]
    fn function_errors_are_named_after_their_type() {
        let body = r#"{"errorMessage": "m", "errorType": "CustomException"}"#;
        let headers = [("x-amz-function-error", "Unhandled")];
        for (form, want) in [
            (Form::Direct, r#"{"errorMessage": "m", "errorType": "CustomException"}"#),
            (INVOKE, r#"{"errorMessage":"m","errorType":"CustomException"}"#),
        ] {
            let want = TaskReport::Failed(Problem::new("CustomException", want));
            assert_eq!(report(form, response(200, &headers, body)), want, "{form:?}");
        }
        let untyped = report(INVOKE, response(200, &headers, r#"{"errorMessage":"m"}"#));
        assert_eq!(untyped, TaskReport::Failed(Problem::new("Lambda.Unknown", r#"{"errorMessage":"m"}"#)));
    }

    #[test]
    fn api_errors_have_the_words_of_the_service() {
        let missing = "Function not found: arn:aws:lambda:us-east-1:111111111111:function:f:$LATEST";
        let words = "Function not found: arn:aws:lambda:us-east-1:111111111111:function:f:$LATEST \
            (Service: AWSLambda; Status Code: 404; Error Code: ResourceNotFoundException; \
            Request ID: id; Proxy: null)";
        let body: &'static str =
            Box::leak(format!(r#"{{"Type":"User","Message":"{missing}"}}"#).into_boxed_str());
        let headers =
            [("x-amzn-errortype", "ResourceNotFoundException:http://x"), ("x-amzn-requestid", "id")];
        let want = TaskReport::Failed(Problem::new("Lambda.ResourceNotFoundException", words));
        assert_eq!(report(INVOKE, response(404, &headers, body)), want);
        let silent = report(INVOKE, response(502, &[], "<html>"));
        let TaskReport::Failed(problem) = silent else { panic!("{silent:?}") };
        assert_eq!(problem.error.as_deref(), Some("Lambda.AWSLambdaException"));
        assert!(problem.cause.unwrap().starts_with("the endpoint answered 502 (Service: AWSLambda;"));
    }

    #[test]
    fn results_that_are_no_json_fail() {
        for body in ["{", "\"a\" 1"] {
            let report = report(INVOKE, response(200, &[], body));
            let TaskReport::Failed(problem) = report else { panic!("{report:?}") };
            assert_eq!(problem.error.as_deref(), Some("Lambda.SdkClientException"), "{body}");
        }
    }
}
