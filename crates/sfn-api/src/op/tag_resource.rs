//! `TagResource`: a tag takes the place of one with the same key.

use serde::Deserialize;
use sfn_store::TagChange;

use crate::constraint::Constraints;
use crate::shape::tag::{self, Tag};
use crate::{Api, ApiError, arn_rules, json};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    resource_arn: Option<String>,
    tags: Option<Vec<Tag>>,
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = json::read(body)?;
    let text = request.resource_arn.as_deref();
    let mut constraints = Constraints::default();
    constraints.required_length("resourceArn", text, 1..=256);
    constraints.required("tags", request.tags.as_ref());
    tag::check(&mut constraints, request.tags.as_deref().unwrap_or_default());
    constraints.finish()?;
    let text = text.unwrap_or_default();
    let resource = arn_rules::resource(text)?;
    let set = request.tags.unwrap_or_default().into_iter().map(Into::into).collect();
    let change = TagChange { resource, remove: Vec::new(), set };
    api.store.change_tags(change).await.map_err(|e| tag::refused(e, text))?;
    json::write(&json::Empty {})
}
