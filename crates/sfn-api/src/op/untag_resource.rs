//! `UntagResource`: removing a tag that is not there succeeds.

use std::sync::Arc;

use serde::Deserialize;
use sfn_store::TagChange;

use crate::shape::tag;
use crate::{Api, ApiError, Operation, arn_rules, json, model};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    resource_arn: String,
    tag_keys: Vec<Arc<str>>,
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = model::read(Operation::UntagResource, body)?;
    let text = request.resource_arn.as_str();
    let resource = arn_rules::resource(text)?;
    let change = TagChange { resource, remove: request.tag_keys, set: Vec::new() };
    api.store.change_tags(change).await.map_err(|e| tag::refused(e, text))?;
    json::write(&json::Empty {})
}
