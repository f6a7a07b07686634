//! How names and ARNs in requests are refused: the reasons in AWS's words.

use sfn_store::id::{
    ActivityArn, ArnError, ExecutionArn, MapRunArn, Name, QualifiedStateMachineArn, Qualifier, ResourceArn,
    StateMachineArn,
};

use crate::{ApiError, Reason};

/// A name that has passed the constraints on its length. What takes a pair of
/// surrogates in UTF-16 the service does not take. API reference, `name`.
pub(crate) fn name(text: &str) -> Result<Name, ApiError> {
    if text.chars().any(|c| c.len_utf16() > 1) {
        return Err(ApiError::invalid_name(text));
    }
    Name::new(text).map_err(|_| ApiError::invalid_name(text))
}

pub(crate) fn activity(text: &str) -> Result<ActivityArn, ApiError> {
    text.parse().map_err(|e| refused(&e, text))
}

/// The ARN of a Standard execution.
pub(crate) fn execution(text: &str) -> Result<ExecutionArn, ApiError> {
    text.parse().map_err(|e| refused(&e, text))
}

/// The ARN of a map run.
pub(crate) fn map_run(text: &str) -> Result<MapRunArn, ApiError> {
    text.parse().map_err(|e| refused(&e, text))
}

/// The ARN of a resource that can have tags. Versions and aliases cannot.
pub(crate) fn resource(text: &str) -> Result<ResourceArn, ApiError> {
    match text.parse::<QualifiedStateMachineArn>() {
        Ok(arn) if arn.qualifier.is_some() => Err(ApiError::no_resource(text)),
        Ok(arn) => Ok(ResourceArn::StateMachine(arn.state_machine)),
        Err(_) => text.parse().map_err(|e| refused(&e, text)),
    }
}

/// The ARN of a state machine, with a version or an alias or without. Map
/// labels are refused, as no operation takes them.
pub(crate) fn state_machine(text: &str) -> Result<QualifiedStateMachineArn, ApiError> {
    let arn: QualifiedStateMachineArn = text.parse().map_err(|e| refused(&e, text))?;
    match arn.qualifier {
        Some(Qualifier::MapLabel(_)) => Err(ApiError::because(
            Reason::LabelledArn,
            "This operation does not support labeled state machine ARNs",
        )),
        Some(Qualifier::Version(_) | Qualifier::Alias(_)) | None => Ok(arn),
    }
}

/// The ARN of a version.
pub(crate) fn version(text: &str) -> Result<(StateMachineArn, u64), ApiError> {
    let arn = state_machine(text)?;
    match arn.qualifier {
        Some(Qualifier::Version(number)) => Ok((arn.state_machine, number)),
        _ => Err(ApiError::invalid_arn(format_args!("Invalid ARN: {text}"))),
    }
}

/// The ARN of an alias.
pub(crate) fn alias(text: &str) -> Result<(StateMachineArn, Name), ApiError> {
    let arn = state_machine(text)?;
    match arn.qualifier {
        Some(Qualifier::Alias(name)) => Ok((arn.state_machine, name)),
        _ => Err(ApiError::invalid_arn(format_args!("Invalid ARN: {text}"))),
    }
}

/// Parts a state machine's ARN from the mock test case after `#`, which
/// `StartExecution` takes as Step Functions Local does.
pub(crate) fn without_test_case(text: &str) -> (&str, Option<&str>) {
    text.split_once('#').map_or((text, None), |(arn, test_case)| (arn, Some(test_case)))
}

/// Refuses what is no ARN of a role; whether there is such a role nobody asks.
pub(crate) fn check_role(text: &str) -> Result<(), ApiError> {
    if text.starts_with("arn:") {
        Ok(())
    } else {
        Err(ApiError::invalid_arn(format_args!("Invalid ARN prefix: {text}")))
    }
}

fn refused(error: &ArnError, text: &str) -> ApiError {
    match error {
        ArnError::Prefix { text } => ApiError::invalid_arn(format_args!("Invalid ARN prefix: {text}")),
        ArnError::ResourceType { found, .. } => {
            ApiError::invalid_arn(format_args!("Resource type not valid in this context: {found}"))
        }
        ArnError::Service { service } => {
            ApiError::invalid_arn(format_args!("Invalid ARN service: {service}"))
        }
        ArnError::Form { .. } | ArnError::Name { .. } | ArnError::TooLong { .. } => {
            ApiError::invalid_arn(format_args!("Invalid ARN: {text}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Detail, ErrorCode};

    #[test]
    fn names_refuse_the_characters_that_aws_refuses() {
        for barred in
            " <>{}[]?*\"#%\\^|~`$&,;:/\u{0}\u{1f}\u{7f}\u{9f}\t\n\u{fffe}\u{ffff}😀\u{10ffff}".chars()
        {
            let text = format!("activity{barred}name");
            let error = name(&text).expect_err(&text);
            assert_eq!(
                (error.code, error.message),
                (ErrorCode::InvalidName, format!("Invalid Name: '{text}'"))
            );
        }
        for text in ["Activity1", "activity-name.1", "ACTIVITY_NAME_ABC", "naïve", "a+b=c@d!e'f(g)"] {
            assert!(name(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn arns_are_refused_with_the_reason() {
        let cases = [
            ("foo", "Invalid Arn: 'Invalid ARN prefix: foo'"),
            (
                "arn:aws:states:r:1:express:m:e:x",
                "Invalid Arn: 'Resource type not valid in this context: express'",
            ),
            (
                "arn:aws:states:r:1:stateMachine:m",
                "Invalid Arn: 'Resource type not valid in this context: stateMachine'",
            ),
            ("arn:aws:states", "Invalid Arn: 'Invalid ARN: arn:aws:states'"),
        ];
        for (text, want) in cases {
            assert_eq!(execution(text).unwrap_err().message, want, "{text}");
        }
    }

    #[test]
    fn map_labels_are_refused_and_versions_cannot_have_tags() {
        let machine = "arn:aws:states:us-east-1:123456789012:stateMachine:m";
        let labelled = state_machine(&format!("{machine}/label")).unwrap_err();
        assert_eq!(labelled.code, ErrorCode::ValidationException);
        assert_eq!(labelled.detail, Some(Detail::Reason(Reason::LabelledArn)));
        let version = resource(&format!("{machine}:1")).unwrap_err();
        assert_eq!(version.message, format!("Resource not found: '{machine}:1'"));
        assert!(resource(machine).is_ok());
    }
}
