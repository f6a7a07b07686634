//! `DescribeActivity`

use serde::{Deserialize, Serialize};

use crate::shape::configuration::EncryptionConfiguration;
use crate::shape::time::Epoch;
use crate::{Api, ApiError, Operation, arn_rules, json, model};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    activity_arn: String,
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
    let request: Request = model::read(Operation::DescribeActivity, body)?;
    let arn = arn_rules::activity(&request.activity_arn)?;
    let activity = api.store.activity(&arn).await?.ok_or_else(|| ApiError::no_activity(&arn))?;
    json::write(&Response {
        activity_arn: activity.arn.as_str(),
        name: activity.arn.name(),
        creation_date: Epoch(activity.created_at),
        encryption_configuration: json::stored(activity.encryption.as_deref())?,
    })
}
