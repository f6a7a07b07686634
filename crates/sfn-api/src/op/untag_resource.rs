//! `UntagResource`: removing a tag that is not there succeeds.

use std::sync::Arc;

use serde::Deserialize;
use sfn_store::TagChange;

use crate::constraint::Constraints;
use crate::shape::tag;
use crate::{Api, ApiError, arn_rules, json};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    resource_arn: Option<String>,
    tag_keys: Option<Vec<Arc<str>>>,
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = json::read(body)?;
    let text = request.resource_arn.as_deref();
    let mut constraints = Constraints::default();
    constraints.required_length("resourceArn", text, 1..=256);
    constraints.required("tagKeys", request.tag_keys.as_ref());
    for (place, key) in request.tag_keys.iter().flatten().enumerate() {
        constraints.length(&format!("tagKeys.{}.member", place + 1), Some(key), 1..=128);
    }
    constraints.finish()?;
    let text = text.unwrap_or_default();
    let resource = arn_rules::resource(text)?;
    let change = TagChange { resource, remove: request.tag_keys.unwrap_or_default(), set: Vec::new() };
    api.store.change_tags(change).await.map_err(|e| tag::refused(e, text))?;
    json::write(&json::Empty {})
}
