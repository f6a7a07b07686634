//! The request to invoke a function. Lambda API reference, *Invoke*.

use asl_runtime::Problem;
use asl_value::{Object, Payload, Value};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use http_body_util::Full;
use hyper::Request;
use hyper::header::CONTENT_TYPE;

use super::function;
use crate::http::{Endpoint, HttpError, percent_encoded};

/// A function to invoke, and with what.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Invocation {
    name: String,
    qualifier: Option<String>,
    headers: Vec<(&'static str, String)>,
    payload: String,
}

impl Invocation {
    /// The function of this ARN with the whole input.
    pub(super) fn direct(arn: &str, input: &str) -> Self {
        Self::new(arn, None, input.to_owned())
    }

    /// What `Parameters` or `Arguments` of `lambda:invoke` ask for.
    pub(super) fn with_parameters(parameters: &Payload) -> Result<Self, Problem> {
        let refuse = |finding: &str| {
            let text = parameters.text();
            let cause = format!("The Parameters '{text}' could not be used to start the Task: [{finding}]");
            Problem::new("States.Runtime", cause)
        };
        let members = parameters.value().as_object();
        let function = text(members, "FunctionName")
            .ok_or_else(|| refuse("The field 'FunctionName' is required but was missing"))?;
        let payload = members.and_then(|members| members.get("Payload")).map(payload).unwrap_or_default();
        let mut invocation = Self::new(function, text(members, "Qualifier"), payload);
        for (name, header) in [("InvocationType", "X-Amz-Invocation-Type"), ("LogType", "X-Amz-Log-Type")] {
            if let Some(value) = text(members, name) {
                invocation.headers.push((header, value.to_owned()));
            }
        }
        match members.and_then(|members| members.get("ClientContext")) {
            None => {}
            // As the API takes it: encoded already.
            Some(Value::String(context)) => {
                invocation.headers.push(("X-Amz-Client-Context", context.to_string()));
            }
            Some(context) => {
                let encoded = BASE64.encode(context.to_string());
                invocation.headers.push(("X-Amz-Client-Context", encoded));
            }
        }
        Ok(invocation)
    }

    fn new(function: &str, qualifier: Option<&str>, payload: String) -> Self {
        let (name, own_qualifier) = function::split(function);
        Self {
            name: name.to_owned(),
            qualifier: qualifier.or(own_qualifier).map(str::to_owned),
            headers: Vec::new(),
            payload,
        }
    }

    pub(super) fn request(self, endpoint: &Endpoint) -> Result<Request<Full<Bytes>>, HttpError> {
        let mut uri = format!("{endpoint}/2015-03-31/functions/{}/invocations", percent_encoded(&self.name));
        if let Some(qualifier) = &self.qualifier {
            uri.push_str("?Qualifier=");
            uri.push_str(&percent_encoded(qualifier));
        }
        let mut request = Request::post(uri).header(CONTENT_TYPE, "application/json");
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        Ok(request.body(Full::new(Bytes::from(self.payload)))?)
    }
}

fn text<'v>(members: Option<&'v Object>, name: &str) -> Option<&'v str> {
    members?.get(name)?.as_str()
}

/// The bytes of a `Payload`. A string is the JSON text itself, where it is
/// one: recorded, `"Payload": "[]"` reaches the function as an empty array.
fn payload(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) if asl_value::parse(text).is_ok() => text.to_string(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invocation(parameters: &str) -> Invocation {
        Invocation::with_parameters(&Payload::parse(parameters).unwrap()).unwrap()
    }

    #[test]
    fn payloads_are_written_as_the_service_does() {
        for (payload, want) in [
            ("null", ""),
            (r#"{"a":[1,2]}"#, r#"{"a":[1,2]}"#),
            (r#""[]""#, "[]"),
            (r#""\"text\"""#, r#""text""#),
            (r#""no json""#, r#""no json""#),
            ("0.5", "0.5"),
        ] {
            let parameters = format!(r#"{{"FunctionName":"f","Payload":{payload}}}"#);
            assert_eq!(invocation(&parameters).payload, want, "{payload}");
        }
        assert_eq!(invocation(r#"{"FunctionName":"f"}"#).payload, "", "absent");
    }

    #[test]
    fn requests_name_function_and_qualifier() {
        let endpoint = Endpoint::parse("http://h:1/p").unwrap();
        for (parameters, want) in [
            (r#"{"FunctionName":"f"}"#, "http://h:1/p/2015-03-31/functions/f/invocations"),
            (
                r#"{"FunctionName":"f:live"}"#,
                "http://h:1/p/2015-03-31/functions/f/invocations?Qualifier=live",
            ),
            (
                r#"{"FunctionName":"arn:aws:lambda:r:1:function:f","Qualifier":"$LATEST"}"#,
                "http://h:1/p/2015-03-31/functions/f/invocations?Qualifier=%24LATEST",
            ),
            (r#"{"FunctionName":"a/b?c"}"#, "http://h:1/p/2015-03-31/functions/a%2Fb%3Fc/invocations"),
        ] {
            let request = invocation(parameters).request(&endpoint).unwrap();
            assert_eq!(request.uri().to_string(), want);
        }
    }

    #[test]
    fn the_function_must_be_named() {
        let parameters = Payload::parse(r#"{"Payload":1}"#).unwrap();
        let problem = Invocation::with_parameters(&parameters).unwrap_err();
        assert_eq!(problem.error.as_deref(), Some("States.Runtime"));
        assert_eq!(
            problem.cause.as_deref(),
            Some(
                "The Parameters '{\"Payload\":1}' could not be used to start the Task: \
                 [The field 'FunctionName' is required but was missing]"
            )
        );
    }

    #[test]
    fn a_header_that_cannot_be_written_is_no_panic() {
        let parameters = r#"{"FunctionName":"f","LogType":"a\nb"}"#;
        let endpoint = Endpoint::parse("http://h").unwrap();
        assert!(invocation(parameters).request(&endpoint).is_err());
    }
}
