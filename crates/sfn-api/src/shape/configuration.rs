//! Settings of a state machine: logging, tracing, encryption.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sfn_store::Revision;

use crate::variable_references::References;
use crate::{Api, ApiError, ErrorCode, json, variable_references};

/// The value of `includedData` that leaves out what may be encrypted.
pub(crate) const METADATA_ONLY: &str = "METADATA_ONLY";

/// `LoggingConfiguration`, kept as given but with its defaults filled in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LoggingConfiguration {
    #[serde(default = "off")]
    pub(crate) level: String,
    #[serde(default)]
    pub(crate) include_execution_data: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) destinations: Option<Vec<LogDestination>>,
}

fn off() -> String {
    "OFF".to_owned()
}

impl Default for LoggingConfiguration {
    fn default() -> Self {
        Self { level: off(), include_execution_data: false, destinations: None }
    }
}

/// `LogDestination`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LogDestination {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cloud_watch_logs_log_group: Option<CloudWatchLogsLogGroup>,
}

/// `CloudWatchLogsLogGroup`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CloudWatchLogsLogGroup {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) log_group_arn: Option<String>,
}

impl LoggingConfiguration {
    /// The ARN of the first log group.
    pub(crate) fn log_group_arn(&self) -> Option<&str> {
        let destination = self.destinations.as_ref()?.first()?;
        destination.cloud_watch_logs_log_group.as_ref()?.log_group_arn.as_deref()
    }

    /// Logging that is on has exactly one destination, a log group; logging that
    /// is off has at most one.
    pub(crate) fn check(&self) -> Result<(), ApiError> {
        let given = self.destinations.as_ref().map_or(0, Vec::len);
        let is_group = |destination: &&LogDestination| {
            let group = destination.cloud_watch_logs_log_group.as_ref();
            group.is_some_and(|group| group.log_group_arn.is_some())
        };
        let groups = self.destinations.iter().flatten().filter(is_group).count();
        if given > 1 || (self.level != "OFF" && groups != 1) {
            return Err(ApiError::new(
                ErrorCode::InvalidLoggingConfiguration,
                "Invalid Logging Configuration: Must specify exactly one Log Destination.",
            ));
        }
        Ok(())
    }
}

/// `TracingConfiguration`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TracingConfiguration {
    #[serde(default)]
    pub(crate) enabled: bool,
}

/// `EncryptionConfiguration`. Nothing is encrypted here; the settings are kept
/// and answered, as a client that manages them expects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EncryptionConfiguration {
    pub(crate) r#type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) kms_key_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) kms_data_key_reuse_period_seconds: Option<i64>,
}

const OWNED_KEY: &str = "AWS_OWNED_KEY";

impl Default for EncryptionConfiguration {
    fn default() -> Self {
        Self { r#type: OWNED_KEY.to_owned(), kms_key_id: None, kms_data_key_reuse_period_seconds: None }
    }
}

impl EncryptionConfiguration {
    /// A key is named exactly if it is the customer's.
    pub(crate) fn check(&self) -> Result<(), ApiError> {
        let owned = self.r#type == OWNED_KEY;
        let reason = match (&self.kms_key_id, self.kms_data_key_reuse_period_seconds) {
            (Some(_), _) if owned => "kmsKeyId cannot be specified for AWS_OWNED_KEY",
            (_, Some(_)) if owned => "kmsDataKeyReusePeriodSeconds cannot be specified for AWS_OWNED_KEY",
            (None, _) if !owned => "kmsKeyId must be specified for CUSTOMER_MANAGED_KMS_KEY",
            _ => return Ok(()),
        };
        Err(ApiError::new(
            ErrorCode::InvalidEncryptionConfiguration,
            format!("Invalid Encryption Configuration: {reason}"),
        ))
    }
}

/// The three settings as requests give them: each may be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct Settings {
    #[serde(rename = "loggingConfiguration")]
    logging: Option<LoggingConfiguration>,
    #[serde(rename = "tracingConfiguration")]
    tracing: Option<TracingConfiguration>,
    #[serde(rename = "encryptionConfiguration")]
    encryption: Option<EncryptionConfiguration>,
}

impl Settings {
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The same with those that were left out at their defaults.
    pub(crate) fn or_defaults(self) -> Self {
        Self {
            logging: Some(self.logging.unwrap_or_default()),
            tracing: Some(self.tracing.unwrap_or_default()),
            encryption: Some(self.encryption.unwrap_or_default()),
        }
    }

    pub(crate) fn check(&self) -> Result<(), ApiError> {
        self.logging.as_ref().map_or(Ok(()), LoggingConfiguration::check)?;
        self.encryption.as_ref().map_or(Ok(()), EncryptionConfiguration::check)
    }

    /// The destination of logs must be there, where somebody can tell.
    pub(crate) async fn check_log_group(&self, api: &Api) -> Result<(), ApiError> {
        let arn = self.logging.as_ref().and_then(LoggingConfiguration::log_group_arn);
        let Some((arn, groups)) = arn.zip(api.host.log_groups()) else { return Ok(()) };
        if groups.exists(arn).await {
            return Ok(());
        }
        Err(ApiError::new(
            ErrorCode::InvalidLoggingConfiguration,
            "Invalid Logging Configuration: Log Destination not found.",
        ))
    }

    pub(crate) fn logging_text(&self) -> Result<Option<Arc<str>>, ApiError> {
        self.logging.as_ref().map(json::text).transpose()
    }

    pub(crate) fn tracing_text(&self) -> Result<Option<Arc<str>>, ApiError> {
        self.tracing.as_ref().map(json::text).transpose()
    }

    pub(crate) fn encryption_text(&self) -> Result<Option<Arc<str>>, ApiError> {
        self.encryption.as_ref().map(json::text).transpose()
    }
}

/// What a request says about publishing a version.
pub(crate) fn check_publish(publish: Option<bool>, description: Option<&str>) -> Result<(), ApiError> {
    if publish != Some(true) && description.is_some() {
        return Err(ApiError::validation("Version description can only be set when publish is true"));
    }
    Ok(())
}

/// The revision's id, which AWS does not give before the first update.
pub(crate) fn shown_revision(revision: &Revision) -> Option<&str> {
    (revision.number > 1).then(|| revision.id.as_str())
}

/// A revision as both descriptions show it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Description<'a> {
    /// `{}` if only metadata is wanted. API reference, `DescribeStateMachineOutput`.
    definition: Cow<'a, str>,
    role_arn: &'a str,
    logging_configuration: LoggingConfiguration,
    tracing_configuration: TracingConfiguration,
    encryption_configuration: EncryptionConfiguration,
    #[serde(skip_serializing_if = "Option::is_none")]
    revision_id: Option<&'a str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    variable_references: References,
}

impl<'a> Description<'a> {
    pub(crate) fn of(revision: &'a Revision, metadata_only: bool) -> Result<Self, ApiError> {
        Ok(Self {
            definition: Cow::Borrowed(if metadata_only { "{}" } else { &revision.definition }),
            role_arn: &revision.role_arn,
            logging_configuration: json::stored(revision.logging.as_deref())?,
            tracing_configuration: json::stored(revision.tracing.as_deref())?,
            encryption_configuration: json::stored(revision.encryption.as_deref())?,
            revision_id: shown_revision(revision),
            variable_references: if metadata_only {
                References::default()
            } else {
                variable_references::of(&revision.definition)
            },
        })
    }

    /// The same with a part of the definition: a Map state's processor.
    pub(crate) fn with_definition(mut self, part: String) -> Self {
        self.definition = Cow::Owned(part);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logging_wants_one_destination_unless_it_is_off() {
        let group = r#"{"cloudWatchLogsLogGroup":{"logGroupArn":"arn:aws:logs:r:1:log-group:g:*"}}"#;
        let cases = [
            ("{}".to_owned(), true),
            (r#"{"destinations":[]}"#.to_owned(), true),
            (r#"{"level":"ALL"}"#.to_owned(), false),
            (r#"{"level":"ALL","destinations":[{}]}"#.to_owned(), false),
            (r#"{"level":"ALL","destinations":[{"cloudWatchLogsLogGroup":{}}]}"#.to_owned(), false),
            (format!(r#"{{"level":"ALL","destinations":[{group}]}}"#), true),
            (format!(r#"{{"level":"OFF","destinations":[{group}]}}"#), true),
            (format!(r#"{{"level":"ALL","destinations":[{group},{group}]}}"#), false),
        ];
        for (text, want) in cases {
            let configuration: LoggingConfiguration = serde_json::from_str(&text).unwrap();
            assert_eq!(configuration.check().is_ok(), want, "{text}");
        }
    }

    #[test]
    fn defaults_are_filled_in_and_destinations_kept_as_given() {
        for (given, want) in [
            ("{}", r#"{"level":"OFF","includeExecutionData":false}"#),
            (r#"{"destinations":[]}"#, r#"{"level":"OFF","includeExecutionData":false,"destinations":[]}"#),
        ] {
            let configuration: LoggingConfiguration = serde_json::from_str(given).unwrap();
            assert_eq!(serde_json::to_string(&configuration).unwrap(), want);
        }
    }
}
