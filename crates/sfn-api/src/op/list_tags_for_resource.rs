//! `ListTagsForResource`: by key.

use serde::{Deserialize, Serialize};

use crate::constraint::Constraints;
use crate::shape::tag;
use crate::{Api, ApiError, arn_rules, json};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    resource_arn: Option<String>,
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
    let request: Request = json::read(body)?;
    let text = request.resource_arn.as_deref();
    let mut constraints = Constraints::default();
    constraints.required_length("resourceArn", text, 1..=256);
    constraints.finish()?;
    let text = text.unwrap_or_default();
    let resource = arn_rules::resource(text)?;
    let tags = api.store.tags(&resource).await.map_err(|e| tag::refused(e, text))?;
    let tags = tags.iter().map(|(key, value)| Item { key, value });
    json::write(&Response { tags: tags.collect() })
}
