//! What the operations of AWS services answer, and whether a mocked result
//! could be such an answer. The tables in `models/` hold facts of the service
//! models that botocore carries; `models/generate.py` writes them.

use std::collections::BTreeMap;

use asl_parser::{Pattern, ResourceKind};
use asl_value::{Kind, Object, Value};
use serde::Deserialize;

/// A service's table and the names by which resources call it.
struct Service {
    /// In `arn:aws:states:::NAME:action`, where there is such an integration.
    optimized: Option<&'static str>,
    /// In `arn:aws:states:::aws-sdk:NAME:action`.
    sdk: &'static str,
    table: &'static str,
}

/// Declares a service with the file of its table.
macro_rules! service {
    ($file:literal, $optimized:expr, $sdk:literal) => {
        Service {
            optimized: $optimized,
            sdk: $sdk,
            table: include_str!(concat!("../../models/", $file, ".json")),
        }
    };
}

const SERVICES: &[Service] = &[
    service!("athena", Some("athena"), "athena"),
    service!("batch", Some("batch"), "batch"),
    service!("bedrock-runtime", Some("bedrock"), "bedrockruntime"),
    service!("cloudwatch", None, "cloudwatch"),
    service!("codebuild", Some("codebuild"), "codebuild"),
    service!("dynamodb", Some("dynamodb"), "dynamodb"),
    service!("ecs", Some("ecs"), "ecs"),
    service!("events", Some("events"), "eventbridge"),
    service!("glue", Some("glue"), "glue"),
    service!("kinesis", None, "kinesis"),
    service!("kms", None, "kms"),
    service!("lambda", Some("lambda"), "lambda"),
    service!("logs", None, "cloudwatchlogs"),
    service!("s3", None, "s3"),
    service!("sagemaker", Some("sagemaker"), "sagemaker"),
    service!("secretsmanager", None, "secretsmanager"),
    service!("sns", Some("sns"), "sns"),
    service!("sqs", Some("sqs"), "sqs"),
    service!("ssm", None, "ssm"),
    service!("stepfunctions", Some("states"), "sfn"),
    service!("sts", None, "sts"),
];

/// Members of answers that optimized integrations parse: any JSON will do.
const PARSED: &[(&str, &str)] = &[("InvocationResponse", "Payload"), ("InvokeModelResponse", "body")];

/// The same where `.sync:2` parses them.
const PARSED_BY_SYNC2: &[(&str, &str)] =
    &[("DescribeExecutionOutput", "input"), ("DescribeExecutionOutput", "output")];

/// How much of an answer must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strictness {
    /// `STRICT`: all that the model requires.
    Required,
    /// `PRESENT`: anything, but what is there must fit.
    Present,
}

/// One service's table.
#[derive(Debug, Deserialize)]
struct Table {
    /// Operations with the shape of their answers.
    operations: BTreeMap<String, String>,
    shapes: BTreeMap<String, Shape>,
}

/// What a value must be. Where a shape's name is asked for, a scalar without
/// further limits is named by its kind: `string`, `number`, `boolean`, or `any`.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Shape {
    Structure {
        members: BTreeMap<String, String>,
        #[serde(default)]
        required: Vec<String>,
    },
    List {
        item: String,
    },
    Map {
        value: String,
    },
    String {
        min: Option<usize>,
        max: Option<usize>,
        r#enum: Option<Vec<String>>,
    },
    Number {
        min: Option<f64>,
        max: Option<f64>,
    },
}

/// The answers of one operation.
#[derive(Debug)]
pub(super) struct Answers {
    table: Table,
    shape: String,
    is_sdk: bool,
    pattern: Pattern,
}

/// Something in a value, with what it must be.
struct Part<'p> {
    /// The member that holds it; empty for the whole.
    field: String,
    value: &'p Value,
    shape: &'p str,
}

impl Answers {
    /// What a resource answers with; none where no table tells.
    pub(super) fn of(resource: &ResourceKind) -> Result<Option<Self>, serde_json::Error> {
        let ResourceKind::Service { service, action, pattern } = resource else { return Ok(None) };
        let sdk = service.strip_prefix("aws-sdk:");
        let known = SERVICES.iter().find(|known| match sdk {
            Some(sdk) => known.sdk == sdk,
            None => known.optimized == Some(&**service),
        });
        let operation = match (&**service, &**action, *pattern) {
            (_, action, Pattern::RequestResponse) => capitalized(action),
            // The end of a job is told in the words of what is asked about it.
            ("states", "startExecution", Pattern::Sync | Pattern::Sync2) => "DescribeExecution".to_owned(),
            _ => return Ok(None),
        };
        let Some(known) = known else { return Ok(None) };
        let mut table: Table = serde_json::from_str(known.table)?;
        let shape = table.operations.remove(&operation);
        Ok(shape.map(|shape| Self { table, shape, is_sdk: sdk.is_some(), pattern: *pattern }))
    }

    /// Holds a value against the answers; the error is the first difference,
    /// in the words of the service.
    pub(super) fn check(&self, value: &Value, strictness: Strictness) -> Result<(), String> {
        let mut pending = vec![Part { field: String::new(), value, shape: &self.shape }];
        while let Some(part) = pending.pop() {
            let below = self.check_part(&part, strictness)?;
            pending.extend(below.into_iter().rev());
        }
        Ok(())
    }

    /// Checks a value without what is in it, which is answered.
    fn check_part<'p>(&'p self, part: &Part<'p>, strictness: Strictness) -> Result<Vec<Part<'p>>, String> {
        let Part { field, value, shape } = part;
        let must_be = |what: &str| format!("Field '{field}' must be {what}");
        match (*shape, self.table.shapes.get(*shape)) {
            (_, Some(Shape::Structure { members, required })) => {
                let object = value.as_object().ok_or_else(|| must_be("an object"))?;
                if strictness == Strictness::Required {
                    self.check_required(object, required)?;
                }
                let members: BTreeMap<String, (&String, &String)> =
                    members.iter().map(|(name, member)| (self.spelled(name), (name, member))).collect();
                let known = object.iter().filter_map(|(field, value)| {
                    let (name, member) = members.get(&**field)?;
                    let counts = !value.is_null() && !self.is_parsed(shape, name);
                    counts.then(|| Part { field: field.to_string(), value, shape: member })
                });
                Ok(known.collect())
            }
            (_, Some(Shape::List { item })) => {
                let items = value.as_array().ok_or_else(|| must_be("an array"))?;
                Ok(items.iter().map(|value| Part { field: field.clone(), value, shape: item }).collect())
            }
            (_, Some(Shape::Map { value: member })) => {
                let object = value.as_object().ok_or_else(|| must_be("an object"))?;
                let entries =
                    object.iter().map(|(key, value)| Part { field: key.to_string(), value, shape: member });
                Ok(entries.collect())
            }
            (_, Some(Shape::String { min, max, r#enum })) => {
                let text = value.as_str().ok_or_else(|| must_be("a string"))?;
                check_text(field, text, *min, *max, r#enum.as_deref())
            }
            (_, Some(Shape::Number { min, max })) => {
                let number = value.as_f64().ok_or_else(|| must_be("a number"))?;
                check_number(field, number, *min, *max)
            }
            ("string", None) if value.kind() != Kind::String => Err(must_be("a string")),
            ("number", None) if value.kind() != Kind::Number => Err(must_be("a number")),
            ("boolean", None) if value.kind() != Kind::Boolean => Err(must_be("a boolean")),
            (_, None) => Ok(Vec::new()),
        }
    }

    fn check_required(&self, object: &Object, required: &[String]) -> Result<(), String> {
        let mut required = required.iter().map(|name| self.spelled(name));
        match required.find(|name| object.get(name).is_none_or(Value::is_null)) {
            Some(name) => Err(format!("Required field '{name}' is missing")),
            None => Ok(()),
        }
    }

    /// A member as results spell it: the model's name with a capital letter.
    /// SDK integrations write a first word in capitals with a single one.
    fn spelled(&self, member: &str) -> String {
        let capitals = member.bytes().take_while(u8::is_ascii_uppercase).count();
        // The last capital begins the next word where small letters follow it.
        let is_followed = member.as_bytes().get(capitals).is_some_and(u8::is_ascii_lowercase);
        let word = if is_followed { capitals.saturating_sub(1) } else { capitals };
        let mut spelled = capitalized(member);
        if self.is_sdk
            && let Some(tail) = spelled.get_mut(1..word)
        {
            tail.make_ascii_lowercase();
        }
        spelled
    }

    fn is_parsed(&self, shape: &str, member: &str) -> bool {
        let parsed = match self.pattern {
            Pattern::Sync2 => PARSED_BY_SYNC2,
            Pattern::RequestResponse | Pattern::Sync | Pattern::WaitForTaskToken => PARSED,
        };
        !self.is_sdk && parsed.contains(&(shape, member))
    }
}

fn capitalized(name: &str) -> String {
    let mut name = name.to_owned();
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    name
}

fn check_text<'p>(
    field: &str,
    text: &str,
    min: Option<usize>,
    max: Option<usize>,
    set: Option<&[String]>,
) -> Result<Vec<Part<'p>>, String> {
    let length = text.chars().count();
    if min.is_some_and(|min| length < min) {
        return Err(format!("Field '{field}' is smaller than the minimum length"));
    }
    if max.is_some_and(|max| length > max) {
        return Err(format!("Field '{field}' exceeds the maximum length"));
    }
    if set.is_some_and(|set| !set.iter().any(|known| known == text)) {
        return Err(format!("Field '{field}' is not an expected value"));
    }
    Ok(Vec::new())
}

fn check_number<'p>(
    field: &str,
    number: f64,
    min: Option<f64>,
    max: Option<f64>,
) -> Result<Vec<Part<'p>>, String> {
    if min.is_some_and(|min| number < min) {
        return Err(format!("Field '{field}' is less than the minimum value"));
    }
    if max.is_some_and(|max| number > max) {
        return Err(format!("Field '{field}' exceeds the maximum value"));
    }
    Ok(Vec::new())
}

#[cfg(test)]
mod tests {
    use asl_parser::{Options, StateKind, parse_state};

    use super::*;

    fn answers(resource: &str) -> Option<Answers> {
        let text = format!(r#"{{"Type":"Task","Resource":"arn:aws:states:::{resource}","End":true}}"#);
        let definition = parse_state(&text, &Options::default()).definition.unwrap();
        let state = definition.state(definition.start().unwrap()).unwrap();
        let StateKind::Task(task) = &state.kind else { panic!("{resource} is of no Task state") };
        Answers::of(&task.resource.kind).unwrap()
    }

    #[test]
    fn every_table_reads_and_names_only_shapes_that_it_has() {
        for service in SERVICES {
            let table: Table = serde_json::from_str(service.table).unwrap();
            assert!(!table.operations.is_empty(), "{}", service.sdk);
            let mut named: Vec<&String> = table.operations.values().collect();
            for shape in table.shapes.values() {
                match shape {
                    Shape::Structure { members, required } => {
                        assert!(required.iter().all(|name| members.contains_key(name)), "{}", service.sdk);
                        named.extend(members.values());
                    }
                    Shape::List { item } => named.push(item),
                    Shape::Map { value } => named.push(value),
                    Shape::String { .. } | Shape::Number { .. } => {}
                }
            }
            for name in named {
                let scalar = ["string", "number", "boolean", "any"].contains(&name.as_str());
                assert!(scalar || table.shapes.contains_key(name), "{}: {name}", service.sdk);
            }
        }
    }

    #[test]
    fn members_that_are_parsed_are_members() {
        for (shape, member) in PARSED.iter().chain(PARSED_BY_SYNC2) {
            let has = |service: &&Service| {
                let table: Table = serde_json::from_str(service.table).unwrap();
                matches!(table.shapes.get(*shape), Some(Shape::Structure { members, .. }) if members.contains_key(*member))
            };
            assert!(SERVICES.iter().any(|service| has(&service)), "{shape} has no {member}");
        }
    }

    #[test]
    fn values_are_held_against_answers() {
        use Strictness::{Present, Required};
        for (name, resource, value, strictness, want) in [
            ("nothing required", "events:putEvents", "{}", Required, ""),
            ("unknown members", "events:putEvents", r#"{"x":1}"#, Required, ""),
            (
                "a list's element",
                "events:putEvents",
                r#"{"Entries":[{"EventId":"a"},{"EventId":1}]}"#,
                Present,
                "Field 'EventId' must be a string",
            ),
            ("no list", "events:putEvents", r#"{"Entries":1}"#, Present, "Field 'Entries' must be an array"),
            (
                "no structure in a list",
                "events:putEvents",
                r#"{"Entries":[1]}"#,
                Present,
                "Field 'Entries' must be an object",
            ),
            (
                "a required member",
                "states:startExecution",
                "{}",
                Required,
                "Required field 'ExecutionArn' is missing",
            ),
            ("the same, not asked for", "states:startExecution", "{}", Present, ""),
            ("in the model's own case", "states:startExecution", r#"{"executionArn":1}"#, Present, ""),
            (
                "a timestamp",
                "states:startExecution",
                r#"{"StartDate":1}"#,
                Present,
                "Field 'StartDate' must be a string",
            ),
            (
                "the first of two",
                "states:startExecution",
                r#"{"StartDate":1,"ExecutionArn":1}"#,
                Present,
                "Field 'StartDate' must be a string",
            ),
            ("a payload of any kind", "lambda:invoke", r#"{"Payload":{"a":1}}"#, Required, ""),
            (
                "a payload that is text",
                "aws-sdk:lambda:invoke",
                r#"{"Payload":{"a":1}}"#,
                Required,
                "Field 'Payload' must be a string",
            ),
            (
                "a number too small",
                "aws-sdk:lambda:getFunction",
                r#"{"Configuration":{"MemorySize":127}}"#,
                Required,
                "Field 'MemorySize' is less than the minimum value",
            ),
            (
                "a word in capitals",
                "aws-sdk:s3:putObject",
                r#"{"SsekmsKeyId":1}"#,
                Present,
                "Field 'SsekmsKeyId' must be a string",
            ),
            (
                "an enumeration",
                "aws-sdk:s3:getObject",
                r#"{"StorageClass":"Papyrus"}"#,
                Present,
                "Field 'StorageClass' is not an expected value",
            ),
            (
                "a text too short",
                "aws-sdk:kms:encrypt",
                r#"{"CiphertextBlob":""}"#,
                Present,
                "Field 'CiphertextBlob' is smaller than the minimum length",
            ),
            (
                "a boolean",
                "aws-sdk:s3:getObject",
                r#"{"DeleteMarker":"true"}"#,
                Present,
                "Field 'DeleteMarker' must be a boolean",
            ),
            (
                "a map's value",
                "aws-sdk:s3:getObject",
                r#"{"Metadata":{"k":1}}"#,
                Present,
                "Field 'k' must be a string",
            ),
            (
                "output as text",
                "states:startExecution.sync",
                r#"{"Output":{}}"#,
                Present,
                "Field 'Output' must be a string",
            ),
            ("output parsed", "states:startExecution.sync:2", r#"{"Output":{}}"#, Present, ""),
        ] {
            let got = answers(resource).unwrap().check(&asl_value::parse(value).unwrap(), strictness);
            assert_eq!(got.err().unwrap_or_default(), want, "{name}");
        }
    }

    #[test]
    fn what_no_table_tells_is_not_judged() {
        for resource in ["sqs:sendMessage.waitForTaskToken", "http:invoke", "aws-sdk:polly:synthesizeSpeech"]
        {
            assert!(answers(resource).is_none(), "{resource}");
        }
    }
}
