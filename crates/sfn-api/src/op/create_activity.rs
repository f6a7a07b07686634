//! `CreateActivity`: idempotent on the name; other tags are then ignored, other
//! encryption settings refused.

use serde::{Deserialize, Serialize};
use sfn_store::{ActivityRecord, NewActivity};

use crate::shape::configuration::EncryptionConfiguration;
use crate::shape::tag::{self, Tag};
use crate::shape::time::Epoch;
use crate::{Api, ApiError, ErrorCode, Operation, arn_rules, json, model};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    name: String,
    tags: Option<Vec<Tag>>,
    encryption_configuration: Option<EncryptionConfiguration>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Response<'a> {
    activity_arn: &'a str,
    creation_date: Epoch,
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = model::read(Operation::CreateActivity, body)?;
    let tags = request.tags.unwrap_or_default();
    let name = arn_rules::name(&request.name)?;
    let encryption = request.encryption_configuration.unwrap_or_default();
    encryption.check()?;
    let arn = api.scope.activity(&name);
    let tags = tag::of_new(tags, arn.as_str())?;
    let record =
        ActivityRecord { arn, created_at: api.host.now(), encryption: Some(json::text(&encryption)?) };
    let creation = api.store.create_activity(NewActivity { record: record.clone(), tags }).await?;
    let activity = creation.into_record();
    if activity.encryption != record.encryption {
        return Err(ApiError::new(
            ErrorCode::ActivityAlreadyExists,
            format!("Activity Already Exists: '{}'", activity.arn),
        ));
    }
    json::write(&Response { activity_arn: activity.arn.as_str(), creation_date: Epoch(activity.created_at) })
}
