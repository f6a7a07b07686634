//! `ListTagsForResource`: by key.

use serde::{Deserialize, Serialize};

use crate::shape::tag;
use crate::{Api, ApiError, Operation, arn_rules, json, model};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    resource_arn: String,
}

#[derive(Debug, Serialize)]
struct Response<'a> {
    tags: Vec<Item<'a>>,
}

/// `Tag`
#[derive(Debug, Serialize)]
struct Item<'a> {
    key: &'a str,
    value: &'a str,
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = model::read(Operation::ListTagsForResource, body)?;
    let text = request.resource_arn.as_str();
    let resource = arn_rules::resource(text)?;
    let tags = api.store.tags(&resource).await.map_err(|e| tag::refused(e, text))?;
    let tags = tags.iter().map(|(key, value)| Item { key, value });
    json::write(&Response { tags: tags.collect() })
}
