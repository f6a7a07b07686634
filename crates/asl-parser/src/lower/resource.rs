//! Resources: what an ARN calls, and whether the service would take it.

use std::sync::Arc;

use super::field::Field;
use super::{Lowered, Lowering};
use crate::definition::{Pattern, Resource, ResourceKind};
use crate::diagnostic::Reason;
use crate::options::{MachineType, Profile};

/// The services with an integration of their own, and their actions. Developer
/// guide, *Integrating optimized services*.
const INTEGRATIONS: &[(&str, &[&str])] = &[
    ("apigateway", &["invoke"]),
    ("athena", &["startQueryExecution", "stopQueryExecution", "getQueryExecution", "getQueryResults"]),
    ("batch", &["submitJob"]),
    ("bedrock", &["createModelCustomizationJob", "invokeModel"]),
    (
        "codebuild",
        &[
            "batchDeleteBuilds",
            "batchGetReports",
            "deleteBuildBatch",
            "retryBuildBatch",
            "startBuild",
            "startBuildBatch",
            "stopBuild",
            "stopBuildBatch",
        ],
    ),
    ("databrew", &["startJobRun"]),
    ("dynamodb", &["getItem", "putItem", "updateItem", "deleteItem"]),
    ("ecs", &["runTask"]),
    (
        "eks",
        &[
            "call",
            "createCluster",
            "createFargateProfile",
            "createNodegroup",
            "deleteCluster",
            "deleteFargateProfile",
            "deleteNodegroup",
            "runJob",
        ],
    ),
    (
        "elasticmapreduce",
        &[
            "addStep",
            "cancelStep",
            "createCluster",
            "modifyInstanceFleetByName",
            "modifyInstanceGroupByName",
            "setClusterTerminationProtection",
            "terminateCluster",
        ],
    ),
    ("emr-containers", &["createVirtualCluster", "deleteVirtualCluster", "startJobRun"]),
    (
        "emr-serverless",
        &[
            "cancelJobRun",
            "createApplication",
            "deleteApplication",
            "startApplication",
            "startJobRun",
            "stopApplication",
        ],
    ),
    ("events", &["putEvents"]),
    ("glue", &["startJobRun"]),
    ("http", &["invoke"]),
    ("lambda", &["invoke"]),
    ("mediaconvert", &["createJob"]),
    (
        "sagemaker",
        &[
            "createEndpoint",
            "createEndpointConfig",
            "createHyperParameterTuningJob",
            "createLabelingJob",
            "createModel",
            "createProcessingJob",
            "createTrainingJob",
            "createTransformJob",
            "updateEndpoint",
        ],
    ),
    ("sns", &["publish"]),
    ("sqs", &["sendMessage"]),
    ("states", &["startExecution"]),
];

/// Integrations that cannot wait for a job.
const WITHOUT_SYNC: &[&str] =
    &["apigateway", "aws-sdk", "dynamodb", "events", "http", "lambda", "sns", "sqs"];

/// Integrations that cannot wait for a task token.
const WITHOUT_TOKEN: &[&str] = &[
    "athena",
    "batch",
    "codebuild",
    "databrew",
    "dynamodb",
    "elasticmapreduce",
    "emr-containers",
    "emr-serverless",
    "glue",
    "http",
    "mediaconvert",
    "sagemaker",
];

impl Lowering<'_> {
    /// What a Task state calls.
    pub(super) fn resource(&mut self, field: &Field<'_>) -> Lowered<Resource> {
        let text = self.string(field)?;
        let kind = classify(text);
        if self.options.profile == Profile::Service {
            self.is_known_resource(field, text, &kind)?;
        }
        if self.machine_type == MachineType::Express {
            self.is_express_resource(field, &kind)?;
        }
        Ok(Resource { text: text.into(), kind })
    }

    /// What a distributed Map state reads or writes with: one of `known`.
    pub(super) fn data_resource(&mut self, field: &Field<'_>, known: &[&str]) -> Lowered<Resource> {
        let text = self.string(field)?;
        if self.options.profile == Profile::Service && !known.iter().any(|known| text.ends_with(known)) {
            let message = "The field 'Resource' does not match any of the allowed values";
            return self.fail(Reason::InvalidResource, field, message);
        }
        Ok(Resource { text: text.into(), kind: classify(text) })
    }

    fn is_known_resource(&mut self, field: &Field<'_>, text: &str, kind: &ResourceKind) -> Lowered<()> {
        match kind {
            ResourceKind::Unknown if arn_parts(text).is_none() => {
                self.fail(Reason::InvalidResource, field, "Value is not a valid resource ARN")
            }
            ResourceKind::Unknown if text.split(':').nth(2) == Some("states") => {
                self.not_recognized(field, text)
            }
            ResourceKind::Service { service, action, pattern }
                if !is_integration(service, action) || !has_pattern(service, *pattern) =>
            {
                self.not_recognized(field, text)
            }
            _ => Ok(()),
        }
    }

    fn not_recognized(&mut self, field: &Field<'_>, text: &str) -> Lowered<()> {
        let message = format!(
            "The resource provided {text} is not recognized. The value is not a valid resource ARN, or the resource is not available in this region."
        );
        self.fail(Reason::InvalidResource, field, message)
    }

    fn is_express_resource(&mut self, field: &Field<'_>, kind: &ResourceKind) -> Lowered<()> {
        let message = match kind {
            ResourceKind::Activity => "Express state machine does not support Activity ARN",
            ResourceKind::Service { pattern: Pattern::Sync | Pattern::Sync2, .. } => {
                "Express state machine does not support '.sync' service integration"
            }
            // The blank at the end is the service's.
            ResourceKind::Service { pattern: Pattern::WaitForTaskToken, .. } => {
                "Express state machine does not support '.waitForTaskToken' service integration "
            }
            ResourceKind::Service { pattern: Pattern::RequestResponse, .. }
            | ResourceKind::LambdaFunction
            | ResourceKind::Unknown => return Ok(()),
        };
        self.fail(Reason::ExpressUnsupported, field, message)
    }
}

/// Service and resource of an ARN: `arn:partition:service:region:account:resource`.
fn arn_parts(text: &str) -> Option<(&str, &str)> {
    let mut parts = text.splitn(6, ':');
    let (Some("arn"), Some(partition), Some(service), Some(_), Some(_), Some(resource)) =
        (parts.next(), parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    (!partition.is_empty() && !service.is_empty() && !resource.is_empty()).then_some((service, resource))
}

fn classify(text: &str) -> ResourceKind {
    match arn_parts(text) {
        Some(("lambda", resource)) if resource.starts_with("function:") => ResourceKind::LambdaFunction,
        Some(("states", resource)) => {
            if let Some(name) = resource.strip_prefix("activity:") {
                return if name.is_empty() { ResourceKind::Unknown } else { ResourceKind::Activity };
            }
            integration(resource).unwrap_or(ResourceKind::Unknown)
        }
        _ => ResourceKind::Unknown,
    }
}

/// `SERVICE:ACTION[.PATTERN]`, or `aws-sdk:SERVICE:ACTION[.PATTERN]`.
fn integration(resource: &str) -> Option<ResourceKind> {
    let pattern = [Pattern::WaitForTaskToken, Pattern::Sync2, Pattern::Sync]
        .into_iter()
        .find(|pattern| resource.ends_with(pattern.suffix()))
        .unwrap_or(Pattern::RequestResponse);
    let plain = resource.strip_suffix(pattern.suffix()).unwrap_or(resource);
    let (service, action) = plain.rsplit_once(':')?;
    let named = !service.is_empty() && !action.is_empty() && !action.contains('.');
    named.then(|| ResourceKind::Service { service: Arc::from(service), action: Arc::from(action), pattern })
}

fn is_integration(service: &str, action: &str) -> bool {
    match service.strip_prefix("aws-sdk:") {
        Some(name) => {
            !name.is_empty()
                && !name.contains(':')
                && action.starts_with(|first: char| first.is_ascii_lowercase())
        }
        None => INTEGRATIONS.iter().any(|(name, actions)| *name == service && actions.contains(&action)),
    }
}

/// Whether the service's integration can wait in that way.
fn has_pattern(service: &str, pattern: Pattern) -> bool {
    let service = if service.starts_with("aws-sdk:") { "aws-sdk" } else { service };
    match pattern {
        Pattern::RequestResponse => true,
        Pattern::Sync => !WITHOUT_SYNC.contains(&service),
        Pattern::Sync2 => service == "states",
        Pattern::WaitForTaskToken => !WITHOUT_TOKEN.contains(&service),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(service: &str, action: &str, pattern: Pattern) -> ResourceKind {
        ResourceKind::Service { service: service.into(), action: action.into(), pattern }
    }

    #[test]
    fn arns_say_what_they_call() {
        for (arn, kind) in [
            ("arn:aws:states:us-east-1:123456789012:activity:Add", ResourceKind::Activity),
            ("arn:aws:states:us-east-1:123456789012:activity:", ResourceKind::Unknown),
            ("arn:aws:lambda:us-east-1:123456789012:function:f:1", ResourceKind::LambdaFunction),
            ("arn:aws-cn:states:::lambda:invoke", service("lambda", "invoke", Pattern::RequestResponse)),
            (
                "arn:aws:states:::states:startExecution.sync:2",
                service("states", "startExecution", Pattern::Sync2),
            ),
            ("arn:aws:states:::batch:submitJob.sync", service("batch", "submitJob", Pattern::Sync)),
            (
                "arn:aws:states:::aws-sdk:sqs:sendMessage.waitForTaskToken",
                service("aws-sdk:sqs", "sendMessage", Pattern::WaitForTaskToken),
            ),
            ("arn:aws:states:::lambda:invoke.async", ResourceKind::Unknown),
            ("arn:aws:swf:us-east-1:123456789012:task:X", ResourceKind::Unknown),
            ("mock-arn", ResourceKind::Unknown),
            ("", ResourceKind::Unknown),
        ] {
            assert_eq!(classify(arn), kind, "{arn}");
        }
    }
}
