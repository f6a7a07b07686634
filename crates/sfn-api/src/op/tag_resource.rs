//! `TagResource`: a tag takes the place of one with the same key.

use serde::Deserialize;
use sfn_store::TagChange;

use crate::shape::tag::{self, Tag};
use crate::{Api, ApiError, Operation, arn_rules, json, model};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    resource_arn: String,
    tags: Vec<Tag>,
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = model::read(Operation::TagResource, body)?;
    let text = request.resource_arn.as_str();
    let resource = arn_rules::resource(text)?;
    let set = tag::to_set(request.tags)?;
    let change = TagChange { resource, remove: Vec::new(), set };
    api.store.change_tags(change).await.map_err(|e| tag::refused(e, text))?;
    json::write(&json::Empty {})
}
