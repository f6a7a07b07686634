//! `DescribeActivity`

use serde::{Deserialize, Serialize};

use crate::constraint::Constraints;
use crate::shape::configuration::EncryptionConfiguration;
use crate::shape::time::Epoch;
use crate::{Api, ApiError, arn_rules, json};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    activity_arn: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Response<'a> {
    activity_arn: &'a str,
    name: &'a str,
    creation_date: Epoch,
    encryption_configuration: EncryptionConfiguration,
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = json::read(body)?;
    let text = request.activity_arn.as_deref();
    let mut constraints = Constraints::default();
    constraints.required_length("activityArn", text, 1..=256);
    constraints.finish()?;
    let arn = arn_rules::activity(text.unwrap_or_default())?;
    let activity = api.store.activity(&arn).await?.ok_or_else(|| ApiError::no_activity(&arn))?;
    json::write(&Response {
        activity_arn: activity.arn.as_str(),
        name: activity.arn.name(),
        creation_date: Epoch(activity.created_at),
        encryption_configuration: json::stored(activity.encryption.as_deref())?,
    })
}
