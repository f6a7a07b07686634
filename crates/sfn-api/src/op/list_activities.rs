//! `ListActivities`: newest first.

use serde::{Deserialize, Serialize};

use crate::constraint::Constraints;
use crate::shape::time::Epoch;
use crate::{Api, ApiError, json, paging};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    max_results: Option<i64>,
    next_token: Option<String>,
}

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

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = json::read(body)?;
    let mut constraints = Constraints::default();
    paging::check(&mut constraints, request.max_results, request.next_token.as_deref(), 1024);
    constraints.finish()?;
    let arguments = ["ListActivities"];
    let page = api.page(&arguments, request.max_results, request.next_token.as_deref())?;
    let page = api.store.list_activities(page).await?;
    let activities = page.items.iter().map(|activity| Item {
        activity_arn: activity.arn.as_str(),
        name: activity.arn.name(),
        creation_date: Epoch(activity.created_at),
    });
    json::write(&Response {
        activities: activities.collect(),
        next_token: api.next_token(&arguments, page.next),
    })
}
