//! `ListActivities`: newest first.

use serde::Serialize;

use crate::shape::time::Epoch;
use crate::{Api, ApiError, Operation, json, model, paging};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Response<'a> {
    activities: Vec<Item<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// `ActivityListItem`
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Item<'a> {
    activity_arn: &'a str,
    name: &'a str,
    creation_date: Epoch,
}

/// What page tokens are bound to.
const OPERATION: &str = "ListActivities";

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: paging::Request = model::read(Operation::ListActivities, body)?;
    let page = api.store.list_activities(request.page(api, OPERATION)?).await?;
    let activities = page.items.iter().map(|activity| Item {
        activity_arn: activity.arn.as_str(),
        name: activity.arn.name(),
        creation_date: Epoch(activity.created_at),
    });
    json::write(&Response {
        activities: activities.collect(),
        next_token: api.next_token(&[OPERATION], page.next),
    })
}
